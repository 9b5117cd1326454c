"""From one phone's screen to another's camera: bytes a second in a simulated camera, by pace and by lens.

A film of codes is made: thirty pictures a second of a screen seen from aside, with a hand that shakes, a lens that is
not sharp, noise, and a shutter that catches two codes at once. The page's own code reads each picture as fast as it
takes; `B/s` counts each frame that was read once, over the film's length. `ms` is processor time a picture: where a
phone needs more than the time between two pictures it misses some, and the last part says what arrives in a browser in
real time, and how long the page's main thread was busy at most without a pause, at full speed and six times slowed down
(the browser slows down that thread alone, not the worker beside it).
"""

from __future__ import annotations

import json
import os
import shutil
import struct
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import segno
from playwright.sync_api import sync_playwright

from bench.film import FILM_RATE, Lens, camera_flags, film, pictures
from bench.page_browser import FLAGS, SLOWER
from bench.page_edition import make_edition
from holub.errors import Unavailable
from holub.formats.framecutter import Cutter
from holub.formats.letterbag import write_letters
from holub.reader import page_code
from scripts import node as nodes

ROOT = Path(__file__).resolve().parents[1]
SYMBOL, CODE = 504, 15
FILM_SECONDS = 2
SIDE = 720
PACES = (8, 10, 12, 15)
LENSES = {
    "good": Lens(blur=0.7, noise=5, shake=2, slant=0.03),
    "usual": Lens(),
    "poor": Lens(part=0.7, slant=0.12, roll=9, blur=1.6, noise=16, shake=8),
}
PACE, BAR = 10, 4_000
LETTER, SHORT_LETTERS = 65_536, [4_096] * 4
"""What goes over in the browser: sealed letters, which no phone can open and every page carries."""
# The longest task of the main thread in ms from now on; browsers tell of those from 50 ms on.
WATCH_TASKS = """() => {
  window.longest = 0;
  const seen = (list) => {
    for (const { duration } of list.getEntries()) window.longest = Math.max(window.longest, duration);
  };
  new PerformanceObserver(seen).observe({ type: "longtask" });
}"""


def codes(frames: list[bytes]) -> list[str]:
    """The codes of frames, with their quiet zone."""
    made = [segno.make_qr(one, error="l", version=CODE, mode="byte", mask=3, boost_error=False) for one in frames]
    return ["".join("1" if module else "0" for row in one.matrix_iter(border=4) for module in row) for one in made]


def _simulated(node: nodes.Node, folder: Path) -> list[dict[str, Any]]:
    tool = folder / "tool.mjs"
    source, runner = ROOT / "reader" / "tests" / "codes" / "tool.ts", ROOT / "reader" / "tests" / "run.mjs"
    subprocess.run([str(node.program), str(runner), "--bundle", str(source), str(tool)], check=True)
    frames = list(Cutter(os.urandom(max(PACES) * FILM_SECONDS * SYMBOL), SYMBOL).frames())
    shown = codes(frames)
    rows = []
    for name, lens in LENSES.items():
        for pace in PACES:
            seen = [one.tobytes() for one in pictures(shown[: pace * FILM_SECONDS], pace, lens, size=(SIDE, SIDE))]
            asked = struct.pack(">III", SIDE, SIDE, len(seen)) + b"".join(seen)
            done = subprocess.run([str(node.program), str(tool)], input=asked, capture_output=True, check=True)
            answer = json.loads(done.stdout)
            read = {bytes.fromhex(one) for one in answer["read"] if one}
            assert read <= set(frames), "a picture was read as something else"
            rows.append(
                {
                    "lens": name,
                    "pace": pace,
                    "read": sum(one is not None for one in answer["read"]) / len(seen),
                    "codes": len(read) / (pace * FILM_SECONDS),
                    "rate": round(len(read) * SYMBOL / FILM_SECONDS),
                    "ms": answer["took"] / len(seen),
                }
            )
    return rows


def _in_browser(chromium: str, folder: Path, letters: list[int], slower: float) -> dict[str, Any]:
    """Letters of so many bytes from a film into the page, as it is shipped, in real time."""
    parcel = write_letters([os.urandom(letter) for letter in letters]).encode()
    cutter = Cutter(parcel, SYMBOL)
    file = film(codes(list(cutter.frames(cutter.count // 4 + 2))), folder / "film.mjpeg", PACE)
    page = folder / "notes.html"
    page.write_bytes(make_edition({"en": {"a.md": b"# A guide\n"}}, page_code(), 1).page())
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=[*FLAGS, *camera_flags(file)])
        tab = browser.new_context(locale="en").new_page()
        tab.context.new_cdp_session(tab).send("Emulation.setCPUThrottlingRate", {"rate": slower})
        tab.goto(page.as_uri())
        for step in ("Get a newer one", "From another screen", "Open the camera"):
            tab.get_by_role("button", name=step).click()
        tab.locator(".figures:not(:empty)").wait_for()
        tab.evaluate(WATCH_TASKS)
        started = time.monotonic()
        tab.get_by_text("A sealed letter to the centre came over").wait_for(timeout=120_000)
        ended = time.monotonic()
        longest = round(float(tab.evaluate("window.longest")))
        browser.close()
    took = ended - started
    return {
        "bytes": len(parcel),
        "slower": slower,
        "seconds": took,
        "rate": round(len(parcel) / took),
        "longest": longest,
    }


def run(_corpus: Path | None) -> dict[str, Any]:
    """Rates in the simulated camera, and one in a browser; the corpus is not needed."""
    node, chromium = nodes.find(), shutil.which("chromium")
    if node is None or chromium is None:
        raise Unavailable("node and Chromium are needed and are not both here", "install them: make page, apt-get")
    with tempfile.TemporaryDirectory(prefix="holub-screen-") as folder:
        rows = _simulated(node, Path(folder))
        what = (([LETTER], 1), (SHORT_LETTERS, SLOWER))
        browser = [_in_browser(chromium, Path(folder), letters, slower) for letters, slower in what]
        return {"rows": rows, "browser": browser, "bar": BAR}


def table(result: dict[str, Any]) -> str:
    """One line a lens and a pace, then what arrived in a browser."""
    lines = [f"{'lens':8}{'codes/s':>8}{'pictures read':>15}{'codes read':>12}{'B/s':>8}{'ms':>7}"]
    for row in result["rows"]:
        over = "  UNDER" if row["pace"] == PACE and row["rate"] < result["bar"] else ""
        shares = f"{row['read']:>15.0%}{row['codes']:>12.0%}"
        lines.append(f"{row['lens']:8}{row['pace']:>8}{shares}{row['rate']:>8,}{row['ms']:>7.1f}{over}")
    lines.append(f"bar: {result['bar']:,} B/s at {PACE} codes a second; {FILM_RATE} pictures a second")
    for browser in result["browser"]:
        longest = f"{browser['longest']} ms" if browser["longest"] else "below 50 ms"
        lines.append(
            f"in a browser, main thread {browser['slower']} x slower: letters of {browser['bytes']:,} B in "
            f"{browser['seconds']:.1f} s, {browser['rate']:,} B/s; its longest task {longest}"
        )
    return "\n".join(lines)
