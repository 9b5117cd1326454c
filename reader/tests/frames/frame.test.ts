import assert from "node:assert/strict";
import { test } from "node:test";
import { hash } from "../../src/edition/tree";
import { Refusal } from "../../src/edition/types";
import { join, utf8 } from "../../src/edition/wire";
import { type Arrived, Collector, LIMITS } from "../../src/frames/collector";
import { Cutter } from "../../src/frames/cutter";
import { decode } from "../../src/frames/fountain";
import { encodeFrame, parseFrame, splitOf, symbolSize } from "../../src/frames/frame";
import { numbers } from "../codes/camera";
import { hex, unhex } from "../letters/hex";
import { cases, expecting } from "../letters/vectors";

/** The parcel that a vector names: SHA-256 of "seed/0", "seed/1" and so on. */
function parcel(seed: string, length: number): Uint8Array {
  const pieces = Array.from({ length: Math.ceil(length / 32) }, (_, at) => hash(utf8(`${seed}/${at}`)));
  return join(...pieces).slice(0, length);
}

// What arrives, and in which order, is the same in every run.
const chance = numbers(1);
const below = (most: number): number => Math.floor(chance() * most);
const randomBytes = (length: number): Uint8Array => Uint8Array.from({ length }, () => below(256));

/** What comes out, and at which frame. */
function collect(collector: Collector, frames: Iterable<Uint8Array>): readonly [used: number, arrived: Arrived] | undefined {
  let used = 0;
  for (const frame of frames) {
    used++;
    const arrived = collector.add(frame);
    if (arrived) return [used, arrived];
  }
  return undefined;
}

test("a frame is read or refused as the vectors say", () => {
  for (const one of cases("frame", "parse")) {
    expecting(one, () => {
      const bytes = unhex(one["frame"]);
      const { id, split, block, number, symbol } = parseFrame(bytes);
      const read = { id: hex(id), length: split.length, block, number, symbol: hex(symbol) };
      const { length } = one;
      assert.deepEqual(read, { id: one["id"], length, block: one["block"], number: one["number"], symbol: one["symbol"] });
      assert.equal(hex(encodeFrame(id, split, block, number, symbol)), one["frame"], one.name);
    });
  }
});

test("a parcel is cut as the vectors say", () => {
  for (const one of cases("frame", "cut")) {
    const cutter = new Cutter(parcel(one["seed"], one["length"]), one["symbol"]);
    const frames = Array.from(cutter.frames(one["repair"]));
    const { count, blocks } = cutter.split;
    assert.deepEqual([hex(cutter.id), count, blocks], [one["id"], one["count"], one["blocks"]], one.name);
    assert.equal(frames.length, one["frames"], one.name);
    assert.equal(hex(frames[0] as Uint8Array), one["first"], one.name);
    assert.equal(hex(frames[frames.length - 1] as Uint8Array), one["last"], one.name);
    assert.equal(hex(hash(...frames)), one["sha256"], one.name);
  }
});

test("frames are collected as the vectors say", () => {
  for (const one of cases("frame", "collect")) {
    const collector = new Collector(randomBytes, { ...LIMITS, ...one["limits"] });
    const arrived: string[] = [];
    const refused: number[] = [];
    (one["frames"] as string[]).forEach((frame, at) => {
      try {
        const found = collector.add(unhex(frame));
        if (found) arrived.push(hex(found.parcel));
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        refused.push(at);
      }
    });
    const expected = (one["arrives"] as { seed: string; length: number }[]).map(({ seed, length }) => hex(parcel(seed, length)));
    assert.deepEqual(arrived, expected, one.name);
    assert.deepEqual(refused, one["refused"] ?? [], one.name);
    const progress = collector.progress().map(({ received, needed }) => [received, needed]);
    if (one["received"]) assert.deepEqual(progress, one["received"], one.name);
  }
});

test("a parcel arrives whatever is lost", () => {
  let early = 0;
  for (let turn = 0; turn < 120; turn++) {
    const data = parcel(`lossy ${turn}`, 8 + below(9000));
    const cutter = new Cutter(data, 8 * (1 + below(20)));
    const kept = 0.3 + chance() * 0.7;
    const frames = Array.from(cutter.frames(4 * cutter.split.count + 80)).filter(() => chance() < kept);
    frames.sort(() => chance() - 0.5);
    const found = collect(new Collector(randomBytes), frames);
    assert.ok(found);
    const [used, arrived] = found;
    assert.equal(hex(arrived.parcel), hex(data));
    assert.ok(used <= cutter.split.count + 3);
    if (used === cutter.split.count) early++;
  }
  assert.ok(early > 110);
});

