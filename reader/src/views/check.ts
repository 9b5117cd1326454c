/** Checking a neighbour's page: genuine, genuine but older, or swapped. */
import { el, fill } from "../dom";
import { checkPage } from "../edition/page";
import { icon } from "../shell/icon";
import type { Reader } from "../shell/reader";
import { day, languageName, say } from "../speech/speech";
import { filePicker } from "./fields";

type Told = "genuine" | "older" | "newer" | "strange-code" | "swapped" | "no-page";

/** What a file is, by our own root and the lists of codes that it signed. */
function judge(reader: Reader, file: Uint8Array): { told: Told; date: string } {
  const verdict = checkPage(file, reader.library);
  if (verdict.verdict === "not-a-page") return { told: "no-page", date: "" };
  if (verdict.verdict === "swapped") return { told: verdict.reason === "code" ? "strange-code" : "swapped", date: "" };
  const date = day(new Date(verdict.time * 1000), new Date());
  return { told: verdict.newer ? "newer" : verdict.verdict, date };
}

export function checkPart(reader: Reader): Node[] {
  const result = el("div", { role: "status" });
  const look = async (file: File | undefined): Promise<void> => {
    if (!file) return;
    const { told, date } = judge(reader, new Uint8Array(await file.arrayBuffer()));
    const bad = told === "swapped" || told === "strange-code" || told === "no-page";
    fill(
      result,
      el(
        "section",
        { class: bad ? "note loud" : "note good" },
        el("h3", {}, icon(bad ? "alert" : "check"), say(`check.${told}`)),
        el("p", {}, say(`check.${told}.words`, { date })),
      ),
    );
  };
  const { refused } = reader.words;
  const strange = el(
    "section",
    { class: "note loud" },
    el("h3", {}, icon("alert"), say("check.list")),
    el("p", {}, say("check.list.words", { what: refused.map(languageName).join(" · ") })),
  );
  return [
    ...(refused.length ? [strange] : []),
    el("h2", {}, say("check.title")),
    el("p", {}, say("check.words")),
    filePicker(say("check.choose"), ".html,.htm,text/html", false, (files) => void look(files[0])),
    result,
  ];
}
