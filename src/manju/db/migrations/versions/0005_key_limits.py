"""What keys have asked in the last minute, and how many of their orders are open: limits that all servers share."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "asked",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=True, nullable=False),
        sa.Column("key_id", sa.String(40), nullable=False),
        sa.Column("moment", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["key_id"], ["api_keys.id"], name=op.f("fk_asked_key_id_api_keys")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked")),
    )
    op.create_index("ix_asked_key_id_moment", "asked", ["key_id", "moment"])
    where = sa.text("state IN ('PLANNED', 'SUBMITTING', 'SUBMITTED')")
    op.create_index("ix_orders_open", "orders", ["project_id"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("ix_orders_open", "orders")
    op.drop_table("asked")
