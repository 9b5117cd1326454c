/**
 * The page begins: data, checks, first screen. Rules: nothing is shown before it has verified; what does not verify
 * takes
 * the whole screen and says what not to do.
 */
import { button } from "./dom";
import { Refusal } from "./edition/types";
import { fromBase64 } from "./page/base64";
import { serve } from "./page/aside";
import { readBundle } from "./page/bundle";
import { ownData } from "./page/itself";
import { watchForExit } from "./shell/exit";
import { watchForHiding } from "./sound/hush";
import { Reader } from "./shell/reader";
import { Shell, wholeScreen } from "./shell/shell";
import { day, directionOf, isSpoken, say, speak, speaking } from "./speech/speech";
import { showView } from "./views/views";

function begin(): void {
  watchForExit();
  watchForHiding();
  const root = document.getElementById("page");
  if (!root) return;
  const phone = navigator.languages ?? [navigator.language];
  speak(phone.map((one) => one.split("-")[0] ?? "").find(isSpoken) ?? "uk");
  document.documentElement.lang = speaking();
  document.documentElement.dir = directionOf(speaking());
  let reader: Reader;
  try {
    const data = fromBase64(ownData());
    if (!data?.length) return wholeScreen(root, say("empty.title"), [say("empty.words")]);
    reader = new Reader(readBundle(data), phone);
  } catch (error) {
    const damaged = error instanceof Refusal && error.reason !== "forged" && error.reason !== "other-publisher";
    return wholeScreen(
      root,
      say(damaged ? "damaged.title" : "forged.title"),
      damaged ? [say("damaged.words"), say("damaged.do")] : [say("forged.words"), say("forged.do")],
    );
  }
  open(reader, root);
}

/** An expired edition is shown only to somebody who has read that it is one. */
function open(reader: Reader, root: HTMLElement): void {
  if (!reader.expired || reader.readAnyway) {
    new Shell(reader, showView, root);
    return;
  }
  document.documentElement.lang = reader.language;
  document.documentElement.dir = directionOf(reader.language);
  const anyway = (place: "home" | "update") => (): void => {
    reader.readAnyway = true;
    open(reader, root);
    if (place === "update") reader.go({ view: "update" });
  };
  wholeScreen(
    root,
    say("expired.title", { date: day(new Date(reader.time * 1000)) }),
    [say("expired.words"), say("expired.do")],
    button(say("old.do"), anyway("update"), "first"),
    button(say("expired.anyway"), anyway("home")),
  );
}

if ("document" in globalThis) begin();
else serve();
