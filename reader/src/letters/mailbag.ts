/**
 * The mailbag as the page reads it (spec/mailbag.md): check a directory and a shard against the edition, find the
 * replies that belong to a codename, open them. Verification throws Refusal; nothing here asks the network.
 */
import { chacha20poly1305 } from "@noble/ciphers/chacha.js";
import { hmac } from "@noble/hashes/hmac.js";
import { sha256 } from "@noble/hashes/sha2.js";
import { type BagEntry, Refusal } from "../edition/types";
import { SECTION } from "./body";
import { ascii, concat, fromUtf8, Misused, number, type Random, readNumber, same, Taker, utf8 } from "./bytes";

export const BODY_SIZE = 512;
export const SHARD = 1_000;
export const MOST_RECORDS = 1_000_000;
const TAG_SIZE = 8;
const HASH_SIZE = 32;
const SALT_SIZE = 16;
const PART_TEXT = 478;
const MOST_PARTS = 8;
const MOST_TEXT = PART_TEXT * MOST_PARTS;
const LEAF_TAG = 0x03;
const NONCE = new Uint8Array(12);
const TAG = ascii("tag");
const KEY = ascii("key");
const PART = ascii("part");

/** The entries of an edition's leaf. Throws Refusal; what parses encodes to the same bytes. */
export function parseBagLeaf(leaf: Uint8Array): BagEntry[] {
  const taker = new Taker(leaf);
  if (taker.number(1) !== LEAF_TAG) throw bad("it is another leaf");
  const entries: BagEntry[] = [];
  for (let left = taker.number(1); left > 0; left--) {
    const section = fromUtf8(taker.part(1, 255));
    const entry = { section, records: taker.number(4), directoryHash: taker.take(HASH_SIZE) };
    const last = entries[entries.length - 1];
    if (!SECTION.test(section) || (last && section <= last.section)) throw bad("its sections are not in order");
    if (entry.records < 1 || entry.records > MOST_RECORDS) throw bad("a mailbag's count is out of bounds");
    entries.push(entry);
  }
  taker.end();
  return entries;
}

export function encodeBagLeaf(entries: readonly BagEntry[]): Uint8Array {
  const parts = entries.map((entry) => {
    const name = utf8(entry.section);
    return concat(number(name.length, 1), name, number(entry.records, 4), entry.directoryHash);
  });
  const leaf = concat(number(LEAF_TAG, 1), number(entries.length, 1), ...parts);
  parseBagLeaf(leaf);
  return leaf;
}

const bad = (why: string): Refusal => new Refusal("unknown", `the edition's list of mailbags is refused: ${why}`);

/** A reply's record: where it lies, and the part of the reply that it is. */
export interface Found {
  readonly secret: Uint8Array;
  readonly part: number;
  /** The record's place in the bag. */
  readonly place: number;
  /** The shard that its body is in. */
  readonly shard: number;
}

/** A bag's directory, verified. */
export class Directory {
  readonly records: number;
  readonly shards: number;
  private readonly high: Uint32Array;
  private readonly low: Uint32Array;
  private readonly hashes: Uint8Array;

  /** Throws Refusal unless `raw` is the directory that the edition signed, with strictly rising tags. */
  constructor(raw: Uint8Array, entry: BagEntry) {
    this.records = entry.records;
    this.shards = Math.ceil(entry.records / SHARD);
    const tags = entry.records * TAG_SIZE;
    if (raw.length !== tags + this.shards * HASH_SIZE || !same(sha256(raw), entry.directoryHash)) {
      throw new Refusal("forged", "the mailbag's directory is not the one that the edition signed");
    }
    const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
    this.high = new Uint32Array(entry.records);
    this.low = new Uint32Array(entry.records);
    for (let at = 0, lastHigh = -1, lastLow = 0; at < entry.records; at++) {
      const high = view.getUint32(at * TAG_SIZE);
      const low = view.getUint32(at * TAG_SIZE + 4);
      if (high < lastHigh || (high === lastHigh && low <= lastLow)) {
        throw new Refusal("forged", "the mailbag's tags are not in order");
      }
      this.high[at] = lastHigh = high;
      this.low[at] = lastLow = low;
    }
    this.hashes = raw.slice(tags);
  }

