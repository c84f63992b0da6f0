"""Captions: the text that is burnt into the picture, as bitmaps that libass draws once.

`captions` cuts the layout of a timeline into stretches of frames in which a text does not change (a word that begins
to be spoken starts a new one). `rasterise` draws those not yet in the cache: each is shown for one second of a film
at one frame a second, small enough to hold the largest of them, once on black and once on white. The picture on
black is the colour already multiplied by its opacity, the difference of the two is the opacity. Kept as planes of
limited-range BT.709 4:2:0, a bitmap is blended into a frame with one multiplication and one addition.
"""

from __future__ import annotations

import hashlib
import re
import struct
import zlib
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache as once
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from manju.domain.timeline import Timeline
from manju.errors import MediaError
from manju.media import atomic
from manju.media.fonts import Face
from manju.media.lettering import TRACKS, Line, layout
from manju.media.process import ffmpeg
from manju.media.subtitles import script

Plane: TypeAlias = NDArray[np.uint8]

REVISION = 1
"""Part of every key; raised when the same text is drawn or stored in another way."""
BATCH_BYTES = 12 << 20
"""Most that one call of ffmpeg returns: bounds the memory, however long the film."""

SHOWN_S = 10
"""Seconds of the drawing film that each caption has to itself."""

_MAGIC = b"MJC1"
_HEAD = struct.Struct("<4sHHHH")


@dataclass(frozen=True, slots=True)
class Region:
    """A rectangle of the frame in pixels, all even."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Text:
    """One ASS event of a caption, placed in the caption's region: ``left`` and ``edge`` are pixels from the region's
    left side and from its top (bottom for bottom anchors). ``style`` is the ASS style's value without its name."""

    style: str
    body: str
    bottom: bool
    centred: bool
    left: int
    edge: int


@dataclass(frozen=True, slots=True)
class Caption:
    """Text that looks the same in frames ``[start, end)``. ``key`` names its bitmap in the cache; ``family`` is that of
    the `Face` that it is drawn with."""

    start: int
    end: int
    key: str
    family: str
    region: Region
    texts: tuple[Text, ...]


def captions(timeline: Timeline, font: Face) -> tuple[Caption, ...]:
    """All that is burnt into the film: subtitles (if the timeline says so), overlays and the AI label.

    In the order in which they are drawn where two lie over one frame: subtitles, overlays, label. ``font`` is a face
    for all these texts; characters that it misses are left out. Its edition, not its name, is part of every key.

    Raises:
        InputError: the label does not fit the frame.
    """
    found: list[Caption] = []
    lines = layout(timeline, font.missing)
    for track in TRACKS:
        if track != "subtitles" or timeline.subtitles.burn:
            found += _track([line for line in lines if line.track == track], timeline, font)
    return tuple(found)


def rasterise(captions: Iterable[Caption], fonts_dir: Path, width: int, height: int, cache: Path) -> None:
    """Draw every caption whose bitmap is not in ``cache`` yet.

    Args:
        fonts_dir: the face's folder (`Face.path.parent`), or the cache that it was made in.
        width, height: of the frame in pixels.

    Raises:
        MediaError: the captions' font is not there, ffmpeg failed, or the cache cannot be written.
    """
    missing = {caption.key: caption for caption in captions if not atomic.found(_file(cache, caption.key))}
    for caption in missing.values():
        area = caption.region
        if area.x + area.width > width or area.y + area.height > height:
            raise MediaError(f"a caption laid out for another frame size does not fit {width}x{height}")
    if not missing:
        return
    try:
        cache.mkdir(parents=True, exist_ok=True)
        with atomic.scratch(cache) as folder, ThreadPoolExecutor(2) as threads:
            jobs = [
                threads.submit(_draw, batch, _folder(fonts_dir, batch[0].family), folder / f"{number}.ass", cache)
                for number, batch in enumerate(_batches(missing.values()))
            ]
            for job in jobs:
                job.result()
    except OSError as error:
        raise MediaError(
            f"cannot write captions to {cache}: {error}",
            hint="Free some space, or choose another data folder (--data).",
        ) from error


