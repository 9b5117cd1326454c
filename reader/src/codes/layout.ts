/**
 * Where everything stands in a QR code (ISO/IEC 18004). Rules: only the kinds of code that carry frames, in byte mode:
 * one on a screen, a coarser one for weak cameras, and those of paper (spec/frame.md).
 */
import { correct, parityOf } from "./galois";

/** A kind of code. `bytes`: how many it carries. */
export interface Kind {
  readonly version: number;
  /** The level's two bits in the format information: 1 is L, 0 is M. */
  readonly level: number;
  readonly bytes: number;
  readonly blocks: number;
  /** Check bytes of each block. */
  readonly parity: number;
  /** Rows and columns between the alignment patterns' centres, from the last one back. */
  readonly step: number;
}

export const COARSE: Kind = { version: 10, level: 1, bytes: 271, blocks: 4, parity: 18, step: 22 };
export const USUAL: Kind = { version: 15, level: 1, bytes: 520, blocks: 6, parity: 22, step: 22 };
const HARSH: Kind = { version: 20, level: 0, bytes: 666, blocks: 16, parity: 26, step: 28 };
export const KINDS: readonly Kind[] = [COARSE, USUAL, HARSH];

export const sizeOf = (kind: Kind): number => 17 + 4 * kind.version;

/** The rows and columns on which alignment patterns are centred. */
function centres(kind: Kind): number[] {
  const all: number[] = [];
  for (let at = sizeOf(kind) - 7; at > 6 + kind.step / 2; at -= kind.step) all.unshift(at);
  return [6, ...all];
}

/** The centres of the alignment patterns, without the three places where finder patterns stand. */
export function alignments(kind: Kind): [x: number, y: number][] {
  const all = centres(kind);
  const last = all[all.length - 1];
  return all
    .flatMap((y) => all.map((x): [number, number] => [x, y]))
    .filter(([x, y]) => (x > 6 || (y > 6 && y !== last)) && (y > 6 || x !== last));
}

export interface Layout {
  readonly size: number;
  /** The patterns that are the same in every code, format and version information left light. */
  readonly patterns: Uint8Array;
  /** The places of the data's bits, in order; a few more than whole bytes fill. */
  readonly order: readonly number[];
}

const layouts = new Map<Kind, Layout>();

export function layoutOf(kind: Kind): Layout {
  let made = layouts.get(kind);
  if (!made) layouts.set(kind, (made = layOut(kind)));
  return made;
}

function layOut(kind: Kind): Layout {
  const size = sizeOf(kind);
  const patterns = new Uint8Array(size * size);
  const taken = new Uint8Array(size * size);
  const put = (x: number, y: number, dark: boolean): void => {
    if (x < 0 || y < 0 || x >= size || y >= size) return;
    taken[y * size + x] = 1;
    patterns[y * size + x] = dark ? 1 : 0;
  };
  const rings = (x: number, y: number, reach: number, light: number): void => {
    for (let dy = -reach; dy <= reach; dy++) {
      for (let dx = -reach; dx <= reach; dx++) {
        const ring = Math.max(Math.abs(dx), Math.abs(dy));
        put(x + dx, y + dy, ring !== light && ring !== 4);
      }
    }
  };
  for (let at = 0; at < size; at++) {
    put(at, 6, at % 2 === 0);
    put(6, at, at % 2 === 0);
  }
  for (const [x, y] of alignments(kind)) rings(x, y, 2, 1);
  for (const [x, y] of [[3, 3], [size - 4, 3], [3, size - 4]] as const) rings(x, y, 4, 2);
  for (const places of [...formatPlaces(size), ...versionPlaces(size)]) for (const at of places) taken[at] = 1;
  put(8, size - 8, true);
  const order: number[] = [];
  for (let right = size - 1; right > 0; right -= 2) {
    if (right === 6) right = 5;
    for (let step = 0; step < size; step++) {
      const y = (right + 1) & 2 ? step : size - 1 - step;
      for (const x of [right, right - 1]) if (!taken[y * size + x]) order.push(y * size + x);
    }
  }
  return { size, patterns, order };
}

/** Both copies of the format information, the lowest bit first. */
export function formatPlaces(size: number): [number[], number[]] {
  const bits = Array.from({ length: 15 }, (_, at) => at);
  const first = (at: number): number =>
    at < 8 ? (at + (at > 5 ? 1 : 0)) * size + 8 : 8 * size + 14 - at + (at < 9 ? 1 : 0);
  const second = (at: number): number => (at < 8 ? 9 * size - 1 - at : (size - 15 + at) * size + 8);
  return [bits.map(first), bits.map(second)];
}

