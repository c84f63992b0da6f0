"""A process that executes runs under an engine, made to be killed. Started by test_engines.py, one line of output a
step, so that the test can choose its instant.

    python engine_process.py ENGINE DATA go|take-up|start STEPS PAUSE
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

from manju.db.projects import Projects
from manju.db.session import Database
from manju.domain.run import Recipe, Run, RunState, Work
from manju.errors import ConflictError
from manju.runs.engine import Engine
from manju.runs.leases import Leases
from manju.runs.local import LocalEngine
from manju.storage.folder import FilmFolder

CHAINS = ("clip", "voice")
CONFLICT, CANCELLED, INTERRUPTED = 3, 4, 130


def database_of(data: Path) -> Database:
    url = os.environ.get("MANJU_DATABASE")  # see `configured_database`
    return Database(url) if url else Database.at(data / "manju.db")


@asynccontextmanager
async def local(data: Path, recipes: Mapping[str, Recipe], role: str) -> AsyncIterator[Engine]:
    database = database_of(data)
    await database.migrate()
    engine = LocalEngine(database, Leases(data / "leases"), recipes, role=role)
    try:
        yield engine
    finally:
        await engine.stop()
        await database.close()


Factory = Callable[[Path, Mapping[str, Recipe], str], AbstractAsyncContextManager[Engine]]
ENGINES: dict[str, Factory] = {"local": local}
"""Every engine under test: add one here and the whole suite runs over it."""


def lines(data: Path, chain: str) -> list[tuple[int, int]]:
    """(step, epoch) of each time a step's work was done, in order."""
    path = data / f"{chain}.txt"
    if not path.exists():
        return []
    pairs = (line.split() for line in path.read_text().splitlines())
    return [(int(step), int(epoch)) for step, epoch in pairs]


def recipe(data: Path, steps: int, pause: float) -> Recipe:
    """Two chains of numbered steps at once. Each step's work (a line in a file) comes before the record that it is
    done (an event), so that a kill in between repeats that one step and no other."""

    async def chain(work: Work, name: str) -> None:
        done = {event.key for event in await work.events()}
        for step in range(steps):
            if f"{name}/{step}" in done:
                continue
            await work.check()
            with (data / f"{name}.txt").open("a") as file:
                file.write(f"{step} {work.epoch}\n")
            await asyncio.sleep(pause)
            await work.emit(f"{name}/{step}", "step", number=step, epoch=work.epoch)
            print(name, step, flush=True)

    async def film(work: Work) -> None:
        await asyncio.gather(*(chain(work, name) for name in CHAINS))
        told = [event.data["number"] for event in await work.events() if event.kind == "step"]
        FilmFolder(data / "film").write("film.txt", f"{sorted(told)}\n")

    return film


async def project(data: Path) -> str:
    """The one project of the data folder, made if there is none."""
    database = database_of(data)
    await database.migrate()
    try:
        projects = Projects(database)
        found: list[Any] = list(await projects.list())
        if not found:
            found = [await projects.create(account_id="local", name="film", spec={}, spec_digest="")]
        return str(found[0].id)
    finally:
        await database.close()


async def end(engine: Engine, run: Run) -> Run:
    while run.state in (RunState.PENDING, RunState.RUNNING):
        await asyncio.sleep(0.02)
        run = await engine.status(run.id)
    return run


async def main(name: str, data: Path, command: str, steps: int, pause: float) -> int:
    role = "server" if command == "take-up" else "make"
    async with ENGINES[name](data, {"film": recipe(data, steps, pause)}, role) as engine:
        try:
            if command == "take-up":
                taken = await engine.take_up()
                if not taken:
                    taken = [await engine.start(await project(data), "film", {})]
                ended = [await end(engine, run) for run in taken]
            else:
                of_project = await project(data)
                runs = [run for run in await engine.list(of_project) if run.owner.startswith("make")]
                begun = await engine.resume(runs[0].id) if runs else await engine.start(of_project, "film", {})
                ended = [await end(engine, begun)]
        except ConflictError as error:
            print(f"conflict: {error}", flush=True)
            return CONFLICT
    for run in ended:
        print(run.state, flush=True)
    return 0 if all(run.state is RunState.SUCCEEDED for run in ended) else CANCELLED


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # in a background job it is ignored from the start
    try:
        code = asyncio.run(main(sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4]), float(sys.argv[5])))
    except KeyboardInterrupt:
        code = INTERRUPTED
    sys.stdout.flush()
    os._exit(code)  # at once, as a command would end: nothing may depend on what happens at interpreter exit
