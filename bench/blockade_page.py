"""The tables and pictures of docs/blockade.md, from the figures of `python -m bench blockade`.

    python -m bench blockade --json docs/picture/blockade.json
    python -m bench.blockade_page

A test holds that the page and the pictures are what the figures say.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from bench.blockade import AXES, EDITION_DAYS, LETTER_DAYS, NAMES, TOWN, cell, shown
from bench.curves import Panel, Point, draw

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "blockade.md"
PICTURES = ROOT / "docs" / "picture"
FIGURES = PICTURES / "blockade.json"

DRAWN = {axis: ("stamped", "letter") if axis == "junk" else ("edition", "letter") for axis in AXES}
MARKS = {"edition": "a", "letter": "b", "stamped": "c"}
LISTED = {
    axis: ("letter", "burst", "stamped", "unstamped") if axis == "junk" else ("edition", "letter") for axis in AXES
}
COLUMNS = {
    "edition": f"edition within {EDITION_DAYS} days",
    "letter": f"letter within {LETTER_DAYS} days",
    "stamped": "stamped letter",
    "unstamped": "the others beside stamped ones",
    "burst": "letter, all junk on one day",
}


def _place(axis: str, value: float) -> float:
    """Where a value lies along its axis, 0 to 1; how often people meet goes by doublings."""
    values = AXES[axis]
    scale = math.log2 if axis == "pace" else float
    low, high = scale(min(values)), scale(max(values))
    return (scale(value) - low) / (high - low)


def _spoken(result: dict[str, Any], axis: str, series: str) -> str:
    """A curve for those who cannot see it."""
    rows = [row for row in result["curves"] if (row["axis"], row["series"]) == (axis, series)]
    return ", ".join(f"at {shown(axis, row['value'])} {cell(row['share'], percent=True)} %" for row in rows)


def picture(result: dict[str, Any], axis: str) -> str:
    """One axis' two panels: what share arrives, and after how many days."""
    series = DRAWN[axis]
    names = {**COLUMNS, "letter": COLUMNS["letter"] if axis != "junk" else "letter where nobody has stamps"}
    panels = []
    for what, unit, scale, most, step in (
        ("share", "arrives, %", 100, 100, 20),
        ("days", "days, where it arrives", 1, 30, 5),
    ):
        curves = [
            [
                Point(_place(axis, row["value"]), *(row[what][name] * scale for name in ("low", "median", "high")))
                for row in result["curves"]
                if (row["axis"], row["series"]) == (axis, one) and row[what]["median"] is not None
            ]
            for one in series
        ]
        panels.append(Panel(unit, most, step, curves))
    ticks = [(_place(axis, value), shown(axis, value)) for value in AXES[axis]]
    shares = "; ".join(f"{names[one]}: {_spoken(result, axis, one)}" for one in series)
    return draw(
        NAMES[axis],
        shares,
        NAMES[axis],
        ticks,
        panels,
        [names[one] for one in series],
        "".join(MARKS[one] for one in series),
    )


def markdown(result: dict[str, Any], axis: str) -> str:
    """One axis' table."""
    series = LISTED[axis]
    head = [NAMES[axis], *(part for one in series for part in (f"{COLUMNS[one]}, %", "days"))]
    rows = [head, ["---"] * len(head)]
    for value in AXES[axis]:
        row = [shown(axis, value)]
        for one in series:
            [found] = [
                line for line in result["curves"] if (line["axis"], line["value"], line["series"]) == (axis, value, one)
            ]
            row += [cell(found["share"], percent=True), cell(found["days"], percent=False)]
        rows.append(row)
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def bars(result: dict[str, Any]) -> str:
    """The flood's bars as a table."""
    bag, town = result["bag"], result["network"]
    told = {True: "yes", False: "no"}
    letters = f"one bag of {bag['places']}, {bag['offered']:,} letters handed in, 90 % of them junk, well mixed"
    clean = "the town: of the letters that arrive without junk, those that arrive at 90 %"
    rows = [
        ("what", "bar", "figure", "within"),
        ("---",) * 4,
        (f"{letters}: people's that stay", f"{bag['share']:.3f}", f"{bag['mixed']:.3f}", told[bag["within"]]),
        ("the same, stamped ones, the worst run", "0.99", f"{bag['stamped']:.3f}", told[bag["within_stamped"]]),
        (
            "the same without stamps, all junk after the letters",
            f"{bag['share']:.3f}",
            f"{bag['after']:.3f}",
            told[bag["within"]],
        ),
        (clean, f"{town['share']:.3f}", f"{town['letter']:.3f}", told[town["within"]]),
        ("the same, stamped letters", "0.99", f"{town['stamped']:.3f}", told[town["within_stamped"]]),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def ways(result: dict[str, Any]) -> str:
    """The ways out as a table."""
    rows = [["what is otherwise", f"letter within {LETTER_DAYS} days, %", "days"], ["---"] * 3]
    for row in result["ways"]:
        rows.append([row["way"], cell(row["share"], percent=True), cell(row["days"], percent=False)])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def assumptions() -> str:
    """What the town is, as a table."""
    town = TOWN
    rows = [
        ("what", "how many"),
        ("---", "---"),
        ("phones; relays; relays with an uplink", f"{town.phones:,}; {town.relays}; 1"),
        ("sticks that bring the edition in", f"{town.sticks}, after 2 to 5 days"),
        ("phone meets phone and hands something over", f"{town.meets:g} a day for each phone"),
        ("phone comes to a relay", f"{town.visits:g} a day for each phone"),
        ("a courier goes from one relay to another", f"{town.trips:g} a day for each relay, 1 to 3 days under way"),
        ("a stick goes out, from any relay", f"{town.crossings:g} a day in all, 2 to 5 days under way"),
        ("the uplink reaches a postbox", "twice a day, with the same loss as a meeting"),
        ("meetings at which nothing comes through", f"{town.loss * 100:.0f} %, where the table does not say another"),
        ("places for small letters in a relay's bag", f"{town.places:,}"),
        ("letters that people write", f"{town.letters:g} a day for {town.writing:g} days"),
        ("junk", f"{town.junk * 100:.0f} % of all letters handed in, where the table does not say another"),
        ("copies of a letter", f"the writer's, and {town.helpers} by people whom the writer meets"),
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def page(text: str, result: dict[str, Any]) -> str:
    """The page with its tables written anew. Each lies between its two comments."""
    blocks = {axis: markdown(result, axis) for axis in AXES}
    for name, block in {**blocks, "ways": ways(result), "bars": bars(result), "town": assumptions()}.items():
        start, end = f"<!-- {name} -->\n", f"<!-- end of {name} -->"
        before, _, rest = text.partition(start)
        _, closed, after = rest.partition(end)
        assert closed, f"docs/blockade.md has no place for the table {name}"
        text = before + start + block + end + after
    return text


def files() -> dict[Path, str]:
    """Every file that the figures decide, with its text."""
    result = json.loads(FIGURES.read_text(encoding="utf-8"))["results"]["blockade"]
    made = {PICTURES / f"blockade-{axis}.svg": picture(result, axis) for axis in AXES}
    return {**made, PAGE: page(PAGE.read_text(encoding="utf-8"), result)}


if __name__ == "__main__":
    for file, text in files().items():
        file.write_text(text, encoding="utf-8")
