/** Sealed letters of other people, on their way through this phone: in memory only, and no more than a bounded amount. */
import { same } from "../edition/wire";

const MOST_LETTERS = 64;
const MOST_BYTES = 8 * 1024 * 1024;

export class CarriedLetters {
  private letters: readonly Uint8Array[] = [];

  get all(): readonly Uint8Array[] {
    return this.letters;
  }

  /** Takes what it does not hold yet, as long as there is room; says how many that were. */
  take(letters: readonly Uint8Array[]): number {
    const before = this.letters.length;
    let size = this.letters.reduce((sum, letter) => sum + letter.length, 0);
    for (const letter of letters) {
      size += letter.length;
      if (this.letters.length >= MOST_LETTERS || size > MOST_BYTES) break;
      if (!this.letters.some((one) => same(one, letter))) this.letters = [...this.letters, letter.slice()];
    }
    return this.letters.length - before;
  }

  /** Lets a letter go that is on its way elsewhere now. */
  drop(letter: Uint8Array): void {
    this.letters = this.letters.filter((one) => one !== letter);
  }
}
