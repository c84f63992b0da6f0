"""From a timeline to what must be composed and encoded: pure data, no pixels.

A film is a list of **segments**: closed groups of pictures that are encoded apart and joined. The body of a shot is
split into segments of at most `MAX_FRAMES`; every transition is a segment of its own. A segment's ``key`` is the hash
of all that shapes its frames and their encoding, relative to its own start: moving a shot in time changes no key, so
an edit encodes only what it changed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from manju.domain.document import digest
from manju.domain.storyboard import TRANSITION_MS
from manju.domain.time import frames
from manju.domain.timeline import MissingPicture, Motion, Timeline, TimelineShot
from manju.errors import InputError
from manju.media.captions import Caption
from manju.media.encoder import LIBRARIES, Format

ENGINE = 3
"""Raised whenever the same plan would give other frames or packets than before."""

MAX_FRAMES = 90
"""Longest body segment: 3 s at 30 fps. Shorter ones re-encode less after an edit, and cost bits (5 % here)."""


@dataclass(frozen=True, slots=True)
class Depth:
    """A layer of a still that is made up of them; see `manju.domain.timeline.PictureLayer`."""

    path: str
    digest: str
    nearness: float


@dataclass(frozen=True, slots=True)
class Layer:
    """One shot's picture in a segment. ``first`` is the shot's frame that the segment starts with."""

    path: str
    digest: str
    kind: str
    """``still``, ``clip`` or ``black``."""
    motion: Motion
    frames: int
    trim_ms: int
    first: int
    depths: tuple[Depth, ...] = ()
    """From behind to the front; empty for a still in one piece."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A caption in a segment: its bitmap's key and the segment's frames ``[start, end)`` that it lies over."""

    key: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Segment:
    """``length`` frames from ``start`` on. Two layers are blended by ``blend`` over the whole segment."""

    start: int
    length: int
    layers: tuple[Layer, ...]
    blend: str
    captions: tuple[Shown, ...]
    key: str


@dataclass(frozen=True, slots=True)
class RenderPlan:
    """A film as segments without gaps, in order."""

    form: Format
    segments: tuple[Segment, ...]

    @property
    def frames(self) -> int:
        """Length of the film."""
        return sum(segment.length for segment in self.segments)


def plan(timeline: Timeline, digests: Mapping[str, str], captions: Sequence[Caption], form: Format) -> RenderPlan:
    """The plan of a timeline.

    Args:
        timeline: the cut.
        digests: SHA-256 of every picture's file by its path in the timeline.
        captions: what is burnt in.
        form: size, rate and profile to render at.

    Raises:
        InputError: a shot has no picture.
    """
    missing = [shot.uid for shot in timeline.shots if isinstance(shot.picture, MissingPicture)]
    if missing:
        raise InputError(
            f"shots without a picture: {', '.join(missing)}",
            hint="Put a picture into the folder, name it in timeline.json, and render again.",
        )
    starts = timeline.starts()
    segments: list[Segment] = []

    def add(start: int, end: int, layers: tuple[Layer, ...], blend: str = "") -> None:
        if end > start:
            segments.append(_segment(start, end - start, layers, blend, captions, form))

    for index, shot in enumerate(timeline.shots):
        start, end = starts[index], starts[index] + shot.frames

        def layer(at: int, shot: TimelineShot = shot, start: int = start) -> Layer:
            return _layer(shot, at - start, digests)

        opening = timeline.window(index)
        begin = opening[1]
        if opening[1] > opening[0]:
            previous = timeline.shots[index - 1]
            leaving = _layer(previous, opening[0] - starts[index - 1], digests)
            add(*opening, (leaving, layer(opening[0])), shot.transition)
        elif shot.transition == "fade_in" or (shot.transition == "fade" and index == 0):
            begin = start + inner_fade(shot, form)
            add(start, begin, (BLACK, layer(start)), "mix")
        finish = timeline.window(index + 1)[0] if index + 1 < len(timeline.shots) else end
        if shot.transition == "fade_out":
            finish = end - inner_fade(shot, form)
        for first, last in _bodies(begin, finish):
            add(first, last, (layer(first),))
        if shot.transition == "fade_out":
            add(finish, end, (layer(finish), BLACK), "mix")
    return RenderPlan(form, tuple(segments))


BLACK = Layer("", "", "black", Motion(), 1, 0, 0)


def inner_fade(shot: TimelineShot, form: Format) -> int:
    """Frames of a fade from or to black inside a shot: half a second, at most half of the shot."""
    return min(frames(TRANSITION_MS["fade_in"], form.rate), shot.frames // 2)


def _layer(shot: TimelineShot, first: int, digests: Mapping[str, str]) -> Layer:
    picture = shot.picture
    assert not isinstance(picture, MissingPicture)
    still = picture.kind == "still"
    return Layer(
        picture.path,
        digests[picture.path],
        picture.kind,
        picture.motion if still else Motion(),
        shot.frames if still else 0,
        0 if still else picture.trim_ms,
        first,
        tuple(Depth(each.path, digests[each.path], each.nearness) for each in picture.layers),
    )


def _bodies(begin: int, end: int) -> list[tuple[int, int]]:
    """Split ``[begin, end)`` into equal parts of at most `MAX_FRAMES`."""
    length = end - begin
    if length <= 0:
        return []
    parts = -(-length // MAX_FRAMES)
    cuts = [begin + length * k // parts for k in range(parts + 1)]
    return list(pairwise(cuts))


def _segment(
    start: int, length: int, layers: tuple[Layer, ...], blend: str, captions: Sequence[Caption], form: Format
) -> Segment:
    shown = tuple(
        Shown(caption.key, max(0, caption.start - start), min(length, caption.end - start))
        for caption in captions
        if caption.start < start + length and caption.end > start
    )
    key = digest(
        {
            "engine": [ENGINE, LIBRARIES],
            "size": [form.width, form.height],
            "rate": str(form.rate),
            "encoder": [form.options(), form.options(capped=True)],
            "length": length,
            "blend": blend,
            "layers": [_shaping(each) for each in layers],
            "captions": [[each.key, each.start, each.end] for each in shown],
        }
    )
    return Segment(start, length, layers, blend, shown, key)


def _shaping(layer: Layer) -> list[object]:
    """What of a shot's picture shapes a segment's frames. Of a still in layers the whole picture gives but its size."""
    motion = layer.motion.model_dump(mode="json")
    shaping = [layer.digest, layer.kind, motion, layer.frames, layer.trim_ms, layer.first]
    return [*shaping, [[each.digest, each.nearness] for each in layer.depths]] if layer.depths else shaping
