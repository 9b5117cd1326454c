/**
 * What comes in one way, parcel by parcel and in any order: from a screen, by sound. Rules: all of it is verified before
 * anything changes; what still waits for another parcel is kept, and no more than a bounded amount of it.
 */
import { looksLikeRoot, splitRoots } from "../edition/root";
import { type Library, Refusal } from "../edition/types";
import { updateFromFiles } from "./updates";

const MOST_PARCELS = 32;
const MOST_BYTES = 32 * 1024 * 1024;

export class Arrivals {
  private waiting: Uint8Array[] = [];

  /** The library that this parcel leads to, with what came before it; the same one where it waits. Throws Refusal. */
  take(library: Library, parcel: Uint8Array): Library {
    this.waiting.push(parcel);
    while (this.waiting.length > MOST_PARCELS || this.waiting.reduce((sum, one) => sum + one.length, 0) > MOST_BYTES) {
      this.waiting.shift();
    }
    try {
      return this.led(library);
    } catch (error) {
      if (!(error instanceof Refusal) || error.reason !== "gap") this.waiting = this.waiting.filter((one) => one !== parcel);
      throw error;
    }
  }

  private led(library: Library): Library {
    const documents = this.waiting.filter(looksLikeRoot).flatMap(splitRoots);
    const parcels = this.waiting.filter((one) => !looksLikeRoot(one));
    if (!documents.length) return updateFromFiles(library, parcels);
    // Under newer keys whole packs are needed; kinds are numbered so that what others lean on comes first.
    parcels.sort((a, b) => (a[3] as number) - (b[3] as number));
    return library.receiveAll([...documents, ...parcels]);
  }
}
