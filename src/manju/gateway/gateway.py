"""Placing orders: every model call of a recipe goes through `Gateway.take`.

An order is written down before it is sent and answered from its record ever after. What happens when somebody asks is
in `decision`; the transactions are in `order_book`; who is alive is in `presence`.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any

from manju.db import accounts, artefacts, calls, order_reads, takes
from manju.db.order_records import OrderRecord, Sending
from manju.db.session import Database
from manju.db.takes import TakeRecord
from manju.db.unbroken import unbroken
from manju.domain.account import Spending
from manju.domain.key import ApiKey
from manju.domain.order import ImageRequest, Request, VideoRequest, request_digest
from manju.domain.takes import CallRecord, Stale, Take
from manju.errors import FieldError, InputError, ManjuError, NotFoundError
from manju.gateway import pricing
from manju.gateway.catalogue import OFFLINE, Catalogue, shipped
from manju.gateway.decision import Adopt, Again, Answer, Busy, New, Refuse, decide
from manju.gateway.delivery import References, Workers
from manju.gateway.entries import Entry
from manju.gateway.errand import Errand, RunRef
from manju.gateway.inbox import read_record, sweep
from manju.gateway.locks import KeyedLocks
from manju.gateway.order_book import OrderBook, repeatable
from manju.gateway.own_models import OwnModels
from manju.gateway.presence import Presence
from manju.gateway.routing.health import Health
from manju.gateway.routing.ranking import ranked
from manju.gateway.routing.slots import Rates, Slots
from manju.storage.base import Storage

if TYPE_CHECKING:
    from manju.gateway.vendors.at_vendors import AtVendors

log = logging.getLogger(__name__)
LONGEST_SUBJECT = 100
LONGEST_KIND = 20


@dataclass(frozen=True, slots=True)
class Effective:
    """A request as it will be sent: the model that serves it, the fields that were ``changed`` to what the model
    offers, the price in millionths, and whether one of our own models makes it."""

    model: str
    request: Request
    changed: Mapping[str, Any]
    price: int
    offline: bool


class Gateway:
    """Where orders are placed. One for each process and database; use it with ``async with``."""

    def __init__(
        self,
        database: Database,
        storage: Storage,
        presence: Presence,
        *,
        catalogue: Catalogue | None = None,
        workers: Workers | None = None,
        producer: str = "",
        pause: float = 1.0,
    ) -> None:
        """``workers`` run the models of local channels (None: they run in this process); ``producer`` goes into the AI
        label of all that is made; ``pause`` is the first back-off in seconds."""
        self._database = database
        self._storage = storage
        self._presence = presence
        self._catalogue = catalogue or shipped()
        self._producer = producer
        self._pause = pause
        self._book = OrderBook(database, self._catalogue, presence.name)
        self._own = OwnModels(storage, self._book, workers, producer=producer)
        self._places = KeyedLocks()
        self._slots = Slots()
        self._rates = Rates()
        self._health = Health()
        self._random = random.Random()
        self._vendors: AtVendors | None = None

    async def __aenter__(self) -> Gateway:
        """Be present, and settle what dead gateways left.

        Raises:
            ManjuError: the presence folder or the database cannot be used.
        """
        self._presence.enter()
        try:
            await self.recover()
        except BaseException:
            self._presence.leave()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if self._vendors is not None:
                await self._vendors.close()
                await self._bury(self._presence.name)
        except ManjuError as problem:
            log.warning("orders in flight are settled at the next start: %s", problem.message)
        finally:
            self._presence.leave()

    async def take(
        self,
        project: str,
        run: RunRef | None,
        subject: str,
        kind: str,
        model: str,
        request: Request,
        *,
        redo_paid: bool = False,
    ) -> Take:
        """The take of a subject in one kind (``frame``, ``clip``, ``voice`` ...) that answers a request.

        Made for this very request before: it answers, and nothing is sent. Made for another: what is free is made anew
        as the next take; what costs money is returned as it is with ``stale`` set, and made anew with ``redo_paid``.
        Any number of tasks and processes may ask for the same at once: one order is placed and answers all.

        Raises:
            InputError: there is no such model, it was retired, or it cannot do this much.
            BudgetError: the budget or the account does not bear the price. Nothing was sent.
            ModelError, MediaError: the model could not deliver, or what it delivered cannot be used. Nothing is paid.
            OrderFailedError: it failed in an earlier run; a run with ``resume`` tries it again.
            OrderUnknownError: it was sent and its answer was lost; a person must decide.
            NotFoundError: an artefact that was paid for, or that the request refers to, is gone; no such project.
            ConflictError, StoppedError: the run was taken over by another worker, or cancelled.
        """
        return await self._have(self._errand(project, run, subject, kind, model, request, redo_paid=redo_paid))

    async def fulfil(self, project: str, subject: str, kind: str, model: str, request: Request) -> Take:
        """The take that `plan` has written down, ``model`` and ``request`` as they stand there: nothing else stands in
        for a model that no channel serves any more, and what upstream has accepted is had all the same.

        Raises:
            InputError: no channel serves it any more. Nothing was sent now.
            as `take`.
        """
        entry = self._catalogue.entry(model)
        try:
            routes = self._catalogue.routes(entry)
        except InputError:
            routes = ()  # told when it is to be sent
        return await self._have(
            Errand(
                project=project,
                subject=subject,
                kind=kind,
                run=None,
                entry=entry,
                routes=routes,
                request=request,
                digest=request_digest(entry.name, request, entry.revision),
                price=pricing.price(entry, request),
                redo_paid=False,
            )
        )

    async def _have(self, errand: Errand) -> Take:
        async with self._places.hold(errand.place):
            try:
                return await self._obtain(errand)
            except asyncio.CancelledError:
                # What was accepted can be gone on with as it is; thousands may be cancelled at once when we end.
                if errand.begun and not errand.accepted:
                    await self._book.let_go(errand)
                raise
            except BaseException:
                if errand.begun:
                    await self._book.let_go(errand)
                raise

    def served(self, model: str) -> Entry:
        """What makes the calls to a public model name: that model, or the offline one that stands in for it where no
        channel serves it.

        Raises:
            UnknownModelError: there is no such model.
        """
        return self._catalogue.served(model)

    def effective(self, model: str, request: Request) -> Effective:
        """What a request to a public model name comes to: who serves it, and the request as it will be sent.

        Raises:
            InputError: there is no such model, it was retired, or it cannot do this.
        """
        entry = self.served(model)
        if entry.modality != request.modality:
            message = f"{model[:200]} makes {entry.modality}, not {request.modality}"
            raise FieldError(message, param="model", hint="Choose another model.")
        snapped, changes = self._catalogue.snapped(entry, request)
        entry.admit(snapped)
        return Effective(entry.name, snapped, changes, pricing.price(entry, snapped), entry.channel == OFFLINE)

    async def plan(self, key: ApiKey, subject: str, kind: str, model: str, request: Request) -> Request:
        """Only write a key's order down; `fulfil` for its project has it made, in this process or another. Returns the
        request as it stands there.

        Raises:
            InputError: as `take`.
            BudgetError: the money is not there now, or the key has as many tasks in flight as it may. Nothing was
                written.
            ConflictError: the subject has an order for another request.
        """
        errand = self._errand(key.project_id, None, subject, kind, model, request)
        await self._book.plan(errand, key)
        return errand.request

    async def close(self, project: str, subject: str, kind: str, why: ManjuError) -> None:
        """Let a planned order fail without being sent; one that was sent before is in doubt."""
        await self._book.close((project, subject, kind), why)

    @unbroken
    async def spending(self, project: str) -> Spending:
        """What a project has paid, holds, and may pay.

        Raises:
            NotFoundError: there is no such project.
        """
        async with self._database.read() as session:
            return await accounts.spending(session, project)

    @unbroken
    async def set_budget(self, project: str, budget: int | None) -> None:
        """Limit what all orders of a project may cost together, in millionths; None lifts the limit.

        Raises:
            NotFoundError: there is no such project.
        """
        async with self._database.write() as session:
            await accounts.set_budget(session, project, budget)

    @unbroken
    async def calls(self, project: str) -> list[CallRecord]:
        """Every model call of a project, for its manifest."""
        async with self._database.read() as session:
            return await calls.of_project(session, project)

    @unbroken
    async def census(self) -> dict[str, int]:
        """How many orders are in each state."""
        async with self._database.read() as session:
            return await order_reads.census(session)

    @property
    def health(self) -> Health:
        """How the routes stand, as far as this process has seen; for looking at."""
        return self._health

    @property
    def slots(self) -> Slots:
        """The places at the channels, for whoever else sends there."""
        return self._slots

    @property
    def rates(self) -> Rates:
        """How many a minute the channels were sent, for whoever else sends there."""
        return self._rates

    def progress(self, order_id: str) -> float:
        """How far an order is upstream, 0..1, as far as upstream tells."""
        return 0.0 if self._vendors is None else self._vendors.progress.get(order_id, 0.0)

    async def recover(self) -> None:
        """Settle the orders of gateways that died: free for whoever wants them, or ``UNKNOWN``. Nothing is sent."""
        others = await self._others()
        for name in sorted(others):
            if not self._presence.alive(name):
                await self._bury(name)

    async def sweep(self) -> int:
        """Remove answers' files that no order needs any more; see `inbox.sweep`. Returns how many."""
        return await sweep(self._storage, self._database)

    async def _bury(self, owner: str | None, order_id: str | None = None) -> None:
        """Settle what a gateway left that is not at work any more: everything, or one order."""
        answers = {}
        for sending in await self._book.left(owner, order_id):
            if (record := await read_record(self._storage, sending.attempt_id)) is not None:
                answers[sending.attempt_id] = record
        await self._book.bury(owner, order_id, answers)

    @unbroken
    async def _others(self) -> set[str]:
        async with self._database.read() as session:
            return await order_reads.owners(session) - {self._presence.name}

    def _errand(
        self,
        project: str,
        run: RunRef | None,
        subject: str,
        kind: str,
        model: str,
        request: Request,
        *,
        redo_paid: bool = False,
    ) -> Errand:
        effective = self.effective(model, request)
        if not 0 < len(subject) <= LONGEST_SUBJECT or not 0 < len(kind) <= LONGEST_KIND or "/" in kind:
            raise InputError(f"{subject!r}, {kind!r} cannot name a take", hint="Use a short uid and a plain word.")
        entry = self._catalogue.entry(effective.model)
        return Errand(
            project=project,
            subject=subject,
            kind=kind,
            run=run,
            entry=entry,
            routes=self._catalogue.routes(entry),
            request=effective.request,
            digest=request_digest(entry.name, effective.request, entry.revision),
            price=effective.price,
            redo_paid=redo_paid,
        )

    async def _obtain(self, errand: Errand) -> Take:
        waits = _waits()
        while True:
            known = await self._known(*errand.place)
            match decide(known, self._book.ask(errand)):
                case Refuse(error):
                    raise error
                case Answer(take, stale):
                    if not await self._whole(take.order):
                        errand.lost.add(take.order.id)
                        continue
                    if not take.selected:
                        await self._book.choose(errand, take.order.id)
                    return _take(errand.subject, errand.kind, take, stale)
                case Busy(order):
                    errand.lost.clear()  # whoever is at work on it makes what was lost
                    await self._await(order, next(waits))
                case Adopt() as step:
                    await (await self._at_vendors()).adopt(errand, step)  # the next look answers
                case Again() | New() as step:
                    if isinstance(step, Again) and step.take.order.interrupted:
                        errand.repeats = await self._book.sent_by(step.take.order.id)
                    if (made := await self._place(errand)) is not None:
                        return made
                    errand.lost.clear()

    @unbroken
    async def _known(self, project: str, subject: str, kind: str) -> list[TakeRecord]:
        async with self._database.read() as session:
            return await takes.of(session, project, subject, kind)

    async def _await(self, order: OrderRecord, seconds: float) -> None:
        """Give the one who is at work on an order some time; if he is dead, settle what he left."""
        if order.owner in (None, self._presence.name):  # we have its place, so no task of ours is at work on it
            await self._bury(order.owner, order.id)
        elif self._presence.alive(order.owner):
            await asyncio.sleep(seconds)
        else:
            await self._bury(order.owner)

    async def _place(self, errand: Errand) -> Take | None:
        """Send the order, once. None: it failed for now, or was not to be sent any more; look again."""
        repeats, errand.repeats = errand.repeats, None
        if repeats is not None and repeatable(self._catalogue, repeats):
            routes = [self._catalogue.route(repeats)]
        else:
            routes = ranked(
                errand.routes or self._catalogue.routes(errand.entry), self._health, self._random, errand.tried
            )
        async with self._slots.one_of(routes, self._health) as slot:
            if slot.late and repeats is None:
                return None
            route = slot.route
            await self._rates.turn(route.channel)
            if not route.channel.vendor:
                await self._own.ready(errand, route)
            # Only now: pictures take memory, and many shots wait here.
            references = await self._read_references(errand.request)
            errand.begun, errand.sent, errand.accepted = True, False, False
            waits = _waits()
            while (sending := await self._book.submit(errand, route)) == "full":
                await self.recover()
                await asyncio.sleep(next(waits))
            if not isinstance(sending, Sending):
                return None
            if route.channel.vendor:
                return await (await self._at_vendors()).order(errand, sending, route, references, done=slot.free)
            # A paid call that was sent is worth waiting for even if nobody wants it any more.
            order = self._own.order if route.channel.repeatable else unbroken(self._own.order)
            made = await order(errand, sending, route, references)
        if made is None:
            await asyncio.sleep(errand.back_off(self._pause))
        return made

    async def _at_vendors(self) -> AtVendors:
        """Opened with the first order that goes to one: HTTP takes a while to import."""
        if self._vendors is None:
            from manju.gateway.vendors.at_vendors import AtVendors

            self._vendors = AtVendors(
                self._catalogue, self._storage, self._book, self._health, producer=self._producer, pause=self._pause
            )
            await self._vendors.open()
        return self._vendors

    async def _read_references(self, request: Request) -> References:
        wanted = request.references if isinstance(request, ImageRequest | VideoRequest) else ()
        digests = {reference.sha256 for reference in wanted}
        if not digests:
            return References({})
        paths = await self._stored(digests)
        for missing in sorted(digests - paths.keys()):
            raise NotFoundError(f"the request refers to an artefact that nobody made: {missing}")
        return References({sha256: await self._storage.read(path) for sha256, path in sorted(paths.items())})

    @unbroken
    async def _stored(self, digests: set[str]) -> dict[str, str]:
        async with self._database.read() as session:
            return await artefacts.keys(session, digests)

    async def _whole(self, order: OrderRecord) -> bool:
        for stored in order.artefacts:
            if not await self._storage.exists(stored.path):
                return False
        return True


def _take(subject: str, kind: str, take: TakeRecord, stale: Stale | None) -> Take:
    order = take.order
    return Take(
        subject=subject,
        kind=kind,
        number=take.number,
        order_id=order.id,
        model=order.model,
        digest=order.digest,
        artefacts=order.artefacts,
        facts=order.facts or {},
        stale=stale,
    )


def _waits() -> Iterator[float]:
    """Seconds between looks at what another process is doing: short at first, half a second in the end."""
    seconds = 0.02
    while True:
        yield seconds * random.uniform(0.5, 1.0)
        seconds = min(seconds * 1.5, 0.5)
