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

export interface Aside {
  readonly ask: (asked: Asked) => Promise<Outcome>;
  /** Ends the worker. Whatever still waits comes to nothing, and so does what is asked from now on. */
  readonly end: () => void;
}

/** A worker that has not answered once by then never will. */
const MOST_SILENT_MS = 20_000;
const NOTHING: Outcome = { parcel: undefined, nearest: undefined, frames: 0 };

/** A new collection, which begins with what is asked first. */
export function aside(): Aside {
  const waiting: { readonly asked: Asked; readonly done: (outcome: Outcome) => void }[] = [];
  let worker: Worker | undefined;
  let quit = (): void => undefined;
  let here: Answer | undefined;
  const goOn = (answer: Answer): void => {
    quit();
    here = answer;
    for (const { asked, done } of waiting.splice(0)) done(answer(asked));
  };
  const instead = (): void => goOn(collecting());
  const begin = (): void => {
    const url = URL.createObjectURL(new Blob([ownCode()], { type: "text/javascript" }));
    const silent = setTimeout(instead, MOST_SILENT_MS);
    const begun = (): void => {
      clearTimeout(silent);
      URL.revokeObjectURL(url);
    };
    quit = () => {
      begun();
      worker?.terminate();
    };
    try {
      worker = new Worker(url);
      worker.onmessage = ({ data }: MessageEvent<Outcome>) => {
        begun();
        waiting.shift()?.done(data);
      };
      worker.onerror = instead;
    } catch {
      instead();
    }
  };
  return {
    ask: (asked) =>
      new Promise((done) => {
        if (!here && !worker) begin();
        if (here) return done(here(asked));
        waiting.push({ asked, done });
        try {
          worker?.postMessage(asked);
        } catch {
          instead();
        }
      }),
    end: () => goOn(() => NOTHING),
  };
}
