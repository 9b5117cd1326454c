"""Frames: how many are needed after losses, what they cost beside the bare library, and what they take in the page.

It makes its own parcels of random bytes and asks for no corpus. The page's codec is timed in node (processor time) and
in headless Chromium, slowed down (by its clock); without these that part is left out, and the table says so.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from random import Random
from typing import Any

import raptorq  # type: ignore[import-untyped] # it brings no types along

from bench.page_browser import FLAGS, SLOWER
from holub.formats.fountain import decode
from holub.formats.frame import ID_BYTES, frame_head
from holub.formats.framecollector import Collector
from holub.formats.framecutter import Cutter
from scripts import node as nodes

ROOT = Path(__file__).resolve().parent.parent
LOSSES = (0.3, 0.5, 0.7)
# Bytes of the parcel and of a symbol: sound, mesh, QR short and long, broadcast.
SIZES = ((2_200, 112), (14_700, 184), (40_000, 504), (200_000, 504), (1_000_000, 1_200))
TRIALS = 600  # for each size and loss
ROUNDS = 60  # of each timing
AT_ONCE = 100_000  # bytes of parcels that one timing takes at least: a small one alone is too short for the clock
BAR_AT_K, BAR_AT_K2, BAR_TIME = 0.99, 1.0, 1.3
PAGE = ((200_000, 504), (1_000_000, 504), (4_000_000, 504))
PAGE_TURNS = 7
_IN_NODE = """await import({code});
const clock = () => process.cpuUsage().user / 1000;
const turns = Array.from({{ length: {turns} }}, () => measureFrames({length}, {symbol}, clock));
console.log(JSON.stringify(turns));"""


def _trials(random: Random) -> list[dict[str, Any]]:
    """For each loss the share of parcels that were whole at exactly K frames, and at K + 2."""
    rows = []
    for loss in LOSSES:
        over = []
        for length, symbol in SIZES:
            parcel = random.randbytes(length)
            cutter = Cutter(parcel, symbol)
            sent = list(cutter.frames(3 * cutter.count + 60))
            for _ in range(TRIALS):
                collector, used = Collector(os.urandom), 0
                for frame in sent:
                    if random.random() < loss:
                        continue
                    used += 1
                    arrived = collector.add(frame)
                    if arrived is not None:
                        break
                else:
                    raise AssertionError("more was lost than the repair symbols make up for")
                if arrived.parcel != parcel:
                    raise AssertionError("another parcel arrived")
                over.append(used - cutter.count)
        at_k, at_k2 = (sum(extra <= most for extra in over) / len(over) for most in (0, 2))
        within = at_k >= BAR_AT_K and at_k2 >= BAR_AT_K2
        rows.append(
            {"loss": loss, "trials": len(over), "at_k": at_k, "at_k2": at_k2, "most": max(over), "within": within}
        )
    return rows


def _spent(work: Callable[[], object], times: int) -> float:
    """Milliseconds of this process' processor time for the work, which is done so often."""
    work()  # what ran before has left its own code and data in the processor's caches
    started = time.process_time()
    for _ in range(times):
        work()
    return 1_000 * (time.process_time() - started) / times


def _until(take: Callable[[bytes], object], packets: Iterable[bytes]) -> None:
    for packet in packets:
        if take(packet) is not None:
            return
    raise AssertionError("the parcel did not arrive")


def _some(found: bytes | None) -> None:
    if found is None:
        raise AssertionError("the parcel did not arrive")


def _hashed(length: int, symbol: int, frames: list[bytes]) -> None:
    """The library and what nobody who gets the same frames can do without: their packets, and the parcel's id."""
    named, at = frames[0][1 : 1 + ID_BYTES], len(frame_head(bytes(ID_BYTES), length))
    take = raptorq.Decoder.with_defaults(length, symbol).decode
    for frame in frames:
        found = take(frame[at:])
        if found is not None:
            if hashlib.sha256(found).digest()[:ID_BYTES] != named:
                raise AssertionError("another parcel arrived")
            return
    raise AssertionError("the parcel did not arrive")


def _work(random: Random, parcel: bytes, symbol: int, repair: int) -> dict[str, Callable[[], object]]:
    """What is timed for one parcel, with packets and frames that are drawn anew."""
    packets = raptorq.Encoder.with_defaults(parcel, symbol).get_encoded_packets(repair)
    frames = list(Cutter(parcel, symbol).frames(repair))
    order = random.sample(range(len(packets)), repair + 8)
    ready, sent = [packets[at] for at in order], [frames[at] for at in order]
    return {
        "bare_cut": lambda: raptorq.Encoder.with_defaults(parcel, symbol).get_encoded_packets(repair),
        "own_cut": lambda: list(Cutter(parcel, symbol).frames(repair)),
        "bare_collect": lambda: _until(raptorq.Decoder.with_defaults(len(parcel), symbol).decode, ready),
        "hashed_collect": lambda: _hashed(len(parcel), symbol, sent),
        "own_decode": lambda: _some(decode(ready, len(parcel), symbol)),
        "own_collect": lambda: _until(Collector(os.urandom).add, sent),
    }


def _ratio(own: list[float], bare: list[float]) -> float:
    """The median of each round's ratio: what else the machine does weighs on both sides of a round."""
    return statistics.median(mine / its for mine, its in zip(own, bare, strict=True))


