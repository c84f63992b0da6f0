"""A film whose every call goes to a relay: how much longer it takes than its calls must.

``manju make`` up to the storyboard (the render that follows waits for nobody), ten shots with a clip each, at a relay
(`benchmarks.gateway_recipe_upstream`) whose calls take what they take in reality divided by a scale, three at once of
each kind. The yardstick is a bound that no order of the calls can beat: of each kind the earliest that its first call
can begin, then its calls in rounds of three, then what must still follow the last. Scripts come before all else,
turnarounds before frames, a shot's frame and the voices (which set its length) before its clip.
"""

from __future__ import annotations

import json
import os
import subprocess
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from math import ceil
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.command import manju
from benchmarks.gateway import process
from benchmarks.gateway_recipe_upstream import SECONDS
from benchmarks.measure import Bench, Row, Usage, python, spawn

TARGET = 1.10
TOPIC, FILM_S, SHOTS, LINES = "雨夜便利店的奇遇", 64, 10, 12
"""A topic of which the offline writer makes a film of ten shots, each with somebody in it, and twelve lines."""
AT_ONCE = 3
POLL_S = 5.0
"""Between two looks at a clip, in reality: the program's default."""
SCALE, QUICK_SCALE = 15.0, 60.0
TIMES = 3
"""Runs, at most: they wait most of their time."""
MODELS = {"text": "gpt-4o", "image": "nano-banana", "speech": "tts-1-hd", "video": "sora-2"}


def rows(bench: Bench) -> Iterator[Row]:
    """Each film with a relay, a database and a cache of its own."""
    scale = QUICK_SCALE if bench.quick else SCALE
    ratios, walls, stages = [], [], []
    counts: dict[str, int] = {}
    for _ in range(min(TIMES, bench.times)):
        with upstream(scale) as relay:
            usage, seconds = film(bench, relay, scale)
            report = ask(f"{relay}/report")
        counts = report["counts"]
        check(report)
        ratios.append(seconds / bound(counts, scale))
        walls.append(usage.wall)
        stages.append(seconds)
    calls = ", ".join(f"{count} {kind}s" for kind, count in counts.items())
    limit = bound(counts, scale)
    note = (
        f"{median(stages):.1f} s ÷ {limit:.1f} s; {calls}; realistic times ÷ {scale:g}; the whole process from its "
        f"start {median(walls):.1f} s, {median(walls) / limit:.2f} ×"
    )
    name = "recipe up to its storyboard ÷ the least that its calls take, 10 shots, 3 at once"
    yield Row(name, median(ratios), "×", bench.goal(TARGET), False, note, tuple(ratios))


def bound(counts: Mapping[str, int], scale: float) -> float:
    """Seconds that the calls take at least, `AT_ONCE` of each kind at once."""
    begun = counts["chat"] * SECONDS["chat"]  # one after the other

    def rounds(kind: Any) -> float:
        return ceil(counts[kind] / AT_ONCE) * SECONDS[kind]

    clips = begun + 2 * SECONDS["picture"] + rounds("clip")  # the first: behind a turnaround and a frame
    pictures = begun + rounds("picture") + SECONDS["clip"]
    lines = begun + rounds("line") + SECONDS["clip"]
    return max(clips, pictures, lines) / scale


def film(bench: Bench, relay: str, scale: float) -> tuple[Usage, float]:
    """What a film took as a process, and the seconds of its stages."""
    work = bench.fresh("recipe")
    data = work / "data"
    data.mkdir()
    (data / "manju.toml").write_text("\n".join(settings(relay, scale)) + "\n", encoding="utf-8")
    models = [word for name, model in MODELS.items() for word in (f"--{name}-model", model)]
    options: list[str | Path] = ["--seconds", str(FILM_S), "--music", "none", "--out", work / "film", "--data", data]
    usage = spawn(manju("make", TOPIC, *models, *options, "--stop-after", "storyboard"))
    manifest = json.loads((work / "film" / "manifest.json").read_text("utf-8"))
    return usage, float(manifest["total_seconds"])


def settings(relay: str, scale: float) -> Iterator[str]:
    """A channel a kind of call, as `manju.toml` has it."""
    os.environ["BENCH_KEY"] = "sk-bench"
    for name, model in MODELS.items():
        yield f"[channels.{name}]"
        yield f'vendor = "relay"\nbase_url = "{relay}"\nkey = {{ env = "BENCH_KEY" }}\nconcurrency = {AT_ONCE}'
        yield f'poll_s = {POLL_S / scale}\nmodels = {{ "{model}" = "emulated" }}'
        if name == "image":
            yield 'options = { references = "generations", fields = "aspect_ratio,image_size" }'


@contextmanager
def upstream(scale: float) -> Iterator[str]:
    """The relay's address."""
    with process(python("gateway_recipe_upstream", str(scale)), stdout=subprocess.PIPE) as running:
        assert running.stdout is not None
        yield f"http://127.0.0.1:{int(running.stdout.readline())}"


def ask(url: str) -> Any:
    """What an address answers, as JSON."""
    with urllib.request.urlopen(url, timeout=60) as answer:
        return json.loads(answer.read())


def check(report: Mapping[str, Any]) -> None:
    """
    Raises:
        SystemExit: it was another film than the bound is for, or more was asked at once than the channels allow.
    """
    counts, at_once = report["counts"], report["at_once"]
    if counts.get("clip") != SHOTS or counts.get("line") != LINES or max(at_once.values()) > AT_ONCE:
        raise SystemExit(f"the relay was asked for {counts}, at once for {at_once}")
