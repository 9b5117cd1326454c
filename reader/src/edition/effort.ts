/**
 * What opening the steps of a full parcel may cost, known before it is paid (spec/parcel.md, "Steps"): a step of a few
 * bytes may announce much text, and name all old text as its prefix.
 */
import { announced } from "./compression";
import { MOST_ITEMS, MOST_TEXT } from "./item";
import { Refusal } from "./types";
import { Reader } from "./wire";

const MOST_ANNOUNCED = 3 * MOST_TEXT;
const MOST_SPENT = 6 * MOST_TEXT;

export class Effort {
  private spent = 0;

  /** What all steps together announce; none is opened. Throws Refusal. */
  checkAnnounced(base: Uint8Array, changes: readonly Uint8Array[]): void {
    const sum = changes.reduce((all, change) => all + announced(frameOf(change)), announced(base));
    if (sum > MOST_ANNOUNCED) throw new Refusal("forged", `the steps announce ${sum} bytes`);
  }

  /** Counts a step's prefix and content. Throws Refusal. */
  spend(size: number): void {
    this.spent += size;
    if (this.spent > MOST_SPENT) throw new Refusal("forged", "the steps take too much to open");
  }
}

/** The frame of a change; its lists of gaps are passed over. */
function frameOf(change: Uint8Array): Uint8Array {
  const reader = new Reader(change, "the change");
  reader.u8();
  for (let list = 0; list < 2; list++) for (let left = reader.varint(MOST_ITEMS); left > 0; left--) reader.varint(MOST_ITEMS);
  return reader.rest();
}
