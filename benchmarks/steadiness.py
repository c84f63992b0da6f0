"""Row 5a: how much a picture under a slow camera move jitters, before and after encoding."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np

from benchmarks.measure import Bench, Row
from benchmarks.project import RATE, SIZE, silent
from manju.domain.timeline import Motion, Picture
from manju.media.encoder import Format
from manju.media.film import Cache, render
from manju.media.label import Mark
from manju.media.planes import Moving, Still, allocate, views
from manju.media.process import WorkerPool

FRAMES = 180
MOVE = Motion(zoom=(1.0, 1.1), x=(-0.5, 0.5))
TARGET = 0.02
FLOOR = 24.0
"""Luma above black that is not counted: coding noise far from the disc would pull at its centre."""


def rows(bench: Bench) -> Iterator[Row]:
    """The centre of a bright disc, from its moments, must lie on a smooth path: the RMS of what is left of it after a
    cubic fit over 180 frames, in pixels of 1080p; the worse axis."""
    work = bench.fresh("jitter")
    picture = np.zeros((2160, 3840, 3), np.uint8)
    cv2.circle(picture, (2300 * 16, 900 * 16), 180 * 16, (255, 255, 255), -1, cv2.LINE_AA, 4)
    cv2.imwrite(str(work / "disc.png"), picture)
    source = Moving(Still(work / "disc.png", *SIZE), MOVE, FRAMES)
    out = allocate(*SIZE)
    composed = []
    for index in range(FRAMES):
        source.frame(index, out)
        composed.append(_centre(out[0]))
    yield Row("Ken Burns jitter, composed planes", _jitter(composed), "px", TARGET, False, "zoom 1 to 1.1 in 6 s")
    encoded = [_centre(luma) for luma in _film(work)]
    note = "the same out of the encoded film, standard profile"
    yield Row("Ken Burns jitter, encoded film", _jitter(encoded), "px", TARGET, False, note)


def _film(work: Path) -> Iterator[np.ndarray]:
    timeline = silent([Picture(path="disc.png", motion=MOVE)], FRAMES)
    out = work / "disc.mp4"
    with WorkerPool() as pool:
        form = Format(*SIZE, RATE)
        render(timeline, work, out, form=form, cache=Cache.below(work / "cache"), pool=pool, mark=Mark("", "0" * 32))
    with av.open(str(out)) as container:
        for frame in container.decode(video=0):
            yield views(frame)[0]


def _centre(luma: np.ndarray) -> tuple[float, float]:
    weight = np.maximum(luma.astype(np.float64) - 16 - FLOOR, 0)
    whole = weight.sum()
    rows, columns = luma.shape
    return float((weight.sum(0) * np.arange(columns)).sum() / whole), float(
        (weight.sum(1) * np.arange(rows)).sum() / whole
    )


def _jitter(path: list[tuple[float, float]]) -> float:
    times = np.linspace(-1, 1, len(path))
    left = [values - np.polyval(np.polyfit(times, values, 3), times) for values in np.array(path).T]
    return max(float(np.sqrt(np.mean(np.square(each)))) for each in left)
