/**
 * The sparse part of decoding (RFC 6330 section 5.4.2.2): an order in which each equation gives one more column from those
 * before it and from a few inactive ones. It looks at columns only; no symbol is touched.
 */
import type { Equation } from "./equations";

export interface Order {
  /** Equation and the column that it gives, in the order in which they can be used. */
  readonly pivots: readonly (readonly [row: number, column: number])[];
  /** The columns that have to be solved for together. */
  readonly inactive: readonly number[];
  /** Equations that give no column: what the inactive ones are solved from. */
  readonly left: readonly number[];
}

/** `active` of the `all` columns may be peeled; the ones after them are inactive from the start. */
export function peel(equations: readonly Equation[], active: number, all: number): Order {
  const rowsOf: number[][] = Array.from({ length: active }, () => []);
  const degrees = equations.map(({ columns }, row) => {
    const own = columns.filter((column) => column < active);
    for (const column of own) (rowsOf[column] as number[]).push(row);
    return own.length;
  });
  // By degree; an equation stands in each list that it ever belonged to, and counts in the one of its degree.
  const waiting: number[][] = [];
  const wait = (row: number): void => void (waiting[degrees[row] as number] ??= []).push(row);
  degrees.forEach((_, row) => wait(row));

  const open = new Uint8Array(active).fill(1);
  const used = new Uint8Array(equations.length);
  const close = (column: number): void => {
    open[column] = 0;
    for (const row of rowsOf[column] as number[]) {
      degrees[row] = (degrees[row] as number) - 1;
      if (!used[row]) wait(row);
    }
  };
  const next = (): number | undefined => {
    for (let degree = 1; degree < waiting.length; degree++) {
      const list = waiting[degree];
      while (list?.length) {
        const row = list.pop() as number;
        if (!used[row] && degrees[row] === degree) return row;
      }
    }
    return undefined;
  };

  const pivots: [number, number][] = [];
  const inactive = Array.from({ length: all - active }, (_, at) => active + at);
  for (let row = next(); row !== undefined; row = next()) {
    used[row] = 1;
    // The column in most equations becomes inactive: that helps most of them along.
    const columns = (equations[row] as Equation).columns.filter((column) => open[column]);
    columns.sort((a, b) => (rowsOf[a] as number[]).length - (rowsOf[b] as number[]).length);
    pivots.push([row, columns[0] as number]);
    inactive.push(...columns.slice(1));
    columns.forEach(close);
  }
  open.forEach((still, column) => still && inactive.push(column));
  return { pivots, inactive, left: equations.flatMap((_, row) => (used[row] ? [] : [row])) };
}
