/**
 * A sealed letter (spec/letter.md): one of three sizes, the smallest that fits. Randomness and time are arguments.
 * Whatever is wrong with a letter that came in, the refusal is the same. The page only seals; opening is here for the
 * vectors, and a bundler leaves it out.
 */
import { type LetterKey, Refusal } from "../edition/types";
import { type Body, encodeBody, parseBody } from "./body";
import { concat, Misused, number, type Random, readNumber } from "./bytes";
import { decapsulate, ENCAPSULATED_SIZE, openMessage } from "./hpke";
import { LABEL, PreparedSeal, VERSION } from "./prepared";

export const SIZES = [4_096, 65_536, 1_048_576] as const;
export const SECRET_SIZE = 32;
const HEADER_SIZE = 5;
const OVERHEAD = HEADER_SIZE + ENCAPSULATED_SIZE + 16;
const HEAD_SIZE = SECRET_SIZE + 4;

/** The largest body, in bytes, that each size holds. */
export const ROOM = SIZES.map((size) => size - OVERHEAD - HEAD_SIZE);

export const KINDS = { decoy: 0, letter: 1, pictures: 2, noReply: 3 } as const;
export type Kind = (typeof KINDS)[keyof typeof KINDS];

/** `secret` is S: 32 bytes, all zero in a decoy and where no reply is wanted. `body` is absent in a decoy alone. */
export interface Letter {
  readonly kind: Kind;
  readonly secret: Uint8Array;
  readonly body?: Body;
}

/** A letter of the right kind from its body; without a secret no reply is wanted, and no pictures can go along. */
export function letterOf(body: Body, secret?: Uint8Array): Letter {
  if (!secret) return { kind: KINDS.noReply, secret: new Uint8Array(SECRET_SIZE), body };
  return { kind: body.pictures.length ? KINDS.pictures : KINDS.letter, secret, body };
}

/** What an idle page sends, so that sending says nothing. */
export const decoy = (): Letter => ({ kind: KINDS.decoy, secret: new Uint8Array(SECRET_SIZE) });

/** Whether the parts fit the kind. */
export function fits(letter: Letter): boolean {
  const { kind, secret, body } = letter;
  const waits = secret.some((byte) => byte !== 0);
  return (
    secret.length === SECRET_SIZE &&
    (body === undefined) === (kind === KINDS.decoy) &&
    waits === (kind === KINDS.letter || kind === KINDS.pictures) &&
    (body === undefined || body.pictures.length > 0 === (kind === KINDS.pictures))
  );
}

/** S, kind, length, body, zeros. Throws Misused where no size is large enough. */
export function encodePlain(letter: Letter): Uint8Array {
  if (!fits(letter)) throw new Misused("the letter's parts do not fit its kind");
  const body = letter.body ? encodeBody(letter.body) : new Uint8Array(0);
  const room = ROOM.find((most) => body.length <= most);
  if (room === undefined) throw new Misused("the letter is too long");
  const plain = new Uint8Array(HEAD_SIZE + room);
  plain.set(concat(letter.secret, number(letter.kind, 1), number(body.length, 3), body));
  return plain;
}

/** Throws Refusal; what parses encodes to the same bytes. */
export function parsePlain(plain: Uint8Array): Letter {
  if (plain.length < HEAD_SIZE) throw refusal();
  const secret = plain.slice(0, SECRET_SIZE);
  const kind = plain[SECRET_SIZE] as Kind;
  const length = readNumber(plain, SECRET_SIZE + 1, 3);
  const end = HEAD_SIZE + length;
  if (ROOM.find((most) => length <= most) !== plain.length - HEAD_SIZE || plain.subarray(end).some((byte) => byte)) {
    throw refusal();
  }
  if (kind > KINDS.noReply || (kind === KINDS.decoy && length)) throw refusal();
  try {
    const body = kind ? parseBody(plain.subarray(HEAD_SIZE, end), kind === KINDS.pictures) : undefined;
    const letter = body ? { kind, secret, body } : { kind, secret };
    if (fits(letter)) return letter;
  } catch {
    throw refusal();
  }
  throw refusal();
}

/**
 * The letter sealed to the edition's key. `now` in Unix seconds; throws TooLate after the key's sealUntil, Misused
 * where the letter is too long for every size, Refusal where the key is none.
 */
export function seal(letter: Letter, key: LetterKey, now: number, random: Random): Uint8Array {
  const plain = encodePlain(letter);
  return new PreparedSeal(key, random).seal(plain, now);
}

/** The letter inside. Throws Refusal, in the same words whatever is wrong. */
export function open(sealed: Uint8Array, week: number, seed: Uint8Array): Letter {
  const header = sealed.slice(0, HEADER_SIZE);
  if (!(SIZES as readonly number[]).includes(sealed.length) || header[0] !== VERSION) throw refusal();
  if (readNumber(header, 1, 4) !== week) throw refusal();
  const start = HEADER_SIZE + ENCAPSULATED_SIZE;
  let plain: Uint8Array;
  try {
    const context = decapsulate(sealed.slice(HEADER_SIZE, start), seed, concat(LABEL, header));
    plain = openMessage(context, sealed.subarray(start));
  } catch {
    throw refusal();
  }
  return parsePlain(plain);
}

/** What is said of every letter that cannot be opened. */
export const refusal = (): Refusal => new Refusal("unknown", "a letter cannot be opened");
