"""Letter keys: one a week, its seed in a slot, overwritten on schedule.

Rules
- The key of a week is made when an edition of that week first asks for it; the seed is drawn from the operating
  system and lies in a slot, nowhere else.
- Past `opens_until` the slot is overwritten: whoever takes the office later cannot open older letters.
- A key never comes back: where this week's was overwritten, there is none until the next week.
- Whether the clock is right is asked before (mailroom.clock). Where it once ran ahead, the keys of weeks to come live
  no longer than if they had been made today.
"""

from __future__ import annotations

import hmac
import os
from datetime import UTC, datetime

from sqlalchemy import delete, func, insert, select, update

from holub.errors import Unavailable
from holub.formats import letterkey
from holub.inbound.mailroom import tables
from holub.inbound.mailroom.retention import read_retention
from holub.store.database import Database
from holub.store.slots import Slots


class LetterKeys:
    """The office's letter keys."""

    def __init__(self, database: Database, slots: Slots) -> None:
        self._database = database
        self._slots = slots

    def current(self, now: int) -> letterkey.LetterKey:
        """The key that an edition of `now` (Unix seconds) carries; made if this week has none yet.

        Raises Unavailable where this week's key was overwritten already, as after a clock that ran far ahead.
        """
        week, retention = letterkey.week_of(now), read_retention(self._database)
        with self._database.write() as connection:
            row = connection.execute(select(tables.letter_key).where(tables.letter_key.c.number == week)).one_or_none()
            if row is not None and row.slot is None:
                monday = datetime.fromtimestamp(letterkey.EPOCH + (week + 1) * letterkey.WEEK, UTC).date()
                raise Unavailable("this week's letter key is destroyed already", f"publish again from {monday} on")
            if row is not None:
                secret = letterkey.SecretKey(week, self._slots.get(row.slot))
                return letterkey.LetterKey(week, row.seal_until, row.opens_until, secret.public, secret.narrow)
            secret = letterkey.generate(week, os.urandom(letterkey.SEED_SIZE))
            key = secret.letter_key(seal_weeks=retention.seal_weeks, open_weeks=retention.open_weeks)
            (slot,) = self._slots.put([secret.seed], tables.OWNER)
            connection.execute(
                insert(tables.letter_key).values(
                    number=week, seal_until=key.seal_until, opens_until=key.opens_until, slot=slot
                )
            )
            return key

    def seeds(self, now: int) -> dict[int, bytes]:
        """The seeds that may still open letters at `now`, by key number."""
        with self._database.read() as connection:
            rows = connection.execute(
                select(tables.letter_key.c.number, tables.letter_key.c.slot)
                .where(tables.letter_key.c.slot.is_not(None))
                .where(tables.letter_key.c.opens_until > now)
            ).all()
        return {row.number: self._slots.get(row.slot) for row in rows if self._slots.holds(row.slot)}

    def made(self) -> set[int]:
        """The numbers of all keys that there ever were, overwritten ones too."""
        with self._database.read() as connection:
            return set(connection.execute(select(tables.letter_key.c.number)).scalars())

    def overwrite_due(self, now: int) -> list[int]:
        """Overwrite every seed past its `opens_until`, and forget its marks. The numbers of these keys, sorted."""
        with self._database.write() as connection:
            due = connection.execute(
                select(tables.letter_key.c.number, tables.letter_key.c.slot)
                .where(tables.letter_key.c.slot.is_not(None))
                .where(tables.letter_key.c.opens_until <= now)
            ).all()
            self._slots.shred(row.slot for row in due)
            gone = sorted(row.number for row in due)
            connection.execute(update(tables.letter_key).where(tables.letter_key.c.number.in_(gone)).values(slot=None))
            connection.execute(delete(tables.seen).where(tables.seen.c.key_number.in_(gone)))
        self._slots.release(row.slot for row in due)
        return gone

    def due(self, now: int) -> int:
        """How many seeds `overwrite_due` would overwrite."""
        with self._database.read() as connection:
            columns = tables.letter_key.c
            found = select(func.count()).where(columns.slot.is_not(None)).where(columns.opens_until <= now)
            return int(connection.execute(found).scalar_one())

    def cut_short(self, now: int) -> None:
        """After a clock that ran ahead: keys of weeks to come end as if they had been made at `now`."""
        week = letterkey.week_of(now)
        columns = tables.letter_key.c
        with self._database.write() as connection:
            for row in connection.execute(select(tables.letter_key).where(columns.number > week)).all():
                life = row.opens_until - (letterkey.EPOCH + row.number * letterkey.WEEK)
                end = min(row.opens_until, now + life)
                connection.execute(
                    update(tables.letter_key)
                    .where(columns.number == row.number)
                    .values(opens_until=end, seal_until=min(row.seal_until, end))
                )

    def late(self) -> dict[int, int]:
        """How many letters came after their key was overwritten, by key number: the centre sets its spans by it."""
        with self._database.read() as connection:
            rows = connection.execute(select(tables.late).order_by(tables.late.c.key_number)).all()
        return {row.key_number: row.letters for row in rows}


def mark_key(seed: bytes) -> bytes:
    """The key of the marks that tell replays; nobody can match a mark to a letter once the seed is gone."""
    return hmac.digest(seed, b"holub/letter/seen/v1", "sha256")


def mark_of(key: bytes, sealed: bytes) -> bytes:
    """The 16 bytes that stand for one sealed letter."""
    return hmac.digest(key, sealed, "sha256")[:16]
