/** What goes on paper: a guide as a leaflet, and the words by which a page can be told. */
import { button, el } from "../dom";
import type { Reader } from "../shell/reader";
import { day, say } from "../speech/speech";

export const printButton = (): Node => button(say("guide.print"), () => window.print());

/** Shown on paper alone: whose it is, of when (`time` in Unix seconds), and that the paper itself proves nothing. */
export function paperLine(reader: Reader, time: number): Node {
  const date = day(new Date(time * 1000)); // always with the year: paper lies about for long
  return el("p", { class: "paper" }, say("print.paper", { date, name: reader.edition.publisher.name }));
}
