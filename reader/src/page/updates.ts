/**
 * Newer editions, from a site or from files. Rules: the list is only a hint: every parcel is checked by its hash,
 * then by the library; what does not verify changes nothing. A chain of updates is taken where it is complete and
 * smaller than the whole pack.
 */
import { sha256 } from "@noble/hashes/sha2.js";
import { openBundle } from "../edition/bundle";
import { cutPage } from "../edition/page";
import { looksLikeRoot, splitRoots } from "../edition/root";
import { type Library, type Pack, Refusal } from "../edition/types";
import { fetchBytes } from "../post/postbox";
import { fromBase64 } from "./base64";

/**
 * One line of the catalogue `latest`; null where a parcel covers all, or leads from nothing. An update fits all editions
 * from `from` to `until`.
 */
export interface Listed {
  readonly kind: string;
  readonly from: number | null;
  readonly until: number | null;
  readonly to: number | null;
  readonly section: string | null;
  readonly language: string | null;
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
}

const HEADER = 118; // header and signature
const MOST_LIST = 4 * 1024 * 1024;
const MOST_PARCEL = 64 * 1024 * 1024;
const MOST_LISTED = 20_000;
const MOST_MORE = 255;
const MOST_EXTRA = 1024 * 1024;
const MOST_ROOTS = 1024 * 1024;

export type Outcome = "newer" | "nothing-newer" | "unreachable";

/** Looks at each site in order; the first that has something newer is taken. */
export async function updateFromSites(
  library: Library,
  sites: readonly string[],
  progress: (part: number) => void,
): Promise<{ outcome: Outcome; library: Library }> {
  let reached = false;
  let refusal: unknown;
  for (const site of sites) {
    const latest = await fetchBytes(site + "latest", MOST_LIST);
    const list = latest && readList(latest);
    if (!list) continue;
    reached = true;
    try {
      const newer = await follow(library, site, list, progress).catch((error: unknown) =>
        followNewKeys(library, site, list, progress, error),
      );
      if (newer !== library) return { outcome: "newer", library: newer };
    } catch (error) {
      refusal = error; // another site may be whole
    }
  }
  if (refusal) throw refusal;
  return { outcome: reached ? "nothing-newer" : "unreachable", library };
}

/** Undefined where the bytes are no such list. */
export function readList(latest: Uint8Array): Listed[] | undefined {
  try {
    const lines: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(latest.subarray(HEADER)));
    return Array.isArray(lines) && lines.length <= MOST_LISTED ? lines.filter(isListed) : undefined;
  } catch {
    return undefined;
  }
}

function isListed(value: unknown): value is Listed {
  const line = value as Partial<Listed> | null;
  const edition = (one: unknown): boolean => one === null || Number.isSafeInteger(one);
  const name = (one: unknown): boolean => one === null || typeof one === "string";
  const more = Number(line?.until) - Number(line?.from); // null counts as 0
  return (
    typeof line === "object" &&
    line !== null &&
    typeof line.kind === "string" &&
    edition(line.from) &&
    edition(line.until) &&
    (line.from === null) === (line.until === null) &&
    more >= 0 &&
    more <= MOST_MORE &&
    edition(line.to) &&
    name(line.section) &&
    name(line.language) &&
    typeof line.sha256 === "string" &&
    /^[0-9a-f]{64}$/.test(line.sha256) &&
    line.name === line.sha256.slice(0, 16) &&
    Number.isSafeInteger(line.bytes) &&
    Number(line.bytes) > 0 &&
    Number(line.bytes) <= MOST_PARCEL
  );
}

async function follow(
  library: Library,
  site: string,
  list: readonly Listed[],
  progress: (part: number) => void,
): Promise<Library> {
  const packs = library.edition.packs;
  const leads = packs.flatMap((pack) => route(list, pack.section, pack.language, pack.edition));
  const wanted = leads.length ? [...leads, ...extras(list, packs)] : [];
  const all = wanted.reduce((sum, line) => sum + line.bytes, 0);
  let got = 0;
  let newer = library;
  for (const line of wanted) {
    const parcel = await fetchParcel(site, line);
    try {
      newer = newer.receive(parcel);
    } catch (error) {
      // A mailbag or a picture that does not fit is done without; the guides are not.
      if (leads.includes(line) || !(error instanceof Refusal)) throw error;
    }
    got += line.bytes;
    progress(got / all);
  }
  return newer;
}

/**
 * What does not verify may be signed by keys that this page has not heard of: the site's root documents lead to them,
 * if the keys that this page trusts signed them. Then whole packs are needed: what was signed by keys that are gone
 * stands no more. Throws the first refusal where the documents lead nowhere.
 */
