/**
 * The bytes of a QR code in a picture. Rules: nothing is guessed: what a code's own check does not make right is not
 * given; only codes that carry frames are read (layout.ts), one a picture.
 */
import { type Corner, type Finder, findCorners, sideOf } from "./finders";
import { alignments, blank, formatBits, formatPlaces, gather, type Kind, KINDS, layoutOf, sizeOf } from "./layout";
import { type Pixels, Shades } from "./shades";
import { fit, type Known, type Warp } from "./warp";

/** Finders tell a code's side within this, as a logarithm. */
const MOST_OFF = 0.25;
/** Modules by which an alignment pattern mostly, and at most, stands beside where it was expected. */
const NEAR = 1.5;
const ASTRAY = 4;
/** Of the 25 modules of an alignment pattern so many may look wrong. */
const MOST_WRONG = 4;
/** Of 15 bits of format information so many may be wrong. */
const MOST_FORMAT = 3;
/** How much of its neighbours is taken off a module, to undo a lens out of focus: first nothing. */
const SHARPER = [0, 0.35] as const;

/** The bytes; undefined where there is no code that can be read. */
export function readCode(pixels: Pixels): Uint8Array | undefined {
  const shades = new Shades(pixels);
  for (const corner of findCorners(shades, (side) => likely(side).length > 0)) {
    for (const kind of likely(sideOf(corner))) {
      const warp = aim(shades, kind, corner);
      const bytes = warp && readThrough(shades, kind, warp);
      if (bytes) return bytes;
    }
  }
  return undefined;
}

/** The kinds whose side is near this many modules, nearest first. */
function likely(side: number): Kind[] {
  const off = (kind: Kind): number => Math.abs(Math.log((sizeOf(kind) - 7) / side));
  return KINDS.filter((kind) => off(kind) < MOST_OFF).sort((a, b) => off(a) - off(b));
}

/** Where the modules are: from three finders, then from one alignment pattern after the other. */
function aim(shades: Shades, kind: Kind, [corner, along, below]: Corner): Warp | undefined {
  const far = sizeOf(kind) - 3.5;
  const finders: Known[] = [
    { u: 3.5, v: 3.5, x: corner.x, y: corner.y },
    { u: far, v: 3.5, x: along.x, y: along.y },
    { u: 3.5, v: far, x: below.x, y: below.y },
  ];
  let warp = fit([...finders, fourth(far, corner, along, below)]);
  // The nearest to known points first: there the warp errs least.
  const wanted = alignments(kind).sort(([ax, ay], [bx, by]) => ax + ay - bx - by);
  const found: Known[] = [];
  for (const [x, y] of wanted) {
    const at =
      warp && (search(shades, warp, x + 0.5, y + 0.5, NEAR) ?? search(shades, warp, x + 0.5, y + 0.5, ASTRAY));
    if (!at) continue;
    found.push(at);
    // One alone, next to the line between finders, would tell perspective badly.
    if (found.some(({ u, v }) => Math.min(u, v) > 10)) warp = fit([...finders, ...found]);
  }
  if (!warp || found.length < 2) return warp;
  const fine = wanted.flatMap(([x, y]) => search(shades, warp as Warp, x + 0.5, y + 0.5, 1) ?? []);
  return fine.length >= 2 ? fit([...finders, ...fine]) : warp;
}

/** Where the fourth finder would be: what is farther away looks smaller, by the power of 3/2 of its distance. */
function fourth(far: number, corner: Finder, along: Finder, below: Finder): Known {
  const [one, other] = [(corner.module / along.module) ** (2 / 3), (corner.module / below.module) ** (2 / 3)];
  const mix = (axis: "x" | "y"): number => (one * along[axis] + other * below[axis] - corner[axis]) / (one + other - 1);
  return { u: far, v: far, x: mix("x"), y: mix("y") };
}

/** The alignment pattern next to (u, v): the middle of the places where it looks best. */
function search(shades: Shades, warp: Warp, u: number, v: number, reach: number): Known | undefined {
  let [best, count, du, dv] = [MOST_WRONG + 1, 0, 0, 0];
  const step = reach > 1 ? 0.5 : 0.25;
  for (let down = -reach; down <= reach; down += step) {
    for (let across = -reach; across <= reach; across += step) {
      const wrong = mismatch(shades, warp, u + across, v + down, best);
      if (wrong > best || wrong > MOST_WRONG) continue;
      if (wrong < best) [best, count, du, dv] = [wrong, 0, 0, 0];
      count++;
      du += across;
      dv += down;
    }
  }
  if (!count) return undefined;
  const [x, y] = warp(u + du / count, v + dv / count);
  return { u, v, x, y };
}

function mismatch(shades: Shades, warp: Warp, u: number, v: number, most: number): number {
  let wrong = 0;
  for (let dv = -2; dv <= 2; dv++) {
    for (let du = -2; du <= 2; du++) {
      const [x, y] = warp(u + du, v + dv);
      const ring = Math.max(Math.abs(du), Math.abs(dv));
      if (shades.darkness(x, y) > 0 === (ring === 1) && ++wrong > most) return wrong;
    }
  }
  return wrong;
}

function readThrough(shades: Shades, kind: Kind, warp: Warp): Uint8Array | undefined {
  const size = sizeOf(kind);
  const looks = new Float32Array(size * size);
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) looks[y * size + x] = shades.darkness(...warp(x + 0.5, y + 0.5));
  }
  for (const sharper of SHARPER) {
    const modules = looks.map((look, at) => {
      const around =
        (looks[at - 1] ?? look) + (looks[at + 1] ?? look) + (looks[at - size] ?? look) + (looks[at + size] ?? look);
      return look - (sharper * around) / 4 > 0 ? 1 : 0;
    });
    const bytes = readModules(kind, modules);
    if (bytes) return bytes;
  }
  return undefined;
}

function readModules(kind: Kind, modules: ArrayLike<number>): Uint8Array | undefined {
  const { size, order } = layoutOf(kind);
  for (const places of formatPlaces(size)) {
    const told = places.reduce((sum, place, at) => sum | ((modules[place] as number) << at), 0);
    for (let mask = 0; mask < 8; mask++) {
      if (bitsIn(told ^ formatBits(kind.level, mask)) > MOST_FORMAT) continue;
      const unmasked = blank(kind, mask);
      const stands = new Uint8Array(order.length >> 3);
      for (let bit = 0; bit < 8 * stands.length; bit++) {
        const place = order[bit] as number;
        const value = (modules[place] as number) ^ (unmasked[place] as number);
        stands[bit >> 3] = ((stands[bit >> 3] as number) << 1) | value;
      }
      const data = gather(kind, stands);
      return data && contentOf(data);
    }
  }
  return undefined;
}

function bitsIn(value: number): number {
  let count = 0;
  for (let left = value; left; left &= left - 1) count++;
  return count;
}

/** What one byte segment holds; other ways to write text into a code carry no frames. */
function contentOf(data: Uint8Array): Uint8Array | undefined {
  const nibbles = (at: number): number => ((data[at] as number) << 4) & 255 | ((data[at + 1] as number) >> 4);
  const length = (nibbles(0) << 8) | nibbles(1);
  if ((data[0] as number) >> 4 !== 4 || length > data.length - 3) return undefined;
  return Uint8Array.from({ length }, (_, at) => nibbles(at + 2));
}
