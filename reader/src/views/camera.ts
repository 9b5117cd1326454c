/** "From another screen": a camera, a video or a photo reads the codes that another phone shows, and what comes is checked. */
import { button, el, fill } from "../dom";
import { hasCamera, watchCamera, watchFile } from "../screen/watching";
import type { Reader } from "../shell/reader";
import { heading, type View } from "../shell/shell";
import { say } from "../speech/speech";
import { arriving } from "./arriving";
import { filePicker } from "./fields";

export function cameraView(reader: Reader): View {
  const arrives = arriving(reader, say("camera.title"));
  const { take: seen, problem } = arrives;
  const video = el("video", { class: "sight", playsinline: true, "aria-label": say("camera.picture"), hidden: true });
  video.muted = true;
  let close: (() => void) | undefined;
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
      // Whoever left while the browser was asking is not looked at.
      if (!video.isConnected) close();
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
    if (!(await arrives.anything())) fill(problem, say("camera.nothing"));
  };
  return {
    gone: arrives.end,
    heading: heading(say("camera.title")),
    content: [
      el("p", { class: "lead" }, say(hasCamera() ? "camera.words" : "camera.none")),
      el("div", { class: "screen" }, video),
      ...arrives.parts,
      hasCamera() && el("div", { class: "actions" }, opening),
      arrives.carried,
      filePicker(say("camera.file"), "video/*,image/*", true, (files) => void fromFiles(files)),
      el("p", { class: "hint" }, say("camera.file.hint")),
    ],
  };
}
