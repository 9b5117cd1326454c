"""The reading page in headless Chromium on a slowed-down processor, timed from inside the page.

Times are the page's own clock: from the start of the navigation, or from the browser's time stamp on a key, to the task
after the frame that shows the outcome. What it takes to steer the browser from outside is in none of them.
"""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from holub.errors import Unavailable

SLOWER = 6
KEY_DOWN, KEY_PAUSE = 60, 120  # ms that a key is held, and from one key to the next: a quick hand
# Of every Chromium that benchmarks and tests drive.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)

# afterFrame(): gives the time just after the next frame; one port for all, since a slow page needs milliseconds to make
# one. painted(): the same as a promise. home: when the first heading was on the screen.
_WATCH = """(() => {
  const after = new MessageChannel();
  const waiting = [];
  after.port1.onmessage = () => waiting.shift()(performance.now());
  const framed = () => after.port2.postMessage(0);
  const afterFrame = (done) => {
    waiting.push(done);
    requestAnimationFrame(framed);
  };
  const painted = () => new Promise(afterFrame);
  const bench = (window.bench = { afterFrame, painted, keys: [] });
  const seen = new MutationObserver(() => {
    if (!document.querySelector("h1")) return;
    seen.disconnect();
    painted().then((time) => { bench.home = time; });
  });
  seen.observe(document, { childList: true, subtree: true });
})()"""

# The first runs are left out: the browser has not compiled the loop yet.
_LOOP = """() => {
  const runs = [];
  for (let run = 0; run < 16; run++) {
    const start = performance.now();
    let sum = 0;
    for (let at = 0; at < 4e6; at++) sum = (Math.imul(sum, 31) + at) | 0;
    runs.push(performance.now() - start + (sum === 0.5 ? 1 : 0));
  }
  return runs.slice(5);
}"""

# Clicks the first row of each list until a guide is on the screen; gives the time of each step.
_TO_GUIDE = """async () => {
  const steps = [];
  while (!document.querySelector("main .view.guide .guide-body")) {
    const row = [...document.querySelectorAll("main .rows .row")].find((one) => one.offsetParent);
    if (!row || steps.length > 8) throw new Error("there is no way to a guide");
    const start = performance.now();
    row.click();
    steps.push((await bench.painted()) - start);
  }
  return steps;
}"""

_WATCH_KEYS = """() => {
  bench.keys.length = 0;
  document.querySelector("[role=search] input").focus();
  if (bench.watching) return;
  bench.watching = true;
  let pressed, start;
  addEventListener("keydown", (event) => { if ([...event.key].length === 1) pressed = event.timeStamp; }, true);
  addEventListener("input", () => { start = performance.now(); }, true);
  addEventListener("input", (event) => {
    if (pressed === undefined) return;
    const key = { work: performance.now() - start, typed: event.target.value };
    const since = pressed;
    pressed = undefined;
    bench.keys.push(key);
    bench.afterFrame((time) => {
      key.shown = time - since;
      key.rows = document.querySelectorAll("main section[aria-label] .rows .row").length;
    });
  });
}"""

_EMPTY = """() => {
  const field = document.querySelector("[role=search] input");
  field.value = "";
  field.dispatchEvent(new Event("input", { bubbles: true }));
}"""

# A letter for which no answer is wanted. own: from the draw of its random bytes to the first element of the next view,
# which is the whole sealing: key encapsulation, key schedule, encryption; 0 where the page had made the first two ready
# before, while the letter was written. sealed: from the tap on "next" to the sealed letter; shown: to the frame that
# says so. Unless it is to be prepared, the page gets no idle moment to do that in.
_SEAL = """async ([text, prepared]) => {
  const idle = window.requestIdleCallback;
  let ready;
  const made = new Promise((done) => { ready = done; });
  if (prepared) {
    crypto.getRandomValues = (bytes) => {
      ready();
      return Crypto.prototype.getRandomValues.call(crypto, bytes);
    };
  } else {
    window.requestIdleCallback = () => 0;
  }
  document.querySelectorAll("main .three button")[0].click();
  const area = document.querySelector("main textarea");
  area.value = text;
  area.dispatchEvent(new Event("input", { bubbles: true }));
  const answer = [...document.querySelectorAll("main input[type=checkbox]")].pop();
  if (answer.checked) answer.click();
  await bench.painted();
  if (prepared) {
    await made;
    await bench.painted();
  }
  let drawn, next;
  crypto.getRandomValues = (bytes) => {
    drawn ??= performance.now();
    return Crypto.prototype.getRandomValues.call(crypto, bytes);
  };
  document.createElement = (...name) => {
    if (drawn !== undefined) next ??= performance.now();
    return Document.prototype.createElement.apply(document, name);
  };
  const start = performance.now();
  document.querySelector("main .actions .first").click();
  await new Promise((done) => {
    const later = new MessageChannel();
    later.port1.onmessage = done;
    later.port2.postMessage(0);
  });
  const sealed = performance.now() - start;
  delete crypto.getRandomValues;
  delete document.createElement;
  window.requestIdleCallback = idle;
  if (prepared && drawn !== undefined) throw new Error("the letter was sealed with nothing prepared");
  if (document.querySelector("main textarea, main progress")) throw new Error("the letter was not sealed at once");
  const shown = (await bench.painted()) - start;
  document.querySelector("header .back").click();
  await bench.painted();
  return { own: prepared ? 0 : next - drawn, sealed, shown };
}"""

