"""Replies, and their journey in the mailbags of several editions.

Rules
- Every letter that wants a reply gets one in each bag: its text, or an empty acknowledgement until there is one.
- Nobody can tell whether a public record was read: each answer travels in several published editions, with fresh tag
  and salt each time, and is then shredded with its letter. mailroom.retention says in how many.
- What travelled is what was handed out for that edition: a reply that was changed in between counts from the next one.
- To publish the same edition twice counts once.
- Where a bag has no room for all, texts go before acknowledgements, the rest by lot; what stays behind waits.
- A section that the edition does not have is answered in the main one.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import delete, insert, select, update

from holub.errors import Misused
from holub.formats.mailbag import Reply, parts_of
from holub.inbound.mailroom import records, tables
from holub.inbound.mailroom.letters import Letters, State, row_of
from holub.inbound.mailroom.records import Return
from holub.inbound.mailroom.retention import Retention, read_retention
from holub.store.database import Database
from holub.store.sealed import seal_record, shred_records
from holub.store.slots import Slots

MOST_RECORDS = 100_000  # of one section's bag


class Answers:
    """Replies to opened letters."""

    def __init__(self, database: Database, slots: Slots, letters: Letters) -> None:
        self._database = database
        self._slots = slots
        self._letters = letters

    def reply(self, number: int, text: str) -> None:
        """Write or change the reply to a letter. Raises Misused (no such letter, none wanted, empty or too long)."""
        if not text.strip():
            raise Misused("the reply is empty", "write it; an acknowledgement travels by itself")
        parts_of(text)
        with self._database.write() as connection:
            row = row_of(connection, number)
            before = self._letters.answer(row)
            if not before.wanted:
                raise Misused(f"letter {number} wants no reply", "close it instead")
            after = Return(before.secret, before.section, text)
            sealed = seal_record(self._slots, tables.OWNER, records.RETURN, after.encode())
            connection.execute(
                update(tables.letter)
                .where(tables.letter.c.number == number)
                .values(
                    state=State.ANSWERED.value,
                    closed_day=None,
                    version=row.version + 1,
                    travelled=0,
                    return_slot=sealed.slot,
                    return_sealed=sealed.ciphertext,
                )
            )
        shred_records(self._slots, [row.return_slot])
        self._slots.release([row.return_slot])

    def mailbag_inputs(self, edition: int, sections: Sequence[str]) -> dict[str, list[Reply]]:
        """What travels in this edition's mailbags, by section; `sections`: those of the edition, the main one first.

        May be asked again until the edition is published. Raises Misused (it is published already; no section).
        """
        if not sections:
            raise Misused("an edition has at least its main section")
        main, known = sections[0], set(sections)
        columns, journeys = tables.letter.c, read_retention(self._database).editions
        with self._database.write() as connection:
            if connection.execute(select(tables.published).where(tables.published.c.edition == edition)).first():
                raise Misused(f"edition {edition} is published already", "bind the next one")
            rows = connection.execute(
                select(columns.number, columns.version, columns.return_slot, columns.return_sealed).where(
                    columns.travelled < journeys
                )
            ).all()
            rows = [row for row in rows if self._slots.holds(row.return_slot)]
            random.SystemRandom().shuffle(rows)
            asked = [(row, self._letters.answer(row)) for row in rows]
            asked.sort(key=lambda pair: not pair[1].text)
            bags: dict[str, list[Reply]] = {section: [] for section in sections}
            room = dict.fromkeys(sections, MOST_RECORDS)
            taken: set[bytes] = set()
            gone: list[dict[str, int]] = []
            for row, answer in asked:
                section = answer.section if answer.section in known else main
                if answer.wanted:
                    records_needed = len(parts_of(answer.text))
                    # Two letters may share an S: two records would share a tag, so the second one waits.
                    if answer.secret in taken or room[section] < records_needed:
                        continue
                    taken.add(answer.secret)
                    room[section] -= records_needed
                    bags[section].append(Reply(answer.secret, answer.text))
                gone.append({"edition": edition, "letter": row.number, "version": row.version})
            connection.execute(delete(tables.travel))
            if gone:
                connection.execute(insert(tables.travel), gone)
        return bags

    def published(self, edition: int, now: int) -> None:
        """The edition went out: count the journeys of what was handed out for it, and shred what has made them all."""
        day = _day(now)
        columns = tables.letter.c
        with self._database.write() as connection:
            if connection.execute(select(tables.published).where(tables.published.c.edition == edition)).first():
                return
            connection.execute(insert(tables.published).values(edition=edition))
            went = (
                select(tables.travel.c.letter)
                .where(tables.travel.c.edition == edition)
                .where(tables.travel.c.letter == columns.number)
                .where(tables.travel.c.version == columns.version)
            ).exists()
            connection.execute(update(tables.letter).where(went).values(travelled=columns.travelled + 1))
            connection.execute(
                update(tables.letter)
                .where(went)
                .where(columns.state == State.ANSWERED.value)
                .values(state=State.DONE.value, closed_day=day.isoformat())
            )
            connection.execute(delete(tables.travel))
        self.shred_due(now)

    def due(self, now: int, retention: Retention) -> list[int]:
        """The letters whose time is over by this: answered or closed and travelled, or waiting for too long."""
        day = _day(now)
        columns = tables.letter.c
        done = day - timedelta(days=retention.done_days)
        waiting = day - timedelta(days=retention.waiting_days)
        with self._database.read() as connection:
            due = connection.execute(
                select(columns.number).where(
                    (columns.state == State.DONE.value)
                    & (columns.travelled >= retention.editions)
                    & (columns.closed_day <= done.isoformat())
                    | (columns.state == State.WAITING.value) & (columns.day <= waiting.isoformat())
                )
            ).scalars()
            return list(due)

    def shred_due(self, now: int) -> int:
        """Shred the letters whose time is over. How many."""
        numbers = self.due(now, read_retention(self._database))
        for at in range(0, len(numbers), 500):
            self._letters.shred(numbers[at : at + 500])
        return len(numbers)


def _day(now: int) -> date:
    try:
        return datetime.fromtimestamp(now, UTC).date()
    except (ValueError, OverflowError, OSError):  # a clock after the year 9999, which the office doubts
        return date.max
