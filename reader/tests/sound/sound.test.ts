import assert from "node:assert/strict";
import { test } from "node:test";
import { Hearing } from "../../src/sound/hearing";
import { MOST_MESSAGE, PACES, RATE, tones } from "../../src/sound/tones";
import { hex } from "../letters/hex";

/** The same numbers in every run: a failure can be looked at. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => (state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff) / 0x80000000;
}

const message = (length: number, chance: () => number): Uint8Array =>
  Uint8Array.from({ length }, () => Math.floor(256 * chance()));

const padded = (before: number, sound: Float32Array, after: number): Float32Array => {
  const whole = new Float32Array(before + sound.length + after);
  whole.set(sound, before);
  return whole;
};

for (const pace of PACES) {
  test(`messages of every length come back at ${pace} blocks a chunk`, () => {
    const chance = seeded(pace);
    for (const length of [1, 2, 3, 4, 19, 20, 103, 128, MOST_MESSAGE]) {
      const one = message(length, chance);
      const heard = new Hearing(RATE).hear(padded(Math.floor(5000 * chance()), tones(one, pace), 5000));
      // Two check bytes tell little: a stray message of three bytes or less may be found beside it, and is no frame.
      const found = heard.filter((other) => other.length > 3 || hex(other) === hex(one));
      assert.deepEqual(found.slice(0, 1), [one]);
      assert.ok(found.length === 1 || length <= 3);
    }
  });
}

test("messages follow one another, and one whose beginning was missed is only lost", () => {
  const chance = seeded(4);
  const [one, two, three] = [message(40, chance), message(60, chance), message(50, chance)] as const;
  const hearing = new Hearing(RATE);
  const first = tones(one, 3);
  const heard = [first.subarray(first.length / 2), tones(two, 3), tones(three, 6), new Float32Array(4096)].flatMap((sound) =>
    hearing.hear(sound),
  );
  assert.deepEqual(heard.filter((found) => found.length > 3), [two, three]);
});

test("noise as strong as a shout is heard for minutes without a message of a frame's size", () => {
  const chance = seeded(5);
  const hearing = new Hearing(RATE);
  for (let second = 0; second < 120; second++)
    for (const found of hearing.hear(Float32Array.from({ length: RATE }, () => 2 * chance() - 1))) assert.ok(found.length < 20);
});

test("what is too long or empty is not sent", () => {
  for (const length of [0, MOST_MESSAGE + 1]) assert.throws(() => tones(new Uint8Array(length), 6), RangeError);
});
