/** The frames of one parcel, kept until they give it back: decoding, and what to do where some of them are forged. */
import { hash } from "../edition/tree";
import { same } from "../edition/wire";
import type { Random } from "../letters/bytes";
import { decode } from "./fountain";
import { type Frame, ID, type Split, spanOf, symbolsOf } from "./frame";

/** Symbols that a block keeps beyond K: at K + 2 it decodes, save once in millions. */
const SPARE = 16;
/** Decodings of one collection that give another parcel than its frames named. */
const TRIES = 32;
/** Bytes of memory around a symbol. */
const SYMBOL_COST = 100;

type Symbols = Map<number, Uint8Array>;

export class Collection {
  /** When its last new frame came, counted in frames. */
  seen = 0;
  held = 0;
  private readonly needs: readonly number[];
  private symbols!: Symbols[];
  private solved!: (Uint8Array | undefined)[];
  private failed!: number;
  /** Symbols held at which the next try is made. */
  private due!: number;

  constructor(readonly id: Uint8Array, readonly split: Split) {
    this.needs = Array.from({ length: split.blocks }, (_, block) => symbolsOf(split, block));
    this.begin();
  }

  /** Frames that count: at most K a block. */
  get received(): number {
    return this.needs.reduce((sum, need, block) => sum + Math.min(need, (this.symbols[block] as Symbols).size), 0);
  }

  /** Whether only new frames can help: none has turned out to be wrong. */
  get waits(): boolean {
    return !this.failed;
  }

  get memory(): number {
    return this.held * (this.split.symbol + SYMBOL_COST);
  }

  /** Keeps a frame's symbol; false where it is not needed. */
  take({ block, number, symbol }: Frame): boolean {
    const symbols = this.symbols[block] as Symbols;
    if (symbols.has(number) || symbols.size >= this.most(block)) {
      // A sender with few symbols sends nothing new: what comes again is a reason to try again.
      if (this.failed) this.due--;
      return false;
    }
    symbols.set(number, symbol.slice());
    this.held++;
    return true;
  }

  /** The parcel, once it is whole and has its id. Called after each frame that was kept. */
  parcel(random: Random): Uint8Array | undefined {
    if (this.held < this.due || this.needs.some((need, block) => (this.symbols[block] as Symbols).size < need)) return undefined;
    return this.failed ? this.again(random) : this.first();
  }

  /** Forgets all symbols. */
  private begin(): void {
    this.symbols = this.needs.map(() => new Map());
    this.solved = this.needs.map(() => undefined);
    this.failed = this.due = this.held = 0;
  }

  private most(block: number): number {
    return (this.needs[block] as number) * (this.failed ? 2 : 1) + SPARE;
  }

  /** Decodes what is not decoded yet. A block that lacks a symbol is tried again with the next. */
  private first(): Uint8Array | undefined {
    for (const [block, symbols] of this.symbols.entries()) {
      this.solved[block] ??= this.decode(block, symbols);
      // Symbols chosen so that they never decode would hold the collection up for ever.
      if (!this.solved[block] && symbols.size >= this.most(block)) {
        this.begin();
        return undefined;
      }
    }
    return this.solved.every((block) => block) ? this.checked(this.solved) : undefined;
  }

  /** Some symbol is wrong and nothing tells which: K of each block, drawn at random, may do without it. */
  private again(random: Random): Uint8Array | undefined {
    const drawn = this.symbols.map((symbols, block) => {
      const order = Array.from(symbols, (entry) => [new DataView(random(4).slice().buffer).getUint32(0), entry] as const);
      order.sort(([a], [b]) => a - b);
      return this.decode(block, new Map(order.slice(0, this.needs[block]).map(([, entry]) => entry)));
    });
    return this.checked(drawn);
  }

  private decode(block: number, symbols: Symbols): Uint8Array | undefined {
    const [start, end] = spanOf(this.split, block);
    return decode(symbols, end - start, this.split.symbol);
  }

  /** The parcel, if it has its id. Else counts the failure, and begins anew after too many. */
  private checked(blocks: readonly (Uint8Array | undefined)[]): Uint8Array | undefined {
    const parcel = new Uint8Array(this.split.length);
    blocks.forEach((bytes, block) => bytes && parcel.set(bytes, spanOf(this.split, block)[0]));
    if (same(hash(parcel).subarray(0, ID), this.id)) return parcel;
    this.failed++;
    this.due = this.held + Math.ceil(this.split.count / SPARE);
    const most = this.needs.reduce((sum, _, block) => sum + this.most(block), 0);
    if (this.failed >= TRIES || this.due > most) this.begin();
    return undefined;
  }
}
