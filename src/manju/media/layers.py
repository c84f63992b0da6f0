"""A still in layers under a camera move: each under its own window, the nearer the wider its way (parallax).

The first layer is a `Still`. The others are cut-outs, kept in one array of four channels (YUV and opacity) at luma's
size, which costs hardly more to sample than one channel does, and no more of them than is painted. They are
premultiplied with their opacity, so that filtering leaves no fringes; chroma and its opacity are made from the sampled
frame, so both lie where 4:2:0 has them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from manju.domain.timeline import Motion
from manju.media import cutout, picture_file
from manju.media.encoder import LARGE
from manju.media.motion import Window, window
from manju.media.planes import (
    BGR_TO_YUV,
    Place,
    Plane,
    Planes,
    Still,
    cover,
    kept_size,
    read,
    warp,
)

LARGEST = 16_000_000
"""Bytes of a cut-out above which it is kept at less than its full size: one that is painted all over (rain) has nothing
that is as sharp."""
BAND = 64
"""Rows of a frame that are laid at once, each as far as something is painted there."""
BLOCK = 8
"""Rows of a cut-out that are taken together when it is noted where it is painted, and where it hides all."""
_MARGIN = 2
"""Clear samples that are kept round what is painted: it fades out into them."""
_BGRA_TO_YUVA = np.vstack(
    [np.hstack([BGR_TO_YUV[:, :3], BGR_TO_YUV[:, 3:] / 255]), np.array([[0, 0, 0, 1]], np.float32)]
).astype(np.float32)
"""Premultiplied BGRA to premultiplied limited-range YUV and opacity: black's offsets count as far as it is opaque."""


class Layered:
    """A picture in layers under a camera move."""

    def __init__(self, whole: Path, layers: Sequence[tuple[Path, float]], width: int, height: int) -> None:
        """Decode and prepare.

        Args:
            whole: the picture that the layers make up: cut-outs lie where they say in its pixels.
            layers: from behind to the front, with how much of a camera move each makes.
            width: of the frame.
            height: of the frame.

        Raises:
            UnusableFileError: a file cannot be read as a picture.
        """
        shape = read(whole, picture_file.size)
        (ground, self._first), *others = layers
        self._still = Still(ground, width, height, shape)
        self._place = self._still.place
        large = width * height > LARGE
        self._cutouts = [(Cutout(path, shape, self._place, large=large), nearness) for path, nearness in others]

    @property
    def nbytes(self) -> int:
        """Memory that it takes."""
        return self._still.nbytes + sum(each.nbytes for each, _ in self._cutouts)

    def frame(self, motion: Motion, frames: int, index: int, out: Planes) -> None:
        """Write frame ``index`` of a shot of ``frames`` frames under ``motion`` into ``out``."""
        parts = [window(motion, frames, index, nearness) for _, nearness in self._cutouts]
        self._still.show(window(motion, frames, index, self._first), out, list(self._seen(parts)))
        placed = self._place.of(out)
        for (each, _), part in zip(self._cutouts, parts, strict=True):
            each.lay(part, placed)

    def _seen(self, parts: Sequence[Window]) -> Iterator[Place]:
        """Where the first layer is not hidden: beside the widest of what hides it in each band."""
        width, height = self._place.width, self._place.height
        free = 0
        """Rows before this one are told."""
        for top in range(0, height, BAND):
            bottom = min(top + BAND, height)
            hidden = [each.hides(part, top, bottom) for (each, _), part in zip(self._cutouts, parts, strict=True)]
            left, right = max(hidden, key=lambda span: span[1] - span[0])
            if left >= right:
                continue
            if free < top:
                yield Place(0, free, width, top - free)
            if left > 0:
                yield Place(0, top, left, bottom - top)
            if right < width:
                yield Place(right, top, width - right, bottom - top)
            free = bottom
        if free < height:
            yield Place(0, free, width, height - free)


