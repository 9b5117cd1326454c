/**
 * A guide's body as elements. Rules (spec/guide.md, "The body"):
 * - The parser's tokens become elements one by one; no HTML string is ever made, so raw HTML is text.
 * - Only a link to another guide can be followed. An outside address is text that can be copied; nothing loads.
 * - Headings start at level 2: the title is the view's heading.
 */
import { Lexer, type Token, Tokenizer, type Tokens } from "marked";
import { add, el } from "../dom";
import { decodeReferences } from "./references";

export interface Surroundings {
  /** The guide's own path. */
  readonly path: string;
  readonly title: string;
  has(path: string): boolean;
  open(path: string, fragment: string): void;
  picture(path: string): Uint8Array | undefined;
  /** For a picture that is not here: what to say in its place. */
  readonly pictureMissing: string;
  /** The names of what scrolls by itself: a wide table, a block of code. */
  readonly tableName: string;
  readonly codeName: string;
}

class PlainTokenizer extends Tokenizer {
  /** Bare addresses stay text. */
  override url(): undefined {
    return undefined;
  }
}

const lex = (body: string): Token[] => new Lexer({ gfm: true, tokenizer: new PlainTokenizer() }).lex(body);

export function renderMarkdown(body: string, around: Surroundings): DocumentFragment {
  const tokens = lex(body);
  const first = tokens.findIndex((token) => token.type !== "space");
  const heading = tokens[first];
  if (heading?.type === "heading" && textOf(heading.tokens ?? []).trim() === around.title) tokens.splice(first, 1);
  const fragment = document.createDocumentFragment();
  add(fragment, new Rendering(around).blocks(tokens));
  return fragment;
}

/** The names that links to headings use, each once: the second of a name has `-1` after it. */
class Names {
  private readonly seen = new Map<string, number>();

  of(heading: Tokens.Heading): string {
    const name = textOf(heading.tokens)
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{Nd} _-]/gu, "")
      .replace(/ /g, "-");
    const count = this.seen.get(name) ?? 0;
    this.seen.set(name, count + 1);
    return count ? `${name}-${count}` : name;
  }
}

/** The names of a guide's headings, in order. */
export function headingNames(body: string): string[] {
  const names = new Names();
  const inside = (tokens: readonly Token[]): string[] =>
    (tokens as readonly Tokens.Generic[]).flatMap((token) => {
      if (token.type === "heading") return [names.of(token as Tokens.Heading)];
      if (token.type === "list") return (token as Tokens.List).items.flatMap((item) => inside(item.tokens));
      return token.type === "blockquote" ? inside(token.tokens ?? []) : [];
    });
  return inside(lex(body));
}

class Rendering {
  private readonly names = new Names();

  constructor(private readonly around: Surroundings) {}

  blocks(tokens: readonly Token[]): Node[] {
    return tokens.flatMap((token) => this.block(token as Tokens.Generic));
  }

  private block(token: Tokens.Generic): Node[] {
    const inside = token.tokens ?? [];
    switch (token.type) {
      case "space":
      case "def":
        return [];
      case "heading":
        return [this.heading(token as Tokens.Heading)];
      case "paragraph":
        return [el("p", {}, this.line(inside))];
      case "text":
        return token.tokens ? this.line(inside) : [document.createTextNode(decodeReferences(String(token["text"])))];
      case "blockquote":
        return [el("blockquote", {}, this.blocks(inside))];
      case "code":
        return [
          el(
            "pre",
            { tabindex: "0", dir: "ltr", role: "region", "aria-label": this.around.codeName },
            el("code", {}, String(token["text"])),
          ),
        ];
      case "hr":
        return [el("hr")];
      case "html":
        return [el("p", { class: "raw" }, String(token["text"]).trim())];
      case "list":
        return [this.list(token as Tokens.List)];
      case "table":
        return [this.table(token as Tokens.Table)];
      default:
        return this.line([token]);
    }
  }

  private heading(token: Tokens.Heading): HTMLElement {
    const level = `h${Math.min(6, Math.max(2, token.depth))}` as "h2";
    return el(level, { "data-name": this.names.of(token), tabindex: "-1" }, this.line(token.tokens));
  }

  private list(token: Tokens.List): HTMLElement {
    const boxes = token.items.some((item) => item.task);
    const start = typeof token.start === "number" && token.start !== 1 ? token.start : undefined;
    const items = token.items.map((item) => {
      const [first, ...rest] = item.tokens;
      if (!item.task) return el("li", {}, this.blocks(item.tokens));
      const loose = first?.type === "paragraph" ? (first as Tokens.Paragraph) : undefined;
      const [words, after] = loose ? [loose.tokens, rest] : splitWords(rest);
      const box = el("input", { type: "checkbox", autocomplete: "off" });
      box.checked = item.checked === true;
      const label = words.filter((word) => word.type !== "checkbox");
      return el("li", { class: "box" }, el("label", {}, box, el("span", {}, this.line(label))), this.blocks(after));
    });
    const className = boxes ? "boxes" : undefined;
    return token.ordered ? el("ol", { start, class: className }, items) : el("ul", { class: className }, items);
  }

