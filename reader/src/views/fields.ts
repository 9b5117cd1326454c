/** Fields with their labels. Each one tells the browser to keep, complete and correct nothing. */
import { PRIVATE_FIELD, button, el, newId } from "../dom";

export function textField(label: string, hint: string, value: string, keep: (value: string) => void): HTMLElement {
  const [id, hintId] = [newId(), newId()];
  const input = el("input", { ...PRIVATE_FIELD, id, type: "text", "aria-describedby": hint ? hintId : undefined });
  input.value = value;
  input.addEventListener("input", () => keep(input.value));
  return el(
    "div",
    { class: "field" },
    el("label", { for: id }, label),
    hint !== "" && el("p", { id: hintId, class: "hint" }, hint),
    input,
  );
}

/** A field that few need: a line that opens it. */
export function rareField(label: string, hint: string, keep: (value: string) => void): HTMLElement {
  const [id, hintId] = [newId(), newId()];
  const input = el("input", { ...PRIVATE_FIELD, type: "text", "aria-labelledby": id, "aria-describedby": hintId });
  input.addEventListener("input", () => keep(input.value));
  return el("details", { class: "field" }, el("summary", { id }, label), el("p", { id: hintId, class: "hint" }, hint), input);
}

export function longField(label: string, hint: string, value: string, keep: (value: string) => void): HTMLElement {
  const [id, hintId] = [newId(), newId()];
  const area = el("textarea", {
    ...PRIVATE_FIELD,
    id,
    rows: "7",
    dir: "auto",
    "aria-describedby": hint ? hintId : undefined,
  });
  area.value = value;
  area.addEventListener("input", () => keep(area.value));
  return el(
    "div",
    { class: "field" },
    el("label", { for: id }, label),
    hint !== "" && el("p", { id: hintId, class: "hint" }, hint),
    area,
  );
}

/** One of a few, as large buttons. */
export function choice<T extends string>(
  label: string,
  options: readonly (readonly [T, string])[],
  chosen: T,
  choose: (value: T) => void,
): HTMLElement {
  const name = newId();
  return el(
    "fieldset",
    { class: "choice" },
    el("legend", {}, label),
    el(
      "div",
      { class: "options" },
      options.map(([value, words]) => {
        const input = el("input", { type: "radio", name, value, autocomplete: "off" });
        input.checked = value === chosen;
        input.addEventListener("change", () => choose(value));
        return el("label", {}, input, el("span", {}, words));
      }),
    ),
  );
}

export function tick(label: string, ticked: boolean, keep: (ticked: boolean) => void): HTMLElement {
  const input = el("input", { type: "checkbox", autocomplete: "off" });
  input.checked = ticked;
  input.addEventListener("change", () => keep(input.checked));
  return el("label", { class: "tick" }, input, el("span", {}, label));
}

/** Files, chosen by a button or dropped on it. */
export function filePicker(label: string, accept: string, many: boolean, take: (files: File[]) => void): HTMLElement {
  const input = el("input", {
    type: "file",
    accept,
    multiple: many,
    hidden: true,
    tabindex: "-1",
    "aria-label": label,
  });
  const hand = (files: FileList | null | undefined): void => {
    if (files?.length) take(Array.from(files));
    input.value = "";
  };
  input.addEventListener("change", () => hand(input.files));
  const drop = el(
    "div",
    { class: "drop" },
    button(label, () => input.click()),
    input,
  );
  drop.addEventListener("dragover", (event) => {
    event.preventDefault();
    drop.classList.add("over");
  });
  drop.addEventListener("dragleave", () => drop.classList.remove("over"));
  drop.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("over");
    hand(event.dataTransfer?.files);
  });
  return drop;
}
