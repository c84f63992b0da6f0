"""The schema's version: which one a database has, and how it gets to this program's.

The migrations ship inside the package and run when the program starts. Alembic takes a quarter of a second to import,
so it is only imported when there is something to do.
"""

from __future__ import annotations

from sqlalchemy import Connection, inspect, text

from manju.errors import ManjuError

HEAD = "0005"
"""Revision that this program works with: the last one in ``migrations/versions``."""
_UPDATE = "Update manju, or choose another data folder with --data."


def current(connection: Connection) -> str | None:
    """Revision of the database, or None for an empty one.

    Raises:
        ManjuError: it has tables, but not ours.
    """
    tables = inspect(connection).get_table_names()
    if "alembic_version" in tables:
        version: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
        return version
    if tables:
        raise ManjuError(
            f"the database belongs to another program (tables: {', '.join(tables[:5])})",
            hint="Choose another data folder with --data, or a database of its own.",
        )
    return None


def upgrade(connection: Connection) -> None:
    """Run the migrations that are missing, in the caller's transaction. Does nothing if there are none.

    Raises:
        ManjuError: the database was written by a newer program.
    """
    version = current(connection)
    if version == HEAD:
        return
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", "manju.db:migrations")
    config.attributes["connection"] = connection
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    if version is not None and version not in known:
        raise ManjuError(f"the database was written by a newer manju (its schema is {version!r})", hint=_UPDATE)
    command.upgrade(config, HEAD)
