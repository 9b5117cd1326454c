/**
 * The quick exit: a blank page at once, nothing behind it. Rules: always the same corner of the screen, whatever the
 * language; Escape twice within a second; the phone turned face down, where its sensor answers without asking.
 */
import { el } from "../dom";
import { hush } from "../sound/hush";
import { icon } from "./icon";

const TWICE_MS = 1000;
const FACE_DOWN_MS = 500;

export function leave(): void {
  hush();
  document.body.textContent = "";
  document.head.querySelectorAll("style").forEach((style) => style.remove());
  window.stop();
  location.replace("about:blank");
}

export function exitButton(words: string): HTMLElement {
  return el("button", { type: "button", class: "exit", onclick: leave }, icon("close"), el("span", {}, words));
}

/** Listens for the two exits that need no button. */
export function watchForExit(): void {
  let last = -Infinity;
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape") {
        last = -Infinity;
      } else if (!event.repeat) {
        if (event.timeStamp - last < TWICE_MS) leave();
        last = event.timeStamp;
      }
    },
    true,
  );
  watchSensor();
}

/** Listening asks for nothing: where a browser wants a permission first, the event just never comes. */
function watchSensor(): void {
  let wasUp = false;
  let downSince: number | undefined;
  window.addEventListener("deviceorientation", ({ beta, gamma, timeStamp }) => {
    if (beta === null || gamma === null) return;
    const up = Math.cos((beta * Math.PI) / 180) * Math.cos((gamma * Math.PI) / 180);
    // Somebody who reads lying on their back never had the screen up: they are not thrown out.
    if (up > 0.3) wasUp = true;
    if (up > -0.9 || !wasUp) downSince = undefined;
    else if (downSince === undefined) downSince = timeStamp;
    else if (timeStamp - downSince > FACE_DOWN_MS) leave();
  });
}
