/** The week's letter key as an edition carries it (spec/letter.md, "Keys"). Times are arguments, in Unix seconds. */
import { type LetterKey, Refusal } from "../edition/types";
import { concat, number, readNumber } from "./bytes";
import { NARROW_PUBLIC_SIZE, PUBLIC_SIZE } from "./hpke";

/** Monday 2026-01-05T00:00:00Z, the beginning of week 0. */
export const EPOCH = 1_767_571_200;
export const WEEK = 604_800;
const LAST_NUMBER = Math.floor((2 ** 32 - 1 - EPOCH) / WEEK) - 1;
const LEAF_TAG = 0x01;
const HEAD_SIZE = 13;
const LATTICE_SIZE = 1152; // the coefficients of an ML-KEM-768 key, 12 bits each
const MODULUS = 3329;

/** The key closed before now: a letter sealed to it might never be opened. The writer needs a newer edition. */
export class TooLate extends Error {
  override readonly name = "TooLate";
  constructor(readonly sealUntil: number) {
    super("this edition is too old to write with");
  }
}

/** Throws TooLate after sealUntil. */
export function checkOpen(key: LetterKey, now: number): void {
  if (now > key.sealUntil) throw new TooLate(key.sealUntil);
}

/** The key in an edition's leaf (1,261 bytes). Throws Refusal; what parses encodes to the same bytes. */
export function parseKeyLeaf(leaf: Uint8Array): LetterKey {
  if (leaf.length !== HEAD_SIZE + PUBLIC_SIZE + NARROW_PUBLIC_SIZE || leaf[0] !== LEAF_TAG) throw bad();
  const [week, sealUntil, opensUntil] = [1, 5, 9].map((at) => readNumber(leaf, at, 4)) as [number, number, number];
  const start = EPOCH + week * WEEK;
  if (week > LAST_NUMBER || sealUntil <= start || opensUntil < sealUntil) throw bad();
  const [mlkem768x25519, narrow] = [leaf.slice(HEAD_SIZE, HEAD_SIZE + PUBLIC_SIZE), leaf.slice(HEAD_SIZE + PUBLIC_SIZE)];
  for (let at = 0; at < LATTICE_SIZE; at += 3) {
    const three = readNumber(mlkem768x25519, at, 3);
    const [a, b, c] = [three >> 16, (three >> 8) & 0xff, three & 0xff];
    // FIPS 203, section 7.2: two coefficients in three bytes, little-endian, each below the modulus.
    if ((a | ((b & 15) << 8)) >= MODULUS || ((b >> 4) | (c << 4)) >= MODULUS) throw bad();
  }
  return { number: week, sealUntil, opensUntil, mlkem768x25519, narrow };
}

export function encodeKeyLeaf(key: LetterKey): Uint8Array {
  const head = [key.number, key.sealUntil, key.opensUntil].map((value) => number(value, 4));
  return concat(number(LEAF_TAG, 1), ...head, key.mlkem768x25519, key.narrow);
}

const bad = (): Refusal => new Refusal("unknown", "the edition's letter key is not laid out as one");
