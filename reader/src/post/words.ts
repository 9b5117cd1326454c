/**
 * The word lists of codenames. Rules: they travel in the page's data, where nobody signed them, so a list counts only
 * where its hash is the one in the code; a list that is not the code's is not used and not passed on. Unpacked when
 * first needed: some 0.1 s on a computer.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import type { WordList } from "../edition/bundle";
import { fromUtf8, hex } from "../edition/wire";
import { unpackWords } from "../packing/wordpacking";
import hashEn from "../words/en.txt";
import hashRu from "../words/ru.txt";
import hashUk from "../words/uk.txt";

export type WordLanguage = "uk" | "en" | "ru";

/** The languages that have a list, in the order in which they are offered. */
const WORD_LANGUAGES: readonly WordLanguage[] = ["uk", "en", "ru"];

/** SHA-256 of each packed list (wordlists.mjs). */
const HASHES: Readonly<Record<WordLanguage, string>> = { en: hashEn, ru: hashRu, uk: hashUk };
const WORDS = 7776;
const LINE_END = 10;

/** The lists that this copy of the page carries. */
export class WordLists {
  /** Those that are the code's, as they came. */
  readonly lists: readonly WordList[];
  /** The languages of those that are not. */
  readonly refused: readonly string[];
  private readonly unpacked = new Map<WordLanguage, readonly string[]>();

  constructor(came: readonly WordList[]) {
    this.lists = came.filter(isOurs);
    this.refused = came.filter((one) => !isOurs(one)).map(({ language }) => language);
  }

  /** The languages that words can be taken from, in the order in which they are offered. */
  get languages(): readonly WordLanguage[] {
    return WORD_LANGUAGES.filter((language) => this.lists.some((one) => one.language === language));
  }

  /** Whether some list is not in this copy: a codename of its words can only be typed freely. */
  get lacking(): boolean {
    return this.languages.length < WORD_LANGUAGES.length;
  }

  /** Whose words to show beside a page in `language`: undefined where this copy has none. */
  languageFor(language: string): WordLanguage | undefined {
    const here = this.languages;
    return here.find((one) => one === wanted(language)) ?? here.find((one) => one === "en") ?? here[0];
  }

  /** The same, for words that were made elsewhere: undefined also where the list they are probably of is not here. */
  languageOf(language: string): WordLanguage | undefined {
    return this.languages.find((one) => one === wanted(language));
  }

  /** The 7,776 words of a list, sorted; none where it is not here. */
  in(language: WordLanguage | undefined): readonly string[] {
    const list = this.lists.find((one) => one.language === language);
    if (!language || !list) return [];
    const kept = this.unpacked.get(language);
    if (kept) return kept;
    const end = list.packed.indexOf(LINE_END);
    const words = unpackWords(fromUtf8(list.packed.subarray(0, end)) ?? "", list.packed.subarray(end + 1), WORDS);
    this.unpacked.set(language, words);
    return words;
  }
}

const isOurs = ({ language, packed }: WordList): boolean =>
  WORD_LANGUAGES.some((one) => one === language && HASHES[one] === hex(sha256(packed)));

/** Other languages of the page use the English list: it needs no letters that a keyboard may lack. */
const wanted = (language: string): WordLanguage => WORD_LANGUAGES.find((one) => one === language) ?? "en";

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
