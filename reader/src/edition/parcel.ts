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

/** Kind and body of a parcel. */
export interface Envelope {
  readonly kind: number;
  readonly body: Uint8Array;
}

/** Kind and body of a parcel that arrived undamaged. Throws Refusal. */
export function openParcel(bytes: Uint8Array): Envelope {
  checkParcel(bytes);
  return readParcel(bytes);
}

/** The same of a parcel for which signatures answer anyhow, its check not looked at. Throws Refusal. */
export function readParcel(bytes: Uint8Array): Envelope {
  const body = bodyOf(bytes);
  const kind = bytes[3] as number;
  if (!KINDS[kind - 1]) throw new Refusal("unknown", `a parcel of kind ${kind}`);
  return { kind, body };
}

/** Throws Refusal where the parcel broke on the way. */
export function checkParcel(bytes: Uint8Array): void {
  if (!same(hash(bytes.subarray(0, 4), bodyOf(bytes)).subarray(0, 4), bytes.subarray(4, HEAD))) {
    throw new Refusal("damaged", "the parcel was damaged on the way");
  }
}

function bodyOf(bytes: Uint8Array): Uint8Array {
  if (bytes.length < HEAD || !same(bytes.subarray(0, 3), MAGIC)) throw new Refusal("unknown", "this is no parcel");
  return bytes.subarray(HEAD);
}

/** A parcel around a body. */
export function makeParcel(kind: number, body: Uint8Array): Uint8Array {
  const head = join(MAGIC, u8(kind));
  return join(head, hash(head, body).subarray(0, HEAD - head.length), body);
}

export const kindName = (kind: number): string => KINDS[kind - 1] ?? String(kind);
