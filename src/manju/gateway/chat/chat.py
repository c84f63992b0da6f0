"""Chats (``/v1/chat/completions``) passed through to channels as they are, each an order that is written down before it
is sent, metered, and never bought twice.

A request that comes again is answered from the one that is on its way, or from its record: by its ``Idempotency-Key``
for a day, and where an SDK says that it sends the same body once more, for as long as SDKs do that.
"""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from hashlib import sha256
from types import TracebackType

from manju.db import chats, order_reads
from manju.db.chat_page import ChatPage, Payer
from manju.db.chats import Answer, Known, Placed, Sweep
from manju.db.clock import now
from manju.db.group import Group
from manju.db.order_records import Sending
from manju.db.session import Database
from manju.db.unbroken import unbroken
from manju.domain.ids import new_id
from manju.domain.key import ApiKey
from manju.domain.order import OrderState
from manju.errors import BudgetError, ConflictError, InputError, ManjuError, OrderUnknownError, StoppedError
from manju.gateway import pricing, tokens
from manju.gateway.catalogue import OFFLINE, Catalogue
from manju.gateway.channels import Route
from manju.gateway.chat.call import Call, Parts
from manju.gateway.chat.envelope import Envelope
from manju.gateway.chat.record import Asked, TakenError
from manju.gateway.chat.stream import Sink, give
from manju.gateway.entries import Entry
from manju.gateway.presence import Presence
from manju.gateway.routing.health import Health
from manju.gateway.routing.slots import Rates, Slots
from manju.gateway.tasks import RETRIED
from manju.gateway.vendors.refusals import DOUBT
from manju.net.client import Http

VENDORS = ("openai", "relay")
"""Vendors whose channels take chats in this very form."""
NAMED = timedelta(hours=24)
"""How long an ``Idempotency-Key`` counts."""
SWEEP_S = 60.0
_UNENDED = (OrderState.PLANNED, OrderState.SUBMITTING, OrderState.SUBMITTED)


