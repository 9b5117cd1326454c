// The desk's keys, commands, the counter below a text and what is put into a reply. Every page works without this file.
"use strict";

const $ = (selector, root = document) => root.querySelector(selector);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const language = document.documentElement.lang;

// --- keys -----------------------------------------------------------------------------------------------------------

const writing = (target) => target instanceof Element && target.closest("input, textarea, select, dialog") !== null;
let leading = false;

function step(by) {
  const links = all(".rows a, [data-step]");
  if (!links.length) return;
  const here = links.indexOf(document.activeElement);
  const start = here >= 0 ? here : links.findIndex((link) => link.hasAttribute("aria-current"));
  const next = start < 0 ? 0 : Math.min(links.length - 1, Math.max(0, start + by));
  links[next].focus();
  links[next].scrollIntoView({ block: "nearest" });
}

/** Goes into a field with what stands there chosen, so that typing begins anew. */
function seek(field) {
  field?.focus();
  field?.select();
}

const KEYS = {
  j: () => step(1),
  k: () => step(-1),
  r: () => $("#reply")?.focus(),
  t: () => $("#templates button, #templates a")?.focus(),
  e: () => $("#done")?.requestSubmit(),
  f: () => seek($("main input[type=search]")),
  "/": () => seek($("#seek")),
  "?": () => location.assign("/keys"),
};

// A key is known by what it writes; where it writes no Latin letter (Ukrainian, Russian, Arabic), by its place.
const PLACES = { KeyJ: "j", KeyK: "k", KeyR: "r", KeyE: "e", KeyF: "f", KeyG: "g", KeyL: "l", KeyT: "t", KeyU: "u" };

function nameOf(event) {
  if (/^[a-z]$/i.test(event.key)) return event.key.toLowerCase();
  if (event.code === "Slash" && /^[.,؟]$/.test(event.key)) return event.shiftKey ? "?" : "/";
  return PLACES[event.code] ?? event.key;
}

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.code === "KeyK" && !event.altKey) {
    event.preventDefault();
    openPalette();
    return;
  }
  if (event.key === "Escape" && writing(event.target)) {
    event.target.blur();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || writing(event.target)) return;
  const key = nameOf(event);
  if (leading) {
    leading = false;
    const room = $(`[data-go="${CSS.escape(key)}"]`);
    if (room) {
      event.preventDefault();
      room.click();
      return;
    }
  }
  if (key === "g") {
    leading = true;
    return;
  }
  const act = Object.hasOwn(KEYS, key) ? KEYS[key] : undefined;
  if (act) {
    event.preventDefault();
    act();
  }
});

// --- commands -------------------------------------------------------------------------------------------------------

const palette = $("#palette");

function openPalette() {
  if (!palette || palette.open) return;
  $("input", palette).value = "";
  narrow("");
  palette.showModal();
}

function narrow(text) {
  const wanted = text.toLocaleLowerCase(language).split(/\s+/);
  const lines = all("li", palette);
  for (const line of lines) {
    const words = line.textContent.toLocaleLowerCase(language);
    line.hidden = !wanted.every((word) => words.includes(word));
  }
  choose(lines.find((line) => !line.hidden));
}

function choose(line) {
  for (const other of all("li", palette)) other.classList.toggle("chosen", other === line);
  line?.scrollIntoView({ block: "nearest" });
}

if (palette) {
  for (const button of all("[data-open=palette]")) {
    button.hidden = false;
    button.addEventListener("click", openPalette);
  }
  const field = $("input", palette);
  field.addEventListener("input", () => narrow(field.value));
  field.addEventListener("keydown", (event) => {
    const shown = all("li:not([hidden])", palette);
    const at = shown.findIndex((line) => line.classList.contains("chosen"));
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(shown[(at + (event.key === "ArrowDown" ? 1 : shown.length - 1)) % shown.length]);
    } else if (event.key === "Enter") {
      event.preventDefault();
      shown[at]?.firstElementChild.click();
    }
  });
  palette.addEventListener("click", (event) => {
    if (event.target === palette) palette.close();
  });
  for (const button of all("[data-focus]", palette)) {
    button.addEventListener("click", () => {
      palette.close();
      seek($(`#${button.dataset.focus}`));
    });
  }
  for (const button of all("[data-submit]", palette)) {
    button.addEventListener("click", () => $(`#${button.dataset.submit}`)?.requestSubmit());
  }
}

// A menu closes when something else is clicked.
document.addEventListener("click", (event) => {
  for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});

// --- the room in a reply --------------------------------------------------------------------------------------------

/** Counts the bytes of a field below it, now and with everything that is typed. */
function count(field) {
  const most = Number(field.dataset.most);
  const counter = $("[data-count]");
  const used = $("[data-used]", counter);
  const bar = $("progress", counter);
  const numbers = new Intl.NumberFormat(language === "ar" ? "ar-u-nu-latn" : language);
  const measure = () => {
    const bytes = new TextEncoder().encode(field.value.trim()).length;
    used.textContent = numbers.format(bytes);
    used.classList.toggle("over", bytes > most);
    bar.value = Math.min(bytes, most);
  };
  counter.hidden = false;
  field.addEventListener("input", measure);
  measure();
}

for (const field of all("[data-most]")) count(field);

// --- the reply ------------------------------------------------------------------------------------------------------

const reply = $("#reply");

const plain = (text) => text.toLocaleLowerCase().split(/\s+/).filter(Boolean).join(" ");

function runsOf(text, length) {
  const runs = new Set();
  for (let at = 0; at + length <= text.length; at++) runs.add(text.slice(at, at + length));
  return runs;
}

/** Puts a text into the reply where somebody writes, or at its end; what is chosen there stays. */
function insert(text, apart) {
  const at = touched ? reply.selectionEnd : reply.value.length;
  const before = reply.value.slice(0, at);
  const after = reply.value.slice(at);
  // A whole text is a paragraph of its own.
  const head = apart && before.trim() && !before.endsWith("\n\n") ? (before.endsWith("\n") ? "\n" : "\n\n") : "";
  const tail = apart && after.trim() && !after.startsWith("\n") ? "\n\n" : "";
  reply.setRangeText(head + text + tail, at, at, "end");
  reply.focus();
  reply.dispatchEvent(new Event("input"));
}

let touched = false;

if (reply) {
  const warning = $("#quote-warning");
  const length = Number(warning.dataset.run);
  const runs = runsOf(plain($("#letter").textContent), length);
  const compare = () => {
    const text = plain(reply.value);
    let quotes = false;
    for (let at = 0; at + length <= text.length && !quotes; at++) quotes = runs.has(text.slice(at, at + length));
    warning.hidden = !quotes || $("[name=quote]") !== null;
  };
  reply.addEventListener("input", compare);
  reply.addEventListener("focus", () => {
    touched = true;
  });
  compare();
  for (const button of all("[data-insert]")) {
    button.hidden = false;
    button.addEventListener("click", (event) => {
      event.preventDefault();
      insert(button.dataset.insert, "apart" in button.dataset);
    });
  }
}
