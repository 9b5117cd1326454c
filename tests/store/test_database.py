"""Databases: durable settings, versions by hall, and one sentence for each kind of trouble."""

from __future__ import annotations

import stat
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text

from holub.errors import Misused, Refused, Unavailable
from holub.inbound.mailroom import tables as mailroom
from holub.office import dispatch
from holub.store.database import Database, Hall

FIRST = """
import sqlalchemy as sa
from alembic import op
revision = "0001"
down_revision = None
def upgrade():
    op.create_table("bird", sa.Column("name", sa.Text, primary_key=True))
"""
SECOND = """
import sqlalchemy as sa
from alembic import op
revision = "0002"
down_revision = "0001"
def upgrade():
    op.add_column("bird", sa.Column("ring", sa.Integer))
"""
BROKEN = SECOND + "    raise ValueError('half-way')\n"


@pytest.fixture
def hall(tmp_path: Path) -> Hall:
    (tmp_path / "revisions").mkdir()
    (tmp_path / "revisions" / "first.py").write_text(FIRST)
    return Hall("birds", tmp_path / "revisions")


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database.at(tmp_path / "office" / "database")
    yield database
    database.close()


def test_writes_are_durable_and_foreign_keys_hold(database: Database, tmp_path: Path) -> None:
    with database.read() as connection:
        told = {
            name: connection.execute(text(f"PRAGMA {name}")).scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "secure_delete")
        }
    assert told == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
    assert stat.S_IMODE((tmp_path / "office" / "database").stat().st_mode) == 0o600


def test_a_hall_brings_its_tables_up_to_date(database: Database, hall: Hall) -> None:
    database.prepare(hall)
    with database.write() as connection:
        connection.execute(text("INSERT INTO bird (name) VALUES ('dove')"))
    (hall.revisions / "second.py").write_text(SECOND)
    database.prepare(hall)
    database.prepare(hall)
    with database.read() as connection:
        assert connection.execute(text("SELECT name, ring FROM bird")).all() == [("dove", None)]


def test_tables_at_the_newest_revision_are_ready_without_alembic(
    database: Database, hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = replace(hall, head="0001")
    database.prepare(known)
    asked: list[str] = []
    monkeypatch.setattr("holub.store.migration.bring_up", lambda _connection, hall, *_: asked.append(hall))
    database.prepare(known)
    assert asked == []
    database.prepare(hall)
    database.prepare(replace(hall, head="0002"))
    assert asked == ["birds", "birds"]


def test_a_newer_schema_is_refused_where_the_newest_revision_is_known(database: Database, hall: Hall) -> None:
    known = replace(hall, head="0001")
    database.prepare(known)
    with database.write() as connection:
        connection.execute(text("UPDATE birds_version SET version_num = '0099'"))
    with pytest.raises(Refused, match="of a newer holub"):
        database.prepare(known)


@pytest.mark.parametrize("one", [mailroom.HALL, dispatch.HALL], ids=lambda one: one.name)
def test_the_newest_revision_of_each_hall_is_the_one_that_it_names(one: Hall) -> None:
    script = ScriptDirectory(str(one.revisions), version_locations=[str(one.revisions)])
    assert script.get_heads() == [one.head]


def test_a_revision_that_fails_changes_nothing(database: Database, hall: Hall) -> None:
    database.prepare(hall)
    (hall.revisions / "second.py").write_text(BROKEN)
    with pytest.raises(ValueError, match="half-way"):
        database.prepare(hall)
    with database.read() as connection:
        assert connection.execute(text("SELECT version_num FROM birds_version")).scalar() == "0001"
        assert [row[1] for row in connection.execute(text("PRAGMA table_info(bird)"))] == ["name"]


def test_a_newer_schema_is_refused(database: Database, hall: Hall) -> None:
    database.prepare(hall)
    with database.write() as connection:
        connection.execute(text("UPDATE birds_version SET version_num = '0099'"))
    with pytest.raises(Refused, match="of a newer holub"):
        database.prepare(hall)


def test_a_block_that_raises_is_undone(database: Database, hall: Hall) -> None:
    database.prepare(hall)
    with pytest.raises(KeyError), database.write() as connection:
        raise KeyError(connection.execute(text("INSERT INTO bird (name) VALUES ('dove')")).rowcount)
    with database.read() as connection:
        assert connection.execute(text("SELECT count(*) FROM bird")).scalar() == 0


def test_a_file_that_is_no_database_is_refused(tmp_path: Path, hall: Hall) -> None:
    (tmp_path / "database").write_bytes(b"junk" * 4096)
    database = Database.at(tmp_path / "database")
    with pytest.raises(Refused, match="damaged"):
        database.prepare(hall)
    database.close()


def test_a_wrong_url_and_a_missing_driver_are_told_so() -> None:
    with pytest.raises(Misused, match="not a database URL"):
        Database("birds")
    with pytest.raises(Unavailable, match="driver"):
        Database("postgresql+asyncpg://127.0.0.1/birds")


FULL = """
    import resource, sys
    from pathlib import Path
    from sqlalchemy import text
    from holub.errors import Unavailable
    from holub.store.database import Database
    database = Database.at(Path(sys.argv[1]))
    with database.write() as connection:
        connection.execute(text("CREATE TABLE bird (name BLOB)"))
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
    try:
        with database.write() as connection:
            connection.execute(text("INSERT INTO bird VALUES (zeroblob(200000))"))
    except Unavailable as error:
        print(error)
    with database.read() as connection:
        print(connection.execute(text("SELECT count(*) FROM bird")).scalar())
"""


def test_a_full_disk_is_said_and_nothing_is_half_stored(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(FULL), str(tmp_path / "database")],
        capture_output=True,
        text=True,
        check=True,
    )
    said, count = run.stdout.splitlines()
    assert "disk" in said
    assert count == "0"
