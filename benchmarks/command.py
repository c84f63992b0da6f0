"""Rows 8 and 9: the command line. A whole film against its render alone; help; what an import costs."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.measure import Bench, Row, Usage, spawn

TOPIC = "赛博校园侦探"
MAKE_TARGET, HELP_TARGET = 1.6, 0.3
HEAVY = ("numpy", "av", "cv2", "sqlalchemy", "pydantic", "PIL", "fontTools", "rich", "typer")


def manju(*arguments: str | Path) -> list[str]:
    """Command line of the installed program."""
    program = Path(sys.executable).with_name("manju")
    if not program.exists():
        raise SystemExit(f"{program} is not there: pip install -e .")
    return [str(program), *map(str, arguments)]


def rows(bench: Bench) -> Iterator[Row]:
    """Each film with a cold cache, in a data folder of its own."""
    yield from _make(bench)
    taken = [spawn(manju("--help")) for _ in range(bench.times * 2)]
    walls = tuple(each.wall for each in taken)
    note = f"{median(each.cpu for each in taken):.2f} CPU s"
    yield Row("manju --help", median(walls), "s", HELP_TARGET, False, note, walls)
    code = f"import sys, json, manju; print(json.dumps({{'heavy': [m for m in {HEAVY} if m in sys.modules]}}))"
    loaded = spawn([sys.executable, "-c", code]).answer["heavy"]
    note = ", ".join(loaded) or f"none of {', '.join(HEAVY)}"
    yield Row("heavy libraries that 'import manju' loads", len(loaded), "", 0, False, note)


def _make(bench: Bench) -> Iterator[Row]:
    seconds = 12 if bench.quick else 60
    ratios, renders, wholes = [], [], []
    for _ in range(bench.times):
        whole, render = _film(bench, seconds)
        ratios.append(whole.wall / render)
        renders.append(render)
        wholes.append(whole.wall)
    note = f"{median(wholes):.1f} s ÷ {median(renders):.1f} s (manifest's stages.render)"
    title = f"manju make, {seconds} s offline, 1080p ÷ its render alone"
    yield Row(title, median(ratios), "×", bench.goal(MAKE_TARGET), False, note, tuple(ratios))


def _film(bench: Bench, seconds: int) -> tuple[Usage, float]:
    work = bench.fresh("make")
    options: list[str | Path] = [
        "--seconds",
        str(seconds),
        "--ratio",
        "16:9",
        "--out",
        work / "film",
        "--data",
        work / "data",
    ]
    whole = spawn(manju("make", TOPIC, *options))
    manifest = json.loads((work / "film" / "manifest.json").read_text("utf-8"))
    shutil.rmtree(work)
    return whole, float(manifest["stages"]["render"]["seconds"])
