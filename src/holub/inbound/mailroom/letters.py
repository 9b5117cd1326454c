"""Opened letters as the desk sees them: lists, one letter whole, closed, shredded.

Rules
- A letter that is shredded is first overwritten in the slot file, then taken from the table: in whatever moment the
  power fails, nobody reads it again. Its slots are used anew only when no row points at them.
- A row whose keys are gone is a letter that was shredded while the disk was full: it is not shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, func, inspect, select, update

from holub.errors import Misused, Unavailable
from holub.inbound.mailroom import records, tables
from holub.inbound.mailroom.records import Pictures, Return, Words
from holub.store.database import Database
from holub.store.sealed import Sealed, open_record, seal_record, shred_records
from holub.store.slots import Slots

_FIRST_WORDS = 90


class State(StrEnum):
    """Where a letter stands."""

    WAITING = "waiting"
    ANSWERED = "answered"  # a reply is written and has not travelled yet
    DONE = "done"  # its reply was published, or it was closed without one


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list. topic: question, feedback, help or happened; day: ISO date; pictures: how many."""

    number: int
    state: State
    topic: str
    language: str
    town: str = field(repr=False)
    first_words: str = field(repr=False)
    day: str
    pictures: int
    wants_reply: bool


@dataclass(frozen=True, slots=True)
class Whole:
    """One letter. reply: the text written so far; pictures: JPEG files made anew, without what was hidden in them."""

    line: Line
    text: str = field(repr=False)
    reply: str = field(repr=False)
    section: str
    pictures: tuple[bytes, ...] = field(default=(), repr=False)
    pictures_refused: int = 0


def count_letters(database: Database) -> int:
    """How many letters a database holds, of every state; no key is needed. Raises Refused, Unavailable."""
    with database.read() as connection:
        if not inspect(connection).has_table(tables.letter.name):  # no mailroom was ever opened
            return 0
        return connection.execute(select(func.count()).select_from(tables.letter)).scalar_one()


