/** The six words that lead back to an answer: proposed, large, and only in the person's head afterwards. */
import { button, el, fill } from "../dom";
import { nextPaint, proposeWords } from "../post/sealing";
import { WORD_LANGUAGES, type WordLanguage, wordLanguageFor } from "../post/words";
import { languageName, say, speaking } from "../speech/speech";
import { choice } from "./fields";
import type { Stage } from "./write";

export function codenameStage(stage: Stage, backToLetter: () => void, done: (words: readonly string[]) => void): void {
  let language: WordLanguage = wordLanguageFor(speaking());
  let words: readonly string[] = [];
  const card = el("ol", { class: "codename", "aria-label": say("codename.title") });
  const show = (): void => {
    words = proposeWords(language);
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
      WORD_LANGUAGES.map((one) => [one, languageName(one)] as const),
      language,
      (chosen) => {
        language = chosen;
        show();
      },
    ),
  );
}
