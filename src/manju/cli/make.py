"""``manju make`` and ``manju render``."""

from __future__ import annotations

import json as jsonlib
import re
import shlex
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from manju.cli.asked import film_spec
from manju.cli.ending import durably
from manju.cli.report import Reporter
from manju.domain.film import Stage
from manju.errors import BudgetError, InputError, OrderUnknownError, StoppedError
from manju.pipeline.layout import need_film, need_free
from manju.storage.folder import FilmFolder

if TYPE_CHECKING:
    from manju.app import App, Made


def run(
    asked: Mapping[str, Any],
    *,
    out: Path | None,
    resume: bool,
    force: bool,
    redo_paid: bool,
    stop_after: Stage,
    data: Path | None,
    as_json: bool,
) -> None:
    """Make a film, or go on with one. Mistakes are told before anything is opened."""
    if resume and force:
        raise InputError("--resume and --force exclude each other", hint="Go on with the film, or make a new one.")
    if redo_paid and not resume:
        raise InputError("--redo-paid goes with --resume", hint="A new film has nothing to buy anew.")
    spec = film_spec(asked)
    name = Path(asked["source"]).stem if spec.source.kind != "topic" else ""
    if out is not None:
        folder = FilmFolder(out)
        with folder.lock():
            if not resume and not force:
                need_free(folder)
    again = ["manju", *sys.argv[1:]]

    def begun(folder: Path) -> None:
        """From now on it is this film that is gone on with."""
        words = [word for word in again if word not in ("--resume", "--force")]
        again[:] = _with(words, "--resume", *([] if out is not None else ["--out", str(folder)]))

    async def work(app: App) -> Made:
        app.on_begun = begun
        return await app.make(
            spec, out, name=name, resume=resume, force=force, redo_paid=redo_paid, stop_after=stop_after
        )

    try:
        _with_app(work, data, as_json, again)
    except BudgetError as error:
        words = re.sub(r"\0--budget[\0=][^\0]*", "", "\0".join(again)).split("\0")
        error.hint += f" Go on with: {shlex.join(_with(words, '--budget', 'MORE'))}"
        raise


def _with(words: list[str], *options: str) -> list[str]:
    """A command line with further options."""
    place = words.index("--") if "--" in words else len(words)  # after that, all would be the topic
    return [*words[:place], *options, *words[place:]]


def render(folder: Path, *, redo_paid: bool, data: Path | None, as_json: bool) -> None:
    """Render an edited folder."""
    need_film(FilmFolder(folder))

    async def work(app: App) -> Made:
        return await app.render(folder, redo_paid=redo_paid)

    _with_app(work, data, as_json, ["manju", *sys.argv[1:]])


def _with_app(work: Callable[[App], Awaitable[Made]], data: Path | None, as_json: bool, again: list[str]) -> None:
    """Do the work and show it. ``again`` is the command that goes on with it after a stop."""
    from manju.app import open_app  # heavy: only where there is something to do
    from manju.config import Settings

    settings = Settings.load(data=data)
    reporter = Reporter(as_json)

    async def session() -> Made:
        async with open_app(settings) as app:
            app.on_note = reporter.note
            with reporter.showing(), app.engine.listening(reporter.hear):
                return await work(app)

    def stopped() -> StoppedError:
        return StoppedError("stopped; everything finished is kept", hint=f"Go on with: {shlex.join(again)}")

    try:
        made = durably(session(), stopped)
    except OrderUnknownError as error:
        error.hint += f" After that: {shlex.join(again)}"
        raise
    reporter.line("")
    summary = made.folder / "manifest.json"
    cost = jsonlib.loads(summary.read_text("utf-8"))["cost"] if summary.exists() else 0
    reporter.line(f"in {made.folder}, cost ¥{cost:.2f}")
    target = made.film or made.folder
    reporter.result(
        str(target),
        project=made.project_id,
        run=made.run_id,
        folder=str(made.folder),
        film=str(made.film) if made.film else None,
        cost=cost,
    )
