"""Intake: letters a second into a postbox, one commit for whatever waits against one commit each.

The postbox runs in a process of its own, as it does in earnest; the client is in this one, over
loopback. All ways take turns in short slices within one run, and the ratios are between medians of
the same run. `none` is the same postbox with nothing behind it: what storing costs.

Bars: group >= 2.5 x one each at 64 connections, >= 0.9 x at one; group >= 0.35 x none at 64 on a
quiet disk. The disk decides: the slower its flush, the more a shared one saves. So the time of one
flush is printed beside the ratios.
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

CONNECTIONS = (1, 64)
WAYS = ("group", "each", "none")
ROUNDS = 15
SECONDS = 0.5
LETTER = 4_096

SERVE = """
import sys
from pathlib import Path
from holub.transit.postbox import Limits, run_postbox, server
from holub.transit.postbox.letterbox import Letterbox

class Nothing(Letterbox):
    def store(self, batch, *, stamped=False):
        return [True] * len(batch)

way, data = sys.argv[1:]
if way == "none":
    server.open_letterbox = lambda file, marker, limits: Nothing(file, limits)
limits = Limits(batch_letters=1 if way == "each" else 1024, reserve_bytes=0, connections=1024)
run_postbox(Path(data), port=0, limits=limits, ready=lambda url: print(url, flush=True))
"""


def serve(way: str, data: Path) -> tuple[subprocess.Popen[str], int]:
    """A postbox in a process of its own, and its port."""
    process = subprocess.Popen([sys.executable, "-c", SERVE, way, str(data)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    return process, int(process.stdout.readline().rsplit(":", 1)[1])


class Sender(asyncio.Protocol):
    """One connection that leaves a letter, waits for its 201, and leaves the next, until told to stop."""

    def __init__(self, next_letter: Callable[[], bytes], stored: Callable[[bytes], None], ended: Callable[[], None]):
        self._next_letter = next_letter
        self._stored = stored
        self._ended = ended
        self._answer = b""
        self._letter = b""
        self.stopping = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._answer += data
        if not self._answer.endswith(b"\r\n\r\nstored\n"):
            return
        assert self._answer.startswith(b"HTTP/1.1 201 ")
        self._answer = b""
        self._stored(self._letter)
        if self.stopping:
            self._transport.close()
        else:
            self._send()

    def connection_lost(self, error: Exception | None) -> None:
        self._ended()

    def _send(self) -> None:
        self._letter = self._next_letter()
        head = b"POST /letters HTTP/1.1\r\nhost: x\r\ncontent-length: %d\r\n\r\n" % LETTER
        self._transport.write(head + self._letter)


class Letters:
    """Letters that are all different and cost the client little to make."""

    def __init__(self) -> None:
        self._rest = secrets.token_bytes(LETTER - 24)
        self._run = secrets.token_bytes(16)
        self._count = 0

    def __call__(self) -> bytes:
        self._count += 1
        return self._run + self._count.to_bytes(8, "big") + self._rest


async def load(port: int, connections: int, seconds: float, stored: Callable[[bytes], None]) -> float:
    """Leave letters over that many connections until `seconds` have passed or the postbox dies; gives the seconds."""
    loop = asyncio.get_running_loop()
    open_connections, done, letters, senders = connections, loop.create_future(), Letters(), []

    def ended() -> None:
        nonlocal open_connections
        open_connections -= 1
        if not open_connections and not done.done():
            done.set_result(None)

    began = time.perf_counter()
    for _ in range(connections):
        try:
            _, sender = await loop.create_connection(lambda: Sender(letters, stored, ended), "127.0.0.1", port)
            senders.append(sender)
        except OSError:  # it was killed before we all came
            ended()

    def stop() -> None:
        for sender in senders:
            sender.stopping = True

    clock = loop.call_later(seconds, stop)
    await done
    clock.cancel()
    return time.perf_counter() - began


def slice_rate(port: int, connections: int) -> float:
    """Letters a second that were answered with 201, over one short slice."""
    count = 0

    def stored(letter: bytes) -> None:
        nonlocal count
        count += 1

    took = asyncio.run(load(port, connections, SECONDS, stored))
    return count / took


def flush_milliseconds(home: Path) -> float:
    """The median time of one 4 KiB write with fdatasync, in milliseconds."""
    times = []
    with tempfile.TemporaryFile(dir=home) as file:
        for _ in range(100):
            file.write(bytes(LETTER))
            file.flush()
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append(time.perf_counter() - began)
    return statistics.median(times) * 1_000


def run(corpus: Path | None) -> dict[str, object]:
    """All ways in turn; the corpus is not used (letters are random bytes)."""
    rates: dict[str, dict[int, list[float]]] = {way: {n: [] for n in CONNECTIONS} for way in WAYS}
    with tempfile.TemporaryDirectory(prefix="holub-intake-") as folder:
        home = Path(folder)
        flush = flush_milliseconds(home)
        # A postbox for each rate: letters go in more slowly the more are stored, and at one connection both ways must
        # have as many.
        postboxes = {(way, n): serve(way, home / f"{way}-{n}") for way in WAYS for n in CONNECTIONS}
        try:
            # Short slices in a shuffled order, so that whatever else the machine does falls on all alike.
            for _ in range(ROUNDS):
                for connections in CONNECTIONS:
                    for way in random.sample(WAYS, len(WAYS)):
                        rates[way][connections].append(slice_rate(postboxes[way, connections][1], connections))
        finally:
            for process, _ in postboxes.values():
                process.terminate()
                process.communicate()
    medians = {way: {n: statistics.median(rates[way][n]) for n in CONNECTIONS} for way in WAYS}
    return {
        "flush_ms": flush,
        "rounds": ROUNDS,
        "seconds_a_slice": SECONDS,
        "letters_per_second": {way: {str(n): value for n, value in row.items()} for way, row in medians.items()},
        "group_over_each_64": medians["group"][64] / medians["each"][64],
        "group_over_each_1": medians["group"][1] / medians["each"][1],
        "group_over_none_64": medians["group"][64] / medians["none"][64],
    }


def table(result: dict[str, Any]) -> str:
    """The rates, and the three ratios with their bars."""
    rates = result["letters_per_second"]
    lines = [f"intake, letters of 4 KiB a second; one flush of this disk takes {result['flush_ms']:.2f} ms", ""]
    lines.append(f"{'':<28}{'1 connection':>14}{'64 connections':>16}")
    for way, name in (("group", "one commit for what waits"), ("each", "one commit each"), ("none", "no storage")):
        lines.append(f"{name:<28}{rates[way]['1']:>14,.0f}{rates[way]['64']:>16,.0f}")
    lines.append("")
    for key, name, bar in (
        ("group_over_each_64", "group / each at 64", 2.5),
        ("group_over_each_1", "group / each at 1", 0.9),
        ("group_over_none_64", "group / no storage at 64", 0.35),
    ):
        verdict = "met" if result[key] >= bar else "NOT met"
        lines.append(f"{name:<28}{result[key]:>14.2f}   bar {bar} {verdict}")
    return "\n".join(lines)
