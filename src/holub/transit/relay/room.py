"""Which letter goes when a room of the bag is full (spec/relay.md, "The bag").

Rules
- the stamped lane stays: an unstamped letter goes while there is one.
- within a lane the carrier gives way that brought the most of what is held, the new letter counted: so a noisy
  carrier fills what others leave, and never takes more than its equal share from them.
- within that carrier's letters the highest lot goes, the new letter's counted, whenever each of them came.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from holub.transit.relay.lots import Lots, lot_of
from holub.transit.relay.slotfile import Slot, SlotFile

_RANDOM = secrets.SystemRandom()
# Letters of before the last start: what brought them is not written down.
EARLIER = "earlier"


@dataclass
class _Held:
    slot: Slot
    carrier: str


class Room:
    """Letters of one size: what is held, by hash. Places are given here; the caller writes and erases."""

    def __init__(self, file: SlotFile) -> None:
        self.file = file
        self._held: dict[bytes, _Held] = {}
        self._lanes: tuple[dict[str, Lots], dict[str, Lots]] = ({}, {})
        self._key = secrets.token_bytes(32)
        for slot in file.slots():
            if slot.digest not in self._held:
                self._hold(slot, EARLIER)
        used = {held.slot.number for held in self._held.values()}
        self._free = [number for number in range(file.count) if number not in used]
        # A slot's number must not tell how early a letter came.
        _RANDOM.shuffle(self._free)

    def __len__(self) -> int:
        return len(self._held)

    def __contains__(self, digest: bytes) -> bool:
        return digest in self._held

    def digests(self) -> list[bytes]:
        """The hashes of all letters here."""
        return list(self._held)

    def stamped(self) -> int:
        """How many letters are in the stamped lane."""
        return sum(map(len, self._lanes[True].values()))

    def read(self, digest: bytes) -> bytes | None:
        """A letter; None when it is not here, or no longer sound."""
        held = self._held.get(digest)
        return self.file.read(held.slot.number, digest) if held else None

    def place(self, digest: bytes, carrier: str, *, stamped: bool) -> Slot | None:
        """Where a new letter is to be written; None when it is the one that goes."""
        number = self._free.pop() if self._free else self._vacate(digest, carrier, stamped)
        if number is None:
            return None
        slot = Slot(number, digest, stamped)
        self._hold(slot, carrier)
        return slot

    def drop(self, digest: bytes) -> int | None:
        """Take a letter out; gives the slot that is to be erased, None when it is not here."""
        held = self._held.get(digest)
        if held is None:
            return None
        self._release(digest)
        # Anywhere among the free ones.
        self._free.insert(_RANDOM.randrange(len(self._free) + 1), held.slot.number)
        return held.slot.number

    def renew(self) -> None:
        """Draw all lots anew."""
        self._key = secrets.token_bytes(32)
        for lane in self._lanes:
            for carrier in lane:
                lane[carrier] = lane[carrier].renewed(self._key)

    def _vacate(self, digest: bytes, carrier: str, stamped: bool) -> int | None:
        unstamped = {name: len(lots) for name, lots in self._lanes[False].items() if lots}
        lane = bool(stamped and not unstamped)
        counts = {name: len(lots) for name, lots in self._lanes[lane].items() if lots}
        if not stamped and not counts:
            return None  # only stamped letters are held
        if lane == stamped:
            counts[carrier] = counts.get(carrier, 0) + 1
        most = max(counts.values())
        loser = _RANDOM.choice([name for name, count in counts.items() if count == most])
        if most == 1 and loser == carrier and lane == stamped:
            return None
        lot, gone = self._lanes[lane][loser].highest()
        if loser == carrier and lane == stamped and lot < lot_of(self._key, digest):
            return None
        number = self._held[gone].slot.number
        self._release(gone)
        return number

    def _hold(self, slot: Slot, carrier: str) -> None:
        self._held[slot.digest] = _Held(slot, carrier)
        self._lanes[slot.stamped].setdefault(carrier, Lots()).add(slot.digest, lot_of(self._key, slot.digest))

    def _release(self, digest: bytes) -> None:
        held = self._held.pop(digest)
        self._lanes[held.slot.stamped][held.carrier].remove(digest)
