/** Messages as sound (spec/sound.md): what ggwave's audible protocols send, sample by sample. */
import { parityOf } from "../codes/galois";

export const RATE = 48_000; // samples a second
export const BLOCK = 1024; // samples
export const MARK = 16; // blocks, and tones
export const FIRST_BIN = 40;
export const BINS = 96;
export const CHUNK = 3; // bytes
export const MOST_MESSAGE = 140; // bytes
export const LENGTH_CHECK = 2; // bytes
export const HEAD = 1 + LENGTH_CHECK;
/** Blocks a chunk: slow, normal, fast. */
export const PACES = [9, 6, 3] as const;
export type Pace = (typeof PACES)[number];

const FADE = 0.15;
const STRENGTH = 0.5;

/** How many check bytes follow a payload. */
export const checkBytes = (length: number): number => (length < 4 ? 2 : Math.max(4, 2 * Math.floor(length / 5)));

/** Chunks of a whole message. */
export const chunksOf = (length: number): number => Math.ceil((HEAD + length + checkBytes(length)) / CHUNK);

/** The bins of a mark above the first: tone i at 2 i, and one more at every other tone. */
export const markBins = (end: boolean): number[] => Array.from({ length: MARK }, (_, i) => 2 * i + ((i & 1) ^ (end ? 1 : 0)));

/** A message of 1 to MOST_MESSAGE bytes, RATE samples a second, within -0.5 to 0.5. Throws RangeError. */
export function tones(message: Uint8Array, pace: Pace): Float32Array {
  if (!message.length || message.length > MOST_MESSAGE) throw new RangeError(`a message of ${message.length} bytes`);
  const chunks = chunksOf(message.length);
  const bytes = new Uint8Array(chunks * CHUNK);
  const length = Uint8Array.of(message.length);
  bytes.set(length);
  bytes.set(parityOf(length, LENGTH_CHECK), 1);
  bytes.set(message, HEAD);
  bytes.set(parityOf(message, checkBytes(message.length)), HEAD + message.length);
  const sound = new Float32Array((2 * MARK + chunks * pace) * BLOCK);
  let at = 0;
  const lay = (bins: readonly number[], blocks: number): void => {
    chord(sound.subarray(at, (at += blocks * BLOCK)), bins);
  };
  lay(markBins(false), MARK);
  for (let chunk = 0; chunk < chunks; chunk++) {
    const own = bytes.subarray(chunk * CHUNK, (chunk + 1) * CHUNK);
    lay(
      Array.from(own).flatMap((byte, j) => [32 * j + (byte & 15), 32 * j + 16 + (byte >> 4)]),
      pace,
    );
  }
  lay(markBins(true), MARK);
  return sound;
}

/** Sines of one strength together, fading in and out. Every tone repeats after a block: one block is computed. */
function chord(into: Float32Array, bins: readonly number[]): void {
  const block = new Float32Array(BLOCK);
  for (const bin of bins)
    for (let i = 0; i < BLOCK; i++)
      block[i]! += Math.sin((2 * Math.PI * i * (FIRST_BIN + bin)) / BLOCK + (Math.PI * (bin >> 1)) / 24);
  const fade = FADE * into.length;
  for (let i = 0; i < into.length; i++)
    into[i] = ((STRENGTH / bins.length) * block[i % BLOCK]! * Math.min(fade, i, into.length - i)) / fade;
}
