/** Cuts a parcel into frames (spec/frame.md): source symbols first, then as much repair as losses ask for. */
import { hash } from "../edition/tree";
import { Block } from "./fountain";
import { encodeFrame, ID, type Split, spanOf, splitOf, symbolsOf } from "./frame";

export class Cutter {
  readonly id: Uint8Array;
  readonly split: Split;
  private readonly made = new Map<number, Block>();

  /** `symbol` in bytes, see `symbolSize`. Throws RangeError outside the limits. */
  constructor(private readonly parcel: Uint8Array, symbol: number) {
    this.split = splitOf(parcel.length, symbol);
    this.id = hash(parcel).subarray(0, ID);
  }

  frame(block: number, number: number): Uint8Array {
    let made = this.made.get(block);
    if (!made) {
      made = new Block(this.parcel.subarray(...spanOf(this.split, block)), this.split.symbol);
      this.made.set(block, made);
    }
    return encodeFrame(this.id, this.split, block, number, made.make(number));
  }

  /** The symbols `first` to K + repair - 1 of every block, block after block for each number. */
  *frames(repair = 0, first = 0): Generator<Uint8Array> {
    for (let number = first; number < symbolsOf(this.split, 0) + repair; number++) {
      for (let block = 0; block < this.split.blocks; block++) {
        if (number < symbolsOf(this.split, block) + repair) yield this.frame(block, number);
      }
    }
  }

  /** Without end: from `first` on, then each round from the beginning, with the same `repair` symbols a block. */
  *carousel(repair: number, first = 0): Generator<Uint8Array> {
    for (let from = first % (symbolsOf(this.split, 0) + repair); ; from = 0) yield* this.frames(repair, from);
  }
}
