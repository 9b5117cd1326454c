/** Makes editions for tests, in TypeScript alone: keys from names, frames of raw blocks. Nothing here is in the page. */
import { ed25519 } from "@noble/curves/ed25519.js";
import { packHash, type PackLeaf, type Pictures, readServices, type Services } from "../../src/edition/leaf";
import { message } from "../../src/edition/signature";
import { writeMoment } from "../../src/edition/stamp";
import { hash, namedHash, NOTHING, treeRoot } from "../../src/edition/tree";
import { compare, hex, join, sharedPrefix, text8, u32, u8, utf8 } from "../../src/edition/wire";

export const TIME = 1_795_000_000;
const DAY = 86_400;
const RAW = 0;

export interface Pen {
  readonly secret: Uint8Array;
  readonly public: Uint8Array;
}

export function pen(name: string): Pen {
  const secret = hash(utf8("test key " + name));
  return { secret, public: ed25519.getPublicKey(secret) };
}

const inOrder = (pens: readonly Pen[]): Pen[] => [...pens].sort((a, b) => compare(a.public, b.public));

export interface RootWish {
  readonly serial?: number;
  readonly first?: Uint8Array;
  readonly threshold?: number;
  readonly roots: readonly Pen[];
  readonly editions: readonly Pen[];
  readonly signers?: readonly Pen[];
  readonly expiry?: number;
  readonly name?: string;
  readonly sections?: Readonly<Record<string, { readonly threshold: number; readonly keys: readonly Pen[] }>>;
}

function rootBody(wish: RootWish): string {
  const { serial = 1, first, threshold = 1, roots, editions, expiry = TIME + 365 * DAY, name = "Центр", sections = {} } = wish;
  return [
    "holub root v1",
    `name ${name}`,
    `serial ${serial}`,
    `expiry ${expiry}`,
    ...(first ? [`first ${hex(first)}`] : []),
    `threshold ${threshold}`,
    ...inOrder(roots).map((one) => `root ${hex(one.public)}`),
    ...inOrder(editions).map((one) => `edition ${hex(one.public)}`),
    ...Object.entries(sections).map(
      ([section, { threshold: needed, keys }]) => `section ${section} ${needed} ${inOrder(keys).map((one) => hex(one.public)).join(" ")}`,
    ),
    "",
  ].join("\n");
}

export const identityOf = (wish: RootWish): Uint8Array => hash(utf8(rootBody(wish)));

export function rootDocument(wish: RootWish): Uint8Array {
  const body = rootBody(wish);
  const signed = message("holub/root/v1", utf8(body));
  const rows = inOrder(wish.signers ?? wish.roots).map((one) => `sig ${hex(one.public)} ${hex(ed25519.sign(signed, one.secret))}\n`);
  return utf8(body + rows.join(""));
}

export function varint(n: number): Uint8Array {
  const bytes: number[] = [];
  for (; n > 127; n = Math.floor(n / 128)) bytes.push((n % 128) | 128);
  return Uint8Array.of(...bytes, n);
}

export const zigzag = (n: number): Uint8Array => varint(n < 0 ? -2 * n - 1 : 2 * n);
const sized = (data: Uint8Array): Uint8Array => join(varint(data.length), data);

export function parcel(kind: number, ...body: readonly Uint8Array[]): Uint8Array {
  const head = join(utf8("HLP"), u8(kind));
  return join(head, hash(head, ...body).subarray(0, 4), ...body);
}

/** A block's head (RFC 8878, section 3.1.1.2). */
export function block(type: number, size: number, last: boolean, ...data: readonly Uint8Array[]): Uint8Array {
  const head = (size << 3) | (type << 1) | Number(last);
  return join(Uint8Array.of(head & 255, (head >> 8) & 255, head >> 16), ...data);
}

/** A frame's head without magic: one segment, content size in four bytes. */
export function frameHead(size: number): Uint8Array {
  return Uint8Array.of(0xa0, size & 255, (size >> 8) & 255, (size >> 16) & 255, size >>> 24);
}

export function frame(content: Uint8Array): Uint8Array {
  const blocks: Uint8Array[] = [];
  for (let at = 0; at === 0 || at < content.length; at += 100_000) {
    const piece = content.subarray(at, at + 100_000);
    blocks.push(block(RAW, piece.length, at + 100_000 >= content.length, piece));
  }
  return join(frameHead(content.length), ...blocks);
}

