"""Orders in doubt (``UNKNOWN``): sent, perhaps made and charged, and the answer was lost. A person decides here."""

from __future__ import annotations

from manju.db import orders
from manju.db.orders import OrderRecord
from manju.db.session import Database
from manju.db.unbroken import unbroken
from manju.errors import InputError


class Doubts:
    """What can be done about unknown orders. Nothing is sent from here: whoever asks for the take next goes on."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @unbroken
    async def of(self, project: str) -> list[OrderRecord]:
        """The unknown orders of a project, first to last."""
        async with self._database.read() as session:
            return await orders.in_doubt(session, project)

    @unbroken
    async def found(self, order_id: str, *, upstream_id: str = "", url: str = "", suffix: str = "") -> None:
        """It was looked up: the id of its task there, or the address of what was made (and its type, with the dot). It
        is fetched by whoever asks for it next, and nothing is bought.

        Raises:
            InputError: neither is given, or both.
            ConflictError: the order's outcome is known.
        """
        if bool(upstream_id) == bool(url):
            raise InputError("an order is recovered by an id or by an address", hint="Give one of the two.")
        answer = {"files": [{"role": "main", "suffix": suffix, "url": url}], "facts": {}, "model": ""} if url else None
        async with self._database.write() as session:
            await orders.recover(session, order_id, upstream_id=upstream_id, answer=answer)

    @unbroken
    async def buy_again(self, order_id: str) -> None:
        """Let it be sent once more by whoever asks for it next; upstream may charge for both.

        Raises:
            ConflictError: the order's outcome is known.
        """
        async with self._database.write() as session:
            await orders.give_up(session, order_id, again=True)

    @unbroken
    async def release(self, order_id: str) -> None:
        """Give it up: it has failed, and what was held for it comes back.

        Raises:
            ConflictError: the order's outcome is known.
        """
        async with self._database.write() as session:
            await orders.give_up(session, order_id, again=False)