  private table(token: Tokens.Table): HTMLElement {
    const row = (cells: readonly Tokens.TableCell[], tag: "th" | "td"): HTMLElement =>
      el(
        "tr",
        {},
        cells.map((cell) => el(tag, tag === "th" ? { scope: "col" } : {}, this.line(cell.tokens))),
      );
    const head = el("thead", {}, row(token.header, "th"));
    const body = el(
      "tbody",
      {},
      token.rows.map((cells) => row(cells, "td")),
    );
    return el(
      "div",
      { class: "wide", tabindex: "0", role: "region", "aria-label": this.around.tableName },
      el("table", {}, head, body),
    );
  }

  private line(tokens: readonly Token[]): Node[] {
    return tokens.flatMap((token) => this.inline(token as Tokens.Generic));
  }

  private inline(token: Tokens.Generic): Node[] {
    const text = String(token["text"] ?? token.raw);
    const inside = token.tokens ?? [];
    switch (token.type) {
      case "text":
        if (token.tokens) return this.line(inside);
        return [document.createTextNode(token["escaped"] ? text : decodeReferences(text))];
      case "strong":
        return [el("strong", {}, this.line(inside))];
      case "em":
        return [el("em", {}, this.line(inside))];
      case "del":
        return [el("del", {}, this.line(inside))];
      case "codespan":
        return [el("code", { dir: "ltr" }, text)];
      case "br":
        return [el("br")];
      case "link":
        return this.link(token as Tokens.Link);
      case "image":
        return this.picture(token as Tokens.Image);
      case "checkbox":
        return [];
      default:
        return [document.createTextNode(text)];
    }
  }

  private link(token: Tokens.Link): Node[] {
    const words = this.line(token.tokens);
    const address = token.autolink ? token.href : decodeReferences(token.href);
    if (/^(https?|mailto|tel):/i.test(address)) {
      const shown = address.replace(/^(mailto|tel):/i, "");
      const same = textOf(token.tokens).trim() === shown;
      const copy = el("bdi", { class: "address", dir: "ltr" }, shown);
      return same ? [copy] : [...words, document.createTextNode(" ("), copy, document.createTextNode(")")];
    }
    const target = resolve(this.around.path, address);
    if (!target || !(target.path === this.around.path || this.around.has(target.path))) return words;
    const follow = (event: Event): void => {
      event.preventDefault();
      this.around.open(target.path, target.fragment);
    };
    // A button that looks like a link: an address would be a navigation, and stay in the browser's history.
    return [el("button", { type: "button", class: "link", onclick: follow }, words)];
  }

  private picture(token: Tokens.Image): Node[] {
    const words = textOf(token.tokens ?? []) || decodeReferences(token.text);
    const target = resolve(this.around.path, decodeReferences(token.href));
    const bytes = target && /\.(jpe?g|png|webp|gif)$/i.test(target.path) && this.around.picture(target.path);
    if (!bytes) return [el("span", { class: "absent" }, words || this.around.pictureMissing)];
    const image = el("img", { alt: words, decoding: "async" });
    // After the text is on the screen: a picture may take a moment on a slow phone.
    setTimeout(() => showPicture(image, bytes), 0);
    return [image];
  }
}

function showPicture(image: HTMLImageElement, bytes: Uint8Array): void {
  const url = URL.createObjectURL(new Blob([bytes as BlobPart]));
  const free = (): void => URL.revokeObjectURL(url);
  image.addEventListener("load", free);
  image.addEventListener("error", free);
  image.src = url;
}

/** A tight item's words, and what follows them (a nested list). */
function splitWords(tokens: readonly Token[]): [Token[], Token[]] {
  const at = tokens.findIndex((token) => token.type !== "text" && token.type !== "checkbox");
  return at < 0 ? [[...tokens], []] : [tokens.slice(0, at), tokens.slice(at)];
}

function textOf(tokens: readonly Token[]): string {
  return (tokens as readonly Tokens.Generic[])
    .map((token) => {
      if (token.tokens?.length) return textOf(token.tokens);
      const text = String(token["text"] ?? "");
      return token.type === "text" && !token["escaped"] ? decodeReferences(text) : text;
    })
    .join("")
    .replace(/\s+/g, " ");
}

/** An inner address against a guide's path; undefined when it leads out of the language or is none. */
export function resolve(from: string, address: string): { path: string; fragment: string } | undefined {
  const [before = "", rawFragment = ""] = address.split("#", 2);
  try {
    const fragment = decodeURIComponent(rawFragment).normalize("NFC");
    if (!before) return rawFragment ? { path: from, fragment } : undefined;
    if (/^[a-z][a-z0-9+.-]*:/i.test(before) || before.startsWith("/")) return undefined;
    const parts = from.split("/").slice(0, -1);
    for (const part of decodeURIComponent(before.split("?")[0] ?? "")
      .normalize("NFC")
      .split("/")) {
      if (part === "..") {
        if (parts.pop() === undefined) return undefined;
      } else if (part !== "." && part !== "") parts.push(part);
    }
    return { path: parts.join("/"), fragment };
  } catch {
    return undefined; // a broken percent sign
  }
}
