"""Master and three platforms: seed 004's way against ours."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from benchmarks import corpus
from benchmarks.measure import Bench, Memory, Row, Usage, interleave, middle, python, spawn
from benchmarks.project import scenes, timeline
from manju.media.film import text_of
from manju.media.fonts import face
from manju.media.subtitles import ass

TARGET, MOST_MEMORY = 3.5, 900
TIMES = 2
PLATFORMS = ("bilibili", "douyin", "youtube")


def rows(bench: Bench) -> Iterator[Row]:
    """Whole processes, each of ours from the interpreter's start and with a cold cache."""
    folder = corpus.build()
    work = bench.fresh("platforms")
    film = timeline(folder, scenes(bench.scenes))
    document = work / "timeline.json"
    document.write_text(film.to_json(), encoding="utf-8")
    font = face(text_of(film), cache=work / "fonts")
    script = work / "film.ass"
    script.write_text(ass(film, font.family), encoding="utf-8")
    peak = Memory()

    def theirs() -> Usage:
        place = bench.fresh("naive")
        return spawn(python("seed004", str(bench.scenes), folder, script, font.path.parent, place, *PLATFORMS))

    def ours() -> Usage:
        command = python("ours", document, folder, bench.fresh("cache"), work / "film.mp4", "standard", *PLATFORMS)
        return spawn(command, watch=peak)

    pairs = interleave(min(TIMES, bench.times), theirs, ours)
    walls = tuple(theirs.wall / own.wall for theirs, own in pairs)
    cpus = tuple(theirs.cpu / own.cpu for theirs, own in pairs)
    note = f"{middle([pair[0] for pair in pairs])} ÷ {middle([pair[1] for pair in pairs])}; {len(pairs)} pairs"
    seconds = bench.scenes * corpus.SCENE_SECONDS
    name = f"{seconds} s film and three platforms, seed 004 ÷ ours"
    yield Row(name, median(walls), "×", bench.goal(TARGET), True, note, walls)
    yield Row("the same in CPU time", median(cpus), "×", None, True, "", cpus)
    note = f"sum of RSS {peak.rss:.0f} MiB"
    yield Row("peak memory of ours, 2160p among them", peak.pss, "MiB", MOST_MEMORY, False, note)
