"""What a finished film really is: everything that a platform asks about, measured from the file and never assumed."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice
from pathlib import Path

import av
import numpy as np

from manju.domain.platforms import SafeArea
from manju.domain.time import frames
from manju.domain.timeline import Timeline
from manju.errors import MediaError
from manju.media.captions import captions, extent, load, rasterise
from manju.media.film import Cache, text_of
from manju.media.fonts import Face, face
from manju.media.label import read
from manju.media.loudness import SILENCE, measure
from manju.media.picture_file import check
from manju.media.planes import views
from manju.media.probe import probe
from manju.media.sound import stream

LABEL_MS = 2000
"""How long the visible label must stand (GB 45438-2025 §5.4)."""
BRIGHT = 180
"""Luma from which a pixel of the label's bitmap is its lettering: the rest is its box."""
CONTRAST = 30
"""Levels of luma by which the lettering must be brighter than its box to be taken for seen: 100 and more in fact, less
in frames of the size of a stamp."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A film as it is. ``rate`` is frames a second; ``outside`` are the most pixels by which one of the ``texts`` drawn
    over it reaches out of the safe area; ``label_seen`` says whether the visible AI label is in the picture at its
    first frame and until `LABEL_MS`; ``marked`` whether the file has the ``AIGC`` field. Codecs are ``""`` where there
    is no such track; ``cover`` is the cover's width and height, zeros where it is no picture."""

    bytes: int
    container: str
    duration_ms: int
    width: int
    height: int
    rate: Fraction
    video: str
    pixels: str
    colours: tuple[str, str, str]
    audio: str
    sample_rate: int
    channels: int
    lufs: float
    true_peak_db: float
    texts: int
    outside: int
    label_seen: bool
    marked: bool
    cover: tuple[int, int]
    cover_bytes: int


def measure_film(path: Path, cover: Path, timeline: Timeline, safe: SafeArea, cache: Cache) -> Measured:
    """Measure the film at ``path`` and its cover. ``timeline`` is what it was made of: its texts are drawn (or found in
    the cache) to see whether they are inside the ``safe`` area.

    Raises:
        MediaError: a file cannot be read, or holds no picture.
    """
    found = probe(path)
    if found.video is None:
        raise MediaError(f"{path} holds no picture", hint="Render again.")
    video, audio = found.video, found.audio
    lufs = peak = SILENCE
    if audio is not None:
        with closing(stream(path)) as blocks:
            heard = measure(blocks)
        lufs, peak = heard.lufs, heard.true_peak_db
    font = face(text_of(timeline), cache=cache.fonts)
    texts, outside = _texts(timeline, font, safe, cache)
    return Measured(
        bytes=path.stat().st_size,
        container=found.format,
        duration_ms=found.duration_ms,
        width=video.width,
        height=video.height,
        rate=video.rate,
        video=video.codec,
        pixels=video.pix_fmt,
        colours=(video.primaries, video.transfer, video.matrix),
        audio=audio.codec if audio else "",
        sample_rate=audio.rate if audio else 0,
        channels=audio.channels if audio else 0,
        lufs=lufs,
        true_peak_db=peak,
        texts=texts,
        outside=outside,
        label_seen=_label_seen(path, timeline, font, cache),
        marked=_marked(path),
        cover=_size(cover),
        cover_bytes=cover.stat().st_size,
    )


def _texts(timeline: Timeline, font: Face, safe: SafeArea, cache: Cache) -> tuple[int, int]:
    """How many texts there are, and the most pixels by which one reaches out of the safe area."""
    width, height = timeline.width, timeline.height
    drawn = captions(timeline, font)
    rasterise(drawn, font.path.parent, width, height, cache.captions)
    left, right = width * safe.left / 1000, width * (1 - safe.right / 1000)
    top, bottom = height * safe.top / 1000, height * (1 - safe.bottom / 1000)
    boxes = [box for key in {each.key for each in drawn} if (box := extent(cache.captions, key)) is not None]
    over = [max(left - box.x, box.x + box.width - right, top - box.y, box.y + box.height - bottom) for box in boxes]
    return len(boxes), max(0, round(max(over, default=0)))


def _label_seen(path: Path, timeline: Timeline, font: Face, cache: Cache) -> bool:
    """Whether the label's lettering stands out of its box where it should be, at the first frame and at the last of
    its least time."""
    plain = [shot.model_copy(update={"overlays": ()}) for shot in timeline.shots]
    drawn = captions(timeline.model_copy(update={"shots": tuple(plain), "cues": ()}), font)
    label = load(cache.captions, drawn[0].key) if drawn else None
    if label is None:
        return False
    lettering = label.colours[0] >= min(BRIGHT, int(label.colours[0].max()))
    last = max(0, min(timeline.total_frames, frames(LABEL_MS, timeline.rate)) - 1)
    rows, columns = label.clear.shape
    with av.open(str(path)) as container:
        container.streams.video[0].thread_type = "AUTO"
        shown = islice(container.decode(video=0), last + 1)
        for index, frame in enumerate(shown):
            if index not in (0, last):
                continue
            if frame.width < label.x + columns or frame.height < label.y + rows:
                return False
            part = views(frame)[0][label.y : label.y + rows, label.x : label.x + columns]
            if not np.mean(part[lettering]) - np.mean(part[~lettering]) >= CONTRAST:
                return False
    return True


def _size(cover: Path) -> tuple[int, int]:
    try:
        return check(cover.read_bytes(), cover.suffix)
    except MediaError:  # a person's file that no platform could read either
        return 0, 0


def _marked(path: Path) -> bool:
    try:
        return read(path) is not None
    except MediaError:  # what cannot be read is no label
        return False
