/**
 * What a search found, drawn at each letter. Rules: drawing is most of what a key costs on a slow phone, so rows that
 * stand are filled anew, the screen's first, and the others once the typing pauses; only then is the count spoken.
 */
import { button, el } from "../dom";
import type { Found } from "../guides/search";
import { whenIdle } from "../idle";
import type { Reader } from "../shell/reader";
import { row } from "../shell/shell";
import { say } from "../speech/speech";
import { placeOf } from "./entries";

const MOST_FOUND = 20;
const ROW_PX = 150; // a row with two or three lines below its title
const PAUSE_MS = 250;

export class FoundRows {
  readonly section: HTMLElement;
  private readonly count = el("p", { class: "under" });
  private readonly list = el("ul", { class: "rows" });
  private readonly rows: FoundRow[] = [];
  private readonly ask: HTMLElement;
  private timer = 0;
  private stop = (): void => undefined;

  constructor(private readonly reader: Reader) {
    this.ask = button(say("search.ask"), () => reader.go({ view: "write" }));
    const label = say("search.results");
    this.section = el("section", { hidden: true, "aria-label": label }, this.count, this.list, this.ask);
  }

  /** Shows what there is for this query; nothing where it is empty. */
  show(query: string): void {
    clearTimeout(this.timer);
    this.stop();
    this.section.hidden = query === "";
    if (!query) return;
    const { search } = this.reader.search();
    const found = search.find(query, MOST_FOUND);
    const words = found.length ? say("search.found", { n: found.length }) : say("search.none");
    write(this.count, words);
    this.ask.hidden = found.length > 0;
    const first = Math.min(found.length, Math.ceil(innerHeight / ROW_PX));
    while (this.list.children.length > first) this.list.lastChild?.remove();
    for (let at = 0; at < first; at++) this.draw(at, found[at] as Found);
    this.timer = window.setTimeout(() => {
      // While texts are still being read, the count is not the last one.
      if (search.ready && this.section.isConnected) this.reader.announce(words);
      let next = first;
      const drawNext = (): boolean => {
        const one = found[next];
        if (one) this.draw(next++, one);
        return next < found.length;
      };
      this.stop = whenIdle(drawNext);
    }, PAUSE_MS);
  }

  private draw(at: number, found: Found): void {
    const row = (this.rows[at] ??= new FoundRow(this.reader));
    row.show(found);
    if (!row.node.isConnected) this.list.append(row.node);
  }
}

/** One row, of one guide after the other. */
class FoundRow {
  readonly node: HTMLElement;
  private readonly title: Element;
  private readonly line: Element;
  private open = (): void => undefined;

  constructor(private readonly reader: Reader) {
    this.node = row("", " ", "", () => this.open(), reader.guideLanguage);
    [this.title, this.line] = [".title", ".line"].map((one) => this.node.querySelector(one)) as [Element, Element];
  }

  show({ guide, line }: Found): void {
    this.open = () => this.reader.go(placeOf(this.reader.search().sectionOf(guide), guide));
    write(this.title, guide.title);
    write(this.line, line);
  }
}

/** Text that stands there already is left alone: it would be laid out and painted again. */
function write(place: Element, words: string): void {
  if (place.textContent !== words) place.textContent = words;
}
