/** The line that stands below a guide's title where it was found: its summary, or the text around the word. */
import { beginsAt, fold } from "./fold";
import { type Guide, plainWords } from "./guide";

const LINE = 110;

export class Lines {
  /** Of each guide its folded text, which has as many lines: whoever reads it for the index hands it on to here. */
  private readonly folded = new Map<Guide, string>();

  keep(guide: Guide, folded: string): void {
    this.folded.set(guide, folded);
  }

  /** The summary, or the first line of the text that holds the word and is no heading, cut around the word. */
  with(guide: Guide, word: string): string {
    if (guide.summary) return guide.summary;
    let text = this.folded.get(guide);
    if (text === undefined) this.keep(guide, (text = fold(guide.body)));
    for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + 1)) {
      if (!beginsAt(text, at)) continue;
      const line = linesOf(guide.body)[linesOf(text.slice(0, at)).length - 1] ?? "";
      if (!/^\s*#/.test(line)) return cutAround(line, word);
    }
    return "";
  }
}

/** Few texts have the old ends of lines, and to split at a single sign takes a tenth of the time. */
const linesOf = (text: string): string[] => text.split(text.includes("\r") ? /\r\n?|\n/ : "\n");

function cutAround(line: string, word: string): string {
  const words = plainWords(line.replace(/^[\s>#*+-]+|^\d+[.)]\s+|\[[ xX]\] /g, ""));
  if (words.length <= LINE) return words;
  const at = Math.max(0, words.toLowerCase().indexOf(word) - LINE / 3);
  const from = at ? words.indexOf(" ", at) + 1 : 0;
  const rest = words.slice(from);
  return (from ? "… " : "") + (rest.length > LINE ? rest.slice(0, LINE).replace(/\s\S*$/, "") + " …" : rest);
}
