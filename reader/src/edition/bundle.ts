/** The data inside a reading page, and a file that a page can be handed: items one after the other (spec/parcel.md, "Bundle"). */
import { Refusal } from "./types";
import { join, Reader, same, u32, utf8 } from "./wire";

const MAGIC = utf8("HLB1");
const MOST_ITEMS = 4096;

export const looksLikeBundle = (data: Uint8Array): boolean => same(data.subarray(0, MAGIC.length), MAGIC);

/** The settings' bytes, and the items after them. Throws Refusal. */
export function openBundle(data: Uint8Array): { readonly settings: Uint8Array; readonly items: readonly Uint8Array[] } {
  if (!looksLikeBundle(data)) throw new Refusal("unknown", "this is no bundle");
  const reader = new Reader(data.subarray(MAGIC.length), "the bundle");
  const all: Uint8Array[] = [];
  while (reader.left) {
    // A bundle has no check of its own: one that is cut broke on the way.
    const length = reader.left < 4 ? Infinity : reader.u32();
    if (length > reader.left || all.length === MOST_ITEMS) throw new Refusal("damaged", "the bundle is cut");
    all.push(reader.take(length));
  }
  const [settings, ...items] = all;
  if (!settings) throw new Refusal("damaged", "the bundle is empty");
  return { settings, items };
}

export const writeBundle = (settings: Uint8Array, items: readonly Uint8Array[]): Uint8Array =>
  join(MAGIC, ...[settings, ...items].flatMap((item) => [u32(item.length), item]));
