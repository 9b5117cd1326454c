"""How long the centre keeps letters, answers and letter keys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """One table of one row, and of none until somebody sets it."""
    op.create_table(
        "mailroom_retention",
        *(
            sa.Column(name, sa.Integer, nullable=False)
            for name in ("editions", "done_days", "waiting_days", "seal_weeks", "open_weeks")
        ),
    )
