/** What Python's interop tests and the benchmark ask of the page's frames: JSON on standard input, JSON on standard output. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { Collector } from "../../src/frames/collector";
import { Cutter } from "../../src/frames/cutter";
import { hex, unhex } from "../letters/hex";

interface Request {
  readonly parcel?: string;
  readonly symbol: number;
  readonly repair: number;
  readonly frames?: readonly string[];
}

/** Cuts a parcel, or collects frames; says how many milliseconds it took, beside reading and writing. */
function answer(request: Request): unknown {
  if (request.parcel !== undefined) {
    const parcel = unhex(request.parcel);
    const started = performance.now();
    const frames = Array.from(new Cutter(parcel, request.symbol).frames(request.repair));
    const took = performance.now() - started;
    return { frames: frames.map(hex), took };
  }
  const frames = (request.frames ?? []).map(unhex);
  const started = performance.now();
  const collector = new Collector(randomBytes);
  for (const [at, frame] of frames.entries()) {
    const arrived = collector.add(frame);
    if (arrived) return { parcel: hex(arrived.parcel), used: at + 1, took: performance.now() - started };
  }
  return { parcel: null, used: frames.length, took: performance.now() - started };
}

const requests = JSON.parse(readFileSync(0, "utf8")) as Request[];
process.stdout.write(JSON.stringify(requests.map(answer)));
