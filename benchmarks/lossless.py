"""The same plan without an encoder: every frame of a film, captions included, as raw 8-bit 4:2:0 in one file.

What the bare encoder is fed with, and what the encoded film is compared with.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from benchmarks.measure import ROOT
from benchmarks.project import planned
from manju.domain.timeline import Timeline
from manju.media.captions import load
from manju.media.encoder import Format
from manju.media.film import Cache
from manju.media.plan import Layer, Segment
from manju.media.planes import Black, Clip, Moving, Planes, Source, Still
from manju.media.process import WorkerPool
from manju.media.segments import compose


def raw(film: Timeline, folder: Path, out: Path, cache: Path) -> Path:
    """Write ``film`` to ``out`` (3.1 MB a frame at 1080p)."""
    store = Cache.below(cache)
    form = Format(film.width, film.height, film.rate)
    layout, _ = planned(film, folder, form, store)
    with out.open("wb") as file:
        file.truncate(layout.frames * form.width * form.height * 3 // 2)
    jobs = [(segment, form, folder, store.captions, out) for segment in layout.segments]
    with WorkerPool(environment={"PYTHONPATH": str(ROOT)}) as pool:
        for future in pool.submit_runs(write, jobs):
            future.result()
    return out


def write(segment: Segment, form: Format, folder: Path, captions: Path, out: Path) -> None:
    """In a worker: compose one segment's frames to their place in the file."""
    cv2.setNumThreads(1)
    sources = [_source(layer, form, folder) for layer in segment.layers]
    shown = [(each, load(captions, each.key)) for each in segment.captions]
    frame, planes = _frame(form)
    spare = _frame(form)[1] if segment.blend else None
    with out.open("r+b") as file:
        file.seek(segment.start * frame.nbytes)
        for index in range(segment.length):
            compose(segment, sources, index, planes, spare)
            for each, bitmap in shown:
                if bitmap is not None and each.start <= index < each.end:
                    bitmap.blend(planes)
            file.write(frame.data)
    for source in sources:
        if isinstance(source, Clip):
            source.close()


def _frame(form: Format) -> tuple[np.ndarray, Planes]:
    whole, quarter = form.width * form.height, form.width * form.height // 4
    flat = np.zeros(whole + 2 * quarter, np.uint8)
    half = (form.height // 2, form.width // 2)
    planes = (
        flat[:whole].reshape(form.height, form.width),
        flat[whole : whole + quarter].reshape(half),
        flat[whole + quarter :].reshape(half),
    )
    return flat, planes


def _source(layer: Layer, form: Format, folder: Path) -> Source:
    if layer.kind == "black":
        return Black()
    path = folder / layer.path
    if layer.kind == "clip":
        return Clip(path, form.width, form.height, form.rate, layer.trim_ms)
    return Moving(Still(path, form.width, form.height), layer.motion, layer.frames)
