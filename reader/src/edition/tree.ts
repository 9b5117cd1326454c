/**
 * The Merkle tree of packs and editions (RFC 9162, section 2.1) over leaf hashes that others make. Leaves and nodes are
 * hashed with different first bytes, so neither can pass for the other.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { Refusal } from "./types";

export const HASH = 32;
export const NOTHING = new Uint8Array(HASH);
const LEAF = Uint8Array.of(0);
const NODE = Uint8Array.of(1);

/** SHA-256 (32 B) of the parts, one after the other. */
export function hash(...parts: readonly Uint8Array[]): Uint8Array {
  const state = sha256.create();
  for (const part of parts) state.update(part);
  return state.digest();
}

/** The hash of a leaf's bytes. */
export const leafHash = (...parts: readonly Uint8Array[]): Uint8Array => hash(LEAF, ...parts);

/** The leaf of something named: `0x00 || path || 0x00 || content`. */
export const namedHash = (path: Uint8Array, content: Uint8Array): Uint8Array => hash(LEAF, path, LEAF, content);

const node = (left: Uint8Array, right: Uint8Array): Uint8Array => hash(NODE, left, right);

/**
 * The root over n leaf hashes; 32 zero bytes over none. Built level by level: an odd node at the end rises unchanged,
 * which gives the same tree as splitting at the largest power of two.
 */
export function treeRoot(leaves: readonly Uint8Array[]): Uint8Array {
  let level = leaves;
  while (level.length > 1) {
    const above: Uint8Array[] = [];
    for (let at = 0; at < level.length; at += 2) {
      const [left, right] = [level[at] as Uint8Array, level[at + 1]];
      above.push(right ? node(left, right) : left);
    }
    level = above;
  }
  return level[0] ?? NOTHING;
}

/** The root that a proof leads to (RFC 9162, section 2.1.3.2). Throws Refusal where the path has a wrong length. */
export function climb(leaf: Uint8Array, index: number, count: number, path: readonly Uint8Array[]): Uint8Array {
  const wrong = (): never => {
    throw new Refusal("forged", "the proof does not fit the number of guides");
  };
  if (index >= count) wrong();
  let here = leaf;
  let used = 0;
  for (let last = count - 1; last > 0; last = Math.floor(last / 2), index = Math.floor(index / 2)) {
    if (index % 2 === 0 && index === last) continue;
    const sibling = path[used++] ?? wrong();
    here = index % 2 ? node(sibling, here) : node(here, sibling);
  }
  return used === path.length ? here : wrong();
}
