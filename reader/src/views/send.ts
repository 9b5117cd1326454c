/** How a sealed letter travels: now, through the network, or as a file in somebody's hands. */
import { button, download, el } from "../dom";
import { writeLetters } from "../edition/letterbag";
import { visit } from "../page/visit";
import type { Sealed } from "../post/sealing";
import { readCode, stamped } from "../post/stamp";
import { leave } from "../shell/exit";
import type { Reader } from "../shell/reader";
import { say } from "../speech/speech";
import { rareField } from "./fields";
import { playingTime } from "./play";
import { Status } from "./status";
import type { Stage } from "./write";

export const MOST_BY_SOUND = 4096; // bytes

export function sendStage(reader: Reader, stage: Stage, { letter, narrow }: Sealed, hasWords: boolean): void {
  const status = new Status();
  const postboxes = reader.postboxes();
  const done = (way: "sent" | "saved"): void => {
    status.goes();
    stage(
      say(way === "sent" ? "sent.title" : "saved.title"),
      el("p", { class: "lead" }, say(way === "sent" ? "sent.words" : "saved.words")),
      el("p", {}, say(hasWords ? "sent.remember" : "sent.noreply")),
      el(
        "div",
        { class: "actions" },
        button(say("sent.close"), leave, "first"),
        way === "saved" && postboxes.length > 0 && button(say("send.now"), () => void send()),
        way === "sent" && button(say("home.to"), () => reader.go({ view: "home" })),
      ),
      status.node,
    );
  };
  let typed = "";
  let going = false;
  /** The stamp that was typed, undefined for none; "slip" where it is none, which is said. */
  const stamp = (): Uint8Array | undefined | "slip" => {
    if (typed.trim() === "") return undefined;
    const read = readCode(typed);
    if (!read) status.fails(say("send.stamp.slip"));
    return read ?? "slip";
  };
  const send = async (): Promise<void> => {
    const code = stamp();
    // On a slow line people tap again. Each tap would be one more letter to count, and its end would say something else.
    if (code === "slip" || going) return;
    going = true;
    status.goes(say("send.going"));
    reader.announce(say("send.going"));
    const { library } = reader;
    const { looked, sent } = visit(reader, letter, code);
    looked.then(
      (newer) => newer.library !== library && reader.library === library && reader.take(newer.library, true),
      () => undefined, // nothing was changed, and the letter does not wait for it
    );
    if (await sent) {
      // The bytes are sealed and still need not stay in memory.
      letter.fill(0);
      narrow?.fill(0);
      done("sent");
    } else status.fails(say("send.failed"));
    going = false;
  };
  const save = (): void => {
    const code = stamp();
    if (code === "slip") return;
    download(code ? stamped(code, letter) : letter, fileName(), "application/octet-stream");
    done("saved");
  };
  stage(
    say("send.title"),
    el("p", { class: "lead" }, say("send.words")),
    rareField(say("send.stamp"), say("send.stamp.hint"), (value) => (typed = value)),
    // Above the ways: below them nobody would see it on a small screen.
    status.node,
    el(
      "div",
      { class: "actions" },
      postboxes.length > 0 && button(say("send.now"), () => void send(), "first"),
      postboxes.length > 0 && el("p", { class: "hint" }, say("send.now.hint")),
      button(say("send.file"), save, postboxes.length > 0 ? "plain" : "first"),
      el("p", { class: "hint" }, say("send.file.hint")),
      button(say("show.title"), () => reader.go({ view: "show", parcels: [writeLetters([letter])], hasWords })),
      el("p", { class: "hint" }, say("show.letter")),
      ...playPart(reader, { letter, narrow }, hasWords),
    ),
  );
}

/** By sound: nothing but a letter of the smallest sizes, which takes minutes as it is. */
function playPart(reader: Reader, { letter, narrow }: Sealed, hasWords: boolean): Node[] {
  if (letter.length > MOST_BY_SOUND) return [];
  const [parcel, short] = [writeLetters([letter]), narrow && writeLetters([narrow])];
  return [
    button(say("play.title"), () => reader.go({ view: "play", parcel, narrow: short, hasWords })),
    el("p", { class: "hint" }, say("play.letter", { time: playingTime(short ?? parcel) })),
  ];
}

/** A name that says nothing: `notes-` and four random letters. */
export function fileName(): string {
  const random = crypto.getRandomValues(new Uint8Array(4));
  return `notes-${Array.from(random, (byte) => "abcdefghkmnprstu"[byte & 15]).join("")}.bin`;
}
