/**
 * Messages out of sound, as it comes (spec/sound.md). It holds the strengths of the tones of the longest message and no
 * sound. A start mark only says where to look: at each place around it and for each pace the first chunk is read as a
 * length, and what has a length is read whole once it has come. The end mark is not needed.
 */
import { correct } from "../codes/galois";
import { spectrum } from "./spectrum";
import {
  BINS,
  BLOCK,
  CHUNK,
  checkBytes,
  chunksOf,
  HEAD,
  LENGTH_CHECK,
  MARK,
  markBins,
  MOST_MESSAGE,
  PACES,
  type Pace,
  RATE,
} from "./tones";

const HOPS = 4; // a block
const HOP = BLOCK / HOPS;
const ROW = 2 * BINS;
const AROUND = 2 * HOPS; // hops before and after the place that the mark shows
const SETTLED = 4 * HOPS; // hops without a better place
const TOGETHER = 4; // blocks that are added up before their strength is taken
const CLEAR = 0.3; // how far a mark stands out: 1 is a mark alone, noise gives 0 and rarely 0.3
const MOST_WAITING = 1024;
const SLOWEST = PACES[0];
const HELD = (chunksOf(MOST_MESSAGE) * SLOWEST + 2 * MARK) * HOPS;
const START = markBins(false);

/** A message that may begin at `start`, counted in hops. */
interface Guess {
  readonly start: number;
  readonly pace: Pace;
  readonly length: number;
}

export class Hearing {
  private readonly ring = new Float32Array(BLOCK);
  private readonly rows = new Float32Array(HELD * ROW);
  private readonly step: number;
  private place = 0; // of the next sample drawn, after the last one given
  private last = 0;
  private count = 0; // samples drawn
  private hop = -1; // the newest row
  private best = { score: CLEAR, hop: 0 };
  private marks: number[] = [];
  private guesses: Guess[] = [];

  /** `rate`: of the samples that will come, a second. */
  constructor(rate: number) {
    this.step = rate / RATE;
  }

  /** The messages that these samples complete. */
  hear(samples: Float32Array): Uint8Array[] {
    const found: Uint8Array[] = [];
    for (const sample of samples) {
      // Drawn straight between samples: the ghosts of that lie above all tones.
      for (; this.place < 1; this.place += this.step) {
        this.ring[this.count++ % BLOCK] = this.last + (sample - this.last) * this.place;
        if (this.count % HOP === 0) this.listen(found);
      }
      this.place--;
      this.last = sample;
    }
    return found;
  }

  private listen(found: Uint8Array[]): void {
    this.hop++;
    const row = (this.hop % HELD) * ROW;
    spectrum(this.ring, this.count % BLOCK, this.rows.subarray(row, row + ROW));
    const score = this.mark();
    if (score > this.best.score) this.best = { score, hop: this.hop };
    else if (this.best.score > CLEAR && this.hop - this.best.hop > SETTLED) {
      this.marks.push(this.best.hop);
      this.best = { score: CLEAR, hop: 0 };
    }
    if (this.marks.length && this.hop >= (this.marks[0] as number) + AROUND + (SLOWEST + 1) * HOPS)
      this.guess((this.marks.shift() as number) + HOPS);
    for (const guess of this.guesses)
      if (this.hop === this.end(guess) && this.guesses.includes(guess)) this.read(guess, found);
    this.guesses = this.guesses.filter((guess) => this.end(guess) > this.hop);
  }

  private end({ start, pace, length }: Guess): number {
    return start + (chunksOf(length) * pace - 1) * HOPS;
  }

  /** How much stronger a start mark's tones are than the tones of an end mark, over the last MARK blocks: -1 to 1. */
  private mark(): number {
    let sum = 0;
    for (const bin of START) {
      let [own, other] = [0, 0];
      for (let group = 0; group < MARK; group += TOGETHER) {
        const first = this.hop - (group + TOGETHER - 1) * HOPS;
        own += this.strength(bin, first, TOGETHER);
        other += this.strength(bin ^ 1, first, TOGETHER);
      }
      sum += (own - other) / (own + other + 1e-12);
    }
    return sum / MARK;
  }

  /** Of one tone over blocks that follow one another: a tone goes on from block to block, noise does not. */
  private strength(bin: number, hop: number, blocks: number): number {
    let [re, im] = [0, 0];
    for (let block = 0, at = hop; block < blocks; block++, at += HOPS) {
      if (at < 0) continue;
      const row = (at % HELD) * ROW + bin;
      re += this.rows[row] as number;
      im += this.rows[row + BINS] as number;
    }
    return re * re + im * im;
  }

  private guess(start: number): void {
    for (const pace of PACES)
      for (let at = start - AROUND; at <= start + AROUND; at++) {
        const head = this.chunk(at, pace, skipped(pace));
        if (!correct(head, LENGTH_CHECK)) continue;
        const length = head[0] as number;
        const guess = { start: at, pace, length };
        if (length && length <= MOST_MESSAGE && this.end(guess) > this.hop) this.guesses.push(guess);
      }
    this.guesses.splice(0, this.guesses.length - MOST_WAITING);
  }

  private read(guess: Guess, found: Uint8Array[]): void {
    const { start, pace, length } = guess;
    // Echo: the first blocks of a chunk still hold the one before. Noise: the more blocks, the better.
    for (const skip of [skipped(pace), 0]) {
      const bytes = new Uint8Array(chunksOf(length) * CHUNK);
      for (let at = 0; at * CHUNK < bytes.length; at++)
        bytes.set(this.chunk(start + at * pace * HOPS, pace, skip), at * CHUNK);
      const word = bytes.subarray(HEAD, HEAD + length + checkBytes(length));
      if (!correct(word, checkBytes(length))) continue;
      found.push(word.slice(0, length));
      // What else was guessed around here was this message.
      this.guesses = this.guesses.filter((other) => Math.abs(other.start - start) > MARK * HOPS);
      return;
    }
  }

  /** Three bytes: of sixteen tones each, the strongest. */
  private chunk(hop: number, pace: Pace, skip: number): Uint8Array {
    const tone = (first: number): number => {
      let [most, found] = [-1, 0];
      for (let bin = 0; bin < 16; bin++) {
        const strength = this.strength(first + bin, hop + skip * HOPS, pace - skip);
        if (strength > most) [most, found] = [strength, bin];
      }
      return found;
    };
    return Uint8Array.from({ length: CHUNK }, (_, j) => tone(32 * j) | (tone(32 * j + 16) << 4));
  }
}

const skipped = (pace: Pace): number => Math.floor(pace / 3) - 1;
