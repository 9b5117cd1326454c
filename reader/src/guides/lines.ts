/** The line that stands below a guide's title where it was found: its summary, or the text around the word. */
import { fold, wordsOf } from "./fold";
import { type Guide, plainWords } from "./guide";

const LINE = 110;

/** Keeps the lines it looked at, split and folded as far as that went: the next letter looks at the same ones. */
export class Lines {
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
