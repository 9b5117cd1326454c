/**
 * What a search found, drawn at each letter. Rules: drawing is most of what a key costs on a slow phone, so rows stand
 * ready before the first one and are filled anew: those that the screen holds at once, the others when the typing
 * pauses; only then is the count spoken.
 */
import { button, el, fill } from "../dom";
import type { Found } from "../guides/search";
import { whenIdle } from "../idle";
import type { Reader } from "../shell/reader";
import { row } from "../shell/shell";
import { say } from "../speech/speech";
import { placeOf } from "./entries";

const MOST_FOUND = 20;
const READY = 5; // rows of the usual length fill a phone's screen
const PAUSE_MS = 250;
const COUNT_PX = 46; // the count above the rows
const FOOT_PX = 64; // what stands at the foot of the screen

export class FoundRows {
  readonly section: HTMLElement;
  private readonly count = document.createTextNode("");
  private readonly list = el("ul", { class: "rows" });
  private readonly rows: FoundRow[] = [];
  private readonly ask: HTMLElement;
  private timer = 0;
  private empty = true;
  private room = 0;
  private stop = (): void => undefined;

  constructor(private readonly reader: Reader) {
    this.ask = button(say("search.ask"), () => reader.go({ view: "write" }));
    const label = say("search.results");
    const count = el("p", { class: "under" }, this.count);
    const away = { class: "away", "aria-hidden": "true" };
    this.section = el("section", { ...away, "aria-label": label }, count, this.list, this.ask);
  }

  /**
   * Makes one more row and lays it out once, unseen, with what the title of a guide finds: the first key then waits
   * neither for that nor for code that no browser has compiled yet. False: enough stand ready.
   */
  prepare(): boolean {
    const [shelf] = this.reader.shelvesHere();
    const at = this.rows.length;
    const guide = shelf && at < READY ? [...shelf.guides.values()][at] : undefined;
    const [found] = this.reader.query || !guide ? [] : this.reader.search().search.find(guide.title, 1);
    if (!found) return false;
    this.draw(at, found);
    this.list.getBoundingClientRect();
    fill(this.list);
    return true;
  }

  /** Shows what there is for this query; nothing where it is empty. */
  show(query: string): void {
    clearTimeout(this.timer);
    this.stop();
    if (!query !== this.empty) {
      this.empty = !query;
      // Measured once for each query, and before anything is changed: measured later the page would be laid out twice.
      if (query) this.room = seen() - this.section.getBoundingClientRect().top - COUNT_PX;
      this.section.classList.toggle("away", this.empty);
      this.section.setAttribute("aria-hidden", String(this.empty)); // an empty place is none to land at
    }
    if (!query) return;
    let { room } = this;
    const { search } = this.reader.search();
    const found = search.find(query, MOST_FOUND);
    const words = found.length ? say("search.found", { n: found.length }) : say("search.none");
    write(this.count, words);
    this.ask.hidden = found.length > 0;
    let next = 0;
    while (next < found.length && (room > 0 || !next)) room -= this.draw(next, found[next++] as Found);
    for (const { node } of this.rows.slice(next)) node.remove();
    this.timer = window.setTimeout(() => {
      // While texts are still being read, the count is not the last one.
      if (search.ready && this.section.isConnected) this.reader.announce(words);
      this.stop = whenIdle(() => {
        const one = found[next];
        if (one) this.draw(next++, one);
        return next < found.length;
      });
    }, PAUSE_MS);
  }

  /** Gives how many pixels high the row is at least. */
  private draw(at: number, found: Found): number {
    const row = (this.rows[at] ??= new FoundRow(this.reader));
    if (!row.node.isConnected) this.list.append(row.node);
    return row.show(found);
  }
}

/** One row, of one guide after the other. */
class FoundRow {
  readonly node: HTMLElement;
  private readonly title: Text;
  private readonly line: Text;
  private open = (): void => undefined;

  constructor(private readonly reader: Reader) {
    this.node = row(" ", " ", "", () => this.open(), reader.guideLanguage);
    const texts = [".title", ".line"].map((one) => this.node.querySelector(one)?.firstChild);
    [this.title, this.line] = texts as [Text, Text];
  }

  /** Gives how many pixels high it is at least, for no letters are narrower than these and no text is smaller. */
  show({ guide, line }: Found): number {
    this.open = () => this.reader.go(placeOf(this.reader.search().sectionOf(guide), guide));
    write(this.title, guide.title);
    write(this.line, line);
    const letters = Math.min(innerWidth, 760) / 6;
    return 20 + 24 * Math.ceil(guide.title.length / letters) + 22 * Math.ceil(line.length / letters);
  }
}

/** How far down one sees: a keyboard of a screen lies over the page's foot, and the window is no smaller for it. */
const seen = (): number =>
  Math.min(innerHeight - FOOT_PX, visualViewport ? visualViewport.offsetTop + visualViewport.height : Infinity);

/** Text that stands there already is left alone: it would be laid out and painted again. */
function write(place: Text, words: string): void {
  if (place.data !== words) place.data = words;
}
