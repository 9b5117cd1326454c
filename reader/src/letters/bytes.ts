/** Reading and writing what letters are made of: big-endian numbers, lengths checked before anything is copied. */
import { Refusal } from "../edition/types";

/** Gives `length` random bytes. In the page: `(n) => crypto.getRandomValues(new Uint8Array(n))`. */
export type Random = (length: number) => Uint8Array;

/** The caller erred: the words say what, the page says what to do. */
export class Misused extends Error {
  override readonly name = "Misused";
}

// A mailbag joins the parts of a reply, so here the bytes' own `join` has another name.
export { join as concat } from "../edition/wire";

/** `width` bytes, big-endian; `value` is below 2^32. */
export function number(value: number, width: number): Uint8Array {
  const raw = new Uint8Array(width);
  for (let at = width - 1, rest = value; at >= 0; at--, rest = Math.floor(rest / 256)) raw[at] = rest % 256;
  return raw;
}

export function readNumber(raw: Uint8Array, at: number, width: number): number {
  let value = 0;
  for (let i = at; i < at + width; i++) value = value * 256 + (raw[i] as number);
  return value;
}

export const ascii = (text: string): Uint8Array => Uint8Array.from(text, (sign) => sign.charCodeAt(0));

/** UTF-8. Misused where the text holds half a surrogate pair, which has no UTF-8. */
export function utf8(text: string): Uint8Array {
  if (/[\ud800-\udfff]/u.test(text)) throw new Misused("the text holds half a character");
  return new TextEncoder().encode(text);
}

/** Strict UTF-8; a byte order mark is kept, so that what is read writes the same bytes. */
export function fromUtf8(raw: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw);
  } catch {
    throw new Refusal("unknown", "a text is not UTF-8");
  }
}

export function same(left: Uint8Array, right: Uint8Array): boolean {
  let difference = left.length ^ right.length;
  for (let at = 0; at < left.length; at++) difference |= (left[at] as number) ^ (right[at] ?? 0);
  return difference === 0;
}

/** Takes one value after the other off bytes that came in; throws Refusal rather than read past their end. */
export class Taker {
  private at = 0;
  constructor(private readonly raw: Uint8Array) {}

  take(length: number): Uint8Array {
    if (length > this.raw.length - this.at) throw new Refusal("unknown", "it ends too early");
    this.at += length;
    return this.raw.slice(this.at - length, this.at);
  }

  number(width: number): number {
    return readNumber(this.take(width), 0, width);
  }

  /** A part after its own length of `width` bytes, at most `most` of it. */
  part(width: number, most: number): Uint8Array {
    const length = this.number(width);
    if (length > most) throw new Refusal("unknown", "a part is too long");
    return this.take(length);
  }

  /** All that is left. */
  rest(): Uint8Array {
    return this.take(this.raw.length - this.at);
  }

  end(): void {
    if (this.at !== this.raw.length) throw new Refusal("unknown", "something follows its end");
  }
}
