/**
 * A letter's seal, made before its text is known: the key schedule does not depend on the text. Rules: it seals one
 * letter, then never again; its key is wiped when it has, when it is dropped, and when the letter key's time is over.
 */
import { type LetterKey, Refusal } from "../edition/types";
import { ascii, concat, Misused, number, type Random, same } from "./bytes";
import { type Context, encapsulate, ENCAPSULATION_RANDOM, sealMessage } from "./hpke";
import { checkKey } from "./key";

export const VERSION = 1;
export const LABEL = ascii("holub/letter/v1");

export class PreparedSeal {
  private readonly head: Uint8Array;
  private context: Context | undefined;

  /** Draws 64 random bytes. Throws Refusal where the key is none. */
  constructor(
    private readonly key: LetterKey,
    random: Random,
  ) {
    const header = concat(number(VERSION, 1), number(key.number, 4));
    try {
      const made = encapsulate(key.mlkem768x25519, concat(LABEL, header), random(ENCAPSULATION_RANDOM));
      this.head = concat(header, made.encapsulated);
      this.context = made.context;
    } catch {
      throw new Refusal("unknown", "the letter key is not a key");
    }
  }

  /** Whether it can still seal a letter, and to this key. */
  isFor(key: LetterKey): boolean {
    return (
      this.context !== undefined &&
      this.key.number === key.number &&
      this.key.sealUntil === key.sealUntil &&
      same(this.key.mlkem768x25519, key.mlkem768x25519)
    );
  }

  /** The sealed letter. `now` in Unix seconds; TooLate after sealUntil, Misused where this seal was used or dropped. */
  seal(plain: Uint8Array, now: number): Uint8Array {
    const { context } = this;
    if (!context) throw new Misused("this seal was used or dropped: take another one");
    this.context = undefined;
    try {
      checkKey(this.key, now);
      return concat(this.head, sealMessage(context, plain));
    } finally {
      wipe(context);
    }
  }

  /** Ends it without a letter. */
  drop(): void {
    if (this.context) wipe(this.context);
    this.context = undefined;
  }
}

function wipe({ key, nonce }: Context): void {
  key.fill(0);
  nonce.fill(0);
}
