/**
 * From what a person wrote to a sealed letter. Rules: randomness comes from the browser's own source; keys and words
 * stay in memory; whoever wants no answer gets no secret that could be asked for.
 */
import type { Edition } from "../edition/types";
import { type Body, MOST_PICTURES, TOPICS } from "../letters/body";
import { Misused, type Random } from "../letters/bytes";
import { drawCounter, keyOf, normalise, propose, secretOf } from "../letters/codename";
import { decoy, encodePlain, type Letter, letterOf, seal, SECRET_SIZE } from "../letters/letter";
import { sealNarrow } from "../letters/narrow";
import { speaking } from "../speech/speech";
import type { Concern, Draft } from "./draft";
import type { NextSeal } from "./nextseal";

export const MOST_LETTER_PICTURES = Math.min(4, MOST_PICTURES);

export const random: Random = (length) => crypto.getRandomValues(new Uint8Array(length));

const TOPIC_OF: Readonly<Record<Concern, Body["topic"]>> = {
  question: TOPICS.question,
  feedback: TOPICS.feedback,
  help: TOPICS.help,
  event: TOPICS.happened,
};

/** Six fresh words of a list. */
export const proposeWords = (list: readonly string[]): string[] => propose(list, random).split(" ");

/** The codename's key, 32 bytes; about a second on an old phone, with the screen drawn first. */
export async function unlock(words: readonly string[], deskId: Uint8Array): Promise<Uint8Array> {
  await nextPaint();
  return keyOf(normalise(words.join(" ")), deskId);
}

/** Whether the draft can be a letter as it is. */
export function fits(draft: Draft): boolean {
  try {
    encodePlain(toLetter(draft, new Uint8Array(SECRET_SIZE).fill(1)));
    return true;
  } catch {
    return false;
  }
}

/** One letter sealed twice: for every way, and where it is short enough as a narrow one. Either may be sent, or both. */
export interface Sealed {
  readonly letter: Uint8Array;
  readonly narrow: Uint8Array | undefined;
}

/** The sealed letter; `words` is the codename, or undefined where no answer is wanted. */
export async function sealDraft(
  edition: Edition,
  draft: Draft,
  words: readonly string[] | undefined,
  next: NextSeal,
): Promise<Sealed> {
  let secret: Uint8Array | undefined;
  let narrowSecret: Uint8Array | undefined;
  if (words) {
    const key = await unlock(words, edition.publisher.deskId);
    // Of its own for each: should both arrive, their answers lie in different places.
    const counter = drawCounter(random);
    [secret, narrowSecret] = [counter, counter ^ 1].map((one) => secretOf(key, edition.letterKey.number, one));
    key.fill(0);
  } else if (draft.pictures.length) {
    // Letters with pictures always hold a secret; this one is kept by nobody, so no answer can be found.
    secret = random(SECRET_SIZE);
  }
  const plain = encodePlain(toLetter(draft, secret));
  const letter = next.take(edition.letterKey).seal(plain, nowInSeconds());
  return { letter, narrow: narrowed(edition, toLetter(draft, narrowSecret)) };
}

/** Undefined where the letter is too long for a narrow one, or has a town or pictures. */
function narrowed(edition: Edition, letter: Letter): Uint8Array | undefined {
  try {
    return sealNarrow(letter, edition.letterKey, nowInSeconds(), random);
  } catch (error) {
    if (error instanceof Misused) return undefined;
    throw error;
  }
}

function toLetter(draft: Draft, secret: Uint8Array | undefined): Letter {
  const about = draft.guide ? `[${draft.guide.path}] ${draft.guide.title}\n\n` : "";
  const body: Body = {
    topic: TOPIC_OF[draft.concern],
    language: speaking(),
    section: draft.section,
    town: draft.town.replace(/\s+/g, " ").trim(),
    text: (about + draft.text.trim()).replace(/[\ud800-\udfff\0]/gu, "\ufffd"),
    pictures: draft.pictures.map((picture) => picture.jpeg),
  };
  return letterOf(body, secret);
}

/** What goes out when nobody wrote: nobody on the way can tell it from a letter. */
export function sealDecoy(edition: Edition): Uint8Array | undefined {
  try {
    return seal(decoy(), edition.letterKey, nowInSeconds(), random);
  } catch {
    return undefined; // the key is too old to seal to: there is nothing that a letter would look like either
  }
}

const nowInSeconds = (): number => Math.floor(Date.now() / 1000);

/** Lets the screen be drawn before work that keeps it still. */
export const nextPaint = (): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(() => requestAnimationFrame(() => setTimeout(resolve, 0)), 0);
  });
