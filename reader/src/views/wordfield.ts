/**
 * One field for one word of a codename, with a list of completions of our own (ARIA combobox): the browser's lists
 * and the
 * keyboard's learning would keep what was typed.
 */
import { PRIVATE_FIELD, el, fill, newId } from "../dom";
import { say } from "../speech/speech";

const MOST_SHOWN = 6;

export class WordField {
  readonly node: HTMLElement;
  private readonly input: HTMLInputElement;
  private readonly list: HTMLElement;
  private shown: readonly string[] = [];
  private chosen = -1;

  /** `words` sorted, or none: then the field is a plain one, and takes any word. `next` is called when a word is complete. */
  constructor(
    label: string,
    private words: readonly string[],
    private readonly next: () => void,
  ) {
    const [id, listId] = [newId(), newId()];
    this.list = el("ul", { id: listId, role: "listbox", "aria-label": label, hidden: true });
    this.input = el("input", {
      ...PRIVATE_FIELD,
      id,
      type: "text",
      role: "combobox",
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": listId,
      inputmode: "text",
      dir: "auto",
    });
    this.input.addEventListener("input", () => this.suggest());
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.leave());
    this.input.addEventListener("paste", (event) => this.paste(event));
    this.node = el("div", { class: "word" }, el("label", { for: id }, label), this.input, this.list);
  }

  /** Called with the words when several were pasted at once. */
  spread: (words: readonly string[]) => void = () => undefined;

  get value(): string {
    return tidy(this.input.value);
  }

  set value(word: string) {
    this.input.value = word;
    this.mark();
  }

  get known(): boolean {
    return !this.words.length || this.words.includes(this.value);
  }

  useWords(words: readonly string[]): void {
    this.words = words;
    if (document.activeElement === this.input) this.suggest();
    else this.mark();
  }

  focus(): void {
    this.input.focus();
  }

  private suggest(): void {
    const start = this.value;
    this.shown = start ? this.words.filter((word) => word.startsWith(start)).slice(0, MOST_SHOWN) : [];
    this.chosen = -1;
    this.input.removeAttribute("aria-invalid");
    this.show();
  }

  private show(): void {
    // A whole word closes the list, though longer ones begin with it: it would lie over what comes next.
    const open = this.shown.length > 0 && this.shown[0] !== this.value;
    this.list.hidden = !open;
    this.input.setAttribute("aria-expanded", String(open));
    fill(
      this.list,
      this.shown.map((word, at) => {
        const item = el(
          "li",
          { id: `${this.list.id}-${at}`, role: "option", "aria-selected": String(at === this.chosen) },
          word,
        );
        // Before the field loses the focus, else the list is gone when the finger lifts.
        item.addEventListener("pointerdown", (event) => event.preventDefault());
        item.addEventListener("click", () => this.take(word));
        return item;
      }),
    );
    if (this.chosen >= 0) this.input.setAttribute("aria-activedescendant", `${this.list.id}-${this.chosen}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  private key(event: KeyboardEvent): void {
    const open = !this.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!open) return;
      event.preventDefault();
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.chosen =
        (this.chosen + step + this.shown.length + (this.chosen < 0 && step < 0 ? 1 : 0)) % this.shown.length;
      this.show();
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      const word =
        this.shown[this.chosen] ?? (this.known ? this.value : this.shown.length === 1 ? this.shown[0] : undefined);
      if (word) this.take(word);
    } else if (event.key === "Escape" && open) {
      this.shown = [];
      this.show();
    }
  }

  private take(word: string): void {
    this.input.value = word;
    this.shown = [];
    this.show();
    this.mark();
    this.next();
  }

  private leave(): void {
    this.shown = [];
    this.show();
    this.mark();
  }

  private mark(): void {
    if (this.value && !this.known) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
  }

  private paste(event: ClipboardEvent): void {
    const words = tidy(event.clipboardData?.getData("text") ?? "").split(" ");
    if (words.length < 2) return;
    event.preventDefault();
    this.spread(words);
  }
}

const tidy = (text: string): string => text.normalize("NFKC").toLowerCase().replace(/\s+/g, " ").trim();

export const wordLabel = (n: number): string => say("replies.word", { n });
