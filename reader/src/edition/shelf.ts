/**
 * What is held, as a value: each pack with the parcels that it came from, and what stands beside it. Rules: every function
 * here verifies, then returns a new value or the very same one where nothing was new; a Refusal leaves nothing behind.
 */
import { readFull } from "./full";
import { checkClaim, type Claim, type HeldPack } from "./held";
import { packHash, samePictures } from "./leaf";
import { readMailbag } from "./mailbagparcel";
import { FULL, kindName, MAILBAG, openParcel, PICTURES, SELECTION, UPDATE } from "./parcel";
import { type PictureShelf, readPictureParcel } from "./pictures";
import type { RootDocument } from "./root";
import { readSelection } from "./selection";
import { type Edition, type HeldBag, type LooseGuide, type Pack, Refusal } from "./types";
import { readUpdate, updateTarget } from "./update";
import { same } from "./wire";

/** A parcel that is kept. `bag`: the section and edition of a mailbag; `pictures`: the pictures root that pictures fit. */
export interface Kept {
  readonly kind: number;
  readonly bytes: Uint8Array;
  readonly pictures?: Uint8Array;
  readonly bag?: { readonly section: string; readonly edition: number };
}

type Opened = Pick<Kept, "kind" | "bytes"> & { readonly body: Uint8Array };

/** A pack, and in `kept` what it came from and what belongs to it, in the order in which it applies. */
export interface Shelf {
  readonly held: HeldPack;
  readonly kept: readonly Kept[];
  readonly pictures?: PictureShelf;
}

export interface Selection {
  readonly bytes: Uint8Array;
  readonly guides: readonly LooseGuide[];
}

/** Shelves by "section/language", bags by section. */
export interface State {
  readonly shelves: ReadonlyMap<string, Shelf>;
  readonly bags: ReadonlyMap<string, HeldBag>;
  readonly selections: readonly Selection[];
}

export const EMPTY: State = { shelves: new Map(), bags: new Map(), selections: [] };

const nameOf = (pack: { readonly section: string; readonly language: string }): string => `${pack.section}/${pack.language}`;

/** What is held after these parcels, each opened with `open`. Throws Refusal. */
export function apply(state: State, parcels: readonly Uint8Array[], root: RootDocument, open = openParcel): State {
  return runsOf(parcels.map((bytes) => ({ ...open(bytes), bytes }))).reduce((before, run) => applyRun(before, run, root), state);
}

/** Updates of one pack that follow each other are one run: the last one's stamp speaks for all, and the others' are not asked. */
function runsOf(parcels: readonly Opened[]): (readonly [Opened, ...Opened[]])[] {
  const runs: [Opened, ...Opened[]][] = [];
  let before = "";
  for (const parcel of parcels) {
    const target = parcel.kind === UPDATE ? updateTarget(parcel.body) : "";
    if (target && target === before) runs[runs.length - 1]?.push(parcel);
    else runs.push([parcel]);
    before = target;
  }
  return runs;
}

function applyRun(state: State, run: readonly [Opened, ...Opened[]], root: RootDocument): State {
  const [{ kind, body, bytes }] = run;
  const find = (section: string, language: string): HeldPack | undefined =>
    state.shelves.get(nameOf({ section, language }))?.held;
  switch (kind) {
    case FULL:
      return takePack(state, readFull(body), run, root);
    case UPDATE: {
      let claim: Claim | undefined;
      for (const one of run) {
        const old = claim;
        claim = readUpdate(one.body, (section, language) => old ?? find(section, language));
      }
      return takePack(state, claim as Claim, run, root);
    }
    case PICTURES:
      return takePictures(state, body, { kind, bytes }, find);
    case MAILBAG:
      return takeMailbag(state, body, { kind, bytes });
    case SELECTION:
      return takeSelection(state, body, bytes, root);
    default:
      throw new Refusal("unknown", `a page has no use for a parcel of kind ${kindName(kind)}`);
  }
}

function takePack(state: State, claim: Claim, run: readonly Opened[], root: RootDocument): State {
  const parcels = run.map(({ kind, bytes }): Kept => ({ kind, bytes }));
  const held = checkClaim(claim, root);
  const name = nameOf(held);
  const before = state.shelves.get(name);
  if (before && isOlder(held, before.held)) throw new Refusal("older", `edition ${before.held.edition} of ${name} is held`);
  if (before?.held.edition === held.edition) {
    if (sameEdition(held, before.held) && same(packHash(held.leaf), packHash(before.held.leaf))) return state;
    throw new Refusal("forged", `two packs ${name} of edition ${held.edition}`);
  }
  for (const { held: other } of state.shelves.values()) {
    if (other.edition === held.edition && !sameEdition(held, other)) throw new Refusal("forged", `two editions ${held.edition}`);
  }
  const shelves = new Map(state.shelves);
  if (run[0]?.kind === UPDATE || !before) {
    shelves.set(name, { ...before, held, kept: [...(before?.kept ?? []), ...parcels] });
    return pruned({ ...state, shelves });
  }
  const pictures = before.pictures && same(before.pictures.root, held.pictures.root);
  const kept = compacted([...before.kept, ...parcels], pictures ? held.pictures.root : undefined);
  shelves.set(name, { ...before, held, kept });
  return pruned({ ...state, shelves });
}

