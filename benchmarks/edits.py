"""Row 4: what an edit of one of 60 shots costs, as a share of a full render."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from statistics import median

from benchmarks import corpus
from benchmarks.measure import Bench, Row, Usage, python, spawn
from benchmarks.project import Scene, scenes, timeline

SHOTS, QUICK_SHOTS = 60, 6
LONGER = "他说:欢迎回来,这一次别再忘了,好不好?"
LONGER_BY = 24
"""Frames: the line above is spoken 0.8 s longer, at most, than the one that it replaces."""
TARGETS = {"picture": 4.0, "motion": 4.0, "narration": 10.0}


def rows(bench: Bench) -> Iterator[Row]:
    """Each pass: a full render with a cold cache, then three edits and no edit in processes of their own."""
    folder = corpus.build()
    corpus.replacement(folder, LONGER)
    count = QUICK_SHOTS if bench.quick else SHOTS
    before = scenes(count)
    work = bench.fresh("edits")
    passes = [_pass(bench, before, folder, work) for _ in range(bench.times)]
    full = median(each["full"].inner for each in passes)
    for name, target in TARGETS.items():
        shares = tuple(100 * each[name].inner / each["full"].inner for each in passes)
        again = median(each[name].inner for each in passes)
        encoded = passes[0][name].answer["encoded_frames"]
        note = f"{again:.2f} s of {full:.1f} s; {encoded} of {passes[0]['full'].answer['frames']} frames encoded"
        title = f"{name} edit of 1 of {count} shots ÷ full render"
        yield Row(title, median(shares), "%", bench.goal(target), False, note, shares)
    shares = tuple(100 * each["nothing"].inner / each["full"].inner for each in passes)
    note = f"{median(each['nothing'].inner for each in passes):.2f} s"
    yield Row("nothing edited ÷ full render", median(shares), "%", None, False, note, shares)


def _pass(bench: Bench, before: list[Scene], folder: Path, work: Path) -> dict[str, Usage]:
    cache = bench.fresh("cache")
    middle = len(before) // 2
    replaced, moved, retold = middle - 1, middle - 3, middle + 1
    edits = {
        "full": before,
        "picture": _with(before, replaced, replace(before[replaced], picture="replacement.png")),
        "motion": _with(before, moved, replace(before[moved], zoom=1.25)),
        "narration": _with(
            before,
            retold,
            replace(before[retold], voice="replacement", frames=before[retold].frames + LONGER_BY),
        ),
        "nothing": before,
    }
    taken = {}
    for name, after in edits.items():
        document = work / f"{name}.json"
        document.write_text(timeline(folder, after).to_json(), encoding="utf-8")
        taken[name] = spawn(python("ours", document, folder, cache, work / "film.mp4", "standard"))
    if taken["nothing"].answer["encoded_frames"]:
        raise SystemExit("segments were encoded though nothing was edited: did the program change meanwhile?")
    return taken


def _with(before: list[Scene], index: int, scene: Scene) -> list[Scene]:
    return [*before[:index], scene, *before[index + 1 :]]
