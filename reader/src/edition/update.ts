/**
 * Kind 3, update: one pack from some editions in a row to a later one (spec/parcel.md). What did not change is not carried.
 */
import { applyChange } from "./change";
import type { Claim } from "./held";
import { MOST_LEAF, readEditors, readPictures, readServices, sameEditors, samePictures } from "./leaf";
import { MAIN, readLanguage, readSection } from "./path";
import { SIGNATURE } from "./signature";
import { checkMoment } from "./stamp";
import { Refusal } from "./types";
import { MOST_U32, Reader, same } from "./wire";

const EXPIRY = 0x01;
const PICTURES = 0x02;
const EDITORS = 0x04;
const RESERVED = 0x08;
const SERVICE = 0x10;

interface Opening {
  readonly from: number;
  readonly until: number;
  readonly edition: number;
  readonly time: number;
  readonly flags: number;
  readonly section: string;
  readonly language: string;
}

function readOpening(reader: Reader): Opening {
  const from = reader.varint(MOST_U32);
  const until = from + reader.u8();
  const edition = until + reader.varint(MOST_U32);
  const [time, flags] = [reader.u32(), reader.u8()];
  if (!from || edition === until || edition > MOST_U32 || flags & RESERVED) reader.refuse("it leads nowhere, or has a flag that is not known");
  const name = reader.text8();
  const section = name.length ? readSection(name) : MAIN;
  if (!section || (name.length && section === MAIN)) return reader.refuse("the section's name");
  const language = readLanguage(reader.text8()) ?? reader.refuse("the language");
  return { from, until, edition, time, flags, section, language };
}

/** The pack that an update is for, as "section/language". Throws Refusal. */
export function updateTarget(body: Uint8Array): string {
  const { section, language } = readOpening(new Reader(body, "the update"));
  return `${section}/${language}`;
}

/** The pack after the update. `held` gives the pack that the page holds; it is left as it is. Throws Refusal. */
export function readUpdate(body: Uint8Array, held: (section: string, language: string) => Claim | undefined): Claim {
  const reader = new Reader(body, "the update");
  const { from, until, edition, time, flags, section, language } = readOpening(reader);
  const old = held(section, language);
  if (old && edition <= old.edition) throw new Refusal("older", `edition ${old.edition} is held already`);
  if (!old || old.edition < from || old.edition > until)
    throw new Refusal("gap", `edition ${until} of ${section}/${language} is needed first`);

  const unchanged = (): never => reader.refuse("it carries a part that did not change");
  const usual = time + old.expiry - old.time;
  const expiry = flags & EXPIRY ? reader.u32() : usual;
  if (flags & EXPIRY && expiry === usual) unchanged();
  if (time < old.time) reader.refuse("its date");
  const moment = checkMoment({ edition, time, expiry }, reader);
  const leaves = old.services.leaves.map((leaf, at) => {
    if (!(flags & (SERVICE << at))) return leaf;
    const fresh = reader.sized(MOST_LEAF);
    return same(fresh, leaf) ? unchanged() : fresh;
  });
  const services = flags >= SERVICE ? readServices(leaves) : old.services;
  const pictures = flags & PICTURES ? readPictures(reader) : old.pictures;
  if (flags & PICTURES && samePictures(pictures, old.pictures)) unchanged();
  let editors = old.editors;
  if (flags & EDITORS) {
    editors = readEditors(reader);
    if (!old.editors || sameEditors(editors, old.editors)) unchanged();
  }
  const stamp = reader.take(SIGNATURE);
  return { ...moment, section, language, services, pictures, editors, stamp, items: applyChange(old.items, reader.rest()) };
}
