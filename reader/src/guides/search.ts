/**
 * Search as one types: a small inverted index, read in slices so that no key waits for it. Rules:
 * - Every word typed must be found, as the beginning of a word; a word that is nowhere loses its ending, letter by
 *   letter, down to four: Slavic and Arabic endings change.
 * - One or two letters begin too many words of a text: where titles and summaries alone have enough guides for them, of
 *   the text only the whole word counts. Beside longer words they leave nothing out.
 * - Titles weigh most, then summaries, then text; before the index is ready, what is read of it answers.
 */
import { fold, isSpaceless, wordsIn, wordsOf } from "./fold";
import type { Guide } from "./guide";
import { Lines } from "./lines";

/** `line` is looked up when it is read: lines that nobody draws cost nothing. */
export interface Found {
  readonly guide: Guide;
  readonly line: string;
}

const IN_TITLE = 64;
const IN_SUMMARY = 8;
const MOST_A_WORD = 4; // times that a word in the text still adds
const SHORTEST_STEM = 4;
const BEGINNING = 3; // letters that words are kept by
const PART = 2_000; // letters that are read in one go
const WEIGHT_BITS = 14; // a title of 200 letters and a summary of 400 weigh less
const ID_LIMIT = 1 << (32 - WEIGHT_BITS);

/** Words and where they stand. A place is one number: the guide's (2^18 have room), then the word's weight there. */
class Places {
  readonly of = new Map<string, number[]>();
  private readonly beginnings = new Map<string, string[]>();

  add(weights: ReadonlyMap<string, number>, id: number): void {
    for (const [word, weight] of weights) {
      const places = this.of.get(word);
      const place = (id << WEIGHT_BITS) | weight;
      if (places) {
        places.push(place);
        continue;
      }
      this.of.set(word, [place]);
      const beginning = word.slice(0, BEGINNING);
      const alike = this.beginnings.get(beginning);
      if (alike) alike.push(word);
      else this.beginnings.set(beginning, [word]);
    }
  }

  beginningWith(stem: string): string[] {
    if (stem.length >= BEGINNING) {
      return (this.beginnings.get(stem.slice(0, BEGINNING)) ?? []).filter((word) => word.startsWith(stem));
    }
    const words: string[] = [];
    for (const [beginning, alike] of this.beginnings) if (beginning.startsWith(stem)) words.push(...alike);
    return words;
  }
}

/** What each guide is worth, by its number, and how many are worth something. */
interface Scores {
  readonly of: Uint16Array;
  readonly found: number;
}

export class Search {
  /** The words of titles and summaries, from the start. */
  private readonly heads = new Places();
  /** All words of the guides that were read so far. */
  private readonly texts = new Places();
  private readonly lines = new Lines();
  private next = 0;
  /** The guide that is being read: its words and its folded text so far, and where the text goes on. */
  private part: { readonly weights: Map<string, number>; folded: string; at: number } | undefined;

  constructor(private readonly guides: readonly Guide[]) {
    guides.forEach((guide, id) => this.heads.add(headWeights(guide), id));
  }

  get ready(): boolean {
    return this.next === this.guides.length;
  }

  /** Reads some more of the texts. False: that was the last of them. */
  readOn(): boolean {
    const guide = this.guides[this.next];
    if (!guide) return false;
    const part = (this.part ??= { weights: headWeights(guide), folded: "", at: 0 });
    const lineEnd = guide.body.indexOf("\n", part.at + PART);
    const end = lineEnd < 0 ? guide.body.length : lineEnd;
    const folded = fold(guide.body.slice(part.at, end));
    countWords(folded, part.weights);
    part.folded += folded;
    part.at = end;
    if (end === guide.body.length) {
      this.lines.keep(guide, part.folded);
      this.texts.add(part.weights, this.next++);
      this.part = undefined;
    }
    return !this.ready;
  }

  find(query: string, most: number): Found[] {
    const wanted = [...new Set(wordsOf(query))].slice(0, 8);
    if (!wanted.length) return [];
    const long = wanted.filter((word) => !isShort(word));
    const short = wanted.filter(isShort).map((word) => this.shortBeginning(word, most));
    // Short words alone have to be found, each of them; beside others they only add.
    const needed = long.length ? long.map((word) => this.found(word)) : short;
    const added = long.length ? short : [];
    const best: number[] = [];
    for (let id = 0; id < this.guides.length; id++) {
      let sum = 0;
      for (const { of } of needed) {
        if (!of[id]) {
          sum = 0;
          break;
        }
        sum += of[id] as number;
      }
      if (!sum) continue;
      for (const { of } of added) sum += of[id] as number;
      // One number that sorts by worth, then by the guides' own order.
      best.push(sum * ID_LIMIT + (ID_LIMIT - 1 - id));
    }
    const { lines } = this;
    const word = long[0] ?? wanted[0] ?? "";
    const sorted = Float64Array.from(best).sort().reverse().subarray(0, most);
    return Array.from(sorted, (one) => {
      const guide = this.guides[ID_LIMIT - 1 - (one % ID_LIMIT)] as Guide;
      return {
        guide,
        get line() {
          return lines.with(guide, word);
        },
      };
    });
  }

  private found(word: string): Scores {
    let stem = word;
    let scores = this.beginningWith(stem);
    while (!scores.found && stem.length > SHORTEST_STEM) {
      stem = stem.slice(0, -1);
      scores = this.beginningWith(stem);
    }
    return scores;
  }

  private beginningWith(stem: string): Scores {
    // A character of a script without spaces is a word by itself.
    return stem.length < BEGINNING ? this.scores(stem, [stem]) : this.scores(stem, this.wordsBeginningWith(stem));
  }

  private shortBeginning(stem: string, most: number): Scores {
    const scores = this.scores(stem, [...this.heads.beginningWith(stem), stem]);
    // Few titles begin so: then few words of the text do.
    return scores.found >= most ? scores : this.scores(stem, this.wordsBeginningWith(stem));
  }

  private wordsBeginningWith(stem: string): string[] {
    const words = this.texts.beginningWith(stem);
    return this.ready ? words : [...words, ...this.heads.beginningWith(stem)];
  }

  private scores(stem: string, words: readonly string[]): Scores {
    const of = new Uint16Array(this.guides.length);
    let found = 0;
    const count = (places: readonly number[], from: number, closeness: number): void => {
      for (const place of places) {
        const id = place >>> WEIGHT_BITS;
        if (id < from) continue;
        const score = (place & ((1 << WEIGHT_BITS) - 1)) * closeness;
        const before = of[id] as number;
        if (!before) found++;
        if (score > before) of[id] = score;
      }
    };
    for (const word of words) {
      const closeness = word.length === stem.length ? 2 : 1;
      count(this.texts.of.get(word) ?? [], 0, closeness);
      if (!this.ready) count(this.heads.of.get(word) ?? [], this.next, closeness);
    }
    return { of, found };
  }
}

const isShort = (word: string): boolean => word.length < BEGINNING && !isSpaceless(word);

function headWeights(guide: Guide): Map<string, number> {
  const weights = new Map<string, number>();
  for (const word of wordsOf(guide.title)) weights.set(word, (weights.get(word) ?? 0) + IN_TITLE);
  for (const word of wordsOf(guide.summary)) weights.set(word, (weights.get(word) ?? 0) + IN_SUMMARY);
  return weights;
}

function countWords(folded: string, weights: Map<string, number>): void {
  for (const word of wordsIn(folded)) {
    const weight = weights.get(word) ?? 0;
    if (weight % IN_SUMMARY < MOST_A_WORD) weights.set(word, weight + 1);
  }
}
