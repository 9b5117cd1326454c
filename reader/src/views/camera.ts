/** "From another screen": a camera, a video or a photo reads the codes that another phone shows, and what comes is checked. */
import { button, el, fill } from "../dom";
import { readLetters } from "../edition/letterbag";
import { LETTERS, openParcel } from "../edition/parcel";
import { Refusal } from "../edition/types";
import { Collector } from "../frames/collector";
import { Arrivals } from "../page/arrivals";
import { random } from "../post/sealing";
import { hasCamera, watchCamera, watchFile } from "../screen/watching";
import type { Reader } from "../shell/reader";
import { heading, type View } from "../shell/shell";
import { day, say } from "../speech/speech";
import { carriedPart } from "./carried";
import { filePicker } from "./fields";
import { refused } from "./update";

export function cameraView(reader: Reader): View {
  const collector = new Collector(random);
  const arrivals = new Arrivals();
  const video = el("video", { class: "sight", playsinline: true, "aria-label": say("camera.picture"), hidden: true });
  video.muted = true;
  const bar = el("progress", { "aria-label": say("camera.title"), hidden: true });
  const count = el("p", { class: "figures" });
  const status = el("p", { role: "status", class: "lead" });
  const letters = el("p", { role: "status", class: "lead" });
  const problem = el("p", { role: "alert", class: "problem" });
  const carried = carriedPart(reader);
  let close: (() => void) | undefined;

  const seen = (code: Uint8Array): void => {
    try {
      const arrived = collector.add(code);
      if (arrived) take(arrived.parcel);
    } catch (error) {
      // On a screen anybody may show anything: a code that is no frame is passed over.
      if (!(error instanceof Refusal)) throw error;
    }
    const [nearest] = collector.progress();
    bar.hidden = !nearest;
    fill(count, nearest ? say("camera.progress", { received: nearest.received, needed: nearest.needed }) : "");
    if (nearest) bar.value = nearest.received / nearest.needed;
  };
  const take = (parcel: Uint8Array): void => {
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
  const opening = button(say("camera.start"), () => (close ? close() : void open()), "first");
  const closed = (): void => {
    close = undefined;
    video.hidden = true;
    fill(opening, say("camera.start"));
  };
  const open = async (): Promise<void> => {
    fill(problem, "");
    video.hidden = false;
    try {
      close = await watchCamera(video, seen, closed);
      fill(opening, say("camera.stop"));
    } catch {
      closed();
      fill(problem, say("camera.denied"));
    }
  };
  const fromFiles = async (files: readonly File[]): Promise<void> => {
    fill(problem, "");
    close?.();
    video.hidden = false;
    for (const file of files) await watchFile(file, video, seen).catch(() => fill(problem, say("camera.strange")));
    video.hidden = true;
    if (!collector.frames) fill(problem, say("camera.nothing"));
  };
  return {
    heading: heading(say("camera.title")),
    content: [
      el("p", { class: "lead" }, say(hasCamera() ? "camera.words" : "camera.none")),
      el("div", { class: "screen" }, video),
      count,
      bar,
      status,
      letters,
      problem,
      hasCamera() && el("div", { class: "actions" }, opening),
      carried,
      filePicker(say("camera.file"), "video/*,image/*", true, (files) => void fromFiles(files)),
      el("p", { class: "hint" }, say("camera.file.hint")),
    ],
  };
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
