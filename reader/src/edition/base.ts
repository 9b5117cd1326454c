/** The base text: a pack's paths and texts from nothing, each ended by a byte that text does not have (spec/parcel.md). */
import { inflate } from "./compression";
import { checkItems, type Item, makeItem, MOST_FRAME, MOST_ITEM, MOST_ITEMS, readKey } from "./item";
import { MOST_PATH } from "./path";
import { compare, Reader } from "./wire";

const END = 0;
const ESCAPE = 1;

/** The guides in a frame with a base text. Throws Refusal. */
export function readBase(frame: Uint8Array): readonly Item[] {
  const reader = new Reader(inflate(frame, [], MOST_FRAME), "the pack's text");
  const keys = Array.from({ length: reader.varint(MOST_ITEMS) }, () => readKey(reader.until(END, MOST_PATH), reader));
  keys.forEach(({ key }, at) => {
    const before = keys[at - 1];
    if (before && compare(before.key, key) >= 0) reader.refuse("its paths are not in order");
  });
  const items = keys.map((key) => makeItem(key, unescape(reader.until(END, 2 * MOST_ITEM), reader)));
  reader.end();
  return checkItems(items);
}

/** 0x01 0x01 stands for 0x01, and 0x01 0x02 for 0x00; nothing else follows 0x01. */
function unescape(text: Uint8Array, reader: Reader): Uint8Array {
  let from = text.indexOf(ESCAPE);
  if (from < 0) return text;
  const plain = text.slice();
  let to = from;
  for (; from < text.length; from++, to++) {
    const byte = text[from] as number;
    if (byte !== ESCAPE) plain[to] = byte;
    else {
      const mark = text[++from];
      if (mark !== 1 && mark !== 2) reader.refuse("a text is not escaped as it should be");
      plain[to] = mark === 1 ? ESCAPE : END;
    }
  }
  return plain.subarray(0, to);
}
