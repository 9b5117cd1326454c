"""What arrives in a town of 10,000 phones and 50 relays, against loss, seizures, junk and how often people meet.

The town is drawn at random (bench/town.py), many times; a figure is the median of these towns with a 5 to 95 % band.
docs/blockade.md explains it; `python -m bench.blockade_page` writes that page's tables and pictures from the figures.
Bars: in a flood of which 90 % is junk, people's letters stay in a relay's bag at no less than the bag's share (places
for each letter handed in), stamped ones at 99 % and more.
"""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from bench.town import Floats, Town, edition_days, evict, flooded, letter_days

SEEDS = 20
EDITION_DAYS, LETTER_DAYS = 14, 28
STAMPED = 0.2
TOWN = Town()
AXES: dict[str, tuple[float, ...]] = {
    "loss": (0.0, 0.15, 0.3, 0.5, 0.7, 0.8, 0.9),
    "seized": (0.0, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9),
    "junk": (0.0, 0.25, 0.5, 0.7, 0.8, 0.9),
    "pace": (0.125, 0.25, 0.5, 1.0, 2.0),
}
NAMES = {
    "loss": "Meetings at which nothing comes through",
    "seized": "Relays seized in the first week",
    "junk": "Junk among the letters handed in",
    "pace": "Meetings, times what the model assumes",
}
SERIES = {
    "edition": f"edition on a phone within {EDITION_DAYS} days",
    "letter": f"letter outside within {LETTER_DAYS} days",
    "stamped": f"stamped letter outside within {LETTER_DAYS} days",
    "unstamped": "the others beside stamped ones",
    "burst": "letter where all junk comes on one day",
}
WAYS: dict[str, dict[str, Any]] = {
    "as assumed": {},
    "no stick goes out": {"crossings": 0.0},
    "four times as many sticks go out": {"crossings": 4 * TOWN.crossings},
    "the uplink is seized on the first day": {"uplink": False},
    "the same, and four times as many sticks go out": {"uplink": False, "crossings": 4 * TOWN.crossings},
    "neither uplink nor sticks": {"uplink": False, "crossings": 0.0},
    "a letter has no helpers": {"helpers": 0},
    "couriers between relays go half as often": {"trips": TOWN.trips / 2},
    "couriers between relays go twice as often": {"trips": 2 * TOWN.trips},
}
BAG_PLACES, BAG_FLOOD, BAG_SEEDS, SHARE = 512, 10, 200, 0.99


def measured(days: Floats, within: float) -> tuple[float, float]:
    """The share that arrived in time, and the median of their days (NaN where none did)."""
    came = days[days <= within]
    return came.size / max(1, days.size), float(np.median(came)) if came.size else float("nan")


def one_run(task: tuple[str, float, int]) -> dict[str, tuple[float, float]]:
    """One point of one curve with one seed: (share, days) by series."""
    axis, value, seed = task
    other: dict[str, Any] = {axis: value}
    town = replace(TOWN, **other)
    letters = letter_days(town, seed)
    found = {"letter": measured(letters.days, LETTER_DAYS)}
    if axis == "junk":
        burst = letter_days(replace(town, burst=True), seed)
        found["burst"] = measured(burst.days, LETTER_DAYS)
        mixed = letter_days(replace(town, stamped=STAMPED), seed)
        found["stamped"] = measured(mixed.days[mixed.stamped], LETTER_DAYS)
        found["unstamped"] = measured(mixed.days[~mixed.stamped], LETTER_DAYS)
    else:
        found["edition"] = measured(edition_days(town, seed), EDITION_DAYS)
    return found


def band(values: list[float]) -> dict[str, float | None]:
    """Median and the 5 to 95 % band of what the seeds gave."""
    known = np.array([value for value in values if not np.isnan(value)])
    if not known.size:
        return {"low": None, "median": None, "high": None}
    low, median, high = np.quantile(known, [0.05, 0.5, 0.95])
    return {"low": round(float(low), 3), "median": round(float(median), 3), "high": round(float(high), 3)}


def curves(seeds: int) -> list[dict[str, Any]]:
    """Every axis: its points, and at each point every series."""
    tasks = [(axis, value, seed) for axis, values in AXES.items() for value in values for seed in range(seeds)]
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        runs = list(pool.map(one_run, tasks, chunksize=4))
    rows = []
    for axis, values in AXES.items():
        for value in values:
            mine = [run for run, task in zip(runs, tasks, strict=True) if task[:2] == (axis, value)]
            for series in mine[0]:
                shares, days = zip(*(run[series] for run in mine), strict=True)
                rows.append(
                    {
                        "axis": axis,
                        "value": value,
                        "series": series,
                        "share": band(list(shares)),
                        "days": band(list(days)),
                    }
                )
    return rows


