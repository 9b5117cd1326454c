/** Language, size of the text, light and dark. Forgotten when the page is closed. */
import { el } from "../dom";
import type { Reader } from "../shell/reader";
import { heading, type View } from "../shell/shell";
import { languageName, say, SPOKEN } from "../speech/speech";
import { choice } from "./fields";

export function settingsView(reader: Reader): View {
  const languages = reader.packLanguages();
  const root = document.documentElement;
  return {
    heading: heading(say("settings")),
    content: [
      choice("Мова · Language · Язык · اللغة", SPOKEN, reader.language, (language) => reader.setLanguage(language)),
      languages.length > 1 &&
        choice(
          say("settings.guides"),
          languages.map((language) => [language, languageName(language)] as const),
          reader.guideLanguage,
          (language) => reader.setGuideLanguage(language),
        ),
      choice(
        say("settings.size"),
        [
          ["0", say("settings.size.normal")],
          ["1", say("settings.size.large")],
          ["2", say("settings.size.largest")],
        ],
        String(reader.textSize) as "0" | "1" | "2",
        (size) => {
          reader.textSize = Number(size) as 0 | 1 | 2;
          root.dataset["size"] = size;
        },
      ),
      choice(
        say("settings.look"),
        [
          ["phone", say("settings.look.phone")],
          ["light", say("settings.look.light")],
          ["dark", say("settings.look.dark")],
        ],
        reader.appearance,
        (look) => {
          reader.appearance = look;
          root.dataset["appearance"] = look;
        },
      ),
      el("p", { class: "hint" }, say("settings.forgotten")),
      el("h2", {}, say("exit.title")),
      el("p", {}, say("exit.words")),
    ],
  };
}
