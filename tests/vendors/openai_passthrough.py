"""Chat completions as an upstream whose bytes a relay must not touch: it answers what it is told, to the byte.

The stream's shape is that of openai-python 3.54.0: with ``stream_options.include_usage`` every chunk has a ``usage``
that is null, and one more before ``[DONE]`` has it and no choices.
"""

from __future__ import annotations

import asyncio
import json
from typing import Any

from aiohttp import web

from vendors.emulator import Emulator, authorised

ANSWER = r"""{ "id":"chatcmpl-7", "object" : "chat.completion","created":1763600000,"model":"live-1",
 "choices":[{"finish_reason":"stop","index":0,"message":{"role":"assistant",
   "content":"雨夜\u3002 \ud83c\udf27", "x":1e-07,"y":0.10}}],"zz":[1.0,2.50],
 "usage":{"prompt_tokens":1200,"completion_tokens":300,"total_tokens":1500}}""".encode()
USAGE = {"prompt_tokens": 1200, "completion_tokens": 300, "total_tokens": 1500}


def event(delta: dict[str, Any] | None, reason: str | None = None, **more: Any) -> bytes:
    """A chunk of a stream; without a delta it has no choices."""
    choices = [] if delta is None else [{"index": 0, "delta": delta, "finish_reason": reason}]
    chunk = {"id": "chatcmpl-7", "object": "chat.completion.chunk", "model": "live-1", "choices": choices, **more}
    return b"data: " + json.dumps(chunk, ensure_ascii=False).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"


class ChatUpstream(Emulator):
    """``answer`` is what it says; ``pieces`` are written one by one for a stream, and it waits for ``go`` before each
    but the first; ``cut`` breaks the connection after so many. Without ``counting`` it knows no usage."""

    model = "live-1"

    def __init__(self) -> None:
        super().__init__()
        self.answer = ANSWER
        self.status = 200
        self.kind = "application/json"
        self.words = ["雨", "夜", "。"]
        self.raw: list[bytes] | None = None
        self.cut: int | None = None
        self.counting = True
        self.slow = asyncio.Event()
        self.slow.set()
        self.streamed: list[bytes] = []
        """Pieces written in the last stream."""

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/v1/chat/completions", self._complete)]

    def pieces(self, *, usage: bool) -> list[bytes]:
        """The chunks of a stream."""
        if self.raw is not None:
            return self.raw
        null = {"usage": None} if usage else {}
        chunks = [event({"role": "assistant", "content": ""}, **null)]
        chunks += [event({"content": word}, **null) for word in self.words]
        chunks.append(event({}, "stop", **null))
        if usage and self.counting:
            chunks.append(event(None, usage=USAGE))
        return [*chunks, DONE]

    async def _complete(self, request: web.Request) -> web.StreamResponse:
        if not authorised(request):
            key = request.headers.get("Authorization", "").removeprefix("Bearer ")
            return web.json_response(
                {"error": {"message": f"Incorrect API key: {key}", "code": "invalid_api_key"}}, status=401
            )
        body = await request.json()
        if body.get("model") != self.model:
            missing = {"message": f"The model {body.get('model')!r} does not exist", "code": "model_not_found"}
            return web.json_response({"error": missing}, status=404)
        self.bought(body)
        if body.get("stream") and self.status == 200:
            return await self._stream(request, usage=bool((body.get("stream_options") or {}).get("include_usage")))
        await self.slow.wait()
        return web.Response(body=self.answer, status=self.status, content_type=self.kind)

    async def _stream(self, request: web.Request, *, usage: bool) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream; charset=utf-8"})
        await response.prepare(request)
        self.streamed = []
        for number, piece in enumerate(self.pieces(usage=usage)):
            if number == self.cut:
                assert request.transport is not None
                request.transport.abort()
                return response
            if number:
                await self.slow.wait()
            await response.write(piece)
            self.streamed.append(piece)
        await response.write_eof()
        return response
