/** What comes in one way, frame by frame: how far it is, what it was, and letters of others to carry on. */
import { el, fill } from "../dom";
import { readLetters } from "../edition/letterbag";
import { LETTERS, openParcel } from "../edition/parcel";
import { Arrivals } from "../page/arrivals";
import { aside, type Asked } from "../page/aside";
import type { Reader } from "../shell/reader";
import { day, say } from "../speech/speech";
import { carriedPart } from "./carried";
import { refused } from "./update";

export interface Arriving {
  /** Takes a picture or a frame, one after the other. */
  readonly take: (asked: Asked) => Promise<void>;
  readonly parts: readonly Node[];
  /** Letters of others that are here. */
  readonly carried: HTMLElement;
  readonly problem: HTMLElement;
  /** Whether any frame came, or something is said already about what did not. */
  readonly anything: () => Promise<boolean>;
  /** Nobody can come back to this. */
  readonly end: () => void;
}

export function arriving(reader: Reader, name: string): Arriving {
  const { ask, end } = aside();
  const arrivals = new Arrivals();
  const bar = el("progress", { "aria-label": name, hidden: true });
  const count = el("p", { class: "figures" });
  const status = el("p", { role: "status", class: "lead" });
  const letters = el("p", { role: "status", class: "lead" });
  const problem = el("p", { role: "alert", class: "problem" });
  const carried = carriedPart(reader);

  const whole = (parcel: Uint8Array): void => {
    try {
      const bag = lettersIn(parcel);
      if (bag) {
        reader.carried.take(bag);
        carriedPart(reader, carried);
        fill(letters, say("camera.letters"));
        return;
      }
      const before = reader.library;
      const library = arrivals.take(before, parcel);
      if (library === before) {
        if (!status.textContent) fill(status, say("update.none"));
        return;
      }
      reader.take(library, true);
      fill(status, say("update.done", { date: day(new Date(library.edition.time * 1000), new Date()) }));
      fill(problem, "");
    } catch (error) {
      fill(problem, refused(error));
    }
  };
  let came = 0;
  let last: Promise<void> | undefined;
  const take = (asked: Asked): Promise<void> => (last = taken(asked));
  const taken = async (asked: Asked): Promise<void> => {
    const { parcel, nearest, frames } = await ask(asked);
    came = frames;
    if (parcel) whole(parcel);
    bar.hidden = !nearest;
    fill(count, nearest ? say("camera.progress", { received: nearest.received, needed: nearest.needed }) : "");
    if (nearest) bar.value = nearest.received / nearest.needed;
  };
  const anything = async (): Promise<boolean> => {
    await last;
    return came > 0 || !!problem.textContent;
  };
  return { take, parts: [count, bar, status, letters, problem], carried, problem, anything, end };
}

/** Undefined where the parcel holds anything but letters. Throws Refusal for letters that are none. */
function lettersIn(parcel: Uint8Array): Uint8Array[] | undefined {
  let opened: ReturnType<typeof openParcel>;
  try {
    opened = openParcel(parcel);
  } catch {
    return undefined; // whoever takes it says why not
  }
  return opened.kind === LETTERS ? readLetters(opened.body) : undefined;
}
