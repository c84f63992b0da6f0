"""Orders at vendors: sent by a route, polled, fetched, kept; or taken up where a dead process left them.

Imported only when an order goes to one. Every step is written down before the next is taken, so that a crash at any
instant leaves an order that was never sent, one that can be gone on with, or one whose outcome nobody knows.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from itertools import count

from pydantic import TypeAdapter

from manju.db.order_records import Outcome, Sending
from manju.db.unbroken import unbroken
from manju.domain.order import ImageRequest, Request
from manju.domain.takes import Take
from manju.errors import (
    InputError,
    ManjuError,
    MediaError,
    ModelError,
    NoAnswerError,
    NotSentError,
    OrderUnknownError,
    RejectedError,
)
from manju.gateway.catalogue import Catalogue
from manju.gateway.channels import Route
from manju.gateway.decision import Adopt
from manju.gateway.delivery import Delivery, References, inspect
from manju.gateway.dialects import spoken
from manju.gateway.errand import ATTEMPTS, Errand
from manju.gateway.order_book import OrderBook
from manju.gateway.routing.health import Cause, Health
from manju.gateway.settlement import keep
from manju.gateway.vendors.refusals import DOUBT, ELSEWHERE, LATER
from manju.gateway.vendors.upstreams import FETCHES, Made, NotFetchedError, Upstreams
from manju.media.label import Mark
from manju.providers.upstream import Accepted, Answer, Pending
from manju.storage.base import Storage

PATIENCE_S = 120.0
"""Longest ``Retry-After`` that is waited for."""
PROGRESS_S = 10.0
"""How long the progress of an order that has ended is known."""
SETTLING = 8
"""How many results of a channel are fetched, checked and stored at once: each is in memory meanwhile, and thousands may
be ready in the same moment."""
_REQUEST: TypeAdapter[Request] = TypeAdapter(Request)


class AtVendors:
    """All vendors of a gateway. `open` it first and `close` it in the end."""

    def __init__(
        self, catalogue: Catalogue, storage: Storage, book: OrderBook, health: Health, *, producer: str, pause: float
    ) -> None:
        self._catalogue = catalogue
        self._storage = storage
        self._book = book
        self._health = health
        self._producer = producer
        self._pause = pause
        self._upstreams = Upstreams(storage, pause=pause)
        self._settling: dict[str, asyncio.Semaphore] = {}
        self.progress: dict[str, float] = {}
        """By order, 0..1, as upstream last told it."""

    async def open(self) -> None:
        """Be ready to send."""
        await self._upstreams.open()

    async def close(self) -> None:
        """Stop polling, and close all connections."""
        await self._upstreams.close()

    async def order(
        self, errand: Errand, sending: Sending, route: Route, references: References, *, done: Callable[[], None]
    ) -> Take | None:
        """Have upstream make it. Gives None if it is worth another attempt, by this route or another. ``done`` is
        called when upstream has finished with it, if it does: from then on it may be given something else."""
        errand.sent = True
        start = time.monotonic()
        try:
            # Whatever upstream answers to an order is worth waiting for, and is written down, cancelled or not.
            upstream_id, made = await unbroken(self._submit)(errand, sending, route, references)
        except NotSentError as error:
            await self._failed(errand, sending, route, error, "not_sent")
            return None
        except RejectedError as error:
            await self._failed(errand, sending, route, error, error.refusal)
            return None
        except NoAnswerError as error:
            self._health.bad(route.way, "no_answer", error.message)
            if route.channel.idempotent and errand.failures + 1 < ATTEMPTS:
                await self._book.repeat(sending)
                await asyncio.sleep(errand.back_off(self._pause))
                return None
            if self._upstreams.finds(errand.request.modality, route):
                await self._book.doubt(sending)  # the next look adopts it, which begins with looking it up
                return None
            raise await self._lost(errand, sending, route, error) from error
        finally:
            references.drop()
        errand.accepted = True
        self._health.good(route.way)
        try:
            return await self._finish(errand, sending, route, upstream_id, made, start, done)
        except ManjuError as error:
            await self._failed_there(errand, sending, error)
            raise
        finally:
            self._forget_progress(sending.order_id)

    async def _submit(
        self, errand: Errand, sending: Sending, route: Route, references: References
    ) -> tuple[str, Made | None]:
        """The task's id, or (with none) what was made at once."""
        try:
            request = spoken(self._catalogue.fitted(route, errand.request), self._catalogue.dialect(route))
            result = await self._upstreams.submit(route, request, references, sending.token)
        except InputError as error:  # the adapter's: it was not sent. The store's, below, say nothing of that.
            if sending.repeats:
                raise await self._lost(errand, sending, route, error) from error
            await self._book.fail(errand, sending, error, again=False, outcome="not_sent")
            raise
        if isinstance(result, Accepted):
            await self._book.accept(sending, result.upstream_id)
            return result.upstream_id, None
        return "", await self._answered(sending, result)

    async def _lost(self, errand: Errand, sending: Sending, route: Route, error: ManjuError) -> OrderUnknownError:
        """Write down that nobody knows what became of an order. Gives the error that says so."""
        await self._book.lose(sending, error.message)
        return OrderUnknownError(
            f"{errand.entry.name} was ordered from {route.channel.name}, and the answer was lost: {error.message}",
            hint=DOUBT,
        )

    async def _failed(self, errand: Errand, sending: Sending, route: Route, error: ModelError, cause: Cause) -> None:
        """Write down that an attempt came to nothing, and see whether there is another way.

        Raises:
            ModelError: there is none; every cause is in it.
            OrderUnknownError: nor does this say what became of the attempt that it repeats.
        """
        asked = error.retry_after if isinstance(error, RejectedError) else None
        self._health.bad(route.way, cause, error.message, retry_after=asked)
        unseen = route.channel.idempotent or self._upstreams.finds(errand.request.modality, route)
        if sending.repeats and unseen and cause in ELSEWHERE:
            # Nobody has looked at the order, so the attempt before may have been accepted: it is asked nowhere else.
            if cause not in LATER or errand.failures + 1 >= ATTEMPTS or (asked or 0.0) > PATIENCE_S:
                raise await self._lost(errand, sending, route, error) from error
            await self._book.repeat(sending, sent=cause != "not_sent")
            await asyncio.sleep(max(asked or 0.0, errand.back_off(self._pause)))
            return
        errand.causes.append(f"{route.channel.name}: {error.message}")
        errand.tried.add(route.way)
        elsewhere = cause in ELSEWHERE and any(each.way not in errand.tried for each in errand.routes)
        here = cause in LATER and errand.failures + 1 < ATTEMPTS and (asked or 0.0) <= PATIENCE_S
        outcome: Outcome = "not_sent" if cause == "not_sent" else "rejected"
        if not (elsewhere or here):
            final = _summed(errand, error)
            await self._book.fail(errand, sending, final, again=False, outcome=outcome)
            raise final
        await self._book.fail(errand, sending, error, again=True, outcome=outcome)
        if not elsewhere:
            errand.tried.clear()
            await asyncio.sleep(max(asked or 0.0, errand.back_off(self._pause)))

    async def adopt(self, errand: Errand, step: Adopt) -> None:
        """Go on with what upstream has accepted. Returns when it is settled, or is somebody else's by now.

        Raises:
            as `order`; OrderUnknownError: its channel, key or model is not configured any more.
        """
        underway = await self._book.adopt(errand, step)
        if underway is None:
            return
        errand.begun = errand.sent = True
        sending = underway.sending
        try:
            route, entry = self._catalogue.route(sending.way), self._catalogue.entry(underway.model)
        except InputError as error:
            await self._book.lose(sending, error.message)
            raise OrderUnknownError(error.message, hint=error.hint) from error
        # What it was asked for need not be what is wanted now.
        request = _REQUEST.validate_python(underway.request)
        adopted = replace(errand, request=request, digest=underway.digest, entry=entry)
        upstream_id, made = underway.upstream_id, Made.read(underway.answer) if underway.answer is not None else None
        address = made is not None and not upstream_id and any("url" in file for file in made.files)
        if made is None and not upstream_id and not (upstream_id := await self._sought(adopted, sending, route)):
            # It was never taken: it is sent again, with the same token.
            errand.back_off(self._pause)
            return
        errand.accepted = True
        start = time.monotonic() - (datetime.now(UTC) - underway.since).total_seconds()
        try:
            await self._finish(adopted, sending, route, upstream_id, made, start)
        except ManjuError as error:
            # That a person's address leads nowhere does not say that nothing was made.
            if address and underway.recovered:
                raise await self._lost(adopted, sending, route, error) from error
            await self._failed_there(adopted, sending, error)
            raise
        finally:
            self._forget_progress(sending.order_id)

    async def _sought(self, errand: Errand, sending: Sending, route: Route) -> str:
        """The id of an order whose answer was lost, looked up by its token; empty if upstream has not taken it.

        Raises:
            OrderUnknownError: upstream cannot tell, or it was sent often enough.
        """
        try:
            found = await self._upstreams.find(route, errand.request, sending.token)
            if found is None and errand.failures + 1 >= ATTEMPTS:
                message = (
                    f"{errand.entry.name} was ordered from {route.channel.name} {ATTEMPTS} times without an answer"
                )
                raise OrderUnknownError(message, hint=DOUBT)
        except OrderUnknownError as error:
            await self._book.lose(sending, error.message)
            raise
        if found is None:
            await self._book.repeat(sending)
            return ""
        await self._book.accept(sending, found.upstream_id)
        return found.upstream_id

    async def _finish(
        self,
        errand: Errand,
        sending: Sending,
        route: Route,
        upstream_id: str,
        made: Made | None,
        start: float,
        done: Callable[[], None] = lambda: None,
    ) -> Take:
        """From a task's id, or from what is made, to the take. Stopped on the way, the order can be gone on with."""
        answer = made or await self._polled(errand, sending, route, upstream_id)
        for turn in count(1):
            async with self._settling.setdefault(route.channel.name, asyncio.Semaphore(SETTLING)):
                known = answer if isinstance(answer, Made) else await self._answered(sending, answer)
                done()
                try:
                    delivery = await self._delivered(errand, route, known)
                except (NotFetchedError, RejectedError) as error:
                    failed: ModelError = error
                else:
                    seconds = time.monotonic() - start
                    take = await keep(self._storage, self._book, errand, sending, route, delivery, seconds)
                    await self._upstreams.forget(known, sending.attempt_id)
                    return take
            refusal = failed.refusal if isinstance(failed, RejectedError) else ""
            if refusal == "gone" and turn == FETCHES:
                raise _gone(sending, route, upstream_id, failed)
            if refusal in ("invalid", "moderation") or turn == FETCHES:
                raise failed
            await asyncio.sleep(self._pause * 2 ** (turn - 1))  # nobody's place is taken meanwhile
            answer = known
            if refusal == "gone" and upstream_id:  # a new look gives a new address
                answer = await self._polled(errand, sending, route, upstream_id)
        raise AssertionError("turns do not end")

    async def _failed_there(self, errand: Errand, sending: Sending, error: ManjuError) -> None:
        """Write down what an error makes of an accepted order; nothing where it can be gone on with."""
        if isinstance(error, OrderUnknownError):
            await self._book.lose(sending, error.message)
        elif isinstance(error, ModelError | MediaError) and not isinstance(error, NotFetchedError):
            await self._book.fail(errand, sending, error, again=False)

    async def _delivered(self, errand: Errand, route: Route, made: Made) -> Delivery:
        """What is made, fetched and checked."""
        modality = errand.request.modality
        generated = await self._upstreams.fetch(modality, route, made)
        if isinstance(errand.request, ImageRequest):  # an answer that was polled does not know the prompt
            generated = replace(generated, facts={"prompt": errand.request.prompt, **generated.facts})
        return await asyncio.to_thread(inspect, generated, modality, Mark(self._producer, errand.digest))

    async def _polled(self, errand: Errand, sending: Sending, route: Route, upstream_id: str) -> Answer:
        def progress(pending: Pending) -> None:
            if pending.progress is not None:
                told = self.progress.get(sending.order_id, 0.0)
                self.progress[sending.order_id] = max(told, pending.progress)  # some begin again when they try again

        return await self._upstreams.poll(errand.request.modality, route, upstream_id, progress)

    def _forget_progress(self, order_id: str) -> None:
        """Not yet: whoever has just read that the order goes on may not hear that it is at its beginning."""
        asyncio.get_running_loop().call_later(PROGRESS_S, self.progress.pop, order_id, None)

    async def _answered(self, sending: Sending, answer: Answer) -> Made:
        made = await self._upstreams.keep(answer, sending.attempt_id)
        await self._book.answered(sending, made.record())
        return made


def _gone(sending: Sending, route: Route, upstream_id: str, error: ModelError) -> RejectedError:
    """What was made cannot be had any more. It is not charged; the vendor may still be asked for it."""
    name = f"the task {upstream_id}" if upstream_id else f"our reference {sending.token}"
    return RejectedError(
        f"{route.channel.name} has made it ({name}), and it is not there to be fetched: {error.message}",
        refusal="gone",
        hint=f"It is not charged here. Ask {route.channel.name} for it, or have it made anew.",
    )


def _summed(errand: Errand, last: ModelError) -> ModelError:
    """One error that tells every cause, and how many attempts there were."""
    tried = "1 attempt" if len(errand.causes) == 1 else f"{len(errand.causes)} attempts"
    message = f"{errand.entry.name} for {errand.subject}/{errand.kind} failed in {tried}: {'; '.join(errand.causes)}"
    if len(errand.causes) == 1 and isinstance(last, RejectedError):
        return RejectedError(
            message, refusal=last.refusal, retry_after=last.retry_after, hint=last.hint, retryable=last.retryable
        )
    return ModelError(message, hint=last.hint, retryable=last.retryable)
