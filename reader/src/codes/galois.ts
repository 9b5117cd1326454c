/** Reed-Solomon over GF(256), as QR codes have it (ISO/IEC 18004, annex A): polynomial 0x11d, roots from alpha^0 on. */

const EXP = new Uint8Array(510);
const LOG = new Uint8Array(256);
for (let at = 0, value = 1; at < 255; at++) {
  EXP[at] = EXP[at + 255] = value;
  LOG[value] = at;
  value = (value << 1) ^ (value > 127 ? 0x11d : 0);
}

const times = (a: number, b: number): number =>
  a && b ? (EXP[(LOG[a] as number) + (LOG[b] as number)] as number) : 0;
const over = (a: number, b: number): number =>
  a ? (EXP[(LOG[a] as number) + 255 - (LOG[b] as number)] as number) : 0;

/** The `count` check bytes of a block. */
export function parityOf(data: Uint8Array, count: number): Uint8Array {
  const generator = generatorOf(count);
  const rest = new Uint8Array(count);
  for (const byte of data) {
    const lead = byte ^ (rest[0] as number);
    rest.copyWithin(0, 1);
    rest[count - 1] = 0;
    for (let at = 0; at < count; at++) rest[at] = (rest[at] as number) ^ times(generator[at] as number, lead);
  }
  return rest;
}

const generators = new Map<number, Uint8Array>();

/** Without its leading one. */
function generatorOf(count: number): Uint8Array {
  let made = generators.get(count);
  if (!made) {
    made = new Uint8Array(count);
    made[count - 1] = 1;
    for (let root = 0; root < count; root++) {
      for (let at = 0; at < count; at++)
        made[at] = times(made[at] as number, EXP[root] as number) ^ (made[at + 1] ?? 0);
    }
    generators.set(count, made);
  }
  return made;
}

/** Puts a block (data, then `count` check bytes) right where it stands; false where too much of it is wrong. */
export function correct(block: Uint8Array, count: number): boolean {
  const syndromes = new Uint8Array(count);
  for (let at = 0; at < count; at++) {
    syndromes[at] = block.reduce((sum, byte) => times(sum, EXP[at] as number) ^ byte, 0);
  }
  if (!syndromes.some((one) => one)) return true;
  const locator = locatorOf(syndromes);
  const errors = locator.length - 1;
  if (2 * errors > count) return false;
  const evaluator = locator.slice(0, errors).map((_, at) => {
    let sum = 0;
    for (let back = 0; back <= at; back++) sum ^= times(locator[back] as number, syndromes[at - back] as number);
    return sum;
  });
  const slope = locator.map((value, at) => (at % 2 ? value : 0)).slice(1);
  let found = 0;
  for (let at = 0; at < block.length; at++) {
    const place = EXP[block.length - 1 - at] as number;
    const root = over(1, place);
    if (valueAt(locator, root)) continue;
    const below = valueAt(slope, root);
    if (!below) return false;
    block[at] = (block[at] as number) ^ times(place, over(valueAt(evaluator, root), below));
    found++;
  }
  return found === errors;
}

/** Lowest power first. */
const valueAt = (polynomial: readonly number[], x: number): number =>
  polynomial.reduceRight((sum, value) => times(sum, x) ^ value, 0);

/** The shortest recurrence of the syndromes (Berlekamp and Massey): its roots say where errors are. */
function locatorOf(syndromes: Uint8Array): number[] {
  let [current, before]: [number[], number[]] = [[1], [1]];
  let [length, shift, scale] = [0, 1, 1];
  for (let at = 0; at < syndromes.length; at++) {
    let gap = 0;
    for (let back = 0; back <= length; back++) gap ^= times(current[back] ?? 0, syndromes[at - back] as number);
    if (!gap) {
      shift++;
      continue;
    }
    const kept = current.slice();
    const factor = over(gap, scale);
    before.forEach((value, power) => {
      current[power + shift] = (current[power + shift] ?? 0) ^ times(factor, value);
    });
    for (let power = 0; power < current.length; power++) current[power] ??= 0;
    if (2 * length <= at) {
      [length, before, scale, shift] = [at + 1 - length, kept, gap, 1];
    } else shift++;
  }
  return Array.from({ length: length + 1 }, (_, power) => current[power] ?? 0);
}
