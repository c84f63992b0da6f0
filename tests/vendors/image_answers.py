"""What every vendor of pictures is on loopback: an order is answered with a picture, or becomes a task that ends after
a number of looks.

A vendor's emulator subclasses `ImageEmulator`: it adds its routes, reads its own wire format in `fields`, and says in
its own words how it refuses. `tests/conformance/test_image_adapters.py` knows nothing but this class.
"""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass
from email import message_from_bytes
from functools import cache
from typing import Any, ClassVar, Literal

from aiohttp import web
from PIL import Image

from manju.domain.order import ImageRequest
from vendors.emulator import KEY, Emulator, Fault, Seen

Outcome = Literal["done", "failed", "moderated", "strange", "empty"]
"""How tasks end: with a picture; with an error; refused for their content; in a state that nobody has heard of; as a
success without a picture."""


@dataclass(frozen=True)
class Fields:
    """An order as the vendor understood it. None: the vendor has no place for this, or the order did not say."""

    prompt: str
    model: str
    ratio: str | None = None
    size: str | None = None
    """In the vendor's words: ``1K``, or width x height."""
    seed: int | None = None
    pictures: tuple[bytes, ...] = ()
    mask: bytes | None = None
    token: str | None = None


@dataclass
class Task:
    """A task of the vendor. ``looks`` counts how often it was asked for."""

    id: str
    looks: int = 0


class ImageEmulator(Emulator):
    """Strict, as every emulator. The suite sets ``outcome`` and ``polls`` where there are tasks."""

    key: ClassVar[str] = KEY
    """What a channel has as its key."""
    secrets: ClassVar[tuple[str, ...]] = (KEY,)
    """What must never stand in a message."""
    model: ClassVar[str]
    request: ClassVar[ImageRequest] = ImageRequest(prompt="雨夜的走廊，霓虹", width=1344, height=768, seed=7)
    """An order that the vendor can serve."""
    shape: ClassVar[tuple[str | None, str | None]]
    """The order's ratio and size in the vendor's words, as `Fields` has them."""
    takes: ClassVar[tuple[tuple[str, ...], ...]] = ((),)
    """Sets of references that the vendor takes, as roles in their order."""
    refuses: ClassVar[tuple[tuple[str, ...], ...]] = (("mask",), ("video",), ("character", "audio"))
    """Sets that must be refused before anything is sent."""
    keeps_token: ClassVar[bool] = False
    """Whether our token has a place in an order."""
    submit_path: ClassVar[str]
    probe_path: ClassVar[str]
    look_path: ClassVar[str] = ""
    """Part of the path of looks; empty where the answer is the result."""
    file_path: ClassVar[str] = "/files/"

    def __init__(self) -> None:
        super().__init__()
        self.tasks: dict[str, Task] = {}
        self.outcome: Outcome = "done"
        self.polls = 2
        """The look at which a task is done; the first only sees it wait, the others see it at work."""

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
        """How the vendor refuses an order (``auth``, ``credit``, ``moderation``, ``rate``, ``busy``): its own status
        and body. ``rate`` asks to wait for 7 s."""
        raise NotImplementedError

    def nothings(self) -> dict[str, list[Any]]:
        """Answers with status 200 that hold no picture, by the refusal that each of them is."""
        raise NotImplementedError

    def accept(self, order: Any) -> Task:
        """Take an order: from here on it costs money."""
        task = Task(f"task-{len(self.tasks) + 1}")
        self.tasks[task.id] = task
        self.bought(order)
        return task

    def stage(self, task: Task) -> Literal["waiting", "working"] | Outcome:
        """Look at a task once: where it is now."""
        task.looks += 1
        if task.looks >= self.polls:
            return self.outcome
        return "waiting" if task.looks == 1 else "working"

    def url_of(self, task: Task) -> str:
        return f"{self.url}/files/{task.id}.png"

    async def _file(self, request: web.Request) -> web.Response:
        if request.match_info["name"].removesuffix(".png") not in self.tasks:
            return web.Response(status=404, text="<Error><Code>NoSuchKey</Code></Error>", content_type="text/xml")
        return web.Response(body=picture(), content_type="image/png")


@cache
def picture(number: int = 0, kind: str = "PNG") -> bytes:
    """A real picture, another for each number."""
    out = io.BytesIO()
    Image.new("RGB", (64, 36), (40 * number % 256, 90, 160)).save(out, kind)
    return out.getvalue()


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def decoded(text: object) -> bytes | None:
    """The bytes of bare base64 that holds a picture that decodes, else None."""
    try:
        data = base64.b64decode(str(text), validate=True)
        Image.open(io.BytesIO(data)).load()
    except (ValueError, OSError):
        return None
    return data


def inline(text: object) -> bytes | None:
    """The same for a ``data:`` address."""
    if not isinstance(text, str) or not text.startswith("data:image/") or ";base64," not in text:
        return None
    return decoded(text.partition(";base64,")[2])


def parts(seen: Seen) -> list[tuple[str, str, bytes]]:
    """Name, file name (empty for a text) and content of the parts of a form."""
    head = f"Content-Type: {seen.headers.get('content-type', '')}\r\n\r\n".encode()
    found = []
    for part in message_from_bytes(head + seen.body).walk():
        if part.get_content_disposition() == "form-data":
            name = str(part.get_param("name", header="content-disposition"))
            content = part.get_payload(decode=True)
            found.append((name, part.get_filename() or "", content if isinstance(content, bytes) else b""))
    return found
