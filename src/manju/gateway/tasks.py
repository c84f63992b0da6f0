"""Tasks (任务): orders from outside, by API key. Written down when they are placed, worked on in the background, and
looked at by their id as long as the database lives; a server that starts again takes up all that have not ended.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeGuard

from pydantic import TypeAdapter

from manju.db import order_reads, order_records, takes
from manju.db.clock import now
from manju.db.keys import too_many
from manju.db.session import Database
from manju.db.takes import TakeRecord
from manju.db.unbroken import unbroken
from manju.domain.ids import new_id
from manju.domain.key import ApiKey
from manju.domain.order import (
    ImageRequest,
    Modality,
    OrderState,
    Reference,
    Request,
    Stored,
    VideoRequest,
    request_digest,
)
from manju.domain.takes import DomainKey
from manju.errors import (
    BudgetError,
    ConflictError,
    InputError,
    ManjuError,
    NotFoundError,
    OrderFailedError,
    UnknownModelError,
)
from manju.gateway.gateway import Effective, Gateway

log = logging.getLogger(__name__)
KIND = "api"
"""Kind of the takes behind these orders; their subject is the task's id."""
SKETCH = "offline:sketch"
RETRIED = timedelta(hours=1)
"""How long after an order a client's own retry of it may come: SDKs wait 10 minutes for each of several answers."""
READ = 100
"""How many requests are read at once when orders are taken up: the next when these are being worked on."""
Names = list[str]
UNENDED = (OrderState.PLANNED, OrderState.SUBMITTING, OrderState.SUBMITTED)
_REQUEST: TypeAdapter[Request] = TypeAdapter(Request)


@dataclass(frozen=True, slots=True)
class Task:
    """An order as its customer sees it. ``model`` is the one that makes it; ``error`` has ``message``, ``hint``,
    ``refusal``; ``artefacts`` are there once it has succeeded; ``progress`` is 0..1."""

    id: str
    model: str
    state: OrderState
    request: Mapping[str, Any]
    artefacts: tuple[Stored, ...]
    facts: Mapping[str, Any]
    error: Mapping[str, Any]
    price: int
    progress: float
    created_at: datetime
    finished_at: datetime | None


