/** What a camera sees of a code: from aside, out of focus, in uneven light, with noise. The same for the same seed. */
import { type Kind, sizeOf } from "../../src/codes/layout";
import type { Pixels } from "../../src/codes/shades";
import { codeOf, QUIET_ZONE } from "../../src/codes/writing";

export interface View {
  readonly width: number;
  readonly height: number;
  /** How much of the picture's height the code takes. */
  readonly part: number;
  /** In degrees: turned in the picture's plane, tipped back, turned aside. */
  readonly roll: number;
  readonly tilt: number;
  readonly yaw: number;
  /** In pixels: the radius of what a point becomes. */
  readonly blur: number;
  /** In steps of 255: the spread of what is added to each pixel. */
  readonly noise: number;
  /** The light at the left edge beside that at the right. */
  readonly shade: number;
}

export const STRAIGHT: View = {
  width: 720,
  height: 720,
  part: 0.8,
  roll: 0,
  tilt: 0,
  yaw: 0,
  blur: 0,
  noise: 0,
  shade: 1,
};

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function numbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Of the picture's height: how far away the camera stands when the code is upright. */
const AWAY = 2.2;

export function photograph(kind: Kind, bytes: Uint8Array, view: View, seed = 1): Pixels {
  const size = sizeOf(kind);
  const modules = codeOf(kind, bytes);
  const side = size + 2 * QUIET_ZONE;
  const { width, height } = view;
  const random = numbers(seed);
  const shown = (u: number, v: number): number => {
    const [x, y] = [Math.floor(u * side) - QUIET_ZONE, Math.floor(v * side) - QUIET_ZONE];
    if (u < 0 || v < 0 || u >= 1 || v >= 1) return 60;
    return x >= 0 && y >= 0 && x < size && y < size && modules[y * size + x] ? 25 : 230;
  };
  const [roll, tilt, yaw] = [view.roll, view.tilt, view.yaw].map((angle) => (angle * Math.PI) / 180) as [number, number, number];
  // The code's plane in space: its two axes after the three turns.
  const turn = ([x, y, z]: [number, number, number]): [number, number, number] => {
    const [a, b] = [x * Math.cos(roll) - y * Math.sin(roll), x * Math.sin(roll) + y * Math.cos(roll)];
    const [c, d] = [b * Math.cos(tilt) - z * Math.sin(tilt), b * Math.sin(tilt) + z * Math.cos(tilt)];
    return [a * Math.cos(yaw) + d * Math.sin(yaw), c, d * Math.cos(yaw) - a * Math.sin(yaw)];
  };
  const [across, down] = [turn([1, 0, 0]), turn([0, 1, 0])];
  const normal = [
    across[1] * down[2] - across[2] * down[1],
    across[2] * down[0] - across[0] * down[2],
    across[0] * down[1] - across[1] * down[0],
  ] as const;
  let light: Float32Array = new Float32Array(width * height);
  const FINE = 3;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let sub = 0; sub < FINE * FINE; sub++) {
        const px = (x + ((sub % FINE) + 0.5) / FINE - width / 2) / height;
        const py = (y + (Math.floor(sub / FINE) + 0.5) / FINE - height / 2) / height;
        // The ray through this pixel meets the plane, which stands AWAY from the eye.
        const reach = (normal[2] * AWAY) / (normal[0] * px + normal[1] * py + normal[2] * AWAY);
        const hit = [px * reach, py * reach, AWAY * reach - AWAY] as const;
        const along = (axis: readonly number[]): number =>
          (hit[0] * (axis[0] as number) + hit[1] * (axis[1] as number) + hit[2] * (axis[2] as number)) / view.part + 0.5;
        sum += shown(along(across), along(down));
      }
      light[y * width + x] = (sum / FINE ** 2) * (view.shade + ((1 - view.shade) * x) / width);
    }
  }
  // Two passes of a box are near to a lens out of focus.
  for (let pass = 0; pass < 2; pass++) light = blurred(blurred(light, width, 1, view.blur), width, width, view.blur);
  const data = new Uint8ClampedArray(4 * width * height);
  light.forEach((value, at) => {
    const noise = (random() + random() + random() - 1.5) * 2 * view.noise;
    data.fill(value + noise, 4 * at, 4 * at + 3);
    data[4 * at + 3] = 255;
  });
  return { width, height, data };
}

function blurred(light: Float32Array, width: number, step: number, radius: number): Float32Array {
  if (!radius) return light;
  const whole = Math.floor(radius);
  const rest = radius - whole;
  return light.map((value, at) => {
    let sum = value;
    const pixel = (far: number): number => {
      const same = step === 1 ? Math.floor((at + far) / width) === Math.floor(at / width) : true;
      return same ? (light[at + far * step] ?? value) : value;
    };
    for (let far = 1; far <= whole; far++) sum += pixel(far) + pixel(-far);
    sum += rest * (pixel(whole + 1) + pixel(-whole - 1));
    return sum / (1 + 2 * radius);
  });
}
