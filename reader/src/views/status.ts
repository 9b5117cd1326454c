/** A line that says how something goes; only what went wrong is said in the colour of trouble. */
import { el, fill } from "../dom";

export class Status {
  readonly node = el("p", { role: "status", class: "status" });

  goes(words = ""): void {
    this.set(words, false);
  }

  fails(words: string): void {
    this.set(words, true);
  }

  private set(words: string, wrong: boolean): void {
    this.node.classList.toggle("problem", wrong);
    fill(this.node, words);
  }
}
