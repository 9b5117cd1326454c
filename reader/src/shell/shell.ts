/**
 * The frame around every view: the bar, the way back, the quick exit, the spoken notes. Rules: one main landmark, one
 * level-1 heading a view, and the focus goes to it whenever the view changes; going back finds the place as it was.
 */
import { el, fill } from "../dom";
import { directionOf, say } from "../speech/speech";
import { hush } from "../sound/hush";
import { exitButton } from "./exit";
import { icon } from "./icon";
import type { Place, Reader } from "./reader";

/** What a view gives: its heading and what stands below it. */
export interface View {
  readonly heading: HTMLElement;
  readonly content: readonly (Node | false | undefined)[];
  /** Called once the view is on the screen. */
  readonly shown?: () => void;
  /** Called once nobody can come back to it. */
  readonly gone?: () => void;
}

export type ShowView = (reader: Reader, place: Place) => View;

interface Kept {
  readonly place: Place;
  node: HTMLElement | undefined;
  scroll: number;
  gone?: (() => void) | undefined;
}

function drop(kept: Kept | undefined): void {
  kept?.gone?.();
  if (kept) kept.node = kept.gone = undefined;
}

export class Shell {
  private readonly bar = el("header", { class: "bar" });
  private readonly main = el("main", {});
  private readonly live = el("p", { class: "unseen", "aria-live": "polite", role: "status" });
  private kept: Kept[] = [{ place: { view: "home" }, node: undefined, scroll: 0 }];

  constructor(
    private readonly reader: Reader,
    private readonly show: ShowView,
    root: HTMLElement,
  ) {
    fill(root, this.bar, this.main, this.live);
    reader.go = (place) => this.go(place);
    reader.announce = (words) => fill(this.live, words);
    reader.onChange((quietly) => {
      const here = this.kept[this.kept.length - 1];
      for (const one of this.kept) if (!quietly || one !== here) drop(one);
      if (!quietly) this.render(true);
    });
    this.render(false);
  }

  private go(place: Place): void {
    if (place.view === "home") this.kept.splice(0).forEach(drop);
    const here = this.kept[this.kept.length - 1];
    if (here) here.scroll = window.scrollY;
    this.kept.push({ place, node: undefined, scroll: 0 });
    this.render(true);
  }

  private back(): void {
    if (this.kept.length < 2) return;
    drop(this.kept.pop());
    this.render(true);
  }

  private render(focus: boolean): void {
    const here = this.kept[this.kept.length - 1];
    if (!here) return;
    this.reader.nextSeal.drop();
    hush();
    const root = document.documentElement;
    root.lang = this.reader.language;
    root.dir = directionOf(this.reader.language);
    root.dataset["size"] = String(this.reader.textSize);
    root.dataset["appearance"] = this.reader.appearance;
    fill(
      this.bar,
      this.kept.length > 1
        ? el("button", { type: "button", class: "back", onclick: () => this.back() }, icon("back"), say("back"))
        : el("span", { class: "name" }, say("name")),
      this.reader.packLanguages().length > 0 &&
        here.place.view !== "settings" &&
        el(
          "button",
          { type: "button", class: "aa", onclick: () => this.go({ view: "settings" }) },
          say("settings.short"),
          el("span", { class: "unseen" }, say("settings")),
        ),
      exitButton(say("exit")),
    );
    let shown: (() => void) | undefined;
    if (!here.node) {
      const view = this.show(this.reader, here.place);
      view.heading.tabIndex = -1;
      here.node = el("div", { class: `view ${here.place.view}` }, view.heading, view.content as readonly Node[]);
      here.gone = view.gone;
      shown = view.shown;
    }
    fill(this.main, here.node);
    window.scrollTo(0, here.scroll);
    if (focus) here.node.querySelector<HTMLElement>("h1")?.focus({ preventScroll: true });
    shown?.();
  }
}

/** A view that takes the whole screen: something is wrong and must be read first. */
export function wholeScreen(root: HTMLElement, heading: string, lines: readonly string[], ...actions: Node[]): void {
  const main = el(
    "main",
    { class: "view alarm" },
    icon("alert"),
    el("h1", { tabindex: "-1" }, heading),
    lines.map((line) => el("p", {}, line)),
    actions.length > 0 && el("div", { class: "actions" }, actions),
  );
  fill(root, el("header", { class: "bar" }, el("span", { class: "name" }, say("name")), exitButton(say("exit"))), main);
  main.querySelector("h1")?.focus();
}

/** A row that leads on: a title, a line below it, a count at its end. */
export function row(title: string, line: string, count: string, onclick: () => void, language?: string): HTMLElement {
  const words = el(
    "span",
    { class: "words", lang: language, dir: language && directionOf(language) },
    el("span", { class: "title" }, title),
    line !== "" && el("span", { class: "line" }, line),
  );
  return el(
    "li",
    {},
    el(
      "button",
      { type: "button", class: "row", onclick },
      words,
      count !== "" && el("span", { class: "count" }, count),
      icon("onward"),
    ),
  );
}

export const heading = (words: string, language?: string): HTMLElement =>
  el("h1", { lang: language, dir: language && directionOf(language) }, words);
