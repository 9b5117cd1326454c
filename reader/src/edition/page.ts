/**
 * Another page's file: is it one of our publisher's? Rules: its code is the file without the data; its data counts for
 * what verifies under OUR root document, never for what it says of itself. Settings (addresses) are nobody's word.
 */
import { openBundle } from "./bundle";
import { hash } from "./tree";
import { type Library, Refusal, type RefusalReason } from "./types";
import { hex, join, same, utf8 } from "./wire";

export type Verdict =
  /** `older`: its edition is older than ours. `newer`: whether it is newer. */
  | { readonly verdict: "genuine" | "older"; readonly edition: number; readonly time: number; readonly newer: boolean; readonly other: Library }
  /** `reason`: "code" where the data is the publisher's but the code is on no list; else why the data was refused. */
  | { readonly verdict: "swapped"; readonly reason: RefusalReason | "code"; readonly detail: string }
  | { readonly verdict: "not-a-page" };

/** Put together here, so that neither stands whole in the page's own script. */
const OPENS = utf8(["<", 'script type="text/plain" id="edition">'].join(""));
const CLOSES = utf8(["<", "/script>"].join(""));

/** Judges a page's file by our library. */
export function checkPage(html: Uint8Array, library: Library): Verdict {
  const page = cutPage(html);
  if (!page) return { verdict: "not-a-page" };
  try {
    const data = fromBase64(page.data);
    if (!data) throw new Refusal("damaged", "the page's data is no base64");
    const { lists, items } = openBundle(data);
    const other = library.openOther(items);
    const genuine = [...library.edition.codeHashes, ...other.edition.codeHashes].some((one) => same(one, page.codeHash));
    if (!genuine) return { verdict: "swapped", reason: "code", detail: "its code is on no list of the publisher's" };
    // The code names the hash of each word list that it takes: from another list, codenames could be guessed.
    const strange = lists.find(({ packed }) => find(page.code, utf8(hex(hash(packed))), 0) < 0);
    if (strange) return { verdict: "swapped", reason: "forged", detail: `its words (${strange.language}) are not its code's` };
    const { number, time } = other.edition;
    const ours = library.edition.number;
    return { verdict: number < ours ? "older" : "genuine", edition: number, time, newer: number > ours, other };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { verdict: "swapped", reason: error.reason, detail: error.message };
  }
}

export interface Cut {
  readonly code: Uint8Array;
  readonly codeHash: Uint8Array;
  readonly data: Uint8Array;
}

/** A page's code, its hash, and the text of its data. Undefined where the file has no such shape. */
export function cutPage(html: Uint8Array): Cut | undefined {
  const start = find(html, OPENS, 0);
  if (start < 0 || find(html, OPENS, start + 1) >= 0) return undefined;
  const from = start + OPENS.length;
  const to = find(html, CLOSES, from);
  if (to < 0) return undefined;
  const code = join(html.subarray(0, from), html.subarray(to));
  return { code, codeHash: hash(code), data: html.subarray(from, to) };
}

function find(where: Uint8Array, what: Uint8Array, from: number): number {
  const first = what[0] as number;
  for (let at = where.indexOf(first, from); at >= 0; at = where.indexOf(first, at + 1)) {
    if (same(where.subarray(at, at + what.length), what)) return at;
  }
  return -1;
}

/** Strict base64 with padding (RFC 4648, section 4): no spaces and no spare bits, so that a data has one text. */
function fromBase64(text: Uint8Array): Uint8Array | undefined {
  const binary = new TextDecoder("latin1").decode(text);
  if (binary.length % 4 || !/^[A-Za-z0-9+/]*={0,2}$/.test(binary)) return undefined;
  const decoded = atob(binary);
  const bytes = Uint8Array.from(decoded, (sign) => sign.charCodeAt(0));
  const tail = Math.floor(Math.max(bytes.length - 1, 0) / 3) * 3;
  return btoa(decoded.slice(tail)) === (binary.slice(-4) || "") ? bytes : undefined;
}
