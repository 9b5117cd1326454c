/**
 * Search as one types: a small inverted index, built in slices so that no key waits for it. Rules:
 * - Every word typed must be found, as the beginning of a word; a word that is nowhere loses its ending, letter by
 *   letter, down to four: Slavic and Arabic endings change.
 * - One or two letters begin too many words of a text: where titles and summaries alone have enough guides for them, of
 *   the text only the whole word counts. Beside longer words they leave nothing out.
 * - Titles weigh most, then summaries, then text; before the index is ready, what is read of it answers.
 */
import { fold, isSpaceless, wordsOf } from "./fold";
import { type Guide, plainWords } from "./guide";

export interface Found {
  readonly guide: Guide;
  readonly line: string;
}

const IN_TITLE = 64;
const IN_SUMMARY = 8;
const MOST_A_WORD = 4; // times that a word in the text still adds
const SHORTEST_STEM = 4;
const BEGINNING = 3; // letters that words are kept by
const SLICE_MS = 12;

/** Guide's number to what it is worth. */
type Scores = Map<number, number>;

export class Search {
  private readonly weights = new Map<string, Scores>();
  private readonly beginnings = new Map<string, string[]>();
  private readonly heads: readonly string[];
  private readonly lines = new Lines();
  private next = 0;
  private timer: number | undefined;

  constructor(private readonly guides: readonly Guide[]) {
    guides.forEach((guide, id) => {
      this.count(wordsOf(guide.title), id, IN_TITLE);
      this.count(wordsOf(guide.summary), id, IN_SUMMARY);
    });
    this.heads = [...this.weights.keys()];
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
      if (this.ready) done();
    };
    this.timer = window.setTimeout(slice, 0);
  }

  find(query: string, most: number): Found[] {
    const wanted = [...new Set(wordsOf(query))].slice(0, 8);
    if (!wanted.length) return [];
    const long = wanted.filter((word) => !isShort(word));
    const short = wanted.filter(isShort).map((word) => this.shortBeginning(word, most));
    // Short words alone have to be found, each of them; beside others they only add.
    const needed = long.length ? long.map((word) => this.found(word)) : short;
    const added = long.length ? short : [];
    const [first = new Map<number, number>(), ...others] = needed;
    const scores: [number, number][] = [];
    for (const [id, score] of first) {
      if (!others.every((one) => one.has(id))) continue;
      scores.push([id, [...others, ...added].reduce((sum, one) => sum + (one.get(id) ?? 0), score)]);
    }
    const best = scores.sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, most);
    return best.flatMap(([id]) => {
      const guide = this.guides[id];
      return guide ? [{ guide, line: this.lines.with(guide, long[0] ?? wanted[0] ?? "") }] : [];
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
      if (!places) {
        this.weights.set(word, (places = new Map()));
        const beginning = word.slice(0, BEGINNING);
        const alike = this.beginnings.get(beginning);
        if (alike) alike.push(word);
        else this.beginnings.set(beginning, [word]);
      }
      const now = places.get(id) ?? 0;
      if (weight > 1 || now % IN_SUMMARY < MOST_A_WORD) places.set(id, now + weight);
    }
  }

  private found(word: string): Scores {
    let stem = word;
    let found = this.beginningWith(stem);
    while (!found.size && stem.length > SHORTEST_STEM) {
      stem = stem.slice(0, -1);
      found = this.beginningWith(stem);
    }
    return found;
  }

  private beginningWith(stem: string): Scores {
    // A character of a script without spaces is a word by itself.
    return this.scoresOf(stem.length < BEGINNING ? [stem] : (this.beginnings.get(stem.slice(0, BEGINNING)) ?? []), stem);
  }

  private shortBeginning(stem: string, most: number): Scores {
    const found = this.scoresOf([...this.heads, stem], stem);
    // Few titles begin so: then few words of the text do.
    return found.size >= most ? found : this.scoresOf([...this.weights.keys()], stem);
  }

  private scoresOf(words: readonly string[], stem: string): Scores {
    const scores: Scores = new Map();
    for (const word of words) {
      if (!word.startsWith(stem)) continue;
      const closeness = word.length === stem.length ? 2 : 1;
      for (const [id, weight] of this.weights.get(word) ?? []) {
        const score = weight * closeness;
        if (!((scores.get(id) ?? 0) >= score)) scores.set(id, score);
      }
    }
    return scores;
  }
}

const isShort = (word: string): boolean => word.length < BEGINNING && !isSpaceless(word);

const LINE = 110;

/** The lines of guides that were found, folded as far as they were looked at: the next letter looks at the same ones. */
class Lines {
  private readonly kept = new Map<Guide, { lines: readonly string[]; folded: string[] }>();

  /** The summary, or the first line of the text that holds the word, cut around it. */
  with(guide: Guide, word: string): string {
    if (guide.summary) return guide.summary;
    let own = this.kept.get(guide);
    if (!own) this.kept.set(guide, (own = { lines: guide.body.split(/\r\n|\n|\r/), folded: [] }));
    const { lines, folded } = own;
    const at = lines.findIndex((line, at) => {
      const text = (folded[at] ??= /^\s*#/.test(line) ? "" : fold(line));
      return text.includes(word) && wordsOf(text).some((other) => other.startsWith(word));
    });
    return cutAround(lines[at] ?? "", word);
  }
}

function cutAround(line: string, word: string): string {
  const words = plainWords(line.replace(/^[\s>#*+-]+|^\d+[.)]\s+|\[[ xX]\] /g, ""));
  if (words.length <= LINE) return words;
  const at = Math.max(0, words.toLowerCase().indexOf(word) - LINE / 3);
  const from = at ? words.indexOf(" ", at) + 1 : 0;
  return (from ? "… " : "") + words.slice(from, from + LINE).replace(/\s\S*$/, "") + " …";
}
