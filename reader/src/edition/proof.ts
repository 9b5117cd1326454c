/** The proof of one guide: what a person needs to check a guide alone (spec/edition.md, "Proof of one guide"). */
import { MOST_ITEM, MOST_ITEMS, readKey } from "./item";
import { readEditors, readPictures } from "./leaf";
import { MAIN, readLanguage, readSection } from "./path";
import type { RootDocument } from "./root";
import { SIGNATURE } from "./signature";
import { checkStamp, readMoment } from "./stamp";
import { climb, HASH, namedHash } from "./tree";
import type { LooseGuide } from "./types";
import { Reader, same, utf8 } from "./wire";

const MAGIC = utf8("HLG1");

/** The guide with the edition that vouches for it. Throws Refusal. */
export function checkProof(proof: Uint8Array, bytes: Uint8Array, root: RootDocument): LooseGuide {
  const reader = new Reader(proof, "the guide's proof");
  if (!same(reader.take(MAGIC.length), MAGIC)) reader.refuse("it is none");
  const moment = readMoment(reader);
  const section = readSection(reader.text8()) ?? reader.refuse("the section's name");
  const language = readLanguage(reader.text8()) ?? reader.refuse("the language");
  const { path, key } = readKey(reader.text8(), reader);
  const [guides, index] = [reader.u32(), reader.u32()];
  if (guides > MOST_ITEMS || bytes.length > MOST_ITEM) reader.refuse("a number is too large");
  const pictures = readPictures(reader);
  const editors = section === MAIN ? undefined : readEditors(reader);
  const services = reader.take(HASH);
  const nodes = Array.from({ length: reader.u8() }, () => reader.take(HASH));
  const stamp = reader.take(SIGNATURE);
  reader.end();
  const leaf = { section, language, guides, root: climb(namedHash(key, bytes), index, guides, nodes), pictures, editors };
  checkStamp(root, moment, services, leaf, stamp);
  return { ...moment, section, language, path, bytes };
}
