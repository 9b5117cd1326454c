/** Kind 2, selection: some guides, each with its proof (spec/parcel.md). */
import { MOST_ITEM, MOST_ITEMS } from "./item";
import { checkProof } from "./proof";
import type { RootDocument } from "./root";
import type { LooseGuide } from "./types";
import { Reader } from "./wire";

const MOST_PROOF = 65_536;

/** The guides, all checked. Throws Refusal when one of them is not what its proof says. */
export function readSelection(body: Uint8Array, root: RootDocument): LooseGuide[] {
  const reader = new Reader(body, "the selection");
  const guides: LooseGuide[] = [];
  for (let left = reader.varint(MOST_ITEMS); left > 0; left--) {
    guides.push(checkProof(reader.sized(MOST_PROOF), reader.sized(MOST_ITEM), root));
  }
  reader.end();
  return guides;
}