class Chat:
    """Answers chats for keys. One for each process and database; use it with ``async with``, in one event loop."""

    def __init__(
        self,
        database: Database,
        catalogue: Catalogue,
        presence: Presence,
        *,
        health: Health | None = None,
        slots: Slots | None = None,
        rates: Rates | None = None,
        pause: float = 0.5,
    ) -> None:
        """``presence`` is its own: its orders carry that name. ``pause`` is the first back-off in seconds."""
        self._database = database
        self._catalogue = catalogue
        self._presence = presence
        self._http = Http()
        self._group = Group(database, ChatPage)
        self._parts = Parts(self._group, self._http, health or Health(), slots or Slots(), rates or Rates(), pause)
        self._flights: dict[str, _Flight] = {}
        self._sweeping: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Chat:
        self._presence.enter()
        await self._http.__aenter__()
        self._sweeping = asyncio.create_task(self._sweep())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._sweeping is not None
        self._sweeping.cancel()
        await self._group.close()
        await self._http.__aexit__(kind, error, trace)
        self._presence.leave()

    def routes(self, model: str) -> tuple[Route, ...]:
        """The routes by which a model's chats can be passed through; none: it is served otherwise.

        Raises:
            InputError: there is no such model, or its channels cannot be asked.
        """
        served = self._catalogue.served(model)
        if served.channel == OFFLINE:
            return ()
        return tuple(route for route in self._catalogue.routes(served) if route.channel.vendor in VENDORS)

    def takers(self, key: ApiKey) -> list[str]:
        """The models whose chats are passed through with all that is in them, of those that a key may use."""
        names = (entry.name for entry in self._catalogue.entries() if entry.modality == "text")
        return [name for name in names if (key.models is None or name in key.models) and self._passes(name)]

    def _passes(self, model: str) -> bool:
        try:
            return bool(self.routes(model))
        except InputError:  # its channels would ask its vendor for what that has ended
            return False

    async def answer(
        self,
        key: ApiKey,
        entry: Entry,
        routes: tuple[Route, ...],
        envelope: Envelope,
        sink: Sink,
        *,
        idempotency: str,
        retry: int | None,
        room: AbstractContextManager[None],
    ) -> None:
        """Have a request answered into the sink, by one of the `routes` of its model.

        Args:
            idempotency: the caller's own name for this very request; empty: none.
            retry: how often an SDK says to have sent it before; None: it does not say.
            room: its place among the key's tasks, taken unless it is answered from the one that it repeats.

        Raises:
            BudgetError: the key or its account cannot bear the most that it may cost, or ``room`` says that it has too
                many tasks in flight. Nothing was sent.
            ConflictError: the ``Idempotency-Key`` was used for another request, or its answer is not kept.
            OrderUnknownError: it was sent, and its answer is lost. It is not sent again by itself.
            RejectedError: no channel has answered it; every cause is in it.
            InputError: the model cannot be asked for this.
            ModelError: the answer broke off after its beginning had reached the sink.
        """
        name = _name(key, idempotency) if idempotency else None
        keep = NAMED if name else RETRIED if retry is not None else None
        mark = name or f"{key.id}/{envelope.digest}"
        again = name is not None or bool(retry)
        underway = self._flights.get(mark) if again else None
        if underway is not None:
            if underway.digest != envelope.digest:
                raise _another()
            await give(_whole(await asyncio.shield(underway.landed)), sink)
            return
        flight = _Flight(envelope.digest, asyncio.get_running_loop().create_future())
        if keep is not None:
            self._flights[mark] = flight
        try:
            asked = self._asked(key, entry, routes, envelope, name, keep)
            answer = await self._obtain(key, asked, sink, room, retried=again and name is None)
            flight.landed.set_result(answer)
        except ManjuError as error:
            flight.fail(error)
            raise
        finally:
            flight.fail(StoppedError("the server was stopped", hint="Ask again."))
            if self._flights.get(mark) is flight:
                del self._flights[mark]

    async def _obtain(
        self, key: ApiKey, asked: Asked, sink: Sink, room: AbstractContextManager[None], *, retried: bool
    ) -> Answer:
        """The answer, which has been given to the sink."""
        if retried and (before := await self._latest(key, asked.envelope)) is not None:
            if (answer := await self._recorded(before)) is not None:
                await give(_whole(answer), sink)
                return answer
            asked = await self._after(asked, before.id)
        with ExitStack() as held:
            try:
                held.enter_context(room)
            except BudgetError:  # what is on record needs no room
                if (answer := await self._named(asked)) is None:
                    raise
                await give(_whole(answer), sink)
                return answer
            while True:
                try:
                    return await Call(self._parts, asked, sink).run()
                except TakenError as taken:
                    before = await self._known(taken.order)
                    if before is not None and (answer := await self._recorded(before)) is not None:
                        await give(_whole(answer), sink)
                        return answer
                    asked = await self._after(asked, taken.order)

    async def _named(self, asked: Asked) -> Answer | None:
        """The answer of the order that has the request's ``Idempotency-Key``; None if there is none.

        Raises:
            ConflictError: the key was used for another request.
            OrderUnknownError: whether it was made is not known.
        """
        name = asked.placed.name
        before = await self._known_as(name) if name is not None else None
        if before is None:
            return None
        if before.digest != asked.envelope.digest:
            raise _another()
        return await self._recorded(before)

    async def _after(self, asked: Asked, order_id: str) -> Asked:
        """The same, asked for once more after an order that has failed. If that was interrupted where asking again with
        its token does no harm, it is asked so and nowhere else.

        Raises:
            OrderUnknownError: its channel cannot be asked again any more.
        """
        left = await self._interrupted(order_id)
        if left is None:
            return replace(asked, after=order_id, repeat=None)
        route = next((each for each in asked.routes if each.way == left.way and each.channel.idempotent), None)
        if route is None:
            message = f"it was sent to {left.way.channel}, which cannot be asked again now, and its answer was lost"
            raise OrderUnknownError(message, hint="Look it up there before you ask for it in other words.")
        return replace(asked, after=order_id, repeat=(route, left.token))

    def _asked(
        self,
        key: ApiKey,
        entry: Entry,
        routes: tuple[Route, ...],
        envelope: Envelope,
        name: str | None,
        keep: timedelta | None,
    ) -> Asked:
        letters = tokens.letters(envelope.fields)
        limit = entry.limits.characters
        if limit is not None and letters > limit:
            raise InputError(f"{entry.name} takes {limit} characters at most, not {letters}", hint="Ask for less.")
        payer = Payer(key.account_id, key.project_id, key.day_budget, key.tasks, key.name)
        held = pricing.chat_price(entry, tokens.most(envelope.fields), letters)
        placed = Placed(new_id("order"), payer, self._presence.name, held, name)
        token = new_id("chat") if name is None else f"chat_{name[:26]}"
        return Asked(envelope, entry, routes, placed, token, keep)

    async def _recorded(self, known: Known) -> Answer | None:
        """The answer of an order on record, once it has one. None: it may be made anew, because it has failed.

        Raises:
            OrderUnknownError: whether it was made is not known.
        """
        seconds = 0.05
        while known.state in _UNENDED:
            await asyncio.sleep(seconds)
            seconds = min(0.5, seconds * 1.5)
            found = await self._known(known.id)
            if found is None or now() - found.created_at > NAMED:
                return None
            known = found
        if known.state is OrderState.UNKNOWN:
            message = str(known.error.get("message") or "it was sent, and its answer was lost")
            raise OrderUnknownError(message, hint=DOUBT)
        if known.state is OrderState.FAILED:
            return None
        return known.answer or Answer(200, {}, None)

    async def _sweep(self) -> None:
        while True:
            self._group.post(Sweep())
            await asyncio.sleep(SWEEP_S)

    @unbroken
    async def _known(self, order_id: str) -> Known | None:
        async with self._database.read() as session:
            return await chats.known(session, order_id)

    @unbroken
    async def _known_as(self, name: str) -> Known | None:
        async with self._database.read() as session:
            return await chats.named(session, name)

    @unbroken
    async def _interrupted(self, order_id: str) -> Sending | None:
        async with self._database.read() as session:
            return await order_reads.interrupted(session, order_id)

    @unbroken
    async def _latest(self, key: ApiKey, envelope: Envelope) -> Known | None:
        async with self._database.read() as session:
            return await chats.latest(session, key.project_id, envelope.digest, now() - RETRIED)


@dataclass(frozen=True, slots=True)
class _Flight:
    """A request on its way, for those that come again meanwhile."""

    digest: str
    landed: asyncio.Future[Answer]

    def fail(self, error: ManjuError) -> None:
        if not self.landed.done():
            self.landed.set_exception(error)
            self.landed.exception()  # it need not be looked at


def _name(key: ApiKey, idempotency: str) -> str:
    return sha256(f"{key.id}\n{idempotency}".encode()).hexdigest()


def _another() -> ConflictError:
    return ConflictError("this Idempotency-Key was used for another request", hint="Use a new key for a new request.")


def _whole(answer: Answer) -> Answer:
    if answer.body is None:
        raise ConflictError(
            "this request was answered before, and the answer is not kept", hint="Change the request to have it anew."
        )
    return answer
