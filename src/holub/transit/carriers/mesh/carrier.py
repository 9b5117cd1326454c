"""A mesh as a one-way carrier, over anything that can send and hear short messages."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from typing import Protocol

from holub.errors import Unavailable
from holub.formats.framecollector import Limits
from holub.transit.carriers.mesh.airtime import LONG_FAST, Airtime, Modem
from holub.transit.carriers.mesh.sending import SPARE
from holub.transit.carriers.mesh.station import PATIENCE, Receiver, Sender
from holub.transit.oneway import Progress, quiet

LOOK = 60.0  # seconds of silence after which a listener looks at the clock
SHARE = 0.1


class Radio(Protocol):
    """What a mesh radio's program offers."""

    @property
    def ended(self) -> bool:
        """Whether no message will come any more."""
        ...

    def clock(self) -> float:
        """Seconds of a clock that goes on."""
        ...

    def put(self, message: bytes) -> None:
        """Sends a message of at most 200 bytes to everybody. Raises Unavailable."""
        ...

    def get(self, seconds: float) -> bytes | None:
        """The next message from the air; None where none came in that time. Raises Unavailable."""
        ...


class Mesh:
    """See `holub.transit.oneway.OneWay`.

    modem, share: for the airtime · asks: whether a receiver may send asks; it is silent otherwise · seconds: how long
    `receive` listens, None for ever · spare, patience: see `Sender`.
    """

    def __init__(
        self,
        radio: Radio,
        modem: Modem = LONG_FAST,
        share: float = SHARE,
        *,
        asks: bool = False,
        seconds: float | None = None,
        spare: float = SPARE,
        patience: float = PATIENCE,
        limits: Limits | None = None,
    ) -> None:
        self._radio, self._asks, self._seconds, self._limits = radio, asks, seconds, limits
        self._spare, self._patience = spare, patience
        self.airtime = Airtime(modem, share)

    def send(self, parcels: Iterable[bytes], progress: Progress = quiet) -> None:
        radio, now = self._radio, self._radio.clock()
        sender = Sender(parcels, self.airtime, now, spare=self._spare, patience=self._patience, progress=progress)
        while True:
            now = radio.clock()
            if (message := sender.step(now)) is not None:
                radio.put(message)
                continue
            wake = sender.wake(now)
            if math.isinf(wake):
                return
            if radio.ended:
                if sender.all_sent(now):
                    return
                raise Unavailable("the radio's program ended before all was sent", "start it again, then send again")
            if (heard := radio.get(wake - now)) is not None:
                sender.heard(heard, radio.clock())

    def receive(self, progress: Progress = quiet) -> Iterator[bytes]:
        radio = self._radio
        receiver = Receiver(self.airtime if self._asks else None, self._limits)
        end = math.inf if self._seconds is None else radio.clock() + self._seconds
        arrived = 0
        while not radio.ended and (now := radio.clock()) < end:
            if (message := receiver.step(now)) is not None:
                radio.put(message)
                continue
            heard = radio.get(max(0.0, min(receiver.wake(now) - now, end - now, LOOK)))
            if heard is None:
                continue
            parcel = receiver.heard(heard, radio.clock())
            if parcel is not None:
                arrived += 1
                yield parcel
            elif ahead := receiver.nearest():
                progress(*ahead)
        if not arrived:
            raise receiver.nothing_whole()
