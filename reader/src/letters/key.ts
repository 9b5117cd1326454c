/** The week's letter key as an edition carries it (spec/letter.md, "Keys"). Times are arguments, in Unix seconds. */
import { type LetterKey, Refusal } from "../edition/types";
import { concat, number, readNumber } from "./bytes";
import { NARROW_PUBLIC_SIZE, PUBLIC_SIZE } from "./hpke";

/** Monday 2026-01-05T00:00:00Z, the beginning of week 0. */
export const EPOCH = 1_767_571_200;
export const WEEK = 604_800;
const LEAF_TAG = 0x01;
const HEAD_SIZE = 13;

/** The key closed before now: a letter sealed to it might never be opened. The writer needs a newer edition. */
export class TooLate extends Error {
  override readonly name = "TooLate";
  constructor(readonly sealUntil: number) {
    super("this edition is too old to write with");
  }
}

/** The key in an edition's leaf (1,261 bytes), as it stands there: who seals checks it. Throws Refusal. */
export function readKeyLeaf(leaf: Uint8Array): LetterKey {
  if (leaf.length !== HEAD_SIZE + PUBLIC_SIZE + NARROW_PUBLIC_SIZE || leaf[0] !== LEAF_TAG) throw bad();
  const [week, sealUntil, opensUntil] = [1, 5, 9].map((at) => readNumber(leaf, at, 4)) as [number, number, number];
  const [mlkem768x25519, narrow] = [leaf.slice(HEAD_SIZE, HEAD_SIZE + PUBLIC_SIZE), leaf.slice(HEAD_SIZE + PUBLIC_SIZE)];
  return { number: week, sealUntil, opensUntil, mlkem768x25519, narrow };
}

/**
 * Throws Refusal where the key's week and its two dates are not in order, TooLate after sealUntil. That its numbers are
 * below the modulus is for the encapsulation to see (FIPS 203, section 7.2).
 */
export function checkKey({ number: week, sealUntil, opensUntil }: LetterKey, now: number): void {
  if (sealUntil <= EPOCH + week * WEEK || opensUntil < sealUntil) throw bad();
  if (now > sealUntil) throw new TooLate(sealUntil);
}

export function encodeKeyLeaf(key: LetterKey): Uint8Array {
  const head = [key.number, key.sealUntil, key.opensUntil].map((value) => number(value, 4));
  return concat(number(LEAF_TAG, 1), ...head, key.mlkem768x25519, key.narrow);
}

const bad = (): Refusal => new Refusal("unknown", "the edition's letter key is not laid out as one");
