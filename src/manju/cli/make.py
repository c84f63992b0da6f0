"""``manju make`` and ``manju render``."""

from __future__ import annotations

import asyncio
import json as jsonlib
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

from manju.app import App, Made, open_app
from manju.cli.asked import film_spec
from manju.cli.report import Reporter
from manju.config import Settings
from manju.domain.film import Stage
from manju.errors import StoppedError


def run(options: Mapping[str, Any], *, out: Path | None, resume: bool, stop_after: Stage) -> None:
    """Make a film, or go on with one."""
    spec = film_spec(options)
    name = Path(options["source"]).stem if spec.source.kind != "topic" else ""

    async def work(app: App) -> Made:
        return await app.make(spec, out, name=name, resume=resume, stop_after=stop_after)

    again = f"manju make {_quoted(options['source'])}{f' --out {_quoted(str(out))}' if out else ''} --resume"
    _with_app(work, Settings.load(data=options["data"]), options["json"], again)


def render(folder: Path, *, data: Path | None, json: bool) -> None:
    """Render an edited folder."""

    async def work(app: App) -> Made:
        return await app.render(folder)

    _with_app(work, Settings.load(data=data), json, f"manju render {_quoted(str(folder))}")


def _with_app(work: Callable[[App], Awaitable[Made]], settings: Settings, as_json: bool, again: str) -> None:
    reporter = Reporter(as_json)

    async def session() -> Made:
        async with open_app(settings) as app:
            with reporter.showing(), app.engine.listening(reporter.hear):
                return await work(app)

    try:
        made = asyncio.run(session())
    except (KeyboardInterrupt, asyncio.CancelledError) as error:
        raise StoppedError("stopped; everything finished is kept", hint=f"Go on with: {again}") from error
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


def _quoted(text: str) -> str:
    return f'"{text}"' if any(ch.isspace() or ch in "\"'$&;|<>()" for ch in text) else text
