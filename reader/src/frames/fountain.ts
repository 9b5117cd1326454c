/** RaptorQ (RFC 6330) over one block: any K symbols and rarely one more give it back. spec/frame.md says what a block is. */
import { add, octets } from "./octets";
import { columnsOf, type Equation } from "./equations";
import { solve } from "./solving";
import { type Parameters, parametersOf } from "./tables";

export const SYMBOL_STEP = 8;
export const MOST_SYMBOL = 1272;
export const MOST_SYMBOLS = 8192;

/** A symbol's number in its block counts without padding; RFC 6330's internal one counts with it (section 5.3.1). */
const internal = (p: Parameters, count: number, number: number): number =>
  number < count ? number : number + p.padded - count;

function padding(p: Parameters, count: number): Equation[] {
  return Array.from({ length: p.padded - count }, (_, at) => ({ columns: columnsOf(p, count + at) }));
}

/** Its bytes as words, padded with zeros to `symbol` bytes. */
function words(bytes: Uint8Array, symbol: number): Uint32Array {
  const row = new Uint32Array(symbol / 4);
  octets(row).set(bytes);
  return row;
}

function sum(known: readonly Uint32Array[], columns: readonly number[], size: number): Uint8Array {
  const row = new Uint32Array(size / 4);
  for (const column of columns) add(row, known[column] as Uint32Array);
  return octets(row);
}

/** Makes the symbols of one block; `symbol` is their size in bytes, a multiple of 8. */
export class Block {
  private readonly count: number;
  private readonly parameters: Parameters;
  private known: readonly Uint32Array[] | undefined;

  constructor(private readonly data: Uint8Array, private readonly symbol: number) {
    this.count = Math.ceil(data.length / symbol);
    this.parameters = parametersOf(this.count);
  }

  /** The symbol with this number: from K on repair, which costs solving once. */
  make(number: number): Uint8Array {
    const p = this.parameters;
    if (number < this.count) return octets(this.source(number));
    this.known ??= this.intermediate();
    return sum(this.known, columnsOf(p, internal(p, this.count, number)), this.symbol);
  }

  private source(number: number): Uint32Array {
    return words(this.data.subarray(number * this.symbol, (number + 1) * this.symbol), this.symbol);
  }

  private intermediate(): Uint32Array[] {
    const p = this.parameters;
    const own = Array.from({ length: this.count }, (_, at) => ({ columns: columnsOf(p, at), symbol: this.source(at) }));
    // Section 5.6 chose J(K') so that the source symbols always determine them.
    return solve(p, [...own, ...padding(p, this.count)], this.symbol / 4) as Uint32Array[];
  }
}

/**
 * The block of `length` bytes from symbols by number; undefined where they do not determine it. A wrong symbol among them
 * gives wrong bytes: only the parcel's id tells.
 */
export function decode(symbols: ReadonlyMap<number, Uint8Array>, length: number, symbol: number): Uint8Array | undefined {
  const count = Math.ceil(length / symbol);
  if (symbols.size < count) return undefined;
  const block = new Uint8Array(count * symbol);
  const missing: number[] = [];
  for (let number = 0; number < count; number++) {
    const held = symbols.get(number);
    if (held) block.set(held, number * symbol);
    else missing.push(number);
  }
  if (missing.length) {
    const p = parametersOf(count);
    const received = Array.from(symbols, ([number, bytes]) => ({
      columns: columnsOf(p, internal(p, count, number)),
      symbol: words(bytes, symbol),
    }));
    const known = solve(p, [...received, ...padding(p, count)], symbol / 4);
    if (!known) return undefined;
    for (const number of missing) block.set(sum(known, columnsOf(p, number), symbol), number * symbol);
  }
  return block.subarray(0, length);
}
