"""The one place where objects are wired together, and what a user can ask of the whole: make, render, estimate."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from functools import cached_property
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from manju.config import Settings
from manju.db.folders import Folders
from manju.db.projects import Projects
from manju.db.session import Database
from manju.domain.document import digest
from manju.domain.film import FilmSpec, Stage
from manju.domain.money import micros
from manju.domain.project import Project
from manju.domain.run import ENDED, Run, RunState, Work
from manju.domain.screenplay import Screenplay
from manju.domain.timeline import Timeline
from manju.errors import ConflictError, InputError, OrderUnknownError
from manju.gateway.catalogue import Catalogue
from manju.gateway.doubts import Doubts
from manju.gateway.gateway import Gateway
from manju.gateway.presence import Presence
from manju.gateway.shelf import Shelf
from manju.media import atomic
from manju.media.process import WorkerPool
from manju.pipeline.changes import admit, changes, merged
from manju.pipeline.documents import Documents
from manju.pipeline.layout import FILM, MADE, TAKEN, need_film, need_free
from manju.pipeline.ownership import made_here
from manju.pipeline.recover import spec_of_folder, take_in
from manju.runs.leases import Leases
from manju.runs.local import LocalEngine
from manju.storage.folder import FilmFolder, explain, file_name
from manju.storage.local import LocalStorage

if TYPE_CHECKING:
    from manju.media.film import Cache

RECIPE = "short_video"
WHOLE = ("render", "publish")
"""A run that stops after one of these leaves a film."""
GB = 1000**3
LOG_FORMAT = "%(levelname)s %(name)s: %(message)s"
WARM = "manju.media.segments"
"""What workers import before they are needed."""
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
        self.storage = LocalStorage(folder.artefacts)
        self.catalogue = catalogue(settings)
        self.gateway = Gateway(
            database,
            self.storage,
            Presence(folder.presence),
            catalogue=self.catalogue,
            workers=pool,
            producer=settings.producer,
        )
        self.shelf = Shelf(database, self.storage)
        self.on_begun: Callable[[Path], None] = lambda folder: None
        """Told the folder of a film as soon as a resume would go on with it."""
        self.on_note: Callable[[str], None] = lambda text: None
        """Told what the user should know before the run begins."""
        self.engine = LocalEngine(database, Leases(folder.leases), {RECIPE: self._short_video})

    @cached_property
    def cache(self) -> Cache:
        """What renders share. What makes films is imported where one is made: a server that makes none starts without
        the codecs."""
        from manju.media.film import Cache

        return Cache.below(self.settings.folder.cache)

    async def make(
        self,
        spec: FilmSpec,
        out: Path | None,
        *,
        name: str = "",
        resume: bool = False,
        force: bool = False,
        redo_paid: bool = False,
        stop_after: Stage = "publish",
    ) -> Made:
        """Make a film into the folder ``out``, or go on with the one that is being made there.

        Args:
            spec: what is asked. When going on, the fields that were set change what was asked before.
            out: the folder; None chooses one below ``films/`` by the film's name.
            name: what to call the film's folder and project; empty: the topic.
            resume: go on where an earlier run stopped, keeping what the changes leave as it is; with nothing to go on
                from, start.
            force: make a new film over the one in the folder; what a person put there stays.
            redo_paid: buy anew what was paid for and is not what is asked for now; else it is kept.
            stop_after: the last stage to do.

        Raises:
            ConflictError: another command works in the folder.
            InputError: the folder holds another film, or an option cannot be used.
            OrderUnknownError: nobody knows what became of some of its orders; the message lists them, and a person
                decides.
            BudgetError, ModelError, MediaError ...: see the stages.
        """
        name = name or spec.source.text.strip()
        with ExitStack() as held:
            if force and out is None:
                out = next(_candidates(name))
            folder = await self._occupied(held, spec, out, name, resume=resume)
            if force:
                await self._clear(folder)
            project = await self._project(folder, spec, name, resume=resume)
            self.on_begun(folder.path)
            return await self._run(project, folder, stop_after, redo_paid=redo_paid)

    async def render(self, path: Path, *, redo_paid: bool = False) -> Made:
        """Render a film's folder again after its files were edited. A folder from elsewhere is taken in first.

        Raises:
            InputError: there is no film in the folder.
            Otherwise as `make`.
        """
        folder = FilmFolder(path)
        need_film(folder)
        with folder.lock():
            project = await self.projects.by_folder(folder.path)
            if project is None:
                project = await self._create(folder, spec_of_folder(folder), folder.path.name)
            documents = Documents(self.projects, project.id, folder)
            if not await documents.begun():
                await take_in(folder, documents)
            return await self._run(project, folder, "publish", redo_paid=redo_paid)

    async def _run(self, project: Project, folder: FilmFolder, stop_after: Stage, *, redo_paid: bool) -> Made:
        from manju.pipeline.context import REDO_PAID

        run = await self._open_run(project, {"stop_after": stop_after} | ({REDO_PAID: True} if redo_paid else {}))
        try:
            await self.engine.run_to_end(run.id, resume=True)
        finally:
            limit = int(self.settings.cache_limit_gb * GB)
            await asyncio.to_thread(self.cache.sweep, limit)
        film = folder.path / FILM
        return Made(project.id, run.id, folder.path, film if stop_after in WHOLE else None)

    async def _open_run(self, project: Project, options: dict[str, Any]) -> Run:
        """The project's unfinished run if it is to do the same, else a new one."""
        for run in await self.engine.list(project.id):
            if run.state in ENDED:
                continue
            if run.options == options:
                return run
            await self.engine.cancel(run.id)
        return await self.engine.start(project.id, RECIPE, options)

    async def _project(self, folder: FilmFolder, spec: FilmSpec, name: str, *, resume: bool) -> Project:
        project = await self.projects.by_folder(folder.path)
        if project is not None and resume:
            return await self._changed(project, folder, spec)
        need_free(folder, resumed=resume)
        if project is not None:
            await self.projects.set_folder(project.id, None)  # its folder was deleted: the name is free again
        return await self._create(folder, spec, name)

    async def _changed(self, project: Project, folder: FilmFolder, asked: FilmSpec) -> Project:
        """The project, asked for differently where ``asked`` says so explicitly.

        Raises:
            InputError: it asks for a film about something else, or for what a person's edit has decided.
        """
        from manju.pipeline.context import size_of
        from manju.recipes.short_video import wishes

        before = FilmSpec.model_validate(project.spec)
        if asked.source != before.source:
            raise InputError(
                f"the film in {folder.path} is about something else",
                hint="Choose another --out, or --force to make a new one.",
            )
        spec = merged(asked, before)
        changed = changes(spec, before)
        if not changed:
            return project
        size_of(spec)
        documents = Documents(self.projects, project.id, folder)
        screenplay = await documents.load("screenplay", Screenplay)
        timeline = await documents.load("timeline", Timeline)
        admit(
            changed,
            own_screenplay=screenplay is not None and screenplay.origin == "edited",
            own_timeline=timeline is not None and timeline.origin == "edited",
        )
        if not await documents.written_for():
            await documents.note_wishes(wishes(before))
        if "budget" in changed:
            await self.gateway.set_budget(project.id, micros(spec.budget) if spec.budget else None)
        dump = spec.model_dump(mode="json")
        project = await self.projects.set_spec(project.id, dump, digest(dump))
        self.on_note(f"changed: {', '.join(changed.values())}")
        return project

    async def _clear(self, folder: FilmFolder) -> None:
        """Remove what we made in the folder. A person's own file where the new film's will be goes to ``replaced/``;
        whatever else he put there stays. Of a folder that this installation does not know nothing is ours."""
        project = await self.projects.by_folder(folder.path)
        if project is not None:
            # First of all: a kill from here on must not let a resume take up the old film.
            await self.projects.set_folder(project.id, None)
        documents = None if project is None else Documents(self.projects, project.id, folder)
        for name in folder.names():
            if not name.startswith(MADE) and name not in TAKEN:
                continue
            if documents is not None and await made_here(folder, documents, self.shelf, name):
                folder.remove(name)
            else:
                folder.set_aside(name)

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

    async def _occupied(
        self, held: ExitStack, spec: FilmSpec, out: Path | None, name: str, *, resume: bool
    ) -> FilmFolder:
        """The folder to work in, locked until ``held`` is closed. Without ``out`` it is ``films/<name>``, with a number
        while the name is taken or somebody is just taking it."""
        if out is None and resume:
            out = await self._to_go_on_with(spec, name)
        if out is not None:
            folder = FilmFolder(out)
            held.enter_context(folder.lock())
            return folder
        for candidate in _candidates(name):
            folder = FilmFolder(candidate)
            if folder.names() or (resume and await self.projects.by_folder(candidate) is not None):
                continue
            with ExitStack() as trying:
                try:
                    trying.enter_context(folder.lock())
                except ConflictError:
                    continue
                if not folder.names():  # whoever had the lock may have made a film meanwhile
                    held.push(trying.pop_all())
                    return folder
        raise AssertionError("there are always more names")

    async def _to_go_on_with(self, spec: FilmSpec, name: str) -> Path | None:
        """The film below ``films/`` that a resume means: one that is just what is asked, else the last one from the
        same source that was not finished. A finished film is changed only where its folder is named."""
        finished = unlike = None
        for candidate in _candidates(name):
            project = await self.projects.by_folder(candidate)
            if project is None:
                if not FilmFolder(candidate).names():
                    break
                continue
            before = FilmSpec.model_validate(project.spec)
            if before.source != spec.source:
                continue
            last = next(iter(await self.engine.list(project.id)), None)
            done = last is not None and last.state is RunState.SUCCEEDED and last.options["stop_after"] in WHOLE
            if merged(spec, before).model_copy(update={"budget": before.budget}) == before:
                if not done:
                    return candidate
                finished = finished or candidate
            elif not done:
                unlike = candidate
        return finished or unlike

    async def _short_video(self, work: Work) -> None:
        from manju.pipeline.context import Context
        from manju.recipes.short_video import short_video

        project = await self.projects.get(work.project_id)
        assert project.folder is not None
        folder = FilmFolder(Path(project.folder))
        context = Context(
            spec=FilmSpec.model_validate(project.spec),
            project_id=project.id,
            work=work,
            gateway=self.gateway,
            doubts=Doubts(self.database),
            shelf=self.shelf,
            folder=folder,
            documents=Documents(self.projects, project.id, folder),
            pool=self.pool,
            cache=self.cache,
            producer=self.settings.producer,
        )
        try:
            await short_video(context, work.options["stop_after"])
        except OrderUnknownError as error:
            if (doubt := await context.doubt()) is None:
                raise
            raise doubt from error  # it names all of them: others may have been lost meanwhile


