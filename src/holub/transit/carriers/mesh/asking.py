"""When a receiver asks for what it lacks: late, rarely, and not at all where somebody else does (spec/mesh.md, "Ask").

Time is an argument, in seconds of any clock that goes on.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from holub.transit.carriers.mesh.message import MOST_MORE, Ask

QUIET = 120.0  # seconds at least without a frame of a parcel
QUIET_SHARE = 12.0  # seconds, divided by the share of an hour that one may send: a sender has to pause for long
SPREAD = 60.0  # seconds over which a group's first askers spread
GROUP = 100
MOST_ASKS = 6

Chance = Callable[[], float]  # evenly between 0 and 1


def backoff(chance: Chance, most: float = SPREAD) -> float:
    """Seconds up to `most`: RandomBackoff of RFC 5401. Most of a group draw late, so that few speak at once."""
    rate = math.log(GROUP) + 1
    scale = math.exp(rate) - 1
    drawn = chance() * rate / most + rate / (most * scale)
    return most / rate * math.log(drawn * scale * most / rate)


@dataclass
class _Lack:
    more: int
    asks: int
    due: float


class Asking:
    """What one receiver lacks, and when it may say so.

    share: of an hour, what everybody on this mesh may send · unit: see `holub.transit.carriers.mesh.airtime.Airtime`.
    """

    def __init__(self, chance: Chance, share: float = 1.0, unit: float = 1.0) -> None:
        self._chance = chance
        self._quiet, self._spread = unit * max(QUIET, QUIET_SHARE / share), unit * SPREAD
        self._lacks: dict[bytes, _Lack] = {}

    def lacks(self, missing: Iterable[tuple[bytes, int]], changed: bytes | None, now: float) -> None:
        """After each frame: the parcels that are not whole yet and how many symbols each needs at least.

        changed: the parcel that the frame was new to; None where it was not.
        """
        current = dict(missing)
        for parcel in self._lacks.keys() - current.keys():
            del self._lacks[parcel]
        for parcel, more in current.items():
            lack = self._lacks.setdefault(parcel, _Lack(more, 0, math.inf))
            lack.more = more
            if parcel == changed:
                lack.asks = 0
                self._draw(lack, now)

    def heard(self, ask: Ask, now: float) -> None:
        """Somebody else asked: its answer serves this receiver too."""
        if lack := self._lacks.get(ask.parcel):
            self._asked(lack, now)

    def due(self, now: float) -> Ask | None:
        """An ask that is to be sent now; it counts as sent."""
        for parcel, lack in self._lacks.items():
            if lack.due <= now:
                # Twice as many each time: what was sent for the last ask did not arrive.
                more = min(max(lack.more, 1) << lack.asks, MOST_MORE)
                self._asked(lack, now)
                return Ask(parcel, more)
        return None

    def next(self) -> float:
        """When the next ask is due; infinity where none is."""
        return min((lack.due for lack in self._lacks.values()), default=math.inf)

    def _asked(self, lack: _Lack, now: float) -> None:
        lack.asks += 1
        self._draw(lack, now)

    def _draw(self, lack: _Lack, now: float) -> None:
        times = 1 << lack.asks
        lack.due = (
            now + self._quiet * times + backoff(self._chance, self._spread * times)
            if lack.asks < MOST_ASKS
            else math.inf
        )
