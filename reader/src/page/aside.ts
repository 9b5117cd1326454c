/**
 * Codes are read and frames collected aside, in a worker made of this page's own code, so that neither a picture nor a
 * large parcel holds up whoever reads, or leaves. Rules: the worker has no other source than that code; where a browser
 * allows none, the page does the same work itself; what was asked first is answered first.
 */
import { readCode } from "../codes/reading";
import type { Pixels } from "../codes/shades";
import { Refusal } from "../edition/types";
import { Collector, type Progress } from "../frames/collector";
import { random } from "../post/sealing";
import { ownCode } from "./itself";

/** A picture, or a frame or anything else: on an open medium anybody sends. */
export type Asked = Uint8Array | Pixels;

export interface Outcome {
  /** The parcel that this completed. */
  readonly parcel: Uint8Array | undefined;
  /** Of the parcel that is nearest to its end. */
  readonly nearest: Progress | undefined;
  /** How many frames counted so far. */
  readonly frames: number;
}

type Answer = (asked: Asked) => Outcome;

function collecting(): Answer {
  const collector = new Collector(random);
  return (asked) => {
    let parcel: Uint8Array | undefined;
    try {
      const bytes = asked instanceof Uint8Array ? asked : readCode(asked);
      parcel = bytes && collector.add(bytes)?.parcel;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
    return { parcel, nearest: collector.progress()[0], frames: collector.frames };
  };
}

/** What this code does where it is run as a worker. */
export function serve(): void {
  const answer = collecting();
  const worker = self as unknown as Worker;
  worker.onmessage = ({ data }: MessageEvent<Asked>) => worker.postMessage(answer(data));
}

let worker: Worker | undefined;

/** A new collection; the one before it ends. */
export function aside(): (asked: Asked) => Promise<Outcome> {
  const waiting: { readonly asked: Asked; readonly done: (outcome: Outcome) => void }[] = [];
  let here: Answer | undefined;
  let begun = false;
  const instead = (): void => {
    worker?.terminate();
    here ??= collecting();
    for (const { asked, done } of waiting.splice(0)) done(here(asked));
  };
  const begin = (): void => {
    begun = true;
    worker?.terminate();
    try {
      const url = URL.createObjectURL(new Blob([ownCode()], { type: "text/javascript" }));
      worker = new Worker(url);
      worker.onmessage = ({ data }: MessageEvent<Outcome>) => {
        URL.revokeObjectURL(url);
        waiting.shift()?.done(data);
      };
      worker.onerror = instead;
    } catch {
      instead();
    }
  };
  return (asked) => {
    if (!begun) begin();
    return new Promise((done) => {
      if (here) return done(here(asked));
      waiting.push({ asked, done });
      worker?.postMessage(asked);
    });
  };
}
