/** What the benchmark runs inside a browser and in node: a parcel cut, half of its frames lost, and collected again. */
import { Collector } from "../../src/frames/collector";
import { Cutter } from "../../src/frames/cutter";

/** Milliseconds for all symbols and as much repair, and for collecting K and a few of them in which half the source is lost. */
function measure(length: number, symbol: number, clock = (): number => performance.now()): { cut: number; collected: number } {
  const parcel = new Uint8Array(length);
  for (let at = 0; at < length; at += 4096) crypto.getRandomValues(parcel.subarray(at, at + 4096));
  const started = clock();
  const cutter = new Cutter(parcel, symbol);
  const frames = Array.from(cutter.frames(cutter.split.count));
  const cut = clock();
  const collector = new Collector((bytes) => crypto.getRandomValues(new Uint8Array(bytes)));
  for (const [at, frame] of frames.entries()) {
    if (at % 2 && collector.add(frame)) return { cut: cut - started, collected: clock() - cut };
  }
  // All that is left are the other frames; a few more are needed at most.
  for (const frame of frames) if (collector.add(frame)) return { cut: cut - started, collected: clock() - cut };
  throw new Error("the parcel did not arrive");
}

(globalThis as { measureFrames?: typeof measure }).measureFrames = measure;
