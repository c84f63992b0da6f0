"""The corpus: seeded pictures, clips, narration and music, made once below ``benchmarks/work``.

**textured-10**: ten pictures (1080p, 1440p and 4K in turn) of smooth light, hard-edged shapes and fine noise, which
encode about as hard as AI-painted pictures with grain; ten lines of Mandarin narration by the offline voice; 60 s of
the offline synthesiser's music. Synthetic pictures: figures on real ones may differ (see README.md).
"""

from __future__ import annotations

import asyncio
import json
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np

from manju.domain.order import MusicRequest, SpeechRequest
from manju.providers.registry import load

WORK = Path(__file__).parent / "work"
SIZES = ((1920, 1080), (2560, 1440), (3840, 2160))
SCENE_SECONDS = 6
LINES = (
    "雨夜的走廊尽头,霓虹公告栏忽明忽暗。",
    "林澈抬起头,指尖划过发光的校徽。",
    "数据卡弹出全息投影,蓝光照在她脸上。",
    "她终于看清,屏幕里站着另一个自己。",
    "脚步声从身后传来,越来越近。",
    "别回头,耳机里的声音这样说。",
    "她按下开关,整座教学楼陷入黑暗。",
    "黑暗之中,只有一扇门还亮着光。",
    "门后坐着的人,三年前就已经毕业。",
    "他说:欢迎回来,这一次别再忘了。",
)
TRANSITIONS = ("fade_in", "fade", "slide_left", "slide_right", "dissolve", "wipe_right", "zoom_in", "fade", "dissolve")


class _NoReferences:
    def read(self, sha256: str) -> bytes:
        raise LookupError(sha256)


def picture(seed: int, width: int, height: int) -> np.ndarray:
    """A BGR picture with light, edges and texture."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    waves = [
        127 + 100 * np.sin(x / width * 3 + seed),
        127 + 90 * np.cos(y / height * 4 + 2 * seed),
        127 + 80 * np.sin((x + y) / width * 5),
    ]
    image = np.dstack(waves)
    for shape in range(60):
        colour = tuple(int(value) for value in random.integers(0, 255, 3))
        centre = (int(random.integers(0, width)), int(random.integers(0, height)))
        extent = int(random.integers(width // 190, width // 12))
        if shape % 2:
            cv2.circle(image, centre, extent, colour, -1, cv2.LINE_AA)
        else:
            cv2.rectangle(image, centre, (centre[0] + extent, centre[1] + extent // 2), colour, -1)
    grain = cv2.GaussianBlur(random.normal(0, 1, (height, width)).astype(np.float32), (0, 0), 1.2) * 14
    return np.clip(image + grain[:, :, None], 0, 255).astype(np.uint8)


def build(scenes: int = 10) -> Path:
    """Make what is missing and return the corpus's folder: ``shots/NN.png``, ``audio/NN.wav`` (with ``NN.json``: its
    words) and ``audio/music.flac``. Scene N uses picture and line N modulo 10."""
    folder = WORK / "textured-10"
    (folder / "shots").mkdir(parents=True, exist_ok=True)
    (folder / "audio").mkdir(exist_ok=True)
    for index in range(min(10, scenes)):
        path = folder / "shots" / f"{index:02d}.png"
        if not path.exists():
            cv2.imwrite(str(path), picture(index, *SIZES[index % 3]))
    music = folder / "audio" / "music.flac"
    if not music.exists():
        _compose(music)
    for index, text in enumerate(LINES):
        _narrate(folder / "audio" / f"{index:02d}.wav", text)
    return folder


def _compose(path: Path) -> None:
    request = MusicRequest(style="upbeat electronic, 120 BPM", duration_ms=60_000)
    made = asyncio.run(load("music", "offline:synth").generate(request, _NoReferences()))
    path.write_bytes(made.artefacts[0].data)


def _narrate(path: Path, text: str) -> None:
    """A line by the offline voice, with its words beside it."""
    facts = path.with_suffix(".json")
    if facts.exists():
        return
    voice = load("speech", "offline:espeak")
    made = asyncio.run(voice.generate(SpeechRequest(text=text), _NoReferences()))
    path.write_bytes(made.artefacts[0].data)
    facts.write_text(json.dumps(dict(made.facts)), encoding="utf-8")


def replacement(folder: Path, line: str) -> None:
    """What edits put in the place of others: ``shots/replacement.png`` and ``audio/replacement.wav``."""
    path = folder / "shots" / "replacement.png"
    if not path.exists():
        cv2.imwrite(str(path), picture(100, *SIZES[0]))
    _narrate(folder / "audio" / "replacement.wav", line)


def clips(folder: Path, seconds: int = SCENE_SECONDS, rate: Fraction = Fraction(30)) -> list[Path]:
    """Ten 1080p film clips with moving content, H.264, made from the pictures by ffmpeg's own pan."""
    from manju.media.process import ffmpeg

    made = []
    for index in range(10):
        path = folder / "shots" / f"{index:02d}.mp4"
        if not path.exists():
            pan = f"scale=2304:1296,crop=1920:1080:x='(iw-ow)*t/{seconds}':y='(ih-oh)*t/{seconds}'"
            source = str(folder / "shots" / f"{index:02d}.png")
            ffmpeg(
                ["-y", "-loop", "1", "-framerate", str(rate), "-t", str(seconds), "-i", source, "-vf"]
                + [f"{pan},scale=out_color_matrix=bt709:out_range=tv,format=yuv420p", "-colorspace", "bt709"]
                + ["-color_primaries", "bt709", "-color_trc", "bt709", "-color_range", "tv"]
                + ["-c:v", "libx264", "-preset", "veryfast", "-crf", "18", str(path)]
            )
        made.append(path)
    return made
