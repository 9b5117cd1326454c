"""Broadcast and mesh: how long somebody who joins waits, what a byte costs, and minutes of airtime.

Simulated, by the code that sends and receives: seconds are frames over the rate, or the airtimes of LoRa packets. No
clock is read, so a busy machine changes nothing. Parcels are random bytes of the sizes that an edition of 3,720 guides
in seven languages has. The corpus is not asked for.
"""

from __future__ import annotations

import statistics
from pathlib import Path
from random import Random
from typing import Any

from holub.formats.framecollector import Collector
from holub.formats.letterbag import write_letters
from holub.formats.parcel import Kind, Parcel, parcel_id
from holub.transit.carriers.broadcast.schedule import Schedule
from holub.transit.carriers.mesh.airtime import LONG_FAST, Airtime
from holub.transit.carriers.mesh.station import Receiver, Sender
from tests.fakes.meshair import MeshAir

RATE = 20_000  # bytes a second
DATAGRAM = 1_216 + 4 + 28  # frame, check, UDP and IPv4
LOSSES = (0.0, 0.1, 0.3, 0.5, 0.7)
JOINERS = 9
BAR_TEXT, BAR_ALERT = 1.2, 3.0  # times sending once; seconds
MESHES: dict[str, list[tuple[str, str]]] = {
    "one hop, 20 listen": [("sender", f"r{at}") for at in range(20)]
    + [(f"r{at}", f"r{below}") for at in range(20) for below in range(at)],
    "a line of 3 hops": [("sender", "a"), ("a", "b"), ("b", "c")],
}
LINK_LOSS = 0.1
TRIALS = 5


def _parcel(random: Random, kind: Kind, size: int) -> bytes:
    return Parcel(kind, random.randbytes(size - 8)).encode()


def _edition(random: Random, *, pictures: bool) -> dict[str, list[bytes]]:
    made = {
        "alert": [_parcel(random, Kind.SELECTION, 1_100) for _ in range(3)],
        "sweep": [_parcel(random, Kind.SWEEP, 9_000)],
        "update": [_parcel(random, Kind.UPDATE, 1_500) for _ in range(7)],
        "text": [_parcel(random, Kind.FULL, 214_000) for _ in range(7)],
    }
    if pictures:
        made["pictures"] = [_parcel(random, Kind.PICTURES, 3_000_000)]
    return made


def _joiner(schedule: Schedule, made: dict[str, list[bytes]], loss: float, random: Random) -> dict[str, int]:
    """The frames that pass until somebody who begins now has one alert, the sweep, one pack, and all text."""
    wants = {
        "an alert": {parcel_id(made["alert"][0])},
        "the sweep": {parcel_id(made["sweep"][0])},
        "one pack": {parcel_id(made["text"][0])},
        "all text": {parcel_id(one) for one in made["text"]},
    }
    collector, passed, times = Collector(random.randbytes), 0, {}
    while wants:
        passed += 1
        _, frame = schedule.next()
        if random.random() < loss or not (arrived := collector.add(frame)):
            continue
        for name, missing in list(wants.items()):
            missing.discard(arrived.id)
            if not missing:
                times[name] = passed
                del wants[name]
    return times


def _broadcast(random: Random, *, pictures: bool) -> list[dict[str, Any]]:
    made = _edition(random, pictures=pictures)
    schedule = Schedule([one for parcels in made.values() for one in parcels], random.randbytes)
    once = sum(map(len, made["text"])) / RATE
    rows = []
    for loss in LOSSES:
        joiners = []
        for _ in range(JOINERS):
            for _ in range(random.randrange(3_000)):
                schedule.next()
            joiners.append(_joiner(schedule, made, loss, random))
        seconds = {
            name: [one[name] * DATAGRAM / RATE for one in joiners]
            for name in ("an alert", "the sweep", "one pack", "all text")
        }
        row: dict[str, Any] = {"pictures": pictures, "loss": loss}
        for name, times in seconds.items():
            row[name] = {"median": statistics.median(times), "most": max(times)}
        row["text_ratio"] = row["all text"]["median"] / once
        row["within"] = loss > 0 or pictures or (row["text_ratio"] <= BAR_TEXT and row["an alert"]["most"] <= BAR_ALERT)
        rows.append(row)
    return rows


