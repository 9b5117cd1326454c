/** A pack as the page holds it: checked text, the edition that its stamp names, and the parcels that it came from. */
import type { Item } from "./item";
import type { Editors, PackLeaf, Pictures, Services } from "./leaf";
import type { RootDocument } from "./root";
import { checkStamp, type Moment } from "./stamp";
import { treeRoot } from "./tree";
import type { Pack } from "./types";

/** What a parcel says of a pack, nothing of it checked yet. */
export interface Claim extends Moment {
  readonly section: string;
  readonly language: string;
  readonly services: Services;
  readonly pictures: Pictures;
  readonly editors: Editors | undefined;
  readonly stamp: Uint8Array;
  readonly items: readonly Item[];
}

export interface HeldPack extends Claim {
  readonly leaf: PackLeaf;
  /** What the page shows. */
  readonly pack: Pack;
}

/** Rebuilds the pack's tree and checks the stamp. Throws Refusal. */
export function checkClaim(claim: Claim, root: RootDocument): HeldPack {
  const { section, language, items, pictures, editors, edition, time, expiry } = claim;
  const leaf = { section, language, guides: items.length, root: treeRoot(items.map((item) => item.leaf)), pictures, editors };
  checkStamp(root, claim, claim.services.node, leaf, claim.stamp);
  const guides = new Map(items.map((item) => [item.path, item.bytes]));
  return { ...claim, leaf, pack: { section, language, guides, edition, time, expiry } };
}
