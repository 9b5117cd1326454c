"""The mailroom's tables, and what of a letter stands in the clear.

Rules
- In the clear: a row's number, its state, the day it was opened (never a time), the size it had on the wire and
  whether it has pictures; how many editions its answer has travelled in. Everything that a person wrote is sealed
  under slots.
- Rows of one batch are stored in random order: the order of numbers says no more than the day does.
- The last day on which the office ran (mailroom.clock), and how long things are kept (mailroom.retention).
- The marks of opened letters are keyed by the letter key's seed, and go when the seed goes.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, LargeBinary, MetaData, Table, Text

from holub.store.database import Hall

HALL: Final = Hall("mailroom", Path(__file__).parent / "revisions", head="0003")
OWNER: Final = 1  # whose slots these are in the office's slot file

metadata: Final = MetaData()

letter_key: Final = Table(
    "letter_key",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("seal_until", BigInteger, nullable=False),
    Column("opens_until", BigInteger, nullable=False),
    Column("slot", Integer),  # null once the seed is overwritten
)

seen: Final = Table(
    "letter_seen",
    metadata,
    Column("key_number", BigInteger, primary_key=True, autoincrement=False),
    Column("mark", LargeBinary(16), primary_key=True),
    sqlite_with_rowid=False,  # sorted by mark, so that no order of arrival is kept
)

late: Final = Table(
    "letter_late",
    metadata,
    Column("key_number", BigInteger, primary_key=True, autoincrement=False),
    Column("letters", BigInteger, nullable=False),
)

last_day: Final = Table(
    "mailroom_last_day",
    metadata,
    Column("day", BigInteger, primary_key=True, autoincrement=False),  # days since 1970, of one row
)

retention: Final = Table(
    "mailroom_retention",
    metadata,
    Column("editions", Integer, nullable=False),
    Column("done_days", Integer, nullable=False),
    Column("waiting_days", Integer, nullable=False),
    Column("seal_weeks", Integer, nullable=False),
    Column("open_weeks", Integer, nullable=False),
)

letter: Final = Table(
    "letter",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("state", Text, nullable=False, index=True),
    Column("day", Text, nullable=False),
    Column("closed_day", Text),
    Column("size", Integer, nullable=False),
    Column("has_pictures", Boolean, nullable=False),
    Column("slot", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("pictures_slot", Integer),
    Column("pictures_sealed", LargeBinary),
    Column("return_slot", Integer, nullable=False),
    Column("return_sealed", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),  # rises with every reply that is written
    Column("travelled", Integer, nullable=False),  # published editions that carried this version
)

travel: Final = Table(
    "letter_travel",
    metadata,
    Column("edition", BigInteger, primary_key=True, autoincrement=False),
    Column("letter", Integer, ForeignKey("letter.number", ondelete="CASCADE"), primary_key=True),
    Column("version", Integer, nullable=False),
)

published: Final = Table(
    "letter_published",
    metadata,
    Column("edition", BigInteger, primary_key=True, autoincrement=False),
)