@dataclass(frozen=True, slots=True)
class Bitmap:
    """A drawn text: premultiplied planes Y, U, V, and inverse opacity (255 is clear) for luma and chroma.

    ``x`` and ``y`` are the even position in the frame; Y and ``clear`` are even in size, the others half of that.
    """

    x: int
    y: int
    colours: tuple[Plane, Plane, Plane]
    clear: Plane
    clear_chroma: Plane

    def blend(self, planes: tuple[Any, Any, Any]) -> None:
        """Draw into a frame's limited-range BT.709 4:2:0 planes (uint8 arrays, rows may be padded), in place."""
        masks = (self.clear, self.clear_chroma, self.clear_chroma)
        for plane, colour, mask, half in zip(planes, self.colours, masks, (0, 1, 1), strict=True):
            top, left = self.y >> half, self.x >> half
            part = plane[top : top + colour.shape[0], left : left + colour.shape[1]]
            cv2.multiply(part, mask, dst=part, scale=1 / 255)
            cv2.add(part, colour, dst=part)


def load(cache: Path, key: str) -> Bitmap | None:
    """A drawn caption from the cache; None if nothing of it shows.

    Raises:
        MediaError: it has not been drawn, or its file is damaged.
    """
    path = _file(cache, key)
    hint = f"Delete the folder {cache} and render again."
    try:
        data = path.read_bytes()
        atomic.found(path)
    except FileNotFoundError as error:
        raise MediaError(
            f"caption {key} has not been drawn", hint="Something removed it from the cache meanwhile: render again."
        ) from error
    try:
        magic, x, y, width, height = _HEAD.unpack_from(data)
        pixels = np.frombuffer(zlib.decompress(data[_HEAD.size :]), np.uint8)
    except (struct.error, zlib.error) as error:
        raise MediaError(f"the caption file {path} is damaged", hint=hint) from error
    if magic != _MAGIC or pixels.size != width * height * 2 + (width // 2) * (height // 2) * 3:
        raise MediaError(f"the caption file {path} is damaged", hint=hint)
    if not width:
        return None
    whole, quarter = width * height, (width // 2) * (height // 2)
    ends = np.cumsum([whole, whole, quarter, quarter])
    luma, clear, *small = np.split(pixels, ends)
    u, v, clear_chroma = (part.reshape(height // 2, width // 2) for part in small)
    return Bitmap(x, y, (luma.reshape(height, width), u, v), clear.reshape(height, width), clear_chroma)


def extent(cache: Path, key: str) -> Region | None:
    """Where in the frame a drawn caption shows; None if nothing of it does.

    Raises:
        MediaError: it has not been drawn, or its file is damaged.
    """
    bitmap = load(cache, key)
    if bitmap is None:
        return None
    return Region(bitmap.x, bitmap.y, bitmap.clear.shape[1], bitmap.clear.shape[0])


def _track(lines: Sequence[Line], timeline: Timeline, font: Face) -> Iterator[Caption]:
    """Captions of one track: a cut wherever a line appears, ends, or a word of it begins."""
    cuts = {line.start for line in lines} | {line.end for line in lines}
    for line in lines:
        if line.style.colour != line.style.spoken:
            cuts |= {piece.frame for piece in line.pieces if line.start < piece.frame < line.end}
    order = sorted(cuts)
    at = 0
    for start, end in pairwise(order):
        while at < len(lines) and lines[at].end <= start:
            at += 1
        shown = [line for line in lines[at:] if line.start <= start < line.end]
        if shown:
            yield _caption(shown, start, end, timeline, font)


def _caption(lines: Sequence[Line], start: int, end: int, timeline: Timeline, font: Face) -> Caption:
    region = _region(lines, timeline.width, timeline.height)
    texts = tuple(_text(line, start, region, timeline.height, font.family) for line in lines)
    # A face holds just the film's characters, so its name changes with every edit; what it draws of these does not.
    drawn = tuple(_text(line, start, region, timeline.height, font.edition) for line in lines)
    made_by = (REVISION, _libass(), cv2.__version__)
    named = repr((made_by, timeline.width, timeline.height, region, drawn)).encode()
    return Caption(start, end, hashlib.blake2b(named, digest_size=16).hexdigest(), font.family, region, texts)


@once
def _libass() -> str:
    """Version of the package that brings it; looked up once, that takes a millisecond."""
    return version("imageio-ffmpeg")


def _region(lines: Sequence[Line], width: int, height: int) -> Region:
    """The part of the frame that the lines can reach, with those at one edge stacked as libass stacks them."""
    reach = max(line.reach for line in lines)
    wide = max(line.width for line in lines) + 2 * reach
    near, far = min(line.margin for line in lines), max(line.margin for line in lines)
    top, bottom = float(near - reach), far + sum(line.height for line in lines) + reach
    if lines[0].style.anchor == 2:
        top, bottom = height - bottom, height - top
    if lines[0].style.anchor == 7:
        left = float(lines[0].style.side - reach)
        right = left + wide
    else:  # as far from the left as from the right, so that its middle is the frame's
        left = (width - wide) / 2
        right = width - left
    x, y = _even(max(0.0, left)), _even(max(0.0, top))
    return Region(x, y, _even(min(float(width), right) + 1.999) - x, _even(min(float(height), bottom) + 1.999) - y)


def _even(value: float) -> int:
    return int(value // 2 * 2)


def _text(line: Line, frame: int, region: Region, height: int, family: str) -> Text:
    bottom = line.style.anchor == 2
    edge = line.margin - (height - region.y - region.height if bottom else region.y)
    centred = line.style.anchor != 7
    left = 0 if centred else line.style.side - region.x
    return Text(line.style.fields(family), line.frozen(frame), bottom, centred, left, edge)


def _batches(captions: Iterable[Caption]) -> Iterator[list[Caption]]:
    """Captions of like size together, each batch within `BATCH_BYTES`."""
    batch: list[Caption] = []
    wide = high = 0
    order = sorted(captions, key=lambda one: (one.family, one.region.width * one.region.height, one.start, one.key))
    for caption in order:
        wide, high = max(wide, caption.region.width), max(high, caption.region.height)
        if batch and (wide * high * 6 * (len(batch) + 1) > BATCH_BYTES or caption.family != batch[0].family):
            yield batch
            batch, wide, high = [], caption.region.width, caption.region.height
        batch.append(caption)
    if batch:
        yield batch


def _folder(fonts_dir: Path, family: str) -> Path:
    """Where the face lies. Without it libass would draw boxes and say nothing."""
    for folder in (fonts_dir, fonts_dir / family):
        if (folder / f"{family}.ttf").is_file():
            return folder
    raise MediaError(f"the font {family} is not in {fonts_dir}", hint="Render again: the font is made anew.")


def _draw(batch: Sequence[Caption], fonts_dir: Path, path: Path, cache: Path) -> None:
    """One call of ffmpeg for a batch: caption ``n`` is frame ``n``, drawn on black above and on white below."""
    wide = max(caption.region.width for caption in batch)
    high = max(caption.region.height for caption in batch)
    path.write_text(_sheet(batch, wide, high), encoding="utf-8")
    graph = (  # the background is painted once and repeated
        f"color=c=black:s={wide}x{2 * high}:r=1/{SHOWN_S},format=gbrp,setparams=range=pc:colorspace=gbr,"
        f"drawbox=y={high}:h={high}:color=white:t=fill,trim=end_frame=1,loop=loop=-1:size=1,setpts=N+1,"
        f"ass={_quoted(path)}:fontsdir={_quoted(fonts_dir)}"
    )
    output = ["-fps_mode", "passthrough", "-frames:v", str(len(batch)), "-f", "rawvideo", "-pix_fmt", "gbrp", "-"]
    raw = ffmpeg(["-filter_complex_threads", "1", "-filter_complex", graph, *output])
    sheets = np.frombuffer(raw, np.uint8).reshape(len(batch), 3, 2, high, wide)
    for caption, sheet in zip(batch, sheets, strict=True):
        _store(cache, caption, sheet)


def _sheet(batch: Sequence[Caption], wide: int, high: int) -> str:
    """The script of a batch. Events on black and on white lie in different layers, or libass would part them."""
    styles: dict[str, str] = {}
    events = []
    for number, caption in enumerate(batch):
        # Its frame is drawn 8 s after its start: time for 800 spoken words to have begun (see `Line.frozen`).
        times = f"{_clock(number * SHOWN_S + 2)},{_clock(number * SHOWN_S + 11)}"
        for text in caption.texts:
            name = styles.setdefault(re.sub(r",\d+,\d+,0,1$", ",0,0,0,1", text.style), f"S{len(styles)}")
            right = wide - caption.region.width if text.centred else 0
            for half in (0, 1):
                edge = text.edge + half * high
                if text.bottom:
                    edge = 2 * high - half * high - caption.region.height + text.edge
                events.append(f"{half},{times},{name},,{text.left},{right},{edge},,{text.body}")
    return script((wide, 2 * high), [f"{name},{style}" for style, name in styles.items()], events, matrix="None")


def _clock(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}.00"


def _quoted(path: Path) -> str:
    """A path as the value of an option in a filter graph: escaped once for the option, once for the graph."""
    option = re.sub(r"([\\':])", r"\\\1", path.resolve().as_posix())
    return re.sub(r"([\\'\[\],;])", r"\\\1", option)


_BGRA_TO_YUV = np.array(
    [
        [0.0722 * 219 / 255, 0.7152 * 219 / 255, 0.2126 * 219 / 255, 16 / 255],
        [0.5 * 224 / 255, -0.7152 / 0.9278 * 0.5 * 224 / 255, -0.2126 / 0.9278 * 0.5 * 224 / 255, 128 / 255],
        [-0.0722 / 0.7874 * 0.5 * 224 / 255, -0.7152 / 0.7874 * 0.5 * 224 / 255, 0.5 * 224 / 255, 128 / 255],
    ],
    np.float32,
)
"""Premultiplied BGR and opacity, all 0..255, to premultiplied limited-range Y'CbCr (Rec. ITU-R BT.709-6 §3)."""


def _store(cache: Path, caption: Caption, sheet: Plane) -> None:
    """``sheet`` is (G B R, on black and on white, height, width)."""
    green, blue, red = sheet
    alpha = cv2.bitwise_not(cv2.subtract(green[1], green[0]))
    x, y, width, height = cv2.boundingRect(alpha)
    left, top = x // 2 * 2, y // 2 * 2
    right, bottom = -(-(x + width) // 2) * 2, -(-(y + height) // 2) * 2
    if right == left:
        atomic.write(_file(cache, caption.key), _HEAD.pack(_MAGIC, 0, 0, 0, 0) + zlib.compress(b""))
        return
    cut = np.s_[top:bottom, left:right]
    opacity = np.ascontiguousarray(alpha[cut])
    yuv = cv2.transform(cv2.merge([blue[0][cut], green[0][cut], red[0][cut], opacity]), _BGRA_TO_YUV)
    luma, u, v = cv2.split(yuv)
    size = ((right - left) // 2, (bottom - top) // 2)
    # ffmpeg's own blending takes the mean of four opacities for a chroma sample, so this does too.
    u, v, quarter = (cv2.resize(plane, size, interpolation=cv2.INTER_AREA) for plane in (u, v, opacity))
    planes = (luma, cv2.bitwise_not(opacity), u, v, cv2.bitwise_not(quarter))
    head = _HEAD.pack(_MAGIC, caption.region.x + left, caption.region.y + top, right - left, bottom - top)
    atomic.write(_file(cache, caption.key), head + zlib.compress(b"".join(map(bytes, planes)), 1))


def _file(cache: Path, key: str) -> Path:
    return cache / f"{key}.caption"
