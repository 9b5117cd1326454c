/**
 * Search as one types: a small inverted index, built in slices so that no key waits for it. Rules:
 * - Every word typed must be found, as the beginning of a word; a word that is nowhere loses its ending, letter by
 *   letter, down to four: Slavic and Arabic endings change.
 * - Titles weigh most, then summaries, then text; before the index is ready, titles and summaries alone answer.
 */
import { fold, wordsOf } from "./fold";
import { type Guide, plainWords } from "./guide";

export interface Found {
  readonly guide: Guide;
  readonly line: string;
}

const IN_TITLE = 64;
const IN_SUMMARY = 8;
const MOST_A_WORD = 4; // times that a word in the text still adds
const SHORTEST_STEM = 4;
const SLICE_MS = 12;

export class Search {
  private readonly weights = new Map<string, Map<number, number>>();
  private words: string[] = [];
  private sorted = 0;
  private next = 0;
  private timer: number | undefined;

  constructor(private readonly guides: readonly Guide[]) {
    guides.forEach((guide, id) => {
      this.count(wordsOf(guide.title), id, IN_TITLE);
      this.count(wordsOf(guide.summary), id, IN_SUMMARY);
    });
  }

  get ready(): boolean {
    return this.next === this.guides.length;
  }

  /** Reads on in slices; `done` is called once all the text is in. */
  warm(done: () => void): void {
    if (this.timer !== undefined || this.ready) return;
    const slice = (): void => {
      const until = performance.now() + SLICE_MS;
      while (!this.ready && performance.now() < until) this.readNext();
      this.timer = this.ready ? undefined : window.setTimeout(slice, 4);
      if (this.ready) {
        this.sort();
        done();
      }
    };
    this.timer = window.setTimeout(slice, 0);
  }

  find(query: string, most: number): Found[] {
    const wanted = wordsOf(query).slice(0, 8);
    if (!wanted.length) return [];
    this.sort();
    let scores: Map<number, number> | undefined;
    for (const word of wanted) {
      let stem = word;
      let found = this.beginningWith(stem);
      while (!found.size && stem.length > SHORTEST_STEM) {
        stem = stem.slice(0, -1);
        found = this.beginningWith(stem);
      }
      const before = scores;
      scores = before
        ? new Map([...found].filter(([id]) => before.has(id)).map(([id, score]) => [id, score + (before.get(id) ?? 0)]))
        : found;
    }
    const best = [...(scores ?? [])].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, most);
    return best.flatMap(([id]) => {
      const guide = this.guides[id];
      return guide ? [{ guide, line: lineWith(guide, wanted[0] ?? "") }] : [];
    });
  }

  private readNext(): void {
    const guide = this.guides[this.next];
    if (guide) this.count(wordsOf(guide.body), this.next, 1);
    this.next++;
  }

  private count(words: readonly string[], id: number, weight: number): void {
    for (const word of words) {
      let places = this.weights.get(word);
      if (!places) this.weights.set(word, (places = new Map()));
      const now = places.get(id) ?? 0;
      if (weight > 1 || now % IN_SUMMARY < MOST_A_WORD) places.set(id, now + weight);
    }
  }

  private sort(): void {
    if (this.sorted === this.weights.size) return;
    this.words = [...this.weights.keys()].sort();
    this.sorted = this.weights.size;
  }

  private beginningWith(stem: string): Map<number, number> {
    const scores = new Map<number, number>();
    for (let at = this.firstFrom(stem); at < this.words.length; at++) {
      const word = this.words[at] ?? "";
      if (!word.startsWith(stem)) break;
      const closeness = word.length === stem.length ? 2 : 1;
      for (const [id, weight] of this.weights.get(word) ?? []) {
        scores.set(id, Math.max(scores.get(id) ?? 0, weight * closeness));
      }
    }
    return scores;
  }

  private firstFrom(stem: string): number {
    let low = 0;
    let high = this.words.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.words[middle] ?? "") < stem) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

const LINE = 110;

/** The summary, or the first line of the text that holds the word, cut around it. */
function lineWith(guide: Guide, word: string): string {
  if (guide.summary) return guide.summary;
  const lines = guide.body.split(/\r\n|\n|\r/);
  const holds = (one: string): boolean =>
    !/^\s*#/.test(one) && fold(one).includes(word) && wordsOf(one).some((other) => other.startsWith(word));
  const line = lines.find(holds) ?? "";
  const words = plainWords(line.replace(/^[\s>#*+-]+|^\d+[.)]\s+|\[[ xX]\] /g, ""));
  if (words.length <= LINE) return words;
  const at = Math.max(0, words.toLowerCase().indexOf(word) - LINE / 3);
  const from = at ? words.indexOf(" ", at) + 1 : 0;
  return (from ? "… " : "") + words.slice(from, from + LINE).replace(/\s\S*$/, "") + " …";
}
