"""Compose and encode one segment: what a worker process does."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import cv2
from av.video.frame import VideoFrame

from manju.media.captions import Bitmap, load
from manju.media.encoder import BT709, LARGE, LIMITED, Format, open_encoder
from manju.media.layers import Layered
from manju.media.packets import Packet, SegmentStore
from manju.media.plan import Layer, Segment
from manju.media.planes import Black, Clip, Moving, Planes, Source, Still, allocate, views
from manju.media.transitions import BLENDS

STILLS_KEPT, LARGE_STILLS_KEPT = 3, 2
"""Prepared stills that a worker keeps (12.4 MB each at 1080p; of frames from `LARGE` on, 20 MB): a transition needs
two."""
STILLS_BYTES = 50_000_000
"""Of stills in layers (30 MB each at 1080p, as a rule) no more than take this much, but for the last."""

CLIPS_KEPT = 2
"""Open clips that a worker keeps: a transition needs two."""

_clips: OrderedDict[tuple[str, Format, int], Clip] = OrderedDict()
_stills: OrderedDict[tuple[object, ...], Still | Layered] = OrderedDict()


def encode(segment: Segment, form: Format, folder: Path, store: Path, captions: Path) -> int:
    """Encode ``segment`` into the store and return its length in frames. Paths of pictures are below ``folder``;
    ``captions`` is the folder of rasterised bitmaps.

    Raises:
        MediaError: a picture or clip cannot be read.
    """
    cv2.setNumThreads(1)  # the pool is the parallelism
    sources = [_source(layer, form, folder) for layer in segment.layers]
    shown = [(each, load(captions, each.key)) for each in segment.captions]
    bitmaps = [(each.start, each.end, bitmap) for each, bitmap in shown if bitmap is not None]
    frame = VideoFrame(form.width, form.height, "yuv420p")  # the only one: x264 copies what it is sent
    frame.color_range, frame.colorspace, frame.time_base = LIMITED, BT709, 1 / form.rate
    planes = views(frame)
    spare = allocate(form.width, form.height) if segment.blend else None

    def frames() -> Iterator[VideoFrame]:
        for index in range(segment.length):
            compose(segment, sources, index, planes, spare)
            _lay(bitmaps, index, planes)
            frame.pts = index
            yield frame

    extradata, packets = _packets(frames(), form, capped=False)
    if sum(len(packet.data) for packet in packets) * 8 > form.cap * 1000 * segment.length / form.rate:
        extradata, packets = _packets(frames(), form, capped=True)
    SegmentStore(store).write(segment.key, extradata, packets)
    return segment.length


def _packets(frames: Iterator[VideoFrame], form: Format, *, capped: bool) -> tuple[bytes, list[Packet]]:
    context = open_encoder(form, capped=capped)
    packets = [_packet(packet) for frame in frames for packet in context.encode(frame)]
    packets += [_packet(packet) for packet in context.encode(None)]
    return bytes(context.extradata or b""), packets


def compose(segment: Segment, sources: list[Source], index: int, out: Planes, spare: Planes | None) -> None:
    """Put frame ``index`` of a segment, without captions, into ``out``; ``spare`` holds the leaving side of a blend."""
    if spare is None:
        sources[0].frame(segment.layers[0].first + index, out)
        return
    for source, layer, side in zip(sources, segment.layers, (spare, out), strict=True):
        source.frame(layer.first + index, side)
    BLENDS[segment.blend]((index + 1) / (segment.length + 1), spare, out, out)


def _lay(bitmaps: list[tuple[int, int, Bitmap]], index: int, out: Planes) -> None:
    for start, end, bitmap in bitmaps:
        if start <= index < end:
            bitmap.blend(out)


def _source(layer: Layer, form: Format, folder: Path) -> Source:
    if layer.kind == "black":
        return Black()
    path = folder / layer.path
    if layer.kind == "clip":
        return _clip(layer, form, path)
    depths = [(folder / each.path, each.nearness) for each in layer.depths]
    key = (layer.digest, *((each.digest, each.nearness) for each in layer.depths), form.width, form.height)
    if key not in _stills:
        size = (form.width, form.height)
        _stills[key] = Layered(path, depths, *size) if depths else Still(path, *size)
    _stills.move_to_end(key)
    most = STILLS_KEPT if form.width * form.height <= LARGE else LARGE_STILLS_KEPT
    while len(_stills) > most or (len(_stills) > 1 and sum(each.nbytes for each in _stills.values()) > STILLS_BYTES):
        _stills.popitem(last=False)
    return Moving(_stills[key], layer.motion, layer.frames)


def _clip(layer: Layer, form: Format, path: Path) -> Clip:
    """The clip of a layer, kept open: its next segment goes on where this one ends, without decoding up to there."""
    key = (layer.digest, form, layer.trim_ms)
    clip = _clips.pop(key, None) or Clip(path, form.width, form.height, form.rate, layer.trim_ms)
    _clips[key] = clip
    while len(_clips) > CLIPS_KEPT:
        _clips.popitem(last=False)[1].close()
    return clip


def _packet(packet: av.Packet[Any]) -> Packet:
    assert packet.pts is not None and packet.dts is not None
    return Packet(packet.pts, packet.dts, packet.is_keyframe, bytes(packet))
