/** The data inside a reading page, and a file that a page can be handed: items one after the other (spec/parcel.md, "Bundle"). */
import { Refusal } from "./types";
import { fromUtf8, join, Reader, same, u32, utf8 } from "./wire";

const MAGIC = utf8("HLB1");
const LIST = utf8("HLW1");
const MOST_ITEMS = 4096;
const MOST_LISTS = 16;
const MOST_LIST = 65_536;
const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/;

/** A packed word list as it came; nobody signed it: what is in it counts once its hash is the code's. */
export interface WordList {
  readonly language: string;
  readonly packed: Uint8Array;
  readonly item: Uint8Array;
}

export interface Opened {
  readonly settings: Uint8Array;
  readonly lists: readonly WordList[];
  /** Root documents, then parcels. */
  readonly items: readonly Uint8Array[];
}

export const looksLikeBundle = (data: Uint8Array): boolean => same(data.subarray(0, MAGIC.length), MAGIC);

/** The settings' bytes, the word lists, and the items after them. Throws Refusal. */
export function openBundle(data: Uint8Array): Opened {
  if (!looksLikeBundle(data)) throw new Refusal("unknown", "this is no bundle");
  const reader = new Reader(data.subarray(MAGIC.length), "the bundle");
  const all: Uint8Array[] = [];
  while (reader.left) {
    // A bundle has no check of its own: one that is cut broke on the way.
    const length = reader.left < 4 ? Infinity : reader.u32();
    if (length > reader.left || all.length === MOST_ITEMS) throw new Refusal("damaged", "the bundle is cut");
    all.push(reader.take(length));
  }
  const [settings, ...rest] = all;
  if (!settings) throw new Refusal("damaged", "the bundle is empty");
  const end = rest.findIndex((item) => !isList(item));
  const lists = rest.slice(0, end < 0 ? rest.length : end).map(readList);
  if (lists.length > MOST_LISTS || new Set(lists.map(({ language }) => language)).size !== lists.length)
    throw new Refusal("forged", "there are too many word lists");
  return { settings, lists, items: rest.slice(lists.length) };
}

export const writeBundle = (settings: Uint8Array, lists: readonly WordList[], items: readonly Uint8Array[]): Uint8Array =>
  join(MAGIC, ...[settings, ...lists.map(({ item }) => item), ...items].flatMap((item) => [u32(item.length), item]));

const isList = (item: Uint8Array): boolean => same(item.subarray(0, LIST.length), LIST);

function readList(item: Uint8Array): WordList {
  const reader = new Reader(item.subarray(LIST.length), "the word list");
  const language = fromUtf8(reader.text8()) ?? "";
  if (!LANGUAGE.test(language)) reader.refuse("it names no language");
  if (!reader.left || reader.left > MOST_LIST) reader.refuse("it is empty or too large");
  return { language, packed: reader.rest(), item };
}
