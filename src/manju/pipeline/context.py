"""What a stage works through: the spec, model calls, the film's folder and documents, workers, and progress.

A stage asks for *takes*. `Context.take` places the order or finds its record; `Context.keep` puts a take's file into
the film's folder, unless a person has put a file of their own there: theirs stays and is used. While nobody knows what
became of an order of the film, no other is placed: a person decides first.
"""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from manju.domain.delivery import frame_size
from manju.domain.film import FilmSpec, Stage
from manju.domain.money import MICRO, show
from manju.domain.order import Modality, Request, Stored, TextRequest
from manju.domain.platforms import chosen
from manju.domain.run import Work
from manju.domain.takes import DomainKey, Take
from manju.errors import InputError, MediaError, ModelError, OrderUnknownError
from manju.gateway.doubts import Doubts
from manju.gateway.entries import Entry
from manju.gateway.gateway import Gateway
from manju.gateway.shelf import Shelf
from manju.media.film import Cache
from manju.media.label import Mark, mark
from manju.media.process import WorkerPool
from manju.pipeline.documents import Documents
from manju.pipeline.findings import Finding
from manju.pipeline.limits import Limits
from manju.pipeline.ownership import TAKES, is_ours
from manju.pipeline.replies import whole
from manju.storage.folder import FilmFolder

T = TypeVar("T")
REDO_PAID = "redo_paid"
"""The run's option that has every paid take made anew that is not what is asked for now."""
NAMED = 5
"""Most orders in doubt that an error lists."""
DEFAULT_RATIO = "9:16"
"""What short-video platforms show, where neither the user nor the platform says otherwise."""


@dataclass(frozen=True, slots=True)
class File:
    """A file in the film's folder that a stage uses. ``own`` is true where a person put it there."""

    name: str
    sha256: str
    own: bool


