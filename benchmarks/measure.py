"""Measuring: processes with their wall time, CPU time and memory; figures with their targets; tables of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parent.parent
SAMPLE_S = 0.05
"""How often the memory of a tree of processes is read."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What a command took: seconds of wall clock, CPU seconds of it and all its children, and the most memory in MiB
    that any one of these processes held. ``answer`` is what it printed as JSON on its last line, if anything."""

    wall: float
    cpu: float
    rss: float
    answer: dict[str, Any] = field(default_factory=dict)

    @property
    def inner(self) -> float:
        """Seconds that the command itself measured around its work, without the interpreter's start."""
        return float(self.answer["seconds"])


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. ``runs`` are the values that ``value`` is the median of; ``note`` says what was compared, in
    seconds. A row without a target is told but not judged."""

    name: str
    value: float
    unit: str
    target: float | None = None
    at_least: bool = False
    note: str = ""
    runs: tuple[float, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the target is met."""
        if self.target is None:
            return True
        return self.value >= self.target if self.at_least else self.value <= self.target

    def cells(self) -> tuple[str, str, str, str, str]:
        """Name, value, target, verdict and note, as text."""
        if self.target is None:
            goal, verdict = "", ""
        else:
            goal = f"{'≥' if self.at_least else '≤'} {self.target:g} {self.unit}".rstrip()
            verdict = "ok" if self.ok else "**miss**"
        digits = 4 if self.unit == "px" else 2
        return self.name, f"{self.value:.{digits}f} {self.unit}".rstrip(), goal, verdict, self.note


@dataclass(frozen=True, slots=True)
class Bench:
    """How much is measured: scenes of 6 s in a film, runs of each figure, and a folder for what is made."""

    scenes: int
    times: int
    quick: bool
    folder: Path

    def fresh(self, name: str) -> Path:
        """A new empty folder: a cold cache."""
        return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=self.folder))

    def goal(self, target: float) -> float | None:
        """A target for times: none for the short films of ``--quick``, where the start of processes outweighs all."""
        return None if self.quick else target


def python(module: str, *arguments: str | Path) -> list[str]:
    """Command line of a module of this package."""
    return [sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)]


def spawn(argv: Sequence[str], *, watch: Callable[[int], None] | None = None) -> Usage:
    """Run a command to its end. ``watch`` is called with its process number right after its start.

    Raises:
        SystemExit: it failed; its error output is shown.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        began = time.perf_counter()
        process = subprocess.Popen(argv, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out, stderr=err)
        if watch:
            watch(process.pid)
        _, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode:
            raise SystemExit(f"{' '.join(argv)}\nexit code {process.returncode}\n{err.read().decode()[-3000:]}")
        lines = out.read().decode("utf-8", "replace").strip().splitlines()
    answer = json.loads(lines[-1]) if lines and lines[-1].startswith("{") else {}
    return Usage(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, answer)


def interleave(times: int, *commands: Callable[[], Usage]) -> list[tuple[Usage, ...]]:
    """Run the commands one after the other, A B A B, so that a drift of the machine hits all alike."""
    return [tuple(command() for command in commands) for _ in range(times)]


def middle(usages: Sequence[Usage]) -> str:
    """Medians, to read: ``20.1 s, 39 CPU s``."""
    return f"{median(each.wall for each in usages):.1f} s, {median(each.cpu for each in usages):.0f} CPU s"


class Memory:
    """The memory of a process and all its descendants in MiB, sampled: the highest sums of proportional set sizes
    (shared pages counted once) and of resident set sizes (shared pages counted in every process)."""

    def __init__(self, every: float = SAMPLE_S) -> None:
        """``every``: seconds from one sample to the next."""
        self._every = every
        self.pss = 0.0
        self.rss = 0.0
        self.root = 0.0
        """The highest resident set size of the process alone."""
        self.parts: dict[str, float] = {}
        """Of the moment of the highest PSS: MiB by command."""

    def __call__(self, pid: int) -> None:
        """Start to sample; ends by itself when the process does."""
        threading.Thread(target=self._watch, args=(pid,), daemon=True).start()

    def _watch(self, root: int) -> None:
        while Path(f"/proc/{root}/stat").exists():
            pss = rss = 0.0
            parts: dict[str, float] = {}
            for pid in _tree(root):
                try:
                    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
                    name = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
                except (FileNotFoundError, ProcessLookupError, PermissionError):
                    continue  # it ended just now
                sizes = {line.split(":")[0]: int(line.split()[1]) / 1024 for line in rollup.splitlines()[1:]}
                pss, rss = pss + sizes.get("Pss", 0), rss + sizes.get("Rss", 0)
                if pid == root:
                    self.root = max(self.root, sizes.get("Rss", 0))
                label = "worker" if b"serve()" in b" ".join(name) else Path(name[0].decode()).name.split("-")[0]
                parts[f"{label} {pid}"] = sizes.get("Pss", 0)
            self.rss = max(self.rss, rss)
            if pss > self.pss:
                self.pss, self.parts = pss, parts
            time.sleep(self._every)


def _tree(root: int) -> list[int]:
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        found.append(pid)
        for task in Path(f"/proc/{pid}/task").glob("*/children"):
            try:
                waiting += map(int, task.read_text().split())
            except (FileNotFoundError, ProcessLookupError):
                continue  # the thread ended just now
    return found


def table(rows: Sequence[Row]) -> str:
    """Markdown table of the figures."""
    head = ("figure", "value", "target", "", "measured")
    lines = ["| " + " | ".join(cells) + " |" for cells in (head, *(row.cells() for row in rows))]
    lines.insert(1, "|---|---:|---:|---|---|")
    return "\n".join(lines)


def write(path: Path, rows: Sequence[Row], machine: str) -> None:
    """Write the figures as JSON."""
    result = {"machine": machine, "rows": [asdict(row) | {"ok": row.ok} for row in rows]}
    path.write_text(json.dumps(result, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
