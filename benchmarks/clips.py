"""Row 3: film clips as sources against ffmpeg's plain decode and encode of the same clips."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks import corpus
from benchmarks.against_x264 import ffmpeg, setting
from benchmarks.measure import Bench, Row, Usage, interleave, middle, python, spawn
from benchmarks.project import silent
from manju.domain.timeline import Picture

TARGET = 1.25


def rows(bench: Bench) -> Iterator[Row]:
    """Ten clips in hard cuts without text and sound; judged by the call to render."""
    folder = corpus.build()
    work = bench.fresh("clips")
    made = corpus.clips(folder)[: bench.scenes]
    film = silent([Picture(kind="clip", path=f"shots/{path.name}") for path in made], corpus.SCENE_SECONDS * 30)
    document = work / "timeline.json"
    document.write_text(film.to_json(), encoding="utf-8")
    listing = work / "clips.txt"
    listing.write_text("".join(f"file '{path}'\n" for path in made), encoding="utf-8")

    def plain() -> Usage:
        source: list[str | Path] = ["-f", "concat", "-safe", "0", "-i", listing]
        return spawn(ffmpeg(*source, *setting("standard"), "-an", work / "plain.mp4"))

    def ours() -> Usage:
        return spawn(python("ours", document, folder, bench.fresh("cache"), work / "film.mp4", "standard"))

    pairs = interleave(bench.times, plain, ours)
    inner = tuple(own.inner / limit.wall for limit, own in pairs)
    cpus = tuple(own.cpu / limit.cpu for limit, own in pairs)
    limits, own = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    note = f"{median(each.inner for each in own):.1f} s ÷ {middle(limits)}; whole process {middle(own)}"
    yield Row(
        f"{len(made)} clips ÷ plain decode and encode", median(inner), "×", bench.goal(TARGET), False, note, inner
    )
    yield Row("the same in CPU time", median(cpus), "×", None, False, "", cpus)
