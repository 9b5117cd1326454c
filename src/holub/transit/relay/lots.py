"""Lots: every letter of one carrier draws one, and where places are short the highest go (spec/relay.md, "The bag").

A letter's lot is a keyed hash, so it is the same whenever the letter comes: a flood after it is worth no more than a
flood before it. The key is renewed now and then: under one key for ever, what is held would have the lowest lots
of all that ever came, and nothing new would find a place.
"""

from __future__ import annotations

import heapq
from hashlib import blake2b

LOT_BYTES = 8


def lot_of(key: bytes, digest: bytes) -> int:
    """The lot that a letter draws under this key (32 bytes)."""
    return int.from_bytes(blake2b(digest, key=key, digest_size=LOT_BYTES).digest(), "big")


class Lots:
    """The letters of one carrier, by their lots."""

    def __init__(self) -> None:
        self._lots: dict[bytes, int] = {}
        # The highest first; letters that went stay in until they come to the top.
        self._heap: list[tuple[int, bytes]] = []

    def __len__(self) -> int:
        return len(self._lots)

    def add(self, digest: bytes, lot: int) -> None:
        """A letter that is not here yet."""
        self._lots[digest] = lot
        heapq.heappush(self._heap, (-lot, digest))
        if len(self._heap) > 2 * len(self._lots) + LOT_BYTES:
            self._heap = [(-lot, digest) for digest, lot in self._lots.items()]
            heapq.heapify(self._heap)

    def remove(self, digest: bytes) -> None:
        """Take a letter out; it must be here."""
        del self._lots[digest]

    def highest(self) -> tuple[int, bytes]:
        """The highest lot and its letter; there must be one."""
        while True:
            lot, digest = self._heap[0]
            if self._lots.get(digest) == -lot:
                return -lot, digest
            heapq.heappop(self._heap)

    def renewed(self, key: bytes) -> Lots:
        """The same letters with the lots of another key."""
        other = Lots()
        for digest in self._lots:
            other.add(digest, lot_of(key, digest))
        return other
