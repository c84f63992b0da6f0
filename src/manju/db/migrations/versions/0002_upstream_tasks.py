"""Attempts remember what upstream was told (our token) and what it has made until that is fetched."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added in place: SQLite would copy the table otherwise, and the ledger refers to its rows.
    op.add_column("attempts", sa.Column("token", sa.String(length=40), nullable=False, server_default=""))
    op.add_column("attempts", sa.Column("answer", sa.JSON(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column("attempts", "answer")
    op.drop_column("attempts", "token")
