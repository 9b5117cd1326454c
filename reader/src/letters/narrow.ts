/**
 * A narrow letter (spec/letter.md, "The narrow letter"): 256 bytes for sound, QR codes and mesh radio alone, sealed by
 * X25519 to a key of its own. The text takes the writing that makes it shortest. Randomness and time are arguments;
 * whatever is wrong with a letter that came in, the refusal is that of every other letter.
 */
import { type LetterKey, Refusal } from "../edition/types";
import { type Body, encodeBody, type Topic } from "./body";
import { ascii, concat, fromUtf8, Misused, number, type Random, readNumber, same, Taker, utf8 } from "./bytes";
import { decapsulateNarrow, encapsulateNarrow, narrowSecret, openMessage, sealMessage } from "./hpke";
import { checkKey } from "./key";
import { fits, KINDS, type Kind, type Letter, refusal, SECRET_SIZE } from "./letter";

const NARROW_VERSION = 2;
export const NARROW_SIZE = 256;
/** The largest body, in bytes. */
const NARROW_ROOM = 169;
const HEADER_SIZE = 5;
const SHARE_SIZE = 32;
const HEAD_SIZE = SECRET_SIZE + 2;
const PLAIN_SIZE = HEAD_SIZE + NARROW_ROOM;
const LABEL = ascii("holub/letter/v2");

/** The single-byte writings, by number from 1 on; 0 is UTF-8. */
const SINGLE = ["windows-1251", "windows-1256"];

/** The 256 characters of a writing. 98 of windows-1251 stands for none in Python, so it does here. */
const signsOf = (name: string): string[] =>
  [...new TextDecoder(name).decode(Uint8Array.from({ length: 256 }, (_, at) => at))].map((sign) =>
    sign === "\u0098" ? "" : sign,
  );

function inSingle(text: string, name: string): Uint8Array | undefined {
  const bytes = new Map(signsOf(name).map((sign, at) => [sign, at]));
  const raw = [...text].map((sign) => bytes.get(sign));
  return raw.includes(undefined) ? undefined : Uint8Array.from(raw as number[]);
}

/** The writing that makes a text shortest; of two as short, the lower number. */
function written(text: string): { writing: number; raw: Uint8Array } {
  let best = { writing: 0, raw: utf8(text) };
  SINGLE.forEach((name, at) => {
    const raw = inSingle(text, name);
    if (raw && raw.length < best.raw.length) best = { writing: at + 1, raw };
  });
  return best;
}

function read(writing: number, raw: Uint8Array): string {
  if (writing === 0) return fromUtf8(raw);
  const name = SINGLE[writing - 1];
  if (!name) throw new Refusal("unknown", "a writing that does not exist");
  const signs = signsOf(name);
  return Array.from(raw, (byte) => signs[byte]).join("");
}

/** Throws Misused where it can be no narrow letter, or does not fit. */
export function encodeNarrowBody(body: Body): Uint8Array {
  encodeBody(body); // the limits of every body
  if (body.town || body.pictures.length) throw new Misused("a narrow letter has neither a town nor pictures");
  const { writing, raw } = written(body.text);
  const names = [body.language, body.section].map((name) => concat(number(name.length, 1), ascii(name)));
  const laid = concat(number(16 * writing + body.topic, 1), ...names, raw);
  if (laid.length > NARROW_ROOM) throw new Misused("the letter is too long for a narrow one");
  return laid;
}

/** Throws Refusal; what parses encodes to the same bytes. */
export function parseNarrowBody(raw: Uint8Array): Body {
  const taker = new Taker(raw);
  const first = taker.number(1);
  const [language, section] = [fromUtf8(taker.part(1, 255)), fromUtf8(taker.part(1, 255))];
  const text = read(first >> 4, taker.rest());
  const body: Body = { topic: (first & 15) as Topic, language, section, town: "", text, pictures: [] };
  let again: Uint8Array;
  try {
    again = encodeNarrowBody(body);
  } catch {
    throw new Refusal("unknown", "the narrow letter's body is not laid out as one");
  }
  if (!same(again, raw)) throw new Refusal("unknown", "the narrow letter's body is not laid out as one");
  return body;
}

/** S, kind, length, body, zeros. Throws Misused where it does not fit. */
export function encodeNarrowPlain(letter: Letter): Uint8Array {
  if (!fits(letter)) throw new Misused("the letter's parts do not fit its kind");
  const body = letter.body ? encodeNarrowBody(letter.body) : new Uint8Array(0);
  const plain = new Uint8Array(PLAIN_SIZE);
  plain.set(concat(letter.secret, number(letter.kind, 1), number(body.length, 1), body));
  return plain;
}

/** Throws Refusal; what parses encodes to the same bytes. */
export function parseNarrowPlain(plain: Uint8Array): Letter {
  if (plain.length !== PLAIN_SIZE) throw refusal();
  const secret = plain.slice(0, SECRET_SIZE);
  const [kind, length] = [plain[SECRET_SIZE] as Kind, plain[SECRET_SIZE + 1] as number];
  const end = HEAD_SIZE + length;
  if (end > PLAIN_SIZE || plain.subarray(end).some((byte) => byte)) throw refusal();
  if (kind > KINDS.noReply || kind === KINDS.pictures || (kind === KINDS.decoy && length)) throw refusal();
  try {
    const letter = kind ? { kind, secret, body: parseNarrowBody(plain.slice(HEAD_SIZE, end)) } : { kind, secret };
    if (fits(letter)) return letter;
  } catch {
    throw refusal();
  }
  throw refusal();
}

/**
 * The letter sealed to the edition's narrow key. `now` in Unix seconds; throws TooLate after the key's sealUntil,
 * Misused where the letter does not fit, Refusal where the key is none.
 */
export function sealNarrow(letter: Letter, key: LetterKey, now: number, random: Random): Uint8Array {
  checkKey(key, now);
  const plain = encodeNarrowPlain(letter);
  const header = concat(number(NARROW_VERSION, 1), number(key.number, 4));
  const { encapsulated, context } = toKey(key, concat(LABEL, header), random(SHARE_SIZE));
  return concat(header, encapsulated, sealMessage(context, plain));
}

function toKey(key: LetterKey, info: Uint8Array, own: Uint8Array): ReturnType<typeof encapsulateNarrow> {
  try {
    return encapsulateNarrow(key.narrow, info, own);
  } catch {
    throw new Refusal("unknown", "the letter key is not a key");
  }
}

/** The letter inside; `seed` is the week's. Throws Refusal, in the same words whatever is wrong. */
export function openNarrow(sealed: Uint8Array, week: number, seed: Uint8Array): Letter {
  const header = sealed.slice(0, HEADER_SIZE);
  if (sealed.length !== NARROW_SIZE || header[0] !== NARROW_VERSION || readNumber(header, 1, 4) !== week) throw refusal();
  const start = HEADER_SIZE + SHARE_SIZE;
  let plain: Uint8Array;
  try {
    const context = decapsulateNarrow(sealed.slice(HEADER_SIZE, start), narrowSecret(seed), concat(LABEL, header));
    plain = openMessage(context, sealed.subarray(start));
  } catch {
    throw refusal();
  }
  return parseNarrowPlain(plain);
}
