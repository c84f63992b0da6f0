"""Clips from Volcengine Ark (火山方舟) or BytePlus ModelArk: Seedance.

Sources (read 2026-11-20): volcengine-python-sdk ``resources/content_generation/tasks.py``; the tutorial
volcengine.com/docs/82379/1366799 with its tables of sizes and parameters (copy in WHQ25/rawgenai); the query's answer
and its states, 82379/1521309 (docs.powertokens.ai); what may be ``data:`` and the roles (docs.comfy.org, byteplus
models); error codes, docs.byteplus.com/docs/ModelArk/1299023. Sizes there have about the same number of pixels in every
ratio. There is no idempotency and no look-up by a reference of ours; ``X-Client-Request-Id`` is the SDK's own. What
Ark answers for a task that it does not know was not found; status 404 is taken for it. Addresses last 24 hours.

Options: ``resolutions`` (default ``480p,720p,1080p``) are those that the model makes. ``audio`` (default ``true``) says
whether it takes ``generate_audio``; Seedance 1.0 does not. ``omit`` (default empty) are the fields that it does not
take, of ``seed`` and ``watermark``. ``extra`` (default ``{}``) is a JSON object of other fields, sent as they are:
``service_tier``, ``execution_expires_after``, ``camera_fixed``, ``watermark`` (``false`` if not given).
"""

from __future__ import annotations

from typing import Any

from manju.domain.order import VideoRequest
from manju.errors import InputError
from manju.providers.answers import accepted, answered, check, look, member, nothing, task_failed, words
from manju.providers.base import References
from manju.providers.files import data_uri, download
from manju.providers.shapes import ratio_of
from manju.providers.upstream import Accepted, Answer, Endpoint, Pending, Remote, address
from manju.providers.video import wire

_RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4", "21:9")
_ROLES = (wire.FIRST, wire.LAST, "reference", "audio")


class ArkVideos:
    """Tasks at ``/api/v3/contents/generations/tasks``."""

    def __init__(self, endpoint: Endpoint) -> None:
        """
        Raises:
            InputError: an option is not what it must be.
        """
        self._endpoint = endpoint
        self._url = address(endpoint.base_url, "api/v3", "/contents/generations/tasks")
        self._headers = {"Authorization": f"Bearer {endpoint.key}"}
        self._resolutions = sorted(endpoint.listed("resolutions", "480p,720p,1080p"), key=wire.side)
        self._audio = endpoint.flag("audio") is not False
        self._omit = endpoint.some("omit", ("seed", "watermark"))
        self._extra = endpoint.extra()

    async def submit(self, request: VideoRequest, references: References, token: str) -> Accepted | Answer:
        response = await self._endpoint.http.send(
            "POST",
            self._url,
            headers={**self._headers, "X-Client-Request-Id": token},
            json=self._body(request, references),
            read_s=self._endpoint.read_s,
        )
        body = answered(response, self._endpoint.key)
        return accepted(body.get("id"), words(response, self._endpoint.key))

    async def poll(self, upstream_id: str) -> Pending | Answer:
        url = f"{self._url}/{wire.part(upstream_id)}"
        response = await self._endpoint.http.send("GET", url, headers=self._headers, read_s=self._endpoint.read_s)
        task = look(response, self._endpoint.key)
        match task.get("status"):
            case "failed" | "cancelled" | "expired" as status:
                raise task_failed(wire.reason(task) or f"it is {status}")
            case "succeeded":
                clip = member(task, "content", "video_url")
                if not isinstance(clip, str) or not clip:
                    raise nothing("a clip in a task that succeeded")
                return Answer((Remote("main", clip, ".mp4"),), _facts(task), str(task.get("model") or ""), _units(task))
            case status:
                return Pending(started=status != "queued")

    async def fetch(self, file: Remote) -> bytes:
        return await download(self._endpoint, file)

    async def probe(self) -> None:
        url = f"{self._url}?page_num=1&page_size=1"
        response = await self._endpoint.http.send("GET", url, headers=self._headers, read_s=self._endpoint.read_s)
        check(response, secret=self._endpoint.key).json()

    def _body(self, request: VideoRequest, references: References) -> dict[str, Any]:
        if any(each.role == "video" for each in request.references):
            hint = "Leave the clip out, or choose another model."
            raise InputError("Ark takes reference clips only as public web addresses", hint=hint)
        given = wire.material(request, references, _ROLES)
        wire.check_frames(given)
        if request.audio and not self._audio:
            raise InputError("this video model makes no sound", hint="Ask for the clip without audio.")
        body: dict[str, Any] = {
            "model": self._endpoint.model,
            "content": [{"type": "text", "text": request.prompt}, *_content(given)],
            "resolution": wire.resolution_of(request, self._resolutions),
            "ratio": ratio_of(request, _RATIOS),
            "duration": wire.whole_seconds(request),
            "seed": wire.seed(request, 32),
            "watermark": False,
        }
        if self._audio:
            body["generate_audio"] = request.audio
        return {name: value for name, value in body.items() if name not in self._omit} | self._extra


def _content(given: wire.Material) -> list[dict[str, Any]]:
    pictures = [(wire.FIRST, given.first), (wire.LAST, given.last)]
    pictures += [("reference_image", data) for data in given.pictures]
    items: list[dict[str, Any]] = [
        {"type": "image_url", "image_url": {"url": data_uri(data)}, "role": role} for role, data in pictures if data
    ]
    return items + [
        {"type": "audio_url", "audio_url": {"url": data_uri(data)}, "role": "reference_audio"} for data in given.sounds
    ]


def _facts(task: dict[str, Any]) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    if isinstance(seconds := task.get("duration"), int | float):
        facts["duration_ms"] = round(seconds * 1000)
    if isinstance(rate := task.get("framespersecond"), int):
        facts["fps"] = str(rate)
    if isinstance(sound := task.get("generate_audio"), bool):
        facts["audio"] = sound
    return facts


def _units(task: dict[str, Any]) -> dict[str, float]:
    found = {"tokens": member(task, "usage", "completion_tokens"), "seconds": task.get("duration")}
    return {name: float(value) for name, value in found.items() if isinstance(value, int | float)}
