/** The base text: a pack's paths and texts from nothing, each ended by a byte that text does not have (spec/parcel.md). */
import { inflate } from "./compression";
import { checkItems, type Item, makeItem, MOST_FRAME, MOST_ITEM, MOST_ITEMS, MOST_TEXT, readKey } from "./item";
import { MOST_PATH } from "./path";
import { lengthen, readShorthand } from "./shorthand";
import { compare, Reader } from "./wire";

const END = 0;

/** The guides in a frame with a base text. Throws Refusal. */
export function readBase(frame: Uint8Array): readonly Item[] {
  const reader = new Reader(inflate(frame, [], MOST_FRAME), "the pack's text");
  const shorthand = readShorthand(reader);
  const keys = Array.from({ length: reader.varint(MOST_ITEMS) }, () => readKey(reader.until(END, MOST_PATH), reader));
  keys.forEach(({ key }, at) => {
    const before = keys[at - 1];
    if (before && compare(before.key, key) >= 0) reader.refuse("its paths are not in order");
  });
  const room = new Uint8Array(MOST_ITEM);
  let left = MOST_TEXT;
  const items = keys.map((key) => {
    const bytes = lengthen(reader.until(END, 2 * MOST_ITEM), shorthand, room.subarray(0, left), reader);
    left -= bytes.length;
    return makeItem(key, bytes);
  });
  reader.end();
  return checkItems(items);
}
