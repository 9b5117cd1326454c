"""The office's doubt about its machine's clock: what a wrong clock would destroy cannot be made again.

Rules
- The office keeps the last day on which it ran: a day, never a time. Where there is none yet, the week of its newest
  letter key stands for it.
- A clock more than LEAP_DAYS ahead of that day, or more than a day behind it, is doubted: nothing is destroyed, no
  letter is opened, no key is made, and every try says so, until a person says that the clock is right or sets it.
- Time is an argument (Unix seconds); the doubt is in whole days, UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import delete, func, insert, select

from holub.errors import Unavailable
from holub.formats.letterkey import EPOCH, WEEK
from holub.inbound.mailroom import tables
from holub.store.database import Database

DAY: Final = 86_400
# A month away is ordinary. A clock that is wrong by less takes keys that no page has sealed to for weeks: they end
# eight weeks after the last letter that was sealed to them.
LEAP_DAYS: Final = 28


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why the clock is doubted. now, last: days as 2026-11-26."""

    now: str
    last: str

    def __str__(self) -> str:
        return f"the clock says {self.now}, and the office last ran on {self.last}: no key was destroyed"


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decides about. doubt: why the clock is doubted; keys, letters: how many letter keys and letters
    would go for good if it is right."""

    doubt: Doubt
    keys: int
    letters: int

    @property
    def destroys(self) -> bool:
        return self.keys > 0 or self.letters > 0


class ClockDoubted(Unavailable):
    """The clock jumped; a person decides whether it is right."""

    def __init__(self, doubt: Doubt) -> None:
        super().__init__(str(doubt), "if the clock is right, say so with `holub letters clock --right`; else set it")
        self.doubt = doubt


class Clock:
    """The last day of an office, in its database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def doubt(self, now: int) -> Doubt | None:
        """Why the clock is not to be believed at `now`; None where it is."""
        last, day = self._last(), now // DAY
        if last is None or last - 1 <= day <= last + LEAP_DAYS:
            return None
        return Doubt(_written(day), _written(last))

    def check(self, now: int) -> None:
        """Note that the office runs today. Raises ClockDoubted, and then nothing is noted."""
        doubt = self.doubt(now)
        if doubt is not None:
            raise ClockDoubted(doubt)
        if now // DAY > (self._last() or 0):
            self.accept(now)

    def accept(self, now: int) -> None:
        """Somebody says that the clock is right."""
        with self._database.write() as connection:
            connection.execute(delete(tables.last_day))
            connection.execute(insert(tables.last_day).values(day=now // DAY))

    def _last(self) -> int | None:
        with self._database.read() as connection:
            day = connection.execute(select(func.max(tables.last_day.c.day))).scalar()
            if day is not None:
                return int(day)
            newest = connection.execute(select(func.max(tables.letter_key.c.number))).scalar()
            return None if newest is None else (EPOCH + int(newest) * WEEK) // DAY


def _written(day: int) -> str:
    try:
        return datetime.fromtimestamp(day * DAY, UTC).date().isoformat()
    except (ValueError, OverflowError):  # after the year 9999
        return f"day {day}"
