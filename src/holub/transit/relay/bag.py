"""A relay's bag: a bounded number of sealed letters, on the disk and not in memory.

What `store` says is stored is on the disk. The bag knows which carrier brought a letter while it runs, to be fair
among carriers, and does not write it down. It keeps no times, no addresses and no order.

Letters are handed on in batches: `turn` opens to others what came in since the turn before. So somebody who
asks again and again learns when the batch was turned, not when a letter came.
"""

from __future__ import annotations

import secrets
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from pathlib import Path

from holub.errors import Misused, Unavailable
from holub.transit.carrier import MAX_BAG_BYTES, MAX_BAG_LETTERS, Bag, check_letter
from holub.transit.relay.draw import Draw
from holub.transit.relay.room import Room
from holub.transit.relay.slotfile import SlotFile

# Whoever comes over HTTP: people's pages and other relays alike, since nothing tells them apart.
VISITORS = "visitors"
MAX_DELIVERED = 16_384
FILES = {256: "letters.narrow", 4_096: "letters.small", 65_536: "letters.middle", 1_048_576: "letters.large"}


class RelayBag:
    """The letters of one relay. Threads may share it."""

    def __init__(self, folder: Path, places: Mapping[int, int]) -> None:
        """Open or make the files. places: how many letters of each size. Raises Refused, Unavailable."""
        self._turn = threading.RLock()
        self._open = True
        self._rooms: dict[int, Room] = {}
        try:
            for size, name in FILES.items():
                file = SlotFile(folder / name, size, places[size])
                self._rooms[size] = Room(file)
        except BaseException:
            self.close()
            raise
        self._offered = Draw()
        # Letters that a postbox has: not taken again, or two relays would hand them round for ever. In memory
        # alone and under a key that ends with the process, because it tells of older traffic.
        self._delivered = Draw()
        self._key = secrets.token_bytes(32)
        self.turn()

    def close(self) -> None:
        """Close the files; nothing can be done with the bag afterwards."""
        with self._turn:
            self._open = False
            for room in self._rooms.values():
                room.file.close()

    def __len__(self) -> int:
        return sum(map(len, self._rooms.values()))

    def capacity(self) -> int:
        """How many letters fit in."""
        return sum(room.file.count for room in self._rooms.values())

    def counts(self) -> dict[int, int]:
        """How many letters of each size are here."""
        return {size: len(room) for size, room in self._rooms.items()}

    def stamped(self) -> int:
        """How many of the letters are stamped."""
        return sum(room.stamped() for room in self._rooms.values())

    def store(
        self, batch: Sequence[tuple[bytes, bytes]], *, carrier: str = VISITORS, stamped: bool = False
    ) -> list[bool]:
        """Store (hash, letter) pairs that `carrier` brought; for each, whether it is on the disk now.

        False for a letter that lost its draw in a full room. Raises DiskFailed, Unavailable (closed).
        """
        with self._turn:
            self._check_open()
            known = [self._known(digest, letter) for digest, letter in batch]
            writes: dict[tuple[int, int], tuple[Room, bytes, bytes]] = {}
            placed = []
            for (digest, letter), there in zip(batch, known, strict=True):
                room = self._rooms[len(letter)]
                slot = None if there or digest in room else room.place(digest, carrier, stamped=stamped)
                if slot is not None:
                    # A slot that a later letter of the batch won is written once.
                    writes[len(letter), slot.number] = (room, digest, letter)
                    placed.append((len(letter), slot))
            for size, room in self._rooms.items():
                mine = [
                    (slot, writes[size, slot.number][2])
                    for of, slot in placed
                    if of == size and writes[size, slot.number][1] == slot.digest
                ]
                if mine:
                    failed = room.file.write(mine)
                    for slot, _ in mine:
                        if slot.number in failed:
                            room.drop(slot.digest)
            return [
                there or digest in self._rooms[len(letter)]
                for (digest, letter), there in zip(batch, known, strict=True)
            ]

    def turn(self) -> None:
        """Open all letters that are held now to others."""
        with self._turn:
            self._offered = Draw()
            for room in self._rooms.values():
                for digest in room.digests():
                    self._offered.add(digest)

    def renew(self) -> None:
        """Draw all lots anew: until then a flood, however large, is one draw against what is held."""
        with self._turn:
            for room in self._rooms.values():
                room.renew()

    def offered(self, size: int | None = None) -> list[bytes]:
        """The hashes of the letters that are handed on, of one size or all, in no order that means anything."""
        with self._turn:
            rooms = list(self._rooms.values()) if size is None else [self._rooms[size]]
            found = [digest for digest in self._offered if any(digest in room for room in rooms)]
        secrets.SystemRandom().shuffle(found)
        return found

    def read(self, digest: bytes) -> bytes | None:
        """A letter by its hash; None when it is not here any more."""
        with self._turn:
            self._check_open()
            for room in self._rooms.values():
                if digest in room:
                    return room.read(digest)
        return None

    def letters(self, digests: Iterable[bytes]) -> Iterator[bytes]:
        """These letters, one at a time; those that went meanwhile are passed over."""
        for digest in digests:
            letter = self.read(digest)
            if letter is not None:
                yield letter

    def collect(self, limit: int = MAX_BAG_LETTERS) -> Bag:
        """Some of all letters, at most `limit` and MAX_BAG_BYTES, shuffled; they stay. Raises Misused."""
        if not 0 < limit <= MAX_BAG_LETTERS:
            raise Misused(f"a bag holds 1 to {MAX_BAG_LETTERS} letters")
        with self._turn:
            every = [digest for room in self._rooms.values() for digest in room.digests()]
        secrets.SystemRandom().shuffle(every)
        found: list[bytes] = []
        space = MAX_BAG_BYTES
        for letter in self.letters(every[:limit]):
            space -= len(letter)
            if space < 0:
                break
            found.append(letter)
        return Bag(tuple(found), waiting=len(every))

    def forget(self, digests: Iterable[bytes], *, delivered: bool = False) -> int:
        """Overwrite these letters; how many were here. `delivered`: a postbox has them, so they are not taken again.

        Raises DiskFailed, Unavailable (closed).
        """
        with self._turn:
            self._check_open()
            every, gone = list(digests), 0
            for room in self._rooms.values():
                slots = [slot for digest in every if (slot := room.drop(digest)) is not None]
                if slots:
                    room.file.erase(slots)
                    gone += len(slots)
            for digest in every if delivered else ():
                if len(self._delivered) >= MAX_DELIVERED:
                    self._delivered.remove(self._delivered.drawn())
                self._delivered.add(self._mark(digest))
            return gone

    def _known(self, digest: bytes, letter: bytes) -> bool:
        check_letter(letter)
        return self._mark(digest) in self._delivered

    def _mark(self, digest: bytes) -> bytes:
        return blake2b(digest, key=self._key, digest_size=8).digest()

    def _check_open(self) -> None:
        if not self._open:
            raise Unavailable("the relay is stopping", "try again later")