def ways(seeds: int) -> list[dict[str, Any]]:
    """Letters where one thing about the ways out is otherwise."""
    rows = []
    for name, other in WAYS.items():
        town = replace(TOWN, **other)
        found = [measured(letter_days(town, seed).days, LETTER_DAYS) for seed in range(seeds)]
        rows.append({"way": name, "share": band([one[0] for one in found]), "days": band([one[1] for one in found])})
    return rows


def bag() -> dict[str, Any]:
    """One relay's bag in a flood of ten bags of letters, 90 % junk: evenly mixed, after the letters, and stamped."""
    offered = BAG_PLACES * BAG_FLOOD
    honest = np.zeros(offered, bool)
    honest[: offered // 10] = True
    mixed, after, stamped = [], [], []
    for seed in range(BAG_SEEDS):
        random = np.random.default_rng([seed, 4])
        mixed.append(flooded(BAG_PLACES, random.permutation(honest), seed)[0])
        after.append(flooded(BAG_PLACES, honest, seed)[0])
        row = np.ones(offered, bool)
        # Nine in ten places' worth of people's letters have stamps.
        lane = honest & (random.random(offered) < 0.9)
        evict(row, BAG_PLACES, lane, random)
        stamped.append(float(row[lane].mean()))
    share = BAG_PLACES / offered
    doubt = 3 * float(np.std(mixed)) / BAG_SEEDS**0.5
    return {
        "places": BAG_PLACES,
        "offered": offered,
        "share": share,
        "mixed": float(np.mean(mixed)),
        "after": float(np.mean(after)),
        "stamped": float(np.min(stamped)),
        # The law gives the bag's share exactly; a mean of seeds lies about it.
        "within": float(np.mean(mixed)) >= share - doubt and float(np.mean(after)) >= share - doubt,
        "within_stamped": float(np.min(stamped)) >= SHARE,
    }


def network(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """What a flood of 90 % junk leaves of what arrives without junk, in the whole town: medians against medians."""

    def share(junk: float, series: str) -> float:
        [row] = [row for row in rows if (row["axis"], row["value"], row["series"]) == ("junk", junk, series)]
        return float(row["share"]["median"])

    left = share(0.9, "letter") / share(0.0, "letter")
    stamped = share(0.9, "stamped") / share(0.0, "stamped")
    room = TOWN.places / (TOWN.letters * TOWN.writing * 10)
    return {
        "share": room,
        "letter": left,
        "stamped": stamped,
        "within": left >= room,
        "within_stamped": stamped >= SHARE,
    }


def run(corpus: Path | None) -> dict[str, Any]:
    """The corpus is not used."""
    rows = curves(SEEDS)
    return {"seeds": SEEDS, "curves": rows, "ways": ways(SEEDS), "bag": bag(), "network": network(rows)}


def shown(axis: str, value: float) -> str:
    """A point on an axis as people read it."""
    return f"{value:g} x" if axis == "pace" else f"{value * 100:.0f} %"


def cell(band: dict[str, float | None], *, percent: bool) -> str:
    """A median with its band; a dash where nothing arrived."""
    if band["median"] is None:
        return "–"
    scale, places = (100, 0) if percent else (1, 1)
    low, median, high = (float(band[name] or 0) * scale for name in ("low", "median", "high"))
    return f"{median:.{places}f} ({low:.{places}f}–{high:.{places}f})"


def lines(result: dict[str, Any]) -> list[list[str]]:
    """The table's rows: axis, point, series, share in %, days."""
    return [
        [
            NAMES[row["axis"]],
            shown(row["axis"], row["value"]),
            SERIES[row["series"]],
            cell(row["share"], percent=True),
            cell(row["days"], percent=False),
        ]
        for row in result["curves"]
    ]


def table(result: dict[str, Any]) -> str:
    """Every point, then the bag's bars."""
    rows = [["against", "at", "what", "arrives, %", "days"], *lines(result)]
    for row in result["ways"]:
        days = cell(row["days"], percent=False)
        rows.append(["Ways out", "", row["way"], cell(row["share"], percent=True), days])
    widths = [max(len(row[at]) for row in rows) for at in range(5)]
    shown_rows = [
        "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    one, town = result["bag"], result["network"]
    bars = [
        f"a bag of {one['places']} in a flood of {one['offered']}, 90 % junk: its share {one['share']:.3f}",
        f"  people's letters, mixed in   {one['mixed']:.3f}" + ("" if one["within"] else "  OVER"),
        f"  stamped letters, worst seed  {one['stamped']:.3f}" + ("" if one["within_stamped"] else "  OVER"),
        f"  all junk after the letters   {one['after']:.3f}" + ("" if one["within"] else "  OVER"),
        f"of what arrives without junk, 90 % junk leaves (a bag holds {town['share']:.2f} of all letters)",
        f"  of people's letters          {town['letter']:.3f}" + ("" if town["within"] else "  OVER"),
        f"  of stamped letters           {town['stamped']:.3f}" + ("" if town["within_stamped"] else "  OVER"),
    ]
    return "\n".join(chain(shown_rows, ["", f"median of {result['seeds']} towns (5–95 %)", ""], bars))
