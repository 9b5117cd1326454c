"""A broadcast as a one-way carrier: it sends a schedule at a pace into a medium, and collects what a medium gives."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator

from holub.errors import Misused
from holub.transit.carriers.broadcast.medium import Medium, parse_stream
from holub.transit.carriers.broadcast.pace import Pace
from holub.transit.carriers.broadcast.schedule import Schedule
from holub.transit.carriers.broadcast.udp import Udp, parse_udp
from holub.transit.oneway import Progress, collect, quiet

Refresh = Callable[[], Iterable[bytes] | None]
LOOK_AGAIN = 30.0  # seconds
FILE_ROUNDS = 3


def open_medium(place: str, hops: int | None = None, seconds: float | None = None) -> Medium:
    """What `udp:…`, `file:…` or `-` names. Raises Misused."""
    if address := parse_udp(place):
        return Udp(address, hops, seconds)
    if stream := parse_stream(place):
        return stream
    raise Misused(f"this is no place for a broadcast: {place}", "give udp:HOST:PORT, file:PATH, or - for a pipe")


class Broadcast:
    """See `holub.transit.oneway.OneWay`.

    pace: None for as fast as the medium takes it · rounds: how often everything is sent, one after the other; None for
    ever and in turns · refresh: asked every 30 s of these, gives the parcels of a new edition or None.
    """

    def __init__(
        self,
        medium: Medium,
        pace: Pace | None = None,
        rounds: int | None = None,
        *,
        refresh: Refresh = lambda: None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        if rounds is not None and rounds < 1:
            raise Misused("there is at least one round", "give a number such as 3")
        self._medium, self._pace, self._rounds = medium, pace, rounds
        self._refresh, self._clock, self._sleep = refresh, clock, sleep

    def send(self, parcels: Iterable[bytes], progress: Progress = quiet) -> None:
        schedule = Schedule(parcels)
        looked = self._clock()
        done: dict[bytes, int] = {}
        try:
            for feed, frame in schedule.turns() if self._rounds is None else schedule.rounds(self._rounds):
                now = self._clock()
                if self._pace is not None and (wait := self._pace.wait(self._medium.size(frame), now)):
                    self._sleep(wait)
                self._medium.put(frame)
                done[feed.id] = done.get(feed.id, 0) + 1
                progress(feed.id, done[feed.id], feed.count)
                if self._rounds is None and abs(now - looked) >= LOOK_AGAIN:
                    looked = now
                    # An edition that cannot go out must not silence the one that does.
                    with contextlib.suppress(Misused):
                        if (newer := self._refresh()) is not None:
                            schedule.replace(newer)
                            done = {}
        finally:
            self._medium.close()

    def receive(self, progress: Progress = quiet) -> Iterator[bytes]:
        return collect(self._medium.frames(), progress)
