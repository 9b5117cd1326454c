/** Arithmetic in GF(256) over the polynomial of RFC 6330 section 5.7, on rows of 32-bit words: four octets a word. */

const EXP = new Uint8Array(510);
const LOG = new Uint8Array(256);
for (let power = 0, value = 1; power < 255; power++) {
  EXP[power] = EXP[power + 255] = value;
  LOG[value] = power;
  value = value & 0x80 ? ((value << 1) ^ 0x11d) & 0xff : value << 1;
}

/** alpha to the power of `n`, 0 to 254. */
export const alpha = (n: number): number => EXP[n] as number;

function product(a: number, b: number): number {
  return a && b ? (EXP[(LOG[a] as number) + (LOG[b] as number)] as number) : 0;
}

/** Of any octet but zero. */
export const inverse = (a: number): number => EXP[255 - (LOG[a] as number)] as number;

/** to += from. */
export function add(to: Uint32Array, from: Uint32Array): void {
  for (let at = 0; at < to.length; at++) to[at] = (to[at] as number) ^ (from[at] as number);
}

/** row *= alpha, all four octets of a word at once. */
export function timesAlpha(row: Uint32Array): void {
  for (let at = 0; at < row.length; at++) {
    const word = row[at] as number;
    row[at] = ((word & 0x7f7f7f7f) << 1) ^ (((word >>> 7) & 0x01010101) * 0x1d);
  }
}

/** to += factor * from. */
export function addTimes(to: Uint32Array, from: Uint32Array, factor: number): void {
  if (factor === 1) return add(to, from);
  const [bytes, added, times] = [octets(to), octets(from), multiples(factor)];
  for (let at = 0; at < bytes.length; at++) bytes[at] = (bytes[at] as number) ^ (times[added[at] as number] as number);
}

/** row *= factor. */
export function scale(row: Uint32Array, factor: number): void {
  const [bytes, times] = [octets(row), multiples(factor)];
  for (let at = 0; at < bytes.length; at++) bytes[at] = times[bytes[at] as number] as number;
}

/** A row as its octets, in place. */
export const octets = (row: Uint32Array): Uint8Array => new Uint8Array(row.buffer, row.byteOffset, row.byteLength);

const multiples = (factor: number): Uint8Array => Uint8Array.from({ length: 256 }, (_, value) => product(value, factor));
