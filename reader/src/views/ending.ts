/** How it ends once another device took one's own letter: nothing is left to keep, and the page is closed. */
import { button, el } from "../dom";
import { leave } from "../shell/exit";
import { say } from "../speech/speech";

/** Empty where it is no letter of one's own; `hasWords`: six words lead to an answer. */
export function ending(hasWords: boolean | undefined): Node[] {
  if (hasWords === undefined) return [];
  return [
    el("p", { class: "lead" }, say("handed.words")),
    el("p", {}, say(hasWords ? "sent.remember" : "sent.noreply")),
    el("div", { class: "actions" }, button(say("sent.close"), leave, "first")),
  ];
}