  private compare(place: number, high: number, low: number): number {
    return (this.high[place] as number) - high || (this.low[place] as number) - low;
  }

  /** The place of the record with this tag (8 bytes), or -1. */
  placeOf(tag: Uint8Array): number {
    const high = readNumber(tag, 0, 4);
    const low = readNumber(tag, 4, 4);
    let [from, to] = [0, this.records];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if (this.compare(middle, high, low) < 0) from = middle + 1;
      else to = middle;
    }
    return from < this.records && this.compare(from, high, low) === 0 ? from : -1;
  }

  /** Throws Refusal unless `bodies` are those of the shard `index`. */
  checkShard(index: number, bodies: Uint8Array): void {
    if (!(index >= 0 && index < this.shards)) throw new Misused("this mailbag has no such shard");
    const count = Math.min(SHARD, this.records - index * SHARD);
    const hash = this.hashes.subarray(index * HASH_SIZE, (index + 1) * HASH_SIZE);
    if (bodies.length !== count * BODY_SIZE || !same(sha256(bodies), hash)) {
      throw new Refusal("forged", "a piece of the mailbag is not the one that the edition signed");
    }
  }

  /** The records of all replies to these secrets (`candidates` of a codename) in this edition's bag. */
  find(secrets: readonly Uint8Array[], edition: number): Found[] {
    const found: Found[] = [];
    for (const secret of secrets) {
      for (let part = 0; part < MOST_PARTS; part++) {
        const place = this.placeOf(tagOf(partSecret(secret, part), edition));
        if (place < 0) break;
        found.push({ secret, part, place, shard: Math.floor(place / SHARD) });
      }
    }
    return found;
  }

  /** The one shard to fetch: that of the first record found, else of any record, so that fetching says nothing. */
  shardToFetch(found: readonly Found[], random: Random): number {
    const first = found[0];
    if (first) return first.shard;
    // A record and not a shard is drawn: the last shard may be short, and few answers lie there. 48 bits: even to 10^-8.
    return Math.floor((readNumber(random(6), 0, 6) % this.records) / SHARD);
  }
}

export function partSecret(secret: Uint8Array, part: number): Uint8Array {
  return part ? hmac(sha256, secret, concat(PART, number(part, 1))) : secret;
}

export function tagOf(secret: Uint8Array, edition: number): Uint8Array {
  return hmac(sha256, secret, concat(TAG, number(edition, 4))).slice(0, TAG_SIZE);
}

/** An opened record: `whole` is the length of the whole reply in bytes, `data` what this part holds of it. */
export interface Part {
  readonly whole: number;
  readonly data: Uint8Array;
}

/** How many records a reply of that many bytes has. */
export const partsOf = (whole: number): number => Math.max(1, Math.ceil(whole / PART_TEXT));

/** Opens one record's body (512 bytes). Throws Refusal, in the same words for every cause. */
export function openPart(body: Uint8Array, secret: Uint8Array, edition: number, part = 0): Part {
  if (body.length !== BODY_SIZE) throw unopened();
  const salt = body.subarray(0, SALT_SIZE);
  const key = hmac(sha256, partSecret(secret, part), concat(KEY, number(edition, 4), salt));
  let plain: Uint8Array;
  try {
    plain = chacha20poly1305(key, NONCE).decrypt(body.subarray(SALT_SIZE));
  } catch {
    throw unopened();
  }
  const whole = readNumber(plain, 0, 2);
  const length = Math.max(0, Math.min(PART_TEXT, whole - part * PART_TEXT));
  if (whole > MOST_TEXT || (part && !length) || plain.subarray(2 + length).some((byte) => byte)) throw unopened();
  return { whole, data: plain.slice(2, 2 + length) };
}

const unopened = (): Refusal => new Refusal("unknown", "this record is no reply to this letter");

/** The reply's text from all its parts in order; empty: the letter has arrived. Throws Refusal where they do not fit. */
export function join(parts: readonly Part[]): string {
  const data = concat(...parts.map((part) => part.data));
  const whole = parts[0]?.whole ?? -1;
  if (parts.length !== partsOf(whole) || parts.some((part) => part.whole !== data.length)) {
    throw new Refusal("unknown", "the parts of this reply do not belong together");
  }
  return fromUtf8(data);
}
