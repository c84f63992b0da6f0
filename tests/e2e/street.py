"""A street of unreliable vendors on loopback: text, pictures, speech and clips, each from a vendor that honours our
tokens and from one that has neither idempotency nor look-up.

They answer late, fail by a seeded plan, stay up while whoever orders there is killed, and count what they sell.
"""

from __future__ import annotations

import asyncio
import io
import json
import random
import re
import socket
from collections import Counter, deque
from collections.abc import AsyncIterator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from zlib import crc32

from aiohttp import web
from PIL import Image
from street_models import MODELS

from vendors.emulator import Emulator, Handler, Seen, authorised, broken, half
from vendors.image_answers import Task as PictureTask
from vendors.image_answers import encoded, picture
from vendors.openai_image import OpenAIImageEmulator
from vendors.openai_passthrough import ChatUpstream
from vendors.openai_speech import OpenAISpeechEmulator
from vendors.relay_image import RelayImageEmulator
from vendors.relay_video import RelayVideoEmulator

Trouble = Literal["refused", "reset", "rate", "busy", "lost", "timeout", "stall", "truncated", "again"]
BEFORE: tuple[Trouble, ...] = ("reset", "rate", "busy")
"""Nothing was sold: the connection breaks, 429, 500."""
AFTER: tuple[Trouble, ...] = ("lost", "timeout", "stall", "truncated")
"""It was sold, and whoever ordered does not hear of it: reset, 504, silence, half an answer."""
SHARE = 0.22
"""Of all orders that meet trouble; and of all looks and fetches."""
MOST = 2
"""Orders are sent three times in one go. Trouble beyond these for one order would only show that it gives up."""
READ_S = 0.8
"""The silence that the channels bear."""
SHUT_S = 0.02
"""So long nobody is at the door."""
SHUT_SHARE = 0.02
_MARK = re.compile(r"o\d{5}")
_token: ContextVar[str] = ContextVar("token", default="")


@dataclass(frozen=True)
class Purchase:
    """What was sold: the order's mark, and under which token."""

    mark: str
    token: str
    vendor: str


def mark_of(order: Any) -> str:
    """The mark of an order, which stands somewhere in its words."""
    found = _MARK.search(json.dumps(order, ensure_ascii=False))
    assert found is not None, order
    return found[0]


