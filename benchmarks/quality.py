"""Row 6: what the encoder leaves of the picture (VMAF), and whether colours arrive as they were drawn."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import av
import cv2
import numpy as np

from benchmarks import corpus, lossless
from benchmarks.measure import Bench, Row, python, spawn
from benchmarks.project import RATE, SIZE, scenes, silent, timeline
from manju.domain.timeline import Motion, Picture, Timeline
from manju.media.process import ffmpeg

VMAF_TARGET = 92
COLOUR_TARGET = 4
"""Levels of 255: rounding to 8-bit limited-range YUV alone costs 2, the encoder the rest."""
BT709, LIMITED = 1, 1
"""ITU-T H.273; FFmpeg's number of limited range."""
PATCHES = ("000000", "FFFFFF", "FF0000", "00FF00", "0000FF", "00FFFF", "FF00FF", "FFFF00", "808080", "C86432")


def rows(bench: Bench) -> Iterator[Row]:
    """The standard profile against the same plan without an encoder; then ten colour patches."""
    folder = corpus.build()
    work = bench.fresh("quality")
    film = timeline(folder, scenes(bench.scenes))
    frames = lossless.raw(film, folder, work / "frames.yuv", work / "lossless")
    made = _render(film, folder, work)
    scores = _vmaf(made, frames, work)
    frames.unlink()
    size = made.stat().st_size / film.total_frames * RATE * 8 / 1e6
    note = f"{len(scores)} frames; lowest {min(scores):.1f}; film {float(size):.1f} Mbit/s"
    yield Row("VMAF of the standard profile, mean", float(np.mean(scores)), "", VMAF_TARGET, True, note)
    yield Row("lowest frame", min(scores), "", None, True)
    yield from _colours(work)


def _render(film: Timeline, folder: Path, work: Path) -> Path:
    document, out = work / "timeline.json", work / "film.mp4"
    document.write_text(film.to_json(), encoding="utf-8")
    spawn(python("ours", document, folder, work / "cache", out, "standard"))
    return out


def _vmaf(film: Path, frames: Path, work: Path) -> list[float]:
    log = work / "vmaf.json"
    raw = ["-f", "rawvideo", "-pix_fmt", "yuv420p", "-s", f"{SIZE[0]}x{SIZE[1]}", "-r", str(RATE), "-i", str(frames)]
    # Told apart by a tag, one side would be converted to the other's colours first.
    alike = f"setpts=N/{RATE}/TB,setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
    graph = f"[0:v]{alike}[a];[1:v]{alike}[b];[a][b]libvmaf=n_threads=2:log_fmt=json:log_path={log}"
    ffmpeg(["-i", str(film), *raw, "-filter_complex", graph, "-f", "null", "-"])
    return [frame["metrics"]["vmaf"] for frame in json.loads(log.read_text())["frames"]]


def _colours(work: Path) -> Iterator[Row]:
    """Decoded by the bundled ffmpeg, which follows the tags in the file: a wrong tag is a wrong colour."""
    columns = len(PATCHES)
    edge = SIZE[0] // columns
    picture = np.zeros((SIZE[1], SIZE[0], 3), np.uint8)
    wanted = [tuple(int(code[at : at + 2], 16) for at in (0, 2, 4)) for code in PATCHES]
    for index, rgb in enumerate(wanted):
        picture[:, index * edge : (index + 1) * edge] = rgb[::-1]
    cv2.imwrite(str(work / "patches.png"), picture)
    film = silent([Picture(path="patches.png", motion=Motion(zoom=(1.0, 1.0)))], 30)
    made = _render(film, work, work)
    decode = [
        "-frames:v",
        "1",
        "-vf",
        "scale=flags=accurate_rnd+full_chroma_int",
        "-f",
        "rawvideo",
        "-pix_fmt",
        "rgb24",
    ]
    data = ffmpeg(["-ss", "0.5", "-i", str(made), *decode, "-"])
    shown = np.frombuffer(data, np.uint8).reshape(SIZE[1], SIZE[0], 3)
    middles = [shown[SIZE[1] // 2, index * edge + edge // 2].astype(int) for index in range(columns)]
    worst = max(int(np.abs(got - rgb).max()) for got, rgb in zip(middles, wanted, strict=True))
    yield Row("colours of ten patches, largest error", worst, "levels", COLOUR_TARGET, False, "decoded by ffmpeg")
    with av.open(str(made)) as container:
        context = container.streams.video[0].codec_context
        tags = {
            "primaries": context.color_primaries == BT709,
            "transfer": context.color_trc == BT709,
            "matrix": context.colorspace == BT709,
            "range": context.color_range == LIMITED,
        }
    note = ", ".join(name for name, right in tags.items() if right)
    yield Row("BT.709 limited-range tags that are right", sum(tags.values()), "of 4", 4, True, note)
