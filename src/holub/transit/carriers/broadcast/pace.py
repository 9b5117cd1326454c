"""How fast a broadcast goes: a token bucket that is told the time (spec/broadcast.md, "Pace")."""

from __future__ import annotations

from holub.errors import Misused

BURST = 2 * 1_268  # two of the largest datagrams


class Pace:
    """rate: bytes a second. burst: bytes that may go at once after a rest."""

    def __init__(self, rate: float, burst: float = BURST) -> None:
        if not (0 < rate < float("inf") and 0 <= burst < float("inf")):
            raise Misused(f"{rate:g} bytes a second is no rate", "give a rate such as 20kB")
        self._rate, self._burst = rate, burst
        self._left = burst
        self._then: float | None = None

    def wait(self, size: int, now: float) -> float:
        """Takes `size` bytes at `now` (seconds, monotonic) and gives the seconds to wait before sending them.

        A clock that goes back earns nothing, one that jumps ahead no more than the burst.
        """
        passed = 0.0 if self._then is None else max(0.0, now - self._then)
        self._then = now
        self._left = min(self._burst, self._left + passed * self._rate) - size
        return max(0.0, -self._left / self._rate)
