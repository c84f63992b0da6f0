"""How a command talks: progress to standard error, results to standard output."""

from __future__ import annotations

import json
import sys
import time
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from manju.domain.run import RunEvent

TITLES = {
    "script": "Script 脚本",
    "voice": "Voice 配音",
    "storyboard": "Storyboard 分镜",
    "render": "Render 合成",
    "publish": "Publish 发布",
}
TENTH = 10
"""Plain progress is told at every tenth of a stage."""


class Reporter:
    """Shows a run's events: bars on a terminal, plain lines in a pipe, JSON lines for programs."""

    def __init__(self, as_json: bool) -> None:
        self._json = as_json
        self._began = time.monotonic()
        self._bars: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._tenths: dict[str, int] = {}

    def showing(self) -> AbstractContextManager[Any]:
        """Hold the terminal's live display while the block lasts."""
        if self._json or not sys.stderr.isatty():
            return nullcontext()
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self._bars = Progress(
            TextColumn("{task.description:<16}"),
            BarColumn(bar_width=32),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.fields[detail]}"),
            console=Console(stderr=True),
        )
        return self._bars

    def hear(self, event: RunEvent) -> None:
        """Show one event."""
        data = dict(event.data)
        if self._json:
            if event.kind in ("stage", "progress", "call", "note"):
                self._tell(event.kind, data)
            return
        match event.kind:
            case "stage" if "seconds" in data:
                self._finish(data["stage"], data["seconds"], data["cost"])
            case "stage":
                self._start(data["stage"])
            case "progress":
                self._progress(data["stage"], data["done"], data["total"])
            case "note":
                self.note(data["text"])

    def note(self, text: str) -> None:
        """What the user should know."""
        if self._json:
            self._tell("note", {"text": text})
        else:
            self.line(f"  {text}")

    def line(self, text: str) -> None:
        """One line for people, on standard error."""
        if self._json:
            return
        if self._bars is not None:
            self._bars.console.print(text, markup=False, highlight=False)
        else:
            print(text, file=sys.stderr, flush=True)

    def result(self, made: str, **fields: Any) -> None:
        """The last line on standard output: the thing that was made, or one JSON object."""
        if self._json:
            seconds = round(time.monotonic() - self._began, 3)
            self._tell("result", fields | {"seconds": seconds})
        else:
            print(made, flush=True)

    def _tell(self, event: str, data: dict[str, Any]) -> None:
        print(json.dumps({"event": event, **data}, ensure_ascii=False), flush=True)

    def _start(self, stage: str) -> None:
        if self._bars is not None:
            self._tasks[stage] = self._bars.add_task(TITLES[stage], total=None, detail="")
        else:
            self.line(f"{TITLES[stage]} ...")

    def _progress(self, stage: str, done: int, total: int) -> None:
        unit = "frames" if stage == "render" else "calls"
        if self._bars is not None and stage in self._tasks:
            self._bars.update(self._tasks[stage], completed=done, total=total, detail=unit)
            return
        tenth = done * TENTH // max(1, total)
        if tenth != self._tenths.get(stage, 0):
            self._tenths[stage] = tenth
            self.line(f"  {stage} {done}/{total} {unit}")

    def _finish(self, stage: str, seconds: float, cost: float) -> None:
        if self._bars is not None and stage in self._tasks:
            task = self._tasks[stage]
            total = self._bars.tasks[task].total or 1
            self._bars.update(task, completed=total, total=total, detail=f"{seconds:.1f} s  ¥{cost:.2f}")
            self._bars.stop_task(task)
        else:
            self.line(f"{TITLES[stage]} done in {seconds:.1f} s, ¥{cost:.2f} so far")
