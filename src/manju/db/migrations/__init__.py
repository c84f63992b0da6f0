"""Alembic's environment and versions. A schema that left this repository is changed by a new version, never in place.

For developers: change ``tables.py``, write the next file in ``versions``, and set ``HEAD`` in ``manju.db.migrate``.
A test compares the migrated schema with the tables.
"""
