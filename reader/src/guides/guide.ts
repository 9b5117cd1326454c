/**
 * A guide's file: front matter, title, body. Rules (spec/guide.md): flat `key: value` lines and nothing of YAML; the
 * first of two equal keys counts; a value that does not fit is as if its line were absent.
 */

export interface Guide {
  readonly path: string;
  readonly title: string;
  readonly kind: "guide" | "checklist" | "alert";
  readonly order: number | undefined;
  /** YYYY-MM-DD. */
  readonly reviewed: string | undefined;
  readonly summary: string;
  readonly body: string;
}

const DECODER = new TextDecoder("utf-8", { ignoreBOM: true });
const FENCE = /^---[ \t]*$/;
const MOST_LINES = 64;

export function readGuide(path: string, bytes: Uint8Array): Guide {
  const text = DECODER.decode(bytes).replace(/^\ufeff/, "");
  const { values, body } = frontMatter(text);
  const kind = values.get("kind");
  const order = values.get("order") ?? "";
  const reviewed = values.get("reviewed");
  return {
    path,
    title: cut(plain(values.get("title") ?? ""), 200) || headingIn(body) || nameOf(path),
    kind: kind === "checklist" || kind === "alert" ? kind : "guide",
    order: /^-?[0-9]{1,4}$/.test(order) ? Number(order) : undefined,
    reviewed: reviewed !== undefined && isDate(reviewed) ? reviewed : undefined,
    summary: cut(plain(values.get("summary") ?? ""), 400),
    body,
  };
}

function frontMatter(text: string): { values: Map<string, string>; body: string } {
  const values = new Map<string, string>();
  if (!text.startsWith("---")) return { values, body: text };
  const ends = /\r\n|\n|\r/g;
  const lines: string[] = [];
  const starts: number[] = [];
  let at = 0;
  for (let count = 0; count < MOST_LINES; count++) {
    const end = ends.exec(text);
    lines.push(text.slice(at, end ? end.index : text.length));
    at = end ? ends.lastIndex : text.length;
    starts.push(at);
    // The fence that closes: what comes after it is the body.
    if (!end || (count > 1 && FENCE.test(lines[count] ?? ""))) break;
  }
  const second = lines[1] ?? "";
  if (!FENCE.test(lines[0] ?? "") || !(FENCE.test(second) || second.includes(":"))) return { values, body: text };
  const close = lines.findIndex((line, index) => index > 0 && FENCE.test(line));
  if (close < 0) return { values, body: text };
  for (const line of lines.slice(1, close)) {
    const match = /^([A-Za-z][A-Za-z0-9_-]{0,31}):(.*)$/s.exec(line);
    if (!match) continue;
    const key = (match[1] ?? "").toLowerCase();
    if (!values.has(key)) values.set(key, unquote((match[2] ?? "").replace(/^[ \t]+|[ \t]+$/g, "")));
  }
  return { values, body: text.slice(starts[close]) };
}

function unquote(value: string): string {
  const inner = value.slice(1, -1);
  if (value.length >= 2 && /^".*"$/s.test(value)) return inner.replace(/\\(["\\])/g, "$1");
  if (value.length >= 2 && /^'.*'$/s.test(value)) return inner.replace(/''/g, "'");
  return value;
}

/** Without controls and without what turns the direction of the text around. */
const plain = (text: string): string => text.replace(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "");

const cut = (text: string, most: number): string =>
  text.length > most ? Array.from(text).slice(0, most).join("") : text;

function isDate(text: string): boolean {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text + "T00:00:00Z") : NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** The first heading's words, without formatting; close enough to CommonMark for a title. */
function headingIn(body: string): string {
  const visible = body.replace(/^(```|~~~)[^]*?^\1.*$/gm, "");
  const match = HEADING.exec(visible.replace(/\r\n?/g, "\n"));
  return cut(plain(plainWords(match?.[1] ?? match?.[2] ?? "")), 200);
}

/** A line that begins with #, or a paragraph that is underlined. */
const HEADING =
  /^ {0,3}#{1,6}[ \t]+(.+?)(?:[ \t]+#+)?[ \t]*$|^((?: {0,3}(?![#>]|(?:[-*_][ \t]*){3,}$|[-*+][ \t]|\d{1,9}[.)][ \t])\S.*\n)+) {0,3}(?:=+|-+)[ \t]*$/m;

/** One line of Markdown as the words that a person would read. */
export function plainWords(markdown: string): string {
  return markdown
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1")
    .replace(/\\([!-/:-@[-`{-~])/g, "$1")
    .replace(/(\*\*|__|~~|`|\*)/g, "")
    .replace(/\s+/g, " ")
    .trim();
}

function nameOf(path: string): string {
  const parts = path.split("/");
  const last = (parts.pop() ?? "").replace(/\.md$/, "");
  return nameInWords(last === "index" ? (parts.pop() ?? "") : last);
}

export function nameInWords(name: string): string {
  const words = name.replace(/[-_ ]+/g, " ").trim();
  const [first = "", ...rest] = Array.from(words);
  return first.toUpperCase() + rest.join("");
}
