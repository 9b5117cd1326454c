/** The first screen: the edition's date, alerts, search, topics, and three things one can do. */
import { PRIVATE_FIELD, button, el, fill, newId } from "../dom";
import type { Guide } from "../guides/guide";
import { alertsOf, isTopic, type Shelf } from "../guides/topics";
import { icon } from "../shell/icon";
import type { Reader } from "../shell/reader";
import { heading, row, type View } from "../shell/shell";
import { day, directionOf, say } from "../speech/speech";

const MOST_FOUND = 20;
const FIRST_FOUND = 6;
const PAUSE_MS = 150;

export function homeView(reader: Reader): View {
  const date = day(new Date(reader.time * 1000), new Date());
  const shelves = reader.shelvesHere();
  const topics = el(
    "div",
    {},
    shelves.map((shelf) => topicsOf(reader, shelf, shelves.length > 1)),
  );
  const results = el("section", { hidden: true, "aria-label": say("search.results") });
  const field = searchField(reader, topics, results);
  return {
    heading: heading(say("home.date", { date })),
    content: [
      el(
        "p",
        { class: "under" },
        reader.clockWrong
          ? ""
          : reader.ageInDays() < 1
            ? say("home.today")
            : say("home.age", { n: reader.ageInDays() }),
        button(say("home.update"), () => reader.go({ view: "update" }), "link"),
      ),
      oldOrWrong(reader),
      alerts(reader, shelves),
      field,
      results,
      topics,
      trustLine(reader),
      el(
        "nav",
        { class: "three", "aria-label": say("home.actions") },
        action("write", say("write.title"), () => reader.go({ view: "write" })),
        action("replies", say("replies.title"), () => reader.go({ view: "replies" })),
        action("pass", say("pass.title"), () => reader.go({ view: "pass" })),
      ),
    ],
  };
}

function action(sign: "write" | "replies" | "pass", words: string, onclick: () => void): HTMLElement {
  return el("button", { type: "button", onclick }, icon(sign), el("span", {}, words));
}

function oldOrWrong(reader: Reader): HTMLElement | undefined {
  const note = (title: string, words: string): HTMLElement =>
    el("section", { class: "note loud" }, el("h2", {}, icon("alert"), title), el("p", {}, words));
  if (reader.clockWrong) {
    return note(say("clock.title"), say("clock.words", { date: day(new Date(), new Date(0)) }));
  }
  if (!reader.stale) return undefined;
  const old = note(say("old.title", { n: reader.ageInDays() }), say("old.words"));
  old.append(button(say("old.do"), () => reader.go({ view: "update" })));
  return old;
}

function alerts(reader: Reader, shelves: readonly Shelf[]): HTMLElement | undefined {
  const all = shelves.flatMap((shelf) => alertsOf(shelf).map((guide) => ({ guide, section: shelf.pack.section })));
  if (!all.length) return undefined;
  const language = reader.guideLanguage;
  return el(
    "ul",
    { class: "alerts", "aria-label": say("home.alerts") },
    all.map(({ guide, section }) =>
      el(
        "li",
        {},
        el(
          "button",
          { type: "button", onclick: () => reader.go({ view: "guide", section, path: guide.path }) },
          icon("alert"),
          el(
            "span",
            { class: "words", lang: language, dir: directionOf(language) },
            el("strong", { class: "title" }, guide.title),
            guide.summary !== "" && el("span", { class: "line" }, guide.summary),
          ),
        ),
      ),
    ),
  );
}

function topicsOf(reader: Reader, shelf: Shelf, named: boolean): HTMLElement {
  const { section } = shelf.pack;
  const id = newId();
  const title = named ? sectionName(section) : shelf.top.title || say("topics");
  const language = named || !shelf.top.title ? undefined : reader.guideLanguage;
  const rows = shelf.top.entries
    .filter((entry) => isTopic(entry) || entry.kind !== "alert")
    .map((entry) => entryRow(reader, section, entry));
  return el(
    "section",
    { "aria-labelledby": id },
    el("h2", { id, lang: language, dir: language && directionOf(language) }, title),
    el("ul", { class: "rows two" }, rows),
  );
}

export const sectionName = (section: string): string =>
  section === "main" || section === "" ? say("section.main") : section;

/** A guide or a topic in a list. */
export function entryRow(reader: Reader, section: string, entry: Shelf["top"]["entries"][number]): HTMLElement {
  const language = reader.guideLanguage;
  if (isTopic(entry)) {
    const open = (): void => reader.go({ view: "topic", section, path: entry.path });
    return row(entry.title, entry.summary, say("guides", { n: entry.count }), open, language);
  }
  return guideRow(reader, section, entry, entry.summary);
}

function guideRow(reader: Reader, section: string, guide: Guide, line: string): HTMLElement {
  const topic = /(^|\/)index\.md$/.test(guide.path);
  const open = (): void =>
    reader.go(
      topic
        ? { view: "topic", section, path: guide.path.replace(/\/?index\.md$/, "") }
        : { view: "guide", section, path: guide.path },
    );
  return row(guide.title, line, "", open, reader.guideLanguage);
}

function searchField(reader: Reader, topics: HTMLElement, results: HTMLElement): HTMLElement {
  const id = newId();
  const input = el("input", {
    ...PRIVATE_FIELD,
    id,
    type: "search",
    enterkeyhint: "search",
    placeholder: say("search.hint"),
  });
  input.value = reader.query;
  const show = (): void => {
    reader.query = input.value;
    const query = input.value.trim();
    topics.hidden = query !== "";
    results.hidden = query === "";
    if (!query) return;
    const { search, sectionOf } = reader.search();
    const found = search.find(query, MOST_FOUND);
    const rows = (some: typeof found): HTMLElement[] =>
      some.map(({ guide, line }) => guideRow(reader, sectionOf(guide), guide, line));
    const list = el("ul", { class: "rows" }, rows(found.slice(0, FIRST_FOUND)));
    // Drawing rows is most of what a key costs on a slow phone: what is below the fold waits until the typing pauses.
    setTimeout(() => {
      if (list.isConnected) list.append(...rows(found.slice(FIRST_FOUND)));
    }, PAUSE_MS);
    fill(
      results,
      el(
        "p",
        { class: "under", role: "status" },
        found.length ? say("search.found", { n: found.length }) : say("search.none"),
      ),
      list,
      !found.length && button(say("search.ask"), () => reader.go({ view: "write" })),
    );
  };
  // Built when it is first wanted: the first screen does not wait for it.
  const warm = (): void => reader.search().search.warm(show);
  input.addEventListener("focus", warm);
  input.addEventListener("input", () => {
    warm();
    show();
  });
  if (reader.query) show();
  return el(
    "div",
    { class: "search", role: "search" },
    icon("search"),
    el("label", { for: id, class: "unseen" }, say("search")),
    input,
  );
}

function trustLine(reader: Reader): HTMLElement {
  const words = say("trust.line", { name: reader.edition.publisher.name });
  return el(
    "p",
    { class: "signed" },
    el("button", { type: "button", class: "link", onclick: () => reader.go({ view: "trust" }) }, icon("check"), words),
  );
}
