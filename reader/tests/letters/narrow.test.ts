import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { Refusal } from "../../src/edition/types";
import { type Body, TOPICS } from "../../src/letters/body";
import { concat, Misused } from "../../src/letters/bytes";
import { narrowPublicKey, publicKey } from "../../src/letters/hpke";
import { TooLate } from "../../src/letters/key";
import { decoy, letterOf } from "../../src/letters/letter";
import { encodeNarrowBody, openNarrow, parseNarrowBody, sealNarrow } from "../../src/letters/narrow";
import { hex, unhex } from "./hex";
import { bodyOf, opensAsTold } from "./told";
import { type Case, cases, expecting, parseKeyLeaf } from "./vectors";

const [known] = cases("letter", "key").filter((one) => one.expect === "ok") as [Case];
const key = parseKeyLeaf(unhex(known["leaf"]));
const seed = unhex(known["seed"]);
const now = key.sealUntil - 1;
const body: Body = { topic: TOPICS.help, language: "uk", section: "main", town: "", text: "x", pictures: [] };
const written = (text: string): Body => ({ ...body, text });

test("the narrow key is the vectors', and no half of the other", () => {
  assert.equal(hex(key.narrow), hex(narrowPublicKey(seed)));
  assert.notEqual(hex(key.narrow), hex(publicKey(seed).slice(1184)));
});

test("a narrow letter opens or is refused as the vectors say, and every refusal has the same words", () => {
  opensAsTold(cases("letter", "narrow"), (one) => openNarrow(unhex(one["sealed"]), one["number"], unhex(one["seed"])));
});

test("a narrow body parses or is refused as the vectors say", () => {
  for (const one of cases("letter", "narrow-body")) {
    expecting(one, () => {
      const read = parseNarrowBody(unhex(one["raw"]));
      assert.deepEqual(read, bodyOf(one["body"]));
      assert.equal(hex(encodeNarrowBody(read)), one["raw"]);
    });
  }
});

test("160 signs fit where a single-byte writing has them, and no more", () => {
  for (const [sign, most] of [["x", 160], ["ї", 160], ["ы", 160], ["ش", 160], ["ä", 80], ["謝", 53]] as const) {
    const [full, over] = [written(sign.repeat(most)), written(sign.repeat(most + 1))];
    const sealed = sealNarrow(letterOf(full, randomBytes(32)), key, now, randomBytes);
    assert.equal(sealed.length, 256);
    assert.deepEqual(openNarrow(sealed, key.number, seed).body, full);
    assert.throws(() => sealNarrow(letterOf(over, randomBytes(32)), key, now, randomBytes), Misused);
  }
});

test("nothing that is no narrow letter is sealed as one", () => {
  const secret = randomBytes(32);
  for (const wrong of [
    letterOf({ ...body, town: "Херсон" }, secret),
    letterOf({ ...body, pictures: [unhex("ffd8ffe0")] }, secret),
    letterOf(written(""), secret),
    letterOf(body, new Uint8Array(32)),
  ]) {
    assert.throws(() => sealNarrow(wrong, key, now, randomBytes), Misused);
  }
  assert.throws(() => sealNarrow(decoy(), key, key.sealUntil + 1, randomBytes), TooLate);
  assert.throws(() => sealNarrow(decoy(), { ...key, narrow: new Uint8Array(32) }, now, randomBytes), Refusal);
});

test("no bytes crash the opening", () => {
  for (let round = 0; round < 30; round++) {
    const raw = concat(unhex("0200000001"), randomBytes(251));
    assert.throws(() => openNarrow(raw, 1, seed), (error) => error instanceof Refusal && error.message === "a letter cannot be opened");
  }
});
