"""The frames of one parcel, kept until they give it back: decoding, and what to do where some of them are forged."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
from operator import ge, itemgetter, sub

from holub.formats.fountain import PACKET_HEAD, decode
from holub.formats.frame import MOST_BLOCKS, Head
from holub.formats.parcel import parcel_id

Random = Callable[[int], bytes]  # gives so many random bytes

SPARE = 16  # symbols a block keeps beyond K: at K + 2 it decodes, save once in millions
TRIES = 32  # decodings of one collection that give another parcel than its frames named
FRAME_COST = 100  # bytes of memory around a symbol


_BLOCKS = tuple(bytes([block]) for block in range(MOST_BLOCKS))


@cache
def _parts(at: int) -> tuple[Callable[[bytes], bytes], Callable[[bytes], bytes]]:
    """What takes a symbol's number, and what takes its packet, out of frames whose packet begins there."""
    return itemgetter(slice(at, at + PACKET_HEAD)), itemgetter(slice(at, None))


class Collection:
    """The frames of one parcel in symbols of one size, block by block, each number once."""

    def __init__(self, head: Head) -> None:
        self.head = shared = head.shared
        self.id = head.parcel_id
        self.split = split = head.split
        at = len(shared)  # where the packet begins in each of its frames
        self._name, self._packet = _parts(at)
        self.frame = at + PACKET_HEAD + split.symbol  # bytes of each of its frames
        # What its frames begin with, the block's number too.
        self.starts = tuple(map(shared.__add__, _BLOCKS[: split.blocks]))
        self.cost = split.symbol + FRAME_COST
        self.seen = 0  # when its last new frame came, counted in frames
        self.waiting: list[bytes] = []  # frames that nobody has looked at closer yet
        self.calm = 0  # how many of those there may be before anything can follow from one
        self._needs = split.needs()
        self.begin()

    def begin(self) -> None:
        """Forgets all frames."""
        self._names: list[set[bytes]] = [set() for _ in self._needs]
        self._frames: list[list[bytes]] = [[] for _ in self._needs]
        self._most = [need + SPARE for need in self._needs]
        self._solved: list[bytes | None] = [None] * len(self._needs)
        self._hasty = False  # whether it was tried before sorting
        self._failed = 0
        self._due = 0  # frames held at which the next try is made

    @property
    def received(self) -> int:
        """Frames that count: at most K a block."""
        return sum(min(len(frames), need) for frames, need in zip(self._frames, self._needs, strict=True))

    @property
    def waits(self) -> bool:
        """Whether only new frames can help: none has turned out to be wrong."""
        return not self._failed

    @property
    def held(self) -> int:
        """Frames in memory, without those that wait."""
        return sum(map(len, self._frames))

    @property
    def whole(self) -> bool:
        """Whether every block has K frames."""
        return all(map(ge, map(len, self._frames), self._needs))

    def rest(self, room: int) -> None:
        """Says how many frames it takes before there is more to do than keep them. room: memory for them, bytes."""
        calm = 0 if self._failed else min(self.split.count - self.held - 1, room // self.cost)
        if len(self._needs) > 1:
            # One of several blocks may be full before the parcel is whole; one alone never is.
            calm = min(calm, *map(sub, self._most, map(len, self._frames)))
        self.calm = max(0, calm)

    def at_once(self, frame: bytes) -> bytes | None:
        """The parcel, where this frame completes it and none was forged or came twice. Tried once, before sorting.

        The library passes over a number that it has; then it does not decode, and nothing is lost.
        """
        frames = [*self._frames[0], *self.waiting, frame]
        if self._hasty or self.split.blocks > 1 or len(frames) != self._needs[0]:
            return None
        self._hasty = True
        parcel = self._decode(0, frames)
        return parcel if parcel is not None and parcel_id(parcel) == self.id else None

    def sort(self) -> int:
        """Puts away the frames that wait, each number once; how many were new."""
        waiting, self.waiting = self.waiting, []
        names = set(map(self._name, waiting))
        if self.split.blocks > 1 or len(names) < len(waiting) or not names.isdisjoint(self._names[0]):
            return sum(map(self.take, waiting))
        if self._frames[0]:
            self._names[0] |= names
            self._frames[0] += waiting
        else:
            self._names[0], self._frames[0] = names, waiting
        return len(waiting)

    def take(self, frame: bytes) -> bool:
        """Keeps one frame at once; False where it is not needed."""
        name = self._name(frame)
        block = name[0]
        names, frames = self._names[block], self._frames[block]
        if name in names or len(frames) >= self._most[block]:
            if self._failed:
                # A sender with few symbols sends nothing new: what comes again is a reason to try again.
                self._due -= 1
            return False
        names.add(name)
        frames.append(frame)
        return True

    def parcel(self, random: Random) -> bytes | None:
        """The parcel, once it has its id. Called after each frame that was kept, where all blocks are whole."""
        if not self._failed:
            return self._first()
        return self._again(random) if self.held >= self._due else None

    def _first(self) -> bytes | None:
        """Decodes what is not decoded yet. A block that lacks a symbol is tried again with the next."""
        for block, frames in enumerate(self._frames):
            if self._solved[block] is None:
                self._solved[block] = self._decode(block, frames)
                # Nearly always decodes at K + 2; symbols chosen so that it does not would hold it up for ever.
                if self._solved[block] is None and len(frames) >= self._most[block]:
                    self.begin()
                    return None
        return self._checked(self._solved)

    def _again(self, random: Random) -> bytes | None:
        """Some frame is wrong and nothing tells which: K of each block, drawn at random, may do without it."""
        drawn: list[bytes | None] = []
        for block, frames in enumerate(self._frames):
            order = sorted(frames, key=lambda _: random(8))
            drawn.append(self._decode(block, order[: self._needs[block]]))
        return self._checked(drawn)

    def _decode(self, block: int, frames: Iterable[bytes]) -> bytes | None:
        start, end = self.split.span(block)
        packets: Iterable[bytes] = map(self._packet, frames)
        if block:
            # To the library each block is an object of its own, and its number 0.
            packets = (b"\0" + packet[1:] for packet in packets)
        return decode(packets, end - start, self.split.symbol)

    def _checked(self, blocks: list[bytes | None]) -> bytes | None:
        """The parcel, if it has its id. Else counts the failure, and begins anew after too many."""
        if None in blocks and not self._failed:
            return None
        parcel = b"".join([part for part in blocks if part is not None])
        if len(parcel) == self.split.length and parcel_id(parcel) == self.id:
            return parcel
        if not self._failed:
            self._most = [2 * need + SPARE for need in self._needs]
        self._failed += 1
        self._due = self.held + -(-self.split.count // SPARE)
        if self._failed >= TRIES or self._due > sum(self._most):
            self.begin()
        return None
