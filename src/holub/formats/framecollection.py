"""The frames of one parcel, kept until they give it back: decoding, and what to do where some of them are forged."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from holub.formats.fountain import PACKET_HEAD, decode
from holub.formats.frame import Split, frame_head
from holub.formats.parcel import parcel_id

Random = Callable[[int], bytes]  # gives so many random bytes

SPARE = 16  # symbols a block keeps beyond K: at K + 2 it decodes, save once in millions
TRIES = 32  # decodings of one collection that give another parcel than its frames named
FRAME_COST = 100  # bytes of memory around a symbol


class Collection:
    """The frames of one parcel in symbols of one size, block by block, each number once."""

    def __init__(self, parcel: bytes, split: Split) -> None:
        self.id = parcel
        self.split = split
        self.head = frame_head(parcel, split.length)
        self.at = len(self.head)  # where the packet begins in each of its frames
        self._symbol = self.at + PACKET_HEAD
        self.frame = self._symbol + split.symbol  # bytes of each of its frames
        self.blocks = split.blocks
        self.cost = split.symbol + FRAME_COST
        self.seen = 0  # when its last new frame came, counted in frames
        self._needs = [split.symbols(block) for block in range(split.blocks)]
        self.begin()

    def begin(self) -> None:
        """Forgets all frames."""
        self._frames: list[dict[bytes, bytes]] = [{} for _ in self._needs]
        self._most = [need + SPARE for need in self._needs]
        self._solved: list[bytes | None] = [None] * len(self._needs)
        self.short = len(self._needs)  # blocks with fewer than K frames
        self._failed = 0
        self._due = 0  # frames held at which the next try is made

    @property
    def received(self) -> int:
        """Frames that count: at most K a block."""
        return sum(min(len(frames), need) for frames, need in zip(self._frames, self._needs, strict=True))

    @property
    def held(self) -> int:
        """Frames in memory."""
        return sum(map(len, self._frames))

    def take(self, frame: bytes) -> bool:
        """Keeps a frame; False where it is not needed."""
        name = frame[self.at : self._symbol]
        block = name[0]
        frames = self._frames[block]
        count = len(frames)
        if name in frames or count >= self._most[block]:
            return False
        frames[name] = frame
        if count + 1 == self._needs[block]:
            self.short -= 1
        return True

    def parcel(self, random: Random) -> bytes | None:
        """The parcel, once it is whole and has its id. Called after each frame that was kept."""
        if self.short or self.held < self._due:
            return None
        return self._again(random) if self._failed else self._first()

    def _first(self) -> bytes | None:
        """Decodes what is not decoded yet. A block that lacks a symbol is tried again with the next."""
        for block, frames in enumerate(self._frames):
            if self._solved[block] is None:
                self._solved[block] = self._decode(block, frames.values())
                # Nearly always decodes at K + 2; symbols chosen so that it does not would hold it up for ever.
                if self._solved[block] is None and len(frames) >= self._most[block]:
                    self.begin()
                    return None
        return self._checked(self._solved)

    def _again(self, random: Random) -> bytes | None:
        """Some frame is wrong and nothing tells which: K of each block, drawn at random, may do without it."""
        drawn: list[bytes | None] = []
        for block, frames in enumerate(self._frames):
            order = sorted(frames.values(), key=lambda _: random(8))
            drawn.append(self._decode(block, order[: self._needs[block]]))
        return self._checked(drawn)

    def _decode(self, block: int, frames: Iterable[bytes]) -> bytes | None:
        start, end = self.split.span(block)
        # To the library each block is an object of its own, and its number 0.
        at = self.at + 1
        packets = (frame[self.at :] for frame in frames) if not block else (b"\0" + frame[at:] for frame in frames)
        return decode(packets, end - start, self.split.symbol)

    def _checked(self, blocks: list[bytes | None]) -> bytes | None:
        """The parcel, if it has its id. Else counts the failure, and begins anew after too many."""
        parts = [part for part in blocks if part is not None]
        if len(parts) < len(blocks) and not self._failed:
            return None
        parcel = b"".join(parts)
        if len(parcel) == self.split.length and parcel_id(parcel) == self.id:
            return parcel
        if not self._failed:
            self._most = [2 * need + SPARE for need in self._needs]
        self._failed += 1
        self._due = self.held + -(-self.split.count // SPARE)
        if self._failed >= TRIES or self._due > sum(self._most):
            self.begin()
        return None
