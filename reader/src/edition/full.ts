/** Kind 1, full: a pack from nothing, as a base text and the changes since (spec/parcel.md). */
import { readBase } from "./base";
import { applyChange } from "./change";
import { Effort } from "./effort";
import type { Claim } from "./held";
import { MOST_LEAF, readEditors, readPictures, readServices, SERVICES } from "./leaf";
import { MAIN, readLanguage, readSection } from "./path";
import { SIGNATURE } from "./signature";
import { readMoment } from "./stamp";
import { Reader } from "./wire";

const MOST_STEPS = 64;
const MOST_STEP = 2 ** 27;

/** Throws Refusal. */
export function readFull(body: Uint8Array): Claim {
  const reader = new Reader(body, "the full parcel");
  const moment = readMoment(reader);
  const section = readSection(reader.text8()) ?? reader.refuse("the section's name");
  const language = readLanguage(reader.text8()) ?? reader.refuse("the language");
  const services = readServices(Array.from({ length: SERVICES }, () => reader.sized(MOST_LEAF)));
  const pictures = readPictures(reader);
  const editors = section === MAIN ? undefined : readEditors(reader);
  const stamp = reader.take(SIGNATURE);
  const steps = Array.from({ length: reader.varint(MOST_STEPS) }, () => reader.sized(MOST_STEP));
  reader.end();
  const [first = reader.refuse("it holds no text"), ...later] = steps;
  const effort = new Effort();
  effort.checkAnnounced(first, later);
  const items = later.reduce((old, change) => applyChange(old, change, effort), readBase(first));
  return { ...moment, section, language, services, pictures, editors, stamp, items };
}
