"""Pictures over ``/images/generations`` and ``/images/edits``: OpenAI, relays (the nano-banana family), another manju.

Sources: openai-python 3.54.0 (2026-11: image_generate_params, image_edit_params, images_response; several pictures go
as ``image[]``, bytes come as ``b64_json`` with token usage); ../shared/research/relay-gateway.md §1 (2026-11-20) and
Comfyui_Comfly nodes/nodes_google.py for relays: ``aspect_ratio``, ``image_size``, ``image`` as a list of data URIs or
repeated form parts, and the async form ``?async=true`` -> ``task_id`` -> ``GET /images/tasks/{id}``. OpenAI takes no
seed; relays of Comfly's kind do.

The picture is looked for in ``data`` (a list, an object or a text), ``images``, the top level, and in a chat message
(``images``, parts, a Markdown picture or link, an address of a picture), as ``b64_json``, ``url``, ``image_url`` or a
data URI; in a task, all the same inside its ``data``.

Options: ``mode`` is ``sync`` (default) or ``async``; ``fields`` (default ``size``) are those sent of ``size``,
``aspect_ratio``, ``image_size`` and ``seed``; ``ratios`` and ``sizes`` are the names that the model knows;
``response_format`` is sent if set; ``references`` says where references go: ``edits`` (default), ``generations`` (the
field ``image``) or ``none``, ``most`` (default 16) how many, and ``part`` (default ``image[]``, relays ``image``) under
what name several go in a form; ``extra`` is merged into the body.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from manju.domain.order import Artefact, ImageRequest
from manju.errors import RejectedError
from manju.net.client import Response, form
from manju.providers import openai
from manju.providers.answers import FAILED, answered, look, nothing, progress, task_failed
from manju.providers.base import References
from manju.providers.files import data_uri
from manju.providers.image.wire import RATIOS, SIZES, Given, fetched, found, given, size_of
from manju.providers.shapes import ratio_of
from manju.providers.upstream import Accepted, Answer, Endpoint, Pending, Remote

_FIELDS = ("size", "aspect_ratio", "image_size", "seed")
_DONE = ("SUCCESS", "SUCCEEDED", "COMPLETED")
_WAITING = ("NOT_START", "SUBMITTED", "QUEUED", "PENDING")
_KEYS = ("b64_json", "url", "image_url", "base64")
_MARKDOWN = re.compile(r"!\[[^\]]*\]\(\s*(data:image/[^)\s]+|https?://[^)\s]+)")
_DATA_URI = re.compile(r"data:image/[\w.+-]+;base64,[A-Za-z0-9+/=]+")
_LINK = re.compile(r"https?://[^\s()<>\[\]\"'，。]+\.(?:png|jpe?g|webp)(?:\?[^\s()<>\[\]\"'，。]*)?", re.IGNORECASE)


class OpenAIImages:
    """Pictures from ``{base_url}/v1/images``."""

    def __init__(self, endpoint: Endpoint) -> None:
        """
        Raises:
            InputError: an option is not what it must be.
        """
        self._endpoint = endpoint
        self._query = "?async=true" if endpoint.choice("mode", "sync", "async") == "async" else ""
        self._fields = endpoint.some("fields", _FIELDS, "size")
        self._ratios = endpoint.listed("ratios", RATIOS)
        self._sizes = endpoint.listed("sizes", SIZES)
        self._where = endpoint.choice("references", "edits", "generations", "none")
        self._most = 0 if self._where == "none" else endpoint.number("most", 16) or 0
        self._part = endpoint.choice("part", "image[]", "image")
        self._fixed = endpoint.extra()
        if "response_format" in endpoint.options:
            self._fixed["response_format"] = endpoint.options["response_format"]

    async def submit(self, request: ImageRequest, references: References, token: str) -> Accepted | Answer:
        pictures = given(request, references, most=self._most, mask=self._where != "none")
        response = await self._send(request, pictures, token)
        body = answered(response, self._endpoint.key)
        if (main := _picture(body)) is not None:
            return self._answer(request.prompt, main, body)
        if isinstance(task := body.get("task_id"), str) and task:
            return Accepted(task)
        raise nothing("a picture", _said(body))

    async def poll(self, upstream_id: str) -> Pending | Answer:
        response = await openai.get(self._endpoint, f"/images/tasks/{quote(upstream_id, safe='')}")
        body = look(response, self._endpoint.key)
        task = body["data"] if isinstance(body.get("data"), dict) else body
        status = str(task.get("status") or "").upper()
        if status in FAILED:
            raise task_failed(str(task.get("fail_reason") or ""))
        if status not in _DONE:
            return Pending(progress(task.get("progress")), started=status not in _WAITING)
        result = task.get("data")
        if (main := _picture(result if isinstance(result, dict) else {"data": result})) is None:
            raise RejectedError("upstream's task succeeded without a picture", refusal="no_result")
        return self._answer("", main, {})

    async def fetch(self, file: Remote) -> bytes:
        return await fetched(self._endpoint, file)

    async def probe(self) -> None:
        await openai.probe(self._endpoint)

    async def _send(self, request: ImageRequest, pictures: Given, token: str) -> Response:
        body = self._body(request)
        if pictures.pictures and (pictures.mask or self._where == "edits"):
            texts = {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}
            name = self._part if len(pictures.pictures) > 1 else "image"
            files = [
                (name, f"{number}.{each.type.removeprefix('image/')}", each.data, each.type)
                for number, each in enumerate(pictures.pictures)
            ]
            if pictures.mask:
                files.append(("mask", "mask.png", pictures.mask.data, pictures.mask.type))
            return await openai.post(self._endpoint, f"/images/edits{self._query}", token, data=form(texts, files))
        if pictures.pictures:
            body["image"] = [data_uri(each.data) for each in pictures.pictures]
        return await openai.post(self._endpoint, f"/images/generations{self._query}", token, json=body)

    def _body(self, request: ImageRequest) -> dict[str, Any]:
        body: dict[str, Any] = {"model": self._endpoint.model, "prompt": request.prompt}
        if "size" in self._fields:
            body["size"] = f"{request.width}x{request.height}"
        if "aspect_ratio" in self._fields:
            body["aspect_ratio"] = ratio_of(request, self._ratios)
        if "image_size" in self._fields:
            body["image_size"] = size_of(request, self._sizes)
        if "seed" in self._fields:
            body["seed"] = request.seed
        return body | self._fixed

    def _answer(self, prompt: str, main: Artefact | Remote, body: dict[str, Any]) -> Answer:
        facts: dict[str, Any] = {"prompt": prompt} if prompt else {}
        if "seed" not in self._fields:
            facts["left_out"] = ["seed"]
        data = body.get("data")
        first = data[0] if isinstance(data, list) and data else data
        if isinstance(first, dict) and isinstance(revised := first.get("revised_prompt"), str) and revised:
            facts["revised_prompt"] = revised
        units = {"images": 1.0}
        usage = body.get("usage")
        for name in ("input_tokens", "output_tokens"):
            if isinstance(usage, dict) and isinstance(usage.get(name), int):
                units[name] = float(usage[name])
        return Answer((main,), facts, str(body.get("model") or ""), units)


def _picture(body: dict[str, Any]) -> Artefact | Remote | None:
    """The first picture in an answer; None if there is none."""
    text = next(_texts(body), None)
    return None if text is None else found(text)


def _texts(body: dict[str, Any]) -> Iterator[str]:
    yield from _held(body.get("data"))
    yield from _held(body.get("images"))
    yield from _held(body)
    for choice in _listed(body.get("choices")):
        message = choice.get("message") if isinstance(choice, dict) else None
        if isinstance(message, dict):
            yield from _held(message.get("images"))
            content = message.get("content")
            yield from _held(content)
            spoken = [content, *(part.get("text") for part in _listed(content) if isinstance(part, dict))]
            for text in spoken:
                if isinstance(text, str):
                    yield from _spoken(text)


def _held(value: Any) -> Iterator[str]:
    """Addresses and base64 of an item, or of a list of items."""
    for item in _listed(value):
        if isinstance(item, str) and item.startswith(("http://", "https://", "data:image/")):
            yield item
        elif isinstance(item, dict):
            for key in _KEYS:
                inner = item.get(key)
                inner = inner.get("url") if isinstance(inner, dict) else inner
                if isinstance(inner, str) and inner:
                    yield inner


def _spoken(text: str) -> Iterator[str]:
    yield from (match[1] for match in _MARKDOWN.finditer(text))
    yield from (match[0] for match in _DATA_URI.finditer(text))
    yield from (match[0] for match in _LINK.finditer(text))


def _said(body: dict[str, Any]) -> str:
    """What a chat-like answer says instead of a picture."""
    for choice in _listed(body.get("choices")):
        message = choice.get("message") if isinstance(choice, dict) else None
        if isinstance(message, dict) and isinstance(content := message.get("content"), str):
            return content
    return str(body.get("message") or "")


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
