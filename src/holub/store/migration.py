"""Schema changes by Alembic, in a module of its own: loading it takes longer than most commands that need no change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from holub.errors import Refused


def bring_up(connection: Connection, hall: str, revisions: Path, version_table: str) -> None:
    """Makes or brings up to date the tables of a hall, in the caller's transaction. Raises Refused (a newer schema)."""
    script = ScriptDirectory(str(revisions), version_locations=[str(revisions)])
    now = MigrationContext.configure(connection, opts={"version_table": version_table}).get_current_revision()
    known = {revision.revision for revision in script.walk_revisions()}
    if now is not None and now not in known:
        raise Refused(
            f"the database is of a newer holub (its {hall} tables are at {now})",
            "install the newer holub, or restore a backup from before",
        )

    def upgrade(revision: Any, _: MigrationContext) -> Any:
        return script._upgrade_revs("head", revision)

    with EnvironmentContext(Config(), script, fn=upgrade, destination_rev="head") as environment:
        environment.configure(connection=connection, version_table=version_table, transactional_ddl=True)
        environment.run_migrations()
