"""``manju make`` and ``manju render``."""

from __future__ import annotations

import asyncio
import json as jsonlib
import shlex
import sys
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from manju.app import App, Made, open_app
from manju.cli.asked import film_spec
from manju.cli.report import Reporter
from manju.config import Settings
from manju.domain.film import Stage
from manju.errors import StoppedError


def run(options: Mapping[str, Any], *, out: Path | None, resume: bool, force: bool, stop_after: Stage) -> None:
    """Make a film, or go on with one."""
    spec = film_spec(options)
    name = Path(options["source"]).stem if spec.source.kind != "topic" else ""

    async def work(app: App) -> Made:
        return await app.make(spec, out, name=name, resume=resume, force=force, stop_after=stop_after)

    given = [word for word in sys.argv[1:] if word not in ("--resume", "--force")]
    _with_app(work, options["data"], options["json"], ["manju", *given, "--resume"], name_folder=out is None)


def render(folder: Path, *, data: Path | None, json: bool) -> None:
    """Render an edited folder."""

    async def work(app: App) -> Made:
        return await app.render(folder)

    _with_app(work, data, json, ["manju", *sys.argv[1:]])


def _with_app(
    work: Callable[[App], Awaitable[Made]],
    data: Path | None,
    as_json: bool,
    again: list[str],
    *,
    name_folder: bool = False,
) -> None:
    """Do the work and show it. ``again`` is the command that goes on with it after a stop; with ``name_folder`` it gets
    the folder that was chosen."""
    settings = Settings.load(data=data)
    reporter = Reporter(as_json)

    async def session() -> Made:
        async with open_app(settings) as app:
            if name_folder:
                app.on_folder = lambda folder: again.extend(["--out", str(folder)])
            with reporter.showing(), app.engine.listening(reporter.hear):
                return await work(app)

    try:
        made = asyncio.run(session())
    except (KeyboardInterrupt, asyncio.CancelledError) as error:
        raise StoppedError("stopped; everything finished is kept", hint=f"Go on with: {shlex.join(again)}") from error
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
