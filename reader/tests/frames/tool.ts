/** What Python's interop tests ask of the page's frames: JSON on standard input, JSON on standard output. */
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { Collector } from "../../src/frames/collector";
import { Cutter } from "../../src/frames/cutter";
import { hex, unhex } from "../letters/hex";

interface Request {
  readonly parcel?: string;
  readonly symbol: number;
  readonly repair: number;
  /** Of the first block, instead of all source symbols and `repair` others. */
  readonly numbers?: readonly number[];
  readonly frames?: readonly string[];
}

/** Cuts a parcel, or collects frames. */
function answer(request: Request): unknown {
  if (request.parcel !== undefined) {
    const parcel = unhex(request.parcel);
    const cutter = new Cutter(parcel, request.symbol);
    const frames = request.numbers?.map((number) => cutter.frame(0, number)) ?? Array.from(cutter.frames(request.repair));
    return { frames: frames.map(hex) };
  }
  const frames = (request.frames ?? []).map(unhex);
  const collector = new Collector(randomBytes);
  for (const frame of frames) {
    const arrived = collector.add(frame);
    if (arrived) return { parcel: hex(arrived.parcel) };
  }
  return { parcel: null };
}

const requests = JSON.parse(readFileSync(0, "utf8")) as Request[];
process.stdout.write(JSON.stringify(requests.map(answer)));
