"""The program as a user runs it: in a process of its own, with its own data folder and working folder."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

SMALL = ("--resolution", "136x240", "--fps", "12", "--profile", "draft")
"""Options of a film that renders in a moment."""


@dataclass(frozen=True)
class Done:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def last(self) -> str:
        return self.out.strip().splitlines()[-1]

    @property
    def events(self) -> list[dict]:
        return [json.loads(line) for line in self.out.splitlines()]


class Program:
    """``manju`` with a data folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.data = root / "data"
        self.environment = {**os.environ, "MANJU_DATA": str(self.data), "PYTHONUTF8": "1", "COLUMNS": "200"}

    def start(self, *arguments: str, python: tuple[str, ...] = (), **options) -> subprocess.Popen:
        return subprocess.Popen(
            [sys.executable, *python, "-m", "manju.cli", *arguments],
            cwd=self.root,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            **options,
        )

    def run(self, *arguments: str, code: int = 0) -> Done:
        process = self.start(*arguments)
        out, err = process.communicate(timeout=240)
        assert process.returncode == code, f"exit code {process.returncode}\n{out}\n{err}"
        return Done(process.returncode, out, err)

    def kill_after(self, seconds: float, *arguments: str) -> bool:
        """Start, kill -9 after a while; whether it was killed before it ended."""
        process = self.start(*arguments)
        deadline = time.monotonic() + seconds
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.005)
        alive = process.poll() is None
        if alive:
            process.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
        process.communicate(timeout=60)
        return alive


def contents(folder: Path) -> dict[str, bytes]:
    """Every file of a film's folder but the manifest, which holds times."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != "manifest.json"
    }
