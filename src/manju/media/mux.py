"""Join encoded segments and the mix to an MP4, without touching a picture or a sample."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
from av.container import InputContainer
from av.video.codeccontext import VideoCodecContext

from manju.errors import MediaError
from manju.media.encoder import configure
from manju.media.label import MOVFLAGS
from manju.media.packets import SegmentStore
from manju.media.plan import RenderPlan
from manju.media.sound import SAMPLE_RATE

OPTIONS = {"movflags": MOVFLAGS, "movie_timescale": str(SAMPLE_RATE)}
"""The index goes to the front, for playing while loading, and free-form tags (AIGC) are kept. The default time scale of
1/1000 s would round the sound's edit list and cut samples off its end."""


def mux(plan: RenderPlan, store: SegmentStore, sound: Path, out: Path, metadata: Mapping[str, str]) -> None:
    """Write the film to ``out`` (whole or not at all). ``sound`` is an .m4a whose packets are copied.

    Raises:
        MediaError: a segment is missing or does not fit the others, or ``out`` cannot be written. What is damaged in
            the cache is removed, so that the next render makes it anew.
    """
    partial = out.with_name(f".partial-{secrets.token_hex(8)}{out.suffix}")  # as `FilmFolder.clean` knows them
    try:
        with _opened(sound) as audio:
            _write(plan, store, audio, partial, metadata)
        partial.replace(out)
    except (OSError, av.FFmpegError) as error:
        raise MediaError(
            f"{out} cannot be written: {error.strerror or error}",
            hint="Make room on the disk, or allow writing to the folder; then run the same command again.",
        ) from error
    finally:
        partial.unlink(missing_ok=True)


def _opened(sound: Path) -> InputContainer:
    try:
        return av.open(str(sound))
    except av.FFmpegError as error:
        sound.unlink(missing_ok=True)
        raise MediaError("the mix in the cache is damaged and was removed", hint="Render again.") from error


def _write(
    plan: RenderPlan, store: SegmentStore, audio: InputContainer, out: Path, metadata: Mapping[str, str]
) -> None:
    base = 1 / plan.form.rate
    with av.open(str(out), "w", format="mp4", options=OPTIONS) as container:
        container.metadata.update(metadata)
        video = container.add_stream("libx264", rate=plan.form.rate)
        context = video.codec_context
        assert isinstance(context, VideoCodecContext)
        configure(context, plan.form)
        context.open()
        extradata = bytes(context.extradata or b"")
        track = container.add_stream_from_template(audio.streams.audio[0])
        heard = (packet for packet in audio.demux(audio.streams.audio[0]) if packet.dts is not None)
        coming: av.Packet[Any] | None = next(heard, None)
        container.start_encoding()

        def sound_until(limit: Fraction | None) -> Iterator[av.Packet[Any]]:
            # Interleave by time, so that players need not jump.
            nonlocal coming
            while coming is not None and (limit is None or _time(coming) <= limit):
                coming.stream = track
                yield coming
                coming = next(heard, None)

        offset = 0
        for segment in plan.segments:
            found, packets = store.read(segment.key)
            if found != extradata:
                raise MediaError(
                    f"segment {segment.key[:12]} was encoded by another encoder",
                    hint="Delete the segment cache ('manju doctor' shows where it is) and render again.",
                )
            for each in packets:
                packet = av.Packet(each.data)
                packet.stream, packet.time_base = video, base
                packet.pts, packet.dts, packet.duration = each.pts + offset, each.dts + offset, 1
                packet.is_keyframe = each.key
                for heard_packet in sound_until(packet.pts * base):
                    container.mux(heard_packet)
                container.mux(packet)
            offset += segment.length
        for heard_packet in sound_until(None):
            container.mux(heard_packet)


def _time(packet: av.Packet[Any]) -> Fraction:
    return (packet.pts or 0) * (packet.time_base or Fraction(1))
