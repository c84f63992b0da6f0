"""How Alembic runs the versions: on the connection, and in the transaction, that the program hands over."""

from __future__ import annotations

from alembic import context

from manju.db.tables import Base

# SQLite alters a table by copying it (batch mode).
context.configure(
    connection=context.config.attributes["connection"], target_metadata=Base.metadata, render_as_batch=True
)
with context.begin_transaction():
    context.run_migrations()
