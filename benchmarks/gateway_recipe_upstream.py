"""The relay of `benchmarks.gateway_recipe`, as a process: ``python -m benchmarks.gateway_recipe_upstream SCALE`` prints
its port.

It answers chats, pictures, speech and clips as relays do, each after the time that it takes in reality (`SECONDS`)
divided by ``SCALE``: chats with the offline writer's scripts, lines with a tone of their length, pictures and clips
with one that was made before. ``GET /report`` tells how many of each there were, and how many at once.
"""

from __future__ import annotations

import asyncio
import io
import json
import sys
import time
import wave
from collections import Counter
from typing import Any, Literal

import cv2
import numpy as np
from aiohttp import web

from benchmarks.gateway_clip import clip
from manju.domain.order import Message, TextRequest
from manju.gateway.delivery import References
from manju.providers.text.offline.model import OutlineWriter

Kind = Literal["chat", "picture", "line", "clip"]
SECONDS: dict[Kind, float] = {"chat": 20, "picture": 25, "line": 3, "clip": 120}
LENGTHS = (4, 8, 10, 12)
"""Of clips, in seconds."""
RATE = 24_000
A_CHARACTER_S = 0.22


class Relay:
    """All that is served."""

    def __init__(self, scale: float) -> None:
        self._scale = scale
        self._picture = picture()
        self._clips = {seconds: clip(720, 1280, seconds, 12) for seconds in LENGTHS}
        self._writer = OutlineWriter()
        self._tasks: dict[str, tuple[float, int]] = {}
        """When each clip is done, and its length."""
        self._counts: Counter[Kind] = Counter()
        self._open: Counter[Kind] = Counter()
        self._most: Counter[Kind] = Counter()
        self._url = ""

    def app(self) -> web.Application:
        app = web.Application(client_max_size=256 << 20)
        app.add_routes(
            [
                web.post("/v1/chat/completions", self._chat),
                web.post("/v1/images/generations", self._draw),
                web.post("/v1/audio/speech", self._speak),
                web.post("/v2/videos/generations", self._order),
                web.get("/v2/videos/generations/{task}", self._look),
                web.get("/files/{name}", self._file),
                web.get("/report", self._report),
            ]
        )
        return app

    def at(self, url: str) -> None:
        """Be told of one's own address."""
        self._url = url

    async def _takes(self, kind: Kind) -> None:
        """As long as this takes, from the moment at which it was asked for."""
        self._counts[kind] += 1
        self._open[kind] += 1
        self._most[kind] = max(self._most[kind], self._open[kind])
        await asyncio.sleep(SECONDS[kind] / self._scale)
        self._open[kind] -= 1

    async def _chat(self, request: web.Request) -> web.Response:
        waiting = asyncio.create_task(self._takes("chat"))
        body = await request.json()
        messages = tuple(Message(role=each["role"], content=each["content"]) for each in body["messages"])
        asked = TextRequest(messages=messages, json_reply=True, seed=body.get("seed", 0))
        written = (await self._writer.generate(asked, References({}))).artefacts[0].data.decode()
        await waiting
        choice = {"index": 0, "message": {"role": "assistant", "content": written}, "finish_reason": "stop"}
        usage = {"prompt_tokens": 1500, "completion_tokens": 3000, "total_tokens": 4500}
        return web.json_response({"id": "chat", "model": body["model"], "choices": [choice], "usage": usage})

    async def _draw(self, request: web.Request) -> web.Response:
        waiting = asyncio.create_task(self._takes("picture"))
        await request.read()
        await waiting
        return web.json_response({"created": 1763600000, "data": [{"url": f"{self._url}/files/picture.png"}]})

    async def _speak(self, request: web.Request) -> web.Response:
        waiting = asyncio.create_task(self._takes("line"))
        sound = tone(len((await request.json())["input"]) * A_CHARACTER_S)
        await waiting
        return web.Response(body=sound, content_type="audio/wav")

    async def _order(self, request: web.Request) -> web.Response:
        now = time.monotonic()
        body = await request.json()
        assert body["images"], "a clip without a first frame"
        task = f"task-{len(self._tasks) + 1}"
        self._counts["clip"] += 1
        self._tasks[task] = now + SECONDS["clip"] / self._scale, int(body["duration"])
        self._most["clip"] = max(self._most["clip"], sum(done > now for done, _ in self._tasks.values()))
        return web.json_response({"task_id": task})

    async def _look(self, request: web.Request) -> web.Response:
        task = request.match_info["task"]
        done = time.monotonic() >= self._tasks[task][0]
        output = {"output": f"{self._url}/files/{task}.mp4"} if done else None
        status = {"status": "SUCCESS", "progress": "100%"} if done else {"status": "IN_PROGRESS", "progress": "40%"}
        return web.json_response({"task_id": task, "fail_reason": "", "data": output, **status})

    async def _file(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if name == "picture.png":
            return web.Response(body=self._picture, content_type="image/png")
        return web.Response(body=self._clips[self._tasks[name.removesuffix(".mp4")][1]], content_type="video/mp4")

    async def _report(self, _: web.Request) -> web.Response:
        told: dict[str, Any] = {"counts": self._counts, "at_once": self._most}
        return web.json_response(told)


def picture(width: int = 768, height: int = 1344) -> bytes:
    """A PNG of about as many bytes as a painting has."""
    rows, columns = np.mgrid[0:height, 0:width]
    noise = np.random.default_rng(0).integers(-6, 7, (height, width))
    planes = [rows * 200 // height + 30 + noise, columns * 180 // width + 40 + noise, (rows + columns) % 200 + noise]
    _, data = cv2.imencode(".png", np.clip(np.dstack(planes), 0, 255).astype(np.uint8))
    return data.tobytes()


def tone(seconds: float) -> bytes:
    """A WAV that sounds for so long."""
    times = np.arange(round(seconds * RATE)) / RATE
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.sin(times * 1382.0) * 8000).astype("<i2").tobytes())
    return out.getvalue()


async def main(scale: float) -> None:
    relay = Relay(scale)
    runner = web.AppRunner(relay.app())
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    port = runner.addresses[0][1]
    relay.at(f"http://127.0.0.1:{port}")
    print(json.dumps(port), flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
