/** The strengths of the tones in one block of sound: a Fourier transform of BLOCK real samples, as one of half as many. */
import { BINS, BLOCK, FIRST_BIN } from "./tones";

const HALF = BLOCK / 2;
const COS = Float64Array.from({ length: HALF }, (_, i) => Math.cos((2 * Math.PI * i) / BLOCK));
const SIN = Float64Array.from({ length: HALF }, (_, i) => -Math.sin((2 * Math.PI * i) / BLOCK));
const MIRRORED = Uint16Array.from({ length: HALF }, (_, i) => {
  let mirrored = 0;
  for (let bit = 1; bit < HALF; bit *= 2) mirrored = 2 * mirrored + (i & bit ? 1 : 0);
  return mirrored;
});
const re = new Float64Array(HALF);
const im = new Float64Array(HALF);

/** BINS complex values from FIRST_BIN on: the real parts, then the imaginary ones. `at`: the first sample of a ring. */
export function spectrum(ring: Float32Array, at: number, into: Float32Array): void {
  for (let i = 0; i < HALF; i++) {
    const from = at + 2 * MIRRORED[i]!;
    re[i] = ring[from % BLOCK]!;
    im[i] = ring[(from + 1) % BLOCK]!;
  }
  for (let size = 1; size < HALF; size *= 2) {
    const step = HALF / size; // of the angles, which are of BLOCK
    for (let start = 0; start < HALF; start += 2 * size)
      for (let i = start, turn = 0; i < start + size; i++, turn += step) {
        const [c, s] = [COS[turn]!, SIN[turn]!];
        const [x, y] = [re[i + size]! * c - im[i + size]! * s, re[i + size]! * s + im[i + size]! * c];
        re[i + size] = re[i]! - x;
        im[i + size] = im[i]! - y;
        re[i]! += x;
        im[i]! += y;
      }
  }
  // Even and odd samples were one complex number each: take them apart, and put them together as one transform.
  for (let bin = 0; bin < BINS; bin++) {
    const k = FIRST_BIN + bin;
    const [a, b, c, d] = [re[k]!, im[k]!, re[HALF - k]!, im[HALF - k]!];
    const [oddRe, oddIm] = [(b + d) / 2, (c - a) / 2];
    into[bin] = (a + c) / 2 + oddRe * COS[k]! - oddIm * SIN[k]!;
    into[BINS + bin] = (b - d) / 2 + oddRe * SIN[k]! + oddIm * COS[k]!;
  }
}
