/** A change: what leads from an old list of guides to a new one, the old bytes as prefix (spec/parcel.md, "Change"). */
import { announced, inflate } from "./compression";
import type { Effort } from "./effort";
import { checkItems, type Item, type Key, makeItem, MOST_FRAME, MOST_ITEM, MOST_ITEMS, readKey } from "./item";
import { MOST_PATH } from "./path";
import { compare, Reader } from "./wire";

const UNTOUCHED = 0;
const REMOVED = 1;
const CHANGED = 2;

/** The new list; the old one is left as it is. `effort`: of the parcel whose step this is. Throws Refusal. */
export function applyChange(old: readonly Item[], change: Uint8Array, effort?: Effort): readonly Item[] {
  const reader = new Reader(change, "the change");
  const scope = reader.u8();
  if (scope > 1) reader.refuse("a prefix that does not exist");
  const fate = new Uint8Array(old.length);
  mark(reader, fate, REMOVED);
  const changed = mark(reader, fate, CHANGED);
  const touched = old.filter((_, at) => fate[at] !== UNTOUCHED);
  const prefix = scope ? [...old.filter((_, at) => fate[at] === UNTOUCHED), ...touched] : touched;
  const bytes = prefix.map((item) => item.bytes);
  const frame = reader.rest();
  effort?.spend(bytes.reduce((sum, part) => sum + part.length, announced(frame)));
  const inside = new Reader(inflate(frame, bytes, MOST_FRAME), "the change's text");

  const added = readAdded(inside);
  const addedLengths = added.map(() => inside.varint(MOST_ITEM));
  const newLengths = new Map<number, number>();
  for (const at of changed) {
    const length = (old[at] as Item).bytes.length + inside.zigzag(MOST_ITEM);
    if (length < 0 || length > MOST_ITEM) inside.refuse("a length that cannot be");
    newLengths.set(at, length);
  }
  const items: Item[] = [];
  let next = 0;
  const addBefore = (limit: Uint8Array | undefined): void => {
    for (; next < added.length; next++) {
      const order = limit ? compare((added[next] as Key).key, limit) : -1;
      if (order > 0) return;
      if (!order) inside.refuse("a new guide is there already");
      items.push(makeItem(added[next] as Key, inside.take(addedLengths[next] as number)));
    }
  };
  old.forEach((item, at) => {
    if (fate[at] === REMOVED) return;
    addBefore(item.key);
    const length = newLengths.get(at);
    items.push(length === undefined ? item : makeItem(item, inside.take(length)));
  });
  addBefore(undefined);
  inside.end();
  return checkItems(items);
}

/** Reads a list of gaps and marks those places; returns them. */
function mark(reader: Reader, fate: Uint8Array, as: number): number[] {
  const places: number[] = [];
  let at = -1;
  for (let left = reader.varint(fate.length); left > 0; left--) {
    at += 1 + reader.varint(fate.length);
    if (at >= fate.length || fate[at] !== UNTOUCHED) reader.refuse("it touches a guide that is not there, or twice");
    fate[at] = as;
    places.push(at);
  }
  return places;
}

function readAdded(inside: Reader): Key[] {
  const added: Key[] = [];
  for (let left = inside.varint(MOST_ITEMS); left > 0; left--) {
    const key = readKey(inside.until(0, MOST_PATH), inside);
    const before = added[added.length - 1];
    if (before && compare(before.key, key.key) >= 0) inside.refuse("its new guides are not in order");
    added.push(key);
  }
  return added;
}
