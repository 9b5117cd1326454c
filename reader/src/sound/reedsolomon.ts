/**
 * The check bytes of a message of sound (spec/sound.md): Reed-Solomon over GF(256), first root alpha^0. Polynomials are
 * arrays, in `check` highest power first as they are sent, in `mend` lowest power first.
 */
import { alpha, inverse, product } from "../frames/octets";

/** The `count` check bytes after `data`. */
export function check(data: Uint8Array, count: number): Uint8Array {
  const generator = new Uint8Array(count + 1);
  generator[0] = 1;
  for (let root = 0; root < count; root++)
    for (let at = root + 1; at > 0; at--) generator[at]! ^= product(generator[at - 1]!, alpha(root));
  const rest = new Uint8Array(count);
  for (const byte of data) {
    const lead = byte ^ rest[0]!;
    rest.copyWithin(0, 1);
    rest[count - 1] = 0;
    for (let at = 0; at < count; at++) rest[at]! ^= product(generator[at + 1]!, lead);
  }
  return rest;
}

const valueAt = (polynomial: readonly number[], x: number): number =>
  polynomial.reduceRight((sum, factor) => product(sum, x) ^ factor, 0);

/** Mends `word`, data and `count` check bytes, in place; false where more than count / 2 bytes are wrong. */
export function mend(word: Uint8Array, count: number): boolean {
  const syndromes = Array.from({ length: count }, (_, power) =>
    word.reduce((sum, byte) => product(sum, alpha(power)) ^ byte, 0),
  );
  if (!syndromes.some(Boolean)) return true;
  const locator = berlekampMassey(syndromes);
  const errors = locator.length - 1;
  if (errors * 2 > count) return false;
  const evaluator = syndromes.map((_, at) =>
    locator.reduce((sum, factor, back) => (back > at ? sum : sum ^ product(factor, syndromes[at - back]!)), 0),
  );
  const slope = locator.map((factor, power) => (power & 1 ? factor : 0)).slice(1);
  let found = 0;
  for (let power = 0; power < word.length; power++) {
    const x = alpha((255 - power) % 255);
    if (valueAt(locator, x)) continue;
    found++;
    // Forney, with the first root alpha^0: X * evaluator(1/X) / locator'(1/X).
    const below = valueAt(slope, x);
    if (!below) return false;
    word[word.length - 1 - power]! ^= product(product(alpha(power), valueAt(evaluator, x)), inverse(below));
  }
  return found === errors;
}

/** The shortest recurrence of the syndromes: the polynomial whose roots tell where the errors are. */
function berlekampMassey(syndromes: readonly number[]): number[] {
  let locator = [1];
  let before = [1];
  let length = 0;
  let shift = 1;
  let divisor = 1;
  syndromes.forEach((_, at) => {
    let off = 0;
    for (let back = 0; back <= length; back++) off ^= product(locator[back] ?? 0, syndromes[at - back]!);
    if (!off) return void shift++;
    const factor = product(off, inverse(divisor));
    const next = Array.from(
      { length: Math.max(locator.length, before.length + shift) },
      (_, power) => (locator[power] ?? 0) ^ product(factor, before[power - shift] ?? 0),
    );
    if (2 * length <= at) {
      [before, divisor, length, shift] = [locator, off, at + 1 - length, 1];
    } else shift++;
    locator = next;
  });
  while (locator.length > 1 && !locator[locator.length - 1]) locator.pop();
  // A recurrence that is longer than its polynomial has no place for its errors.
  return locator.length - 1 === length ? locator : Array<number>(syndromes.length + 1).fill(1);
}
