"""Kills: SIGKILL a postbox again and again under load, and look whether an answered letter is gone.

Every letter that was answered with 201 is remembered by its hash. After the last kill the postbox
starts once more, its file is read, every row is checked against its hash, and the remembered ones
are looked up. SIGKILL ends the process, not the machine: what the operating system had taken is
still written. It shows that 201 comes after COMMIT and that a start after a crash loses nothing; a
power cut also needs a disk that keeps its promise of a flush.

Bar: 100 kills, at least 100,000 answered, 0 lost. `HOLUB_BENCH_FULL=1` runs that (some minutes);
without it 20 kills.
"""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
import subprocess
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from bench.intake import load, serve
from holub.transit.postbox.letterbox import Letterbox
from holub.transit.postbox.limits import Limits

QUICK = 20
FULL = 100
FULL_ANSWERED = 100_000
CONNECTIONS = 64
MOST_SECONDS = 30.0


def run(corpus: Path | None) -> dict[str, object]:
    """The corpus is not used (letters are random bytes)."""
    full = os.environ.get("HOLUB_BENCH_FULL") == "1"
    kills = FULL if full else QUICK
    target = FULL_ANSWERED // FULL + 50
    answered: set[bytes] = set()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="holub-kills-") as folder:
        data = Path(folder) / "data"
        for _ in range(kills):
            # At a random moment, but late enough that the kills together see enough letters.
            _one_kill(data, answered, target + random.randrange(300))
        # One ordinary start and stop between the last kill and the reading.
        process, _ = serve("group", data)
        process.terminate()
        process.communicate()
        box = Letterbox(data / "letters.sqlite3", Limits(reserve_bytes=0))
        sound = {digest for digest, _ in box.sound()}
        rows = len(box)
        box.close()
    return {
        "kills": kills,
        "answered": len(answered),
        "stored": rows,
        "damaged": rows - len(sound),
        "lost": len(answered - sound),
        "seconds": time.perf_counter() - began,
    }


def _one_kill(data: Path, answered: set[bytes], after: int) -> None:
    process, port = serve("group", data)
    seen = 0
    kill = threading.Event()

    def stored(letter: bytes) -> None:
        nonlocal seen
        answered.add(hashlib.sha256(letter).digest())
        seen += 1
        if seen >= after:
            kill.set()

    killer = threading.Thread(target=_kill_when, args=(process, kill))
    killer.start()
    asyncio.run(load(port, CONNECTIONS, MOST_SECONDS, stored))
    kill.set()
    killer.join()
    process.communicate()


def _kill_when(process: subprocess.Popen[str], kill: threading.Event) -> None:
    # In a thread of its own, so that it strikes while answers are on their way.
    kill.wait()
    process.kill()


def table(result: dict[str, Any]) -> str:
    """One line for each count, and the bar."""
    met = result["lost"] == 0 and result["damaged"] == 0
    full = result["kills"] >= FULL and result["answered"] >= FULL_ANSWERED
    return "\n".join(
        [
            f"{result['kills']} kills with SIGKILL at {CONNECTIONS} connections in {result['seconds']:.0f} s",
            f"answered with 201    {result['answered']:>10,}",
            f"stored               {result['stored']:>10,}",
            f"damaged              {result['damaged']:>10,}",
            f"lost                 {result['lost']:>10,}   bar 0 {'met' if met else 'NOT met'}",
            "" if full else "a quick run: the bar asks for 100 kills and 100,000 answered (HOLUB_BENCH_FULL=1)",
        ]
    ).rstrip()