async function followNewKeys(
  library: Library,
  site: string,
  list: readonly Listed[],
  progress: (part: number) => void,
  refusal: unknown,
): Promise<Library> {
  if (!(refusal instanceof Refusal)) throw refusal;
  const roots = await fetchBytes(`${site}root.txt`, MOST_ROOTS);
  if (!roots || !looksLikeRoot(roots)) throw refusal;
  const items = splitRoots(roots);
  const fulls = library.edition.packs.flatMap((pack) => fullOf(list, pack) ?? []);
  for (const [at, line] of fulls.entries()) {
    items.push(await fetchParcel(site, line));
    progress((at + 1) / fulls.length);
  }
  try {
    return library.receiveAll(items);
  } catch {
    throw refusal;
  }
}

const fullOf = (list: readonly Listed[], pack: Pack): Listed | undefined =>
  list
    .filter((line) => line.kind === "full" && line.section === pack.section && line.language === pack.language)
    .sort((a, b) => toOf(b) - toOf(a) || a.bytes - b.bytes)[0];

async function fetchParcel(site: string, line: Listed): Promise<Uint8Array> {
  const parcel = await fetchBytes(`${site}parcels/${line.name}.hlp`, line.bytes);
  if (!parcel || hex(sha256(parcel)) !== line.sha256) throw new Refusal("damaged", line.name);
  return parcel;
}

/**
 * The cheapest way for one pack from `from` to the newest edition listed: by bytes, over updates, or the whole
 * pack.
 */
export function route(list: readonly Listed[], section: string, language: string, from: number): Listed[] {
  const own = list.filter((line) => line.section === section && line.language === language && toOf(line) > from);
  const newest = own.reduce((most, line) => Math.max(most, toOf(line)), from);
  const best = new Map<number, Way>([[from, { bytes: 0 }]]);
  for (const line of own.filter(({ kind }) => kind === "update").sort((a, b) => toOf(a) - toOf(b))) {
    for (let at = line.from ?? Infinity; at <= Math.min(Number(line.until), toOf(line) - 1); at++) {
      const before = best.get(at);
      const bytes = (before?.bytes ?? Infinity) + line.bytes;
      if (before && bytes < (best.get(toOf(line))?.bytes ?? Infinity)) best.set(toOf(line), { bytes, before, line });
    }
  }
  const chain = best.get(newest);
  const full = own.filter((line) => line.kind === "full" && toOf(line) === newest).sort((a, b) => a.bytes - b.bytes)[0];
  if (chain && newest > from && (!full || chain.bytes <= full.bytes)) return linesOf(chain);
  return full ? [full] : [];
}

/** Updates up to an edition: the last of them, and the way before it. */
interface Way {
  readonly bytes: number;
  readonly before?: Way;
  readonly line?: Listed;
}

function linesOf(way: Way): Listed[] {
  const lines: Listed[] = [];
  for (let at: Way | undefined = way; at?.line; at = at.before) lines.push(at.line);
  return lines.reverse();
}

const toOf = (line: Listed): number => line.to ?? 0;

/** The newest mailbags of the sections held, and their pictures, where they are small enough to take along unasked. */
function extras(list: readonly Listed[], packs: readonly Pack[]): Listed[] {
  const fits = (line: Listed, pack: Pack): boolean =>
    line.bytes <= MOST_EXTRA &&
    line.section === pack.section &&
    (line.kind === "mailbag" || (line.kind === "pictures" && line.language === pack.language));
  const newest = list.reduce((most, line) => Math.max(most, toOf(line)), 0);
  return list.filter((line) => toOf(line) === newest && packs.some((pack) => fits(line, pack)));
}

/** Takes what lies in files: parcels, bundles, whole reading pages, in whatever order they were picked. */
export function updateFromFiles(library: Library, files: readonly Uint8Array[]): Library {
  let newer = library;
  let waiting = files.map((file) => () => receiveFile(newer, file));
  let refusal: unknown;
  while (waiting.length) {
    const left: typeof waiting = [];
    for (const take of waiting) {
      try {
        newer = take();
      } catch (error) {
        refusal = error;
        // An update may wait for the one before it in another of these files.
        if (error instanceof Refusal && error.reason === "gap") left.push(take);
      }
    }
    if (left.length === waiting.length) break;
    waiting = left;
  }
  if (newer === library && refusal) throw refusal;
  return newer;
}

/** A parcel, a bundle, a root document, or the newer edition inside another page. */
function receiveFile(library: Library, file: Uint8Array): Library {
  const page = cutPage(file);
  if (!page) return library.receive(file);
  const data = fromBase64(new TextDecoder("latin1").decode(page.data));
  if (!data) throw new Refusal("damaged", "the page's data is no base64");
  return library.receiveAll(openBundle(data).items);
}

const hex = (bytes: Uint8Array): string => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
