/** Guides and topics as rows of a list, and where each leads. */
import type { Guide } from "../guides/guide";
import { isTopic, type Shelf } from "../guides/topics";
import type { Place, Reader } from "../shell/reader";
import { row } from "../shell/shell";
import { say } from "../speech/speech";

/** A guide or a topic in a list. */
export function entryRow(reader: Reader, section: string, entry: Shelf["top"]["entries"][number]): HTMLElement {
  const language = reader.guideLanguage;
  if (isTopic(entry)) {
    const open = (): void => reader.go({ view: "topic", section, path: entry.path });
    return row(entry.title, entry.summary, say("guides", { n: entry.count }), open, language);
  }
  return row(entry.title, entry.summary, "", () => reader.go(placeOf(section, entry)), language);
}

/** The guide's own view; a topic's where the guide is one's first page. */
export const placeOf = (section: string, { path }: Guide): Place =>
  /(^|\/)index\.md$/.test(path)
    ? { view: "topic", section, path: path.replace(/\/?index\.md$/, "") }
    : { view: "guide", section, path };
