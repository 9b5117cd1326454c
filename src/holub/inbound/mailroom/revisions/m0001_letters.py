"""Letter keys, opened letters, their answers' journeys, and the marks against replays."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "letter_key",
        sa.Column("number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("seal_until", sa.BigInteger, nullable=False),
        sa.Column("opens_until", sa.BigInteger, nullable=False),
        sa.Column("slot", sa.Integer),
    )
    op.create_table(
        "letter_seen",
        sa.Column("key_number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("mark", sa.LargeBinary(16), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "letter_late",
        sa.Column("key_number", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("letters", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "letter",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("state", sa.Text, nullable=False, index=True),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("closed_day", sa.Text),
        sa.Column("size", sa.Integer, nullable=False),
        sa.Column("has_pictures", sa.Boolean, nullable=False),
        sa.Column("slot", sa.Integer, nullable=False),
        sa.Column("sealed", sa.LargeBinary, nullable=False),
        sa.Column("pictures_slot", sa.Integer),
        sa.Column("pictures_sealed", sa.LargeBinary),
        sa.Column("return_slot", sa.Integer, nullable=False),
        sa.Column("return_sealed", sa.LargeBinary, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("travelled", sa.Integer, nullable=False),
    )
    op.create_table(
        "letter_travel",
        sa.Column("edition", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("letter", sa.Integer, sa.ForeignKey("letter.number", ondelete="CASCADE"), primary_key=True),
        sa.Column("version", sa.Integer, nullable=False),
    )
    op.create_table("letter_published", sa.Column("edition", sa.BigInteger, primary_key=True, autoincrement=False))
