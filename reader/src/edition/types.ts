/** What the page knows of an edition: values only, verified before they come to exist. */

/**
 * One language of one section. `guides` maps a guide's path to its bytes, sorted by path. `edition`, `time` and `expiry`
 * (Unix seconds) are the pack's own: a page may hold packs of several editions.
 */
export interface Pack {
  readonly section: string;
  readonly language: string;
  readonly guides: ReadonlyMap<string, Uint8Array>;
  readonly edition: number;
  readonly time: number;
  readonly expiry: number;
}

/** A guide that came alone, checked by its proof. */
export interface LooseGuide {
  readonly section: string;
  readonly language: string;
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly edition: number;
  readonly time: number;
  readonly expiry: number;
}

/** A section's mailbag that this page holds. Tags depend on `edition`: look replies up with this number, not with the page's. */
export interface HeldBag {
  readonly edition: number;
  readonly directory: Uint8Array;
  readonly bodies?: Uint8Array;
}

/** The week's keys; times in Unix seconds. Letters are sealed to `mlkem768x25519` (1,216 bytes), narrow ones to `narrow` (32). */
export interface LetterKey {
  readonly number: number;
  readonly sealUntil: number;
  readonly opensUntil: number;
  readonly mlkem768x25519: Uint8Array;
  readonly narrow: Uint8Array;
}

/** One section's mailbag as the edition signs it: how many records, and the hash of its directory. */
export interface BagEntry {
  readonly section: string;
  readonly records: number;
  readonly directoryHash: Uint8Array;
}

/** The publisher, as the root document names it. */
export interface Publisher {
  readonly name: string;
  /** SHA-256 of the first root document: the publisher's lasting identity, and the salt of codenames. */
  readonly deskId: Uint8Array;
}

/**
 * An edition as far as this page holds it: at least one whole pack, all of it checked against the signature. Number, times,
 * letter key, bags and codes are those of the newest pack.
 */
export interface Edition {
  readonly number: number;
  readonly time: number;
  readonly expiry: number;
  readonly publisher: Publisher;
  readonly packs: readonly Pack[];
  readonly letterKey: LetterKey;
  readonly bags: readonly BagEntry[];
  /** SHA-256 of the page codes that the centre calls genuine, newest first. */
  readonly codeHashes: readonly Uint8Array[];
  /** Picture bytes by (section, language, path), for the pictures that this page holds. */
  picture(section: string, language: string, path: string): Uint8Array | undefined;
}

/** Why something that came in was refused; the page turns `reason` into words. */
export type RefusalReason =
  | "damaged" // the parcel's own hash does not match: it broke on the way
  | "forged" // a signature or the signed tree does not match
  | "older" // it is older than what this page already holds
  | "other-publisher" // signed under another root
  | "gap" // an update from an edition that this page does not hold
  | "unknown"; // not a parcel, or of a kind or version this page does not know

export class Refusal extends Error {
  constructor(readonly reason: RefusalReason, detail: string) {
    super(detail);
    this.name = "Refusal";
  }
}

/** The page's shelf: what it holds, and the raw items it is made of, so that it can be saved again. */
export interface Library {
  readonly edition: Edition;
  /** Mailbag directories and shards that came with the page, by section. */
  readonly bags: ReadonlyMap<string, HeldBag>;
  /** Guides that came alone in a selection, and are newer than the pack that holds them, if any does. */
  readonly loose: readonly LooseGuide[];
  /** What a page with this library carries: root documents, then parcels in the order in which they apply. */
  readonly items: readonly Uint8Array[];
  /**
   * What leads somebody else's page to the packs of one language: newer root documents in one piece, then parcels in the
   * order in which they apply, without pictures.
   */
  parcelsIn(language: string): readonly Uint8Array[];
  /**
   * Verifies and applies one parcel or one newer root document; returns a new library and leaves this one untouched, or
   * returns this one when nothing in it is new. `now` (Unix seconds; the device's clock where it is left out) is held
   * against the root document's expiry. Throws Refusal.
   */
  receive(parcel: Uint8Array, now?: number): Library;
  /**
   * The same for the items of a bundle or of another page: its root documents must lead on from ours, its parcels are
   * verified under ours. What is newer than ours is taken, pack by pack. Throws Refusal.
   */
  receiveAll(items: readonly Uint8Array[], now?: number): Library;
  /** Another page's items as a library of their own, verified under OUR root document. Throws Refusal. */
  openOther(items: readonly Uint8Array[]): Library;
}
