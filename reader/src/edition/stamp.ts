/** The pack stamp: what ties one pack to an edition (spec/edition.md, "Pack stamp"). */
import { checkEditors, packHash, type PackLeaf } from "./leaf";
import type { RootDocument } from "./root";
import { message, verify } from "./signature";
import { MOST_U32, type Reader, u32 } from "./wire";

/** Which edition, from when, until when (Unix seconds). */
export interface Moment {
  readonly edition: number;
  readonly time: number;
  readonly expiry: number;
}

export const readMoment = (reader: Reader): Moment =>
  checkMoment({ edition: reader.u32(), time: reader.u32(), expiry: reader.u32() }, reader);

/** The moment itself when it is possible. Throws Refusal. */
export function checkMoment(moment: Moment, reader: Reader): Moment {
  const { edition, time, expiry } = moment;
  if (edition < 1 || edition > MOST_U32 || expiry <= time || expiry > MOST_U32) reader.refuse("its number or its dates cannot be");
  return moment;
}

export const writeMoment = ({ edition, time, expiry }: Moment): Uint8Array[] => [u32(edition), u32(time), u32(expiry)];

/** Throws Refusal unless an edition key stamped this pack for this edition, and its section's editors signed it. */
export function checkStamp(root: RootDocument, moment: Moment, servicesNode: Uint8Array, leaf: PackLeaf, stamp: Uint8Array): void {
  const signed = message("holub/pack/v1", ...writeMoment(moment), servicesNode, packHash(leaf));
  verify(root.editionKeys, stamp, signed, `${leaf.section}/${leaf.language} of edition ${moment.edition}`);
  checkEditors(leaf, root);
}
