"""Row 1: seed 004's own commands against our render of the same film."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from benchmarks import corpus
from benchmarks.measure import Bench, Row, Usage, interleave, middle, python, spawn
from benchmarks.project import scenes, timeline
from manju.media.film import text_of
from manju.media.fonts import face
from manju.media.subtitles import ass

TARGET = 8
TIMES = 5


def rows(bench: Bench) -> Iterator[Row]:
    """Whole processes, each of ours from the interpreter's start and with a cold cache."""
    folder = corpus.build()
    work = bench.fresh("seed004")
    film = timeline(folder, scenes(bench.scenes))
    document = work / "timeline.json"
    document.write_text(film.to_json(), encoding="utf-8")
    font = face(text_of(film), cache=work / "fonts")
    script = work / "film.ass"
    script.write_text(ass(film, font.family), encoding="utf-8")

    def theirs() -> Usage:
        return spawn(python("seed004", str(bench.scenes), folder, script, font.path.parent, bench.fresh("naive")))

    def ours() -> Usage:
        return spawn(python("ours", document, folder, bench.fresh("cache"), work / "film.mp4", "standard"))

    pairs = interleave(min(TIMES, bench.times), theirs, ours)
    walls = tuple(theirs.wall / own.wall for theirs, own in pairs)
    cpus = tuple(theirs.cpu / own.cpu for theirs, own in pairs)
    note = f"{middle([pair[0] for pair in pairs])} ÷ {middle([pair[1] for pair in pairs])}; {len(pairs)} pairs"
    yield Row(
        f"seed 004's commands ÷ ours, {bench.scenes * corpus.SCENE_SECONDS} s film",
        median(walls),
        "×",
        bench.goal(TARGET),
        True,
        note,
        walls,
    )
    yield Row("the same in CPU time", median(cpus), "×", None, True, "", cpus)
