"""The cheapest way from an edition to the newest, over updates that lead from one to another (spec/postbox.md).

The press makes direct updates where a way costs too much, and whoever lists parcels lists those that lie on a way.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Leg:
    """An update from any of the editions `start` to `until` to `edition`: its bytes, and its name."""

    start: int
    until: int
    edition: int
    size: int
    name: str


@dataclass(frozen=True)
class Way:
    """From an edition to the goal: the bytes and the number of all its updates, the bytes of its largest, its first."""

    size: int
    legs: int
    largest: int
    first: Leg | None = None

    def after(self, leg: Leg) -> Way:
        """This way with an update ahead of it."""
        return Way(self.size + leg.size, self.legs + 1, max(self.largest, leg.size), leg)


class Ways:
    """The way of fewest bytes, then of fewest updates, from each edition that one leads from to `goal`."""

    def __init__(self, legs: Iterable[Leg], goal: int) -> None:
        """An update that leads back, or behind the goal, is passed over.

        Each fits at most 256 editions (spec/parcel.md). Of ways that cost the same, the one whose first update fits
        the older editions is taken: so editions in a row share it.
        """
        self._ways: dict[int, Way] = {goal: Way(0, 0, 0)}
        for leg in sorted(legs, key=lambda leg: (-leg.until, leg.edition, leg.name)):
            self.add(leg)

    def add(self, leg: Leg) -> None:
        """One more update; every update that fits a later edition was added before."""
        if leg.until >= leg.edition or leg.edition not in self._ways:
            return
        way = self._ways[leg.edition].after(leg)
        for start in range(leg.start, leg.until + 1):
            known = self._ways.get(start)
            if known is None or (way.size, way.legs) <= (known.size, known.legs):
                self._ways[start] = way

    def get(self, start: int) -> Way | None:
        """The way from an edition; None where there is none."""
        return self._ways.get(start)

    def follow(self, start: int) -> list[Leg]:
        """The updates of the way from an edition, in order; none where there is no way."""
        found: list[Leg] = []
        way = self._ways.get(start)
        while way is not None and way.first is not None:
            found.append(way.first)
            way = self._ways[way.first.edition]
        return found

    @property
    def names(self) -> set[str]:
        """The updates that lie on a way from anywhere."""
        return {way.first.name for way in self._ways.values() if way.first is not None}


def names_on_ways(tracks: Iterable[Collection[Leg]]) -> set[str]:
    """The updates on the ways to the newest edition that any of a track's leads to; a track is one pack's, or all's."""
    found: set[str] = set()
    for legs in tracks:
        found |= Ways(legs, max(leg.edition for leg in legs)).names if legs else set()
    return found
