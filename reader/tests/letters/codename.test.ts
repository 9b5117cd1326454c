import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { argon2id } from "@noble/hashes/argon2.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { CODENAME_COST, stretch, stretchInPlain, stretchInWasm } from "../../src/letters/argon2";
import { ascii, concat, Misused } from "../../src/letters/bytes";
import { candidates, drawCounter, keyOf, normalise, propose, secretOf, unknown } from "../../src/letters/codename";
import { hex, unhex } from "./hex";
import { cases, expecting } from "./vectors";

const WORDS = Array.from({ length: 7_776 }, (_, at) => `w${String(at).padStart(4, "0")}`);

test("a codename takes its one form as the vectors say", () => {
  for (const one of cases("codename", "normalise")) {
    expecting(one, () => assert.equal(normalise(one["typed"]), one["codename"]));
  }
});

test("words are drawn as the vectors say", () => {
  for (const one of cases("codename", "propose")) {
    expecting(one, () => assert.equal(propose(WORDS, () => unhex(one["random"])), one["codename"]));
  }
  assert.throws(() => propose(WORDS.slice(1), randomBytes), Misused);
});

test("the key of a codename is the vectors', with and without WebAssembly", async () => {
  for (const one of cases("codename", "stretch")) {
    const [name, desk] = [new TextEncoder().encode(one["codename"]), unhex(one["desk_id"])];
    assert.equal(hex(await keyOf(one["codename"], desk)), one["key"]);
    assert.equal(hex(await stretchInWasm(name, desk, CODENAME_COST)), one["key"]);
    assert.equal(hex(stretchInPlain(name, desk, CODENAME_COST)), one["key"]);
  }
});

test("where WebAssembly is refused, the plain code gives the same key", async () => {
  const cost = { memory: 64, passes: 2, lanes: 1, length: 32 };
  const [password, salt] = [ascii("a password"), ascii("a salt of 16 byt")];
  const expected = hex(stretchInPlain(password, salt, cost));
  const whole = WebAssembly.instantiate;
  let asked = 0;
  WebAssembly.instantiate = (() => {
    asked += 1;
    return Promise.reject(new WebAssembly.CompileError("refused by policy"));
  }) as unknown as typeof WebAssembly.instantiate;
  try {
    assert.equal(hex(await stretch(password, salt, cost)), expected);
  } finally {
    WebAssembly.instantiate = whole;
  }
  assert(asked > 0, "WebAssembly was never asked, so nothing was refused");
  assert.equal(hex(await stretch(password, salt, cost)), expected);
});

test("Argon2id agrees with RFC 9106, section 5.3", () => {
  const filled = (length: number, byte: number): Uint8Array => new Uint8Array(length).fill(byte);
  const options = { m: 32, t: 3, p: 4, dkLen: 32, key: filled(8, 3), personalization: filled(12, 4) };
  const tag = argon2id(filled(32, 1), filled(16, 2), options);
  assert.equal(hex(tag), "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
});

test("the secrets of letters are the vectors'", () => {
  for (const one of cases("codename", "secret")) {
    expecting(one, () => assert.equal(hex(secretOf(unhex(one["key"]), one["number"], one["counter"])), one["secret"]));
  }
  for (const one of cases("codename", "candidates")) {
    const found = candidates(unhex(one["key"]), one["number"]);
    assert.equal(found.length, one["count"]);
    assert.equal(hex(sha256(concat(...found))), one["sha256"]);
  }
});

test("a counter is one of 32, each as likely", () => {
  const counts = new Map<number, number>();
  for (let byte = 0; byte < 256; byte++) {
    const counter = drawCounter(() => Uint8Array.of(byte));
    counts.set(counter, (counts.get(counter) ?? 0) + 1);
  }
  assert.equal(counts.size, 32);
  assert.deepEqual(new Set(counts.values()), new Set([8]));
});

test("slips of the finger are pointed at, and another form is not stretched", async () => {
  assert.deepEqual(unknown("w0001 w0002 w9999 w0003 x w0004", WORDS), [2, 4]);
  await assert.rejects(keyOf("A b c d e f", new Uint8Array(32)), Misused);
  await assert.rejects(keyOf("a b c d e f", new Uint8Array(31)), Misused);
});
