"""What a sender on a mesh sends next: parcels by urgency, then what was asked for (spec/mesh.md, "Frame", "Ask")."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterable

from holub.formats.frame import symbol_size
from holub.formats.framecutter import Cutter
from holub.formats.parcel import parcel_id
from holub.transit.carriers.mesh.message import MOST_MESSAGE, Ask

SPARE = 0.2
REMINDERS = 2  # frames
MOST_WATCHED = 1_024
GATHER = 10.0  # seconds in which asks for one parcel become one answer


class Outgoing:
    """One parcel on its way. Its blocks take turns, a number for each, as in spec/frame.md.

    left: frames that are to go now · overheard: frames of it that others sent since it was last to go.
    """

    def __init__(self, parcel: bytes, spare: float) -> None:
        self._cutter = Cutter(parcel, symbol_size(MOST_MESSAGE, len(parcel)))
        self.id = self._cutter.id
        self.count = self._cutter.count
        split = self._cutter.split
        self._blocks, self._first = split.blocks, split.symbols(0)
        self._once = self.count + max(1, math.ceil(self.count * spare)) if spare else self.count
        self._at = 0
        self.sent = 0
        self.begin()

    def begin(self) -> None:
        """It is to go, for the first time or once more."""
        self.left = self._once
        self.may_answer = 4 * self.count + 64
        self.begun = False
        self.overheard = 0

    def overhear(self, frames: int = 1) -> None:
        """Somebody else sent so many frames of it. Who sent all of it spares us doing so.

        More than what a sender sends after the last one that was needed: that alone is no second sending.
        """
        self.overheard += frames
        if not self.begun and self.overheard >= max(self.count, self._once - self.count + REMINDERS + 1):
            self.left = 0

    def ask(self, more: int) -> None:
        """So many more symbols are to go. Some that are to go already are the answer: who asked heard a pause."""
        allowed = 0 if self.left else min(more, self.may_answer)
        self.may_answer -= allowed
        self.left += allowed

    def next(self) -> bytes:
        """The next frame. Numbers go on until 5 K + 128 and begin again with the first repair symbol."""
        number, block = divmod(self._at, self._blocks)
        if number >= 5 * self._first + 128:
            number, block = self._first, 0
            self._at = number * self._blocks
        self._at += 1
        self.left -= 1
        self.sent += 1
        self.begun = True
        return self._cutter.frame(block, number)


class Sending:
    """All parcels of one sender, the most urgent first. unit: see `holub.transit.carriers.mesh.airtime.Airtime`."""

    def __init__(self, parcels: Iterable[bytes], spare: float = SPARE, unit: float = 1.0) -> None:
        self._parcels: dict[bytes, Outgoing] = {}
        self._queue: deque[Outgoing] = deque()
        # Who missed all of a short parcel does not know what to ask for: once more, after everything.
        self._remind: list[Outgoing] = []
        self._spare, self._gather = spare, unit * GATHER
        self._asked: dict[bytes, tuple[float, int]] = {}
        self._watched: dict[bytes, int] = {}
        for parcel in parcels:
            self.add(parcel)

    def add(self, parcel: bytes) -> None:
        """One more is to go; one that went already goes again."""
        one = self._parcels.get(parcel_id(parcel))
        if one is None:
            one = Outgoing(parcel, self._spare)
            self._parcels[one.id] = one
        else:
            one.begin()
        one.overhear(self._watched.pop(one.id, 0))
        if one not in self._queue:
            self._queue.append(one)
        if self._spare > 0 and one not in self._remind:
            self._remind.append(one)

    def keep(self, parcels: Iterable[bytes]) -> None:
        """Forgets all but these."""
        kept = {parcel_id(parcel) for parcel in parcels}
        for name in self._parcels.keys() - kept:
            one = self._parcels.pop(name)
            self._asked.pop(name, None)
            one.left = 0
            self._remind = [other for other in self._remind if other is not one]

    def watch(self, name: bytes) -> None:
        """A parcel came from somebody else, and may be added later: from now on it is noticed who else sends it.

        The oldest go first: what never was added must not stand in the way of what comes.
        """
        if name not in self._parcels:
            self._watched.setdefault(name, 0)
            if len(self._watched) > MOST_WATCHED:
                del self._watched[next(iter(self._watched))]

    def sent(self, name: bytes) -> int:
        """How many frames of a parcel went out."""
        one = self._parcels.get(name)
        return one.sent if one else 0

    def overheard(self, name: bytes) -> None:
        """A frame of a parcel came from somebody else."""
        if one := self._parcels.get(name):
            one.overhear()
        elif name in self._watched:
            self._watched[name] += 1

    def heard(self, ask: Ask, now: float) -> None:
        """An ask for a parcel of ours; others are not our business."""
        if ask.parcel in self._parcels:
            since, more = self._asked.get(ask.parcel, (now, 0))
            self._asked[ask.parcel] = (since, max(more, ask.more))

    def ready(self, now: float) -> Outgoing | None:
        """Whose frame goes next; None where there is nothing to send now."""
        for parcel, (since, more) in list(self._asked.items()):
            if now - since >= self._gather:
                del self._asked[parcel]
                one = self._parcels[parcel]
                one.ask(more)
                if one.left and one not in self._queue:
                    self._queue.append(one)
        while self._queue and not self._queue[0].left:
            self._queue.popleft()
        if not self._queue and self._remind:
            begun = [one for one in self._remind if one.begun]
            self._remind = []
            for one in begun:
                one.left += REMINDERS
            self._queue.extend(begun)
        return self._queue[0] if self._queue else None

    def next(self) -> float:
        """When an answer that is being gathered is due; infinity where none is."""
        return min((since + self._gather for since, _ in self._asked.values()), default=math.inf)
