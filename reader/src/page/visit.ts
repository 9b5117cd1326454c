/**
 * One visit to the network. Rule: with a letter or without one the same requests go out, in the same order and of the
 * same sizes: a look at the site for something newer, and right behind it one sealed letter or a decoy.
 */
import type { Library } from "../edition/types";
import { sendLetter } from "../post/postbox";
import type { Reader } from "../shell/reader";
import { type Outcome, updateFromSites } from "./updates";

export interface Visit {
  readonly looked: Promise<{ outcome: Outcome; library: Library }>;
  /** Whether a postbox took the letter. */
  readonly sent: Promise<boolean>;
}

/** `item`: sealed before, so that nothing keeps the two apart; undefined where nothing can be sealed any more. */
export function visit(
  reader: Reader,
  item: Uint8Array | undefined,
  stamp?: Uint8Array,
  progress: (part: number) => void = () => undefined,
): Visit {
  const looked = updateFromSites(reader.library, reader.sites(), progress);
  return { looked, sent: item ? sendLetter(reader.postboxes(), item, stamp) : Promise.resolve(false) };
}
