"""``python -m benchmarks [GROUP ...] [--quick] [--times N] [--write]``: see README.md."""

from __future__ import annotations

import argparse
import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

from benchmarks.corpus import WORK
from benchmarks.measure import Bench, Row, table, write
from manju.media.process import cores

GROUPS = {
    "command": "command",
    "jitter": "steadiness",
    "captions": "lettering",
    "quality": "quality",
    "x264": "against_x264",
    "clips": "clips",
    "edits": "edits",
    "memory": "memory",
    "gateway": "gateway",
    "tasks": "gateway_tasks",
    "recipe": "gateway_recipe",
    "seed004": "against_seed004",
    "platforms": "platforms",
    "long": "long_film",
}
"""Group and module, the short ones first."""
ASKED_FOR = {"litellm": "gateway_litellm"}
"""Groups that need something more, and are measured when they are named."""
README = Path(__file__).parent / "README.md"
BEGIN, END = "<!-- figures -->", "<!-- /figures -->"
LIBRARIES = ("av", "opencv-python-headless", "numpy", "imageio-ffmpeg")


def main() -> int:
    """Measure, print, and exit with 1 if a target was missed."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Speed and quality against yardsticks.")
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"of: {', '.join(GROUPS)} (default: all); litellm")
    parser.add_argument("--quick", action="store_true", help="short films, one run each: does it work at all?")
    parser.add_argument("--times", type=int, default=5, help="runs of each figure (default: 5)")
    parser.add_argument("--write", action="store_true", help="replace the figures in README.md")
    asked = parser.parse_args()
    known = GROUPS | ASKED_FOR
    if unknown := [name for name in asked.groups if name not in known]:
        parser.error(f"no such group: {', '.join(unknown)}; there are: {', '.join(known)}")
    if asked.times < 1:
        parser.error("--times must be at least 1")
    if sys.platform != "linux":
        parser.error("the benchmarks read /proc: they run on Linux")
    if asked.write and (asked.groups or asked.quick):
        parser.error("--write is for all groups at full length")
    WORK.mkdir(exist_ok=True)
    folder = WORK / f"run-{os.getpid()}"
    folder.mkdir()
    bench = Bench(2 if asked.quick else 10, 1 if asked.quick else asked.times, asked.quick, folder)
    rows: list[Row] = []
    about = machine(bench)
    try:
        for name in asked.groups or GROUPS:
            run: Callable[[Bench], Iterator[Row]] = import_module(f"benchmarks.{known[name]}").rows
            for row in run(bench):
                rows.append(row)
                print(" | ".join(row.cells()), flush=True)
            for left in folder.iterdir():
                shutil.rmtree(left)
    finally:
        shutil.rmtree(folder)
        write(WORK / "results.json", rows, about)
    print(f"\n{about}\n\n{table(rows)}")
    if asked.write:
        _publish(f"{about}\n\n{table(rows)}")
    return 0 if all(row.ok for row in rows) else 1


def machine(bench: Bench) -> str:
    """What the figures were measured with."""
    names = [line for line in Path("/proc/cpuinfo").read_text().splitlines() if line.startswith("model name")]
    processor = names[0].partition(": ")[2] if names else platform.machine()
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    return (
        f"{cores()} cores of {processor}, {platform.system()}, Python {platform.python_version()}, {libraries}. "
        f"Load when it began: {os.getloadavg()[0]:.1f}. Median of {bench.times}; corpus textured-10, "
        f"{bench.scenes} scenes of 6 s, 1080p30."
    )


def _publish(text: str) -> None:
    page = README.read_text("utf-8")
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    README.write_text(f"{before}{BEGIN}\n{text}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
