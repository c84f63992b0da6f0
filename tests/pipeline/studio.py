"""A film in the making for tests of the stages: real files, a real database, the models that ship."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from manju.db.projects import Projects
from manju.db.session import Database
from manju.db.tables import Run
from manju.domain.film import FilmSpec, Music, Source
from manju.domain.ids import new_id
from manju.domain.run import RunEvent
from manju.domain.screenplay import Screenplay
from manju.gateway.doubts import Doubts
from manju.gateway.gateway import Gateway
from manju.gateway.presence import Presence
from manju.gateway.shelf import Shelf
from manju.media.film import Cache
from manju.media.process import WorkerPool
from manju.pipeline import render, storyboard, voice
from manju.pipeline.context import Context
from manju.pipeline.documents import Documents
from manju.storage.folder import FilmFolder
from manju.storage.local import LocalStorage

SPEC = FilmSpec(source=Source(kind="topic", text="小猫的冒险"), resolution="136x240", music=Music(kind="none"))


def screenplay(*shots: Mapping[str, Any], **fields: Any) -> Screenplay:
    """A screenplay of shots with uids s01, s02 ... and five seconds each, where they do not say otherwise."""
    return Screenplay.model_validate(
        {
            "schema": "manju.screenplay",
            "title": "小猫的冒险",
            "duration_target_ms": 5000 * len(shots),
            "shots": [
                {"uid": f"s{number:02d}", "duration_ms": 5000, "description": "一只橘猫走过长满青草的山坡。", **shot}
                for number, shot in enumerate(shots, 1)
            ],
            **fields,
        }
    )


def saying(*texts: str) -> dict[str, Any]:
    """A shot in which the narrator says this."""
    return {"lines": [{"text": text} for text in texts]}


@dataclass
class Told:
    """A run that remembers what it was told."""

    run_id: str
    project_id: str
    epoch: int = 1
    revision: int = 0
    options: Mapping[str, Any] = field(default_factory=dict)
    resume: bool = True
    kept: dict[str, RunEvent] = field(default_factory=dict)

    async def emit(self, key: str, kind: str, **data: Any) -> bool:
        new = key not in self.kept
        self.kept.setdefault(key, RunEvent(len(self.kept) + 1, self.run_id, key, kind, data, datetime.now(UTC)))
        return new

    def report(self, kind: str, **data: Any) -> None:
        pass

    async def events(self) -> Sequence[RunEvent]:
        return list(self.kept.values())

    async def signal(self, name: str) -> Mapping[str, Any]:
        raise NotImplementedError(name)

    async def check(self) -> None:
        pass


@dataclass
class Studio:
    """An installation with one project and its folder."""

    root: Path
    folder: FilmFolder
    database: Database
    gateway: Gateway
    pool: WorkerPool
    project_id: str = ""

    @property
    def projects(self) -> Projects:
        return Projects(self.database)

    async def context(self, spec: FilmSpec = SPEC) -> Context:
        """The film as a new run of a new process sees it."""
        run_id = new_id("run")
        async with self.database.write() as session:
            session.add(
                Run(id=run_id, project_id=self.project_id, recipe="r", state="RUNNING", revision=0, epoch=1, options={})
            )
        return Context(
            spec=spec,
            project_id=self.project_id,
            work=Told(run_id, self.project_id),
            gateway=self.gateway,
            doubts=Doubts(self.database),
            shelf=Shelf(self.database, LocalStorage(self.root / "artefacts")),
            folder=self.folder,
            documents=self.documents(),
            pool=self.pool,
            cache=Cache.below(self.root / "cache"),
        )

    def documents(self) -> Documents:
        """The documents as a new process sees them."""
        return Documents(self.projects, self.project_id, self.folder)

    async def edit(self, name: str, change: Callable[[Any], object]) -> None:
        """Change a document's file as a person does: no better than they have to."""
        path = self.folder.locate(f"{name}.json")
        document = json.loads(path.read_text("utf-8"))
        change(document)
        path.write_text(json.dumps(document, ensure_ascii=False, indent=1), "utf-8")


@asynccontextmanager
async def opened(root: Path, project_id: str = "") -> AsyncIterator[Studio]:
    """An installation below ``root``, and the film in ``root/film``: a project that is there already, or a new one."""
    database = Database.at(root / "manju.db")
    await database.migrate()
    pool = WorkerPool(1, {"MANJU_CACHE": str(root / "cache")})
    gateway = Gateway(database, LocalStorage(root / "artefacts"), Presence(root / "gateways"), pause=0.001)
    studio = Studio(root, FilmFolder(root / "film"), database, gateway, pool, project_id)
    if not project_id:
        project = await studio.projects.create(
            account_id="local", name="试", spec=SPEC.model_dump(mode="json"), spec_digest="0" * 64
        )
        studio.project_id = project.id
    try:
        async with gateway:
            yield studio
    finally:
        pool.close()
        await database.close()


async def cut(context: Context) -> Screenplay:
    """Run the stages up to the cut on the screenplay in the folder, as the recipe does."""
    kept = await context.documents.load("screenplay", Screenplay)
    assert kept is not None
    voiced = await voice.speak(context, kept.document)
    pictures = await storyboard.draw(context, kept.document)
    await context.documents.save("timeline", await render.assemble(context, kept.document, voiced, pictures))
    return kept.document