class Unreliable(Emulator):
    """Mixed into an emulator. ``honours``: who sends a token again gets the first answer, and nothing is sold."""

    honours = False
    name = ""

    def __init__(self) -> None:
        super().__init__()
        self.chance = random.Random()
        self.sold: list[Purchase] = []
        self.met: Counter[str] = Counter()
        self.calm = False
        """No more trouble."""
        self.next: deque[Trouble] = deque()
        """What the next orders meet, whatever the plan says."""
        self._given: dict[str, asyncio.Future[web.Response]] = {}
        self._troubles: Counter[str] = Counter()
        self._said: dict[str, web.Response] = {}
        self._held: socket.socket | None = None
        self._reopening: set[asyncio.Task[None]] = set()

    def bought(self, order: Any) -> None:
        super().bought(order)
        self.sold.append(Purchase(mark_of(order), _token.get(), self.name))

    async def __aenter__(self) -> Any:
        await super().__aenter__()
        assert self._runner is not None
        self._port = self._runner.addresses[0][1]
        await self._shut()
        # Bound, and not listening: while the door is shut, the port is nobody else's.
        self._held = self._socket()
        await self._open()
        return self

    async def __aexit__(self, *error: Any) -> None:
        for task in self._reopening:
            task.cancel()
        await super().__aexit__(*error)
        if self._held is not None:
            self._held.close()

    def _socket(self) -> socket.socket:
        made = socket.socket()
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind(("127.0.0.1", self._port))
        return made

    async def _shut(self) -> None:
        assert self._runner is not None
        for site in list(self._runner.sites):
            await site.stop()

    async def _open(self) -> None:
        assert self._runner is not None
        await web.SockSite(self._runner, self._socket()).start()

    async def _break(self) -> None:
        self.met["refused"] += 1
        await self._shut()
        await asyncio.sleep(SHUT_S)
        await self._open()

    @web.middleware
    async def _watch(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        body = await request.read()
        headers = {name.lower(): value for name, value in request.headers.items()}
        self.seen.append(Seen(request.method, request.path, dict(request.query), headers, body))
        order = request.method == "POST"
        trouble = self._trouble(mark_of(body.decode()) if order else request.path, order=order)
        self.met[f"{'order' if order else 'look'} {trouble}"] += 1
        await asyncio.sleep(self.chance.uniform(0, 0.01))
        if trouble == "reset":
            return broken(request)
        if trouble in ("rate", "busy"):
            return _refusal(trouble)
        if trouble == "again" and request.path in self._said:
            return _copy(self._said[request.path])
        answer = await self._sell(request, handler, headers.get("idempotency-key", "")) if order else None
        if answer is None:
            made = await handler(request)
            assert isinstance(made, web.Response)
            answer = made
            self._said[request.path] = _copy(made)
        await asyncio.sleep(self.chance.uniform(0.005, 0.04))
        if trouble == "lost":
            return broken(request)
        if trouble == "timeout":
            return web.Response(status=504, text="<html>504 Gateway Time-out</html>", content_type="text/html")
        if trouble == "stall":
            await asyncio.sleep(2 * READ_S)
            return broken(request)
        if trouble == "truncated":
            with suppress(ConnectionError):
                await half(request, answer)
            return broken(request)
        if not self.calm and self.chance.random() < 0.5:
            answer.force_close()  # so that the next one comes to the door, which may be shut
        return answer

    async def _sell(self, request: web.Request, handler: Handler, token: str) -> web.Response:
        if not self.honours:
            _token.set(token)
            return await _served(handler, request)
        if token not in self._given:
            self._given[token] = asyncio.get_running_loop().create_future()
            _token.set(token)
            self._given[token].set_result(await _served(handler, request))
        return _copy(await self._given[token])

    def _trouble(self, what: str, *, order: bool) -> Trouble | None:
        """What this request meets: by lot, but not without end."""
        if order and self.next:
            return self.next.popleft()
        if self.calm:
            return None
        if self.chance.random() < SHUT_SHARE and not self._reopening:
            task = asyncio.create_task(self._break())
            self._reopening.add(task)
            task.add_done_callback(self._reopening.discard)
        if self.chance.random() >= SHARE or self._troubles[what] >= MOST:
            return None
        self._troubles[what] += 1
        if order:
            return self.chance.choice((*BEFORE, *AFTER))
        # A file is waited for a minute, which is no use here.
        silent: tuple[Trouble, ...] = () if "/files/" in what else ("stall", "again", "again")
        return self.chance.choice((*BEFORE, "lost", "truncated", *silent))


async def _served(handler: Handler, request: web.Request) -> web.Response:
    answer = await handler(request)
    assert isinstance(answer, web.Response)
    assert answer.status == 200, answer.text
    return answer


def _refusal(trouble: Trouble) -> web.Response:
    code, status = ("rate_limit_exceeded", 429) if trouble == "rate" else ("server_error", 500)
    body = {"error": {"message": f"a {trouble} upstream", "type": code, "param": None, "code": code}}
    return web.json_response(body, status=status, headers={"Retry-After": "0.05"} if trouble == "rate" else None)


def _copy(answer: web.Response) -> web.Response:
    return web.Response(body=answer.body, status=answer.status, content_type=answer.content_type)


def colour(mark: str) -> int:
    """Number of the picture that belongs to an order."""
    return crc32(mark.encode()) % 6


def is_drawing_of(mark: str, content: bytes) -> bool:
    """Whether a stored picture (which has a label) is the one that belongs to an order."""
    drawn, wanted = (
        Image.open(io.BytesIO(each)).convert("RGB").getpixel((3, 3)) for each in (content, picture(colour(mark)))
    )
    return drawn == wanted


def reply(mark: str) -> str:
    """The text that belongs to an order."""
    return f"答 {mark}"


class Chats(Unreliable, ChatUpstream):
    modality = "text"

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        if not authorised(request) or body.get("model") != self.model:
            return web.json_response({"error": {"message": "no", "code": "invalid_api_key"}}, status=401)
        self.bought(body)
        message = {"role": "assistant", "content": reply(mark_of(body))}
        choice = {"index": 0, "message": message, "finish_reason": "stop"}
        usage = {"prompt_tokens": 12, "completion_tokens": 8, "total_tokens": 20}
        return web.json_response({"id": "chatcmpl-1", "model": self.model, "choices": [choice], "usage": usage})


class Pictures(Unreliable, OpenAIImageEmulator):
    """Answers with the picture itself."""

    modality = "image"

    async def _serve(self, request: web.Request) -> web.Response:
        order = {**await request.json(), "pictures": [], "mask": None}
        if not authorised(request) or (wrong := self.wrong(order)):
            return web.json_response({"error": {"message": wrong}}, status=400)
        task = self.accept(order)
        return web.json_response(self.answer(request, task) | self.drawn(task, mark_of(order)))

    def drawn(self, task: PictureTask, mark: str) -> dict[str, Any]:
        return {"data": [{"b64_json": encoded(picture(colour(mark)))}]}


class PictureTasks(Pictures, RelayImageEmulator):
    """Makes tasks of orders."""

    def __init__(self) -> None:
        super().__init__()
        self._marks: dict[str, str] = {}

    def drawn(self, task: PictureTask, mark: str) -> dict[str, Any]:
        self._marks[task.id] = mark
        return {}

    async def _file(self, request: web.Request) -> web.Response:
        mark = self._marks[request.match_info["name"].removesuffix(".png")]
        return web.Response(body=picture(colour(mark)), content_type="image/png")


class Voices(Unreliable, OpenAISpeechEmulator):
    modality = "speech"


class Clips(Unreliable, RelayVideoEmulator):
    modality = "video"


@dataclass
class Street:
    """All of them; ``data/manju.toml`` names them as channels."""

    vendors: dict[str, Unreliable] = field(default_factory=dict)

    @property
    def clips(self) -> RelayVideoEmulator:
        """The plain vendor of clips, and its tasks."""
        vendor = self.vendors["plain-video"]
        assert isinstance(vendor, Clips)
        return vendor

    @property
    def sold(self) -> list[Purchase]:
        return [each for vendor in self.vendors.values() for each in vendor.sold]

    def marks(self) -> Counter[str]:
        """How often each order was sold."""
        return Counter(each.mark for each in self.sold)

    @property
    def met(self) -> Counter[str]:
        return sum((vendor.met for vendor in self.vendors.values()), Counter())

    @property
    def requests(self) -> int:
        return sum(len(vendor.seen) for vendor in self.vendors.values())

    def calm(self) -> None:
        """From now on all goes well."""
        for vendor in self.vendors.values():
            vendor.calm = True

    def configure(self, data: Path) -> None:
        """Write the channels down; the key is in the environment, as ``STREET_KEY``."""
        data.mkdir(parents=True, exist_ok=True)
        data.joinpath("manju.toml").write_text("\n".join(self._channels()) + "\n", encoding="utf-8")

    def _channels(self) -> Iterable[str]:
        for name, vendor in self.vendors.items():
            plain, honest, both = MODELS[vendor.modality]  # type: ignore[attr-defined]
            served = (honest, both) if vendor.honours else (plain, both)
            fields: dict[str, Any] = {
                "vendor": "relay" if isinstance(vendor, Clips | PictureTasks) else "openai",
                "base_url": vendor.url,
                "idempotent": vendor.honours,
                "priority": int(vendor.honours),
                "concurrency": 8,
                "read_s": READ_S,
                "poll_s": 0.03,
            }
            yield f"[channels.{name}]"
            yield from (f"{key} = {json.dumps(value)}" for key, value in fields.items())
            yield 'key = { env = "STREET_KEY" }'
            yield f"models = {{ {', '.join(f'{json.dumps(each)} = {json.dumps(vendor.model)}' for each in served)} }}"  # type: ignore[attr-defined]
            options = {"mode": "async", "fields": "aspect_ratio,image_size"} if isinstance(vendor, PictureTasks) else {}
            if options:
                yield f"options = {{ {', '.join(f'{key} = {json.dumps(value)}' for key, value in options.items())} }}"


@asynccontextmanager
async def opened(data: Path, seed: int) -> AsyncIterator[Street]:
    """The street, its channels written into a data folder."""
    street = Street()
    async with AsyncExitStack() as stack:
        for honours in (False, True):
            for kind in (Chats, PictureTasks if honours else Pictures, Voices, Clips):
                vendor = kind()
                vendor.honours = honours
                vendor.name = f"{'honest' if honours else 'plain'}-{vendor.modality}"  # type: ignore[attr-defined]
                vendor.chance = random.Random(f"{seed} {vendor.name}")
                street.vendors[vendor.name] = await stack.enter_async_context(vendor)
        street.configure(data)
        yield street
