/** A newer edition: from the site, from files, or out of a neighbour's newer page. */
import { button, el } from "../dom";
import { type Library, Refusal } from "../edition/types";
import { updateFromFiles } from "../page/updates";
import { visit } from "../page/visit";
import { sealDecoy } from "../post/sealing";
import type { Reader } from "../shell/reader";
import { heading, type View } from "../shell/shell";
import { day, say } from "../speech/speech";
import { filePicker } from "./fields";
import { Status } from "./status";

const MOST_FILES = 64;

export function updateView(reader: Reader): View {
  const status = new Status();
  const bar = el("progress", { "aria-label": say("update.title"), hidden: true });
  const took = (library: Library): void => {
    reader.take(library);
    // The views were made anew: say it where the person is now.
    const date = day(new Date(library.edition.time * 1000), new Date());
    reader.go({ view: "home" });
    reader.announce(say("update.done", { date }));
  };
  const fromSite = async (): Promise<void> => {
    // Each look sends a decoy along: who taps again on a slow line would send more of them than others do.
    if (bar.hidden === false) return;
    bar.removeAttribute("value");
    bar.hidden = false;
    status.goes(say("update.looking"));
    try {
      const { looked } = visit(reader, sealDecoy(reader.edition), undefined, (part) => (bar.value = part));
      const { outcome, library } = await looked;
      if (outcome === "newer") took(library);
      else if (outcome === "unreachable") status.fails(say("update.unreachable"));
      else status.goes(say("update.none"));
    } catch (error) {
      status.fails(refused(error));
    }
    bar.hidden = true;
  };
  const fromFiles = async (files: readonly File[]): Promise<void> => {
    try {
      const read = await Promise.all(
        files.slice(0, MOST_FILES).map(async (file) => new Uint8Array(await file.arrayBuffer())),
      );
      const library = updateFromFiles(reader.library, read);
      if (library === reader.library) status.goes(say("update.none"));
      else took(library);
    } catch (error) {
      status.fails(refused(error));
    }
  };
  const date = day(new Date(reader.time * 1000), new Date());
  return {
    heading: heading(say("update.title")),
    content: [
      el("p", { class: "lead" }, say("update.words", { date })),
      reader.sites().length > 0 &&
        el(
          "div",
          { class: "actions" },
          button(say("update.site"), () => void fromSite(), "first"),
          el("p", { class: "hint" }, say("update.site.hint")),
        ),
      filePicker(say("update.file"), "", true, (files) => void fromFiles(files)),
      el("p", { class: "hint" }, say("update.file.hint")),
      el(
        "div",
        { class: "actions" },
        button(say("camera.title"), () => reader.go({ view: "camera" })),
        el("p", { class: "hint" }, say("camera.hint")),
        button(say("listen.title"), () => reader.go({ view: "listen" })),
        el("p", { class: "hint" }, say("listen.hint")),
      ),
      bar,
      status.node,
    ],
  };
}

/** What was wrong with something that came in, and what to do now. */
export function refused(error: unknown): string {
  const reason = error instanceof Refusal ? error.reason : "unknown";
  return say(`refused.${reason}`);
}
