"""The ladder: direct updates from older editions, so that who missed many pays for what changed and not for each.

A rung is an update that leaps over editions. From each of the thirty-two editions before the newest there is a way of
one or two updates that costs at most a tenth more than a direct update would; where updates that exist give one,
nothing is made. So a large change is compressed against old text once, and not with each edition after
it. docs/decisions/0011-ladder-of-updates.md has the figures.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise

from holub.errors import HolubError
from holub.formats.change import write_change
from holub.formats.held import HeldPack
from holub.formats.pack import Pack
from holub.formats.parcel import parcel_name, parse_parcel
from holub.formats.sheet import Sheet, read_sheet
from holub.formats.sweep import item_keys, items_of, write_sweep
from holub.formats.update import PATHS, write_update
from holub.formats.way import Leg, Ways
from holub.outbound.press.archive import Archive, Bound, Record, legs_of
from holub.outbound.press.back import go_back

REACH = 32  # editions
_WORKERS = 2
MOST_UPDATES = 2
SHARE = 1.1  # of a direct update
# What a large update made before brings most of is not made again: a direct one would weigh as much.
_SAME = 1.05
_MOST_PREFIX = 2 * 2**20  # bytes of old text in a sweep's dictionary; beyond, level 22 takes seconds

Name = tuple[str, str]
Track = tuple[str, str] | tuple[None, None]
ALL: Track = (None, None)


@dataclass(frozen=True)
class Older:
    """An edition before the newest, as it can be had again."""

    sheet: Sheet
    packs: Mapping[Name, HeldPack]

    @property
    def edition(self) -> int:
        return self.sheet.moment.edition


@dataclass(frozen=True)
class Ladder:
    """Older editions by number, and the updates that are published, by pack."""

    older: Mapping[int, Older] = field(default_factory=dict)
    legs: Mapping[Track, Sequence[Leg]] = field(default_factory=dict)

    @classmethod
    def of(cls, archive: Archive, newest: Bound) -> Ladder:
        """The newest edition, and as many before it as the archive's notes lead back to, at most `REACH`."""
        records = archive.records()
        older = {one.edition: one for one in _go_back(archive, newest, records[: REACH + 1])}
        return cls(older, legs_of(records))

    def rungs(
        self, sheet: Sheet, packs: Iterable[HeldPack], steps: Mapping[Track, bytes]
    ) -> Iterator[tuple[Track, int, bytes]]:
        """Updates that leap, to the edition of this sheet: which pack, from which edition, the parcel.

        steps: the updates from the edition before, which are published in any case.
        """
        goal = sheet.moment.edition
        after = {held.pack.name: held for held in packs}
        makers: dict[Track, Callable[[Older], bytes | None]] = {
            name: _UpdateMaker(held).make for name, held in after.items()
        }
        makers[ALL] = _SweepMaker(sheet, after).make

        def climb(track: Track) -> list[tuple[int, bytes]]:
            step = steps.get(track)
            fresh = [] if step is None else [Leg(goal - 1, goal, len(step), parcel_name(step))]
            return list(self._climb([*self.legs.get(track, ()), *fresh], goal, makers[track]))

        with ThreadPoolExecutor(_WORKERS) as pool:  # compression holds no lock
            for track, found in zip(makers, pool.map(climb, makers), strict=True):
                for start, parcel in found:
                    yield track, start, parcel

    def _climb(
        self, legs: Sequence[Leg], goal: int, make: Callable[[Older], bytes | None]
    ) -> Iterator[tuple[int, bytes]]:
        reach = [leg for leg in legs if leg.start >= goal - REACH]
        ways = Ways([leg for leg in reach if leg.start == goal - 1], goal)
        for start in range(goal - 2, goal - REACH - 1, -1):
            for leg in reach:
                if leg.start == start:
                    ways.add(leg)
            way = ways.get(start)
            short = way is not None and way.legs <= MOST_UPDATES
            if start not in self.older or (way and short and way.size <= _SAME * way.largest):
                continue
            direct = make(self.older[start])
            if direct is None or (way and short and way.size <= SHARE * len(direct)):
                continue
            ways.add(Leg(start, goal, len(direct), parcel_name(direct)))
            yield start, direct


class _UpdateMaker:
    """Updates of one pack; the change between two texts is made once."""

    def __init__(self, new: HeldPack) -> None:
        self._new = new
        self._changes: dict[bytes, bytes] = {}

    def make(self, older: Older) -> bytes | None:
        old = older.packs.get(self._new.pack.name)
        if old is None:
            return None
        root = old.pack.root
        if root not in self._changes:
            self._changes[root] = write_change(old.pack.guides, self._new.pack.guides, PATHS)
        return write_update(old, self._new, self._changes[root]).encode()


class _SweepMaker:
    """Sweeps; the change between two editions' texts is made once."""

    def __init__(self, sheet: Sheet, new: Mapping[Name, HeldPack]) -> None:
        self._sheet, self._new = sheet, new
        self._changes: dict[tuple[bytes, ...], bytes] = {}

    def make(self, older: Older) -> bytes | None:
        roots = tuple(held.pack.root for held in older.packs.values())
        if roots not in self._changes:
            before, after = items_of(older.packs.values()), items_of(self._new.values())
            keys = item_keys(sorted(self._new))
            self._changes[roots] = write_change(before, after, keys, most_prefix=_MOST_PREFIX)
        old, new = older.packs.values(), self._new.values()
        return write_sweep(old, new, self._sheet.signature, self._changes[roots]).encode()


def _go_back(archive: Archive, newest: Bound, records: Sequence[Record]) -> Iterator[Older]:
    """Editions before this one, newest first; ends where the press has no note, or one that does not fit."""
    packs = {name: bound.held.pack for name, bound in newest.packs.items()}
    yield Older(newest.sheet, {name: bound.held for name, bound in newest.packs.items()})
    for newer, record in pairwise(records):
        try:
            note = archive.back(newer.edition)
            sheets = [entry for entry in record.parcels if entry.kind == "sheet"]
            if note is None or not sheets or newer.edition - record.edition != 1:
                return
            sheet = read_sheet(parse_parcel(archive.parcel(sheets[0])).body)
            texts = go_back(note, {name: pack.guides for name, pack in packs.items()})
        except HolubError:
            return  # without it updates are larger, and that is all
        # A pack that did not change is the same object, and its root is known.
        packs = {
            name: packs[name] if name in packs and packs[name].guides is text else Pack(*name, text)
            for name, text in texts.items()
        }
        held = {}
        for leaf in sheet.packs:
            pack = packs.get((leaf.section, leaf.language))
            if pack is None or pack.root != leaf.root:
                return
            held[pack.name] = HeldPack(
                sheet.moment, sheet.services, pack, leaf.pictures, leaf.pictures_root, leaf.editors
            )
        packs = {name: one.pack for name, one in held.items()}
        yield Older(sheet, held)
