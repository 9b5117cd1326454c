import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { shake256 } from "@noble/hashes/sha3.js";
import { Refusal } from "../../src/edition/types";
import { type Body, encodeBody, parseBody, TOPICS } from "../../src/letters/body";
import { ascii, concat, Misused } from "../../src/letters/bytes";
import { encapsulate, publicKey } from "../../src/letters/hpke";
import { EPOCH, encodeKeyLeaf } from "../../src/letters/key";
import { decoy, encodePlain, KINDS, letterOf, open, ROOM, seal, SIZES } from "../../src/letters/letter";
import { hex, unhex } from "./hex";
import { bodyOf, opensAsTold } from "./told";
import { cases, expecting, parseKeyLeaf, ROOT } from "./vectors";


test("a key leaf parses or is refused as the vectors say", () => {
  for (const one of cases("letter", "key")) {
    expecting(one, () => {
      const key = parseKeyLeaf(unhex(one["leaf"]));
      assert.deepEqual([key.number, key.sealUntil, key.opensUntil], [one["number"], one["seal_until"], one["opens_until"]]);
      assert.equal(hex(key.mlkem768x25519), hex(publicKey(unhex(one["seed"]))));
      assert.equal(hex(encodeKeyLeaf(key)), one["leaf"]);
    });
  }
});

test("nothing is sealed after the last second", () => {
  for (const one of cases("letter", "seal")) {
    const key = parseKeyLeaf(unhex(one["leaf"]));
    expecting(one, () => assert.equal(seal(decoy(), key, one["now"], randomBytes).length, 4096));
  }
});

test("a letter opens or is refused as the vectors say, and every refusal has the same words", () => {
  opensAsTold(cases("letter", "open"), (one) => {
    const letter = open(unhex(one["sealed"]), one["number"], unhex(one["seed"]));
    assert.equal(encodePlain(letter).length + 1141, unhex(one["sealed"]).length);
    return letter;
  });
});

test("a body parses or is refused as the vectors say", () => {
  for (const one of cases("letter", "body")) {
    expecting(one, () => {
      const body = parseBody(unhex(one["raw"]), one["pictures"]);
      assert.deepEqual(body, bodyOf(one["body"]));
      assert.equal(hex(encodeBody(body)), one["raw"]);
    });
  }
});

test("the kept encapsulation is the one that its name gives", () => {
  const named = (name: string, dkLen: number): Uint8Array => shake256(ascii(`holub vector/${name}`), { dkLen });
  const to = publicKey(named("letter key", 32));
  const { encapsulated } = encapsulate(to, new Uint8Array(0), named("encapsulation", 64));
  const kept = readFileSync(join(ROOT, "spec", "vectors", "letter", "encapsulation.txt"), "utf8").trim();
  assert.equal(hex(encapsulated), kept);
});

const leaf = unhex(cases("letter", "key").find((one) => one.expect === "ok")?.["leaf"]);
const key = parseKeyLeaf(leaf);
const now = key.sealUntil - 1;
const body: Body = { topic: TOPICS.help, language: "uk", section: "main", town: "", text: "x", pictures: [] };

test("the smallest size that fits is taken, and a letter too long for all is the caller's mistake", () => {
  const layout = encodeBody(body).length - 1;
  const secret = randomBytes(32);
  const sized = (room: number): number =>
    seal(letterOf({ ...body, text: "x".repeat(room - layout) }, secret), key, now, randomBytes).length;
  assert.deepEqual([...SIZES], [4_096, 65_536, 1_048_576]);
  assert.equal(ROOM[0], 2_919);
  assert.equal(sized(2_919), 4_096);
  assert.equal(sized(2_920), 65_536);
  const picture = concat(unhex("ffd8ff"), new Uint8Array(600_000));
  assert.equal(seal(letterOf({ ...body, pictures: [picture] }, secret), key, now, randomBytes).length, 1_048_576);
  assert.throws(() => seal(letterOf({ ...body, pictures: [picture, picture] }, secret), key, now, randomBytes), Misused);
});

test("a letter's kind follows from its parts, and parts that do not fit are refused before sealing", () => {
  const secret = randomBytes(32);
  const picture = unhex("ffd8ffe0");
  assert.equal(letterOf(body, secret).kind, KINDS.letter);
  assert.equal(letterOf({ ...body, pictures: [picture] }, secret).kind, KINDS.pictures);
  assert.equal(letterOf(body).kind, KINDS.noReply);
  for (const wrong of [
    letterOf({ ...body, pictures: [picture] }),
    letterOf(body, new Uint8Array(32)),
    { kind: KINDS.decoy, secret: new Uint8Array(32), body },
    { kind: KINDS.letter, secret },
    letterOf({ ...body, text: "" }, secret),
    letterOf({ ...body, text: "\ud800" }, secret),
    letterOf({ ...body, text: "я".repeat(30_001) }, secret),
    letterOf({ ...body, town: "a\tb" }, secret),
    letterOf({ ...body, section: "Main" }, secret),
    letterOf({ ...body, pictures: Array.from({ length: 9 }, () => picture) }, secret),
  ]) {
    assert.throws(() => encodePlain(wrong), Misused);
  }
});

test("no bytes crash the opening", () => {
  const seed = randomBytes(32);
  for (let round = 0; round < 30; round++) {
    const raw = concat(unhex("0100000001"), randomBytes(4_091));
    assert.throws(() => open(raw, 1, seed), (error) => error instanceof Refusal && error.message === "a letter cannot be opened");
  }
});

test("a key whose curve part is of small order is refused when sealing", () => {
  const broken = { ...key, mlkem768x25519: concat(key.mlkem768x25519.slice(0, 1184), new Uint8Array(32)) };
  assert.throws(() => seal(decoy(), broken, now, randomBytes), Refusal);
});

test("weeks begin on Mondays from the fifth of January 2026", () => {
  assert.equal(new Date(EPOCH * 1000).toISOString(), "2026-01-05T00:00:00.000Z");
});
