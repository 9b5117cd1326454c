/**
 * What a screen shows of several parcels: frames without end (spec/frame.md). Rules: newer keys come first, then small
 * parcels, each whole, since a small update may be all that the other side lacks; no symbol comes twice, so whoever
 * looked away needs no luck.
 */
import { looksLikeRoot } from "../edition/root";
import { Cutter } from "../frames/cutter";
import { symbolSize, symbolsOf } from "../frames/frame";

/** Frames beyond what is needed that each round adds: some are always missed. */
const SPARE = 0.25;
const LEAST_SPARE = 2;

/** Frames of at most `frame` bytes. Throws RangeError for a parcel that frames cannot carry. */
export function* carousel(parcels: readonly Uint8Array[], frame: number): Generator<Uint8Array, never> {
  const sources = [...parcels]
    .sort((a, b) => Number(looksLikeRoot(b)) - Number(looksLikeRoot(a)) || a.length - b.length)
    .map((parcel) => ({ cutter: new Cutter(parcel, symbolSize(frame, parcel.length)), next: 0 }));
  for (;;) {
    for (const source of sources) {
      const { split } = source.cutter;
      const until = source.next + Math.ceil(symbolsOf(split, 0) * (1 + SPARE)) + LEAST_SPARE;
      for (; source.next < until; source.next++) {
        for (let block = 0; block < split.blocks; block++) yield source.cutter.frame(block, source.next);
      }
    }
  }
}

/** How many frames one round has at least: what takes a camera that misses nothing to the end. */
export const roundOf = (parcels: readonly Uint8Array[], frame: number): number =>
  parcels.reduce((sum, parcel) => sum + Math.ceil(parcel.length / symbolSize(frame, parcel.length)), 0);
