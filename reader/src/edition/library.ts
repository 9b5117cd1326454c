/**
 * The page's library. Rules:
 * - Nothing comes to be here unverified, and nothing changes in place: `receive` works on a copy.
 * - The root document decides; what comes in can lead it on, never replace it.
 * - What a library is made of can be saved and opened again, and is then the same library.
 */
import { looksLikeBundle, openBundle } from "./bundle";
import { type Chain, extendChain, newestOf, openChain, parted } from "./publisher";
import { checkParcel, openParcel, PICTURES, readParcel } from "./parcel";
import { checkTime, looksLikeRoot, type RootDocument, splitRoots } from "./root";
import { apply, editionOf, EMPTY, isExtra, isOlder, type Kept, looseOf, type Shelf, type State } from "./shelf";
import { type Edition, type HeldBag, type Library, type LooseGuide, Refusal, type RefusalReason } from "./types";
import { join } from "./wire";

const SETTINGS_OPEN = 0x7b; // "{"
const clock = (): number => Math.floor(Date.now() / 1000);

/**
 * Opens a page's own data: root documents by ascending serial, then parcels in order; settings in front are passed over.
 * The first root document is trusted: it is the one that the page was given with. Throws Refusal.
 */
export function openLibrary(items: readonly Uint8Array[]): Library {
  const { documents, parcels } = parted(items[0]?.[0] === SETTINGS_OPEN ? items.slice(1) : items);
  const chain = openChain(documents);
  try {
    return new HeldLibrary(chain, replay(chain, parcels, readParcel));
  } catch (error) {
    // What verifies needs no check; what does not is looked at again, for damage is told apart from forgery.
    parcels.forEach(checkParcel);
    throw error;
  }
}

function replay(chain: Chain, parcels: readonly Uint8Array[], open = openParcel): State {
  const state = apply(EMPTY, parcels, newestOf(chain), open);
  if (!state.shelves.size) throw new Refusal("gap", "no pack is held yet: a full parcel is needed first");
  return state;
}

class HeldLibrary implements Library {
  readonly edition: Edition;
  readonly bags: ReadonlyMap<string, HeldBag>;
  readonly loose: readonly LooseGuide[];
  readonly items: readonly Uint8Array[];

  constructor(private readonly chain: Chain, private readonly state: State) {
    this.edition = editionOf(state, newestOf(chain));
    this.bags = state.bags;
    this.loose = looseOf(state);
    this.items = [...chain.map((root) => root.bytes), ...parcelsOf(state.shelves), ...state.selections.map((one) => one.bytes)];
  }

  parcelsIn(language: string): readonly Uint8Array[] {
    const shelves = new Map([...this.state.shelves].filter(([, shelf]) => shelf.held.language === language));
    const documents = this.chain.length > 1 ? [join(...this.chain.map((root) => root.bytes))] : [];
    return [...documents, ...parcelsOf(shelves).filter((bytes) => bytes[3] !== PICTURES)];
  }

  receive(parcel: Uint8Array, now = clock()): Library {
    if (looksLikeBundle(parcel)) return this.receiveAll(openBundle(parcel).items, now);
    if (looksLikeRoot(parcel)) return this.receiveAll(splitRoots(parcel), now);
    const root = newestOf(this.chain);
    checkTime(root, now);
    return this.with(this.chain, apply(this.state, [parcel], root));
  }

  receiveAll(items: readonly Uint8Array[], now = clock()): Library {
    const { documents, parcels } = parted(items);
    const chain = extendChain(this.chain, documents);
    const root = newestOf(chain);
    checkTime(root, now);
    // A page or a whole bundle stands by itself; a bundle of updates leads on from what is held.
    const theirs = attempt(["gap"], () => replay(chain, parcels));
    const newer = [...(theirs?.shelves ?? [])].filter(([name, shelf]) => leadsOn(shelf, this.state.shelves.get(name)));
    const before = newer.length || chain.length > this.chain.length ? this.merged(chain, newer) : this.state;
    const after = theirs ? withExtras(before, theirs, root) : led(before, parcels, root);
    return this.with(chain, after);
  }

  openOther(items: readonly Uint8Array[]): Library {
    const { documents, parcels } = parted(items);
    if (!documents.length) throw new Refusal("unknown", "there is no root document");
    const chain = extendChain(this.chain, documents);
    return new HeldLibrary(chain, replay(chain, parcels));
  }

  private with(chain: Chain, state: State): Library {
    return chain.length === this.chain.length && state === this.state ? this : new HeldLibrary(chain, state);
  }

  /** Opened once more as a whole: that what was held stands under newer keys too is not taken for granted. */
  private merged(chain: Chain, newer: readonly (readonly [string, Shelf])[]): State {
    const parcels = parcelsOf(new Map([...this.state.shelves, ...newer]));
    try {
      return replay(chain, [...parcels, ...this.state.selections.map((one) => one.bytes)]);
    } catch (error) {
      const outdated = error instanceof Refusal && error.reason === "forged" && chain.length > this.chain.length;
      throw outdated ? new Refusal("gap", "the publisher's keys are new: full parcels under them are needed too") : error;
    }
  }
}

/** Pictures and mailbags of another page; those of a pack that is held in a newer edition may no longer fit, and are left. */
function withExtras(state: State, theirs: State, root: RootDocument): State {
  const extras = [...theirs.shelves.values()].flatMap((shelf) => shelf.kept.filter(isExtra));
  return extras.reduce((before, { bytes }) => attempt(["forged", "older", "gap"], () => apply(before, [bytes], root)) ?? before, state);
}

/** What leads on from the state held; what is held already is passed over. Throws Refusal where nothing led on. */
function led(state: State, parcels: readonly Uint8Array[], root: RootDocument): State {
  let gap: Refusal | undefined;
  const after = parcels.reduce((before, parcel) => {
    const next = attempt(["gap", "older"], () => apply(before, [parcel], root), (refusal) => {
      if (refusal.reason === "gap") gap = refusal;
    });
    return next ?? before;
  }, state);
  if (after === state && gap) throw gap;
  return after;
}

/** True where theirs is newer, false where ours is as new. Throws Refusal where a section's own count would go back. */
function leadsOn(theirs: Shelf, ours: Shelf | undefined): boolean {
  if (!ours || theirs.held.edition <= ours.held.edition) return !ours;
  if (isOlder(theirs.held, ours.held)) throw new Refusal("older", "a newer state of this section is held");
  return true;
}

/** What the shelves are made of; of each section's mailbags only the newest. */
function parcelsOf(shelves: ReadonlyMap<string, Shelf>): Uint8Array[] {
  const kept = [...shelves.values()].flatMap((shelf) => shelf.kept);
  const newest = new Map<string, Kept>();
  for (const one of kept) {
    if (one.bag && !((newest.get(one.bag.section)?.bag?.edition ?? 0) >= one.bag.edition)) newest.set(one.bag.section, one);
  }
  return kept.filter((one) => !one.bag || newest.get(one.bag.section) === one).map((one) => one.bytes);
}

/** The result; undefined where it was refused for one of these reasons. */
function attempt<T>(reasons: readonly RefusalReason[], action: () => T, told?: (refusal: Refusal) => void): T | undefined {
  try {
    return action();
  } catch (error) {
    if (!(error instanceof Refusal && reasons.includes(error.reason))) throw error;
    told?.(error);
    return undefined;
  }
}
