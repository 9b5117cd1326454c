/** Elements, built without HTML in strings: text is always text, so nothing that came in can become markup. */

type Child = Node | string | false | undefined | null | readonly Child[];
type Value = string | number | boolean | undefined | ((event: never) => void);

export type Properties = Record<string, Value>;

/** `on…` are listeners; true and false set or leave an attribute; `text` is not needed: give strings as children. */
export function el<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  properties: Properties = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === false) continue;
    if (typeof value === "function") element.addEventListener(name.slice(2), value as (event: Event) => void);
    else element.setAttribute(name, value === true ? "" : String(value));
  }
  add(element, children);
  return element;
}

export function add(parent: Node, children: readonly Child[]): void {
  for (const child of children) {
    if (child === undefined || child === null || child === false) continue;
    if (Array.isArray(child)) add(parent, child as readonly Child[]);
    else parent.appendChild(typeof child === "string" ? document.createTextNode(child) : (child as Node));
  }
}

export function fill(parent: Element, ...children: Child[]): void {
  parent.textContent = "";
  add(parent, children);
}

/** What each field needs so that the browser keeps, corrects and sends nothing of it. */
export const PRIVATE_FIELD: Properties = {
  autocomplete: "off",
  autocorrect: "off",
  autocapitalize: "off",
  spellcheck: "false",
  "data-gramm": "false",
};

export function button(words: string, onclick: () => void, className = "plain"): HTMLButtonElement {
  return el("button", { type: "button", class: className, onclick }, words);
}

let lastId = 0;
export const newId = (): string => `n${++lastId}`;

/** Offers bytes as a file. The address lives until the next minute only. */
export function download(bytes: Uint8Array, name: string, type: string): void {
  const url = URL.createObjectURL(new Blob([bytes as BlobPart], { type }));
  const link = el("a", { href: url, download: name, hidden: true });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
