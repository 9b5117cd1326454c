/** A frame: one symbol of a parcel, and what a receiver must know to use it (spec/frame.md). */
import { join, MOST_U32, Reader, u8, varint } from "../edition/wire";
import { MOST_SYMBOL, MOST_SYMBOLS, SYMBOL_STEP } from "./fountain";

export const ID = 8;
const VERSION = 1;
const PAYLOAD_ID = 4;
const MOST_BLOCKS = 256;
const LEAST_PARCEL = 8; // an empty envelope
const MOST_PARCEL = MOST_U32 - 1;

/** How a parcel falls into blocks. Lengths and sizes in bytes. */
export interface Split {
  readonly length: number;
  readonly symbol: number;
  /** Source symbols in all blocks. */
  readonly count: number;
  readonly blocks: number;
}

/** Throws RangeError outside the limits: the caller's mistake; `parseFrame` refuses. */
export function splitOf(length: number, symbol: number): Split {
  const count = Math.ceil(length / symbol);
  const blocks = Math.ceil(count / MOST_SYMBOLS);
  if (symbol % SYMBOL_STEP || symbol < SYMBOL_STEP || symbol > MOST_SYMBOL) throw new RangeError(`a symbol of ${symbol} bytes`);
  if (!(length >= LEAST_PARCEL && length <= MOST_PARCEL && blocks <= MOST_BLOCKS)) throw new RangeError(`a parcel of ${length} bytes`);
  return { length, symbol, count, blocks };
}

/** Source symbols of one block: the first blocks have one more where it does not come out even. */
export function symbolsOf({ count, blocks }: Split, block: number): number {
  return Math.floor(count / blocks) + (block < count % blocks ? 1 : 0);
}

/** Where a block begins and ends in the parcel. */
export function spanOf(split: Split, block: number): readonly [start: number, end: number] {
  const { count, blocks, symbol, length } = split;
  const start = (block * Math.floor(count / blocks) + Math.min(block, count % blocks)) * symbol;
  return [start, Math.min(start + symbolsOf(split, block) * symbol, length)];
}

export interface Frame {
  readonly id: Uint8Array;
  readonly split: Split;
  readonly block: number;
  readonly number: number;
  readonly symbol: Uint8Array;
}

export function encodeFrame(id: Uint8Array, split: Split, block: number, number: number, symbol: Uint8Array): Uint8Array {
  return join(u8(VERSION), id, varint(split.length), Uint8Array.of(block, number >>> 16, number >>> 8, number), symbol);
}

/** One frame, held to every limit; its symbol is a view. Throws Refusal. */
export function parseFrame(bytes: Uint8Array): Frame {
  const reader = new Reader(bytes, "a frame", "unknown");
  if (bytes.length > 1 + ID + 5 + PAYLOAD_ID + MOST_SYMBOL) reader.refuse("it is too long");
  if (reader.u8() !== VERSION) reader.refuse("its version is unknown");
  const id = reader.take(ID);
  const length = reader.varint(MOST_PARCEL);
  const block = reader.u8();
  const number = reader.take(3).reduce((sum, byte) => sum * 256 + byte, 0);
  const symbol = reader.rest();
  let split: Split;
  try {
    split = splitOf(length, symbol.length);
  } catch (error) {
    if (error instanceof RangeError) reader.refuse(error.message);
    throw error;
  }
  if (block >= split.blocks) reader.refuse("it names a block that there is not");
  return { id, split, block, number, symbol };
}

/** The largest symbols that fit in frames of `frame` bytes. Throws RangeError where none does. */
export function symbolSize(frame: number, length: number): number {
  const room = frame - 1 - ID - varint(length).length - PAYLOAD_ID;
  return splitOf(length, Math.min(Math.floor(room / SYMBOL_STEP) * SYMBOL_STEP, MOST_SYMBOL)).symbol;
}
