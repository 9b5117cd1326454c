/** "Play as sound": a small parcel as tones, for another phone's microphone or a recorder. */
import { button, el, fill } from "../dom";
import { carousel } from "../screen/carousel";
import type { Place, Reader } from "../shell/reader";
import { heading, type View } from "../shell/shell";
import { hush } from "../sound/hush";
import { framing, play, secondsOf } from "../sound/loudspeaker";
import { say } from "../speech/speech";
import { ending } from "./ending";
import { choice } from "./fields";

const MINUTE = 60; // seconds
/** Two frames beyond what is needed make up for one that a cough spoilt. */
const SPARE = 2;

/** How long it takes to play a parcel once. */
export function playingTime(parcel: Uint8Array): string {
  const { count, frame } = framing(parcel.length);
  const seconds = Math.ceil(count * secondsOf(frame));
  return seconds < MINUTE ? say("seconds", { n: seconds }) : say("minutes", { n: Math.ceil(seconds / MINUTE) });
}

/** Leads to a parcel's playing, and says how long that takes. */
export const playButton = (reader: Reader, parcel: Uint8Array): Node =>
  button(`${say("play.title")} · ${playingTime(parcel)}`, () => reader.go({ view: "play", parcel }));

/** A parcel's frames without end, and how many are needed. */
function cut(parcel: Uint8Array): [Iterator<Uint8Array>, number] {
  const { count, frame } = framing(parcel.length);
  return [carousel([parcel], frame), count];
}

export function playView({ parcel, narrow, hasWords }: Extract<Place, { view: "play" }>): View {
  let [frames, count] = cut(narrow ?? parcel);
  const status = el("p", { role: "status", class: "lead" });
  const after = el("div", { role: "status" });
  const bar = el("progress", { "aria-label": say("play.title"), hidden: true });
  let playing = false;
  const start = button(say("play.start"), () => (playing ? hush() : begin()), "first");
  const begin = (): void => {
    let whole = false;
    const all = count + SPARE;
    play(
      frames,
      all,
      (now) => {
        whole = now === all;
        bar.hidden = false;
        bar.value = (now - 1) / all;
        fill(status, say("camera.progress", { received: now, needed: all }));
      },
      () => {
        playing = false;
        bar.hidden = true;
        fill(status, whole ? say("play.done") : "");
        if (whole) fill(after, ending(hasWords));
        fill(start, say("play.start"));
      },
    );
    playing = true;
    fill(start, say("play.stop"));
  };
  return {
    heading: heading(say("play.title")),
    content: [
      el("p", { class: "lead" }, say("play.words")),
      narrow
        ? choice(
            say("play.seal"),
            [
              ["narrow", say("play.seal.narrow", { time: playingTime(narrow) })],
              ["full", say("play.seal.full", { time: playingTime(parcel) })],
            ],
            "narrow",
            (chosen) => {
              hush();
              [frames, count] = cut(chosen === "narrow" ? narrow : parcel);
            },
          )
        : el("p", {}, say("play.takes", { time: playingTime(parcel) })),
      narrow && el("p", { class: "hint" }, say("play.seal.hint")),
      el("div", { class: "actions" }, start),
      bar,
      status,
      after,
      el("p", { class: "hint" }, say("play.heard")),
    ],
  };
}
