/** The leaves of an edition's tree: four service leaves, then one a pack (spec/edition.md). */
import { readKeyLeaf } from "../letters/key";
import { parseBagLeaf } from "../letters/mailbag";
import { MOST_ITEMS } from "./item";
import { MAIN } from "./path";
import type { RootDocument } from "./root";
import { message, SIGNATURE, verify } from "./signature";
import { HASH, leafHash, NOTHING, treeRoot } from "./tree";
import { type BagEntry, type LetterKey, Refusal } from "./types";
import { compare, join, Reader, same, text8, u32, u8 } from "./wire";

export const SERVICES = 4;
export const MOST_LEAF = 65_536;
const MOST_CODES = 8;

/** The four service leaves: as bytes, as the node over them, and read. */
export interface Services {
  readonly leaves: readonly Uint8Array[];
  readonly node: Uint8Array;
  readonly letterKey: LetterKey;
  readonly bags: readonly BagEntry[];
  readonly codeHashes: readonly Uint8Array[];
}

export function readServices(leaves: readonly Uint8Array[]): Services {
  const [key, sheet, mailbag, code] = leaves as [Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  if (!same(sheet, Uint8Array.of(2))) throw new Refusal("forged", "the question sheet's leaf");
  return {
    leaves,
    node: treeRoot(leaves.map((leaf) => leafHash(leaf))),
    letterKey: readKeyLeaf(key),
    bags: parseBagLeaf(mailbag),
    codeHashes: readCodes(code),
  };
}

function readCodes(leaf: Uint8Array): Uint8Array[] {
  const reader = new Reader(leaf, "the code leaf");
  if (reader.u8() !== 4) reader.refuse("it is another leaf");
  const count = reader.u8();
  if (count > MOST_CODES) reader.refuse("too many codes");
  const codes = Array.from({ length: count }, () => reader.take(HASH));
  reader.end();
  return codes;
}

/** What editors of a delegated section signed: the section's own count, and signatures by the place of their key. */
export interface Editors {
  readonly serial: number;
  readonly signatures: readonly { readonly key: number; readonly signature: Uint8Array }[];
}

export function readEditors(reader: Reader): Editors {
  const serial = reader.u32();
  const signatures = Array.from({ length: reader.u8() }, () => ({ key: reader.u8(), signature: reader.take(SIGNATURE) }));
  if (signatures.some((one, at) => at > 0 && one.key <= (signatures[at - 1]?.key ?? 0))) {
    reader.refuse("the editors' signatures are not in order");
  }
  return { serial, signatures };
}

const writeEditors = (editors: Editors): Uint8Array =>
  join(u32(editors.serial), u8(editors.signatures.length), ...editors.signatures.flatMap((one) => [u8(one.key), one.signature]));

export const sameEditors = (a: Editors, b: Editors): boolean => same(writeEditors(a), writeEditors(b));

export interface Pictures {
  readonly count: number;
  readonly root: Uint8Array;
}

export function readPictures(reader: Reader): Pictures {
  const count = reader.varint(MOST_ITEMS);
  return { count, root: count ? reader.take(HASH) : NOTHING };
}

export const samePictures = (a: Pictures, b: Pictures): boolean => a.count === b.count && compare(a.root, b.root) === 0;

/** What a pack leaf says. `root` is the pack root; `editors` is there for every section but main. */
export interface PackLeaf {
  readonly section: string;
  readonly language: string;
  readonly guides: number;
  readonly root: Uint8Array;
  readonly pictures: Pictures;
  readonly editors: Editors | undefined;
}

/** The leaf's hash. */
export function packHash(leaf: PackLeaf): Uint8Array {
  return leafHash(u8(5), facts(leaf), leaf.editors ? writeEditors(leaf.editors) : u8(0).subarray(1));
}

const facts = (leaf: PackLeaf): Uint8Array =>
  join(text8(leaf.section), text8(leaf.language), u32(leaf.guides), leaf.root, u32(leaf.pictures.count), leaf.pictures.root);

/** Throws Refusal unless the section's editors signed this pack (spec/keys.md, "Delegation"). */
export function checkEditors(leaf: PackLeaf, root: RootDocument): void {
  if (leaf.section === MAIN) return;
  const given = root.sections.get(leaf.section);
  const what = `section ${leaf.section}`;
  if (!given || !leaf.editors) throw new Refusal("forged", `${what} is not delegated by the publisher`);
  const { serial, signatures } = leaf.editors;
  const signed = message("holub/section/v1", root.identity, u32(serial), facts(leaf));
  for (const one of signatures) {
    const key = given.keys[one.key];
    verify(key ? [key] : [], one.signature, signed, what);
  }
  if (signatures.length < given.threshold) throw new Refusal("forged", `${what}: ${signatures.length} of ${given.threshold} signatures`);
}
