/** "Show as code": parcels as codes that follow one another, for another phone's camera. It moves only while asked to. */
import { button, el, fill } from "../dom";
import { COARSE, type Kind, USUAL } from "../codes/layout";
import { carousel, roundOf } from "../screen/carousel";
import { play } from "../screen/player";
import type { Place } from "../shell/reader";
import { heading, type View } from "../shell/shell";
import { number, say } from "../speech/speech";
import { ending } from "./ending";
import { choice } from "./fields";

/** Codes a second: a camera that takes 20 pictures a second or more, as in bad light, sees each of them whole. */
const FAST = 10;
/** At most three flashes a second harm nobody (WCAG 2.2, 2.3.1). */
const CALM = 2;
const MINUTE = 60;

export function showView({ parcels, hasWords }: Extract<Place, { view: "show" }>): View {
  let kind: Kind = USUAL;
  let pace = window.matchMedia("(prefers-reduced-motion: reduce)").matches ? CALM : FAST;
  let stop: (() => void) | undefined;
  const canvas = el("canvas", { class: "codes", role: "img", "aria-label": say("show.alt"), hidden: true });
  const screen = el("div", { class: "screen" }, canvas);
  const after = el("div", { role: "status" });
  const takes = el("p", {});
  const start = button(say("show.start"), () => (stop ? leaveOff() : begin()), "first");
  const begin = (): void => {
    canvas.hidden = false;
    stop = play(canvas, carousel(parcels, kind.bytes), kind, pace);
    fill(start, say("show.stop"));
    screen.scrollIntoView({ block: "center" });
  };
  const end = (): void => {
    stop?.();
    stop = undefined;
    canvas.hidden = true;
    fill(start, say("show.start"));
  };
  const leaveOff = (): void => {
    end();
    fill(after, ending(hasWords));
  };
  const changed = (): void => {
    const seconds = Math.ceil(roundOf(parcels, kind.bytes) / pace);
    const size = number(Math.ceil(parcels.reduce((sum, parcel) => sum + parcel.length, 0) / 1000));
    const time = seconds < MINUTE ? say("seconds", { n: seconds }) : say("minutes", { n: Math.ceil(seconds / MINUTE) });
    fill(takes, say("show.takes", { size, time }));
    if (!stop) return;
    end();
    begin();
  };
  changed();
  return {
    heading: heading(say("show.title")),
    content: [
      el("p", { class: "lead" }, say("show.words")),
      takes,
      screen,
      el("div", { class: "actions" }, start),
      after,
      choice(
        say("show.pace"),
        [
          [String(FAST), say("show.pace.fast")],
          [String(CALM), say("show.pace.calm")],
        ],
        String(pace),
        (chosen) => {
          pace = Number(chosen);
          changed();
        },
      ),
      choice(
        say("show.size"),
        [
          ["fine", say("show.size.fine")],
          ["coarse", say("show.size.coarse")],
        ],
        "fine",
        (chosen) => {
          kind = chosen === "fine" ? USUAL : COARSE;
          changed();
        },
      ),
      el("p", { class: "hint" }, say("show.flicker")),
    ],
    // Left and come back to: the player has ended by itself meanwhile.
    shown: end,
  };
}