export type Texts = Readonly<Record<string, string>>;
type Row = readonly [Uint8Array, Uint8Array];

export const rowsOf = (texts: Texts): Row[] =>
  Object.entries(texts)
    .map(([path, text]): Row => [utf8(path), utf8(text)])
    .sort(([a], [b]) => compare(a, b));

const pathRows = (keys: readonly Uint8Array[]): Uint8Array[] =>
  keys.map((key, at) => {
    const shared = sharedPrefix(key, keys[at - 1] ?? new Uint8Array(0));
    return join(varint(shared), sized(key.subarray(shared)));
  });

const escaped = (text: Uint8Array): Uint8Array =>
  Uint8Array.from([...text].flatMap((byte) => (byte === 0 ? [1, 2] : byte === 1 ? [1, 1] : [byte])));

export function baseText(rows: readonly Row[]): Uint8Array {
  const ended = (part: Uint8Array): Uint8Array => join(part, u8(0));
  return join(varint(0), varint(rows.length), ...rows.map(([key]) => ended(key)), ...rows.map(([, text]) => ended(escaped(text))));
}

export interface ServiceWish {
  readonly codes?: readonly Uint8Array[];
  readonly mailbag?: Uint8Array;
}

export const servicesOf = ({ codes = [], mailbag = Uint8Array.of(3, 0) }: ServiceWish = {}): Services =>
  readServices([
    join(u8(1), u32(46), u32(TIME + 28 * DAY), u32(TIME + 56 * DAY), new Uint8Array(1216 + 32).fill(7)),
    u8(2),
    mailbag,
    join(u8(4), u8(codes.length), ...codes),
  ]);

export interface PackWish {
  readonly edition: number;
  readonly language?: string;
  readonly texts: Texts;
  readonly services?: Services;
  readonly pictures?: Pictures;
  readonly signer: Pen;
  readonly time?: number;
  /** A section of its own: its name, its count, who signs it, and all its keys' holders. */
  readonly by?: { readonly section: string; readonly serial: number; readonly identity: Uint8Array; readonly keys: readonly Pen[]; readonly signers: readonly Pen[] };
}

const NO_PICTURES: Pictures = { count: 0, root: NOTHING };
const momentOf = ({ edition, time = TIME + edition * DAY }: PackWish) => ({ edition, time, expiry: time + 90 * DAY });
const writePictures = ({ count, root }: Pictures): Uint8Array => join(varint(count), count ? root : new Uint8Array(0));

function leafOf(wish: PackWish): PackLeaf {
  const rows = rowsOf(wish.texts);
  const leaf: PackLeaf = {
    section: wish.by?.section ?? "main", language: wish.language ?? "uk", guides: rows.length,
    root: treeRoot(rows.map(([key, text]) => namedHash(key, text))), pictures: wish.pictures ?? NO_PICTURES, editors: undefined,
  };
  if (!wish.by) return leaf;
  const { serial, identity, keys, signers } = wish.by;
  const names = join(text8(leaf.section), text8(leaf.language));
  const signed = message("holub/section/v1", identity, u32(serial), names, u32(leaf.guides), leaf.root, u32(leaf.pictures.count), leaf.pictures.root);
  const places = inOrder(keys).flatMap((one, key) => (signers.includes(one) ? [{ key, signature: ed25519.sign(signed, one.secret) }] : []));
  return { ...leaf, editors: { serial, signatures: places } };
}

/** What stands between the pictures and the stamp, and the stamp. */
function signatures(wish: PackWish): Uint8Array {
  const leaf = leafOf(wish);
  const signed = message("holub/pack/v1", ...writeMoment(momentOf(wish)), (wish.services ?? servicesOf()).node, packHash(leaf));
  const rows = (leaf.editors?.signatures ?? []).flatMap((one) => [u8(one.key), one.signature]);
  const editors = leaf.editors ? join(u32(leaf.editors.serial), u8(leaf.editors.signatures.length), ...rows) : new Uint8Array(0);
  return join(editors, ed25519.sign(signed, wish.signer.secret));
}

export function full(wish: PackWish, ...steps: readonly Uint8Array[]): Uint8Array {
  const { language = "uk", services = servicesOf(), pictures = NO_PICTURES, by } = wish;
  const all = steps.length ? steps : [frame(baseText(rowsOf(wish.texts)))];
  return parcel(
    1, ...writeMoment(momentOf(wish)), text8(by?.section ?? "main"), text8(language), ...services.leaves.map(sized),
    writePictures(pictures), signatures(wish), varint(all.length), ...all.map(sized),
  );
}

