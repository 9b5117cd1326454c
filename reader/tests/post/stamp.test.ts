import assert from "node:assert/strict";
import { test } from "node:test";
import { noStamp, readCode, stamped } from "../../src/post/stamp";
import { hex } from "../letters/hex";
import { cases } from "../letters/vectors";

test("a code is read as the vectors say", () => {
  for (const one of cases("stamp", "code")) {
    const stamp = readCode(one["typed"]);
    assert.equal(stamp ? hex(stamp) : "", one.expect === "ok" ? one["stamp"] : "", one.name);
  }
});

test("what travels has ten bytes before the letter, and what is no stamp is new each time", () => {
  assert.deepEqual(stamped(Uint8Array.of(1, 2), Uint8Array.of(99)), Uint8Array.of(1, 2, 99));
  assert.equal(noStamp().length, 10);
  assert.notEqual(noStamp().join(), noStamp().join());
});