@dataclass
class Context:
    """One film in the making. Made by `manju.app`; everything here is safe to use from concurrent tasks."""

    spec: FilmSpec
    project_id: str
    work: Work
    gateway: Gateway
    doubts: Doubts
    shelf: Shelf
    folder: FilmFolder
    documents: Documents
    pool: WorkerPool
    cache: Cache
    producer: str = ""
    limits: Limits = field(default_factory=Limits)
    clock: Callable[[], float] = time.perf_counter
    used: set[str] = field(default_factory=set)
    """Names of the files that the film uses, in so far as its stages have run."""
    own: set[str] = field(default_factory=set)
    """Names of files that a person put into the folder."""
    notes: list[str] = field(default_factory=list)
    """What the user should know, in the order of its discovery."""
    stale: dict[tuple[str, str], int] = field(default_factory=dict)
    """Takes, by subject and kind, that are not what is asked for now: the price of making each anew, in millionths."""
    stages: int = 0
    """How many are going on."""
    counted: float = 0.0
    """Until when the time has been counted to stages, by `clock`."""

    async def take(self, subject: str, kind: str, request: Request) -> Take:
        """The take of ``subject`` (a shot's uid ...) for ``request``, by the model that the spec names for it.

        Raises:
            BudgetError: it would cost more than the budget leaves.
            OrderUnknownError: nobody knows what became of an order of this film.
            OrderFailedError, ModelError: see `manju.gateway`.
        """
        await self.work.check()
        if (doubt := await self.doubt()) is not None:
            raise doubt
        model = self.model(request.modality)
        self.offer(request.modality)
        self.work.report("call", subject=subject, what=kind, model=model, state="started")
        redo = bool(self.work.options.get(REDO_PAID))
        try:
            take = await self.gateway.take(self.project_id, self.work, subject, kind, model, request, redo_paid=redo)
        except (ModelError, MediaError) as error:
            error.message = f"{subject}/{kind} by {model}: {error.message}"
            error.args = (error.message,)
            raise
        if take.stale is not None:
            self.stale[subject, kind] = take.stale.price
            self.note(
                f"{subject}/{kind} is not what is asked for now: take {take.number} is kept, "
                f"because making it anew costs {show(take.stale.price)}"
            )
        self.work.report("call", subject=subject, what=kind, model=model, state="done", take=take.number)
        return take

    async def ask(self, subject: str, request: TextRequest) -> str:
        """The text model's whole reply.

        Raises:
            ReplyError: it was cut off.
        """
        take = await self.take(subject, "script", request)
        return whole((await self.shelf.read(take.main)).decode("utf-8"), take.facts)

    async def doubt(self) -> OrderUnknownError | None:
        """The error that names the film's orders whose outcome nobody knows; None if there are none."""
        found = await self.doubts.of(self.project_id)
        if not found:
            return None
        names = []
        for order in found[:NAMED]:
            key = DomainKey.parse(order.key)
            names.append(f"{order.id} ({key.subject}/{key.kind}, {order.model}, {show(order.price)})")
        more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
        count = "an order" if len(found) == 1 else f"{len(found)} orders"
        return OrderUnknownError(
            f"{count} of this film may have been made or not, and nothing is bought until you decide: "
            f"{', '.join(names)}{more}",
            hint="'manju orders list' tells where to look it up; then manju orders found | buy-again | release ORDER.",
        )

    def tell_stale(self) -> None:
        """Tell what it takes to have everything as it is asked for now."""
        if self.stale:
            count = "this" if len(self.stale) == 1 else f"these {len(self.stale)}"
            self.note(f"--redo-paid buys {count} anew for {show(sum(self.stale.values()))}")

    def offer(self, modality: Modality) -> Entry:
        """What makes the calls of a modality. Where an offline model stands in for the one that the user chose, he is
        told.

        Raises:
            InputError: none was chosen, or there is no such model.
        """
        model = self.model(modality)
        served = self.gateway.served(model)
        if served.name != model:
            self.note(f"no channel serves {model}: {served.name} stands in for it")
        return served

    def report(self, finding: Finding) -> None:
        """Tell what the quality gate saw."""
        self.note(f"{finding.level}: {finding}")

    def model(self, modality: Modality) -> str:
        """The model that the user chose for a modality.

        Raises:
            InputError: none was chosen (video may be empty).
        """
        name: str = getattr(self.spec.models, modality)
        if not name:
            raise InputError(f"no {modality} model was chosen", hint=f"Choose one with --{modality}-model.")
        return name

    async def keep(self, take: Take, name: str, role: str = "main") -> File:
        """Put a take's file into the folder as ``name``, if nobody put another one there."""
        stored = take.artefact(role)
        self.used.add(name)
        if not self.folder.exists(name):
            return await self._place(name, stored)
        found = await asyncio.to_thread(self.folder.digest, name)
        if found == stored.sha256:
            return File(name, found, own=False)
        if await self.ours(name, found):
            return await self._place(name, stored)  # an earlier take
        self.keep_own(name)
        return File(name, found, own=True)

    async def adopt(self, file: File) -> str:
        """Digest under which models can read a file of the folder; a person's file is copied into the artefacts."""
        if file.own:
            await self.shelf.adopt(self.folder.locate(file.name))
        return file.sha256

    async def put(self, name: str, data: bytes | str, *inputs: Any, label: bool = True) -> None:
        """Put a file that a stage made into the folder, unless a person has put one of their own there. Media get the
        AI label, with the `number` of ``inputs``, unless no model made them (``label`` False)."""
        content = data.encode("utf-8") if isinstance(data, str) else data
        if label:
            content = mark(content, Path(name).suffix, Mark(self.producer, number(*inputs)))
        digest = hashlib.sha256(content).hexdigest()
        self.used.add(name)
        if self.folder.exists(name):
            found = await asyncio.to_thread(self.folder.digest, name)
            if found == digest:
                return
            if not await self.ours(name, found):
                self.keep_own(name)
                return
        await self.documents.will_write(name, digest)
        self.folder.write(name, content)

    async def drop(self, name: str) -> None:
        """Remove a file that we wrote and that is not wanted any more; a person's own stays."""
        if self.folder.exists(name) and await self.ours(name, self.folder.digest(name)):
            self.folder.remove(name)

    async def sweep(self) -> None:
        """Remove what we made for shots, lines and characters that the film does not have any more; a person's own
        files stay. To be called when every take of the film has been kept."""
        left = [name for name in self.folder.names() if name.partition("/")[0] in TAKES and name not in self.used]
        for name in left:
            if await self.ours(name, await asyncio.to_thread(self.folder.digest, name)):
                self.folder.remove(name)

    async def ours(self, name: str, digest: str) -> bool:
        """Whether what is in the file ``name`` is something that we put there: a take of what the file is called by,
        or what a stage `put` there."""
        return await is_ours(self.documents, self.shelf, name, digest)

    def keep_own(self, name: str) -> None:
        """A person's own file stays where it is."""
        self.own.add(name)
        self.note(f"{name} is your own file: it is kept")

    @asynccontextmanager
    async def stage(self, name: Stage) -> AsyncIterator[None]:
        """Tell that a stage begins and ends, and take its time. While two stages go on, the time is that of the one
        which ends first: their sum is what passed."""
        await self.work.check()
        self.work.report("stage", stage=name, state="started")
        if not self.stages:
            self.counted = self.clock()
        self.stages += 1
        try:
            yield
        finally:
            self.stages -= 1
        ended = self.clock()
        seconds = round(ended - self.counted, 3)
        self.counted = ended
        # Kept for each execution, so that a resumed run knows what the stages took in all.
        await self.work.emit(f"stage/{name}/{self.work.epoch}", "stage_done", stage=name, seconds=seconds)
        paid = (await self.gateway.spending(self.project_id)).paid
        self.work.report("stage", stage=name, state="done", seconds=seconds, cost=paid / MICRO)

    async def stage_seconds(self) -> dict[str, float]:
        """Seconds of every stage so far, earlier executions of the run included."""
        total: dict[str, float] = {}
        for event in await self.work.events():
            if event.kind == "stage_done":
                stage = event.data["stage"]
                total[stage] = round(total.get(stage, 0.0) + event.data["seconds"], 3)
        return total

    def progress(self, stage: Stage, done: int, total: int) -> None:
        """Tell how far a stage is."""
        self.work.report("progress", stage=stage, done=done, total=total)

    def note(self, text: str) -> None:
        """Tell the user something once."""
        if text not in self.notes:
            self.notes.append(text)
            self.work.report("note", text=text)

    def size(self, platform: str = "") -> tuple[int, int]:
        """Width and height of the film: the user's ratio, else the first platform's favourite, else 9:16."""
        return size_of(self.spec, platform)

    async def run(self, function: Callable[..., T], *arguments: Any) -> T:
        """Call a module-level function in a worker process."""
        return await asyncio.wrap_future(self.pool.submit(function, *arguments))

    async def _place(self, name: str, stored: Stored) -> File:
        await asyncio.to_thread(self.folder.place, name, await self.shelf.file(stored))
        return File(name, stored.sha256, own=False)


