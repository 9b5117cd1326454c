/** The three finder patterns of a code: squares that any line through their middle cuts as 1 : 1 : 3 : 1 : 1. */
import type { Shades } from "./shades";

export interface Finder {
  readonly x: number;
  readonly y: number;
  /** A module's side in pixels. */
  readonly module: number;
  /** How many lines agreed. */
  readonly lines: number;
}

/** Three finders as they stand: the corner, the one along the first row, the one along the first column. */
export type Corner = readonly [corner: Finder, along: Finder, below: Finder];

/** Every second row is looked at: a finder's core is three modules high. */
const ROW_STEP = 2;
const MOST_FINDERS = 12;
const MOST_CORNERS = 4;

/** The likeliest corners, best first, among those that may be a code's by the length of its sides in modules. */
export function findCorners(shades: Shades, mayBe: (modules: number) => boolean): Corner[] {
  const finders = findFinders(shades);
  const found: { corner: Corner; fault: number }[] = [];
  for (let a = 0; a < finders.length; a++) {
    for (let b = 0; b < a; b++) {
      for (let c = 0; c < b; c++) {
        const corner = cornerOf(finders[a] as Finder, finders[b] as Finder, finders[c] as Finder);
        const fault = faultOf(corner);
        if (fault < 1 && mayBe(sideOf(corner))) found.push({ corner, fault });
      }
    }
  }
  found.sort((one, other) => one.fault - other.fault);
  return found.slice(0, MOST_CORNERS).map(({ corner }) => corner);
}

const distance = (a: Finder, b: Finder): number => Math.hypot(a.x - b.x, a.y - b.y);

/** From the middle of one finder to the next, in modules. */
export function sideOf([corner, along, below]: Corner): number {
  const module = (corner.module + along.module + below.module) / 3;
  return (distance(corner, along) + distance(corner, below)) / 2 / module;
}

function cornerOf(a: Finder, b: Finder, c: Finder): Corner {
  const [ab, bc, ca] = [distance(a, b), distance(b, c), distance(c, a)];
  const [corner, one, other] = bc >= ab && bc >= ca ? [a, b, c] : ca >= ab ? [b, c, a] : [c, a, b];
  const turn = (one.x - corner.x) * (other.y - corner.y) - (one.y - corner.y) * (other.x - corner.x);
  return turn > 0 ? [corner, one, other] : [corner, other, one];
}

/** How far three finders are from two equal sides at a right angle; from 1 on they are no corner. */
function faultOf([corner, along, below]: Corner): number {
  const [one, other] = [distance(corner, along), distance(corner, below)];
  const modules = [corner.module, along.module, below.module];
  const slant = Math.abs((along.x - corner.x) * (below.x - corner.x) + (along.y - corner.y) * (below.y - corner.y));
  if (Math.min(one, other) < 14 * corner.module) return 1;
  return (
    (Math.abs(one - other) / Math.max(one, other) +
      slant / (one * other) +
      (Math.max(...modules) - Math.min(...modules)) / Math.max(...modules)) *
    0.8
  );
}

function findFinders(shades: Shades): Finder[] {
  const found: Finder[] = [];
  // The last place is neither dark nor light, so that every row's last run ends.
  const row = new Uint8Array(shades.width + 1).fill(2);
  const runs = [0, 0, 0, 0, 0];
  for (let y = 0; y < shades.height; y += ROW_STEP) {
    shades.darkRow(y, row);
    runs.fill(0);
    let start = 0;
    let before = row[0];
    for (let x = 1; x < row.length; x++) {
      const now = row[x];
      if (now === before) continue;
      for (let run = 0; run < 4; run++) runs[run] = runs[run + 1] as number;
      runs[4] = x - start;
      start = x;
      if (before && fits(runs)) {
        confirm(shades, found, x - (runs[4] as number) - (runs[3] as number) - (runs[2] as number) / 2, y);
      }
      before = now;
    }
  }
  found.sort((a, b) => b.lines - a.lines);
  // What only a line or two took for a finder is data that happens to look like one.
  const least = (found[2]?.lines ?? 0) / 2;
  return found.filter(({ lines }) => lines >= least).slice(0, MOST_FINDERS);
}

function fits(runs: readonly number[]): boolean {
  let whole = 0;
  for (let run = 0; run < 5; run++) whole += runs[run] as number;
  const module = whole / 7;
  if (module < 1 || Math.abs((runs[2] as number) - 3 * module) >= 1.5 * module) return false;
  for (let run = 0; run < 5; run++) {
    if (run !== 2 && Math.abs((runs[run] as number) - module) >= 0.75 * module) return false;
  }
  return true;
}

/** A hit on a row counts where the column through its middle, and the row through that one's middle, agree. */
function confirm(shades: Shades, found: Finder[], x: number, y: number): void {
  const column = crossing(shades, Math.floor(x), y, false);
  if (!column) return;
  const row = crossing(shades, Math.floor(x), Math.floor(column.middle), true);
  if (!row || row.length > 2 * column.length || column.length > 2 * row.length) return;
  const hit = { x: row.middle, y: column.middle, module: (row.length + column.length) / 14, lines: 1 };
  const at = found.findIndex((one) => distance(one, hit) < 3 * hit.module);
  const known = found[at];
  if (!known) {
    found.push(hit);
    return;
  }
  const mix = (old: number, fresh: number): number => (old * known.lines + fresh) / (known.lines + 1);
  found[at] = {
    x: mix(known.x, hit.x),
    y: mix(known.y, hit.y),
    module: mix(known.module, hit.module),
    lines: known.lines + 1,
  };
}

/** The five runs through (x, y) along a line: where their middle is and how long they are. */
function crossing(
  shades: Shades,
  x: number,
  y: number,
  across: boolean,
): { readonly middle: number; readonly length: number } | undefined {
  const start = across ? x : y;
  const end = across ? shades.width : shades.height;
  const dark = (at: number): boolean => (across ? shades.dark(at, y) : shades.dark(x, at));
  if (!dark(start)) return undefined;
  const walk = (step: 1 | -1): number[] => {
    const runs = [0, 0, 0];
    let at = start;
    for (let run = 0; run < 3; run++) {
      while (at >= 0 && at < end && dark(at) === (run !== 1)) {
        runs[run] = (runs[run] as number) + 1;
        at += step;
      }
    }
    return runs;
  };
  const [back, on] = [walk(-1), walk(1)] as [number[], number[]];
  const core = (back[0] as number) + (on[0] as number) - 1;
  const runs = [back[2], back[1], core, on[1], on[2]] as number[];
  if (!fits(runs)) return undefined;
  return { middle: start - (back[0] as number) + 1 + core / 2, length: runs.reduce((sum, run) => sum + run, 0) };
}