export function gaps(places: readonly number[]): Uint8Array {
  return join(varint(places.length), ...places.map((place, at) => varint(place - (places[at - 1] ?? -1) - 1)));
}

/** From one pack to a later one; what is in both with the same bytes stays. */
export function update(old: PackWish, wish: PackWish): Uint8Array {
  const [before, after] = [rowsOf(old.texts), rowsOf(wish.texts)];
  const places = (wanted: (path: string) => boolean): number[] =>
    before.flatMap(([key], at) => (wanted(new TextDecoder().decode(key)) ? [at] : []));
  const removed = places((path) => !(path in wish.texts));
  const changed = places((path) => path in wish.texts && wish.texts[path] !== old.texts[path]);
  const fresh = after.filter(([key, text]) => !before.some(([k, t]) => !compare(k, key) && !compare(t, text)));
  const added = fresh.filter(([key]) => !before.some(([k]) => !compare(k, key)));
  const lengthOf = (key: Uint8Array): number => (after.find(([k]) => !compare(k, key)) as Row)[1].length;
  const content = join(
    varint(added.length), ...added.map(([key]) => join(key, u8(0))), ...added.map(([, text]) => varint(text.length)),
    ...changed.map((at) => zigzag(lengthOf((before[at] as Row)[0]) - (before[at] as Row)[1].length)),
    ...fresh.map(([, text]) => text),
  );
  const [was, is] = [old.services ?? servicesOf(), wish.services ?? servicesOf()];
  const differing = is.leaves.map((leaf, at) => compare(leaf, was.leaves[at] as Uint8Array) !== 0);
  const pictures = (old.pictures ?? NO_PICTURES) === (wish.pictures ?? NO_PICTURES) ? undefined : wish.pictures ?? NO_PICTURES;
  const flags = differing.reduce((sum, one, at) => sum | (one ? 0x10 << at : 0), pictures ? 2 : 0);
  return parcel(
    3, varint(old.edition), u8(0), varint(wish.edition - old.edition), u32(momentOf(wish).time), u8(flags),
    u8(0), text8(wish.language ?? "uk"), ...is.leaves.filter((_, at) => differing[at]).map(sized),
    pictures ? writePictures(pictures) : new Uint8Array(0), signatures(wish), u8(0), gaps(removed), gaps(changed), frame(content),
  );
}

export type Blobs = Readonly<Record<string, Uint8Array>>;

export function picturesOf(blobs: Blobs): Pictures {
  const leaves = Object.keys(blobs).sort().map((path) => namedHash(utf8(path), hash(blobs[path] as Uint8Array)));
  return { count: leaves.length, root: treeRoot(leaves) };
}

export function pictureParcel(blobs: Blobs, without: readonly string[] = []): Uint8Array {
  const paths = Object.keys(blobs).sort();
  const rows = pathRows(paths.map(utf8)).map((row, at) => join(row, hash(blobs[paths[at] as string] as Uint8Array)));
  const carried = paths.filter((path) => !without.includes(path)).map((path) => blobs[path] as Uint8Array);
  carried.sort((a, b) => compare(hash(a), hash(b)));
  return parcel(5, text8("main"), text8("uk"), varint(rows.length), ...rows, varint(carried.length), ...carried.map(sized));
}

/** A bag of n records with its leaf entry; bodies follow from `seed`. */
export function bag(seed: number, records: number): { leaf: Uint8Array; directory: Uint8Array; bodies: Uint8Array } {
  const bodies = new Uint8Array(records * 512).map((_, at) => (at * 31 + seed) & 255);
  const tags = Array.from({ length: records }, (_, at) => join(u32(at), u32(seed)));
  const shards: Uint8Array[] = [];
  for (let at = 0; at < records; at += 1000) shards.push(hash(bodies.subarray(at * 512, (at + 1000) * 512)));
  const directory = join(...tags, ...shards);
  return { leaf: join(u8(3), u8(1), text8("main"), u32(records), hash(directory)), directory, bodies };
}

export const bagParcel = (edition: number, directory: Uint8Array, bodies: Uint8Array): Uint8Array =>
  parcel(6, u32(edition), text8("main"), sized(directory), sized(bodies));

export const bundleOf = (...items: readonly Uint8Array[]): Uint8Array =>
  join(utf8("HLB1"), ...items.flatMap((item) => [u32(item.length), item]));

