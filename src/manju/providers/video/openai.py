"""Clips over OpenAI's Videos API: a de-facto standard that others serve under ``/v1/videos`` since its author left.

Sources: openai-python ``resources/videos.py``, ``types/video*.py`` (0419cbcb, 3d455aef; read 2026-11-20) and
research/relay-gateway.md §2. Creating is always multipart. For idempotency see `manju.providers.openai`. Refusals of
tasks are told by their words: no public list of their codes was found. OpenAI wants the picture in the clip's size.

Options: ``image`` (default ``first_frame``) is the role that ``input_reference`` has for the model. ``omit`` (default
empty) are the fields that it does not take, of ``seconds`` and ``size``. ``extra`` (default ``{}``) is a JSON object of
other fields, sent as text.
"""

from __future__ import annotations

import json
from typing import Any

from manju.domain.order import VideoRequest
from manju.errors import InputError
from manju.net.client import form
from manju.providers import openai
from manju.providers.answers import accepted, answered, look, number, progress, task_failed, words
from manju.providers.base import References
from manju.providers.files import download, media_type
from manju.providers.upstream import Accepted, Answer, Endpoint, Pending, Remote, address
from manju.providers.video import wire


class OpenAIVideos:
    """Tasks at ``/v1/videos``."""

    def __init__(self, endpoint: Endpoint) -> None:
        """
        Raises:
            InputError: an option is not what it must be.
        """
        self._endpoint = endpoint
        self._roles = endpoint.some("image", (wire.FIRST, wire.LAST, "reference"), wire.FIRST)
        self._omit = endpoint.some("omit", ("seconds", "size"))
        self._extra = {name: _text(value) for name, value in endpoint.extra().items()}
        self._videos = address(endpoint.base_url, openai.VERSION, "/videos")

    async def submit(self, request: VideoRequest, references: References, token: str) -> Accepted | Answer:
        given = wire.material(request, references, self._roles)
        pictures = [data for data in (given.first, given.last, *given.pictures) if data]
        if len(pictures) > 1:
            raise InputError("this video model takes one picture", hint="Give the most important one.")
        fields = {
            "model": self._endpoint.model,
            "prompt": request.prompt,
            "seconds": str(wire.whole_seconds(request)),
            "size": f"{request.width}x{request.height}",
        }
        fields = {name: value for name, value in fields.items() if name not in self._omit} | self._extra
        kinds = [media_type(data) for data in pictures]
        files = [
            ("input_reference", f"reference.{kind.partition('/')[2]}", data, kind)
            for kind, data in zip(kinds, pictures, strict=True)
        ]
        response = await openai.post(self._endpoint, "/videos", token, data=form(fields, files))
        body = answered(response, self._endpoint.key)
        return accepted(body.get("id"), words(response, self._endpoint.key))

    async def poll(self, upstream_id: str) -> Pending | Answer:
        path = wire.part(upstream_id)
        task = look(await openai.get(self._endpoint, f"/videos/{path}"), self._endpoint.key)
        match task.get("status"):
            case "failed":
                raise task_failed(wire.reason(task))
            case "completed":
                clip = Remote("main", f"{self._videos}/{path}/content", ".mp4")
                seconds = number(task.get("seconds"))
                facts = {"duration_ms": round(seconds * 1000)} if seconds else {}
                return Answer((clip,), facts, str(task.get("model") or ""), {"seconds": seconds} if seconds else {})
            case status:
                return Pending(progress(task.get("progress")), started=status != "queued")

    async def fetch(self, file: Remote) -> bytes:
        ours = wire.same_host(file.url, self._videos)  # the key goes nowhere else
        headers = openai.authorisation(self._endpoint) if ours else None
        return await download(self._endpoint, file, headers=headers)

    async def probe(self) -> None:
        await openai.probe(self._endpoint)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
