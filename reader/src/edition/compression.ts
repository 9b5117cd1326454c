/**
 * One Zstandard frame (RFC 8878) without magic, checksum and dictionary id (spec/parcel.md, "Compressed frames").
 * The decoder has no dictionaries: the prefix goes in as raw blocks ahead of the frame's own, and is dropped from what
 * comes out. The frame's header and blocks are walked, and its size compared with the limit, before anything is allocated.
 */
import { decompress } from "fzstd";
import { Refusal } from "./types";
import { same } from "./wire";

const MAGIC = [0x28, 0xb5, 0x2f, 0xfd];
const SINGLE_SEGMENT_U32 = 0xa0;
const MOST_BLOCK = 128 * 1024;
const BLOCK_HEAD = 3;
const RLE = 1;
const RESERVED = 3;
/** Stands behind the content as a last raw block: only if the blocks before fill the announced size exactly is it found there. */
const SEAL = Uint8Array.from({ length: 16 }, (_, at) => 0x5a ^ (at * 7));

function refuse(why: string): never {
  throw new Refusal("forged", `the compressed text ${why}`);
}

/** How many bytes the frame says that it holds. Throws Refusal. */
export const announced = (frame: Uint8Array): number => readHeader(frame).size;

/** What the frame holds, at most `limit` bytes, given the prefix in parts. Throws Refusal. */
export function inflate(frame: Uint8Array, prefix: readonly Uint8Array[], limit: number): Uint8Array {
  const { size, blocks } = readHeader(frame);
  if (size > limit) refuse(`announces ${size} bytes`);
  const last = lastBlock(frame, blocks);
  const before = prefix.reduce((sum, part) => sum + part.length, 0);
  const total = before + size + SEAL.length;
  const whole = new Uint8Array(9 + before + (Math.ceil(before / MOST_BLOCK) + 1) * BLOCK_HEAD + frame.length - blocks + SEAL.length);
  whole.set(MAGIC);
  whole[4] = SINGLE_SEGMENT_U32;
  new DataView(whole.buffer).setUint32(5, total, true);
  let at = putPrefix(whole, 9, prefix, before);
  whole.set(frame.subarray(blocks), at);
  const lastHead = at + last - blocks;
  whole[lastHead] = (whole[lastHead] as number) & ~1;
  at += frame.length - blocks;
  putHead(whole, at, SEAL.length, 1);
  whole.set(SEAL, at + BLOCK_HEAD);
  const out = open(whole);
  if (out.length !== total || !same(out.subarray(before + size), SEAL)) refuse("has another length than it says");
  // A copy where there is a prefix: else every small change would keep the whole old text in memory.
  return before ? out.slice(before, before + size) : out.subarray(0, size);
}

function open(whole: Uint8Array): Uint8Array {
  try {
    // Without a buffer of ours: fzstd compares a given one with 1, which writes it all out as text first.
    return decompress(whole);
  } catch {
    return refuse("does not open");
  }
}

/** The content's size, and where the blocks begin (RFC 8878, section 3.1.1.1). */
function readHeader(frame: Uint8Array): { size: number; blocks: number } {
  const description = frame[0] ?? refuse("is empty");
  const single = (description >> 5) & 1;
  const form = description >> 6;
  if (description & 0x0f) refuse("has a checksum or a dictionary");
  if (!form && !single) refuse("does not say its size");
  const width = form ? 1 << form : 1;
  const at = 2 - single;
  if (frame.length < at + width) refuse("ends too early");
  let size = form === 1 ? 256 : 0;
  for (let i = width - 1, unit = 256 ** i; i >= 0; i--, unit /= 256) size += (frame[at + i] as number) * unit;
  return { size, blocks: at + width };
}

/** Where the last block begins; the frame ends where it ends. */
function lastBlock(frame: Uint8Array, blocks: number): number {
  for (let at = blocks; ; ) {
    if (at + BLOCK_HEAD > frame.length) refuse("ends too early");
    const head = (frame[at] as number) | ((frame[at + 1] as number) << 8) | ((frame[at + 2] as number) << 16);
    const type = (head >> 1) & 3;
    const size = head >> 3;
    if (type === RESERVED || size > MOST_BLOCK) refuse("has a block that cannot be");
    const next = at + BLOCK_HEAD + (type === RLE ? 1 : size);
    if (head & 1) return next === frame.length ? at : refuse("ends too early or too late");
    at = next;
  }
}

/** Writes the prefix as raw blocks; returns where it ends. */
function putPrefix(whole: Uint8Array, at: number, prefix: readonly Uint8Array[], left: number): number {
  let room = 0; // what is left of the block that was begun
  for (const part of prefix) {
    for (let from = 0; from < part.length; ) {
      if (!room) {
        room = Math.min(left, MOST_BLOCK);
        putHead(whole, at, room, 0);
        at += BLOCK_HEAD;
      }
      const piece = part.subarray(from, from + room);
      whole.set(piece, at);
      at += piece.length;
      from += piece.length;
      room -= piece.length;
      left -= piece.length;
    }
  }
  return at;
}

function putHead(whole: Uint8Array, at: number, size: number, last: 0 | 1): void {
  const head = (size << 3) | last;
  whole.set([head & 0xff, (head >> 8) & 0xff, head >> 16], at);
}
