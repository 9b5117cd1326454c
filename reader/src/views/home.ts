/** The first screen: the edition's date, alerts, search, topics, and three things one can do. */
import { PRIVATE_FIELD, button, el, newId } from "../dom";
import { alertsOf, isTopic, type Shelf } from "../guides/topics";
import { whenIdle } from "../idle";
import { icon } from "../shell/icon";
import type { Reader } from "../shell/reader";
import { heading, type View } from "../shell/shell";
import { day, directionOf, say } from "../speech/speech";
import { entryRow } from "./entries";
import { FoundRows } from "./found";

export function homeView(reader: Reader): View {
  const date = day(new Date(reader.time * 1000), new Date());
  const shelves = reader.shelvesHere();
  const topics = el(
    "div",
    {},
    shelves.map((shelf) => topicsOf(reader, shelf, shelves.length > 1)),
  );
  const found = new FoundRows(reader);
  const field = searchField(reader, topics, found);
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
      found.section,
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
    return note(say("clock.title"), say("clock.words", { date: day(new Date()) }));
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

function searchField(reader: Reader, topics: HTMLElement, found: FoundRows): HTMLElement {
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
    const query = reader.query.trim();
    found.show(query);
    topics.classList.toggle("away", query !== "");
  };
  input.addEventListener("input", () => {
    reader.query = input.value;
    show();
  });
  if (reader.query) show();
  // The texts are read once the first screen stands; what was asked for meanwhile is answered again from all of them.
  whenIdle(() => {
    if (found.prepare()) return true;
    const more = reader.search().search.readOn();
    if (!more && reader.query) show();
    return more;
  });
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
