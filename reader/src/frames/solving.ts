/** From equations to the intermediate symbols (RFC 6330 section 5.4.2), in few enough steps for a phone. */
import { add, addTimes, alpha, inverse, octets, scale, timesAlpha } from "./octets";
import { type Equation, hdpcRows, ldpcRows } from "./equations";
import { peel } from "./peeling";
import type { Parameters } from "./tables";

/**
 * The L intermediate symbols, each of `words` words, from the equations of K' or more encoding symbols; undefined where they
 * do not determine them.
 *
 * Every column is first written as a sum of inactive columns and a symbol: one row, with an octet for each inactive column
 * and then the symbol. What is left of the equations, and the dense constraints, then hold between inactive columns alone.
 */
export function solve(p: Parameters, symbols: readonly Equation[], words: number): Uint32Array[] | undefined {
  const equations = [...ldpcRows(p), ...symbols];
  const { pivots, inactive, left } = peel(equations, p.active, p.all);
  const front = (inactive.length + 3) >> 2;
  const places = new Map(inactive.map((column, place) => [column, place]));
  const known: (Uint32Array | undefined)[] = Array(p.all);

  const addColumn = (row: Uint32Array, column: number): void => {
    const other = known[column];
    if (other) add(row, other);
    else {
      const bytes = octets(row);
      const place = places.get(column) as number;
      bytes[place] = (bytes[place] as number) ^ 1;
    }
  };
  const expressed = (row: number, own?: number): Uint32Array => {
    const { columns, symbol } = equations[row] as Equation;
    const sum = new Uint32Array(front + words);
    if (symbol) sum.set(symbol, front);
    for (const column of columns) if (column !== own) addColumn(sum, column);
    return sum;
  };

  for (const [row, column] of pivots) known[column] = expressed(row, column);
  const rows = left.map((row) => expressed(row));
  // Sparse ones first: as long as they last, eliminating is adding.
  rows.push(...denseRows(p, front + words, addColumn));
  if (!triangular(rows, inactive.length)) return undefined;

  const result: Uint32Array[] = Array(p.all);
  for (let place = inactive.length - 1; place >= 0; place--) {
    const found = (rows[place] as Uint32Array).subarray(front);
    result[inactive[place] as number] = found;
    for (let above = 0; above < place; above++) {
      const row = rows[above] as Uint32Array;
      const factor = octets(row)[place] as number;
      if (factor) addTimes(row.subarray(front), found, factor);
    }
  }
  // Once more through the sparse equations, now that all they refer to is known: cheaper than adding up inactive columns.
  for (const [row, own] of pivots) {
    const { columns, symbol } = equations[row] as Equation;
    const sum = new Uint32Array(words);
    if (symbol) sum.set(symbol);
    for (const column of columns) if (column !== own) add(sum, result[column] as Uint32Array);
    result[own] = sum;
  }
  return result;
}

/** The H dense constraints. GAMMA's product with the columns is a running sum: each step times alpha, plus the next column. */
function denseRows(p: Parameters, words: number, addColumn: (row: Uint32Array, column: number) => void): Uint32Array[] {
  const rows = Array.from({ length: p.hdpc }, () => new Uint32Array(words));
  const running = new Uint32Array(words);
  const last = p.padded + p.ldpc - 1;
  for (let column = 0; column <= last; column++) {
    timesAlpha(running);
    addColumn(running, column);
    if (column < last) for (const row of hdpcRows(p, column)) add(rows[row] as Uint32Array, running);
  }
  rows.forEach((row, at) => {
    addTimes(row, running, alpha(at));
    addColumn(row, last + 1 + at);
  });
  return rows;
}

/** Brings the first `count` rows into triangular form with ones on the diagonal; false where they are too few. */
function triangular(rows: Uint32Array[], count: number): boolean {
  for (let place = 0; place < count; place++) {
    const found = rows.findIndex((row, at) => at >= place && octets(row)[place]);
    if (found < 0) return false;
    const pivot = rows[found] as Uint32Array;
    // Moved, not swapped: the sparse rows stay ahead of the dense ones.
    rows.splice(found, 1);
    rows.splice(place, 0, pivot);
    const lead = octets(pivot)[place] as number;
    if (lead !== 1) scale(pivot, inverse(lead));
    for (let below = place + 1; below < rows.length; below++) {
      const row = rows[below] as Uint32Array;
      const factor = octets(row)[place] as number;
      if (factor) addTimes(row, pivot, factor);
    }
  }
  return true;
}
