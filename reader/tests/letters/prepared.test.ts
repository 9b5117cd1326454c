/** A seal that was made before its letter: it seals one, to the key it was made for, and never a second time. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import type { LetterKey } from "../../src/edition/types";
import { Misused } from "../../src/letters/bytes";
import { publicKey } from "../../src/letters/hpke";
import { EPOCH, TooLate, WEEK } from "../../src/letters/key";
import { decoy, encodePlain, open } from "../../src/letters/letter";
import { PreparedSeal } from "../../src/letters/prepared";
import { NextSeal } from "../../src/post/nextseal";
import { hex } from "./hex";

Object.assign(globalThis, { window: globalThis });
const SEED = randomBytes(32);
const NOW = EPOCH + 3 * WEEK;
const keyOf = (seed: Uint8Array, number = 3, sealUntil = EPOCH + (number + 1) * WEEK): LetterKey => ({
  number,
  sealUntil,
  opensUntil: sealUntil + WEEK,
  mlkem768x25519: publicKey(seed),
  narrow: randomBytes(32),
});
const KEY = keyOf(SEED);
const PLAIN = encodePlain(decoy());
const encapsulated = (sealed: Uint8Array): string => hex(sealed.slice(5, 1125));

test("it seals one letter that opens, and then no other", () => {
  const prepared = new PreparedSeal(KEY, randomBytes);
  assert.ok(prepared.isFor(KEY));
  assert.equal(open(prepared.seal(PLAIN, NOW), 3, SEED).kind, decoy().kind);
  assert.ok(!prepared.isFor(KEY));
  assert.throws(() => prepared.seal(PLAIN, NOW), Misused);
});

test("a dropped one seals nothing", () => {
  const prepared = new PreparedSeal(KEY, randomBytes);
  prepared.drop();
  assert.ok(!prepared.isFor(KEY));
  assert.throws(() => prepared.seal(PLAIN, NOW), Misused);
});

test("after the key's last second it seals nothing, then or later", () => {
  const prepared = new PreparedSeal(KEY, randomBytes);
  assert.throws(() => prepared.seal(PLAIN, KEY.sealUntil + 1), TooLate);
  assert.throws(() => prepared.seal(PLAIN, NOW), Misused);
});

test("it is for no other key, week or time", () => {
  const prepared = new PreparedSeal(KEY, randomBytes);
  assert.ok(prepared.isFor(keyOf(SEED)));
  assert.ok(!prepared.isFor(keyOf(randomBytes(32))));
  assert.ok(!prepared.isFor(keyOf(SEED, 4)));
  assert.ok(!prepared.isFor(keyOf(SEED, 3, NOW + 2 * WEEK)));
});

/** A next seal that counts its draws, prepared for KEY. */
async function nextPrepared(): Promise<{ next: NextSeal; draws: () => number }> {
  let draws = 0;
  const next = new NextSeal((length) => {
    draws++;
    return randomBytes(length);
  });
  next.prepare(KEY);
  next.prepare(KEY);
  for (let at = 0; at < 6_000 && !draws; at++) await new Promise((done) => setTimeout(done, 10));
  assert.equal(draws, 1);
  return { next, draws: () => draws };
}

test("the prepared seal is taken once, and the second letter gets another", async () => {
  const { next, draws } = await nextPrepared();
  const first = next.take(KEY);
  assert.equal(draws(), 1);
  const second = next.take(KEY);
  assert.equal(draws(), 2);
  const [one, two] = [first, second].map((seal) => seal.seal(PLAIN, NOW)) as [Uint8Array, Uint8Array];
  assert.notEqual(encapsulated(one), encapsulated(two));
  for (const sealed of [one, two]) assert.equal(open(sealed, 3, SEED).kind, decoy().kind);
});

test("a prepared seal is not taken for a key that came meanwhile", async () => {
  const { next, draws } = await nextPrepared();
  const seed = randomBytes(32);
  const sealed = next.take(keyOf(seed, 4)).seal(PLAIN, NOW);
  assert.equal(draws(), 2);
  assert.equal(open(sealed, 4, seed).kind, decoy().kind);
});

test("a dropped seal is not taken, and one that was not made yet is not made", async () => {
  const { next, draws } = await nextPrepared();
  next.drop();
  next.take(KEY);
  assert.equal(draws(), 2);
  next.prepare(KEY);
  next.drop();
  await new Promise((done) => setTimeout(done, 100));
  assert.equal(draws(), 2);
});

test("a draft for which nothing was prepared is sealed as before", () => {
  const sealed = new NextSeal(randomBytes).take(KEY).seal(PLAIN, NOW);
  assert.equal(open(sealed, 3, SEED).kind, decoy().kind);
});
