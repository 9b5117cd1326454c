/**
 * Finding answers: six words, the bags that travel with this page, then one bundle of sealed replies from the
 * network.
 */
import { button, el, fill } from "../dom";
import { type Answers, Answering } from "../post/answers";
import { nextPaint, unlock } from "../post/sealing";
import type { Reader } from "../shell/reader";
import { heading, type View } from "../shell/shell";
import { languageName, say, speaking } from "../speech/speech";
import { choice } from "./fields";
import { WordField, wordLabel } from "./wordfield";

const WORDS = 6;

export function repliesView(reader: Reader): View {
  const lists = reader.words;
  let language = lists.languageOf(speaking());
  const fields: WordField[] = [];
  const problem = el("p", { class: "problem", role: "alert" });
  const body = el("div", {});
  const title = heading(say("replies.title"));
  const find = button(say("replies.find"), () => void look(), "first");
  for (let at = 0; at < WORDS; at++) {
    const field = new WordField(wordLabel(at + 1), [], () => (fields[at + 1] ?? { focus: () => find.focus() }).focus());
    field.spread = (words) =>
      words.slice(0, WORDS - at).forEach((word, more) => {
        const other = fields[at + more];
        if (other) other.value = word;
      });
    fields.push(field);
  }
  const useList = (): void => fields.forEach((field) => field.useWords(lists.in(language)));
  const ask = el(
    "div",
    {},
    el("p", { class: "lead" }, say("replies.words")),
    lists.languages.length > 0 &&
      choice(
        say("codename.language"),
        [
          ...lists.languages.map((one) => [one as string, languageName(one)] as const),
          // Words of a list that this copy lacks are known to nobody here, and are taken as they are typed.
          ...(lists.lacking ? [["", say("replies.free")] as const] : []),
        ],
        language ?? "",
        (chosen) => {
          language = lists.languages.find((one) => one === chosen);
          useList();
        },
      ),
    el(
      "div",
      { class: "six" },
      fields.map((field) => field.node),
    ),
    problem,
    el("div", { class: "actions" }, find),
  );
  fill(body, ask);

  const look = async (): Promise<void> => {
    const missing = fields.findIndex((field) => !field.value);
    const strange = fields.findIndex((field) => field.value !== "" && !field.known);
    if (missing >= 0 || strange >= 0) {
      const at = missing >= 0 ? missing : strange;
      fill(
        problem,
        missing >= 0
          ? say("replies.missing", { n: at + 1 })
          : say("replies.strange", { n: at + 1, word: fields[at]?.value ?? "" }),
      );
      fields[at]?.focus();
      return;
    }
    fill(problem);
    const words = fields.map((field) => field.value);
    const status = el("p", { role: "status" }, say("replies.preparing"));
    const bar = el("progress", { "aria-label": say("replies.title") });
    fill(body, status, bar);
    title.focus({ preventScroll: true });
    try {
      const key = await unlock(words, reader.edition.publisher.deskId);
      const answering = new Answering(key, reader.library, reader.postboxes());
      key.fill(0);
      fill(status, say("replies.looking", { n: answering.records }));
      await nextPaint();
      await showAnswers(answering, bar);
      for (const field of fields) field.value = "";
    } catch {
      fill(body, ask);
      fill(problem, say("replies.failed"));
    }
  };

  const showAnswers = async (answering: Answering, bar: HTMLProgressElement): Promise<void> => {
    const answers = await answering.look((part) => (bar.value = part));
    const more = button(say("replies.more"), () => void showAnswers(answering, bar), "first");
    fill(title, titleOf(answers));
    fill(
      body,
      wordsOf(answers),
      answers.unreachable && el("p", { class: "note" }, say("replies.offline")),
      el(
        "div",
        { class: "actions" },
        answers.waiting > 0 && more,
        button(say("replies.write"), () => reader.go({ view: "write" })),
        !answers.texts.length && button(say("home.update"), () => reader.go({ view: "update" })),
        button(say("replies.again"), () => {
          fill(title, say("replies.title"));
          fill(body, ask);
          fields[0]?.focus();
        }),
      ),
    );
    title.focus({ preventScroll: true });
  };
  return { heading: title, content: [body], shown: () => void nextPaint().then(useList) };
}

function titleOf({ texts, waiting }: Answers): string {
  const answers = texts.filter(Boolean).length + waiting;
  if (answers) return say("replies.found", { n: answers });
  return say(texts.length ? "replies.received" : "replies.none");
}

function wordsOf({ texts, waiting }: Answers): Node[] {
  const answers = texts.filter(Boolean).map((text) => {
    const parts = text.split(/\n{2,}/).map((part) => el("p", {}, part));
    return el("article", { class: "answer", dir: "auto" }, parts);
  });
  if (waiting) answers.push(el("p", { class: "note" }, say("replies.waiting", { n: waiting })));
  if (answers.length) return answers;
  return [el("p", { class: "lead" }, say(texts.length ? "replies.received.words" : "replies.none.words"))];
}
