/**
 * Shorthand: frequent letters and words of a base text are single bytes in it (spec/parcel.md, "Base text").
 * The byte 0x80 + i stands for the string at i; 0x01 marks a byte that stands for itself.
 */
import type { Reader } from "./wire";

const MOST_STRINGS = 128;
const SHORTEST = 2;
const LONGEST = 32;
const FIRST = 0x80;
const END = 0;
const MARK = 1;

/** The strings, as bytes. Throws Refusal. */
export function readStrings(reader: Reader): readonly Uint8Array[] {
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  return Array.from({ length: reader.varint(MOST_STRINGS) }, () => {
    const raw = reader.text8();
    if (raw.length < SHORTEST || raw.length > LONGEST || raw.includes(END) || raw.includes(MARK)) reader.refuse("a string of its shorthand");
    try {
      text.decode(raw);
    } catch {
      reader.refuse("a string of its shorthand is no text");
    }
    return raw;
  });
}

/** What a text stands for; at most `limit` bytes. Without strings bytes from 0x80 on stand for themselves. Throws Refusal. */
export function lengthen(text: Uint8Array, strings: readonly Uint8Array[], limit: number, reader: Reader): Uint8Array {
  const size = sizeOf(text, strings, reader);
  if (size === text.length && !strings.length) return text;
  if (size > limit) reader.refuse("a text is too long");
  const plain = new Uint8Array(size);
  let to = 0;
  for (let from = 0; from < text.length; from++) {
    const byte = text[from] as number;
    if (byte === MARK) {
      const mark = text[++from] as number;
      plain[to++] = mark < FIRST ? mark & 1 : mark;
    } else if (byte < FIRST || !strings.length) plain[to++] = byte;
    else {
      const string = strings[byte - FIRST] as Uint8Array;
      for (let at = 0; at < string.length; at++) plain[to++] = string[at] as number;
    }
  }
  return plain;
}

/** How long it becomes: counted before anything is allocated, and every byte looked at. */
function sizeOf(text: Uint8Array, strings: readonly Uint8Array[], reader: Reader): number {
  let size = text.length;
  for (let at = 0; at < text.length; at++) {
    const byte = text[at] as number;
    if (byte === MARK) {
      const mark = text[++at] ?? 0;
      if (mark !== 1 && mark !== 2 && !(strings.length && mark >= FIRST)) reader.refuse("a text is not marked as it should be");
      size--;
    } else if (byte >= FIRST && strings.length) size += (strings[byte - FIRST] ?? reader.refuse("a byte that stands for nothing")).length - 1;
  }
  return size;
}
