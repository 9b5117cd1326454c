"""How long an office keeps letters, answers and letter keys: the centre's to set, kept in its database.

Rules
- A letter key that was made keeps the two dates that editions already tell of it; new spans are for the next week's.
- Letters and answers go by what is set on the day, those that came before too.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import delete, insert, select

from holub.errors import Misused
from holub.formats.letterkey import OPEN_WEEKS, SEAL_WEEKS, SHARED_WEEKS
from holub.inbound.mailroom import tables
from holub.store.database import Database

LIMITS = {
    "editions": (1, 32, "an answer travels in", "editions"),
    "done_days": (0, 365, "an answered letter stays for", "days"),
    "waiting_days": (1, 730, "an unanswered letter stays for", "days"),
    "seal_weeks": (1, SHARED_WEEKS, "a letter key seals for", "weeks"),
    # Older ones are dropped from carriers that centres share: nobody can open them any more.
    "open_weeks": (1, SHARED_WEEKS, "a letter key opens for", "weeks"),
}


@dataclass(frozen=True, slots=True)
class Retention:
    """editions: how many carry an answer; done_days: how long a letter stays after its answer has made its journeys;
    waiting_days: how long an unanswered letter stays; seal_weeks, open_weeks: the spans of letter keys, both from the
    beginning of the key's week. Raises Misused where one is out of its bounds."""

    editions: int = 4
    done_days: int = 0
    waiting_days: int = 180
    seal_weeks: int = SEAL_WEEKS
    open_weeks: int = OPEN_WEEKS

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            least, most, what, unit = LIMITS[name]
            if not least <= value <= most:
                raise Misused(f"{what} {least} to {most} {unit}, not {value}", "choose a number in between")
        if self.seal_weeks > self.open_weeks:
            raise Misused(
                f"letters sealed in {self.seal_weeks} weeks could not all be opened in {self.open_weeks}",
                "let keys open for at least as long as they seal",
            )


def read_retention(database: Database) -> Retention:
    """What the centre set; the defaults where it set nothing."""
    with database.read() as connection:
        row = connection.execute(select(tables.retention)).mappings().one_or_none()
    return Retention(**row) if row else Retention()


def write_retention(database: Database, retention: Retention) -> None:
    """Set all of it."""
    with database.write() as connection:
        connection.execute(delete(tables.retention))
        connection.execute(insert(tables.retention).values(**asdict(retention)))
