"""Binding all guides of the newest revision cold, and again after one changed guide; time and memory.

What is measured is the command that people run, `holub press bind`, as a process of its own. Two spans have a bar:

- binding: the seconds that the command prints, from the opened office to the last parcel in its folder;
- the whole process: from its start to its end, with the interpreter, all libraries, and the passphrase.

Cold means an office that has bound nothing. Memory is the most that the process held. The processor's time says how
much of a span was waiting, and has no bar.
"""

from __future__ import annotations

import compileall
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import holub as product
from bench.corpus import Corpus, Packs
from holub.errors import Unavailable

COLD, WARM = 2, 5
BARS = {"seconds": 1 / 20, "wall": 1 / 20}
MEMORY_BAR = 500  # MB of 10^6 bytes
_HOLUB = (sys.executable, "-c", "import sys; from holub.faces.cli import main; sys.exit(main())")


def holub(*arguments: str | Path) -> dict[str, Any]:
    """Runs a command; gives its answer with `wall` (s), `cpu` (s) and `memory` (MB) of its process."""
    start = time.perf_counter()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen([*_HOLUB, *map(str, arguments), "--json"], stdout=out, stderr=err)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode:
            said = err.read().decode("utf-8", "replace").strip()
            raise Unavailable(f"`holub {arguments[0]} {arguments[1]}` ended with {process.returncode}: {said}")
        answer: dict[str, Any] = json.loads(out.read())
    usage = {"wall": wall, "cpu": used.ru_utime + used.ru_stime, "memory": used.ru_maxrss * 1024 / 1e6}
    return {**answer, **usage}


class Desk:
    """An office of its own in a folder, and the guides that it binds."""

    def __init__(self, folder: Path, guides: Path) -> None:
        self.folder, self.guides = folder, guides
        folder.mkdir()
        self.secret = folder / "passphrase"
        self.secret.write_text("only for this benchmark\n", encoding="utf-8")
        self.secret.chmod(0o600)
        holub("keys", "new", "--office", folder / "office", "--passphrase-file", self.secret)

    def bind(self) -> dict[str, Any]:
        office, out = self.folder / "office", self.folder / "parcels"
        answer = holub("press", "bind", self.guides, "--office", office, "--out", out, "--passphrase-file", self.secret)
        keys = ("edition", "guides", "changed", "seconds", "wall", "cpu", "memory")
        return {key: round(answer[key], 3) for key in keys}


def lay_out(packs: Packs, folder: Path) -> None:
    """Writes the guides as language/path."""
    for language, guides in packs.items():
        for path, content in guides.items():
            file = folder / language / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)


def _change_one(packs: Packs, folder: Path, turn: int) -> None:
    """Adds a sentence to one guide in the middle of the largest pack, another guide each turn."""
    language = max(packs, key=lambda one: len(packs[one]))
    paths = list(packs[language])
    file = folder / language / paths[(len(paths) // 2 + turn) % len(paths)]
    file.write_bytes(file.read_bytes() + f"\n\nA sentence that was not here before, number {turn}.\n".encode())


def run(corpus: Path | None) -> dict[str, Any]:
    """Medians of the runs, their ratio, and every run."""
    # As pip leaves it: where the environment forbids to write bytecode, each process would compile a checkout anew.
    compileall.compile_dir(Path(product.__file__).parent, quiet=2)
    packs = Corpus(corpus).packs("HEAD")
    with tempfile.TemporaryDirectory(prefix="holub-binding-") as place:
        guides = Path(place, "guides")
        lay_out(packs, guides)
        cold, warm = [], []
        for turn in range(COLD):
            desk = Desk(Path(place, f"office-{turn}"), guides)
            cold.append(desk.bind())
        for turn in range(WARM):
            _change_one(packs, guides, turn)
            warm.append(desk.bind())
    if [one["changed"] for one in warm] != [1] * WARM or [one["edition"] for one in warm] != list(range(2, WARM + 2)):
        raise AssertionError("a warm binding did not bind one changed guide")
    middle = {
        which: {key: round(statistics.median(one[key] for one in runs), 3) for key in ("seconds", "wall", "cpu")}
        for which, runs in (("cold", cold), ("warm", warm))
    }
    ratios = {key: round(middle["warm"][key] / middle["cold"][key], 4) for key in ("seconds", "wall", "cpu")}
    memory = max(one["memory"] for one in cold + warm)
    return {
        "guides": cold[0]["guides"],
        "cold": middle["cold"],
        "warm": middle["warm"],
        "ratio": ratios,
        "ratio_bar": BARS,
        "within_ratio": {key: ratios[key] <= bar for key, bar in BARS.items()},
        "memory": memory,
        "memory_cold": max(one["memory"] for one in cold),
        "memory_bar": MEMORY_BAR,
        "within_memory": memory <= MEMORY_BAR,
        "runs": {"cold": cold, "warm": warm},
    }


def table(result: dict[str, Any]) -> str:
    """One line a way to count, with its bar where it has one."""
    lines = [f"{result['guides']:,} guides", f"{'':36}{'cold':>10}{'warm':>10}{'ratio':>10}{'bar':>8}"]
    names = (
        ("seconds", "binding, as the command prints, s"),
        ("wall", "the whole process, s"),
        ("cpu", "of the processor, s"),
    )
    for key, name in names:
        bar = result["ratio_bar"].get(key)
        over = "" if result["within_ratio"].get(key, True) else "  OVER"
        cold, warm = result["cold"][key], result["warm"][key]
        limit = f"{bar:>8.2f}" if bar else ""
        lines.append(f"{name:36}{cold:>10.2f}{warm:>10.2f}{result['ratio'][key]:>10.4f}{limit}{over}")
    over = "" if result["within_memory"] else "  OVER"
    lines.append(f"most memory: {result['memory']:.0f} MB (bar {result['memory_bar']}){over}")
    return "\n".join(lines)
