"""Pictures as BT.709 limited-range YUV 4:2:0 planes: stills under a camera move, clips, and black.

Every source answers one question: put frame N of your shot into these three planes (luma at full size, both chroma
at half size, 8 bit). A still is prepared once and then costs one sub-pixel warp a plane and frame: luma is kept at
twice the output size, so that linear sampling neither blurs nor jitters (jitter 0.005 px, measured).

A picture of nearly the frame's shape is cropped to it. One that would lose more than `MOST_CROPPED` of itself is shown
whole over its own blurred, darkened self (a wide picture in an upright film), and moves inside its own bounds.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Protocol, TypeVar

import av
import cv2
import numpy as np
from numpy.typing import NDArray

from manju.domain.timeline import Motion
from manju.errors import MediaError, UnusableFileError
from manju.media.encoder import BT709, LARGE, LIMITED
from manju.media.motion import Window, window
from manju.media.picture_file import load

T = TypeVar("T")
Plane = NDArray[np.uint8]
Planes = tuple[Plane, Plane, Plane]

OVERSAMPLING = 2
OVERSAMPLING_LARGE = 1.25
"""Of frames that are `LARGE`: at twice their size a still would take 50 MB."""
MOST_CROPPED = 0.3
"""Part of a picture that may be cropped off: 4:3 in 16:9 loses a quarter, a square in 9:16 44 %."""
GROUND_SCALE, GROUND_BLUR, GROUND_LIGHT = 8, 0.05, 0.5
"""The ground below a whole picture: made at an eighth of the size, blurred by this part of the frame's shorter side
(sigma), and this much of its light is left."""
BLACK = (16, 128, 128)
_R, _B = 0.2126, 0.0722
_G = 1 - _R - _B
BGR_TO_YUV = np.array(
    [
        [_B * 219 / 255, _G * 219 / 255, _R * 219 / 255, 16.0],
        [0.5 * 224 / 255, -_G / (1 - _B) * 0.5 * 224 / 255, -_R / (1 - _B) * 0.5 * 224 / 255, 128.0],
        [-_B / (1 - _R) * 0.5 * 224 / 255, -_G / (1 - _R) * 0.5 * 224 / 255, 0.5 * 224 / 255, 128.0],
    ],
    np.float32,
)
"""Full-range BGR to limited-range YUV (ITU-R BT.709-6, 8 bit)."""
_WARP = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
SEEK_AHEAD = Fraction(1)
"""Seconds: a jump further ahead than this seeks, a shorter one decodes on."""


class Source(Protocol):
    """A picture that moves."""

    def frame(self, index: int, out: Planes) -> None:
        """Write frame ``index`` of the shot (before 0 and past the end allowed) into ``out``."""
        ...


def allocate(width: int, height: int) -> Planes:
    """New planes of undefined content."""
    half = (height // 2, width // 2)
    return np.empty((height, width), np.uint8), np.empty(half, np.uint8), np.empty(half, np.uint8)


def views(frame: av.VideoFrame) -> Planes:
    """The planes of a yuv420p frame as arrays on its own memory."""
    out = []
    for plane in frame.planes:
        rows = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
        out.append(rows[: plane.height, : plane.width])
    return out[0], out[1], out[2]


class Black:
    """Nothing to see: what fades come from and go to."""

    def frame(self, index: int, out: Planes) -> None:
        """Fill ``out`` with black."""
        for plane, value in zip(out, BLACK, strict=True):
            plane[:] = value


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the frame a picture is shown: even pixels."""

    x: int
    y: int
    width: int
    height: int

    def of(self, planes: Planes) -> Planes:
        """This part of a frame's planes, as views."""
        half = np.s_[self.y // 2 : (self.y + self.height) // 2, self.x // 2 : (self.x + self.width) // 2]
        luma = planes[0][self.y : self.y + self.height, self.x : self.x + self.width]
        return luma, planes[1][half], planes[2][half]


def placed(aspect: float, width: int, height: int) -> Place:
    """Where a picture of ``aspect`` (width over height) goes: the whole frame, to whose shape it is cropped, or as much
    of it as it fills when it is shown whole (see `MOST_CROPPED`)."""
    shape = aspect * height / width
    if 1 - min(shape, 1 / shape) <= MOST_CROPPED:
        return Place(0, 0, width, height)
    across = width if shape > 1 else max(2, round(width * shape / 2) * 2)
    down = height if shape < 1 else max(2, round(height / shape / 2) * 2)
    return Place((width - across) // 4 * 2, (height - down) // 4 * 2, across, down)


class Still:
    """A picture under a camera move, cropped to the frame's shape (centre kept) or shown whole over its ground."""

    def __init__(self, path: Path, width: int, height: int, shape: tuple[int, int] | None = None) -> None:
        """Decode and prepare. ``shape`` are width and height of what the picture is the ground layer of: it is cropped
        to that shape first.

        Raises:
            UnusableFileError: the file cannot be read as a picture.
        """
        picture = read(path, load)
        if shape is not None:
            picture = cover(picture, *shape)
        self.place = placed(picture.shape[1] / picture.shape[0], width, height)
        self.width, self.height = self.place.width, self.place.height
        whole = (self.width, self.height) != (width, height)
        yuv = cv2.transform(cover(picture, self.width, self.height), BGR_TO_YUV).astype(np.uint8, copy=False)
        channels = [np.ascontiguousarray(yuv[:, :, channel]) for channel in range(3)]
        self._ground = _ground(channels, width, height) if whole else None
        full = kept_size(channels[0].shape[1], self.place, large=width * height > LARGE)
        self._luma = resized(channels[0], full)
        self._chroma = [halved(channel, full, self.place) for channel in channels[1:]]

    @property
    def nbytes(self) -> int:
        """Memory that it takes."""
        return self._luma.nbytes + sum(plane.nbytes for plane in self._chroma)

    def frame(self, motion: Motion, frames: int, index: int, out: Planes) -> None:
        """Write frame ``index`` of a shot of ``frames`` frames under ``motion`` into ``out``."""
        self.show(window(motion, frames, index), out)

    def show(self, part: Window, out: Planes, seen: Sequence[Place] | None = None) -> None:
        """Write a part of the picture into ``out``; only where of it is ``seen``, if that is said."""
        if self._ground is not None:
            for plane, ground in zip(out, self._ground, strict=True):
                np.copyto(plane, ground)
            out = self.place.of(out)
        size = (self.width, self.height)
        luma = mapping(part, self._luma.shape, size)
        chroma = mapping(part, self._chroma[0].shape, size, chroma=True)
        for each in seen if seen is not None else (Place(0, 0, *size),):
            y, u, v = each.of(out)
            warp(self._luma, moved(luma, each.x, each.y), (each.width, each.height), y)
            matrix = moved(chroma, each.x // 2, each.y // 2)
            for source, plane in zip(self._chroma, (u, v), strict=True):
                warp(source, matrix, (each.width // 2, each.height // 2), plane)


class Prepared(Protocol):
    """A still that is ready to be shown under any camera move."""

    def frame(self, motion: Motion, frames: int, index: int, out: Planes) -> None:
        """Write frame ``index`` of a shot of ``frames`` frames under ``motion`` into ``out``."""
        ...


class Moving:
    """A prepared still with the move of one shot: a `Source`."""

    def __init__(self, still: Prepared, motion: Motion, frames: int) -> None:
        self._still, self._motion, self._frames = still, motion, frames

    def frame(self, index: int, out: Planes) -> None:
        """Write frame ``index`` of the shot into ``out``."""
        self._still.frame(self._motion, self._frames, index, out)


class Clip:
    """A film clip, scaled and cropped to the frame's shape or shown whole over its ground; before its start and past
    its end it stands still."""

    def __init__(self, path: Path, width: int, height: int, rate: Fraction, trim_ms: int) -> None:
        """Open and decode the first frame.

        Raises:
            UnusableFileError: the file cannot be read as a film clip.
        """
        self._path, self._size, self._rate = path, (width, height), rate
        self._trim = Fraction(trim_ms, 1000)
        try:
            self._container = av.open(str(path))
            self._stream = self._container.streams.video[0]
        except (av.FFmpegError, IndexError, OSError) as error:
            raise UnusableFileError(f"{path} cannot be read as a film clip: {error}") from error
        self._stream.thread_type = "NONE"  # the other cores are busy with other segments
        self._origin = self._stream.start_time or 0
        self._pixel = Fraction(self._stream.sample_aspect_ratio or 1)
        self._frames = self._container.decode(self._stream)
        self._ahead = self._decode()
        if self._ahead is None:
            raise UnusableFileError(f"{path} holds no decodable picture")
        self._shown: av.VideoFrame = self._ahead
        self._planes: Planes | None = None

    def frame(self, index: int, out: Planes) -> None:
        """Write the clip's picture at frame ``index`` of the shot into ``out``."""
        at = max(Fraction(0), self._trim + index / self._rate)
        if at < self._time(self._shown) or (self._ahead and at > self._time(self._ahead) + SEEK_AHEAD):
            self._seek(at)
        while self._ahead is not None and self._time(self._ahead) <= at:
            self._shown, self._planes = self._ahead, None
            self._ahead = self._decode()
        if self._planes is None:
            self._planes = self._fit(self._shown)
        for source, plane in zip(self._planes, out, strict=True):
            np.copyto(plane, source)

    def close(self) -> None:
        """Close the file."""
        self._container.close()

    def _time(self, frame: av.VideoFrame) -> Fraction:
        base = frame.time_base or self._stream.time_base or Fraction(1, 1000)
        return ((frame.pts or 0) - self._origin) * base

    def _seek(self, at: Fraction) -> None:
        base = self._stream.time_base or Fraction(1, 1000)
        first = None
        # Some containers have no index to seek by: they are read again from the start.
        for target in (int(at / base) + self._origin, self._origin):
            try:
                self._container.seek(target, stream=self._stream, backward=True)
            except av.FFmpegError:
                continue
            self._frames = self._container.decode(self._stream)
            first = self._decode()
            if first is not None and self._time(first) <= at:
                break
        if first is None:
            raise UnusableFileError(f"{self._path} cannot be read from {float(at):.2f} s on: is the file whole?")
        self._shown, self._planes = first, None
        self._ahead = first

    def _decode(self) -> av.VideoFrame | None:
        try:
            return next(self._frames, None)
        except av.FFmpegError as error:
            raise UnusableFileError(
                f"{self._path} is damaged: {error.strerror}", hint="Export it anew, or use another clip."
            ) from error

    def _fit(self, frame: av.VideoFrame) -> Planes:
        """The frame's picture: as a whole, or over its ground."""
        wide = frame.width * self._pixel
        aspect = frame.height / wide if frame.rotation % 180 else wide / frame.height
        place = placed(float(aspect), *self._size)
        planes = self._scaled(frame, place.width, place.height)
        if (place.width, place.height) == self._size:
            return planes
        whole = _ground(planes, *self._size)
        for part, plane in zip(place.of(whole), planes, strict=True):
            np.copyto(part, plane)
        return whole

    def _scaled(self, frame: av.VideoFrame, width: int, height: int) -> Planes:
        rotation = frame.rotation % 360
        turned = rotation in (90, 270)
        wide = frame.width * self._pixel
        across, down = (Fraction(frame.height), wide) if turned else (wide, Fraction(frame.height))
        scale = max(width / across, height / down)
        inner_width = max(width, _even(across * scale))
        inner_height = max(height, _even(down * scale))
        target = (inner_height, inner_width) if turned else (inner_width, inner_height)
        plain = (
            frame.format.name == "yuv420p"
            and (frame.width, frame.height) == target
            and frame.colorspace == BT709
            and frame.color_range == LIMITED
        )
        if not plain:
            # Unlabelled film is BT.709 from 720 lines on and BT.601 below: what players assume.
            assumed = frame.colorspace if frame.colorspace in (1, 4, 5, 6, 7, 9) else (1 if frame.height >= 720 else 5)
            frame = frame.reformat(
                *target,
                format="yuv420p",
                src_colorspace=assumed,
                dst_colorspace=BT709,
                src_color_range=frame.color_range or LIMITED,
                dst_color_range=LIMITED,
                interpolation="BICUBIC",
            )
        planes = views(frame)
        if rotation:
            # The tag counts counter-clockwise.
            turn = {90: cv2.ROTATE_90_COUNTERCLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_CLOCKWISE}.get(rotation)
            if turn is None:
                raise UnusableFileError(
                    f"{self._path} is rotated by {rotation} degrees: only quarter turns can be used"
                )
            planes = tuple(cv2.rotate(plane, turn) for plane in planes)  # type: ignore[assignment]
        x, y = (inner_width - width) // 4 * 2, (inner_height - height) // 4 * 2
        return (
            planes[0][y : y + height, x : x + width],
            planes[1][y // 2 : (y + height) // 2, x // 2 : (x + width) // 2],
            planes[2][y // 2 : (y + height) // 2, x // 2 : (x + width) // 2],
        )


def read(path: Path, reader: Callable[[Path], T]) -> T:
    """What one of `manju.media.picture_file`'s functions reads from a picture.

    Raises:
        UnusableFileError: it cannot be read.
    """
    try:
        return reader(path)
    except MediaError as error:
        raise UnusableFileError(f"{path} cannot be read as a picture: {error.message}", hint=error.hint) from error


def _ground(planes: Sequence[Plane], width: int, height: int) -> Planes:
    """What lies below a whole picture: its own middle, blurred and darkened. ``planes`` are the picture's, of any size
    each; the answer's are a frame's."""
    small = (max(2, width // GROUND_SCALE), max(2, height // GROUND_SCALE))
    sigma = GROUND_BLUR * min(small)
    out: list[Plane] = []
    for plane, black, half in zip(planes, BLACK, (1, 2, 2), strict=True):
        part = np.ascontiguousarray(cover(plane, width, height))
        little = cv2.GaussianBlur(cv2.resize(part, small, interpolation=cv2.INTER_AREA), (0, 0), sigma)
        dark = cv2.convertScaleAbs(little, alpha=GROUND_LIGHT, beta=black * (1 - GROUND_LIGHT))
        large = cv2.resize(dark, (width // half, height // half), interpolation=cv2.INTER_LINEAR)
        out.append(large.astype(np.uint8, copy=False))
    return out[0], out[1], out[2]


def cover(picture: NDArray[np.uint8], width: int, height: int) -> NDArray[np.uint8]:
    """Crop to the frame's shape, keeping the centre."""
    rows, columns = picture.shape[:2]
    scale = max(width / columns, height / rows)
    across, down = min(columns, round(width / scale)), min(rows, round(height / scale))
    x, y = (columns - across) // 2, (rows - down) // 2
    return picture[y : y + down, x : x + across]


def kept_size(columns: int, place: Place, *, large: bool) -> tuple[int, int]:
    """Width and height at which the luma of a picture of ``columns`` is kept, to be shown in a ``place``."""
    most = OVERSAMPLING_LARGE if large else OVERSAMPLING
    # What a picture does not have cannot be lost: a small one is kept at less than the largest size.
    times = min(most, max(1.0, OVERSAMPLING * columns / place.width))
    return round(place.width * times / 2) * 2, round(place.height * times / 2) * 2


def halved(channel: Plane, full: tuple[int, int], place: Place) -> Plane:
    """Chroma of a picture as it is kept: half the size of its luma."""
    half = resized(channel, (full[0] // 2, full[1] // 2))
    if full[0] <= place.width:
        return half
    # It is sampled at half the output size from a larger plane: filter it first, or it aliases.
    kernel = np.array([0.25, 0.5, 0.25], np.float32)
    return cv2.sepFilter2D(half, -1, kernel, kernel, borderType=cv2.BORDER_REPLICATE).astype(np.uint8, copy=False)


def mapping(
    part: Window, shape: tuple[int, ...], size: tuple[int, int], *, chroma: bool = False
) -> NDArray[np.float64]:
    """From the samples of an output of ``size`` (of its luma) that shows ``part`` to those of a plane of ``shape``."""
    rows, columns = shape
    x, y = part.x * columns, part.y * rows
    sx, sy = part.extent * columns / size[0], part.extent * rows / size[1]
    if chroma:  # sited left (H.264 default): a sample lies at luma (2i, 2j + .5)
        return np.array([[2 * sx, 0, x + 0.5 * sx - 0.5], [0, 2 * sy, y + sy - 0.5]])
    # Pixel centres: output (i + .5) lies at source x + (i + .5) * sx.
    return np.array([[sx, 0, x + 0.5 * sx - 0.5], [0, sy, y + 0.5 * sy - 0.5]])


def moved(matrix: NDArray[np.float64], x: int, y: int) -> NDArray[np.float64]:
    """The mapping of an output that begins at sample (x, y) of that which ``matrix`` maps."""
    return np.column_stack([matrix[:, :2], matrix @ (x, y, 1)])


def resized(plane: Plane, size: tuple[int, int]) -> Plane:
    if plane.shape[::-1] == size:
        return plane
    method = cv2.INTER_AREA if size[0] < plane.shape[1] else cv2.INTER_LANCZOS4
    sized: Plane = cv2.resize(plane, size, interpolation=method).astype(np.uint8, copy=False)
    return sized


def warp(source: Plane, matrix: NDArray[np.float64], size: tuple[int, int], out: Plane) -> None:
    cv2.warpAffine(source, matrix, size, dst=out, flags=_WARP, borderMode=cv2.BORDER_REPLICATE)


def _even(value: Fraction) -> int:
    return int((value / 2).__ceil__()) * 2
