/** The six words that lead back to an answer: proposed, large, and only in the person's head afterwards. */
import { button, el, fill } from "../dom";
import { nextPaint, proposeWords } from "../post/sealing";
import type { WordLists } from "../post/words";
import { languageName, say, speaking } from "../speech/speech";
import { choice } from "./fields";
import type { Stage } from "./write";

/** `done` takes the six words; undefined where somebody goes on without an answer, because this copy has no words. */
export function codenameStage(
  lists: WordLists,
  stage: Stage,
  backToLetter: () => void,
  done: (words: readonly string[] | undefined) => void,
): void {
  const first = lists.languageFor(speaking());
  if (!first) return noWordsStage(stage, backToLetter, () => done(undefined));
  let language = first;
  let words: readonly string[] = [];
  const card = el("ol", { class: "codename", "aria-label": say("codename.title") });
  const show = (): void => {
    words = proposeWords(lists.in(language));
    card.lang = language;
    card.dir = "ltr";
    fill(
      card,
      words.map((word) => el("li", {}, word)),
    );
  };
  // The list takes a moment to unpack on an old phone: the rest of the screen is there first.
  void nextPaint().then(show);
  stage(
    say("codename.title"),
    el("p", { class: "lead" }, say("codename.words")),
    card,
    el("p", { class: "say-aloud" }, say("codename.aloud")),
    el("p", { class: "hint" }, say("codename.paper")),
    el(
      "div",
      { class: "actions" },
      button(say("codename.known"), () => words.length && done(words), "first"),
      button(say("codename.other"), () => {
        show();
        card.scrollIntoView({ block: "nearest" });
      }),
      button(say("codename.letter"), backToLetter),
    ),
    choice(
      say("codename.language"),
      lists.languages.map((one) => [one, languageName(one)] as const),
      language,
      (chosen) => {
        language = chosen;
        show();
      },
    ),
  );
}

/** Words are drawn, never made up: without a list there are none. */
function noWordsStage(stage: Stage, backToLetter: () => void, withoutAnswer: () => void): void {
  stage(
    say("codename.none"),
    el("p", { class: "lead" }, say("codename.none.words")),
    el(
      "div",
      { class: "actions" },
      button(say("codename.none.send"), withoutAnswer, "first"),
      button(say("codename.letter"), backToLetter),
    ),
  );
}