def size_of(spec: FilmSpec, platform: str = "") -> tuple[int, int]:
    """Width and height of a film: what the user asked, else the first platform's favourite ratio, else 9:16.

    Raises:
        InputError: ratio and resolution cannot be used together, or a platform is not known.
    """
    platforms = chosen(spec.platform or platform)
    favourite = platforms[0].preferred_ratio if platforms else DEFAULT_RATIO
    return frame_size(spec.ratio or ("" if "x" in spec.resolution.lower() else favourite), spec.resolution)


def number(*inputs: Any) -> str:
    """The number of a thing in its AI label: a hash of what it was made from, so that it is the same each time."""
    return hashlib.sha256(repr(inputs).encode("utf-8")).hexdigest()[:32]


@asynccontextmanager
async def together() -> AsyncIterator[asyncio.TaskGroup]:
    """A task group whose first error stops the rest and is raised as it is, not wrapped in a group."""
    try:
        async with asyncio.TaskGroup() as group:
            yield group
    except BaseExceptionGroup as errors:
        unknown = errors.subgroup(OrderUnknownError)  # the gravest: a person must decide
        first: BaseException = unknown or errors
        while isinstance(first, BaseExceptionGroup):
            first = first.exceptions[0]
        raise first from None


async def gather(coroutines: Sequence[Coroutine[Any, Any, T]]) -> list[T]:
    """Run coroutines `together` and return their results in order."""
    async with together() as group:
        running = [group.create_task(coroutine) for coroutine in coroutines]
    return [task.result() for task in running]