test("every size of a small block decodes from repair alone", () => {
  for (let count = 1; count <= 130; count++) {
    const data = parcel("sizes", count * 8);
    const cutter = new Cutter(data.length < 8 ? join(data, data) : data, 8);
    const symbols = new Map<number, Uint8Array>();
    for (let at = 0; at < count + 3; at++) {
      const { number, symbol } = parseFrame(cutter.frame(0, cutter.split.count + 7 * at));
      symbols.set(number, symbol);
    }
    assert.equal(hex(decode(symbols, data.length, 8) ?? new Uint8Array()), hex(data), `K = ${count}`);
  }
});

test("any bytes are a frame or refused, and never break a collector", () => {
  const frames = Array.from(new Cutter(parcel("altered", 1000), 104).frames(20));
  const collector = new Collector(randomBytes, { ...LIMITS, parcels: 3, length: 100_000, memory: 50_000 });
  let kept = 0;
  for (let turn = 0; turn < 3000; turn++) {
    const bytes = turn % 3 ? (frames[below(frames.length)] as Uint8Array).slice() : randomBytes(below(140)).slice();
    if (bytes.length && turn % 3 === 1) bytes[below(bytes.length)] = below(256);
    try {
      collector.add(turn % 5 ? bytes : bytes.subarray(0, below(bytes.length + 1)));
      kept++;
    } catch (error) {
      assert.ok(error instanceof Refusal);
    }
    assert.ok(collector.progress().length <= 3);
  }
  assert.ok(kept > 500);
});

test("symbols fill the frame", () => {
  const fits = [[520, 504], [200, 184], [128, 112], [1216, 1200], [9000, 1272]] as const;
  for (const [frame, symbol] of fits) assert.equal(symbolSize(frame, 200_000), symbol);
  for (const frame of [0, 16, 23]) assert.throws(() => symbolSize(frame, 200_000), RangeError);
  for (const [length, symbol] of [[7, 8], [100, 12], [100, 0], [100, 1280], [2 ** 32, 1272], [2 ** 25, 8]] as const) {
    assert.throws(() => splitOf(length, symbol), RangeError);
  }
});

test("a collection that nothing true came into begins anew", () => {
  const data = parcel("hopeless", 3000);
  const cutter = new Cutter(data, 104);
  const collector = new Collector(randomBytes);
  for (let number = 0; number < cutter.split.count; number++) {
    collector.add(encodeFrame(cutter.id, cutter.split, 0, number, randomBytes(104)));
  }
  const found = collect(collector, cutter.frames(600));
  assert.equal(hex(found?.[1].parcel ?? new Uint8Array()), hex(data));
});

test("a poisoned collection recovers although the same few frames come again", () => {
  const data = parcel("short", 200);
  const cutter = new Cutter(data, 104);
  const collector = new Collector(randomBytes);
  const sent = Array.from(cutter.frames(4));
  for (let number = 0; number < sent.length / 2; number++) {
    collector.add(encodeFrame(cutter.id, cutter.split, 0, number, randomBytes(104)));
  }
  const found = collect(collector, Array.from({ length: 12 }, () => sent).flat());
  assert.equal(hex(found?.[1].parcel ?? new Uint8Array()), hex(data));
});

test("memory is bounded", () => {
  const collector = new Collector(randomBytes, { ...LIMITS, memory: 60_000 });
  for (let turn = 0; turn < 40; turn++) {
    const frames = new Cutter(parcel(`many ${turn}`, 20_000), 504).frames();
    for (const frame of Array.from(frames).slice(0, 10)) {
      collector.add(frame);
      const held = collector.progress().reduce((sum, one) => sum + one.received, 0);
      assert.ok(held > 0 && held * 504 <= 60_000);
    }
  }
});

test("a carousel begins where it is told and then anew", () => {
  const turning = new Cutter(parcel("carousel", 1000), 104).carousel(2, 10);
  const numbers = Array.from({ length: 15 }, () => parseFrame(turning.next().value as Uint8Array).number);
  assert.deepEqual(numbers, [10, 11, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 0]);
});
