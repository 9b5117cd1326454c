/** Passing the page on: save it, share it, and how the other person can tell that it is genuine. */
import { sha256 } from "@noble/hashes/sha2.js";
import { button, download, el, fill } from "../dom";
import { FULL, UPDATE } from "../edition/parcel";
import { ownCodeHash } from "../page/itself";
import { nextPaint } from "../post/sealing";
import { hashInWords, type WordLanguage } from "../post/words";
import type { Reader } from "../shell/reader";
import { heading, type View } from "../shell/shell";
import { say, speaking } from "../speech/speech";
import { carriedPart } from "./carried";
import { checkPart } from "./check";
import { paperLine, printButton } from "./paper";
import { playButton } from "./play";
import { inFours } from "./trust";

const NAME = "notes.html";
/** Bytes: by sound some three minutes. A new letter key, which each week has, is most of that. */
const MOST_HEARD = 2048;

export function passView(reader: Reader): View {
  const list = el("ol", { class: "fingerprint", dir: "ltr" });
  const figures = el("p", { class: "figures", dir: "ltr" });
  const status = el("p", { role: "status", class: "hint" });
  const save = (): void => {
    download(reader.file(), NAME, "text/html");
    fill(status, say("pass.saved", { name: NAME }));
  };
  const parcels = reader.library.parcelsIn(reader.guideLanguage);
  const share = shareable(reader, () => fill(status, say("pass.unshared")));
  return {
    heading: heading(say("pass.title")),
    content: [
      el("p", { class: "lead" }, say("pass.words")),
      el(
        "div",
        { class: "actions" },
        share && button(say("pass.share"), share, "first"),
        button(say("pass.save"), save, share ? "plain" : "first"),
        button(say("show.title"), () => reader.go({ view: "show", parcels })),
        el("p", { class: "hint" }, say("show.pass")),
        ...byEar(reader, parcels),
      ),
      status,
      carriedPart(reader),
      el("p", { class: "hint" }, say("pass.risk")),
      el("h2", {}, say("print.title")),
      el("p", {}, say("print.words")),
      list,
      figures,
      el("p", {}, say("print.how")),
      el("div", { class: "actions" }, printButton()),
      paperLine(reader, reader.time),
      ...checkPart(reader),
    ],
    // The word list takes a moment to unpack on an old phone: the rest is there first.
    shown: () =>
      void nextPaint().then(() => {
        const { words, digits, language } = ownFingerprint(reader);
        list.hidden = !language;
        list.lang = language ?? "";
        fill(
          list,
          words.map((word) => el("li", {}, word)),
        );
        fill(figures, digits);
      }),
  };
}

/** The latest change alone: all of an edition takes hours by sound. Several sections have several, and no one is enough. */
function byEar(reader: Reader, parcels: readonly Uint8Array[]): Node[] {
  const parcel = parcels.filter(([, , , kind]) => kind === FULL || kind === UPDATE).pop();
  if (reader.shelvesHere().length > 1 || parcel?.[3] !== UPDATE || parcel.length > MOST_HEARD) return [];
  return [
    playButton(reader, parcel),
    el("p", { class: "hint" }, say("play.pass")),
  ];
}

interface OwnFingerprint {
  readonly words: readonly string[];
  readonly digits: string;
  readonly language: WordLanguage | undefined;
}

/** Code and publisher in one hash, as `holub page fingerprint` prints it: six words, where there is a list, and sixteen digits. */
function ownFingerprint(reader: Reader): OwnFingerprint {
  const hash = sha256.create().update(ownCodeHash()).update(reader.edition.publisher.deskId).digest();
  const language = reader.words.languageFor(speaking());
  const words = language ? hashInWords(hash, reader.words.in(language)) : [];
  return { words, digits: inFours(hash.subarray(0, 8)), language };
}

/** Web Share with a file, where the phone has it. `refused` is called where it shares nothing after all. */
function shareable(reader: Reader, refused: () => void): (() => void) | undefined {
  const shares = navigator as { canShare?: (data: ShareData) => boolean; share?: (data: ShareData) => Promise<void> };
  const probe = new File([""], NAME, { type: "text/html" });
  if (!shares.share || !shares.canShare?.({ files: [probe] })) return undefined;
  return () => {
    const file = new File([reader.file() as BlobPart], NAME, { type: "text/html" });
    shares.share?.({ files: [file] }).catch((error: Error) => {
      if (error.name !== "AbortError") refused(); // else the person changed their mind
    });
  };
}
