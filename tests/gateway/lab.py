"""A gateway with test models, for the tests and for the processes that they start and kill.

The models do what the first word of the last message says, and every call that reaches one adds a line to a file, so
that calls are counted over all processes.
"""

from __future__ import annotations

import asyncio
import os
import struct
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from manju.db.projects import Projects
from manju.db.session import Database
from manju.db.tables import Run
from manju.domain.ids import new_id
from manju.domain.order import Artefact, Generated, ImageRequest, Message, Request, TextRequest
from manju.errors import ModelError
from manju.gateway.catalogue import Catalogue, shipped
from manju.gateway.channels import Channel
from manju.gateway.entries import Entry
from manju.gateway.gateway import Gateway
from manju.gateway.presence import Presence
from manju.providers import registry
from manju.providers.base import References
from manju.providers.text.base import reply
from manju.storage.local import LocalStorage

TALLY = "MANJU_TEST_TALLY"
MODELS = ("test:free", "test:narrow", "test:safe", "test:paid")


class Scripted:
    """``hang`` takes longer than any test waits (20 s), ``slow SECONDS`` so long (0.05), ``die`` kills the process,
    ``fail`` fails, ``flaky N`` fails N times, ``empty`` hands back nothing, ``blank`` something unusable, ``bug`` is
    one; anything else comes back in capitals."""

    name = "test:scripted"

    async def generate(self, request: Request, references: References) -> Generated:
        assert isinstance(request, TextRequest)
        text = request.messages[-1].content
        _note(text)
        match text.split():
            case ["hang", *_]:
                await asyncio.sleep(20)
            case ["slow", *seconds]:
                await asyncio.sleep(float(seconds[0]) if seconds else 0.05)
            case ["die", *_]:
                os._exit(9)  # no farewell, as if killed
            case ["fail", *_]:
                raise ModelError("the lens is dirty", hint="Clean it.")
            case ["flaky", times, *_] if sent(text) <= int(times):
                raise ModelError("try later", retryable=True)
            case ["empty", *_]:
                return Generated(())
            case ["blank", *_]:
                return Generated((Artefact("main", b"\n", ".txt"),))
            case ["bug", *_]:
                raise ZeroDivisionError
        return reply(text.upper())


class Painter:
    """A one-coloured picture of the asked size, and the drawing that it was made from."""

    name = "test:picture"

    async def generate(self, request: Request, references: References) -> Generated:
        assert isinstance(request, ImageRequest)
        _note(f"picture {[references.read(one.sha256)[:4] for one in request.references]}")
        size = f'width="{request.width}" height="{request.height}"'
        svg = f'<svg xmlns="http://www.w3.org/2000/svg" {size}><rect fill="#456" {size}/></svg>'
        png = _png(request.width, request.height)
        return Generated((Artefact("main", png, ".png"), Artefact("source", svg.encode(), ".svg")))


def _png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = zlib.compress((b"\0" + b"\x80" * width) * height)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def _note(text: str) -> None:
    with Path(os.environ[TALLY]).open("a") as file:
        file.write(text + "\n")


def sent(text: str | None = None) -> int:
    """How many calls reached a model, in all processes; or those with this text."""
    path = Path(os.environ[TALLY])
    lines = path.read_text().splitlines() if path.exists() else []
    return len(lines) if text is None else lines.count(text)


async def until(happened: Callable[[], bool]) -> None:
    """Wait for something that another task or process does."""
    async with asyncio.timeout(60):
        while not happened():  # noqa: ASYNC110  (other processes do not set our events)
            await asyncio.sleep(0.002)


def catalogue() -> Catalogue:
    """The shipped models and ours: ``narrow`` takes one call at a time; ``safe`` and ``paid`` cost 1.00 (and 0.40
    upstream); ``paid`` may not be sent twice."""

    def entry(name: str, price: str, cost: str) -> Entry:
        fields = {
            "name": f"test:{name}",
            "modality": "text",
            "channel": name,
            "unit": "call",
            "since": date(2026, 1, 1),
        }
        return Entry.model_validate({**fields, "price": price, "cost": cost})

    picture = entry("picture", "0", "0").model_copy(update={"modality": "image", "channel": "free"})
    etching = entry("etching", "0", "0").model_copy(update={"modality": "image", "channel": "narrow"})
    return shipped().extended(
        (
            Channel(name="free", local=True, repeatable=True, concurrency=32),
            Channel(name="narrow", repeatable=True, concurrency=1),
            Channel(name="safe", repeatable=True, concurrency=32),
            Channel(name="paid", concurrency=32),
        ),
        (
            entry("free", "0", "0"),
            entry("narrow", "0", "0"),
            entry("safe", "1", "0.4"),
            entry("paid", "1", "0.4"),
            picture,
            etching,
        ),
    )


def register() -> None:
    """Make the models known to this process."""
    registry.MODELS["text"].update({name: "lab:Scripted" for name in MODELS})
    registry.MODELS["image"].update({name: "lab:Painter" for name in ("test:picture", "test:etching")})


def ask(text: str) -> TextRequest:
    return TextRequest(messages=(Message(role="user", content=text),))


@dataclass(frozen=True)
class Ran:
    """A run, as the gateway wants to know it."""

    run_id: str
    epoch: int = 1
    resume: bool = False


@dataclass
class Lab:
    """A database, a store and a gateway in a folder, and a project in them."""

    folder: Path
    database: Database
    gateway: Gateway
    project: str = ""

    async def take(
        self, text: str, subject: str = "s1", *, model: str = "test:free", run: Ran | None = None, **more: bool
    ):
        return await self.gateway.take(self.project, run, subject, "line", model, ask(text), **more)

    async def read(self, text: str, subject: str = "s1", *, model: str = "test:free", run: Ran | None = None) -> bytes:
        """The bytes of a take's main artefact."""
        take = await self.take(text, subject, model=model, run=run)
        return (self.folder / "artefacts" / take.main.path).read_bytes()

    async def new_project(self, budget: int | None = None, account: str = "local") -> str:
        made = await Projects(self.database).create(
            account_id=account, name="试", spec={}, spec_digest="0" * 64, budget=budget
        )
        return made.id

    async def new_run(self, *, epoch: int = 1, resume: bool = False) -> Ran:
        run_id = new_id("run")
        async with self.database.write() as session:
            session.add(
                Run(
                    id=run_id, project_id=self.project, recipe="r", state="RUNNING", revision=0, epoch=epoch, options={}
                )
            )
        return Ran(run_id, epoch, resume)

    async def go_on(self, run: Ran) -> Ran:
        """The same run, resumed by a person: its next epoch."""
        async with self.database.write() as session:
            (await session.get_one(Run, run.run_id)).epoch += 1
        return Ran(run.run_id, run.epoch + 1, resume=True)


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[Lab]:
    """The lab in a folder; several processes may open one."""
    url = os.environ.get("MANJU_DATABASE")  # see `configured_database`
    database = Database(url) if url else Database.at(folder / "manju.db")
    await database.migrate()
    gateway = Gateway(
        database,
        LocalStorage(folder / "artefacts"),
        Presence(folder / "gateways"),
        catalogue=catalogue(),
        pause=0.001,
    )
    try:
        async with gateway:
            yield Lab(folder, database, gateway)
    finally:
        await database.close()
