/**
 * A sorted word list as bytes and back. Rules: letters become numbers from 1, 0 ends a word; while a word still runs
 * with the one before it, one bit says whether it goes on so; else six bits name the letter. Both directions are one
 * function, so that they cannot disagree.
 */
import { Model } from "./model";

const CONTEXTS = 7;
const MIXERS = 24;
const LEARNING = 0.006;
const LETTER_BITS = 6;
const MOST_LENGTH = 40;

/** Gives the bit that comes next, of which `chance` is the chance of a one; while packing, it is told which. */
type Coder = (chance: number, bit: number) => number;

/** Runs `words` (packing), or `count` words (unpacking, with an empty list), through the coder. */
function codeWords(words: readonly string[], count: number, letters: string, coder: Coder): string[] {
  const model = new Model(CONTEXTS, MIXERS, LEARNING);
  const numbers = new Map(Array.from(letters, (letter, at) => [letter, at + 1] as const));
  const coded: string[] = [];
  const bitOf = (node: number, mixer: number, bit: number): number => {
    const got = coder(model.predict(node, mixer), bit);
    model.learn(got);
    return got;
  };
  let before: number[] = [];
  for (let index = 0; index < count; index++) {
    const known = Array.from(words[index] ?? "", (letter) => numbers.get(letter) ?? 0).concat(0);
    const word: number[] = [];
    let running = true;
    for (let at = 0; at < MOST_LENGTH; at++) {
      const [a = 0, b = 0, c = 0, d = 0] = [word[at - 1], word[at - 2], word[at - 3], word[at - 4]];
      const above = running ? (before[at] ?? 0) + 1 : 0;
      const beyond = running ? (before[at + 1] ?? 0) + 1 : 0;
      const two = a * 64 + b;
      model.place(0, above);
      model.place(1, (above * 64 + a) * 8 + Math.min(at, 7));
      model.place(2, a);
      model.place(3, two);
      model.place(4, two * 64 + c);
      model.place(5, (two * 64 + c) * 64 + d);
      model.place(6, ((above * 64 + beyond) * 64 + a) * 16 + Math.min(at, 15));
      const set = Math.min(at, 7);
      let letter = 0;
      if (running && bitOf(0, set, known[at] === before[at] ? 1 : 0)) letter = before[at] ?? 0;
      else {
        let node = 1;
        for (let shift = LETTER_BITS - 1; shift >= 0; shift--) {
          node = node * 2 + bitOf(node, (running ? 16 : 8) + set, ((known[at] ?? 0) >> shift) & 1);
        }
        letter = node - (1 << LETTER_BITS);
        running = false;
      }
      word.push(letter);
      if (!letter) break;
    }
    before = word;
    coded.push(word.map((letter) => letters[letter - 1] ?? "").join(""));
  }
  return coded;
}

const WHOLE = 0xffffffff;

/** Packs: the letters used, a line end, then the coded bits in base64. For the build. */
export function packWords(words: readonly string[]): { letters: string; bytes: Uint8Array } {
  const letters = [...new Set(words.join(""))].sort().join("");
  const bytes: number[] = [];
  let [low, high] = [0, WHOLE];
  codeWords(words, words.length, letters, (chance, bit) => {
    const middle = low + Math.floor((high - low) * chance);
    if (bit) high = middle;
    else low = middle + 1;
    while (low >>> 24 === high >>> 24) {
      bytes.push(high >>> 24);
      [low, high] = [(low << 8) >>> 0, ((high << 8) | 255) >>> 0];
    }
    return bit;
  });
  bytes.push(low >>> 24, (low >>> 16) & 255, (low >>> 8) & 255, low & 255);
  return { letters, bytes: Uint8Array.from(bytes) };
}

/** The words again. */
export function unpackWords(letters: string, bytes: Uint8Array, count: number): string[] {
  let [low, high, value, at] = [0, WHOLE, 0, 4];
  for (let first = 0; first < 4; first++) value = ((value << 8) | (bytes[first] ?? 0)) >>> 0;
  return codeWords([], count, letters, (chance) => {
    const middle = low + Math.floor((high - low) * chance);
    const bit = value <= middle ? 1 : 0;
    if (bit) high = middle;
    else low = middle + 1;
    while (low >>> 24 === high >>> 24) {
      [low, high] = [(low << 8) >>> 0, ((high << 8) | 255) >>> 0];
      value = ((value << 8) | (bytes[at++] ?? 0)) >>> 0;
    }
    return bit;
  });
}
