"""``offline:animatic``: a clip that moves the camera over the referenced first frame."""

from __future__ import annotations

import asyncio
import re
import tempfile
from collections.abc import Callable
from concurrent.futures import Future
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any, Protocol

import av
from av.video.codeccontext import VideoCodecContext

from manju.domain.order import Artefact, Generated, VideoRequest
from manju.domain.time import frames, rate
from manju.domain.timeline import Motion
from manju.errors import MediaError, ModelError, NotFoundError
from manju.media.encoder import BT709, LIMITED, Format, configure
from manju.media.planes import Still, views
from manju.providers.base import References

REACH = 1.12
"""Zoom at the near end of a move."""

_MOVES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"static|locked|fixed|固定|静止"), "static"),
    (re.compile(r"pull|zoom.?out|dolly.?out|拉远|拉出|拉镜|后拉|^拉"), "pull_out"),
    (re.compile(r"push|zoom.?in|dolly.?in|推近|推进|推镜|前推|^推"), "push_in"),
    (re.compile(r"pan.{0,12}left|左摇|向左|左移"), "pan_left"),
    (re.compile(r"pan|右摇|向右|右移|横移|摇镜"), "pan_right"),
    (re.compile(r"tilt.{0,12}down|crane.?down|下摇|向下|下移"), "tilt_down"),
    (re.compile(r"tilt|crane|上摇|向上|上移|升"), "tilt_up"),
    (re.compile(r"track|follow|orbit|arc|dolly|跟|环绕|移镜"), "track"),
    (re.compile(r"hand.?held|shak|手持|晃"), "handheld"),
)


class Workers(Protocol):
    """Where encoding may run: a process pool such as `manju.media.process.WorkerPool`."""

    def submit(self, function: Callable[..., Any], /, *args: Any) -> Future[Any]: ...


def motion(movement: str, seed: int) -> Motion:
    """The camera move for a movement's name or a few words in Chinese or English; unknown words push in slowly.
    What the words leave open (which side a move drifts to) the seed decides."""
    side = 1 if sha256(str(seed).encode()).digest()[0] % 2 else -1
    words = movement.lower().replace("_", " ")
    match next((move for pattern, move in _MOVES if pattern.search(words)), "push_in"):
        case "static":
            return Motion(zoom=(1.0, 1.0))
        case "pull_out":
            return Motion(zoom=(REACH, 1.0), x=(0.3 * side, 0.0), y=(-0.15, 0.0))
        case "pan_left":
            return Motion(zoom=(REACH, REACH), x=(0.9, -0.9))
        case "pan_right":
            return Motion(zoom=(REACH, REACH), x=(-0.9, 0.9))
        case "tilt_up":
            return Motion(zoom=(REACH, REACH), y=(0.9, -0.9))
        case "tilt_down":
            return Motion(zoom=(REACH, REACH), y=(-0.9, 0.9))
        case "track":
            return Motion(zoom=(1.06, REACH), x=(-0.8 * side, 0.8 * side))
        case "handheld":
            return Motion(zoom=(1.05, 1.08), x=(-0.4 * side, 0.5 * side), y=(0.3, -0.35))
        case _:
            return Motion(zoom=(1.0, REACH), x=(0.0, 0.3 * side), y=(0.0, -0.15))


def animate(picture: bytes, request: VideoRequest) -> bytes:
    """The clip as an MP4 without sound: the request's size, rate and length, the same bytes for the same input.

    Raises:
        ModelError: the size is odd (4:2:0 video has none).
        MediaError: the picture cannot be read, or the encoder failed.
        InputError: the rate is none.
    """
    if request.width % 2 or request.height % 2:
        raise ModelError(f"a clip cannot be {request.width}x{request.height}", hint="Ask for even width and height.")
    form = Format(request.width, request.height, rate(request.fps))
    count = max(1, frames(request.duration_ms, form.rate))
    with tempfile.TemporaryDirectory() as folder:
        source, clip = Path(folder) / "first_frame", Path(folder) / "clip.mp4"
        source.write_bytes(picture)
        still = Still(source, form.width, form.height)
        try:
            _encode(still, motion(request.movement, request.seed), count, form, clip)
        except (av.FFmpegError, OSError) as error:
            raise MediaError(f"the clip could not be encoded: {error}", hint="Run 'manju doctor'.") from error
        return clip.read_bytes()


def _encode(still: Still, move: Motion, count: int, form: Format, out: Path) -> None:
    with av.open(str(out), "w", format="mp4", options={"movflags": "+faststart"}) as container:
        stream = container.add_stream("libx264", rate=form.rate)
        context = stream.codec_context
        assert isinstance(context, VideoCodecContext)
        configure(context, form)
        frame = av.VideoFrame(form.width, form.height, "yuv420p")
        for index in range(count):
            if index:
                frame = av.VideoFrame(form.width, form.height, "yuv420p")
            frame.color_range, frame.colorspace = LIMITED, BT709
            still.frame(move, count, index, views(frame))
            frame.pts, frame.time_base = index, 1 / form.rate
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


class Animatic:
    """Moves the camera over the artefact with role ``first_frame``; encodes in a worker if given, else in a thread
    (the encoder and the warp let other threads run)."""

    name = "offline:animatic"

    def __init__(self, workers: Workers | None = None) -> None:
        self._workers = workers

    async def generate(self, request: VideoRequest, references: References) -> Generated:
        """Make the clip.

        Raises:
            ModelError: there is no first frame, or the size is odd.
            MediaError: the first frame cannot be read as a picture.
            InputError: the rate is none.
        """
        first = next((each for each in request.references if each.role == "first_frame"), None)
        if first is None:
            raise ModelError("a clip needs a first frame", hint="Give a picture with the role first_frame.")
        try:
            picture = await asyncio.to_thread(references.read, first.sha256)
        except NotFoundError as error:
            raise ModelError(f"the first frame is gone: {error.message}", hint="Draw the frame again.") from error
        if self._workers is None:
            clip = await asyncio.to_thread(animate, picture, request)
        else:
            clip = await asyncio.wrap_future(self._workers.submit(animate, picture, request))
        form = rate(request.fps)
        count = max(1, frames(request.duration_ms, form))
        facts = {
            "width": request.width,
            "height": request.height,
            "duration_ms": round(Fraction(count * 1000) / form),
            "fps": str(form),
            "audio": False,
        }
        return Generated((Artefact("main", clip, ".mp4"),), facts)
