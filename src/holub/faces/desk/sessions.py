"""Who is signed in: random ids in cookies, their hashes in memory.

Rules
- An id is 256 random bits; only its SHA-256 is kept, so that a copy of this table opens nothing.
- A session ends after a time without a request, and after a day's work in any case; and when the office is locked.
- Signing in makes a new id: one that was planted before is worth nothing.
- Somebody who has not signed in has a session too, for the token in the form; there are never many of those.
"""

from __future__ import annotations

import hashlib
import secrets
import threading
from dataclasses import dataclass, field
from typing import Final

MOST_GUESTS: Final = 256


@dataclass(frozen=True)
class Notice:
    """What the next page says once: a key of the desk's strings and its values."""

    key: str
    values: dict[str, object] = field(default_factory=dict)
    good: bool = True


@dataclass
class Session:
    """started, seen: Unix seconds; keeper: a name, "" for somebody who has not signed in; token: goes into each form;
    held: what a form in several steps keeps between them."""

    started: float
    seen: float
    keeper: str = ""
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32), repr=False)
    notice: Notice | None = None
    held: dict[str, str] = field(default_factory=dict, repr=False)


class Sessions:
    """All sessions. idle, absolute: seconds."""

    def __init__(self, idle: float, absolute: float) -> None:
        self._idle = idle
        self._absolute = absolute
        self._turn = threading.Lock()
        self._by_hash: dict[str, Session] = {}

    def open(self, now: float, keeper: str = "") -> tuple[str, Session]:
        """A new session and its id."""
        name, session = secrets.token_urlsafe(32), Session(now, now, keeper)
        with self._turn:
            self._forget_old(now)
            guests = [key for key, one in self._by_hash.items() if not one.keeper]
            for key in guests[: max(0, len(guests) - MOST_GUESTS + 1)]:
                del self._by_hash[key]
            self._by_hash[_hash(name)] = session
        return name, session

    def find(self, name: str, now: float, *, touch: bool = True) -> Session | None:
        """The session of an id, if it has not ended. touch: whether this request counts as work."""
        with self._turn:
            self._forget_old(now)
            session = self._by_hash.get(_hash(name))
            if session is not None and touch:
                session.seen = now
            return session

    def end(self, name: str) -> None:
        with self._turn:
            self._by_hash.pop(_hash(name), None)

    def end_all(self, *, but: Session | None = None) -> None:
        """Ends every session, except one if it is given."""
        with self._turn:
            self._by_hash = {key: one for key, one in self._by_hash.items() if one is but}

    def keepers(self, now: float) -> int:
        """How many sessions of somebody who signed in are open."""
        with self._turn:
            self._forget_old(now)
            return sum(bool(one.keeper) for one in self._by_hash.values())

    def _forget_old(self, now: float) -> None:
        over = [
            key
            for key, one in self._by_hash.items()
            if not (now - one.seen < self._idle and now - one.started < self._absolute)
        ]
        for key in over:
            del self._by_hash[key]


def _hash(name: str) -> str:
    return hashlib.sha256(name.encode(errors="replace")).hexdigest()
