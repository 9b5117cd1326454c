"""The ladder: direct updates from older editions, so that who missed many pays for what changed and not for each.

A rung is an update that leaps over editions. From each of the thirty-two editions before the newest there is a way of
one or two updates that costs at most a tenth more than a direct update would; where updates that exist give one,
nothing is made. An update fits all editions in a row between which its pack did not change: a quiet pack has few, also
where the whole office publishes daily. And a large change is compressed against old text once, and not with each
edition after it. docs/decisions/0011-ladder-of-updates.md has the figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import cached_property
from itertools import groupby, pairwise

from holub.errors import HolubError
from holub.formats.change import write_change
from holub.formats.held import HeldPack
from holub.formats.items import Item, fits_sweep, item_keys, items_of
from holub.formats.pack import Pack
from holub.formats.parcel import parcel_name, parse_parcel
from holub.formats.sheet import Sheet, read_sheet
from holub.formats.sweep import sweep_head, write_sweep
from holub.formats.update import PATHS, update_head, write_update
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

    @classmethod
    def of(cls, newest: Bound) -> Older:
        """The newest edition, which is at hand."""
        return cls(newest.sheet, {name: bound.held for name, bound in newest.packs.items()})

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

    @classmethod
    def from_one(cls, newest: Bound) -> Ladder:
        """The newest edition alone."""
        return cls({newest.sheet.moment.edition: Older.of(newest)})

    def updates(
        self, sheet: Sheet, packs: Iterable[HeldPack], changes: Mapping[Track, bytes | None]
    ) -> Iterator[tuple[Track, int, int, bytes]]:
        """The updates to the edition of this sheet: of which pack, the first and last edition that it fits, the parcel.

        Those that fit the edition before are always there, but for a sweep that would bring too much.
        changes: from the text before, where they are known.
        """
        goal = sheet.moment.edition
        after = {held.pack.name: held for held in packs}
        before = self.older.get(goal - 1)
        makers: dict[Track, _UpdateMaker | _SweepMaker] = {name: _UpdateMaker(held) for name, held in after.items()}
        makers[ALL] = _SweepMaker(sheet, after)
        for track, maker in makers.items():
            change = changes.get(track)
            if before is not None and change is not None:
                maker.know(before, change)

        def climb(track: Track) -> list[tuple[int, int, bytes]]:
            return list(self._climb(self.legs.get(track, ()), goal, makers[track]))

        with ThreadPoolExecutor(_WORKERS) as pool:  # compression holds no lock
            for track, found in zip(makers, pool.map(climb, makers), strict=True):
                for start, until, parcel in found:
                    yield track, start, until, parcel

    def _climb(
        self, legs: Iterable[Leg], goal: int, maker: _UpdateMaker | _SweepMaker
    ) -> Iterator[tuple[int, int, bytes]]:
        waiting = sorted(legs, key=lambda leg: leg.until)
        ways = Ways([], goal)
        for start, until in self._stretches(goal, maker):
            while waiting and waiting[-1].until >= start:
                ways.add(waiting.pop())
            found = [ways.get(edition) for edition in range(start, until + 1)]
            short = [way for way in found if way is not None and way.legs <= MOST_UPDATES]
            leaps = until < goal - 1
            reached = leaps and len(short) == len(found)
            if reached and all(way.size <= _SAME * way.largest for way in short):
                continue
            direct = maker.make(self.older[start], until)
            if direct is None:
                continue
            if reached and all(way.size <= SHARE * len(direct) for way in short):
                continue
            ways.add(Leg(start, until, goal, len(direct), parcel_name(direct)))
            yield start, until, direct

    def _stretches(self, goal: int, maker: _UpdateMaker | _SweepMaker) -> Iterator[tuple[int, int]]:
        """Editions in a row that one update fits, first and last of each; the newest stretch first."""
        within = [edition for edition in range(goal - 1, goal - REACH - 1, -1) if edition in self.older]
        for same, editions in groupby(within, key=lambda edition: maker.same(self.older[edition])):
            row = list(editions)
            if same is not None:
                yield row[-1], row[0]


class _UpdateMaker:
    """Updates of one pack; the change between two texts is made once."""

    def __init__(self, new: HeldPack) -> None:
        self._new = new
        self._changes: dict[bytes, bytes] = {}

    def know(self, older: Older, change: bytes) -> None:
        """The change from an older text, which was made already."""
        if self._new.pack.name in older.packs:
            self._changes[older.packs[self._new.pack.name].pack.root] = change

    def same(self, older: Older) -> tuple[bytes, bytes] | None:
        """What two editions have the same that one update fits; None where the pack was not there."""
        old = older.packs.get(self._new.pack.name)
        return None if old is None else (old.pack.root, update_head(old, self._new))

    def make(self, older: Older, until: int) -> bytes:
        """The update from this edition, which fits those up to `until` as well."""
        old = older.packs[self._new.pack.name]
        root = old.pack.root
        if root not in self._changes:
            self._changes[root] = write_change(old.pack.guides, self._new.pack.guides, PATHS)
        return write_update(old, self._new, self._changes[root], until=until).encode()


class _SweepMaker:
    """Sweeps; the change between two editions' texts is made once."""

    def __init__(self, sheet: Sheet, new: Mapping[Name, HeldPack]) -> None:
        self._sheet, self._new = sheet, new
        self._keys = item_keys(sorted(new))
        self._changes: dict[tuple[tuple[Name, bytes], ...], bytes | None] = {}

    @cached_property
    def _items(self) -> Mapping[Item, bytes]:
        return items_of(self._new.values())

    def know(self, older: Older, change: bytes) -> None:
        """The change from older texts, which was made already."""
        fits = fits_sweep(items_of(older.packs.values()), self._items, self._keys)
        self._changes[_roots(older)] = change if fits else None

    def same(self, older: Older) -> tuple[tuple[tuple[Name, bytes], ...], bytes]:
        """What two editions have the same that one sweep fits."""
        return _roots(older), sweep_head(older.packs.values(), self._new.values(), self._sheet.signature)

    def make(self, older: Older, until: int) -> bytes | None:
        """The sweep from this edition, which fits those up to `until` as well; None where it would bring too much."""
        roots = _roots(older)
        if roots not in self._changes:
            before, after = items_of(older.packs.values()), self._items
            most = _MOST_PREFIX if self._sheet.moment.edition - until > 1 else 2**32
            fits = fits_sweep(before, after, self._keys)
            self._changes[roots] = write_change(before, after, self._keys, most_prefix=most) if fits else None
        change = self._changes[roots]
        if change is None:
            return None
        old, new = older.packs.values(), self._new.values()
        return write_sweep(old, new, self._sheet.signature, change, until=until).encode()


def _roots(older: Older) -> tuple[tuple[Name, bytes], ...]:
    return tuple((name, held.pack.root) for name, held in sorted(older.packs.items()))


def _go_back(archive: Archive, newest: Bound, records: Sequence[Record]) -> Iterator[Older]:
    """Editions before this one, newest first; ends where the press has no note, or one that does not fit."""
    packs = {name: bound.held.pack for name, bound in newest.packs.items()}
    yield Older.of(newest)
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
