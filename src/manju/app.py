"""The one place where objects are wired together, and what a user can ask of the whole: make, render, estimate."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from manju.config import Settings
from manju.db.projects import Projects
from manju.db.session import Database
from manju.domain.document import digest
from manju.domain.film import FilmSpec, Stage
from manju.domain.money import micros
from manju.domain.order import Request
from manju.domain.project import Project
from manju.domain.run import ENDED, Run, Work
from manju.errors import InputError
from manju.gateway import pricing
from manju.gateway.catalogue import shipped
from manju.gateway.gateway import Gateway
from manju.gateway.presence import Presence
from manju.gateway.shelf import Shelf
from manju.media.film import Cache
from manju.media.process import WorkerPool
from manju.pipeline.context import COVER, FILM, Context
from manju.pipeline.documents import MANIFEST, Documents
from manju.pipeline.recover import spec_of_folder, take_in
from manju.recipes.short_video import short_video
from manju.runs.leases import Leases
from manju.runs.local import LocalEngine
from manju.storage.folder import FilmFolder, file_name
from manju.storage.local import LocalStorage

RECIPE = "short_video"
OURS = ("screenplay.json", "timeline.json", MANIFEST, FILM)
"""A folder with one of these holds a film."""
TAKEN = (*OURS, "film.srt", "film.ass", "film.vtt", COVER, "contact_sheet.png")
"""A new film is not made over any of these."""
GB = 1000**3
MADE = ("shots/", "audio/", "characters/", "deliver/")
"""Subfolders of a film."""
NAME, SHORT_NAME = 200, 40
"""Characters of a project's name and of its folder's."""


@dataclass(frozen=True, slots=True)
class Made:
    """What a run left: the folder, and the film in it unless the run stopped before the render."""

    project_id: str
    run_id: str
    folder: Path
    film: Path | None


class App:
    """A running installation. Open it with `open_app`."""

    def __init__(self, settings: Settings, database: Database, pool: WorkerPool) -> None:
        self.settings = settings
        self.database = database
        self.projects = Projects(database)
        self.pool = pool
        folder = settings.folder
        self.cache = Cache.below(folder.cache)
        self.storage = LocalStorage(folder.artefacts)
        channels = tuple(each.channel(name) for name, each in settings.channels.items())
        self.catalogue = shipped().extended(channels, ())
        self.gateway = Gateway(
            database,
            self.storage,
            Presence(folder.presence),
            catalogue=self.catalogue,
            workers=pool,
            producer=settings.producer,
        )
        self.shelf = Shelf(database, self.storage)
        self.on_folder: Callable[[Path], None] = lambda folder: None
        """Told the folder that a film is made in, as soon as it is chosen."""
        self.engine = LocalEngine(database, Leases(folder.leases), {RECIPE: self._short_video})

    async def make(
        self,
        spec: FilmSpec,
        out: Path | None,
        *,
        name: str = "",
        resume: bool = False,
        force: bool = False,
        stop_after: Stage = "publish",
    ) -> Made:
        """Make a film into the folder ``out``, or go on with the one that is being made there.

        Args:
            spec: what is asked. When going on, only the fields that were set are compared with what was asked before.
            out: the folder; None chooses one below ``films/`` by the film's name.
            name: what to call the film's folder and project; empty: the topic.
            resume: go on where an earlier run stopped; with nothing to go on from, start.
            force: make a new film over the one in the folder; what a person put there stays.
            stop_after: the last stage to do.

        Raises:
            ConflictError: another command works in the folder.
            InputError: the folder holds another film, or an option cannot be used.
            BudgetError, ModelError, MediaError ...: see the stages.
        """
        name = name or spec.source.text.strip()
        folder = FilmFolder(out or await self._free_folder(spec, name, resume=resume))
        self.on_folder(folder.path)
        with folder.lock():
            if force and not resume:
                await self._clear(folder)
            project = await self._project(folder, spec, name, resume=resume)
            return await self._run(project, folder, stop_after)

    async def render(self, path: Path) -> Made:
        """Render a film's folder again after its files were edited. A folder from elsewhere is taken in first.

        Raises:
            InputError: there is no film in the folder.
        """
        folder = FilmFolder(path)
        if not any(folder.exists(name) for name in OURS):
            raise InputError(f"there is no film in {folder.path}", hint="Name a folder that 'manju make' has made.")
        with folder.lock():
            project = await self.projects.by_folder(folder.path)
            if project is None:
                project = await self._create(folder, spec_of_folder(folder), folder.path.name)
                await take_in(folder, Documents(self.projects, project.id, folder))
            return await self._run(project, folder, "publish")

    async def _run(self, project: Project, folder: FilmFolder, stop_after: Stage) -> Made:
        run = await self._open_run(project, stop_after)
        try:
            await self.engine.run_to_end(run.id, resume=True)
        finally:
            limit = int(self.settings.cache_limit_gb * GB)
            await asyncio.to_thread(self.cache.sweep, limit)
        film = folder.path / FILM
        return Made(project.id, run.id, folder.path, film if stop_after in ("render", "publish") else None)

    async def _open_run(self, project: Project, stop_after: Stage) -> Run:
        """The project's unfinished run if it is to do the same, else a new one."""
        options = {"stop_after": stop_after}
        for run in await self.engine.list(project.id):
            if run.state in ENDED:
                continue
            if run.options == options:
                return run
            await self.engine.cancel(run.id)
        return await self.engine.start(project.id, RECIPE, options)

    async def _project(self, folder: FilmFolder, spec: FilmSpec, name: str, *, resume: bool) -> Project:
        project = await self.projects.by_folder(folder.path)
        holds = [name for name in TAKEN if folder.exists(name)]
        if project is not None and resume:
            _same(spec, FilmSpec.model_validate(project.spec), folder.path)
            if "budget" in spec.model_fields_set:
                await self.gateway.set_budget(project.id, micros(spec.budget) if spec.budget else None)
            return project
        if holds:
            what = "a film" if project is not None else f"{holds[0]} already"
            raise InputError(
                f"{folder.path} holds {what}: nothing is overwritten",
                hint="Go on with it by --resume, choose another --out, or make a new film over it by --force.",
            )
        if project is not None:
            await self.projects.set_folder(project.id, None)  # its folder was deleted: the name is free again
        return await self._create(folder, spec, name)

    async def _clear(self, folder: FilmFolder) -> None:
        """Remove what was made in the folder; what a person put there stays, and moves on to the new film."""
        project = await self.projects.by_folder(folder.path)
        if project is not None:
            documents = Documents(self.projects, project.id, folder)
            for name in folder.names():
                if name in OURS or await documents.ours(name, folder.digest(name)) or name.startswith(MADE):
                    folder.remove(name)
            await self.projects.set_folder(project.id, None)
        else:
            for name in TAKEN:
                folder.remove(name)

    async def _create(self, folder: FilmFolder, spec: FilmSpec, name: str) -> Project:
        asked = spec.model_dump(mode="json")
        return await self.projects.create(
            account_id=self.settings.account,
            name=name[:NAME],
            spec=asked,
            spec_digest=digest(asked),
            folder=folder.path,
            budget=micros(spec.budget) if spec.budget else None,
        )

    async def _free_folder(self, spec: FilmSpec, name: str, *, resume: bool) -> Path:
        """``films/<name>``; a number is added while the name is taken, unless that film is to be gone on with."""
        base, count, finished = Path("films") / file_name(name[:SHORT_NAME]), 1, None
        candidate = base
        while True:
            project = await self.projects.by_folder(candidate)
            files = FilmFolder(candidate).names()
            if not files and (project is None or not resume):
                return finished or candidate
            if resume and project is not None and not _differs(spec, FilmSpec.model_validate(project.spec)):
                if any(run.state not in ENDED for run in await self.engine.list(project.id)):
                    return candidate
                finished = finished or candidate
            count += 1
            candidate = base.with_name(f"{base.name}-{count}")

    async def _short_video(self, work: Work) -> None:
        project = await self.projects.get(work.project_id)
        assert project.folder is not None
        folder = FilmFolder(Path(project.folder))
        context = Context(
            spec=FilmSpec.model_validate(project.spec),
            project_id=project.id,
            work=work,
            gateway=self.gateway,
            shelf=self.shelf,
            folder=folder,
            documents=Documents(self.projects, project.id, folder),
            pool=self.pool,
            cache=self.cache,
            producer=self.settings.producer,
        )
        await short_video(context, work.options["stop_after"])


