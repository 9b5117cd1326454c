"""Letters as lines of a list: what a line shows, and which lines hold the words that somebody searches for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from holub.faces.desk.sought import Sought
from holub.inbound.mailroom.letters import Line, State
from holub.inbound.mailroom.room import Mailroom

SEARCHED: Final = 5_000  # letters of one state that one search looks through
_STEP: Final = 500
_OLD: Final = ((7, "long"), (3, "some"), (0, "new"))  # days of waiting


@dataclass(frozen=True)
class Row:
    """A line of the list as it is shown. age: new, some or long; days: since it was opened."""

    line: Line
    days: int
    age: str


def row_of(line: Line, today: str) -> Row:
    """A line as it is shown on a day (ISO date)."""
    days = max(0, (date.fromisoformat(today) - date.fromisoformat(line.day)).days)
    return Row(line, days, next(age for least, age in _OLD if days >= least))


def holding(room: Mailroom, state: State, sought: Sought, *, after: int = 0) -> Iterator[Line]:
    """Letters of a state whose first words or town hold all the words, by number, from the first above `after`.

    They are opened as they are asked for, the oldest `SEARCHED` at most.
    """
    for _ in range(SEARCHED // _STEP):
        lines = room.rows(state, after=after, limit=_STEP)
        if not lines:  # fewer than were asked for prove nothing: one may have been shredded meanwhile
            return
        yield from (line for line in lines if sought.held_by(f"{line.first_words} {line.town}"))
        after = lines[-1].number
