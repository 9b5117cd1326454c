"""A radio that sends and listens at once: what a relay has."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from holub.transit.carriers.mesh.carrier import Radio
from holub.transit.carriers.mesh.station import Receiver, Sender

LOOK = 1.0  # seconds of silence after which it is asked whether to go on


class Duplex:
    """A sender and a receiver behind one radio; see `holub.transit.carriers.mesh.station`. They share one airtime."""

    def __init__(self, sender: Sender, receiver: Receiver) -> None:
        self.sender, self.receiver = sender, receiver

    def heard(self, message: bytes, now: float) -> bytes | None:
        """The parcel that this message made whole."""
        self.sender.heard(message, now)
        return self.receiver.heard(message, now)

    def step(self, now: float) -> bytes | None:
        return self.receiver.step(now) or self.sender.step(now)

    def wake(self, now: float) -> float:
        return min(self.receiver.wake(now), self.sender.wake(now))

    def run(self, radio: Radio, goes_on: Callable[[], bool]) -> Iterator[bytes]:
        """The parcels that come, for as long as `goes_on`, or until the radio ends. Raises Unavailable."""
        while goes_on() and not radio.ended:
            now = radio.clock()
            if (message := self.step(now)) is not None:
                radio.put(message)
                continue
            message = radio.get(max(0.0, min(self.wake(now) - now, LOOK)))
            parcel = None if message is None else self.heard(message, radio.clock())
            if parcel is not None:
                yield parcel
