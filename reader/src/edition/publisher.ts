/**
 * The chain of root documents that a page trusts (spec/keys.md, "Rotation"). The first is trusted as it was given; every
 * other is vouched for by the one before it.
 */
import { looksLikeRoot, readRoot, type RootDocument, rotate } from "./root";
import { Refusal } from "./types";
import { same } from "./wire";

export type Chain = readonly [RootDocument, ...RootDocument[]];

export const newestOf = (chain: Chain): RootDocument => chain[chain.length - 1] as RootDocument;

/** Root documents first, parcels after them. */
export function parted(items: readonly Uint8Array[]): { readonly documents: readonly Uint8Array[]; readonly parcels: readonly Uint8Array[] } {
  const end = items.findIndex((item) => !looksLikeRoot(item));
  const at = end < 0 ? items.length : end;
  return { documents: items.slice(0, at), parcels: items.slice(at) };
}

/** A page's own chain. Throws Refusal. */
export function openChain(documents: readonly Uint8Array[]): Chain {
  const [first, ...later] = documents;
  if (!first) throw new Refusal("unknown", "there is no root document");
  const chain: [RootDocument, ...RootDocument[]] = [readRoot(first)];
  for (const bytes of later) {
    const next = rotate(newestOf(chain), bytes);
    if (next !== newestOf(chain)) chain.push(next);
  }
  return chain;
}

/**
 * Our chain, led on by another page's documents as far as they go. What the other says of itself counts for nothing: each
 * of its documents must be one that we hold, or the first of our publisher, or vouched for by such a one. Throws Refusal.
 */
export function extendChain(ours: Chain, documents: readonly Uint8Array[]): Chain {
  const known = new Map(ours.map((root) => [root.serial, root]));
  let cursor: RootDocument | undefined;
  for (const bytes of documents) {
    const root: RootDocument = ours.find((held) => same(held.bytes, bytes)) ?? vouched(cursor, bytes, known);
    const held = known.get(root.serial);
    if (held && !same(held.bytes, root.bytes)) throw new Refusal("forged", `two root documents of serial ${root.serial}`);
    known.set(root.serial, root);
    cursor = root;
  }
  const newest = newestOf(ours);
  const chain: [RootDocument, ...RootDocument[]] = [...ours];
  for (let next = known.get(newest.serial + 1); next; next = known.get(next.serial + 1)) chain.push(next);
  return chain;
}

function vouched(cursor: RootDocument | undefined, bytes: Uint8Array, known: ReadonlyMap<number, RootDocument>): RootDocument {
  if (cursor) return rotate(cursor, bytes);
  const root = readRoot(bytes);
  const before = known.get(root.serial - 1);
  if (before) return rotate(before, bytes);
  const any = known.values().next().value as RootDocument;
  if (!same(root.identity, any.identity)) throw new Refusal("other-publisher", "a root document of another publisher");
  // The identity is the hash of the first document's body, so that one vouches for itself; no other does.
  if (root.serial === 1) return root;
  throw new Refusal(root.serial > any.serial ? "gap" : "forged", `nothing vouches for root document ${root.serial}`);
}
