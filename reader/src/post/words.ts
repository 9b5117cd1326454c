/**
 * The word lists of codenames, unpacked when they are first needed (packed by wordlists.mjs): some 0.1 s on a
 * computer.
 */
import { fromBase64 } from "../page/base64";
import { unpackWords } from "../packing/wordpacking";
import packedEn from "../words/en.txt";
import packedRu from "../words/ru.txt";
import packedUk from "../words/uk.txt";

export type WordLanguage = "uk" | "en" | "ru";

/** The languages that have a list, in the order in which they are offered. */
export const WORD_LANGUAGES: readonly WordLanguage[] = ["uk", "en", "ru"];

const PACKED: Readonly<Record<WordLanguage, string>> = { en: packedEn, ru: packedRu, uk: packedUk };
const WORDS = 7776;
const unpacked = new Map<WordLanguage, readonly string[]>();

/** Other languages of the page use the English list: it needs no letters that a keyboard may lack. */
export const wordLanguageFor = (language: string): WordLanguage =>
  WORD_LANGUAGES.find((one) => one === language) ?? "en";

/** The 7,776 words of a list, sorted. */
export function wordsIn(language: WordLanguage): readonly string[] {
  const kept = unpacked.get(language);
  if (kept) return kept;
  const [letters = "", packed = ""] = PACKED[language].split("\n");
  const words = unpackWords(letters, fromBase64(packed) ?? new Uint8Array(0), WORDS);
  unpacked.set(language, words);
  return words;
}

/**
 * A hash in six words: its first ten bytes as one number, modulo 7,776 to the sixth, as six digits of that base, the
 * highest first. 77 bits: nobody can make another page with the same words.
 */
export function hashInWords(hash: Uint8Array, words: readonly string[]): string[] {
  let rest = 0n;
  for (const byte of hash.subarray(0, 10)) rest = (rest << 8n) | BigInt(byte);
  const base = BigInt(words.length);
  const six: string[] = [];
  for (let at = 0; at < 6; at++) {
    six.unshift(words[Number(rest % base)] ?? "");
    rest /= base;
  }
  return six;
}