def _times(random: Random) -> list[dict[str, Any]]:
    """Cutting and collecting beside the library, in turns; medians of processor time.

    Decoding has packets that are ready on both sides. Collecting also reads frames, keeps them apart and compares the
    parcel's id, which has to be: `hashed` is the library with frames and the id.
    """
    rows = []
    for length, symbol in SIZES:
        parcel = random.randbytes(length)
        repair, times = Cutter(parcel, symbol).count, -(-AT_ONCE // length)
        spent: dict[str, list[float]] = {}
        for _ in range(ROUNDS):
            work = _work(random, parcel, symbol, repair)
            for name, one in random.sample(sorted(work.items()), len(work)):
                spent.setdefault(name, []).append(_spent(one, times))
        row: dict[str, Any] = {name: statistics.median(times) for name, times in spent.items()}
        row["cut_ratio"] = _ratio(spent["own_cut"], spent["bare_cut"])
        row["decode_ratio"] = _ratio(spent["own_decode"], spent["bare_collect"])
        row["collect_ratio"] = _ratio(spent["own_collect"], spent["bare_collect"])
        row["collect_ratio_hashed"] = _ratio(spent["own_collect"], spent["hashed_collect"])
        rows.append({"length": length, "symbol": symbol, "count": repair, **row})
    return rows


def _page() -> list[dict[str, Any]] | None:
    """The page's own codec: milliseconds of the first parcel, when nothing is compiled, and the median of all."""
    from playwright.sync_api import sync_playwright

    node, chromium = nodes.find(), shutil.which("chromium")
    if node is None or chromium is None or not (ROOT / "reader" / "node_modules").exists():
        return None
    rows = []
    with tempfile.TemporaryDirectory(prefix="holub-fountain-") as folder:
        code = Path(folder) / "frames.mjs"
        source = ROOT / "reader" / "tests" / "frames" / "browser.ts"
        runner = ROOT / "reader" / "tests" / "run.mjs"
        subprocess.run([str(node.program), str(runner), "--bundle", str(source), str(code)], check=True)
        script = code.read_text(encoding="utf-8")
        for length, symbol in PAGE:
            asked = _IN_NODE.format(code=json.dumps(code.as_uri()), turns=PAGE_TURNS, length=length, symbol=symbol)
            command = [str(node.program), "--input-type=module", "-e", asked]
            ended = subprocess.run(command, check=True, capture_output=True, text=True)
            rows += _steps("node, processor", length, symbol, json.loads(ended.stdout))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        for length, symbol in PAGE:
            tab = browser.new_page()
            tab.add_script_tag(content=script, type="module")
            tab.wait_for_function("typeof measureFrames === 'function'")
            tab.context.new_cdp_session(tab).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
            turns = [tab.evaluate(f"measureFrames({length}, {symbol})") for _ in range(PAGE_TURNS)]
            tab.close()
            rows += _steps(f"Chromium, {SLOWER} x slower", length, symbol, turns)
        browser.close()
    return rows


def _steps(where: str, length: int, symbol: int, turns: list[dict[str, float]]) -> list[dict[str, Any]]:
    rows = []
    for step in ("cut", "collected"):
        times = [turn[step] for turn in turns]
        figures = {"first": times[0], "median": statistics.median(times)}
        rows.append({"where": where, "step": step, "count": -(-length // symbol), "symbol": symbol, **figures})
    return rows


def run(corpus: Path | None) -> dict[str, Any]:
    """Shares, ratios and milliseconds; the corpus is not needed."""
    random = Random(6_330)
    return {"trials": _trials(random), "times": _times(random), "page": _page()}


def table(result: dict[str, Any]) -> str:
    """One line a loss, one line a size, one line a step in the page."""
    lines = [f"{'lost':6}{'trials':>8}{'whole at K':>12}{'at K + 2':>10}{'most':>6}"]
    for row in result["trials"]:
        over = "" if row["within"] else "  OVER"
        shares = f"{row['at_k']:>11.2%} {row['at_k2']:>9.2%}"
        lines.append(f"{row['loss']:<6.0%}{row['trials']:>8}{shares}{'K + ' + str(row['most']):>7}{over}")
    lines.append(f"bars: {BAR_AT_K:.0%} at K, {BAR_AT_K2:.0%} at K + 2")
    lines.append(
        f"\n{'parcel B':>10}{'T':>6}{'K':>6}{'cut ms':>9}{'x bare':>8}{'decode x':>10}"
        f"{'collect ms':>12}{'x hashed':>10}{'x bare':>8}"
    )
    for row in result["times"]:
        line = f"{row['length']:>10,}{row['symbol']:>6}{row['count']:>6}"
        line += f"{row['own_cut']:>9.2f}{row['cut_ratio']:>8.2f}{row['decode_ratio']:>10.2f}"
        line += f"{row['own_collect']:>12.2f}{row['collect_ratio_hashed']:>10.2f}{row['collect_ratio']:>8.2f}"
        steps = {"cut": "cut_ratio", "decode": "decode_ratio", "collect": "collect_ratio_hashed"}
        missed = [step for step, ratio in steps.items() if row[ratio] > BAR_TIME]
        lines.append(line + (f"  OVER: {', '.join(missed)}" if missed else ""))
    lines.append(
        f"bar: {BAR_TIME} x the library; decode: packets that are ready on both sides; hashed: the library gets"
        " the same frames and compares the parcel's id, as has to be; bare, for collecting: it gets packets and"
        " compares nothing"
    )
    if result["page"] is None:
        lines.append("\nthe page: left out, node, its packages or Chromium are not here")
        return "\n".join(lines)
    lines.append(f"\n{'in the page':24}{'step':>10}{'K':>7}{'T':>6}{'first ms':>10}{'median ms':>11}")
    for row in result["page"]:
        what = f"{row['where']:24}{row['step']:>10}{row['count']:>7,}{row['symbol']:>6}"
        lines.append(f"{what}{row['first']:>10.0f}{row['median']:>11.0f}")
    return "\n".join(lines)