def _mesh(random: Random) -> list[dict[str, Any]]:
    letters = [random.randbytes(256) for _ in range(4)]
    given = {
        "an alert of 150 B": _parcel(random, Kind.SELECTION, 150),
        "a proof of 550 B": _parcel(random, Kind.SELECTION, 550),
        "a guide with its proof, 2,500 B": _parcel(random, Kind.SELECTION, 2_500),
        "a narrow letter": write_letters(letters[:1]).encode(),
        "a bag of 4 narrow letters": write_letters(letters).encode(),
        "an update of 9,000 B": _parcel(random, Kind.SWEEP, 9_000),
    }
    rows = []
    for name, parcel in given.items():
        for mesh, links in MESHES.items():
            for share in (0.1, 0.01):
                rows.append({"parcel": name, "mesh": mesh, "share": share, **_mesh_runs(parcel, links, share)})
    return rows


def _mesh_runs(parcel: bytes, links: list[tuple[str, str]], share: float) -> dict[str, Any]:
    own, everybody, minutes, asks, whole = [], [], [], [], []
    for seed in range(TRIALS):
        air, chance = MeshAir(links, LINK_LOSS, seed), Random(seed)
        arrived: list[float] = []
        receivers = [node for name, node in air.nodes.items() if name != "sender"]
        for node in receivers:
            node.station = _Timed(Receiver(Airtime(LONG_FAST, share), chance=chance.randbytes), arrived)
        air.nodes["sender"].station = Sender([parcel], Airtime(LONG_FAST, share), 0.0)
        air.run()
        own.append(sum(seconds for _, seconds in air.nodes["sender"].own))
        everybody.append(sum(node.airtime for node in air.nodes.values()))
        minutes.append(max(arrived, default=0.0) / 60)
        asks.append(air.asks)
        whole.append(len(arrived) / len(receivers))
    return {
        "own_seconds": statistics.median(own),
        "mesh_seconds": statistics.median(everybody),
        "minutes": statistics.median(minutes),
        "asks": statistics.mean(asks),
        "whole": statistics.mean(whole),
    }


class _Timed:
    """A receiver that notes when a parcel was whole."""

    def __init__(self, receiver: Receiver, arrived: list[float]) -> None:
        self._receiver, self._arrived = receiver, arrived
        self.step, self.wake = receiver.step, receiver.wake

    def heard(self, message: bytes, now: float) -> bytes | None:
        parcel = self._receiver.heard(message, now)
        if parcel is not None:
            self._arrived.append(now)
        return parcel


def run(corpus: Path | None) -> dict[str, Any]:
    """Seconds, ratios and minutes; the corpus is not needed."""
    random = Random(5_007)
    rows = _broadcast(random, pictures=False) + _broadcast(random, pictures=True)
    return {"broadcast": rows, "mesh": _mesh(random)}


def table(result: dict[str, Any]) -> str:
    """One line a loss, then one line a parcel and mesh."""
    names = ("an alert", "the sweep", "one pack", "all text")
    head = "".join(f"{name + ' s':>20}" for name in names)
    lines = [f"broadcast at {RATE // 1_000} kB/s: median and most of {JOINERS} joiners"]
    lines.append(f"{'pictures':10}{'lost':>6}{head}{'x once':>9}")
    for row in result["broadcast"]:
        times = "".join(f"{row[name]['median']:>12.1f}{row[name]['most']:>8.1f}" for name in names)
        over = "" if row["within"] else "  OVER"
        lines.append(
            f"{'with' if row['pictures'] else 'none':10}{row['loss']:>6.0%}{times}{row['text_ratio']:>9.2f}{over}"
        )
    lines.append(f"bars without loss and pictures: all text {BAR_TEXT} x sending it once, an alert {BAR_ALERT:g} s")
    lines.append(f"\nmesh at LongFast, {LINK_LOSS:.0%} lost on each link, everybody may ask; medians of {TRIALS}")
    lines.append(f"{'':34}{'':20}{'share':>6}{'own s':>8}{'mesh s':>8}{'minutes':>9}{'asks':>6}{'whole':>7}")
    for row in result["mesh"]:
        figures = f"{row['own_seconds']:>8.0f}{row['mesh_seconds']:>8.0f}{row['minutes']:>9.1f}{row['asks']:>6.1f}"
        lines.append(f"{row['parcel']:34}{row['mesh']:20}{row['share']:>6.0%}{figures}{row['whole']:>7.0%}")
    return "\n".join(lines)