/**
 * Without what led to the text before the last full parcel, unless a mailbag or pictures of that older state still need it.
 * Pictures that fit `root`, the pack's pictures root now, stand behind the full parcel as well.
 */
function compacted(kept: readonly Kept[], root?: Uint8Array): readonly Kept[] {
  const full = kept.map((one) => one.kind).lastIndexOf(FULL);
  const extras = kept.slice(0, full).filter(isExtra);
  const movable = extras.every((one) => root && one.pictures && same(one.pictures, root));
  return movable ? [kept[full] as Kept, ...extras, ...kept.slice(full + 1)] : kept;
}

export const isExtra = ({ kind }: Kept): boolean => kind !== FULL && kind !== UPDATE;

/** A section has a count of its own, which may not go back either (spec/keys.md, "Delegation"). */
export function isOlder(claim: Claim, held: Claim): boolean {
  return claim.edition < held.edition || (claim.editors?.serial ?? 0) < (held.editors?.serial ?? 0);
}

const sameEdition = (a: Claim, b: Claim): boolean =>
  a.time === b.time && a.expiry === b.expiry && same(a.services.node, b.services.node);

function takePictures(
  state: State,
  body: Uint8Array,
  parcel: Kept,
  find: (section: string, language: string) => HeldPack | undefined,
): State {
  const { pack, list, blobs } = readPictureParcel(body, find);
  const name = nameOf(pack);
  const shelf = state.shelves.get(name) as Shelf;
  const pictures = { root: pack.pictures.root, list, blobs: new Map([...(shelf.pictures?.blobs ?? []), ...blobs]) };
  if (shelf.kept.some((one) => same(one.bytes, parcel.bytes))) return state;
  return { ...state, shelves: new Map(state.shelves).set(name, { ...shelf, kept: [...shelf.kept, { ...parcel, pictures: pictures.root }], pictures }) };
}

function takeMailbag(state: State, body: Uint8Array, parcel: Kept): State {
  const packs = [...state.shelves.values()].map((shelf) => shelf.held);
  const { section, bag, pack } = readMailbag(body, packs);
  const before = state.bags.get(section);
  if (before && bag.edition < before.edition) throw new Refusal("older", `the mailbag of edition ${before.edition} is held`);
  if (before?.edition === bag.edition && (before.bodies || !bag.bodies)) return state;
  // The older bag goes; the new one stands behind the parcels of the pack whose edition vouches for it.
  const fresh = { ...parcel, bag: { section, edition: bag.edition } };
  const shelves = new Map(
    [...state.shelves].map(([name, shelf]) => {
      const kept = shelf.kept.filter((one) => one.bag?.section !== section);
      return [name, { ...shelf, kept: compacted(shelf.held === pack ? [...kept, fresh] : kept) }];
    }),
  );
  return { ...state, shelves, bags: new Map(state.bags).set(section, bag) };
}

function takeSelection(state: State, body: Uint8Array, bytes: Uint8Array, root: RootDocument): State {
  const known = looseOf(state);
  const after = pruned({ ...state, selections: [...state.selections, { bytes, guides: readSelection(body, root) }] });
  return looseOf(after).every((guide) => known.includes(guide)) ? state : after;
}

/** The guides that came alone: the newest of each, where no pack that is held is as new. */
export function looseOf(state: State): LooseGuide[] {
  const loose = new Map<string, LooseGuide>();
  for (const guide of state.selections.flatMap((selection) => selection.guides)) {
    const id = `${nameOf(guide)}/${guide.path}`;
    const held = Math.max(state.shelves.get(nameOf(guide))?.held.edition ?? 0, loose.get(id)?.edition ?? 0);
    if (guide.edition > held) loose.set(id, guide);
  }
  return [...loose.values()];
}

/** Without the selections that add nothing any more. */
function pruned(state: State): State {
  const loose = new Set(looseOf(state));
  return { ...state, selections: state.selections.filter((one) => one.guides.some((guide) => loose.has(guide))) };
}

/** What the page shows; at least one pack is held. */
export function editionOf(state: State, root: RootDocument): Edition {
  const shelves = [...state.shelves.values()];
  const newest = shelves.map((shelf) => shelf.held).reduce((a, b) => (b.edition > a.edition ? b : a));
  const { letterKey, bags, codeHashes } = newest.services;
  return {
    number: newest.edition,
    time: newest.time,
    expiry: newest.expiry,
    publisher: { name: root.name, deskId: root.identity },
    packs: shelves.map((shelf): Pack => shelf.held.pack),
    letterKey,
    bags,
    codeHashes,
    picture(section, language, path) {
      const shelf = state.shelves.get(nameOf({ section, language }));
      // A list that was checked against an older pictures root says nothing about this pack.
      if (!shelf?.pictures || !samePictures({ count: shelf.pictures.list.size, root: shelf.pictures.root }, shelf.held.pictures)) return undefined;
      const digest = shelf.pictures.list.get(path);
      return digest === undefined ? undefined : shelf.pictures.blobs.get(digest);
    },
  };
}