def catalogue(settings: Settings) -> Catalogue:
    """The models that there are, with the channels that this installation has for them.

    Raises:
        InputError: a channel's key is not where it should be.
    """
    return settings.catalogue()


@asynccontextmanager
async def open_app(settings: Settings, *, warm: bool = True) -> AsyncIterator[App]:
    """Open the installation: data folder, database (migrated), workers. ``warm``: they are wanted soon."""
    logging.basicConfig(level="WARNING", format=LOG_FORMAT)  # unless a server has said otherwise
    settings.folder.make()
    with ExitStack() as held:
        await asyncio.to_thread(_swept, settings)
        temporary = held.enter_context(_temporary(settings.folder.cache))
        database = Database(settings.database) if settings.database else Database.at(settings.folder.database)
        pool = WorkerPool(settings.workers, {"MANJU_CACHE": str(settings.folder.cache), "TMPDIR": str(temporary)})
        if warm:
            pool.warm(WARM)
        try:
            await database.migrate()
            if settings.database:
                await _belongs(database, Leases(settings.folder.leases))
            app = App(settings, database, pool)
            async with app.gateway:
                try:
                    yield app
                finally:
                    await app.engine.stop()
        finally:
            pool.close()
            await database.close()


async def _belongs(database: Database, leases: Leases) -> None:
    """Check that a database that lies elsewhere belongs to our data folder, and to no other."""
    owner = await Folders(database).owner(leases.identity)
    if owner != leases.identity:
        raise InputError(
            "the database belongs to another data folder",
            hint="Give all that share a database the same data folder (--data), or use a database of its own. "
            f"If that folder is gone for good, write {owner} into {leases.identity_file}.",
        )


@contextmanager
def _temporary(cache: Path) -> Iterator[Path]:
    """Where workers and the programs that they call put temporary files: what a killed one leaves there is swept."""
    with ExitStack() as held:
        try:
            folder = held.enter_context(atomic.scratch(cache))
        except OSError as error:
            raise explain(error, cache) from error
        yield folder


def _swept(settings: Settings) -> None:
    """Remove what processes that died left unfinished."""
    LocalStorage(settings.folder.artefacts).sweep()
    atomic.sweep(settings.folder.cache, None)


def _candidates(name: str) -> Iterator[Path]:
    """``films/<name>``, ``films/<name>-2`` ..."""
    base = Path("films") / file_name(name[:SHORT_NAME])
    yield base
    for number in count(2):
        yield base.with_name(f"{base.name}-{number}")
