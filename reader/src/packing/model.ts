/**
 * A small predictor of bits, for packing word lists and the page's strings: several contexts each give odds, a mixer
 * weighs them, a range coder turns surprise into bytes. Rules: whole numbers and IEEE additions and multiplications
 * only,
 * so that every browser decodes what the build encoded.
 */

const BITS = 19; // slots of all contexts together: 2^19, some 3 MB
const RATE_FLOOR = 1 / 60;
const LAST_RATE = 58;
const RATES = Float64Array.from({ length: LAST_RATE }, (_, times) => 1 / (times + 1.6));

/** ln(p / (1 - p)) and back, by table; the ends are ±8. */
const SQUASH = new Float64Array(4096);
const STRETCH = new Float64Array(4096);
for (let at = 0; at < 4096; at++) {
  // e^x as (1 + x/4096)^4096: multiplications only, hence the same everywhere.
  let power = 1 + (at - 2048) / 256 / 4096;
  for (let square = 0; square < 12; square++) power *= power;
  SQUASH[at] = power / (1 + power);
}
for (let at = 0, from = 0; at < 4096; at++) {
  while (from < 4095 && (SQUASH[from] as number) * 4096 < at + 0.5) from++;
  STRETCH[at] = (from - 2048) / 256;
}

const squash = (x: number): number => SQUASH[Math.max(0, Math.min(4095, Math.floor(x * 256) + 2048))] as number;

export class Model {
  private readonly odds = new Float32Array(1 << BITS).fill(0.5);
  private readonly seen = new Uint8Array(1 << BITS);
  private readonly slots: Int32Array;
  private readonly inputs: Float64Array;
  private readonly weights: Float64Array;
  private readonly roots: Int32Array;
  private mixer = 0;
  private guess = 0.5;

  /** `contexts` for each bit, `mixers` to choose from. */
  constructor(
    private readonly contexts: number,
    mixers: number,
    private readonly learning: number,
  ) {
    this.slots = new Int32Array(contexts);
    this.roots = new Int32Array(contexts);
    this.inputs = new Float64Array(contexts * 2);
    this.weights = new Float64Array(mixers * contexts * 2).fill(0.3);
  }

  /** What the next symbol stands in: a number for context `at`. */
  place(at: number, context: number): void {
    this.roots[at] = Math.imul(context + Math.imul(at + 1, 0x9e3779b1), 0x2c1b3c6d);
  }

  /** The chance of a one. `node`: the bits of the symbol so far; `mixer`: which weights. */
  predict(node: number, mixer: number): number {
    const { contexts, roots, slots, seen, odds, inputs, weights } = this;
    const from = (this.mixer = mixer * contexts * 2);
    const salt = Math.imul(node, 0x3c6ef372);
    let sum = 0;
    for (let at = 0; at < contexts; at++) {
      const slot = Math.imul((roots[at] as number) ^ salt, 0x297a2d39) >>> (32 - BITS);
      slots[at] = slot;
      const times = seen[slot] as number;
      let [plain, trusted] = [0, 0];
      if (times) {
        const chance = odds[slot] as number;
        plain = STRETCH[(chance * 4096) | 0] as number;
        trusted = ((chance - 0.5) * 4 * times) / (times + 1.5);
      }
      inputs[2 * at] = plain;
      inputs[2 * at + 1] = trusted;
      sum += plain * (weights[from + 2 * at] as number) + trusted * (weights[from + 2 * at + 1] as number);
    }
    this.guess = Math.min(0.9997, Math.max(0.0003, squash(sum)));
    return this.guess;
  }

  learn(bit: number): void {
    const { contexts, slots, seen, odds, inputs, weights, mixer } = this;
    const error = (bit - this.guess) * this.learning;
    for (let at = 0; at < contexts * 2; at++) {
      weights[mixer + at] = (weights[mixer + at] as number) + error * (inputs[at] as number);
    }
    for (let at = 0; at < contexts; at++) {
      const slot = slots[at] as number;
      const times = seen[slot] as number;
      const chance = odds[slot] as number;
      const rate = times < LAST_RATE ? (RATES[times] as number) : RATE_FLOOR;
      odds[slot] = Math.min(0.9998, Math.max(0.0001, chance + (bit - chance) * rate));
      if (times < 255) seen[slot] = times + 1;
    }
  }
}