# From the tap on "find" to the frame that shows the answer, and when the network was asked on the way.
_REPLIES = """async (words) => {
  if (!document.querySelector("main .word")) document.querySelectorAll("main .three button")[1].click();
  const fields = [...document.querySelectorAll("main .word input")];
  fields.forEach((field, at) => {
    field.value = words[at];
    field.dispatchEvent(new Event("blur"));
  });
  // The list of words is unpacked after the fields are on the screen.
  do await bench.painted(); while (document.querySelector("main .word [aria-invalid]"));
  performance.clearResourceTimings();
  const start = performance.now();
  document.querySelector("main .actions .first").click();
  await new Promise((done, failed) => {
    const until = setTimeout(() => failed(new Error("no answer was found")), 60000);
    const look = new MutationObserver(() => {
      if (!document.querySelector("main .answer")) return;
      look.disconnect();
      clearTimeout(until);
      done();
    });
    look.observe(document.querySelector("main"), { childList: true, subtree: true });
  });
  const shown = (await bench.painted()) - start;
  const [directory, shard] = performance.getEntriesByType("resource");
  const text = document.querySelector("main .answer").textContent;
  [...document.querySelectorAll("main .actions button")].pop().click();
  await bench.painted();
  return {
    shown,
    text,
    codename: directory.startTime - start,
    directory: directory.responseEnd - directory.startTime,
    lookup: shard.startTime - directory.responseEnd,
    shard: shard.responseEnd - shard.startTime,
    opening: start + shown - shard.responseEnd,
  };
}"""


class Opened:
    """A page that has shown its first screen. opening: milliseconds of processor time that it took for that."""

    def __init__(self, tab: Any, session: Any, full_speed: float, opening: float) -> None:
        self.tab, self.session, self._full_speed, self.opening = tab, session, full_speed, opening

    def processor(self) -> float:
        """Milliseconds of processor time that the page's main thread took so far."""
        return _processor(self.session)

    def slower(self) -> float:
        """How many times slower than at its best a loop in the page runs now: by the brake, and by what else runs."""
        return statistics.mean(map(float, self.tab.evaluate(_LOOP))) / self._full_speed

    def home(self) -> float:
        """Milliseconds from the start of the navigation to the first screen."""
        self.tab.wait_for_function("bench.home !== undefined")
        return float(self.tab.evaluate("bench.home"))

    def to_guide(self) -> list[float]:
        """Milliseconds of each step from the first screen to the first guide."""
        return [float(step) for step in self.tab.evaluate(_TO_GUIDE)]

    def type_words(self, words: list[str], pause: int) -> list[dict[str, Any]]:
        """Types each word into the empty search field; `pause` ms lie after the first. One row a key."""
        self.tab.evaluate(_WATCH_KEYS)
        for at, word in enumerate(words):
            for letter in word:
                self.session.send("Input.dispatchKeyEvent", {"type": "keyDown", "text": letter, "key": letter})
                self.tab.wait_for_timeout(KEY_DOWN)
                self.session.send("Input.dispatchKeyEvent", {"type": "keyUp", "key": letter})
                self.tab.wait_for_timeout(KEY_PAUSE - KEY_DOWN)
            self.tab.wait_for_function("bench.keys.every((key) => key.shown !== undefined)")
            if at == 0:
                self.tab.wait_for_timeout(pause)
            self.tab.evaluate(_EMPTY)
        keys: list[dict[str, Any]] = self.tab.evaluate("bench.keys")
        if len(keys) != sum(map(len, words)):
            raise AssertionError("some keys were not heard")
        return keys

    def seal(self, text: str, prepared: bool = False) -> dict[str, float]:
        """Milliseconds of the sealing itself, from the tap to the sealed letter, and to the frame after it.

        prepared: what does not depend on the text was made ready before the tap; else all of it comes after the tap.
        """
        return dict(self.tab.evaluate(_SEAL, [text, prepared]))

    def replies(self, words: tuple[str, ...], wanted: str) -> dict[str, float]:
        """Milliseconds from the tap to the answer's frame, and of each part of the way."""
        row = self.tab.evaluate(_REPLIES, list(words))
        if row.pop("text").strip() != wanted:
            raise AssertionError("another answer was found")
        return {key: float(value) for key, value in row.items()}


def _processor(session: Any) -> float:
    metrics = {row["name"]: row["value"] for row in session.send("Performance.getMetrics")["metrics"]}
    return float(metrics["TaskDuration"]) * 1000


@contextmanager
def opened(file: Path, slower: float = SLOWER) -> Iterator[Opened]:
    """The page in this file, opened in a new browser with an empty profile, on a processor that is so much slower.

    Raises Unavailable without a browser.
    """
    chromium = shutil.which("chromium")
    if chromium is None:
        raise Unavailable("chromium not found", "install it: make test does, as root on Debian")
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError:
        raise Unavailable("playwright is not installed", "pip install -e '.[dev]'") from None
    before = file.with_name("before.html")
    before.write_text("<!doctype html><title>before</title>", encoding="utf-8")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        context = browser.new_context(viewport={"width": 360, "height": 740})
        tab = context.new_page()
        # Slowed down on another file first: pages from files share a process, so the navigation is slow from its start.
        tab.goto(before.as_uri())
        session = context.new_cdp_session(tab)
        full_speed = min(tab.evaluate(_LOOP))
        session.send("Emulation.setCPUThrottlingRate", {"rate": slower})
        session.send("Performance.enable", {"timeDomain": "threadTicks"})
        start = _processor(session)
        tab.add_init_script(_WATCH)
        tab.goto(file.as_uri())
        tab.wait_for_function("bench.home !== undefined")
        yield Opened(tab, session, full_speed, _processor(session) - start)
        browser.close()
