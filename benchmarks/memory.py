"""Row 7: the most memory that a render with two encoders takes, for a short film and a long one."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks import corpus
from benchmarks.measure import Bench, Memory, Row, python, spawn
from benchmarks.project import scenes, timeline

TARGET = 900


def rows(bench: Bench) -> Iterator[Row]:
    """The whole tree of processes, ffmpeg included, every 50 ms."""
    folder = corpus.build()
    work = bench.fresh("memory")
    for count in (2, 4) if bench.quick else (10, 60):
        document = work / "timeline.json"
        document.write_text(timeline(folder, scenes(count)).to_json(), encoding="utf-8")
        peak = Memory()
        spawn(python("ours", document, folder, bench.fresh("cache"), work / "film.mp4", "standard"), watch=peak)
        parts = ", ".join(f"{name.split()[0]} {size:.0f}" for name, size in sorted(peak.parts.items()))
        note = f"PSS at the peak: {parts}; sum of RSS (shared pages counted in each) {peak.rss:.0f} MiB"
        yield Row(f"peak memory, {count * corpus.SCENE_SECONDS} s film", peak.pss, "MiB", TARGET, False, note)
