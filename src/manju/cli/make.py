"""``manju make`` and ``manju render``."""

from __future__ import annotations

import json as jsonlib
import shlex
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from manju.cli.asked import film_spec
from manju.cli.ending import durably
from manju.cli.report import Reporter
from manju.domain.film import Stage
from manju.errors import InputError, StoppedError
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
    stop_after: Stage,
    data: Path | None,
    as_json: bool,
) -> None:
    """Make a film, or go on with one. Mistakes are told before anything is opened."""
    if resume and force:
        raise InputError("--resume and --force exclude each other", hint="Go on with the film, or make a new one.")
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
        words = [word for word in again[1:] if word not in ("--resume", "--force")]
        place = words.index("--") if "--" in words else len(words)  # after that, all would be the topic
        words[place:place] = ["--resume", *([] if out is not None else ["--out", str(folder)])]
        again[1:] = words

    async def work(app: App) -> Made:
        app.on_begun = begun
        return await app.make(spec, out, name=name, resume=resume, force=force, stop_after=stop_after)

    _with_app(work, data, as_json, again)


def render(folder: Path, *, data: Path | None, as_json: bool) -> None:
    """Render an edited folder."""
    need_film(FilmFolder(folder))

    async def work(app: App) -> Made:
        return await app.render(folder)

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

    made = durably(session(), stopped)
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
