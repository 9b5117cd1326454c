/**
 * The root document: the publisher's keys, how many of them are needed, to whom sections are delegated (spec/keys.md).
 * Text in one accepted order and form, at most 64 KiB. A document is returned only when it is valid by itself; a newer
 * one only when the one before vouches for it.
 */
import { message, verify } from "./signature";
import { hash } from "./tree";
import { Refusal } from "./types";
import { fromUtf8, MOST_U32, same, utf8 } from "./wire";

const MOST_BYTES = 65_536;
const MOST_SECTIONS = 256;
const OPENING = "holub root v1";

export interface Delegation {
  readonly threshold: number;
  readonly keys: readonly Uint8Array[];
}

/** `expiry` in Unix seconds; `identity` (32 B) is the publisher's lasting identity. */
export interface RootDocument {
  readonly bytes: Uint8Array;
  readonly body: Uint8Array;
  readonly name: string;
  readonly serial: number;
  readonly expiry: number;
  readonly identity: Uint8Array;
  readonly threshold: number;
  /** In hexadecimal, as they stand in the document. */
  readonly rootKeys: readonly string[];
  readonly editionKeys: readonly Uint8Array[];
  readonly sections: ReadonlyMap<string, Delegation>;
  /** Signatures by key, both in hexadecimal. */
  readonly signatures: ReadonlyMap<string, string>;
}

const unhex = (text: string): Uint8Array => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

function refuse(why: string): never {
  throw new Refusal("forged", `the root document: ${why}`);
}

const LINE_END = 10;

export const looksLikeRoot = (bytes: Uint8Array): boolean => same(bytes.subarray(0, OPENING.length + 1), utf8(OPENING + "\n"));

/** The documents of a file that holds a chain of them, oldest first: each begins at a line of its own. */
export function splitRoots(bytes: Uint8Array): Uint8Array[] {
  const opening = utf8(OPENING + "\n");
  const starts: number[] = [];
  for (let at = 0; at < bytes.length; at = bytes.indexOf(LINE_END, at) + 1 || bytes.length) {
    if (same(bytes.subarray(at, at + opening.length), opening)) starts.push(at);
  }
  return starts.map((start, at) => bytes.subarray(start, starts[at + 1] ?? bytes.length));
}

/** A document that is valid by itself. Throws Refusal. */
export function readRoot(bytes: Uint8Array): RootDocument {
  const root = parse(bytes);
  if (root.serial === 1) onlyBy(root, root.rootKeys);
  signedBy(root, root.rootKeys, root.threshold);
  return root;
}

/** The newer document when `old`, which is trusted, vouches for it; `old` itself when the bytes are the same. */
export function rotate(old: RootDocument, bytes: Uint8Array): RootDocument {
  if (same(old.bytes, bytes)) return old;
  const root = readRoot(bytes);
  if (!same(root.identity, old.identity)) throw new Refusal("other-publisher", "a root document of another publisher");
  if (root.serial < old.serial) throw new Refusal("older", `root document ${root.serial}; ${old.serial} is held`);
  if (root.serial > old.serial + 1) throw new Refusal("gap", `root document ${old.serial + 1} is needed first`);
  if (root.serial === old.serial) refuse("two of one serial");
  onlyBy(root, [...root.rootKeys, ...old.rootKeys]);
  signedBy(root, old.rootKeys, old.threshold);
  return root;
}

/** Throws Refusal when the document may no longer be used to accept anything new. now: Unix seconds. */
export function checkTime(root: RootDocument, now: number): void {
  if (now >= root.expiry) throw new Refusal("older", "the publisher's root document has expired");
}

function onlyBy(root: RootDocument, keys: readonly string[]): void {
  for (const key of root.signatures.keys()) if (!keys.includes(key)) refuse("signed by a key that nobody named");
}

function signedBy(root: RootDocument, keys: readonly string[], threshold: number): void {
  let good = 0;
  for (const key of keys) {
    const signature = root.signatures.get(key);
    if (signature === undefined) continue;
    verify([unhex(key)], unhex(signature), message("holub/root/v1", root.body), "the root document");
    good++;
  }
  if (good < threshold) refuse(`${good} of ${threshold} signatures`);
}

function parse(bytes: Uint8Array): RootDocument {
  const text = bytes.length <= MOST_BYTES ? fromUtf8(bytes) : undefined;
  if (text === undefined || !text.endsWith("\n")) return refuse("it is none");
  const lines = text.slice(0, -1).split("\n");
  let at = 0;
  const match = (form: RegExp): RegExpExecArray | null => {
    const found = form.exec(lines[at] ?? "");
    if (found) at++;
    return found;
  };
  const one = (form: RegExp): string => match(form)?.[1] ?? refuse(`line ${at + 1} is not in the form allowed`);
  const number = (word: string, most = MOST_U32): number => {
    const value = Number(one(new RegExp(`^${word} ([1-9][0-9]{0,9})$`)));
    return value <= most ? value : refuse(`the ${word} is too large`);
  };
  const many = (form: RegExp, least: number, most: number): RegExpExecArray[] => {
    const found: RegExpExecArray[] = [];
    for (let row = match(form); row; row = match(form)) found.push(row);
    if (found.length < least || found.length > most) refuse("too many or too few lines of a kind");
    rising(found.map((row) => row[1] as string));
    return found;
  };
  const keys = (word: string, most: number): string[] =>
    many(new RegExp(`^${word} ([0-9a-f]{64})$`), 1, most).map((row) => row[1] as string);

  one(/^(holub root v1)$/);
  const name = one(/^name ([^\p{Cc}]{1,80})$/u);
  if (name.normalize("NFC") !== name || name.trim() !== name) refuse("the name");
  const serial = number("serial");
  const expiry = number("expiry");
  const first = serial > 1 ? unhex(one(/^first ([0-9a-f]{64})$/)) : undefined;
  const thresholdLine = at;
  const threshold = number("threshold");
  const rootKeys = keys("root", 16);
  if (threshold > rootKeys.length) refuse(`line ${thresholdLine + 1}: the threshold is too large`);
  const editionKeys = keys("edition", 8).map(unhex);
  const sections = new Map<string, Delegation>();
  for (const row of many(/^section ([a-z0-9][a-z0-9-]{0,31}) ([1-8])((?: [0-9a-f]{64}){1,8})$/, 0, MOST_SECTIONS)) {
    const [section, needed, list] = row.slice(1) as [string, string, string];
    const own = list.slice(1).split(" ");
    rising(own);
    if (section === "main" || Number(needed) > own.length) refuse("a delegation is not possible");
    sections.set(section, { threshold: Number(needed), keys: own.map(unhex) });
  }
  const body = utf8(lines.slice(0, at).join("\n") + "\n");
  const signatures = new Map<string, string>();
  for (const row of many(/^sig ([0-9a-f]{64}) ([0-9a-f]{128})$/, 1, 32)) signatures.set(row[1] as string, row[2] as string);
  if (at !== lines.length) refuse("something follows its end");
  return {
    bytes, body, name, serial, expiry, identity: first ?? hash(body), threshold, rootKeys, editionKeys, sections, signatures,
  };
}

function rising(words: readonly string[]): void {
  words.forEach((word, at) => {
    if (at && word <= (words[at - 1] as string)) refuse("a list is not in order");
  });
}

