"""Orders for our own models (the offline ones): made in worker processes, or in this one, and kept."""

from __future__ import annotations

import asyncio
import time

from manju.db.order_records import Sending
from manju.domain.order import Modality, Request
from manju.domain.takes import Take
from manju.errors import ManjuError, ModelError, OrderUnknownError, StoppedError
from manju.gateway.channels import Route
from manju.gateway.delivery import Delivery, References, Workers, deliver, inspect
from manju.gateway.errand import ATTEMPTS, Errand
from manju.gateway.order_book import OrderBook
from manju.gateway.settlement import keep
from manju.media.label import Mark
from manju.providers import registry
from manju.providers.base import Model
from manju.storage.base import Storage


class OwnModels:
    """The models of local channels, and those that tests register."""

    def __init__(self, storage: Storage, book: OrderBook, workers: Workers | None, *, producer: str) -> None:
        self._storage = storage
        self._book = book
        self._workers = workers
        self._producer = producer
        self._models: dict[tuple[Modality, str], Model[Request]] = {}

    async def ready(self, errand: Errand, route: Route) -> None:
        """Have the model at hand before the order is written down: the first use imports its libraries."""
        key = errand.entry.modality, errand.entry.name
        if self._worker_of(route) is None and key not in self._models:
            model = await asyncio.to_thread(registry.load, *key)  # not on the loop
            self._models.setdefault(key, model)

    async def order(self, errand: Errand, sending: Sending, route: Route, references: References) -> Take | None:
        """Have it made. Gives None if it failed, and is worth another attempt."""
        start = time.monotonic()
        try:
            errand.sent = True
            delivery, seconds = await self._made(errand, route, references, start)
        except (StoppedError, OrderUnknownError):
            raise  # no answer: `OrderBook.let_go` decides by the channel what that means
        except ManjuError as error:
            again = isinstance(error, ModelError) and error.retryable and errand.failures + 1 < ATTEMPTS
            await self._book.fail(errand, sending, error, again=again)
            if again:
                return None
            raise
        return await keep(self._storage, self._book, errand, sending, route, delivery, seconds)

    async def _made(self, errand: Errand, route: Route, references: References, start: float) -> tuple[Delivery, float]:
        """What the model made, and how long it took in seconds."""
        modality, name = errand.entry.modality, errand.entry.name
        label = Mark(self._producer, errand.digest)
        if (workers := self._worker_of(route)) is not None:
            task = (modality, name, errand.request, references, label)
            delivery = await asyncio.wrap_future(workers.submit(deliver, *task))
            return delivery, time.monotonic() - start
        generated = await self._models[modality, name].generate(errand.request, references)
        seconds = time.monotonic() - start
        return await asyncio.to_thread(inspect, generated, modality, label), seconds

    def _worker_of(self, route: Route) -> Workers | None:
        return self._workers if route.channel.local else None
