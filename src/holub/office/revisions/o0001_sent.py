"""What went out where."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first table."""
    op.create_table(
        "sent",
        sa.Column("edition", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("carrier", sa.Text, primary_key=True),
        sa.Column("time", sa.BigInteger, nullable=False),
        sa.Column("parcels", sa.Integer, nullable=False),
        sa.Column("pages", sa.Integer, nullable=False),
        sa.Column("trouble", sa.Text, nullable=False),
    )
