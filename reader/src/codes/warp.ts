/** From a code's modules to a picture's pixels: a plane seen from anywhere (eight numbers, fitted to known points). */

export interface Known {
  /** In modules, from the code's corner. */
  readonly u: number;
  readonly v: number;
  /** In pixels. */
  readonly x: number;
  readonly y: number;
}

export type Warp = (u: number, v: number) => readonly [x: number, y: number];

/** The warp that fits best, by least squares. Three points tell size and turn, four and more perspective too. */
export function fit(points: readonly Known[]): Warp | undefined {
  const flat = points.length < 4;
  const count = flat ? 6 : 8;
  const normal = Array.from({ length: count }, () => new Float64Array(count + 1));
  const add = (equation: readonly number[]): void => {
    for (let row = 0; row < count; row++) {
      const line = normal[row] as Float64Array;
      for (let at = 0; at < count; at++) {
        line[at] = (line[at] as number) + (equation[row] as number) * (equation[at] as number);
      }
      line[count] = (line[count] as number) + (equation[row] as number) * (equation[8] as number);
    }
  };
  // Small numbers keep the equations well balanced.
  const scale = 64;
  for (const { u: us, v: vs, x: xs, y: ys } of points) {
    const [u, v, x, y] = [us / scale, vs / scale, xs / scale, ys / scale];
    add([u, v, 1, 0, 0, 0, -u * x, -v * x, x]);
    add([0, 0, 0, u, v, 1, -u * y, -v * y, y]);
  }
  const found = solve(normal);
  if (!found) return undefined;
  const [a, b, c, d, e, f, g = 0, h = 0] = found as [number, number, number, number, number, number, number?, number?];
  return (us, vs) => {
    const [u, v] = [us / scale, vs / scale];
    const far = (g * u + h * v + 1) / scale;
    return [(a * u + b * v + c) / far, (d * u + e * v + f) / far];
  };
}

/** Gauss with pivots; undefined where the equations do not determine the answer. */
function solve(rows: Float64Array[]): number[] | undefined {
  const count = rows.length;
  for (let place = 0; place < count; place++) {
    let best = place;
    for (let row = place; row < count; row++) {
      if (Math.abs((rows[row] as Float64Array)[place] as number) > Math.abs((rows[best] as Float64Array)[place] as number)) best = row;
    }
    const pivot = rows[best] as Float64Array;
    rows[best] = rows[place] as Float64Array;
    rows[place] = pivot;
    const lead = pivot[place] as number;
    if (Math.abs(lead) < 1e-9) return undefined;
    for (const [at, row] of rows.entries()) {
      if (at === place) continue;
      const factor = (row[place] as number) / lead;
      for (let column = place; column <= count; column++) {
        row[column] = (row[column] as number) - factor * (pivot[column] as number);
      }
    }
  }
  return rows.map((row, at) => (row[count] as number) / (row[at] as number));
}
