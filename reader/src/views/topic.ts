/** One topic: its short text, then its guides and the topics inside it. */
import { el } from "../dom";
import { findTopic } from "../guides/topics";
import type { Place, Reader } from "../shell/reader";
import { heading, type View } from "../shell/shell";
import { directionOf, say } from "../speech/speech";
import { guideBody } from "./guide";
import { entryRow } from "./entries";
import { sectionName } from "./home";

export function topicView(reader: Reader, place: Extract<Place, { view: "topic" }>): View {
  const shelf = reader.shelfOf(place.section);
  const topic = shelf && findTopic(shelf.top, place.path);
  if (!topic) return { heading: heading(say("gone.title")), content: [el("p", {}, say("gone.words"))] };
  const language = reader.guideLanguage;
  const above =
    place.path.includes("/") && shelf
      ? findTopic(shelf.top, place.path.slice(0, place.path.lastIndexOf("/")))
      : undefined;
  return {
    heading: heading(topic.title || sectionName(place.section), language),
    content: [
      el("p", { class: "under" }, [above?.title, say("guides", { n: topic.count })].filter(Boolean).join(" · ")),
      topic.intro &&
        el(
          "div",
          { class: "guide-body", lang: language, dir: directionOf(language) },
          guideBody(reader, place.section, topic.intro),
        ),
      el(
        "ul",
        { class: "rows" },
        topic.entries.map((entry) => entryRow(reader, place.section, entry)),
      ),
    ],
  };
}
