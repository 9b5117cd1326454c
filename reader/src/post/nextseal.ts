/**
 * The seal of the next letter, made ready in an idle moment while it is being written, so that sealing waits for
 * nothing. Rules: in memory only; whoever takes it has it alone; leaving the view drops it (shell/shell.ts).
 */
import type { LetterKey } from "../edition/types";
import type { Random } from "../letters/bytes";
import { PreparedSeal } from "../letters/prepared";
import { whenIdle } from "../idle";

export class NextSeal {
  private made: PreparedSeal | undefined;
  private stop: (() => void) | undefined;

  constructor(private readonly random: Random) {}

  /** Makes it when the browser is idle; nothing where there is one, or soon will be. */
  prepare(key: LetterKey): void {
    if (this.stop || this.made?.isFor(key)) return;
    this.drop();
    this.stop = whenIdle(() => {
      this.stop = undefined;
      try {
        this.made = new PreparedSeal(key, this.random);
      } catch {
        // Whoever seals is told.
      }
      return false;
    });
  }

  /** A seal for one letter to this key: the prepared one, else a new one. Throws Refusal where the key is none. */
  take(key: LetterKey): PreparedSeal {
    const { made } = this;
    this.made = undefined;
    if (made?.isFor(key)) return made;
    made?.drop();
    return new PreparedSeal(key, this.random);
  }

  drop(): void {
    this.stop?.();
    this.stop = undefined;
    this.made?.drop();
    this.made = undefined;
  }
}