class Tasks:
    """Places orders for keys. One for each gateway; `resume` it after the start and `close` it in the end."""

    def __init__(self, gateway: Gateway, database: Database) -> None:
        self._gateway = gateway
        self._database = database
        self._working: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._counts: Counter[str] = Counter()
        """How many tasks by project, being placed or in flight; chats that are passed through are among them."""

    async def place(
        self,
        key: ApiKey,
        model: str,
        request: Request,
        *,
        idempotency: str = "",
        retried: bool = False,
        noted: Callable[[str], Awaitable[None]] | None = None,
    ) -> str:
        """Write an order down and begin with it. Returns the task's id.

        Args:
            idempotency: the caller's own name for this very order: asked for again, it is the same task.
            retried: the caller has sent this before and heard no answer: if it was ordered in the last `RETRIED` and
                has not failed, it is that task.
            noted: is given a new task's id before the task is written down.

        Raises:
            InputError: there is no such model, the key may not use it, or it cannot do this.
            ConflictError: ``idempotency`` was used for another order.
            BudgetError: the key or its account cannot bear the price, or it has too many tasks in flight.
        """
        effective = self.quote(key, model, request)
        request = effective.request
        task = _named(key, idempotency) if idempotency else new_id("task")
        if retried and not idempotency:
            with self.room(key) if self._needs_frame(request, model) else nullcontext():
                request = await self._with_frame(key.project_id, task, model, request)  # as it stands on record
            if (before := await self._latest(key.project_id, model, request)) is not None:
                return before
        if idempotency and (known := await self._find(key.project_id, task)) is not None:
            wanted = await self._with_frame(key.project_id, task, model, request)
            if (known.model, known.request) != (effective.model, wanted.model_dump(mode="json")):
                raise ConflictError(
                    "this Idempotency-Key was used for another request", hint="Use a new key for a new request."
                )
            return task
        with self.room(key):
            request = await self._with_frame(key.project_id, task, model, request)
            if noted is not None:
                await noted(task)
            request = await self._gateway.plan(key, task, KIND, model, request)
            self._begin(key.project_id, task, effective.model, request)
        return task

    @contextmanager
    def room(self, key: ApiKey) -> Iterator[None]:
        """A place among the tasks that a key may have in flight, for as long as the block takes: those that wait here
        are counted too. All servers' are counted where they are written down.

        Raises:
            BudgetError: it has as many as it may.
        """
        if key.tasks is not None and self.working(key) >= key.tasks:
            raise too_many(key.name, key.tasks)
        self._counts[key.project_id] += 1
        try:
            yield
        finally:
            self._counts[key.project_id] -= 1

    def quote(self, key: ApiKey, model: str, request: Request) -> Effective:
        """What an order would come to, and cost. Nothing is ordered.

        Raises:
            InputError: there is no such model, the key may not use it, or it cannot do this.
        """
        if key.models is not None and model not in key.models:
            hint = f"It may use: {', '.join(key.models)}."
            raise UnknownModelError(f"the key {key.name} may not use {model[:200]!r}", hint=hint)
        return self._gateway.effective(model, request)

    async def look(self, key: ApiKey, task: str) -> Task:
        """How an order stands.

        Raises:
            NotFoundError: the key has placed no such order.
        """
        # What no id is made of is asked of no database: some cannot even be asked.
        found = await self._find(key.project_id, task) if task.isprintable() else None
        if found is None:
            raise NotFoundError(f"there is no task {task!r}", hint="Check the id and the key.")
        return found

    async def named(self, key: ApiKey, idempotency: str) -> bool:
        """Whether the caller's own name for an order is taken."""
        return await self._find(key.project_id, _named(key, idempotency)) is not None

    async def list(
        self, key: ApiKey, modality: Modality, *, after: str = "", limit: int = 20, descending: bool = True
    ) -> list[Task]:
        """A key's orders of one modality in the order of their placing, from behind the task ``after``."""
        if not after.isprintable():
            return []
        names = await self._listed(key.project_id, modality, after, limit, descending)
        return [await self.look(key, name) for name in names]

    async def wait(self, key: ApiKey, task: str) -> Task:
        """How an order has ended. The order goes on if the caller does not wait to the end.

        Raises:
            NotFoundError: the key has placed no such order.
        """
        if (key.project_id, task) not in self._working:
            found = await self.look(key, task)
            if found.state not in UNENDED:
                return found
            # Left by a dead process, or another server's: we wait for that, too.
            self._begin(key.project_id, task, found.model, _REQUEST.validate_python(found.request))
        await asyncio.wait({self._working[key.project_id, task]})
        return await self.look(key, task)

    def working(self, key: ApiKey) -> int:
        """How many of a key's tasks are being placed or in flight here."""
        return self._counts[key.project_id]

    @property
    def total(self) -> int:
        """How many tasks are in flight here."""
        return len(self._working)

    async def resume(self) -> int:
        """Take up every order that has not ended and that nobody is at work on. Returns how many."""
        found = {
            order: place
            for order, project, key in await self._unfinished()
            if (place := (project, DomainKey.parse(key).subject)) not in self._working
        }
        ids = [*found]
        for start in range(0, len(ids), READ):
            for order, (model, request) in (await self._requests(ids[start : start + READ])).items():
                self._begin(*found[order], model, _REQUEST.validate_python(request))
        return len(found)

    async def close(self) -> None:
        """Stop working. What upstream has accepted is gone on with at the next start."""
        for working in self._working.values():
            working.cancel()
        await asyncio.gather(*self._working.values(), return_exceptions=True)

    def _needs_frame(self, request: Request, model: str) -> TypeGuard[VideoRequest]:
        """Whether it is for the offline animatic, which moves a drawing, and comes without one."""
        if not isinstance(request, VideoRequest) or not self._gateway.effective(model, request).offline:
            return False
        return not any(reference.role == "first_frame" for reference in request.references)

    async def _with_frame(self, project: str, task: str, model: str, request: Request) -> Request:
        """With the first frame that it needs, made by the offline sketch artist."""
        if self._needs_frame(request, model):
            wanted = ImageRequest(
                prompt=request.prompt, width=request.width, height=request.height, seed=request.seed, title=""
            )
            drawn = await self._gateway.take(project, None, task, "frame", SKETCH, wanted)
            frame = Reference(sha256=drawn.main.sha256, role="first_frame")
            return request.model_copy(update={"references": (frame, *request.references)})
        return request

    def _begin(self, project: str, task: str, model: str, request: Request) -> None:
        place = (project, task)
        if place not in self._working:
            working = asyncio.create_task(self._work(project, task, model, request))
            self._working[place] = working
            self._counts[project] += 1
            working.add_done_callback(lambda _: self._ended(place))

    def _ended(self, place: tuple[str, str]) -> None:
        del self._working[place]
        self._counts[place[0]] -= 1

    async def _work(self, project: str, task: str, model: str, request: Request) -> None:
        try:
            await self._gateway.fulfil(project, task, KIND, model, request)
        except (BudgetError, InputError) as error:  # not sent, or not again: it can only end now, and says why
            await self._gateway.close(project, task, KIND, error)
        except OrderFailedError:
            pass  # on record
        except ManjuError as error:
            log.info("task %s: %s", task, error.message)  # on record too, or gone on with at the next start

    @unbroken
    async def _find(self, project: str, task: str) -> Task | None:
        async with self._database.read() as session:
            found = await takes.of(session, project, task, KIND)
            if not found:
                return None
            order = found[-1].order
            detail = await order_reads.detail(session, order.id)
        return _task(task, found[-1], detail, self._gateway.progress(order.id))

    @unbroken
    async def _latest(self, project: str, model: str, request: Request) -> str | None:
        entry = self._gateway.served(model)
        digest = request_digest(entry.name, request, entry.revision)
        async with self._database.read() as session:
            return await takes.latest(session, project, KIND, digest, now() - RETRIED)

    @unbroken
    async def _listed(self, project: str, modality: Modality, after: str, limit: int, descending: bool) -> Names:
        async with self._database.read() as session:
            return await takes.listed(session, project, KIND, modality, after=after, limit=limit, descending=descending)

    @unbroken
    async def _unfinished(self) -> Sequence[tuple[str, str, str]]:
        async with self._database.read() as session:
            return await order_reads.unfinished(session, KIND)

    @unbroken
    async def _requests(self, order_ids: Sequence[str]) -> Mapping[str, tuple[str, dict[str, Any]]]:
        async with self._database.read() as session:
            return await order_reads.requests(session, order_ids)


def _named(key: ApiKey, idempotency: str) -> str:
    """The id of the task that a caller's own name stands for."""
    digest = hashlib.sha256(f"{key.id}\n{idempotency}".encode()).hexdigest()
    return f"task_{digest[:26]}"


def _task(task: str, take: TakeRecord, detail: order_records.Detail, progress: float) -> Task:
    order = take.order
    error = dict(order.error or {})
    if "message" in error:
        error["message"] = str(error["message"]).replace(f" for {task}/{KIND}", "")  # our own name for it
    return Task(
        id=task,
        model=order.model,
        state=order.state,
        request=detail.request,
        artefacts=order.artefacts,
        facts=order.facts or {},
        error=error,
        price=order.price,
        progress=progress,
        created_at=detail.created_at,
        finished_at=detail.finished_at,
    )
