"""How many sheets parcels need, and how many codes of each parcel are on a sheet. Pure: no package, no file.

Every sheet holds something of every parcel, the same share on each, so that it does not matter which are lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from holub.errors import Misused
from holub.formats.frame import Split, symbol_size

MODULE_MM = 0.4
MOST_SHEETS = 200  # a mark counts to 255, and more paper than this is a stick's work
SPARE = 0.6  # repair codes for each that is needed, where nobody says what may be lost


@dataclass(frozen=True)
class Layout:
    """What a page looks like. frame: bytes that a code holds; gap_x, gap_y: white between codes, in modules.

    worn: of a page's codes, what folds, stains and a torn corner may cost, a share.
    """

    version: int
    level: str
    frame: int
    columns: int
    rows: int
    gap_x: int
    gap_y: int
    worn: float

    @property
    def codes(self) -> int:
        """Codes on a page."""
        return self.columns * self.rows

    @property
    def modules(self) -> int:
        """A code's width without its quiet zone."""
        return 17 + 4 * self.version

    @cached_property
    def size(self) -> tuple[int, int]:
        """Width and height of all codes together, in modules."""
        width = self.columns * (self.modules + self.gap_x) - self.gap_x
        return width, self.rows * (self.modules + self.gap_y) - self.gap_y


USUAL = Layout(15, "l", 520, 5, 8, 15, 4, 0.1)
HARSH = Layout(20, "m", 666, 4, 6, 19, 12, 0.25)


@dataclass(frozen=True)
class Plan:
    """A set of sheets. enough: how many of them, any, give all parcels; cells: each parcel's codes on a sheet."""

    sheets: int
    enough: int
    cells: tuple[int, ...]


def plan(
    sizes: Sequence[int],
    layout: Layout = USUAL,
    *,
    lose: int | None = None,
    spare: float = SPARE,
    worn: float | None = None,
) -> Plan:
    """The fewest sheets for parcels of these sizes (bytes).

    lose: how many sheets may be lost, in place of `spare`; worn: the share of codes on each of the others that may be
    unreadable, the layout's where it is not given. Raises Misused where there is nothing to print, or too much.
    """
    worn = layout.worn if worn is None else worn
    if not sizes or spare < 0 or not 0 <= worn < 1 or not 0 <= (lose or 0) < MOST_SHEETS:
        raise Misused("a set of sheets needs at least one parcel, and what may be lost is a share or a few sheets")
    needed = [Split(size, symbol_size(layout.frame, size)).count for size in sizes]
    if len(sizes) > layout.codes // 2:
        raise Misused(
            f"{len(sizes)} parcels are too many for one set of sheets", f"print at most {layout.codes // 2} together"
        )
    enough = 1
    while sum(cells := _cells(needed, enough, worn)) > layout.codes:
        enough += 1
        if enough > MOST_SHEETS:
            break
    sheets = max(enough, -(-int(sum(needed) * (1 + spare) * 1_000) // (1_000 * layout.codes)))
    if lose is not None:
        sheets = enough + lose
    if sheets > MOST_SHEETS:
        raise Misused(
            f"this would be more than {MOST_SHEETS} sheets of paper", "choose one language, an update, or a stick"
        )
    # What is left on the page goes where it helps most; an empty place helps nobody.
    for _ in range(layout.codes - sum(cells)):
        least = min(range(len(cells)), key=lambda one: cells[one] / needed[one])
        cells[least] += 1
    return Plan(sheets, enough, tuple(cells))


def _cells(needed: Sequence[int], enough: int, worn: float) -> list[int]:
    """Codes of each parcel on a sheet, so that any `enough` worn sheets give it."""
    readable = enough * round((1 - worn) * 1_000)
    return [-(-count * 1_000 // readable) for count in needed]
