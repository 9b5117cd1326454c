"""Collects frames, in any order and with gaps, until parcels are whole (spec/frame.md). Memory stays bounded."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from holub.errors import Refused
from holub.formats.frame import parse_head
from holub.formats.framecollection import Collection, Random


@dataclass(frozen=True)
class Limits:
    """What a receiver is ready to hold.

    parcels: collected at once; length: of one parcel, bytes; memory: of all that is collected, bytes; idle: the frames
    after which a collection that none of them belonged to goes first; done: finished parcels that are remembered.
    """

    parcels: int = 32
    length: int = 64 << 20
    memory: int = 192 << 20
    idle: int = 4_096
    done: int = 1_024


USUAL = Limits()


class Arrived(NamedTuple):
    """A whole parcel whose bytes have the id that its frames named."""

    id: bytes
    parcel: bytes


@dataclass(frozen=True)
class Progress:
    """How far one parcel is, in frames."""

    id: bytes
    length: int
    received: int
    needed: int

    def __str__(self) -> str:
        return f"{self.received} of {self.needed}"


class Collector:
    """Takes the frames of many parcels as they come.

    random: for drawing frames where some are wrong, os.urandom outside of tests.
    """

    def __init__(self, random: Random, limits: Limits | None = None) -> None:
        self._random = random
        self._limits = limits or USUAL
        self._open: dict[tuple[bytes, int], Collection] = {}
        self._last: Collection | None = None
        self._done: dict[bytes, None] = {}
        self._frames = 0
        self._memory = 0
        self._most = self._limits.memory

    def add(self, frame: bytes) -> Arrived | None:
        """Takes one frame; the parcel where this frame completed it. Raises Refused, and nothing has changed then."""
        one = self._last
        # Nearly every frame is new, belongs where the one before it did and completes nothing. What was checked then is
        # not read again, and it is put away later, with the others.
        if one is not None and one.calm and len(frame) == one.frame and frame.startswith(one.starts):
            one.calm -= 1
            one.waiting.append(frame)
            return None
        return self._consider(frame)

    def _consider(self, frame: bytes) -> Arrived | None:
        """Takes a frame from which more may follow than that it is kept."""
        one = self._last
        if one is not None and one.waiting and len(frame) == one.frame and frame.startswith(one.starts):
            parcel = one.at_once(frame)
            if parcel is not None:
                self._frames += len(one.waiting) + 1
                return self._arrived(Arrived(one.id, parcel))
        self._sort()
        if one is None or len(frame) != one.frame or not frame.startswith(one.starts):
            one = self._last = self._find(frame)
            if one is None:
                return None
            one.rest(self._most - self._memory)
            if one.calm:
                one.calm -= 1
                one.waiting.append(frame)
                return None
        self._frames += 1
        new = one.take(frame)
        if new:
            one.seen = self._frames
            self._memory += one.cost
        if (new or not one.waits) and one.whole:
            held = one.held
            parcel = one.parcel(self._random)
            if parcel is not None:
                return self._arrived(Arrived(one.id, parcel))
            self._memory -= (held - one.held) * one.cost
        while self._memory > self._most:
            self._evict()
        one.rest(self._most - self._memory)
        return None

    def _sort(self) -> None:
        """Puts away the frames that wait: only those of the last collection do."""
        one = self._last
        if one is not None and one.waiting:
            self._frames += len(one.waiting)
            new = one.sort()
            if new:
                one.seen = self._frames
                self._memory += new * one.cost

    def progress(self) -> list[Progress]:
        """The parcels that are being collected, the one that comes nearest to its end first."""
        self._sort()
        found = [Progress(one.id, one.split.length, one.received, one.split.count) for one in self._open.values()]
        return sorted(found, key=lambda one: (one.needed - one.received, one.id))

    def _find(self, frame: bytes) -> Collection | None:
        """Where a frame belongs; None where its parcel has arrived already."""
        head = parse_head(frame)
        if head.parcel_id in self._done:
            return None
        # The length and the symbols' size are part of the key: a forged frame that comes first, with a true id and a
        # lying length, holds a place of its own and not the true parcel's.
        length, symbol = head.split.length, head.split.symbol
        one = self._open.get((head.shared, symbol))
        if one is None:
            if length > self._limits.length:
                raise Refused(
                    f"the frame announces a parcel of {length:,} bytes, where {self._limits.length:,} are allowed",
                    "collect it on a machine that allows more",
                )
            if len(self._open) >= self._limits.parcels:
                self._evict()
            one = self._open[head.shared, symbol] = Collection(head)
        return one

    def _evict(self) -> None:
        """Drops what is cheapest to lose: first what nobody sends any more, then what has the fewest frames."""

        def worth(one: Collection) -> tuple[bool, int, int]:
            return self._frames - one.seen <= self._limits.idle, one.received, one.seen

        self._drop(min(self._open.values(), key=worth))

    def _drop(self, one: Collection) -> None:
        del self._open[one.head, one.split.symbol]
        self._memory -= one.held * one.cost
        self._last = None

    def _arrived(self, arrived: Arrived) -> Arrived:
        for one in [one for one in self._open.values() if one.id == arrived.id]:
            self._drop(one)
        self._done[arrived.id] = None
        if len(self._done) > self._limits.done:
            del self._done[next(iter(self._done))]
        return arrived
