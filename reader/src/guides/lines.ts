/** The line that stands below a guide's title where it was found: its summary, or the text around the word. */
import { beginsAt, fold } from "./fold";
import { type Guide, plainWords } from "./guide";

const LINE = 110;

export class Lines {
  /** Of each guide its folded text: whoever reads it for the index hands it on to here. */
  private readonly folded = new Map<Guide, string>();
  /** The lines of the guides that were looked at: the next letter looks at the same ones. */
  private readonly kept = new Map<Guide, { readonly lines: readonly string[]; readonly folded: readonly string[] }>();

  keep(guide: Guide, folded: string): void {
    this.folded.set(guide, folded);
  }

  /** The summary, or the first line of the text that holds the word and is no heading, cut around the word. */
  with(guide: Guide, word: string): string {
    if (guide.summary) return guide.summary;
    let own = this.kept.get(guide);
    if (!own) {
      own = { lines: linesOf(guide.body), folded: linesOf(this.folded.get(guide) ?? fold(guide.body)) };
      this.kept.set(guide, own);
    }
    const { lines, folded } = own;
    const at = folded.findIndex((line, at) => begins(line, word) && !/^\s*#/.test(lines[at] ?? ""));
    return cutAround(lines[at] ?? "", word);
  }
}

/** Few texts have the old ends of lines, and to split at a single sign takes a tenth of the time. */
const linesOf = (text: string): string[] => text.split(text.includes("\r") ? /\r\n?|\n/ : "\n");

/** Whether one of the line's words begins so. */
function begins(line: string, word: string): boolean {
  for (let at = line.indexOf(word); at >= 0; at = line.indexOf(word, at + 1)) if (beginsAt(line, at)) return true;
  return false;
}

function cutAround(line: string, word: string): string {
  const words = plainWords(line.replace(/^[\s>#*+-]+|^\d+[.)]\s+|\[[ xX]\] /g, ""));
  if (words.length <= LINE) return words;
  const at = Math.max(0, words.toLowerCase().indexOf(word) - LINE / 3);
  const from = at ? words.indexOf(" ", at) + 1 : 0;
  const rest = words.slice(from);
  return (from ? "… " : "") + (rest.length > LINE ? rest.slice(0, LINE).replace(/\s\S*$/, "") + " …" : rest);
}
