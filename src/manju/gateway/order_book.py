"""The order book (订单簿): the transactions of an order's life. Each changes an order's state together with its money
and its take."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType
from typing import Any, Literal

from manju.db import accounts, artefacts, order_reads, orders, takes
from manju.db.keys import too_many
from manju.db.order_records import NewOrder, OrderRecord, Outcome, Sending, Underway
from manju.db.session import Database, Session
from manju.db.unbroken import unbroken
from manju.domain.key import ApiKey
from manju.domain.order import OrderState, Way
from manju.domain.takes import DomainKey
from manju.errors import ConflictError, InputError, ManjuError, RejectedError
from manju.gateway.catalogue import Catalogue
from manju.gateway.channels import Channel, Route
from manju.gateway.decision import Adopt, Again, Ask, New, decide
from manju.gateway.delivery import Delivery
from manju.gateway.errand import Errand, RunRef


class OrderBook:
    """Moves orders from state to state for one gateway, whose name is ``me``. Every method that is awaited is one
    transaction, and no cancellation cuts it in two."""

    def __init__(self, database: Database, catalogue: Catalogue, me: str) -> None:
        self._database = database
        self._catalogue = catalogue
        self._me = me
        self._given_up: set[tuple[str, int, str]] = set()

    def ask(self, errand: Errand) -> Ask:
        """What an errand wants, in the terms of `decide`."""
        run = errand.run
        return Ask(
            me=self._me,
            digest=errand.digest,
            price=errand.price,
            redo_paid=errand.redo_paid,
            resume=run is not None and run.resume,
            lost=errand.lost,
            given_up=self._failed_in(run),
        )

    @unbroken
    async def submit(self, errand: Errand, route: Route) -> Sending | Literal["full", "changed"]:
        """Write the order down and, if the channel has a slot and the money is there, that it is being sent: one
        transaction. ``"full"``: written down, no slot yet. ``"changed"``: it is not to be sent any more; look again.

        An attempt that was interrupted where the same token does no harm is repeated with it, by the same route
        (``errand.repeats`` names it if it is another). Where that cannot be done any more, the order is in doubt from
        now on.

        Raises:
            BudgetError: the money is not there. Nothing was written.
            ConflictError, StoppedError: the run was taken over, or cancelled.
            NotFoundError: there is no such project or run.
        """
        run_id, epoch = errand.run_ref
        channel = route.channel
        async with self._database.write() as session:
            step = decide(await takes.of(session, *errand.place), self.ask(errand))
            if not isinstance(step, New | Again):
                return "changed"
            if isinstance(step, New) and step.replaces is not None and step.replaces.interrupted:
                await orders.supersede(session, step.replaces)
                return "changed"
            before = None
            if isinstance(step, Again) and (before := await order_reads.interrupted(session, step.take.order.id)):
                if not repeatable(self._catalogue, before.way):
                    await orders.strand(session, step.take.order, no_repeat(before.way))
                    return "changed"
                if before.way != route.way:
                    errand.repeats = before.way
                    return "changed"
            errand.number = step.take if isinstance(step, New) else step.take.number
            account_id = await orders.admit(session, errand.project, run_id, epoch)
            free = await self._has_slot(session, channel)
            if isinstance(step, Again):
                order = step.take.order
                await orders.claim(session, order, self._me, sending=free)
            else:
                order = await self._plan(session, errand, step, account_id, run_id, sending=free, owner=self._me)
            if not free:
                return "full"
            token = "" if before is None else before.token
            first = isinstance(step, New)
            return await orders.send(session, order, route.way, (run_id, epoch), first=first, token=token)

    @unbroken
    async def sent_by(self, order_id: str) -> Way | None:
        """Where an interrupted order was sent, and is to be sent again."""
        async with self._database.read() as session:
            before = await order_reads.interrupted(session, order_id)
        return None if before is None else before.way

    @unbroken
    async def plan(self, errand: Errand, key: ApiKey) -> None:
        """Only write a key's order down, for whoever takes it up. One that is there already stays as it is.

        Raises:
            BudgetError: the money is not there now, or the key has as many tasks as it may. Nothing was written.
            ConflictError: what is there is another request.
            NotFoundError: there is no such project.
        """
        async with self._database.write() as session:
            known = await takes.of(session, *errand.place)
            if any(take.order.digest != errand.digest for take in known):
                hint = "Use a new one (a new Idempotency-Key) for a new request."
                raise ConflictError("this name was given to another request", hint=hint)
            step = decide(known, self.ask(errand))
            if isinstance(step, New):
                account_id = await orders.admit(session, errand.project, None, 0)
                if key.tasks is not None and await order_reads.still_open(session, errand.project) >= key.tasks:
                    raise too_many(key.name, key.tasks)
                if errand.price:
                    await accounts.afford(session, account_id, errand.project, errand.price)
                errand.number = step.take
                await self._plan(session, errand, step, account_id, None, sending=False, owner=None)

    @unbroken
    async def close(self, place: tuple[str, str, str], error: ManjuError) -> None:
        """An order that was planned is not sent after all: it has failed, or is in doubt if it was sent before."""
        told = recorded(error)
        async with self._database.write() as session:
            for take in await takes.of(session, *place):
                if take.order.state is OrderState.PLANNED and take.order.owner in (None, self._me):
                    await orders.supersede(session, take.order, told)

    async def _has_slot(self, session: Session, channel: Channel) -> bool:
        if channel.local:
            return True  # these are this gateway's own calls only, and it counts them where they wait
        return await order_reads.in_flight(session, channel.name) < channel.concurrency

    async def _plan(
        self,
        session: Session,
        errand: Errand,
        step: New,
        account_id: str,
        run_id: str | None,
        *,
        sending: bool,
        owner: str | None,
    ) -> OrderRecord:
        new = NewOrder(
            account_id=account_id,
            project_id=errand.project,
            run_id=run_id,
            key=str(DomainKey(*errand.place, step.take, step.attempt)),
            modality=errand.request.modality,
            model=errand.entry.name,
            request=errand.request.model_dump(mode="json"),
            digest=errand.digest,
            price=errand.price,
        )
        order = await orders.plan(session, new, owner, sending=sending)
        if step.replaces is not None:
            await orders.supersede(session, step.replaces)
        if step.attempt == 1:
            await takes.add(session, *errand.place, step.take, order.id)
        else:
            await takes.retry(session, *errand.place, step.take, order.id)
        return order

    @unbroken
    async def choose(self, errand: Errand, order_id: str) -> None:
        """Select a take that was made before."""
        async with self._database.write() as session:
            await takes.choose(session, *errand.place, order_id)

    @unbroken
    async def accept(self, sending: Sending, upstream_id: str) -> None:
        """Upstream has taken it as a task."""
        async with self._database.write() as session:
            await orders.accept(session, sending, self._me, upstream_id)

    @unbroken
    async def answered(self, sending: Sending, made: Mapping[str, Any]) -> None:
        """Upstream has made it; it is to be fetched."""
        async with self._database.write() as session:
            await orders.answered(session, sending, self._me, made)

    @unbroken
    async def adopt(self, errand: Errand, step: Adopt) -> Underway | None:
        """Take up what upstream has accepted. None: somebody else has by now; look again."""
        async with self._database.write() as session:
            if decide(await takes.of(session, *errand.place), self.ask(errand)) != step:
                return None
            await orders.admit(session, errand.project, *errand.run_ref)
            errand.number = step.take.number
            return await orders.adopt(session, step.take.order.id, step.take.order.owner, self._me)

    @unbroken
    async def succeed(
        self, errand: Errand, sending: Sending, delivery: Delivery, *, share: Fraction, cost: int, seconds: float
    ) -> None:
        """The artefacts are in the store: record them, take the money, select the take."""
        stored = [one for one, _ in delivery.artefacts]
        async with self._database.write() as session:
            await artefacts.record(session, stored)
            await orders.succeed(
                session,
                sending,
                self._me,
                artefacts=stored,
                facts=delivery.facts,
                share=share,
                cost=cost,
                seconds=seconds,
            )
            await takes.choose(session, *errand.place, sending.order_id)

    @unbroken
    async def fail(
        self, errand: Errand, sending: Sending, error: ManjuError, *, again: bool, outcome: Outcome = "failed"
    ) -> None:
        """The attempt came to nothing: nothing is paid. ``again``: this gateway is going to make another."""
        async with self._database.write() as session:
            await orders.fail(session, sending, self._me, recorded(error), again=again, outcome=outcome)
        if errand.run is not None and not again:
            self._given_up.add((errand.run.run_id, errand.run.epoch, sending.order_id))

    @unbroken
    async def repeat(self, sending: Sending, *, sent: bool = True) -> None:
        """It was sent, now or before, and no answer says what became of it, where sending it again with the same token
        does no harm."""
        async with self._database.write() as session:
            await orders.interrupt(session, sending, self._me, sent=sent)

    @unbroken
    async def doubt(self, sending: Sending) -> None:
        """It was sent, and no answer came, where upstream can be asked for it: whoever adopts it looks it up."""
        async with self._database.write() as session:
            await orders.doubt(session, sending, self._me)

    @unbroken
    async def lose(self, sending: Sending, why: str) -> None:
        """It was sent, and whether it was made is not known: a person decides."""
        async with self._database.write() as session:
            await orders.lose(session, sending, self._me, why)

    @unbroken
    async def let_go(self, errand: Errand) -> None:
        """The errand ended early (cancelled, or an error that is not the model's): leave nothing under our name."""
        async with self._database.write() as session:
            for take in await takes.of(session, *errand.place):
                if take.order.owner == self._me:
                    await self._settle(session, self._me, take.order.id, sent=errand.sent)

    @unbroken
    async def left(self, owner: str | None, order_id: str | None = None) -> list[Sending]:
        """What a dead gateway has sent and has no answer on record of."""
        async with self._database.read() as session:
            return await order_reads.sent(session, owner, order_id)

    @unbroken
    async def bury(
        self,
        owner: str | None,
        order_id: str | None = None,
        answers: Mapping[str, Mapping[str, Any]] = MappingProxyType({}),
    ) -> None:
        """Settle what a dead gateway left: everything, or one order. ``answers`` are those that it had got and kept, by
        attempt."""
        async with self._database.write() as session:
            for sending in await order_reads.sent(session, owner, order_id):
                if sending.attempt_id in answers:
                    await orders.answered(session, sending, owner, answers[sending.attempt_id])
            await self._settle(session, owner, order_id, sent=True)

    async def _settle(self, session: Session, owner: str | None, order_id: str | None, *, sent: bool) -> None:
        """What was not sent, was accepted as a task, can be sent again without harm, or can be looked up, is free for
        whoever wants it; anything else is ``UNKNOWN``: sent, and nobody heard the answer."""
        for sending in await order_reads.sent(session, owner, order_id):
            if not sent or self._catalogue.resendable(sending.way.channel):
                await orders.interrupt(session, sending, owner, sent=sent)
            elif self._catalogue.findable(sending.way.channel):
                await orders.doubt(session, sending, owner)
            else:
                await orders.lose(session, sending, owner)
        await orders.leave(session, owner, order_id)

    def _failed_in(self, run: RunRef | None) -> set[str]:
        if run is None:
            return set()
        return {order for run_id, epoch, order in self._given_up if (run_id, epoch) == (run.run_id, run.epoch)}


def repeatable(catalogue: Catalogue, way: Way) -> bool:
    """Whether an attempt that may have been accepted can be repeated where it was sent: its channel and key are there,
    and the channel honours our token, or can be asked for it."""
    try:
        catalogue.route(way)
    except InputError:
        return False
    return catalogue.resendable(way.channel) or catalogue.findable(way.channel)


def no_repeat(way: Way) -> str:
    """Why an attempt is not repeated where it was sent."""
    return f"the channel {way.channel!r} cannot be asked again any more, and another would be paid a second time"


def recorded(error: ManjuError) -> dict[str, Any]:
    """An error as it stands in an order."""
    return {
        "kind": type(error).__name__,
        "message": error.message,
        "hint": error.hint,
        "retryable": error.retryable,
        "refusal": error.refusal if isinstance(error, RejectedError) else "",
    }
