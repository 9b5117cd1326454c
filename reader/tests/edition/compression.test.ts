/** Compressed frames: sizes are known before anything is allocated, the prefix is reachable, and nothing else opens. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inflate } from "../../src/edition/compression";
import { Refusal } from "../../src/edition/types";
import { join } from "../../src/edition/wire";
import { block, frame, frameHead } from "./maker";

const [RAW, RLE, COMPRESSED] = [0, 1, 2];
const NONE = new Uint8Array(0);
const bytes = (length: number): Uint8Array => new Uint8Array(length).map((_, at) => (at * 131 + (at >> 8)) & 255);

function refused(frame: Uint8Array, prefix: readonly Uint8Array[] = [], limit = 1 << 20): void {
  assert.throws(() => inflate(frame, prefix, limit), (error) => error instanceof Refusal && error.reason === "forged");
}

/**
 * A compressed block (RFC 8878, section 3.1.1.3): no literals, one sequence with a match of 19 bytes, `offset` 1 to 28 back.
 * All three codes are RLE: literals length 0, the offset's power of two, match length 16 + 3.
 */
function matchOf19(offset: number): Uint8Array {
  const value = offset + 3;
  const power = Math.floor(Math.log2(value));
  const bits = (1 << power) | (value & ((1 << power) - 1)); // the extra bits below the end mark
  return Uint8Array.of(0, 1, 0b01010100, 0, power, 16, bits);
}

test("raw and repeated blocks, with and without a prefix of any length", () => {
  const content = bytes(300_000);
  for (const length of [0, 1, 7, 131_071, 131_072, 131_073, 400_000]) {
    const prefix = bytes(length);
    assert.deepEqual(inflate(frame(content), [prefix], content.length), content);
    assert.deepEqual(inflate(frame(content), [prefix.subarray(0, 3), NONE, prefix.subarray(3)], content.length), content);
  }
  const repeated = join(frameHead(1000), block(RLE, 1000, true, Uint8Array.of(7)));
  assert.deepEqual(inflate(repeated, [], 1000), new Uint8Array(1000).fill(7));
  assert.deepEqual(inflate(frame(NONE), [bytes(10)], 0), NONE);
});

test("a match reaches into the prefix", () => {
  const prefix = bytes(40);
  const body = matchOf19(28);
  const whole = join(frameHead(19), block(COMPRESSED, body.length, true, body));
  assert.deepEqual(inflate(whole, [prefix.subarray(0, 5), prefix.subarray(5)], 19), prefix.subarray(12, 31));
});

test("the announced size is held against the limit first, and then exactly met", () => {
  const content = bytes(1000);
  refused(frame(content), [], 999);
  refused(join(frameHead(0xffffffff), block(RAW, 4, true, bytes(4))));
  for (const size of [0, 999, 1001, 1016]) {
    refused(join(frameHead(size), block(RAW, 1000, true, content)));
    refused(join(frameHead(size), block(RAW, 1000, true, content)), [bytes(50)]);
  }
});

test("what is no such frame is refused", () => {
  const good = frame(bytes(100));
  const described = (byte: number): Uint8Array => join(Uint8Array.of(byte), good.subarray(1));
  for (const byte of [0xa4, 0xa1, 0xa2, 0xa3, 0xa8]) refused(described(byte)); // checksum, dictionary ids, reserved
  refused(join(Uint8Array.of(0x00, 0x58), block(RAW, 4, true, bytes(4)))); // no content size
  refused(NONE);
  for (let length = 0; length < good.length; length++) refused(good.subarray(0, length));
  refused(join(good, Uint8Array.of(0)));
  refused(join(good, good));
  refused(join(Uint8Array.of(0x28, 0xb5, 0x2f, 0xfd), good));
  refused(join(frameHead(4), block(3, 4, true, bytes(4))));
  refused(join(frameHead(200_000), block(RAW, 200_000, true, bytes(200_000))));
  refused(join(frameHead(200_000), block(RLE, 200_000, true, Uint8Array.of(1))));
});

test("no bytes in a compressed block lead anywhere but to a refusal or an answer of the announced size", () => {
  let seed = 1;
  const next = (): number => (seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0) >>> 16;
  for (let round = 0; round < 300; round++) {
    const body = bytes(1 + (next() % 60)).map(() => next() & 255);
    const whole = join(frameHead(64), block(COMPRESSED, body.length, true, body));
    try {
      assert.equal(inflate(whole, [bytes(100)], 64).length, 64);
    } catch (error) {
      assert.ok(error instanceof Refusal, String(error));
    }
  }
});
