/**
 * What the benchmark asks of the page's eyes: raw grey pictures on standard input (width, height and count as u32, then
 * the pixels), on standard output in JSON what each holds and the processor's milliseconds for all.
 */
import { readFileSync } from "node:fs";
import { readCode } from "../../src/codes/reading";
import { hex } from "../letters/hex";

const input = readFileSync(0);
const head = new DataView(Uint8Array.from(input.subarray(0, 12)).buffer);
const [width, height, count] = [0, 4, 8].map((at) => head.getUint32(at)) as [number, number, number];
const read: (string | null)[] = [];
let took = 0;
for (let number = 0; number < count; number++) {
  const grey = input.subarray(12 + number * width * height);
  const data = new Uint8ClampedArray(4 * width * height);
  for (let at = 0; at < width * height; at++) data.fill(grey[at] as number, 4 * at, 4 * at + 3);
  const before = process.cpuUsage();
  const bytes = readCode({ width, height, data });
  const after = process.cpuUsage(before);
  took += (after.user + after.system) / 1000;
  read.push(bytes ? hex(bytes) : null);
}
process.stdout.write(JSON.stringify({ read, took }));
