"""Who sends and who listens on a mesh, without radio or clock: messages in, messages out, time as an argument.

Both are asked the same three things: `heard` takes a message from the air, `step` gives one that may go now, `wake`
says when to ask again.
"""

from __future__ import annotations

import math
import os
from collections.abc import Iterable

from holub.errors import HolubError, Refused
from holub.formats.frame import parse_frame
from holub.formats.framecollection import Random
from holub.formats.framecollector import Collector, Limits
from holub.transit.carriers.mesh.airtime import Airtime
from holub.transit.carriers.mesh.asking import Asking
from holub.transit.carriers.mesh.message import MOST_MESSAGE, parse_ask
from holub.transit.carriers.mesh.sending import SPARE, Sending
from holub.transit.oneway import Progress, nothing_whole, quiet

PATIENCE = 7_200.0  # seconds after the last frame for which a sender listens for asks


class Sender:
    """Sends parcels, the most urgent first, answers asks, and has done when nobody asked for `patience` seconds."""

    def __init__(
        self,
        parcels: Iterable[bytes],
        airtime: Airtime,
        now: float,
        *,
        spare: float = SPARE,
        patience: float = PATIENCE,
        progress: Progress = quiet,
    ) -> None:
        self.sending = Sending(parcels, spare, airtime.unit)
        self._airtime, self._patience, self._progress = airtime, patience, progress
        self._last = now

    def heard(self, message: bytes, now: float) -> None:
        try:
            ask = parse_ask(message)
        except Refused:
            return
        if ask is not None:
            self.sending.heard(ask, now)
            return
        try:
            self.sending.overheard(parse_frame(message).parcel_id)
        except Refused:
            return

    def step(self, now: float) -> bytes | None:
        one = self.sending.ready(now)
        if one is None or self._airtime.wait(MOST_MESSAGE, now) > 0:
            return None
        frame = one.next()
        self._airtime.spend(len(frame), now)
        self._last = now
        self._progress(one.id, one.sent, one.count)
        return frame

    def all_sent(self, now: float) -> bool:
        """Whether only asks could make it send more."""
        return self.sending.ready(now) is None

    def wake(self, now: float) -> float:
        """When `step` may give something again; infinity when all is done."""
        if self.sending.ready(now) is not None:
            return now + self._airtime.wait(MOST_MESSAGE, now)
        due = min(self.sending.next(), self._last + self._patience)
        return due if due > now else math.inf


class Receiver:
    """Collects what is heard. It is silent unless `airtime` lets it ask: whoever sends can be found.

    chance: random bytes, os.urandom outside of tests.
    """

    def __init__(
        self, airtime: Airtime | None = None, limits: Limits | None = None, chance: Random = os.urandom
    ) -> None:
        self._collector = Collector(chance, limits)
        self._airtime = airtime
        share, unit = (1.0, 1.0) if airtime is None else (airtime.share, airtime.unit)
        self._asking = Asking(lambda: int.from_bytes(chance(8), "big") / (1 << 64), share, unit)
        self._refused: Refused | None = None

    def heard(self, message: bytes, now: float) -> bytes | None:
        """The parcel that this message made whole."""
        try:
            ask = parse_ask(message)
            if ask is not None:
                self._asking.heard(ask, now)
                return None
            before = self._held()
            arrived = self._collector.add(message)
        except Refused as why:
            self._refused = why
            return None
        if self._airtime is not None:
            missing, held = (
                {one.id: max(1, one.needed - one.received) for one in self._collector.progress()},
                self._held(),
            )
            changed = next((name for name, count in held.items() if count > before.get(name, 0)), None)
            self._asking.lacks(missing.items(), changed, now)
        return None if arrived is None else arrived.parcel

    def step(self, now: float) -> bytes | None:
        if self._airtime is None or self._asking.next() > now or self._airtime.wait(10, now) > 0:
            return None
        ask = self._asking.due(now)
        if ask is None:
            return None
        message = ask.encode()
        self._airtime.spend(len(message), now)
        return message

    def wake(self, now: float) -> float:
        """When `step` may give something again; infinity where only a message from the air can change that."""
        if self._airtime is None:
            return math.inf
        due = self._asking.next()
        return due if math.isinf(due) else max(due, now + self._airtime.wait(10, now))

    def nearest(self) -> tuple[bytes, int, int] | None:
        """The parcel that is nearest to its end: id, symbols received, symbols needed."""
        ahead = self._collector.progress()
        return (ahead[0].id, ahead[0].received, ahead[0].needed) if ahead else None

    def nothing_whole(self) -> HolubError:
        """What to say when nothing came; see `holub.transit.oneway.nothing_whole`."""
        return nothing_whole(self._collector, self._refused)

    def _held(self) -> dict[bytes, int]:
        return {} if self._airtime is None else {one.id: one.received for one in self._collector.progress()}
