/** Collects frames, in any order and with gaps, until parcels are whole (spec/frame.md). Memory stays bounded. */
import { Refusal } from "../edition/types";
import { hex } from "../edition/wire";
import type { Random } from "../letters/bytes";
import { Collection } from "./collection";
import { type Frame, parseFrame } from "./frame";

/** What a receiver is ready to hold. */
export interface Limits {
  /** Parcels collected at once. */
  readonly parcels: number;
  /** Bytes of one parcel, and of all that is collected. */
  readonly length: number;
  readonly memory: number;
  /** Frames after which a collection that none of them belonged to goes first. */
  readonly idle: number;
  /** Finished parcels that are remembered. */
  readonly done: number;
}

/** For a phone; a relay allows more. */
export const LIMITS: Limits = { parcels: 32, length: 16 << 20, memory: 64 << 20, idle: 4096, done: 1024 };

/** A whole parcel whose bytes have the id that its frames named. */
export interface Arrived {
  readonly id: Uint8Array;
  readonly parcel: Uint8Array;
}

/** How far one parcel is: `received` of `needed` frames. */
export interface Progress {
  readonly id: Uint8Array;
  readonly length: number;
  readonly received: number;
  readonly needed: number;
}

export class Collector {
  private readonly open = new Map<string, Collection>();
  private readonly done = new Set<string>();
  /** How many frames counted so far. */
  frames = 0;

  /** `random` draws symbols where some are wrong. */
  constructor(private readonly random: Random, private readonly limits: Limits = LIMITS) {}

  /** Takes one frame; the parcel where this frame completed it. Throws Refusal, and nothing has changed then. */
  add(bytes: Uint8Array): Arrived | undefined {
    const frame = parseFrame(bytes);
    const collection = this.of(frame);
    if (!collection) return undefined;
    this.frames++;
    if (collection.take(frame)) collection.seen = this.frames;
    else if (collection.waits) return undefined;
    const parcel = collection.parcel(this.random);
    if (parcel) return this.arrived({ id: collection.id, parcel });
    while (this.memory() > this.limits.memory) this.evict();
    return undefined;
  }

  /** The parcels that are being collected, the one that comes nearest to its end first. */
  progress(): Progress[] {
    const found = Array.from(this.open.values(), ({ id, split, received }) => ({
      id,
      length: split.length,
      received,
      needed: split.count,
    }));
    return found.sort((a, b) => a.needed - a.received - (b.needed - b.received));
  }

  /** Where a frame belongs; nowhere if its parcel has arrived already. */
  private of({ id, split }: Frame): Collection | undefined {
    const name = hex(id);
    if (this.done.has(name)) return undefined;
    // Length and size are part of the key: a forged frame that comes first, with a true id and a lying length, holds a
    // place of its own and not the true parcel's.
    const key = `${name} ${split.length} ${split.symbol}`;
    let collection = this.open.get(key);
    if (!collection) {
      if (split.length > this.limits.length) throw new Refusal("unknown", `a parcel of ${split.length} bytes is announced`);
      if (this.open.size >= this.limits.parcels) this.evict();
      collection = new Collection(id.slice(), split);
      this.open.set(key, collection);
    }
    return collection;
  }

  private memory(): number {
    let sum = 0;
    for (const collection of this.open.values()) sum += collection.memory;
    return sum;
  }

  /** Drops what is cheapest to lose: first what nobody sends any more, then what has the fewest frames. */
  private evict(): void {
    const worth = ({ seen, received }: Collection): readonly number[] => [
      this.frames - seen <= this.limits.idle ? 1 : 0,
      received,
      seen,
    ];
    const order = Array.from(this.open, ([key, collection]) => ({ key, worth: worth(collection) }));
    order.sort((a, b) => a.worth.map((one, at) => one - (b.worth[at] as number)).find((step) => step) ?? 0);
    this.open.delete((order[0] as { key: string }).key);
  }

  private arrived(arrived: Arrived): Arrived {
    const name = hex(arrived.id);
    for (const key of this.open.keys()) if (key.startsWith(name)) this.open.delete(key);
    this.done.add(name);
    if (this.done.size > this.limits.done) this.done.delete(this.done.values().next().value as string);
    return arrived;
  }
}
