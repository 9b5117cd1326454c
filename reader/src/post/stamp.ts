/**
 * Stamps (spec/stamp.md): one-time codes from leaflets. What goes to a postbox always has ten bytes before the letter,
 * by chance where there is no stamp: whoever watches can tell neither who had a code, nor a letter from a decoy.
 */
import { sha256 } from "@noble/hashes/sha2.js";

const STAMP_BYTES = 10;
const CODE_LETTERS = 18;
const LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CHECK = new TextEncoder().encode("holub/stamp/check");

/** Ten bytes that are no stamp. */
export const noStamp = (): Uint8Array => crypto.getRandomValues(new Uint8Array(STAMP_BYTES));

/** The stamp of a code as somebody typed it; undefined where there is a slip in it. */
export function readCode(typed: string): Uint8Array | undefined {
  const code = typed.replace(/[\s\u2011\u2013-]/g, "").toUpperCase().replace(/O/g, "0").replace(/[IL]/g, "1");
  if (code.length !== CODE_LETTERS || [...code].some((letter) => !LETTERS.includes(letter))) return undefined;
  let number = 0n;
  for (const letter of code) number = (number << 5n) | BigInt(LETTERS.indexOf(letter));
  const stamp = Uint8Array.from({ length: STAMP_BYTES }, (_, at) => Number((number >> BigInt(82 - 8 * at)) & 255n));
  const [first = 0, second = 0] = sha256(stamped(CHECK, stamp));
  return Number(number & 1023n) === ((first << 8) | second) >> 6 ? stamp : undefined;
}

/** The stamp and the letter, as they travel. */
export function stamped(stamp: Uint8Array, letter: Uint8Array): Uint8Array {
  const whole = new Uint8Array(stamp.length + letter.length);
  whole.set(stamp);
  whole.set(letter, stamp.length);
  return whole;
}
