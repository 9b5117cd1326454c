/** Kind 5, pictures: which picture stands at which path, and the pictures themselves by hash (spec/parcel.md). */
import type { HeldPack } from "./held";
import { type Key, MOST_ITEMS, readKey } from "./item";
import { MOST_PATH, readLanguage, readSection } from "./path";
import { hash, HASH, namedHash, treeRoot } from "./tree";
import { Refusal } from "./types";
import { compare, hex, Reader, same, sharedPrefix } from "./wire";

const MOST_PICTURE = 16 * 2 ** 20;

export interface PictureShelf {
  /** The pictures root of the pack that this list was checked against. */
  readonly root: Uint8Array;
  /** SHA-256 of the picture, in hexadecimal, by path. */
  readonly list: ReadonlyMap<string, string>;
  readonly blobs: ReadonlyMap<string, Uint8Array>;
}

/** The pack that the pictures belong to, and its shelf with them on it. Throws Refusal. */
export function readPictureParcel(
  body: Uint8Array,
  held: (section: string, language: string) => HeldPack | undefined,
): { readonly pack: HeldPack; readonly list: ReadonlyMap<string, string>; readonly blobs: ReadonlyMap<string, Uint8Array> } {
  const reader = new Reader(body, "the pictures");
  const section = readSection(reader.text8()) ?? reader.refuse("the section's name");
  const language = readLanguage(reader.text8()) ?? reader.refuse("the language");
  const pack = held(section, language);
  if (!pack) throw new Refusal("gap", `${section}/${language} is needed first`);

  const list = new Map<string, string>();
  const leaves: Uint8Array[] = [];
  let before: Key | undefined;
  for (let left = reader.varint(MOST_ITEMS); left > 0; left--) {
    before = readNextKey(reader, before?.key ?? new Uint8Array(0));
    const digest = reader.take(HASH);
    list.set(before.path, hex(digest));
    leaves.push(namedHash(before.key, digest));
  }
  if (leaves.length !== pack.pictures.count || !same(treeRoot(leaves), pack.pictures.root)) {
    // A list of another edition and a forged one look alike, and neither shows anything.
    throw new Refusal("gap", "the pictures are not those of the pack that is held");
  }
  const known = new Set(list.values());
  const blobs = new Map<string, Uint8Array>();
  let last = "";
  for (let left = reader.varint(MOST_ITEMS); left > 0; left--) {
    const blob = reader.sized(MOST_PICTURE);
    const digest = hex(hash(blob));
    if (digest <= last || !known.has(digest)) reader.refuse("a picture that is not listed, or out of order");
    blobs.set(digest, blob);
    last = digest;
  }
  reader.end();
  return { pack, list, blobs };
}

/** The path after `before`: ascending, and what both share as long as possible. Throws Refusal. */
function readNextKey(reader: Reader, before: Uint8Array): Key {
  const shared = reader.varint(before.length);
  const rest = reader.sized(MOST_PATH);
  const key = new Uint8Array(shared + rest.length);
  key.set(before.subarray(0, shared));
  key.set(rest, shared);
  if (compare(before, key) >= 0 || sharedPrefix(before, key) !== shared) reader.refuse("its paths are not in order");
  return readKey(key, reader, "");
}
