"""The cover: the film's first picture with its title below the faces and the AI label, as a JPEG."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from manju.domain.timeline import Overlay, Picture, Timeline
from manju.errors import MediaError
from manju.media.captions import captions, load, rasterise
from manju.media.film import Cache, text_of
from manju.media.fonts import face
from manju.media.planes import Clip, Moving, Planes, Source, Still, allocate

QUALITY = 92
"""JPEG quality: platforms compress covers again."""
TITLE, MOST_LETTERS = 1.3, 150
"""Size of the title's letters to those of an overlay at the bottom of the film, where it hides no face; and the largest
that a `SubtitleStyle` takes."""


def cover(timeline: Timeline, folder: Path, cache: Cache) -> bytes:
    """The cover at the film's size.

    Raises:
        MediaError: the first shot's picture cannot be read.
    """
    first = timeline.shots[0]
    picture = first.picture
    if not isinstance(picture, Picture):
        raise MediaError("the first shot has no picture")
    overlays = (Overlay(text=timeline.title, position="bottom"),) if timeline.title.strip() else ()
    letters = round(TITLE * timeline.subtitles.size)
    page = timeline.model_copy(
        update={
            "shots": (first.model_copy(update={"transition": "cut", "overlays": overlays}),),
            "subtitles": timeline.subtitles.model_copy(update={"size": min(MOST_LETTERS, letters)}),
            "cues": (),
            "voice": (),
            "music": None,
        }
    )
    out = allocate(timeline.width, timeline.height)
    _source(picture, page, folder).frame(0, out)
    font = face(text_of(page), cache=cache.fonts)
    texts = [caption for caption in captions(page, font) if caption.start == 0]
    rasterise(texts, font.path.parent, timeline.width, timeline.height, cache.captions)
    for text in texts:
        bitmap = load(cache.captions, text.key)
        if bitmap is not None:
            bitmap.blend(out)
    return jpeg(out)


def jpeg(planes: Planes) -> bytes:
    """BT.709 limited-range planes as a JPEG."""
    rows, columns = planes[0].shape
    luma = (planes[0].astype(np.float32) - 16) * (255 / 219)
    u, v = (
        cv2.resize(plane, (columns, rows), interpolation=cv2.INTER_LINEAR).astype(np.float32) - 128
        for plane in planes[1:]
    )
    # Inverse of BT.709's matrix, chroma scaled from 224 steps to 255.
    red = luma + 1.5748 * (255 / 224) * v
    green = luma - (0.1873 * u + 0.4681 * v) * (255 / 224)
    blue = luma + 1.8556 * (255 / 224) * u
    bgr: NDArray[np.uint8] = np.clip(np.rint(np.dstack([blue, green, red])), 0, 255).astype(np.uint8)
    done, data = cv2.imencode(".jpg", bgr, [cv2.IMWRITE_JPEG_QUALITY, QUALITY])
    if not done:
        raise MediaError("the cover could not be written as a JPEG")
    return data.tobytes()


def _source(picture: Picture, page: Timeline, folder: Path) -> Source:
    path = folder / picture.path
    if picture.kind == "clip":
        return Clip(path, page.width, page.height, page.rate, picture.trim_ms)
    still = Still(path, page.width, page.height)
    return Moving(still, picture.motion.model_copy(update={"zoom": (1.0, 1.0)}), 1)
