/** One guide: its title, when it was reviewed and by whom, its text, and the way to say that it is wrong. */
import { button, el } from "../dom";
import type { Guide } from "../guides/guide";
import { renderMarkdown } from "../guides/markdown";
import { findTopic } from "../guides/topics";
import type { Place, Reader } from "../shell/reader";
import { heading, type View } from "../shell/shell";
import { day, directionOf, say } from "../speech/speech";
import { sectionName } from "./home";
import { paperLine, printButton } from "./paper";

export function guideView(reader: Reader, place: Extract<Place, { view: "guide" }>): View {
  const { section, path } = place;
  const shelf = reader.shelfOf(section);
  const guide = shelf?.guides.get(path);
  if (!shelf || !guide) return { heading: heading(say("gone.title")), content: [el("p", {}, say("gone.words"))] };
  const language = reader.guideLanguage;
  const topic = path.includes("/") ? findTopic(shelf.top, path.slice(0, path.lastIndexOf("/"))) : undefined;
  const by = section === "main" || section === "" ? reader.edition.publisher.name : sectionName(section);
  const body = el(
    "div",
    { class: "guide-body", lang: language, dir: directionOf(language) },
    guideBody(reader, section, guide),
  );
  return {
    heading: heading(guide.title, language),
    content: [
      topic &&
        topic.title !== guide.title &&
        el("p", { class: "crumb", lang: language, dir: directionOf(language) }, topic.title),
      el("p", { class: "under" }, el("span", {}, reviewed(guide), " · ", el("bdi", {}, by))),
      reader.stale && el("p", { class: "note" }, say("guide.old", { n: reader.ageInDays() })),
      body,
      el(
        "div",
        { class: "actions ends" },
        button(say("guide.wrong"), () => reader.go({ view: "write", about: { path, title: guide.title } })),
        printButton(),
      ),
      paperLine(reader, shelf.pack.time),
    ],
    shown: () => {
      if (place.fragment) toFragment(body, place.fragment);
    },
  };
}

export function guideBody(reader: Reader, section: string, guide: Guide): DocumentFragment {
  const shelf = reader.shelfOf(section);
  return renderMarkdown(guide.body, {
    path: guide.path,
    title: guide.title,
    has: (path) => shelf?.guides.has(path) ?? false,
    open: (path, fragment) => openInner(reader, section, guide, path, fragment),
    picture: (path) => reader.picture(section, path),
    pictureMissing: say("guide.picture"),
    tableName: say("guide.table"),
    codeName: say("guide.code"),
  });
}

function openInner(reader: Reader, section: string, from: Guide, path: string, fragment: string): void {
  if (path === from.path) {
    const body = document.querySelector<HTMLElement>("main .guide-body");
    if (body) toFragment(body, fragment);
  } else if (/(^|\/)index\.md$/.test(path)) {
    reader.go({ view: "topic", section, path: path.replace(/\/?index\.md$/, "") });
  } else {
    reader.go({ view: "guide", section, path, fragment });
  }
}

function toFragment(body: HTMLElement, fragment: string): void {
  const target = [...body.querySelectorAll<HTMLElement>("[data-name]")].find((one) => one.dataset["name"] === fragment);
  target?.scrollIntoView();
  target?.focus({ preventScroll: true });
}

function reviewed(guide: Guide): string {
  if (!guide.reviewed) return say("guide.unreviewed");
  // Always with the year: advice from another year must be seen as that. The day is one of no time zone.
  return say("guide.reviewed", { date: day(new Date(guide.reviewed + "T00:00")) });
}
