"""Orders in doubt (``UNKNOWN``): sent, perhaps made and charged, and the answer was lost. A person decides here."""

from __future__ import annotations

from manju.db import doubts, order_reads, orders
from manju.db.doubts import Doubt
from manju.db.order_records import OrderRecord
from manju.db.session import Database, Session
from manju.db.unbroken import unbroken
from manju.domain.order import OrderState, Way
from manju.errors import ConflictError, InputError, NotFoundError
from manju.gateway.catalogue import Catalogue
from manju.gateway.order_book import no_repeat, repeatable
from manju.providers import registry


class Doubts:
    """What can be done about unknown orders. Nothing is sent from here: whoever asks for the take next goes on."""

    def __init__(self, database: Database, catalogue: Catalogue | None = None) -> None:
        """``catalogue``: the channels that there are, to tell the orders that wait for one which is gone."""
        self._database = database
        self._catalogue = catalogue

    @unbroken
    async def of(self, project: str) -> list[OrderRecord]:
        """The unknown orders of a project, first to last."""
        async with self._database.read() as session:
            return await order_reads.in_doubt(session, project)

    @unbroken
    async def all(self) -> list[Doubt]:
        """Every unknown order, first to last, with where and as what it was sent."""
        async with self._database.read() as session:
            return await doubts.all_of(session)

    @unbroken
    async def waiting(self) -> list[tuple[OrderRecord, Way]]:
        """The orders that wait to be sent again by a channel which is gone, or honours our tokens no more, as far as
        the configuration at hand goes; and where each was sent."""
        async with self._database.read() as session:
            return await self._waiting(session)

    @unbroken
    async def strand(self) -> None:
        """What is `waiting` is unknown from now on. Only for the server, which is asked by its own configuration."""
        if not await self.waiting():
            return
        async with self._database.write() as session:
            for order, way in await self._waiting(session):
                await orders.strand(session, order, no_repeat(way))

    async def _waiting(self, session: Session) -> list[tuple[OrderRecord, Way]]:
        found: list[tuple[OrderRecord, Way]] = []
        if self._catalogue is None:
            return found
        for order in await order_reads.waiting_to_repeat(session):
            before = await order_reads.interrupted(session, order.id)
            if before is not None and not repeatable(self._catalogue, before.way):
                found.append((order, before.way))
        return found

    @unbroken
    async def found(self, order_id: str, *, upstream_id: str = "", url: str = "", suffix: str = "") -> None:
        """It was looked up: the id of its task there, or the address of what was made (and its type, with the dot). It
        is fetched by whoever asks for it next, and nothing is bought.

        Raises:
            InputError: neither is given, or both; the address is none; its channel is not configured, or its vendor
                can find nothing by it; or it is a chat, which nobody waits for.
            NotFoundError: there is no such order.
            ConflictError: the order's outcome is known.
        """
        if bool(upstream_id) == bool(url):
            raise InputError("an order is recovered by an id or by an address", hint="Give one of the two.")
        if url and not url.startswith(("http://", "https://")):
            raise InputError(f"{url!r} is no address", hint="Give the https:// address of the file that was made.")
        answer = {"files": [{"role": "main", "suffix": suffix, "url": url}], "facts": {}, "model": ""} if url else None
        async with self._database.write() as session:
            await self._check(session, order_id, goes_on=True)
            doubt = next(each for each in await doubts.all_of(session) if each.id == order_id)
            self._check_vendor(doubt, by_id=bool(upstream_id))
            await orders.recover(session, order_id, upstream_id=upstream_id, answer=answer)

    @unbroken
    async def buy_again(self, order_id: str) -> None:
        """Let it be sent once more by whoever asks for it next; upstream may charge for both.

        Raises:
            InputError: it is a chat, which nobody waits for.
            NotFoundError: there is no such order.
            ConflictError: the order's outcome is known.
        """
        async with self._database.write() as session:
            await self._check(session, order_id, goes_on=True)
            await orders.give_up(session, order_id, again=True)

    @unbroken
    async def release(self, order_id: str) -> None:
        """Give it up: it has failed, and what was held for it comes back.

        Raises:
            NotFoundError: there is no such order.
            ConflictError: the order's outcome is known.
        """
        async with self._database.write() as session:
            await self._check(session, order_id, goes_on=False)
            await orders.give_up(session, order_id, again=False)

    def _check_vendor(self, doubt: Doubt, *, by_id: bool) -> None:
        if self._catalogue is None:
            return
        try:
            route = self._catalogue.route(Way(doubt.channel, doubt.channel_key, doubt.upstream_model))
        except InputError as error:  # it would come back here: what was bought there can only be had there
            hint = "Put the channel back into manju.toml first, or say so where the channel is; or release the order."
            raise InputError(error.message, hint=hint) from error
        vendor = route.channel.vendor
        tasks, files = registry.recoverable(doubt.modality, vendor)
        if (by_id and not tasks) or (not by_id and not files):
            what = "works without tasks, so that nothing is found by an id" if by_id else "keeps no files"
            hint = "Give the address of the file." if by_id and files else "Release the order, or buy it again."
            raise InputError(f"the channel {doubt.channel} {what}", hint=hint)

    async def _check(self, session: Session, order_id: str, *, goes_on: bool) -> None:
        known = await doubts.state(session, order_id)
        if known is None:
            raise NotFoundError(f"there is no order {order_id!r}", hint="See manju orders list.")
        state, key = known
        if state is not OrderState.UNKNOWN:
            raise ConflictError(
                f"the order {order_id} is not in doubt: it is {state.value}", hint="Nothing needs to be decided."
            )
        if goes_on and key is None:
            raise InputError(
                f"the order {order_id} is a chat: whoever asked for it has gone", hint="Release it, and ask again."
            )
