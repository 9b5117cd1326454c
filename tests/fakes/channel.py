"""What happens to frames and packets on their way: a seeded channel that loses, damages, repeats, delays and floods.

It is lazy: it takes one frame at a time and holds only those that are on their way, so an endless carousel can pass.
Time is virtual: frame n is sent at second n, and arrives after its delay; nothing waits.
"""

from __future__ import annotations

import heapq
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Weather:
    """How likely each trouble is for one frame, 0 to 1, and how long things take.

    loss: each frame alone · burst: (enter, leave), the chances of the Gilbert–Elliott model to fall into the state in
    which every frame is lost, and to get out of it; both at each frame · twice: comes again · damaged: one bit turned ·
    cut: its end is missing · delay: most seconds on the way; more than 1 brings frames out of order ·
    junk: as many random frames for each frame sent (2.0: two) · forged: as many frames that begin like a real one.
    """

    loss: float = 0.0
    burst: tuple[float, float] | None = None
    twice: float = 0.0
    damaged: float = 0.0
    cut: float = 0.0
    delay: float = 0.0
    junk: float = 0.0
    forged: float = 0.0

    @property
    def mean_loss(self) -> float:
        """The share of frames that are lost in the long run."""
        if self.burst is None:
            return self.loss
        enter, leave = self.burst
        inside = enter / (enter + leave)
        return inside + (1 - inside) * self.loss


# What a forged frame takes over from a real one: version, parcel id, length as a varint of 3 bytes, payload id.
HEAD_BYTES = 16

WEATHERS: dict[str, Weather] = {
    "nothing goes wrong": Weather(),
    "three in ten are lost": Weather(loss=0.3),
    "half are lost": Weather(loss=0.5),
    "seven in ten are lost": Weather(loss=0.7),
    "half are lost in bursts of twenty": Weather(burst=(0.05, 0.05)),
    "everything comes twice or more": Weather(twice=0.7),
    "everything comes late and in another order": Weather(delay=40),
    "one in ten has a turned bit": Weather(damaged=0.1),
    "one in ten is cut short": Weather(cut=0.1),
    "two random frames come with each": Weather(junk=2.0),
    "a false frame comes with every second": Weather(forged=0.5),
    "all of it at once": Weather(0.3, (0.02, 0.2), twice=0.2, damaged=0.03, cut=0.03, delay=10, junk=0.5, forged=0.05),
}


@dataclass(order=True)
class _OnTheWay:
    at: float
    number: int
    frame: bytes = field(compare=False)


class Channel:
    """One way through a weather. The same seed and the same frames give the same arrivals.

    sent, lost, damaged, false: frames so far; false ones are junk and forged.
    """

    def __init__(self, weather: Weather, seed: int) -> None:
        self._weather = weather
        self._random = random.Random(seed)
        self._inside = False
        self._waiting: list[_OnTheWay] = []
        self._number = 0
        self.sent = self.lost = self.damaged = self.false = 0

    def carry(self, frames: Iterable[bytes]) -> Iterator[bytes]:
        """The frames that arrive, in the order in which they do."""
        for _, frame in self.arrivals(frames):
            yield frame

    def arrivals(self, frames: Iterable[bytes]) -> Iterator[tuple[float, bytes]]:
        """(second of arrival, frame) for all that arrives."""
        for second, frame in enumerate(frames):
            self.sent += 1
            for one in self._what_becomes_of(frame):
                self._number += 1
                delay = self._random.uniform(0, self._weather.delay)
                heapq.heappush(self._waiting, _OnTheWay(second + delay, self._number, one))
            while self._waiting and self._waiting[0].at <= second:
                yield self._next()
        while self._waiting:
            yield self._next()

    def _next(self) -> tuple[float, bytes]:
        one = heapq.heappop(self._waiting)
        return one.at, one.frame

    def _what_becomes_of(self, frame: bytes) -> Iterator[bytes]:
        weather, chance = self._weather, self._random.random
        for _ in range(self._how_many(weather.junk)):
            self.false += 1
            yield self._random.randbytes(self._random.choice([0, 1, 7, len(frame), len(frame) + 1, 3 * len(frame)]))
        for _ in range(self._how_many(weather.forged)):
            self.false += 1
            yield frame[:HEAD_BYTES] + self._random.randbytes(max(0, len(frame) - HEAD_BYTES))
        if self._is_lost():
            self.lost += 1
            return
        for _ in range(2 if chance() < weather.twice else 1):
            if frame and chance() < weather.damaged:
                self.damaged += 1
                yield turned(frame, self._random)
            elif frame and chance() < weather.cut:
                self.damaged += 1
                yield frame[: self._random.randrange(len(frame))]
            else:
                yield frame

    def _how_many(self, mean: float) -> int:
        whole = int(mean)
        return whole + (self._random.random() < mean - whole)

    def _is_lost(self) -> bool:
        if self._weather.burst is not None:
            enter, leave = self._weather.burst
            if self._random.random() < (leave if self._inside else enter):
                self._inside = not self._inside
        return self._inside or self._random.random() < self._weather.loss


def turned(data: bytes, chance: random.Random) -> bytes:
    """The same bytes with one bit turned."""
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1 :]
