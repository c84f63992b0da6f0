"""Orders that upstream has accepted are found by their state, however many have ended."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    where = sa.text("state = 'SUBMITTED'")
    op.create_index("ix_orders_submitted", "orders", ["owner"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_orders_submitted", "orders")
