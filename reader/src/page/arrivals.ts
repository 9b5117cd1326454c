/**
 * What comes in one way, parcel by parcel and in any order: from a screen, by sound. Rules: all of it is verified before
 * anything changes; what leads nowhere yet is kept, a bounded amount of it, since a later parcel may be what it waits for.
 */
import { looksLikeRoot, splitRoots } from "../edition/root";
import { type Library, Refusal } from "../edition/types";

const MOST_PARCELS = 32;
const MOST_BYTES = 32 * 1024 * 1024;

export class Arrivals {
  private waiting: Uint8Array[] = [];

  /**
   * The library that this parcel leads to, with what came before it; the same one where it adds nothing or waits for
   * another. Throws Refusal where it is wrong in itself, and nothing else led on.
   */
  take(library: Library, parcel: Uint8Array): Library {
    this.waiting.push(parcel);
    while (this.waiting.length > MOST_PARCELS || this.waiting.reduce((sum, one) => sum + one.length, 0) > MOST_BYTES) {
      this.waiting.shift();
    }
    let refusal: Refusal | undefined;
    const attempt = (before: Library, step: () => Library, own: boolean): Library => {
      try {
        return step();
      } catch (error) {
        if (!(error instanceof Refusal)) throw error;
        if (own && error.reason !== "gap" && error.reason !== "older") refusal = error;
        return before;
      }
    };
    let newer = library;
    for (let before: Library | undefined; before !== newer; ) {
      before = newer;
      for (const one of [...this.waiting]) {
        const next = attempt(newer, () => newer.receive(one), one === parcel);
        if (next !== newer) this.waiting = this.waiting.filter((other) => other !== one);
        newer = next;
      }
    }
    const documents = this.waiting.filter(looksLikeRoot).flatMap(splitRoots);
    if (documents.length) {
      // Under newer keys whole packs are needed; kinds are numbered so that what others lean on comes first.
      const parcels = this.waiting.filter((one) => !looksLikeRoot(one)).sort((a, b) => (a[3] as number) - (b[3] as number));
      newer = attempt(newer, () => newer.receiveAll([...documents, ...parcels]), false);
    }
    if (newer === library && refusal) throw refusal;
    return newer;
  }
}
