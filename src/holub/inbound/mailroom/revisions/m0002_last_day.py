"""The last day on which the office ran, so that a clock that jumps is noticed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """One table of one row."""
    op.create_table("mailroom_last_day", sa.Column("day", sa.BigInteger, primary_key=True, autoincrement=False))
