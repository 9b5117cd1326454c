/** "Listen": a microphone, or a recording, hears the tones that somebody plays, and what comes is checked. */
import { button, el, fill } from "../dom";
import type { Reader } from "../shell/reader";
import { heading, type View } from "../shell/shell";
import { hush } from "../sound/hush";
import { hasMicrophone, hearFile, listen } from "../sound/microphone";
import { say } from "../speech/speech";
import { arriving } from "./arriving";
import { filePicker } from "./fields";

export function listenView(reader: Reader): View {
  const arrives = arriving(reader, say("listen.title"));
  const { problem } = arrives;
  const heard = (bytes: Uint8Array): void => void arrives.take(bytes);
  let open = false;
  const opening = button(say("listen.start"), () => (open ? hush() : void begin()), "first");
  const begin = async (): Promise<void> => {
    fill(problem, "");
    try {
      await listen(heard, () => {
        open = false;
        fill(opening, say("listen.start"));
      });
      open = true;
      fill(opening, say("listen.stop"));
      // Whoever left while the browser was asking is not listened to.
      if (!opening.isConnected) hush();
    } catch {
      fill(problem, say("listen.denied"));
    }
  };
  const fromFiles = async (files: readonly File[]): Promise<void> => {
    fill(problem, "");
    hush();
    for (const file of files) await hearFile(file, heard).catch(() => fill(problem, say("listen.strange")));
    if (!(await arrives.anything())) fill(problem, say("listen.nothing"));
  };
  return {
    gone: arrives.end,
    heading: heading(say("listen.title")),
    content: [
      el("p", { class: "lead" }, say(hasMicrophone() ? "listen.words" : "listen.none")),
      hasMicrophone() && el("div", { class: "actions" }, opening),
      ...arrives.parts,
      arrives.carried,
      filePicker(say("listen.file"), "audio/*", true, (files) => void fromFiles(files)),
      el("p", { class: "hint" }, say("listen.file.hint")),
    ],
  };
}