def price_of(model: str, *requests: Request) -> int:
    """What requests to a model would cost by the catalogue, in millionths of the currency.

    Raises:
        InputError: there is no such model, it was retired, or it cannot do this much.
    """
    entry = shipped().entry(model)
    for request in requests:
        entry.admit(request)
    return sum(pricing.price(entry, request) for request in requests)


@asynccontextmanager
async def open_app(settings: Settings) -> AsyncIterator[App]:
    """Open the installation: data folder, database (migrated), workers."""
    logging.basicConfig(level=settings.log_level.upper(), format="%(levelname)s %(name)s: %(message)s")
    settings.folder.make()
    await asyncio.to_thread(LocalStorage(settings.folder.artefacts).sweep)
    database = Database(settings.database) if settings.database else Database.at(settings.folder.database)
    pool = WorkerPool(settings.workers, {"MANJU_CACHE": str(settings.folder.cache)})
    pool.warm("manju.media.segments")
    try:
        await database.migrate()
        app = App(settings, database, pool)
        async with app.gateway:
            try:
                yield app
            finally:
                await app.engine.stop()
    finally:
        pool.close()
        await database.close()


def _differs(asked: FilmSpec, before: FilmSpec) -> str:
    """Name of a field that was asked explicitly and is not what was asked before; empty if there is none. The budget
    may change."""
    new: dict[str, Any] = asked.model_dump(mode="json", exclude_unset=True, exclude={"budget"})
    old: dict[str, Any] = before.model_dump(mode="json")
    for name, value in new.items():
        known = old[name]
        if isinstance(value, dict) and isinstance(known, dict):
            if any(known[key] != each for key, each in value.items()):
                return name
        elif value != known:
            return name
    return ""


def _same(asked: FilmSpec, before: FilmSpec, folder: Path) -> None:
    name = _differs(asked, before)
    if name == "source":
        raise InputError(
            f"the film in {folder} is about something else", hint="Choose another --out, or --force to make a new one."
        )
    if name:
        raise InputError(
            f"the film in {folder} was asked for with another {name}",
            hint="Leave the option out to go on with it, edit its screenplay.json, or choose another --out.",
        )
