"""What every vendor of clips is on loopback: orders become tasks that end after a number of looks.

A vendor's emulator subclasses `VideoEmulator`: it adds its routes, reads its own wire format in `fields`, and says in
its own words how it refuses. `tests/conformance/test_video_adapters.py` knows nothing but this class.
"""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar, Literal

import av
import numpy as np
from aiohttp import web
from PIL import Image

from manju.domain.order import VideoRequest
from vendors.emulator import KEY, Emulator, Fault, Seen

Outcome = Literal["done", "failed", "moderated", "strange", "empty"]
"""How tasks end: with a clip; with an error; refused for their content; in a state that nobody has heard of; as a
success without a clip."""


@dataclass(frozen=True)
class Fields:
    """An order as the vendor understood it. None: the vendor has no place for this, or the order did not say."""

    prompt: str
    model: str
    ratio: str | None = None
    seconds: int | None = None
    seed: int | None = None
    audio: bool | None = None
    pictures: tuple[tuple[str, bytes], ...] = ()
    """Role and bytes, in order; the role is empty where the vendor has none."""
    token: str | None = None


@dataclass
class Task:
    """A task of the vendor. ``looks`` counts how often it was asked for."""

    id: str
    order: Any
    looks: int = 0
    extra: dict[str, Any] = field(default_factory=dict)


class VideoEmulator(Emulator):
    """Strict, as every emulator. The suite sets ``outcome`` and ``polls``."""

    key: ClassVar[str] = KEY
    """What a channel has as its key."""
    secrets: ClassVar[tuple[str, ...]] = (KEY,)
    """What must never stand in a message."""
    model: ClassVar[str]
    request: ClassVar[VideoRequest] = VideoRequest(
        prompt="雨夜的走廊", width=1280, height=720, duration_ms=8000, seed=7
    )
    """An order that the vendor can serve."""
    refusing: ClassVar[tuple[str, ...]] = ("auth", "credit", "moderation", "rate", "busy")
    """The refusals that `refusal` has a body for."""
    tells: ClassVar[tuple[str, ...]] = ("ratio", "seconds")
    """What an order says of ``ratio``, ``seconds``, ``seed`` and ``audio``; `fields` must find these."""
    takes: ClassVar[tuple[tuple[str, ...], ...]] = ((), ("first_frame",))
    """Sets of references that the vendor takes, as roles in the order in which they go."""
    refuses: ClassVar[tuple[tuple[str, ...], ...]] = (("mask",),)
    """Sets that must be refused before anything is sent."""
    outcomes: ClassVar[tuple[Outcome, ...]] = ("failed", "moderated", "empty", "strange")
    """How its tasks can end other than well."""
    repeats_key: ClassVar[bool] = True
    """Whether a refusal could repeat the key: whether the key itself is sent."""
    keeps_token: ClassVar[bool] = False
    """Whether our token has a place in an order."""
    submit_path: ClassVar[str]
    probe_path: ClassVar[str]
    look_path: ClassVar[str]
    """Parts of the paths of orders, of what is free, and of looks."""
    file_path: ClassVar[str] = "/files/"
    """A part of the path where clips are fetched."""

    def __init__(self) -> None:
        super().__init__()
        self.tasks: dict[str, Task] = {}
        self.outcome: Outcome = "done"
        self.polls = 2
        """The look at which a task is done; the first only sees it wait, the others see it at work."""
        self.seconds = 1
        """How long the clips are, whatever was ordered."""

    def routes(self) -> list[web.RouteDef]:
        """The vendor's endpoints go in front of these."""
        return [web.get("/files/{name}", self._file)]

    def signed(self, seen: Seen) -> bool:
        """Whether a request carries the vendor's authorisation."""
        raise NotImplementedError

    def fields(self, seen: Seen) -> Fields:
        """What an order says."""
        raise NotImplementedError

    def refusal(self, kind: str) -> Fault:
        """How the vendor refuses an order: its own status and body. ``rate`` asks to wait for 7 s where it can."""
        raise NotImplementedError

    def empty(self) -> Fault:
        """An answer to an order, with a good status, that has no task in it."""
        return Fault("status", 200, {})

    def accept(self, order: Any, prefix: str = "task-") -> Task:
        """Take an order: from here on it costs money."""
        task = Task(f"{prefix}{len(self.tasks) + 1}", order)
        self.tasks[task.id] = task
        self.bought(order)
        return task

    def stage(self, task: Task) -> Literal["waiting", "working"] | Outcome:
        """Look at a task once: where it is now."""
        task.looks += 1
        if task.looks >= self.polls:
            return self.outcome
        return "waiting" if task.looks == 1 else "working"

    def clip_url(self, task: Task) -> str:
        return f"{self.url}/files/{task.id}.mp4"

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info["name"].removesuffix(".mp4")
        if name not in self.tasks:
            return web.Response(
                status=404, text="<Error><Code>NoSuchKey</Code></Error>", content_type="application/xml"
            )
        return web.Response(body=clip(8 * self.seconds), content_type="video/mp4")


@cache
def clip(frames: int = 8) -> bytes:
    """A real MP4: 64x36, 8 frames a second."""
    out = io.BytesIO()
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=8)
        stream.width, stream.height, stream.pix_fmt = 64, 36, "yuv420p"
        for index in range(frames):
            picture = np.full((36, 64, 3), 20 * index % 256, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return out.getvalue()


@cache
def picture(number: int = 0) -> bytes:
    """A real PNG, another for each number."""
    out = io.BytesIO()
    Image.new("RGB", (64, 36), (40 * number % 256, 90, 160)).save(out, "PNG")
    return out.getvalue()


def inline(text: object) -> bytes | None:
    """The bytes of a ``data:`` address that holds a picture that decodes, else None."""
    if not isinstance(text, str) or not text.startswith("data:image/") or ";base64," not in text:
        return None
    return decoded(text.partition(";base64,")[2])


def decoded(text: object) -> bytes | None:
    """The bytes of bare base64 that holds a picture that decodes, else None."""
    try:
        data = base64.b64decode(str(text), validate=True)
        Image.open(io.BytesIO(data)).load()
    except (ValueError, OSError):
        return None
    return data
