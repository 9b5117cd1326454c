"""How often somebody may try a password, a passphrase or a code: by account, and in all.

A try counts before it is judged, so that many at once gain nothing. Success clears the account's own count.
"""

from __future__ import annotations

import threading
from typing import Final

from holub.errors import Unavailable

SPAN: Final = 15 * 60  # seconds that a try is remembered
MOST_ONE: Final = 5
MOST_ALL: Final = 30


class TooMany(Unavailable):
    """Too many tries; `minutes` to wait."""

    def __init__(self, minutes: int) -> None:
        super().__init__("too many attempts", "wait a minute" if minutes == 1 else f"wait {minutes} minutes")
        self.minutes = minutes


class Attempts:
    """The tries of the last quarter of an hour."""

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._tries: list[tuple[float, str]] = []

    def take(self, account: str, now: float) -> None:
        """Counts one try. Raises TooMany; that one is not counted."""
        with self._turn:
            self._tries = [one for one in self._tries if now - one[0] < SPAN]
            own = [at for at, whose in self._tries if whose == account]
            everybody = [at for at, _ in self._tries]
            for tries, most in ((own, MOST_ONE), (everybody, MOST_ALL)):
                if len(tries) >= most:
                    raise TooMany(max(1, int(-(-(tries[-most] + SPAN - now) // 60))))
            self._tries.append((now, account))

    def clear(self, account: str) -> None:
        """This account's tries were good."""
        with self._turn:
            self._tries = [one for one in self._tries if one[1] != account]
