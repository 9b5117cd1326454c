"""Connections, transactions and schema versions, for SQLite by default and PostgreSQL by URL.

Rules
- Each hall owns its tables and brings its own folder of Alembic revisions; the version of each hall stands in
  a table of its own, `<hall>_version`.
- A schema that this code does not know is refused: an older holub never writes into a newer database.
- SQLite: WAL, synchronous=FULL (a commit is durable), foreign keys on, secure_delete on, temporary data in memory.
  `secure_delete` is a courtesy: what must go for certain is sealed under a slot (holub.store.sealed).
- `write` takes the write lock when it starts (BEGIN IMMEDIATE): two writers wait, they never deadlock.
- A full disk, a busy or damaged database leave as `Unavailable` or `Refused`, and nothing is half-written.
"""

from __future__ import annotations

import sqlite3  # noqa: F401 - the first engine would load it, when somebody waits for its answer
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from sqlalchemy import Connection, column, create_engine, event, inspect, select, table
from sqlalchemy.dialects import sqlite as _sqlite  # noqa: F401 - loaded ahead, as sqlite3 above is, for the first engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from holub.errors import HolubError, Misused, Refused, Unavailable
from holub.store import files

_WRITES: Final = "holub_writes"


@dataclass(frozen=True)
class Hall:
    """A hall's name (lower-case ASCII), the folder of its Alembic revisions, and the newest of them.

    head: where the tables stand there, they are ready, and Alembic is not even loaded; None: Alembic is always asked.
    """

    name: str
    revisions: Path
    head: str | None = None

    @property
    def version_table(self) -> str:
        return f"{self.name}_version"


class Database:
    """One database. `url`: as SQLAlchemy writes it; `Database.at(path)` for a SQLite file."""

    def __init__(self, url: str | URL) -> None:
        """Raises Misused (the URL), Unavailable (a folder or driver that is missing)."""
        try:
            self._url = make_url(url)
            self._engine = create_engine(self._url, pool_pre_ping=not self._sqlite)
        except (ArgumentError, ValueError) as error:
            raise Misused("this is not a database URL", "write it like postgresql+psycopg://host/name") from error
        except ImportError as error:
            raise Unavailable(f"the driver for {self._url.drivername} is not installed", "install it") from error
        if self._sqlite:
            event.listen(self._engine, "connect", _set_up)
            event.listen(self._engine, "begin", _begin)

    @classmethod
    def at(cls, path: Path) -> Database:
        """A SQLite file, private to this user, made if it is missing."""
        files.make_private_folder(path.parent)
        try:
            path.touch(mode=0o600)
            path.chmod(0o600)
        except OSError as error:
            raise files.disk_trouble(error, path) from error
        return cls(URL.create("sqlite", database=str(path)))

    @classmethod
    def looked_at(cls, path: Path) -> Database:
        """A SQLite file that is only read: nothing in it changes and nothing is made beside it."""
        # Where a log lies beside it, it is read too; where there is none, SQLite would make one and leave it there.
        lone = {} if path.with_name(f"{path.name}-wal").exists() else {"immutable": "1"}
        query = {"mode": "ro", "uri": "true", **lone}
        return cls(URL.create("sqlite", database=f"file:{quote(str(path.absolute()))}", query=query))

    @property
    def _sqlite(self) -> bool:
        return self._url.get_backend_name() == "sqlite"

    def prepare(self, hall: Hall) -> None:
        """Make or bring up to date the tables of a hall. Raises Refused (a newer schema), Unavailable."""
        if hall.head is not None and self._stands_at(hall, hall.head):
            return
        # Loading Alembic takes longer than most commands; it is needed once in the life of a schema.
        from holub.store import migration

        with self.write() as connection:
            migration.bring_up(connection, hall.name, hall.revisions, hall.version_table)

    def _stands_at(self, hall: Hall, head: str) -> bool:
        version = table(hall.version_table, column("version_num"))
        with self.read() as connection:
            if not inspect(connection).has_table(hall.version_table):
                return False
            return connection.execute(select(version.c.version_num)).scalars().all() == [head]

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction that only reads one consistent state."""
        with _told(), self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that is durable when the block ends, and undone when it raises."""
        with _told(), self._engine.connect() as connection:
            connection.execution_options(**{_WRITES: True})
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Close all connections; SQLite folds its log back into the file."""
        self._engine.dispose()


def _set_up(connection: Any, _: object) -> None:
    # Transactions are begun below; the driver's own guessing would leave schema changes outside of them.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "temp_store=MEMORY",
        "busy_timeout=10000",
        "journal_size_limit=0",
    ):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _told() -> Iterator[None]:
    """Turn the driver's errors into one clear sentence."""
    try:
        yield
    except HolubError:
        raise
    except DBAPIError as error:
        said = str(error.orig)
        if "full" in said or "No space" in said:
            raise Unavailable("the disk is full, nothing was stored", "free some space and try again") from error
        if "locked" in said:
            raise Unavailable("the database is busy", "try again in a moment") from error
        if "malformed" in said or "not a database" in said:
            raise Refused("the database is damaged", "restore the office from a backup") from error
        if any(sign in said for sign in ("unable to open", "disk I/O", "readonly", "connect")):
            raise Unavailable(f"the database cannot be used ({said})", "check the disk and its permissions") from error
        raise