class Letters:
    """The letters that were opened and are not shredded."""

    def __init__(self, database: Database, slots: Slots) -> None:
        self._database = database
        self._slots = slots

    def counts(self) -> dict[State, int]:
        """How many letters stand where."""
        with self._database.read() as connection:
            found = connection.execute(select(tables.letter.c.state, func.count()).group_by(tables.letter.c.state))
            counted = {State(state): count for state, count in found}
        return {state: counted.get(state, 0) for state in State}

    def rows(self, state: State | None = None, *, after: int = 0, limit: int = 100) -> list[Line]:
        """Letters in the order of their numbers, those above `after`, `limit` at most; of one state if it is given."""
        wanted = select(tables.letter).where(tables.letter.c.number > after)
        if state is not None:
            wanted = wanted.where(tables.letter.c.state == state.value)
        with self._database.read() as connection:
            rows = connection.execute(wanted.order_by(tables.letter.c.number).limit(limit)).all()
        lines = []
        for row in rows:
            with suppress(Misused):  # shredded since the rows were read
                lines.append(self._line(row, self._words(row)))
        return lines

    def view(self, number: int) -> Whole:
        """One letter, whole. Its pictures are made anew the first time, in a process apart; those that came are
        shredded. Raises Misused (no such letter)."""
        with self._database.read() as connection:
            row = row_of(connection, number)
        if not self._slots.holds(row.slot):
            raise _no_letter(number)
        words, answer, shown = self._words(row), self.answer(row), self._pictures(row)
        line = self._line(row, words)
        return Whole(line, words.text, answer.text, words.section, shown, line.pictures - len(shown))

    def close(self, number: int, day: str) -> None:
        """Put a letter aside without an answer; its acknowledgements still travel. Raises Misused."""
        with self._database.write() as connection:
            if row_of(connection, number).state == State.ANSWERED:
                raise Misused(f"letter {number} has a reply that has not travelled yet", "publish an edition first")
            connection.execute(
                update(tables.letter)
                .where(tables.letter.c.number == number)
                .values(state=State.DONE.value, closed_day=day)
            )

    def shred(self, numbers: Sequence[int]) -> None:
        """Destroy letters with their pictures and answers. Numbers that are not there are passed over."""
        chosen = tables.letter.c.number.in_(numbers)
        with self._database.write() as connection:
            columns = tables.letter.c
            found = select(columns.slot, columns.pictures_slot, columns.return_slot).where(chosen)
            slots = [slot for row in connection.execute(found) for slot in row if slot is not None]
            shred_records(self._slots, slots)
            connection.execute(delete(tables.letter).where(chosen))
        self._slots.release(slots)

    def reconcile(self) -> None:
        """After a start: finish what a crash cut short between slots and rows. Call it before anything is kept."""
        with self._database.write() as connection:
            live: set[int] = set()
            dead: list[int] = []
            columns = tables.letter.c
            for row in connection.execute(
                select(columns.number, columns.slot, columns.pictures_slot, columns.return_slot)
            ):
                if self._slots.holds(row.slot) and self._slots.holds(row.return_slot):
                    live.update(slots_of(row))
                else:
                    dead.append(row.number)
            for number in dead:
                connection.execute(delete(tables.letter).where(columns.number == number))
            for key in connection.execute(select(tables.letter_key).where(tables.letter_key.c.slot.is_not(None))).all():
                if self._slots.holds(key.slot):
                    live.add(key.slot)
                else:
                    gone = tables.letter_key.c.number == key.number
                    connection.execute(update(tables.letter_key).where(gone).values(slot=None))
                    connection.execute(delete(tables.seen).where(tables.seen.c.key_number == key.number))
        self._slots.sweep(tables.OWNER, live)

    def answer(self, row: Row[*tuple[Any, ...]]) -> Return:
        """What a row's answer needs."""
        return Return.parse(open_record(self._slots, records.RETURN, Sealed(row.return_slot, row.return_sealed)))

    def _words(self, row: Row[*tuple[Any, ...]]) -> Words:
        return Words.parse(open_record(self._slots, records.WORDS, Sealed(row.slot, row.sealed)))

    def _pictures(self, row: Row[*tuple[Any, ...]]) -> tuple[bytes, ...]:
        if row.pictures_slot is None:
            return ()
        sealed = Sealed(row.pictures_slot, row.pictures_sealed)
        kept = Pictures.parse(open_record(self._slots, records.PICTURES, sealed))
        if kept.anew:
            return kept.files
        # Only who looks at a letter with pictures needs the picture libraries.
        from holub.inbound.mailroom import pictures

        made: list[bytes | None] = []
        tried = True
        for file in kept.files:
            try:
                made.append(pictures.make_anew(file))
            except Unavailable:
                tried = False
        anew = Pictures(tuple(file for file in made if file is not None), anew=True)
        if not tried:
            return anew.files  # the others are tried at the next look
        fresh = seal_record(self._slots, tables.OWNER, records.PICTURES, anew.encode())
        with self._database.write() as connection:
            replaced = connection.execute(
                update(tables.letter)
                .where(tables.letter.c.number == row.number)
                .where(tables.letter.c.pictures_slot == row.pictures_slot)
                .values(pictures_slot=fresh.slot, pictures_sealed=fresh.ciphertext)
            ).rowcount
        # Where somebody else was faster, it is the new record that nothing points at.
        dead = row.pictures_slot if replaced else fresh.slot
        shred_records(self._slots, [dead])
        self._slots.release([dead])
        return anew.files

    def _line(self, row: Row[*tuple[Any, ...]], words: Words) -> Line:
        return Line(
            row.number,
            State(row.state),
            words.topic.name.lower(),
            words.language,
            words.town,
            " ".join(words.text[: 4 * _FIRST_WORDS].split())[:_FIRST_WORDS],
            row.day,
            words.pictures,
            words.wants_reply,
        )


def row_of(connection: Connection, number: int) -> Row[*tuple[Any, ...]]:
    """A letter's row. Raises Misused (no such letter)."""
    if not 0 < number < 1 << 63:  # more than the database can count
        raise _no_letter(number)
    row = connection.execute(select(tables.letter).where(tables.letter.c.number == number)).one_or_none()
    if row is None:
        raise _no_letter(number)
    return row


def slots_of(row: Row[*tuple[Any, ...]]) -> list[int]:
    """All slots that a letter's row points at."""
    return [slot for slot in (row.slot, row.pictures_slot, row.return_slot) if slot is not None]


def _no_letter(number: int) -> Misused:
    return Misused(f"there is no letter {number}", "it may have been shredded; look at the list")
