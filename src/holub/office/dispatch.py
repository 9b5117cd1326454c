"""What went out where: one line for each edition and carrier, the last attempt.

Rules
- A carrier is known by the name that the centre gave it; no address and no token is kept.
- A line with an empty `trouble` says that the carrier holds the whole edition.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sqlalchemy import BigInteger, Column, Integer, MetaData, Table, Text, delete, insert, select

from holub.store.database import Database, Hall

HALL: Final = Hall("office", Path(__file__).parent / "revisions", head="0001")

metadata: Final = MetaData()

_sent: Final = Table(
    "sent",
    metadata,
    Column("edition", BigInteger, primary_key=True, autoincrement=False),
    Column("carrier", Text, primary_key=True),
    Column("time", BigInteger, nullable=False),
    Column("parcels", Integer, nullable=False),
    Column("pages", Integer, nullable=False),
    Column("trouble", Text, nullable=False),
)


@dataclass(frozen=True)
class Went:
    """One edition on one carrier. time: Unix seconds; parcels, pages: how many were new there; trouble: why not."""

    edition: int
    carrier: str
    time: int
    parcels: int
    pages: int
    trouble: str = ""


class Dispatch:
    """The office's memory of what it sent."""

    def __init__(self, database: Database) -> None:
        """Brings the table up to date. Raises Refused (newer tables), Unavailable."""
        database.prepare(HALL)
        self._database = database

    def note(self, went: Went) -> None:
        """Keeps one line; an earlier one of the same edition and carrier goes."""
        same = (_sent.c.edition == went.edition) & (_sent.c.carrier == went.carrier)
        with self._database.write() as connection:
            connection.execute(delete(_sent).where(same))
            connection.execute(
                insert(_sent).values(
                    edition=went.edition,
                    carrier=went.carrier,
                    time=went.time,
                    parcels=went.parcels,
                    pages=went.pages,
                    trouble=went.trouble,
                )
            )

    def of(self, edition: int) -> list[Went]:
        """The lines of an edition, by carrier."""
        with self._database.read() as connection:
            rows = connection.execute(select(_sent).where(_sent.c.edition == edition).order_by(_sent.c.carrier)).all()
        return [Went(row.edition, row.carrier, row.time, row.parcels, row.pages, row.trouble) for row in rows]
