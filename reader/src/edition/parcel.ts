/** The parcel's envelope: kind, check, body (spec/parcel.md). The check says only whether it broke on the way. */
import { hash } from "./tree";
import { Refusal } from "./types";
import { join, same, u8, utf8 } from "./wire";

export const FULL = 1;
export const SELECTION = 2;
export const UPDATE = 3;
export const PICTURES = 5;
export const MAILBAG = 6;
export const LETTERS = 7;
const MAGIC = utf8("HLP");
const HEAD = 8;
const KINDS = ["full", "selection", "update", "sweep", "pictures", "mailbag", "letters", "sheet", "whole", "packstamps"];

/** Kind and body of a parcel that arrived undamaged. Throws Refusal. */
export function openParcel(bytes: Uint8Array): { readonly kind: number; readonly body: Uint8Array } {
  if (bytes.length < HEAD || !same(bytes.subarray(0, 3), MAGIC)) throw new Refusal("unknown", "this is no parcel");
  const body = bytes.subarray(HEAD);
  if (!same(hash(bytes.subarray(0, 4), body).subarray(0, 4), bytes.subarray(4, HEAD))) {
    throw new Refusal("damaged", "the parcel was damaged on the way");
  }
  const kind = bytes[3] as number;
  if (!KINDS[kind - 1]) throw new Refusal("unknown", `a parcel of kind ${kind}`);
  return { kind, body };
}

/** A parcel around a body. */
export function makeParcel(kind: number, body: Uint8Array): Uint8Array {
  const head = join(MAGIC, u8(kind));
  return join(head, hash(head, body).subarray(0, HEAD - head.length), body);
}

export const kindName = (kind: number): string => KINDS[kind - 1] ?? String(kind);
