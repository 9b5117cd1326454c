/** Other people's sealed letters that came over: sent on, saved, or shown to the next phone. */
import { button, download, el, fill } from "../dom";
import { writeLetters } from "../edition/letterbag";
import { NARROW_SIZE } from "../letters/narrow";
import { sendLetter } from "../post/postbox";
import type { Reader } from "../shell/reader";
import { say } from "../speech/speech";
import { playButton } from "./play";
import { fileName, MOST_BY_SOUND } from "./send";
import { Status } from "./status";

/** By sound, in bytes: short letters, and apart from them usual ones, which take six minutes each; larger ones take hours. */
const BY_SOUND = [NARROW_SIZE, MOST_BY_SOUND];

/** Empty where there are none; redraws itself when called again with the same place, and says then what failed. */
export function carriedPart(reader: Reader, place = el("section", { class: "carried" }), failed = ""): HTMLElement {
  const { carried } = reader;
  const letters = carried.all;
  place.hidden = !letters.length;
  const status = new Status();
  status.fails(failed);
  const postboxes = reader.postboxes();
  const send = async (): Promise<void> => {
    status.goes(say("send.going"));
    for (const letter of letters) {
      if (!(await sendLetter(postboxes, letter))) {
        carriedPart(reader, place, say("send.failed"));
        return;
      }
      carried.drop(letter);
    }
    carriedPart(reader, place);
    reader.announce(say("carried.sent"));
  };
  const save = (): void => {
    // One letter a file: that is what a postbox and an office take from a stick.
    for (const letter of letters) download(letter, fileName(), "application/octet-stream");
    status.goes(say("saved.words"));
  };
  fill(
    place,
    el("h2", {}, say("carried.title", { n: letters.length })),
    el("p", {}, say("carried.words")),
    el(
      "div",
      { class: "actions" },
      postboxes.length > 0 && button(say("send.now"), () => void send()),
      button(say("pass.save"), save),
      button(say("show.title"), () => reader.go({ view: "show", parcels: [writeLetters(letters)] })),
      BY_SOUND.map((size) => letters.filter((letter) => letter.length === size))
        .filter((some) => some.length)
        .map((some) => playButton(reader, writeLetters(some))),
    ),
    status.node,
  );
  return place;
}
