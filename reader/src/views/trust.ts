/** Who signed what, in plain words, with the numbers for whoever wants to compare them. */
import { el } from "../dom";
import type { Reader } from "../shell/reader";
import { heading, type View } from "../shell/shell";
import { day, languageName, say } from "../speech/speech";
import { sectionName } from "./home";

export function trustView(reader: Reader): View {
  const { edition } = reader;
  const fact = (name: string, value: string, plain = false): Node[] => [
    el("dt", {}, name),
    el("dd", plain ? { dir: "ltr", class: "figures" } : {}, el("bdi", {}, value)),
  ];
  return {
    heading: heading(say("trust.title")),
    content: [
      el("p", {}, say("trust.words", { name: edition.publisher.name })),
      el(
        "dl",
        {},
        fact(say("trust.signer"), edition.publisher.name),
        fact(say("trust.edition"), String(edition.number)),
        fact(say("trust.date"), day(new Date(edition.time * 1000))),
        fact(say("trust.expiry"), day(new Date(edition.expiry * 1000))),
        edition.packs.flatMap((pack) =>
          fact(`${sectionName(pack.section)} · ${languageName(pack.language)}`, say("guides", { n: pack.guides.size })),
        ),
        fact(say("trust.identity"), inFours(edition.publisher.deskId), true),
      ),
      el("p", {}, say("trust.check")),
      el(
        "div",
        { class: "actions" },
        el("button", { type: "button", class: "plain", onclick: () => reader.go({ view: "pass" }) }, say("pass.title")),
      ),
    ],
  };
}

/** Bytes in hexadecimal, in groups of four digits. */
export const inFours = (bytes: Uint8Array): string =>
  (
    Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0"))
      .join("")
      .match(/.{4}/g) ?? []
  ).join(" ");