function versionPlaces(size: number): [number[], number[]] {
  const bits = Array.from({ length: 18 }, (_, at) => at);
  const first = (at: number): number => Math.floor(at / 3) * size + size - 11 + (at % 3);
  const second = (at: number): number => (size - 11 + (at % 3)) * size + Math.floor(at / 3);
  return [bits.map(first), bits.map(second)];
}

/** Level and mask under their own check (BCH, 15 bits). */
export const formatBits = (level: number, mask: number): number => checked((level << 3) | mask, 10, 0x537) ^ 0x5412;

function checked(value: number, bits: number, generator: number): number {
  let rest = value << bits;
  for (let at = 31; at >= bits; at--) if ((rest >>> at) & 1) rest ^= generator << (at - bits);
  return (value << bits) | rest;
}

const frames = new Map<string, Uint8Array>();

/** The modules of a code of this kind and mask whose data are all zeros. */
export function blank(kind: Kind, mask: number): Uint8Array {
  const name = `${kind.version} ${mask}`;
  let made = frames.get(name);
  if (!made) frames.set(name, (made = draw(kind, mask)));
  return made;
}

function draw(kind: Kind, mask: number): Uint8Array {
  const { size, patterns, order } = layoutOf(kind);
  const modules = patterns.slice();
  const write = (places: readonly number[], value: number): void =>
    places.forEach((place, at) => (modules[place] = (value >>> at) & 1));
  for (const places of formatPlaces(size)) write(places, formatBits(kind.level, mask));
  for (const places of versionPlaces(size)) write(places, checked(kind.version, 12, 0x1f25));
  for (const place of order) modules[place] = masked(mask, place % size, Math.floor(place / size)) ? 1 : 0;
  return modules;
}

/** Whether a mask turns the module at (x, y) over. */
function masked(mask: number, x: number, y: number): boolean {
  const both = ((x * y) % 2) + ((x * y) % 3);
  return ![
    (x + y) % 2,
    y % 2,
    x % 3,
    (x + y) % 3,
    (Math.floor(x / 3) + Math.floor(y / 2)) % 2,
    both,
    both % 2,
    (((x + y) % 2) + ((x * y) % 3)) % 2,
  ][mask];
}

/** How many data bytes each block has: the later ones have one more where it does not come out even. */
function lengths(kind: Kind): number[] {
  const data = (layoutOf(kind).order.length >> 3) - kind.blocks * kind.parity;
  return Array.from({ length: kind.blocks }, (_, block) => Math.floor((data + block) / kind.blocks));
}

/** The places of data and check bytes of each block in the order in which they stand in the code. */
function* interleaved(kind: Kind): Generator<[block: number, at: number]> {
  const each = lengths(kind);
  const longest = each[kind.blocks - 1] as number;
  for (let at = 0; at < longest; at++) {
    for (let block = 0; block < kind.blocks; block++) if (at < (each[block] as number)) yield [block, at];
  }
  for (let at = 0; at < kind.parity; at++) {
    for (let block = 0; block < kind.blocks; block++) yield [block, (each[block] as number) + at];
  }
}

/** Data to the bytes that stand in the code. */
export function spread(kind: Kind, data: Uint8Array): Uint8Array {
  let from = 0;
  const blocks = lengths(kind).map((length) => {
    const block = new Uint8Array(length + kind.parity);
    block.set(data.subarray(from, (from += length)));
    block.set(parityOf(block.subarray(0, length), kind.parity), length);
    return block;
  });
  return Uint8Array.from(interleaved(kind), ([block, at]) => (blocks[block] as Uint8Array)[at] as number);
}

/** The bytes that stand in the code to data, put right; undefined where too much is wrong. */
export function gather(kind: Kind, bytes: Uint8Array): Uint8Array | undefined {
  const each = lengths(kind);
  const blocks = each.map((length) => new Uint8Array(length + kind.parity));
  let from = 0;
  for (const [block, at] of interleaved(kind)) (blocks[block] as Uint8Array)[at] = bytes[from++] as number;
  const data = new Uint8Array(each.reduce((sum, length) => sum + length, 0));
  from = 0;
  for (const [block, bytes] of blocks.entries()) {
    if (!correct(bytes, kind.parity)) return undefined;
    data.set(bytes.subarray(0, each[block]), from);
    from += each[block] as number;
  }
  return data;
}
