"""The mailroom: the one place that opens letters. Everything that the office asks of it, in one class.

Rules
- One mailroom at a time works on an office: the slot file's lock sees to that.
- Every time is an argument (Unix seconds), and doubted before it makes or destroys a key (mailroom.clock).
- It knows nothing of sections, guides or editions but their names and numbers.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from holub.formats import letterkey
from holub.formats.letterkey import LetterKey
from holub.formats.mailbag import Reply
from holub.inbound.mailroom import tables
from holub.inbound.mailroom.answers import Answers
from holub.inbound.mailroom.clock import Clock, Decision
from holub.inbound.mailroom.keys import LetterKeys
from holub.inbound.mailroom.letters import Letters, Line, State, Whole
from holub.inbound.mailroom.retention import Retention, read_retention, write_retention
from holub.store.database import Database
from holub.store.slots import Slots

if TYPE_CHECKING:
    from holub.inbound.mailroom.intake import Opened


class Mailroom:
    """An office's mailroom over its database and slot file, both of which stay the caller's to close."""

    def __init__(self, database: Database, slots: Slots) -> None:
        """Bring the tables up to date and finish what a crash cut short. Raises Refused (newer tables), Unavailable."""
        database.prepare(tables.HALL)
        self.clock = Clock(database)
        self.keys = LetterKeys(database, slots)
        self._letters = Letters(database, slots)
        self._letters.reconcile()
        self._places = database, slots
        self._answers = Answers(database, slots, self._letters)

    def letter_key(self, now: int) -> LetterKey:
        """The public key that an edition of `now` carries, made when its week starts. Raises ClockDoubted."""
        self.clock.check(now)
        return self.keys.current(now)

    def open_batch(
        self, letters: Iterable[bytes], now: int, *, workers: int | None = None, shared: bool = False
    ) -> Opened:
        """Open sealed letters and keep them; durable when it returns, then the carrier may forget them.

        What is due goes first: a seed past its time opens nothing more. shared: the carrier is other centres' too, so
        what cannot be opened is left there (`Opened.left`). Raises ClockDoubted before it opens any: with a wrong clock
        good letters would count as too late, and the carrier would forget them.
        """
        # Most commands open no letter, and need neither what unseals one nor processes for it.
        from holub.inbound.mailroom.intake import Intake

        self.keep_schedule(now)
        return Intake(*self._places, self.keys).open_batch(letters, now, workers=workers, shared=shared)

    def counts(self) -> dict[State, int]:
        """How many letters stand where."""
        return self._letters.counts()

    def rows(self, state: State | None = None, *, after: int = 0, limit: int = 100) -> list[Line]:
        """Letters in the order of their numbers, from the first above `after`."""
        return self._letters.rows(state, after=after, limit=limit)

    def view(self, number: int) -> Whole:
        """One letter, whole. Raises Misused (no such letter)."""
        return self._letters.view(number)

    def reply(self, number: int, text: str) -> None:
        """Write or change the reply to a letter; it travels from the next edition on. Raises Misused."""
        self._answers.reply(number, text)

    def close(self, number: int, now: int) -> None:
        """Put a letter aside without an answer. Raises Misused."""
        self._letters.close(number, datetime.fromtimestamp(now, UTC).date().isoformat())

    def shred(self, number: int) -> None:
        """Destroy a letter, its pictures and its answer now."""
        self._letters.shred([number])

    def mailbag_inputs(self, edition: int, sections: Sequence[str] = ("main",)) -> dict[str, list[Reply]]:
        """The replies of each section's mailbag, the main section first in `sections`; repeatable until published."""
        return self._answers.mailbag_inputs(edition, sections)

    def published(self, edition: int, now: int) -> None:
        """Tell that the edition went out. Counts once, however often it is told."""
        self._answers.published(edition, now)

    def keep_schedule(self, now: int) -> tuple[list[int], int]:
        """Overwrite keys and shred letters whose time is over: (key numbers, how many letters). Call it daily.

        Raises ClockDoubted, and then nothing is destroyed.
        """
        self.clock.check(now)
        return self.keys.overwrite_due(now), self._answers.shred_due(now)

    def doubt(self, now: int) -> Decision | None:
        """Why the clock is doubted, and what would go if it is right; None where it is not doubted."""
        found = self.clock.doubt(now)
        return None if found is None else Decision(found, self.keys.due(now), self.letters_due(now, self.retention))

    def settle_clock(self, now: int) -> tuple[list[int], int]:
        """A person says that the clock is right: go on by it, and do what is due. As `keep_schedule`."""
        letterkey.week_of(now)  # no clock that letter keys have no week for
        self.keys.cut_short(now)
        self.clock.accept(now)
        return self.keep_schedule(now)

    @property
    def retention(self) -> Retention:
        """How long things are kept."""
        return read_retention(self._places[0])

    def retain(self, retention: Retention) -> None:
        """Keep things for so long from now on; what is past its time by it goes with the next `keep_schedule`."""
        write_retention(self._places[0], retention)

    def letters_due(self, now: int, retention: Retention) -> int:
        """How many letters would go at `now` by this."""
        return len(self._answers.due(now, retention))

    def late(self) -> dict[int, int]:
        """How many letters came after their key was overwritten, by key number."""
        return self.keys.late()
