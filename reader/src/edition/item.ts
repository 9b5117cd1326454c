/** A guide as it travels: its path, its bytes, its leaf in the pack's tree. Lists of them ascend by the path's bytes. */
import { MOST_PATH, readPath } from "./path";
import { namedHash } from "./tree";
import { Refusal } from "./types";
import type { Reader } from "./wire";

export const MOST_ITEMS = 65_535;
export const MOST_ITEM = 4 * 2 ** 20;
export const MOST_TEXT = 64 * 2 ** 20;
/** What a frame may hold: the text, and a path with its lengths for each guide. */
export const MOST_FRAME = MOST_TEXT + MOST_ITEMS * (MOST_PATH + 12);
const ENDING = ".md";

export interface Item {
  readonly path: string;
  readonly key: Uint8Array;
  readonly bytes: Uint8Array;
  readonly leaf: Uint8Array;
}

export interface Key {
  readonly path: string;
  readonly key: Uint8Array;
}

export const makeItem = ({ path, key }: Key, bytes: Uint8Array): Item => ({ path, key, bytes, leaf: namedHash(key, bytes) });

/** A guide's path, or with another ending a picture's. Throws Refusal. */
export const readKey = (key: Uint8Array, reader: Reader, ending = ENDING): Key => ({
  path: readPath(key, ending) ?? reader.refuse("a path cannot be carried"),
  key,
});

/** The list itself when a pack may be like that. Throws Refusal. */
export function checkItems(items: readonly Item[]): readonly Item[] {
  const size = items.reduce((sum, item) => sum + item.bytes.length, 0);
  const long = items.some((item) => item.bytes.length > MOST_ITEM);
  if (!items.length || items.length > MOST_ITEMS || size > MOST_TEXT || long) throw new Refusal("forged", "too many or too few guides");
  return items;
}
