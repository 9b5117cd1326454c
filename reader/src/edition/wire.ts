/**
 * Reading and writing bytes: big-endian numbers, shortest varints, every length checked before anything is allocated.
 * A Reader never returns less than it was asked for: what does not fit is refused. Notation: spec/edition.md.
 */
import { Refusal, type RefusalReason } from "./types";

const VARINT_BYTES = 5;
export const MOST_U32 = 0xffffffff;

export class Reader {
  private at = 0;

  /**
   * `what` names the thing being read, for the refusal's words. Inside a parcel the envelope's check has passed by now, so
   * whoever made these bytes made them wrong: forged, not damaged.
   */
  constructor(
    private readonly data: Uint8Array,
    private readonly what: string,
    private readonly reason: RefusalReason = "forged",
  ) {}

  refuse(why: string): never {
    throw new Refusal(this.reason, `${this.what}: ${why}`);
  }

  get left(): number {
    return this.data.length - this.at;
  }

  /** The next n bytes, as a view. */
  take(n: number): Uint8Array {
    if (n > this.left) this.refuse("it ends too early");
    this.at += n;
    return this.data.subarray(this.at - n, this.at);
  }

  rest(): Uint8Array {
    return this.take(this.left);
  }

  u8(): number {
    return this.take(1)[0] as number;
  }

  u32(): number {
    return this.take(4).reduce((sum, byte) => sum * 256 + byte, 0);
  }

  /** Unsigned LEB128 in its shortest form, at most `limit`. */
  varint(limit: number): number {
    let n = 0;
    for (let place = 0, unit = 1; place < VARINT_BYTES; place++, unit *= 128) {
      const byte = this.u8();
      n += (byte & 0x7f) * unit;
      if (byte & 0x80) continue;
      if (place && !byte) this.refuse("a number is longer than needed");
      if (n > limit) this.refuse("a number is too large");
      return n;
    }
    return this.refuse("a number is too long");
  }

  /** A signed number between -limit and limit. */
  zigzag(limit: number): number {
    const n = this.varint(2 * limit);
    return n % 2 ? -(n + 1) / 2 : n / 2;
  }

  /** One byte of length, then that many bytes. */
  text8(): Uint8Array {
    return this.take(this.u8());
  }

  sized(limit: number): Uint8Array {
    return this.take(this.varint(limit));
  }

  /** The bytes before the next `mark`, which is read too; at most `limit` of them. */
  until(mark: number, limit: number): Uint8Array {
    const length = this.data.subarray(this.at, this.at + limit + 1).indexOf(mark);
    if (length < 0) this.refuse("a text has no end");
    return this.take(length + 1).subarray(0, length);
  }

  end(): void {
    if (this.left) this.refuse("something follows its end");
  }
}

export const u8 = (n: number): Uint8Array => Uint8Array.of(n);
export const u32 = (n: number): Uint8Array => Uint8Array.of(n >>> 24, n >>> 16, n >>> 8, n);

/** Unsigned LEB128 in its shortest form. */
export function varint(n: number): Uint8Array {
  const bytes: number[] = [];
  for (; n > 0x7f; n = Math.floor(n / 128)) bytes.push((n % 128) | 0x80);
  return Uint8Array.of(...bytes, n);
}

export const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A text of at most 255 bytes after its length. */
export function text8(text: string): Uint8Array {
  const raw = utf8(text);
  return join(u8(raw.length), raw);
}

/** Strict UTF-8; undefined where it is none. A byte order mark stays, so that the text encodes to the same bytes. */
export function fromUtf8(raw: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw);
  } catch {
    return undefined;
  }
}

export function join(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** The order of bytes: below zero where a comes before b, zero where they are the same. */
export function compare(a: Uint8Array, b: Uint8Array): number {
  const shared = sharedPrefix(a, b);
  return shared < a.length && shared < b.length ? (a[shared] as number) - (b[shared] as number) : a.length - b.length;
}

export const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && sharedPrefix(a, b) === a.length;

/** How many bytes both begin with. */
export function sharedPrefix(a: Uint8Array, b: Uint8Array): number {
  const most = Math.min(a.length, b.length);
  let n = 0;
  while (n < most && a[n] === b[n]) n++;
  return n;
}

export const hex = (raw: Uint8Array): string => Array.from(raw, (byte) => byte.toString(16).padStart(2, "0")).join("");
