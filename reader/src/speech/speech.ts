/**
 * What the page says, in four languages. Rules: every string is in strings/<language>.json, one file a language; a
 * string with a number has its plural forms; days and numbers are written without Intl, which takes an eighth of a
 * second to begin on a slow phone (decision 0033).
 */
import ar from "../../strings/ar.json";
import en from "../../strings/en.json";
import ru from "../../strings/ru.json";
import uk from "../../strings/uk.json";

export type Said = keyof typeof en;
export type Spoken = "uk" | "en" | "ru" | "ar";

type Plural = Readonly<Record<string, string>>;
type Strings = readonly (string | Plural)[];

/** The build takes the names off the other languages: their strings stand in the order of the English ones. */
const NAMES = Object.keys(en);
const LANGUAGES: Readonly<Record<Spoken, Strings>> = {
  uk: Object.values(uk),
  en: Object.values(en),
  ru: Object.values(ru),
  ar: Object.values(ar),
};

/** The page's languages, Ukrainian first, each in its own words. */
export const SPOKEN: readonly (readonly [Spoken, string])[] = [
  ["uk", "Українська"],
  ["en", "English"],
  ["ru", "Русский"],
  ["ar", "العربية"],
];

const RIGHT_TO_LEFT = /^(ar|fa|he|ur|ckb|ps|sd|ug|yi)(-|$)/;
export const directionOf = (language: string): "rtl" | "ltr" => (RIGHT_TO_LEFT.test(language) ? "rtl" : "ltr");

let spoken: Spoken = "en";

export function speak(language: Spoken): void {
  spoken = language;
}

export const speaking = (): Spoken => spoken;

export function isSpoken(language: string): language is Spoken {
  return Object.prototype.hasOwnProperty.call(LANGUAGES, language);
}

/** The string `key`, with `{name}` filled in; `n` chooses the plural form. */
export function say(key: Said, values: Readonly<Record<string, string | number>> = {}): string {
  const string = LANGUAGES[spoken][NAMES.indexOf(key)] ?? key;
  const n = values["n"];
  const text =
    typeof string === "string" ? string : (string[pluralOf(spoken, Number(n ?? 0))] ?? string["other"] ?? "");
  return text.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = values[name];
    if (typeof value === "number") return number(value);
    // A name of the other direction must not turn the sentence around.
    return spoken === "ar" && value ? `\u2068${value}\u2069` : (value ?? "");
  });
}

/** The plural form of a whole number (CLDR's cardinal rules of these four languages). */
function pluralOf(language: Spoken, n: number): string {
  const [ten, hundred] = [n % 10, n % 100];
  if (language === "en") return n === 1 ? "one" : "other";
  if (language === "ar") {
    if (n === 0) return "zero";
    if (n === 1) return "one";
    if (n === 2) return "two";
    if (hundred >= 3 && hundred <= 10) return "few";
    return hundred >= 11 ? "many" : "other";
  }
  if (ten === 1 && hundred !== 11) return "one";
  return ten >= 2 && ten <= 4 && !(hundred >= 12 && hundred <= 14) ? "few" : "many";
}

/** Latin digits in Arabic too: codenames, fingerprints and file names have them. */
export const number = (n: number): string =>
  String(n).replace(/\B(?=(\d{3})+$)/g, spoken === "uk" || spoken === "ru" ? "\u00a0" : ",");

/** A day in words: "21 November", with the year unless it is `now`'s. */
export function day(date: Date, now?: Date): string {
  const words = `${date.getDate()} ${say("months").split(" ")[date.getMonth()]}`;
  return date.getFullYear() === now?.getFullYear() ? words : `${words} ${date.getFullYear()}`;
}

export function languageName(language: string): string {
  const own = SPOKEN.find(([code]) => code === language);
  if (own) return own[1];
  try {
    return new Intl.DisplayNames([language], { type: "language" }).of(language) ?? language;
  } catch {
    return language;
  }
}
