"""Row 5b: burnt captions against libass's own burn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks import corpus
from benchmarks.measure import Bench, Row
from benchmarks.project import RATE, SIZE, planned, scenes, timeline
from manju.domain.timeline import Label, Timeline
from manju.media.captions import load
from manju.media.encoder import Format
from manju.media.film import Cache, text_of
from manju.media.fonts import face
from manju.media.process import ffmpeg
from manju.media.subtitles import ass

EVERY = 5
"""Each fifth frame is compared: a word lasts longer."""
TARGET = 3


def rows(bench: Bench) -> Iterator[Row]:
    """Subtitles and overlays of two scenes on a picture of all colours; the AI label is off, it is not in the ASS."""
    folder = corpus.build()
    work = bench.fresh("captions")
    cache = Cache.below(work)
    film = timeline(folder, scenes(2)).model_copy(update={"label": Label.model_construct(text="")})
    _, burnt = planned(film, folder, Format(*SIZE, RATE), cache)
    bitmaps = {each.key: load(cache.captions, each.key) for each in burnt}
    background = _background()
    worst = [0, 0]
    touched = 0
    for index, expected in _libass(film, background, work):
        frame = background.copy()
        for each in burnt:
            bitmap = bitmaps[each.key]
            if each.start <= index < each.end and bitmap is not None:
                bitmap.blend(_planes(frame))
        touched += bool((expected != background).any())
        luma, *chroma = _planes(np.abs(frame.astype(np.int16) - expected))
        worst[0] = max(worst[0], int(luma.max()))
        worst[1] = max(worst[1], *(int(part.max()) for part in chroma))
    if not touched:
        raise SystemExit("libass drew nothing: there is nothing to compare")
    note = f"{touched} frames with text at 1080p, {len(burnt)} captions; chroma {worst[1]} levels"
    yield Row("captions against libass's own burn, luma", worst[0], "levels", TARGET, False, note)


def _background() -> np.ndarray:
    width, height = SIZE
    across, down = np.meshgrid(np.arange(width), np.arange(height))
    luma = 16 + (across // 3 + down // 2) % 220
    x, y = across[::2, ::2], down[::2, ::2]
    chroma = (30 + (x // 4 + y // 3) % 190, 220 - (x // 5 + y // 4) % 190)
    return np.concatenate([plane.astype(np.uint8).ravel() for plane in (luma, *chroma)])


def _planes(flat: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    width, height = SIZE
    whole, quarter = width * height, width * height // 4
    half = (height // 2, width // 2)
    return (
        flat[:whole].reshape(height, width),
        flat[whole : whole + quarter].reshape(half),
        flat[whole + quarter :].reshape(half),
    )


def _libass(film: Timeline, background: np.ndarray, work: Path) -> Iterator[tuple[int, np.ndarray]]:
    """Number and planes of each `EVERY`-th frame as ffmpeg's ``ass`` filter burns it."""
    font = face(text_of(film), cache=work / "fonts")
    script = work / "film.ass"
    script.write_text(ass(film, font.family), encoding="utf-8")
    graph = (
        f"loop=loop=-1:size=1,setpts=N/{RATE}/TB,setparams=range=tv:colorspace=bt709,"
        f"ass={script}:fontsdir={font.path.parent},trim=end_frame={film.total_frames},select=not(mod(n\\,{EVERY}))"
    )
    source = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{SIZE[0]}x{SIZE[1]}", "-r", str(RATE), "-i", "-"]
    sink = ["-fps_mode", "passthrough", "-f", "rawvideo", "-pix_fmt", "yuv420p", "-"]
    shown = np.frombuffer(ffmpeg([*source, "-vf", graph, *sink], stdin=background.tobytes()), np.uint8)
    for number, frame in enumerate(shown.reshape(-1, background.size)):
        yield number * EVERY, frame
