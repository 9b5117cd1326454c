"""Which frame goes next: alerts most often, everything in fair turns (spec/broadcast.md, "Turns")."""

from __future__ import annotations

import heapq
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import IntEnum
from typing import Generic, TypeVar

from holub.errors import Misused, Refused
from holub.formats.frame import symbol_size
from holub.formats.framecutter import Cutter
from holub.formats.parcel import Kind, parcel_id, parse_parcel

MOST_FRAME = 1_216

Random = Callable[[int], bytes]
T = TypeVar("T")


class Rank(IntEnum):
    """What is more urgent comes first."""

    ALERT = 1
    SWEEP = 2
    UPDATE = 3
    TEXT = 4
    PICTURES = 5


# In hundredths of a percent of all frames, at least. The rest is shared out by size.
_SHARES = {Rank.ALERT: 700, Rank.SWEEP: 300, Rank.UPDATE: 200}
_BULK = 8_800
_RANKS = {
    Kind.SELECTION: Rank.ALERT,
    Kind.SWEEP: Rank.SWEEP,
    Kind.PACKSTAMPS: Rank.SWEEP,
    Kind.UPDATE: Rank.UPDATE,
    Kind.SHEET: Rank.UPDATE,
    Kind.FULL: Rank.TEXT,
    Kind.WHOLE: Rank.TEXT,
    Kind.MAILBAG: Rank.TEXT,
    Kind.PICTURES: Rank.PICTURES,
}


def rank_of(parcel: bytes) -> Rank:
    """Raises Misused for letters, and for bytes that are no parcel."""
    try:
        kind = parse_parcel(parcel).kind
    except Refused as error:
        raise Misused(error.what, error.todo) from None
    if kind not in _RANKS:
        raise Misused("letters do not go out by broadcast", "everybody would hear them: carry them another way")
    return _RANKS[kind]


class Turns(Generic[T]):
    """Endless turns in proportion to weights: each k-th turn of a part f of all is due at k / f, the earliest first.

    Then nobody is ever more than a turn behind (Parekh and Gallager, 1993, packet-by-packet fair queueing).
    """

    _SCALE = 1 << 64  # whole numbers: a sum of fractions would drift over months

    def __init__(self, weights: Mapping[T, int]) -> None:
        if not weights or min(weights.values()) < 1:
            raise Misused("turns need weights from 1 on")
        self._due = [(self._SCALE // weight, at, one, weight) for at, (one, weight) in enumerate(weights.items())]
        heapq.heapify(self._due)

    def next(self) -> T:
        due, at, one, weight = self._due[0]
        heapq.heapreplace(self._due, (due + self._SCALE // weight, at, one, weight))
        return one


def repair_of(symbols: int) -> int:
    """Repair symbols for a block of so many: three times as many while that is little, for those who hear little and
    against false frames, which take up numbers; as many for large blocks, since all stay in memory.
    """
    return max(symbols, min(3 * symbols, 1_024)) + 8


class Feed:
    """One parcel's own carousel, begun at a place drawn at random."""

    def __init__(self, parcel: bytes, random: Random = os.urandom) -> None:
        self.rank = rank_of(parcel)
        self._cutter = Cutter(parcel, symbol_size(MOST_FRAME, len(parcel)))
        self.id = self._cutter.id
        self.count = self._cutter.count
        self._frames = self._cutter.carousel(repair_of(self._cutter.split.symbols(0)), int.from_bytes(random(4), "big"))

    def next(self) -> bytes:
        return next(self._frames)


class Schedule:
    """All that is on the air. Not thread-safe. random: see `Feed`."""

    def __init__(self, parcels: Iterable[bytes], random: Random = os.urandom) -> None:
        self._random = random
        self._feeds: dict[bytes, Feed] = {}
        self._first: deque[Feed] = deque()
        self.replace(parcels)

    @property
    def count(self) -> int:
        """Source symbols of all parcels: as many frames as sending each once takes."""
        return sum(feed.count for feed in self._feeds.values())

    def replace(self, parcels: Iterable[bytes]) -> None:
        """A new edition: what stays goes on where it is, what is gone stops, new alerts go out first.

        Raises Misused; then everything is as it was.
        """
        feeds: dict[bytes, Feed] = {}
        new: list[Feed] = []
        for parcel in parcels:
            name = parcel_id(parcel)
            known = feeds.get(name) or self._feeds.get(name)
            if known is None:
                known = Feed(parcel, self._random)
                new += [known] if known.rank is Rank.ALERT else []
            feeds[name] = known
        if not feeds:
            raise Misused("there is nothing to broadcast", "name a folder or files with parcels")
        self._feeds = feeds
        self._first = deque(feed for feed in new for _ in range(feed.count))
        self._within = {
            rank: Turns({feed.id: feed.count for feed in ranked})
            for rank in Rank
            if (ranked := [feed for feed in feeds.values() if feed.rank is rank])
        }
        self._ranks = Turns(shares({rank: self._symbols(rank) for rank in self._within}))

    def next(self) -> tuple[Feed, bytes]:
        """The next frame, and whose it is."""
        feed = self._first.popleft() if self._first else self._feeds[self._within[self._ranks.next()].next()]
        return feed, feed.next()

    def rounds(self, times: int) -> Iterator[tuple[Feed, bytes]]:
        """An end: so many times everything, the most urgent first, each parcel a frame more than it needs."""
        for _ in range(times):
            for feed in sorted(self._feeds.values(), key=lambda feed: feed.rank):
                for _ in range(feed.count + 1):
                    yield feed, feed.next()

    def turns(self) -> Iterator[tuple[Feed, bytes]]:
        """Without end: `next` for ever, also over a `replace`."""
        while True:
            yield self.next()

    def _symbols(self, rank: Rank) -> int:
        return sum(feed.count for feed in self._feeds.values() if feed.rank is rank)


def shares(symbols: Mapping[Rank, int]) -> dict[Rank, int]:
    """The weights of ranks that have so many source symbols; some 10,000 in all where none is absent."""
    total = sum(symbols.values())
    weights = {rank: max(share, _BULK * symbols[rank] // total) for rank, share in _SHARES.items() if symbols.get(rank)}
    text, pictures = symbols.get(Rank.TEXT, 0), symbols.get(Rank.PICTURES, 0)
    if text or pictures:
        bulk = _BULK * (text + pictures) // total
        part = max(bulk // 2, bulk * text // (text + pictures)) if text else 0
        shared = {Rank.TEXT: part, Rank.PICTURES: bulk - part}
        weights |= {rank: max(1, weight) for rank, weight in shared.items() if symbols.get(rank)}
    return weights
