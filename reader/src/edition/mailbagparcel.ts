/** Kind 6, mailbag: a section's replies, checked against the mailbag leaf of an edition that is held (spec/parcel.md). */
import type { Claim } from "./held";
import { readSection } from "./path";
import { hash, HASH } from "./tree";
import { type HeldBag, Refusal } from "./types";
import { MOST_U32, Reader, same } from "./wire";

const TAG = 8;
const BODY = 512;
const SHARD = 1_000;

/** The bag, the section that it is for, and the pack whose edition vouches for it. Throws Refusal. */
export function readMailbag<P extends Claim>(body: Uint8Array, packs: readonly P[]): { section: string; bag: HeldBag; pack: P } {
  const reader = new Reader(body, "the mailbag");
  const edition = reader.u32();
  const section = readSection(reader.text8()) ?? reader.refuse("the section's name");
  const directory = reader.sized(MOST_U32);
  const bodies = reader.sized(MOST_U32);
  reader.end();
  const digest = hash(directory);
  const entryOf = (pack: P) => pack.services.bags.find((bag) => bag.section === section && same(bag.directoryHash, digest));
  // Nobody signed the number, and tags follow from it: only its own edition vouches for a bag.
  const signers = packs.filter((one) => one.edition === edition);
  if (!signers.length) {
    if (packs.some((one) => one.edition > edition)) throw new Refusal("older", `the mailbag of edition ${edition}, which is not held`);
    throw new Refusal("gap", `edition ${edition} is needed first`);
  }
  const pack = signers.find(entryOf) ?? reader.refuse("it is not the one that the edition signed");
  checkShards(reader, entryOf(pack)?.records ?? 0, directory, bodies);
  return { section, bag: bodies.length ? { edition, directory, bodies } : { edition, directory }, pack };
}

function checkShards(reader: Reader, records: number, directory: Uint8Array, bodies: Uint8Array): void {
  const shards = Math.ceil(records / SHARD);
  if (directory.length !== records * TAG + shards * HASH) reader.refuse("its directory has another length");
  if (!bodies.length) return;
  if (bodies.length !== records * BODY) reader.refuse("its records are not all there");
  for (let shard = 0; shard < shards; shard++) {
    const at = records * TAG + shard * HASH;
    const piece = bodies.subarray(shard * SHARD * BODY, (shard + 1) * SHARD * BODY);
    if (!same(hash(piece), directory.subarray(at, at + HASH))) reader.refuse("a shard is not the one that the edition signed");
  }
}