class Cutout:
    """What is painted of a layer."""

    def __init__(self, path: Path, whole: tuple[int, int], place: Place, *, large: bool) -> None:
        """Decode and prepare the layer of a picture of the size ``whole``, to be shown in a ``place``.

        Raises:
            UnusableFileError: the file cannot be read as a picture.
        """
        self._size = (place.width, place.height)
        picture = cover(_canvas(path, whole), *self._size)
        rows, columns = picture.shape[:2]
        x, y, across, down = cv2.boundingRect(np.ascontiguousarray(picture[:, :, 3]))
        x0, y0 = max(0, x - _MARGIN), max(0, y - _MARGIN)
        x1, y1 = min(columns, x + across + _MARGIN), min(rows, y + down + _MARGIN)
        yuva = cv2.transform(picture[y0:y1, x0:x1], _BGRA_TO_YUVA)
        times = kept_size(columns, place, large=large)[0] / columns
        times = min(times, max(1.0, math.sqrt(LARGEST / max(1, yuva.size))))
        size = max(1, round((x1 - x0) * times)), max(1, round((y1 - y0) * times))
        method = cv2.INTER_AREA if times < 1 else cv2.INTER_CUBIC
        self._kept = cv2.resize(yuva, size, interpolation=method).astype(np.uint8, copy=False)
        # Both axes as shares of the picture: where the part begins, and how far one sample is from the next.
        self._corner = (x0 / columns, y0 / rows)
        self._step = ((x1 - x0) / size[0] / columns, (y1 - y0) / size[1] / rows)
        opacity = np.pad(cv2.extractChannel(self._kept, 3), ((0, -size[1] % BLOCK), (0, 0)), "edge")
        blocks = opacity.reshape(-1, BLOCK, size[0])
        self._painted = _spans(blocks.max(axis=1) > 0)
        self._solid = _solid(blocks.min(axis=1) == 255)

    @property
    def nbytes(self) -> int:
        """Memory that it takes."""
        return self._kept.nbytes

    def hides(self, part: Window, top: int, bottom: int) -> tuple[int, int]:
        """Columns ``[left, right)`` of its place, even numbers, of which nothing behind it is seen in the rows
        ``[top, bottom)``; empty if there are none."""
        x, y = self._lines(part)
        first, last = y.touched(top, bottom)
        solid = self._solid[first // BLOCK : -(-last // BLOCK)]
        if not len(solid):
            return 0, 0
        begin, end = int(solid[:, 0].max()), int(solid[:, 1].min())
        if begin >= end:
            return 0, 0
        # A chroma sample sees one luma sample on either side of its own.
        left = math.ceil(x.at(begin)) // 2 * 2 + 2 if begin > 0 else 0
        right = math.floor(x.at(end - 1)) // 2 * 2 - 2
        return max(0, left), min(self._size[0], right)

    def lay(self, part: Window, out: Planes) -> None:
        """Lay a part of the picture, in so far as it is painted, over the planes of its place."""
        x, y = self._lines(part)
        for top in range(0, self._size[1], BAND):
            bottom = min(top + BAND, self._size[1])
            first, last = y.touched(top, bottom)
            painted = self._painted[first // BLOCK : -(-last // BLOCK)]
            if not len(painted):
                continue
            begin, end = int(painted[:, 0].min()), int(painted[:, 1].max())
            left = max(0, math.floor(x.at(begin - 1)) // 2 * 2)
            right = min(self._size[0], math.ceil(x.at(end)) // 2 * 2 + 4)
            if begin >= end or left >= right:
                continue
            # From one column further left on, for the filter of chroma.
            sampled = np.empty((bottom - top, right - left + 1, 4), np.uint8)
            matrix = np.array([[x.scale, 0, x.sample(left - 1)], [0, y.scale, y.sample(top)]])
            warp(self._kept, matrix, (right - left + 1, bottom - top), sampled)
            _blend(sampled[:, 1:], (0,), (out[0][top:bottom, left:right],))
            # Chroma is sited left (H.264 default): between two rows, at every other column, filtered by 1 2 1.
            half = ((right - left) // 2, (bottom - top) // 2)
            sides = (cv2.resize(each, half, interpolation=cv2.INTER_AREA) for each in (sampled[:, :-1], sampled[:, 1:]))
            chroma = cv2.addWeighted(next(sides), 0.5, next(sides), 0.5, 0).astype(np.uint8, copy=False)
            where = np.s_[top // 2 : bottom // 2, left // 2 : right // 2]
            _blend(chroma, (1, 2), (out[1][where], out[2][where]))

    def _lines(self, part: Window) -> tuple[_Line, _Line]:
        """How the columns and the rows of its place map to what is kept, when ``part`` is shown."""
        begins = (part.x, part.y)
        x, y = (
            _Line(part.extent / self._size[i] / self._step[i], (begins[i] - self._corner[i]) / self._step[i], count)
            for i, count in ((0, self._kept.shape[1]), (1, self._kept.shape[0]))
        )
        return x, y


@dataclass(frozen=True, slots=True)
class _Line:
    """How an axis of the output maps to ``count`` samples: pixel centres, output ``i + .5`` at ``scale * (i + .5) +
    start``."""

    scale: float
    start: float
    count: int

    def sample(self, output: float) -> float:
        """Where an output lies among the samples."""
        return (output + 0.5) * self.scale + self.start - 0.5

    def at(self, sample: float) -> float:
        """Where a sample lies in the output."""
        return (sample + 0.5 - self.start) / self.scale - 0.5

    def touched(self, begin: int, end: int) -> tuple[int, int]:
        """Samples that the outputs ``[begin, end)`` are made from."""
        first, last = math.floor(self.sample(begin)), math.ceil(self.sample(end - 1)) + 1
        return min(max(0, first), self.count), min(max(0, last), self.count)


def _spans(painted: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The columns ``[begin, end)`` of each row outside of which nothing is painted."""
    columns = painted.shape[1]
    last = columns - painted[:, ::-1].argmax(axis=1)
    some = painted.any(axis=1)
    return np.column_stack([np.where(some, painted.argmax(axis=1), columns), np.where(some, last, 0)])


def _solid(opaque: NDArray[np.bool_]) -> NDArray[np.int64]:
    """The widest stretch of columns ``[begin, end)`` in each row that is opaque."""
    spans = []
    for row in opaque:
        edges = np.flatnonzero(np.diff(row, prepend=False, append=False)).reshape(-1, 2)
        spans.append(edges[np.argmax(edges[:, 1] - edges[:, 0])] if len(edges) else (0, 0))
    return np.array(spans, np.int64).reshape(-1, 2)


def _blend(yuva: NDArray[np.uint8], channels: Sequence[int], planes: Sequence[Plane]) -> None:
    """Lay premultiplied channels over planes of their size."""
    clear = cv2.bitwise_not(cv2.extractChannel(yuva, 3))
    for channel, plane in zip(channels, planes, strict=True):
        cv2.multiply(plane, clear, dst=plane, scale=1 / 255)
        cv2.add(plane, cv2.extractChannel(yuva, channel), dst=plane)


def _canvas(path: Path, whole: tuple[int, int]) -> NDArray[np.uint8]:
    """A layer as premultiplied BGRA of its picture's shape, clear where nothing is painted."""
    pixels = read(path, picture_file.load_clear)
    at = read(path, cutout.place)
    if at is None:
        return cover(pixels, *whole)
    canvas = np.zeros((whole[1], whole[0], 4), np.uint8)
    (x, y), (rows, columns) = at, pixels.shape[:2]
    left, top, right, bottom = max(0, x), max(0, y), min(whole[0], x + columns), min(whole[1], y + rows)
    if left < right and top < bottom:
        canvas[top:bottom, left:right] = pixels[top - y : bottom - y, left - x : right - x]
    return canvas
