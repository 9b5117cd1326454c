"""How fast a broadcast goes: a token bucket that is told the time (spec/broadcast.md, "Pace")."""

from __future__ import annotations

from holub.errors import Misused

BURST = 2 * 1_268  # two of the largest datagrams


class Pace:
    """rate: bytes a second; after a rest, BURST bytes may go at once."""

    def __init__(self, rate: float) -> None:
        if not 0 < rate < float("inf"):
            raise Misused(f"{rate:g} bytes a second is no rate", "give a rate such as 20kB")
        self._rate = rate
        self._left = float(BURST)
        self._then: float | None = None

    def wait(self, size: int, now: float) -> float:
        """Takes `size` bytes at `now` (seconds, monotonic) and gives the seconds to wait before sending them.

        A clock that goes back earns nothing, one that jumps ahead no more than the burst.
        """
        passed = 0.0 if self._then is None else max(0.0, now - self._then)
        self._then = now
        self._left = min(BURST, self._left + passed * self._rate) - size
        return max(0.0, -self._left / self._rate)
