/** Writing to the centre: the letter, the six words, the way it travels. Rules: nothing is kept once it is sealed. */
import { button, el, fill } from "../dom";
import { CONCERNS, type Draft, emptyDraft } from "../post/draft";
import { cleanPicture, PictureRefused } from "../post/picture";
import { fits, MOST_LETTER_PICTURES, sealDraft } from "../post/sealing";
import type { Place, Reader } from "../shell/reader";
import { heading, type View } from "../shell/shell";
import { day, say } from "../speech/speech";
import { codenameStage } from "./codename";
import { choice, filePicker, longField, textField, tick } from "./fields";
import { sectionName } from "./home";
import { sendStage } from "./send";

/** One screen of several inside the view: sets the heading, shows the rest, moves the focus. */
export type Stage = (title: string, ...content: (Node | false | undefined)[]) => void;

export function writeView(reader: Reader, place: Extract<Place, { view: "write" }>): View {
  const title = heading(say("write.title"));
  const body = el("div", {});
  const cannot = whyNot(reader);
  if (cannot) return { heading: title, content: cannot };
  const draft = (reader.draft ??= emptyDraft(reader.edition.bags[0]?.section ?? "main"));
  if (place.about) {
    draft.guide = place.about;
    draft.concern = "feedback";
  }
  const stage: Stage = (words, ...content) => {
    fill(title, words);
    fill(body, content as Node[]);
    window.scrollTo(0, 0);
    title.focus({ preventScroll: true });
  };
  const wipe = (): void => {
    reader.draft = undefined;
  };
  const toLetter = (): void => stage(say("write.title"), ...letterStage(reader, draft, next));
  const next = (): void => {
    if (draft.wantsReply) codenameStage(reader.words, stage, toLetter, seal);
    else seal(undefined);
  };
  const seal = (words: readonly string[] | undefined): void => {
    stage(
      say("seal.title"),
      el("p", { role: "status" }, say("seal.words")),
      el("progress", { "aria-label": say("seal.title") }),
    );
    sealDraft(reader.edition, draft, words, reader.nextSeal).then(
      (sealed) => {
        wipe();
        sendStage(reader, stage, sealed, words !== undefined);
      },
      () => stage(say("seal.failed"), el("p", {}, say("seal.failed.words")), button(say("back"), toLetter)),
    );
  };
  fill(body, letterStage(reader, draft, next) as Node[]);
  return { heading: title, content: [body], shown: () => reader.nextSeal.prepare(reader.edition.letterKey) };
}

/** Why nothing can be written now: the key's time is over, or the phone's clock is far off. */
function whyNot(reader: Reader): (Node | false)[] | undefined {
  const update = button(say("old.do"), () => reader.go({ view: "update" }), "first");
  if (reader.clockWrong) {
    return [el("p", {}, say("clock.words", { date: day(new Date()) })), el("p", {}, say("write.clock"))];
  }
  if (reader.now() <= reader.edition.letterKey.sealUntil) return undefined;
  return [el("p", {}, say("write.late")), el("p", {}, say("write.late.do")), update];
}

function letterStage(reader: Reader, draft: Draft, next: () => void): (Node | false | undefined)[] {
  const problem = el("p", { class: "problem", role: "alert" });
  const bags = reader.edition.bags.map((bag) => [bag.section, sectionName(bag.section)] as const);
  const guide = draft.guide;
  const about =
    guide &&
    el(
      "p",
      { class: "note" },
      say("write.guide", { title: guide.title }),
      button(
        say("write.guide.not"),
        () => {
          draft.guide = undefined;
          document.querySelector("main .write .note")?.remove();
        },
        "link",
      ),
    );
  return [
    el("p", { class: "lead" }, say("write.promise")),
    about,
    choice(
      say("write.concern"),
      CONCERNS.map((one) => [one, say(`write.concern.${one}`)] as const),
      draft.concern,
      (concern) => {
        draft.concern = concern;
      },
    ),
    longField(say("write.text"), say("write.text.hint"), draft.text, (text) => {
      draft.text = text;
      reader.nextSeal.prepare(reader.edition.letterKey);
    }),
    pictures(draft),
    textField(say("write.town"), say("write.town.hint"), draft.town, (town) => {
      draft.town = town;
    }),
    tick(say("write.reply"), draft.wantsReply, (wants) => {
      draft.wantsReply = wants;
    }),
    bags.length > 1 &&
      choice(say("write.bag"), bags, draft.section, (section) => {
        draft.section = section;
      }),
    bags.length > 1 && el("p", { class: "hint" }, say("write.bag.hint")),
    problem,
    el(
      "div",
      { class: "actions" },
      button(
        say("next"),
        () => {
          const wrong =
            !draft.text.trim() && !draft.pictures.length ? say("write.empty") : !fits(draft) ? say("write.long") : "";
          fill(problem, wrong);
          if (!wrong) next();
        },
        "first",
      ),
    ),
    el("p", { class: "hint" }, say("write.history")),
  ];
}

function pictures(draft: Draft): HTMLElement {
  const list = el("ul", { class: "pictures" });
  const status = el("p", { class: "hint", role: "status" });
  const show = (): void => {
    fill(
      list,
      draft.pictures.map((picture, at) => {
        const image = el("img", { alt: say("picture.alt", { n: at + 1 }) });
        const url = URL.createObjectURL(new Blob([picture.jpeg as BlobPart], { type: "image/jpeg" }));
        image.addEventListener("load", () => URL.revokeObjectURL(url));
        image.src = url;
        const removed = picture.removed.map((what) => say(`picture.hidden.${what}`)).join(" · ");
        const remove = button(say("picture.remove"), () => {
          draft.pictures.splice(at, 1);
          show();
        });
        return el("li", {}, image, el("p", { class: "hint" }, say("picture.removed", { what: removed })), remove);
      }),
    );
  };
  const take = async (files: readonly File[]): Promise<void> => {
    for (const file of files) {
      if (draft.pictures.length >= MOST_LETTER_PICTURES) {
        fill(status, say("picture.most", { n: MOST_LETTER_PICTURES }));
        return;
      }
      fill(status, say("picture.cleaning"));
      try {
        draft.pictures.push(await cleanPicture(file));
        fill(status, say("picture.clean"));
      } catch (error) {
        const blocked = error instanceof PictureRefused && error.reason === "blocked";
        fill(status, say(blocked ? "picture.blocked" : "picture.unreadable"));
      }
      show();
    }
  };
  show();
  return el(
    "div",
    { class: "field" },
    el("h2", { class: "label" }, say("picture.title")),
    el("p", { class: "hint" }, say("picture.hint")),
    list,
    status,
    filePicker(say("picture.add"), "image/*", true, (files) => void take(files)),
  );
}
