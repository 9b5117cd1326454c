"""The frames of one parcel, kept until they give it back: decoding, and what to do where some of them are forged."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from holub.formats.fountain import PACKET_HEAD, decode
from holub.formats.frame import Split, frame_head
from holub.formats.parcel import parcel_id

Random = Callable[[int], bytes]  # gives so many random bytes

SPARE = 16  # symbols a block keeps beyond K: at K + 2 it decodes, save once in millions
TRIES = 32  # decodings of one collection that give another parcel than its frames named
PACKET_COST = 100  # bytes of memory around a packet


class Collection:
    """The packets of one parcel in symbols of one size, block by block, each number once."""

    def __init__(self, parcel: bytes, split: Split) -> None:
        self.id = parcel
        self.split = split
        self.head = frame_head(parcel, split.length)
        self.at = len(self.head)  # where the packet begins in each of its frames
        self.frame = self.at + PACKET_HEAD + split.symbol  # bytes of each of its frames
        self.cost = split.symbol + PACKET_COST
        self.seen = 0  # when its last new frame came, counted in frames
        self._needs = [split.symbols(block) for block in range(split.blocks)]
        self.begin()

    def begin(self) -> None:
        """Forgets all packets."""
        self._packets: list[dict[bytes, bytes]] = [{} for _ in self._needs]
        self._most = [need + SPARE for need in self._needs]
        self._solved: list[bytes | None] = [None] * len(self._needs)
        self.short = len(self._needs)  # blocks with fewer than K packets
        self._failed = 0
        self._due = 0  # packets held at which the next try is made
        self.held = 0  # packets in memory

    @property
    def received(self) -> int:
        """Frames that count: at most K a block."""
        return sum(min(len(packets), need) for packets, need in zip(self._packets, self._needs, strict=True))

    def take(self, packet: bytes) -> bool:
        """Keeps a packet as it stood in its frame; False where it is not needed."""
        block, name = packet[0], packet[:PACKET_HEAD]
        packets = self._packets[block]
        count = len(packets)
        if name in packets or count >= self._most[block]:
            return False
        packets[name] = b"\0" + packet[1:] if block else packet
        self.held += 1
        if count + 1 == self._needs[block]:
            self.short -= 1
        return True

    def parcel(self, random: Random) -> bytes | None:
        """The parcel, once it is whole and has its id. Called after each packet that was kept."""
        if self.short or self.held < self._due:
            return None
        return self._again(random) if self._failed else self._first()

    def _first(self) -> bytes | None:
        """Decodes what is not decoded yet. A block that lacks a symbol is tried again with the next."""
        for block, packets in enumerate(self._packets):
            if self._solved[block] is None:
                self._solved[block] = self._decode(block, packets.values())
                # Nearly always decodes at K + 2; symbols chosen so that it does not would hold it up for ever.
                if self._solved[block] is None and len(packets) >= self._most[block]:
                    self.begin()
                    return None
        return self._checked(self._solved)

    def _again(self, random: Random) -> bytes | None:
        """Some packet is wrong and nothing tells which: K of each block, drawn at random, may do without it."""
        drawn: list[bytes | None] = []
        for block, packets in enumerate(self._packets):
            order = sorted(packets.values(), key=lambda _: random(8))
            drawn.append(self._decode(block, order[: self._needs[block]]))
        return self._checked(drawn)

    def _decode(self, block: int, packets: Iterable[bytes]) -> bytes | None:
        start, end = self.split.span(block)
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
