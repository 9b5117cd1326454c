/** Which intermediate symbols each equation adds up: RFC 6330 sections 5.3.3.3 and 5.3.5. Columns are numbered 0 to L - 1. */
import { type Parameters, rand } from "./tables";

/** The columns whose sum is `symbol`; none stands for zero. */
export interface Equation {
  readonly columns: readonly number[];
  readonly symbol?: Uint32Array;
}

/** Deg[v]: the degree is the first place whose number is above v. */
const DEGREES = [
  0, 5243, 529531, 704294, 791675, 844104, 879057, 904023, 922747, 937311, 948962, 958494, 966438, 973160, 978921, 983914,
  988283, 992138, 995565, 998631, 1001391, 1003887, 1006157, 1008229, 1010129, 1011876, 1013490, 1014983, 1016370, 1017662,
  1048576,
];

/** The columns of the encoding symbol with internal number `x` (section 5.3.5.3, with the tuple of 5.3.5.4). */
export function columnsOf(p: Parameters, x: number): number[] {
  const odd = (53591 + p.index * 997) | 1;
  // Below 2^53, so the sum is exact before it is cut to 32 bits.
  const y = (10267 * (p.index + 1) + x * odd) % 2 ** 32;
  const v = rand(y, 0, 2 ** 20);
  const degree = Math.min(DEGREES.findIndex((bound) => v < bound), p.active - 2);
  const step = 1 + rand(y, 1, p.active - 1);
  let at = rand(y, 2, p.active);
  const columns = [at];
  while (columns.length < degree) columns.push((at = (at + step) % p.active));
  const others = degree < 4 ? 2 + rand(x, 3, 2) : 2;
  const leap = 1 + rand(x, 4, p.prime - 1);
  let place = rand(x, 5, p.prime);
  while (columns.length < degree + others) {
    if (place < p.inactive) columns.push(p.active + place);
    place = (place + leap) % p.prime;
  }
  return columns;
}

/** The S sparse constraints: each sum is zero. */
export function ldpcRows(p: Parameters): Equation[] {
  const first = p.active - p.ldpc;
  const rows = Array.from({ length: p.ldpc }, (_, row) => [
    first + row,
    p.active + (row % p.inactive),
    p.active + ((row + 1) % p.inactive),
  ]);
  for (let column = 0; column < first; column++) {
    const step = 1 + Math.floor(column / p.ldpc);
    for (let turn = 0; turn < 3; turn++) (rows[(column + turn * step) % p.ldpc] as number[]).push(column);
  }
  return rows.map((columns) => ({ columns }));
}

/** The two dense constraints that column `column` of GAMMA's product belongs to, below K' + S - 1. */
export function hdpcRows(p: Parameters, column: number): readonly [number, number] {
  const row = rand(column + 1, 6, p.hdpc);
  return [row, (row + rand(column + 1, 7, p.hdpc - 1) + 1) % p.hdpc];
}
