"""Attempts remember what upstream was told (our token) and what it has made until that is fetched; API keys; chats;
sums of the ledger."""

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
    op.create_table(
        "api_keys",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("account_id", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("hint", sa.String(length=8), nullable=False),
        sa.Column("models", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("requests_per_minute", sa.Integer(), nullable=True),
        sa.Column("tasks", sa.Integer(), nullable=True),
        sa.Column("day_budget", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["accounts.id"], name="fk_api_keys_account_id_accounts"),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name="fk_api_keys_project_id_projects"),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
        sa.UniqueConstraint("digest", name="uq_api_keys_digest"),
    )
    op.create_index(
        "ix_api_keys_name",
        "api_keys",
        ["name"],
        unique=True,
        sqlite_where=sa.text("revoked_at is null"),
        postgresql_where=sa.text("revoked_at is null"),
    )
    _chats()
    _tallies()


def _chats() -> None:
    for name, columns, condition in (
        ("ix_orders_text", ["project_id", "digest"], "modality = 'text'"),
        ("ix_orders_planned", ["owner"], "state = 'PLANNED'"),
    ):
        where = sa.text(condition)
        op.create_index(name, "orders", columns, sqlite_where=where, postgresql_where=where)
    op.create_table(
        "chat_answers",
        sa.Column("order_id", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("headers", sa.JSON(none_as_null=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["order_id"], ["orders.id"], name="fk_chat_answers_order_id_orders"),
        sa.PrimaryKeyConstraint("order_id", name="pk_chat_answers"),
        sa.UniqueConstraint("name", name="uq_chat_answers_name"),
    )
    op.create_index("ix_chat_answers_expires_at", "chat_answers", ["expires_at"])


def _tallies() -> None:
    op.create_table(
        "tallies",
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_tallies"),
    )
    op.execute("INSERT INTO tallies SELECT 'account/' || account_id, sum(amount) FROM ledger GROUP BY account_id")
    op.execute(
        "INSERT INTO tallies SELECT 'project/' || project_id, sum(amount) FROM ledger "
        "WHERE project_id IS NOT NULL GROUP BY project_id"
    )
    day = _day("coalesce(held.created_at, entry.created_at)")
    op.execute(
        f"INSERT INTO tallies SELECT 'project/' || entry.project_id || '/' || {day}, sum(entry.amount) "
        "FROM ledger AS entry LEFT JOIN ledger AS held ON held.attempt_id = entry.attempt_id AND held.kind = 'hold' "
        f"WHERE entry.project_id IS NOT NULL GROUP BY entry.project_id, {day}"
    )
    held = "(SELECT created_at FROM ledger WHERE attempt_id = NEW.attempt_id AND kind = 'hold')"
    day = _day(f"coalesce({held}, NEW.created_at)")
    add = "ON CONFLICT (name) DO UPDATE SET amount = tallies.amount + excluded.amount;"
    body = f"""
        INSERT INTO tallies (name, amount) VALUES ('account/' || NEW.account_id, NEW.amount) {add}
        INSERT INTO tallies (name, amount) SELECT 'project/' || NEW.project_id, NEW.amount
            WHERE NEW.project_id IS NOT NULL {add}
        INSERT INTO tallies (name, amount) SELECT 'project/' || NEW.project_id || '/' || {day}, NEW.amount
            WHERE NEW.project_id IS NOT NULL {add}
    """
    if op.get_bind().dialect.name == "sqlite":
        op.execute(f"CREATE TRIGGER ledger_tally AFTER INSERT ON ledger BEGIN {body} END")
        return
    op.execute(
        f"CREATE FUNCTION ledger_tally() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} RETURN NULL; END $$"
    )
    op.execute("CREATE TRIGGER ledger_tally AFTER INSERT ON ledger FOR EACH ROW EXECUTE FUNCTION ledger_tally()")


def _day(moment: str) -> str:
    """The date (UTC) of a moment: SQLite keeps it as text."""
    if op.get_bind().dialect.name == "sqlite":
        return f"substr({moment}, 1, 10)"
    return f"to_char({moment} AT TIME ZONE 'UTC', 'YYYY-MM-DD')"


def downgrade() -> None:
    op.execute("DROP TRIGGER ledger_tally" + ("" if op.get_bind().dialect.name == "sqlite" else " ON ledger"))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION ledger_tally")
    op.drop_table("tallies")
    op.drop_table("chat_answers")
    op.drop_index("ix_orders_planned", "orders")
    op.drop_index("ix_orders_text", "orders")
    op.drop_table("api_keys")
    op.drop_column("attempts", "answer")
    op.drop_column("attempts", "token")
