/**
 * A writer's codename and the secrets that follow from it (spec/mailbag.md, "Codenames"). Generated, never chosen;
 * kept in memory only. The word list and the randomness are arguments.
 */
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { CODENAME_COST, stretch } from "./argon2";
import { ascii, concat, Misused, number, type Random, utf8 } from "./bytes";

const WORDS = 6;
const LIST_SIZE = 7_776;
const WEEKS = 26;
const COUNTERS = 32;
const RANDOM_SIZE = 64;
const MOST_CODENAME = 512;
const EVEN = 65_536 - (65_536 % LIST_SIZE);

/** Six words of a list of 7,776, each equally likely. Numbers that would favour the list's beginning are passed over. */
export function propose(words: readonly string[], random: Random): string {
  if (words.length !== LIST_SIZE) throw new Misused("a word list has 7,776 words");
  const bytes = random(RANDOM_SIZE);
  const chosen: string[] = [];
  for (let at = 0; at < RANDOM_SIZE && chosen.length < WORDS; at += 2) {
    const drawn = ((bytes[at] as number) << 8) | (bytes[at + 1] as number);
    if (drawn < EVEN) chosen.push(words[drawn % LIST_SIZE] as string);
  }
  if (chosen.length < WORDS) throw new Misused("the random bytes are not random");
  return chosen.join(" ");
}

/** NFKC, small letters, plain apostrophes and hyphens, six words, single spaces. Throws Misused where six do not come out. */
export function normalise(typed: string): string {
  if ([...typed].length > MOST_CODENAME) throw new Misused("this is longer than any codename");
  const lowered = typed.normalize("NFKC").toLowerCase().normalize("NFKC");
  const plain = lowered.replace(/[\u2018\u2019\u02bc\u0060\u2032]/g, "'").replace(/[\u2010-\u2014\u2212]/g, "-");
  const words = plain.split(/[\t-\r ]+/).filter((word) => word);
  if (words.length !== WORDS) throw new Misused("a codename has six words");
  return words.join(" ");
}

/** The places (0 to 5) of the words of a normalised codename that are not in the list: slips of the finger. */
export function unknown(codename: string, words: readonly string[]): number[] {
  const known = new Set(words);
  return codename.split(" ").flatMap((word, place) => (known.has(word) ? [] : [place]));
}

/** K, 32 bytes, from a normalised codename and the publisher's desk id (32 bytes). */
export async function keyOf(codename: string, deskId: Uint8Array): Promise<Uint8Array> {
  if (deskId.length !== 32) throw new Misused("a desk id has 32 bytes");
  if (normalise(codename) !== codename) throw new Misused("the codename is not in its one form");
  return stretch(utf8(codename), deskId, CODENAME_COST);
}

const REPLY = ascii("reply");

/** S of one letter, 32 bytes. `week`: the number of the letter key. `counter`: drawn by `drawCounter`. */
export function secretOf(key: Uint8Array, week: number, counter: number): Uint8Array {
  if (!(counter >= 0 && counter < COUNTERS)) throw new Misused("a counter is 0 to 31");
  return hmac(sha256, key, concat(REPLY, number(week, 4), number(counter, 1)));
}

/** 0 to 31, each equally likely. */
export const drawCounter = (random: Random): number => (random(1)[0] as number) % COUNTERS;

/** Every S that a reply may answer to: the 26 weeks that end with that of the edition's letter key, newest first. */
export function candidates(key: Uint8Array, week: number): Uint8Array[] {
  const keyed = hmac.create(sha256, key); // the key's two blocks are hashed once for all
  const secrets: Uint8Array[] = [];
  for (let past = week; past >= 0 && past > week - WEEKS; past--) {
    const message = concat(REPLY, number(past, 4), number(0, 1));
    for (let counter = 0; counter < COUNTERS; counter++) {
      message[message.length - 1] = counter;
      secrets.push(keyed.clone().update(message).digest());
    }
  }
  return secrets;
}
