/**
 * Shorthand: frequent letters and words of a base text are one byte or two in it (spec/parcel.md, "Base text").
 * The byte 0x80 + i stands for string i, two bytes of which the first is above those for a word; 0x01 marks a byte that
 * stands for itself.
 */
import type { Reader } from "./wire";

const MOST_STRINGS = 128;
const MOST_WORDS = 8_192;
const SHORTEST = 2;
const LONGEST = 32;
const FIRST = 0x80;
const END = 0;
const MARK = 1;
/** A word's second byte is neither an end nor a mark. */
const SECONDS = 254;

export interface Shorthand {
  readonly strings: readonly Uint8Array[];
  readonly words: readonly Uint8Array[];
}

/** The strings and words, as bytes of UTF-8. Throws Refusal. */
export function readShorthand(reader: Reader): Shorthand {
  const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const strings = Array.from({ length: reader.varint(MOST_STRINGS) }, () => {
    const raw = reader.text8();
    if (raw.length < SHORTEST || raw.length > LONGEST || raw.includes(END) || raw.includes(MARK)) reader.refuse("a string of its shorthand");
    try {
      text.decode(raw);
    } catch {
      reader.refuse("a string of its shorthand is no text");
    }
    return raw;
  });
  const most = strings.length && Math.min(MOST_WORDS, (MOST_STRINGS - strings.length) * SECONDS);
  const letters = { strings, words: [] };
  const room = new Uint8Array(LONGEST * LONGEST);
  const words = Array.from({ length: strings.length && reader.varint(most) }, () => {
    const raw = reader.until(END, LONGEST);
    if (raw.length < SHORTEST || raw.includes(MARK)) reader.refuse("a word of its shorthand");
    return lengthen(raw, letters, room, reader);
  });
  return { strings, words };
}

/**
 * What a text stands for, written into `room` before its size is known: at most as many bytes as that has. Without
 * strings bytes from 0x80 on stand for themselves. Throws Refusal.
 */
export function lengthen(text: Uint8Array, { strings, words }: Shorthand, room: Uint8Array, reader: Reader): Uint8Array {
  if (!strings.length && !text.includes(MARK)) return text;
  let to = 0;
  for (let from = 0; from < text.length; from++) {
    const byte = text[from] as number;
    if (byte === MARK) {
      const mark = text[++from] ?? 0;
      if (mark !== 1 && mark !== 2 && !(strings.length && mark >= FIRST)) reader.refuse("a text is not marked as it should be");
      room[to++] = mark < FIRST ? mark & 1 : mark;
    } else if (byte < FIRST || !strings.length) room[to++] = byte;
    else {
      const found = strings[byte - FIRST] ?? words[place(byte, text[++from], strings)] ?? reader.refuse("a byte that stands for nothing");
      for (let at = 0; at < found.length; at++) room[to++] = found[at] as number;
    }
    // What is beyond the room was written nowhere.
    if (to > room.length) reader.refuse("a text is too long");
  }
  return room.slice(0, to);
}

/** Where among the words two bytes point; beside them all where the second is missing, an end or a mark. */
const place = (lead: number, second = END, strings: readonly Uint8Array[]): number =>
  second > MARK ? (lead - FIRST - strings.length) * SECONDS + second - MARK - 1 : -1;
