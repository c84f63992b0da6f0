"""Clips from MiniMax: Hailuo, over the API's first version (Hailuo 2.3, 02 and 01) and its second (MiniMax H3).

Sources: platform.minimax.io docs/api-reference (video-generation-*, video-generation-v2-create, -query, -list,
file-management-retrieve, errorcode; read 2026-11-20), new-api relay/channel/task/hailuo and hailuo_v2, and answers of
the second version seen on 2026-09-20: an unknown task is status 400 with code 2013, and a timeout may stand as 504 in
an answer with status 200. Not verified: what the first version answers for an unknown task (2013 is taken for it), and
that relays serve the free list of tasks of the second version, which is what `probe` asks for. There is no idempotency,
no place for our token, no seed and no switch for sound: the second version always makes it, the first never.

A task's clip is found over the API (a file's id, a fresh address for each look); its public address lives for an hour
or so. The address that is written down is therefore the API's, and the key goes to it and not to the storage.

Options: ``omit`` (default empty) are fields of the order that the model does not take (``duration`` and ``resolution``
with S2V-01). ``extra`` (default ``{}``) is a JSON object of other fields, sent as they are: ``aigc_watermark``, and of
the first version ``prompt_optimizer`` and ``fast_pretreatment``.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any, ClassVar

from manju.domain.order import VideoRequest
from manju.errors import InputError, NoAnswerError, Refusal, RejectedError
from manju.net.client import Response
from manju.providers.answers import (
    MAYBE_ACCEPTED,
    accepted,
    check,
    look,
    member,
    rejected,
    task_failed,
    value_of,
    words,
)
from manju.providers.base import References
from manju.providers.files import data_uri, download
from manju.providers.shapes import ratio_of
from manju.providers.upstream import Accepted, Answer, Endpoint, Pending, Remote
from manju.providers.video import wire

_TIMEOUT = 1001
_WRONG = 2013
_REFUSALS: dict[int, Refusal] = {1000: "busy", 1001: "busy", 1013: "busy", 1024: "busy", 1033: "busy"}
_REFUSALS |= {1002: "rate", 1039: "rate", 1041: "rate", 1004: "auth", 2049: "auth", 1008: "credit", 2056: "credit"}
_REFUSALS |= {1026: "moderation", 1027: "moderation", _WRONG: "invalid"}
_RESOLUTIONS = ("512P", "720P", "768P", "1080P")
_RESOLUTIONS_2 = ("480P", "768P", "2K")
_RATIOS_2 = ("16:9", "9:16", "1:1", "4:3", "3:4", "21:9")


class MiniMaxVideos:
    """Tasks at ``{base_url}/v1/video_generation``; ``base_url`` is a host without a version."""

    orders: ClassVar[str] = "/v1/video_generation"
    omissible: ClassVar[tuple[str, ...]] = ("duration", "resolution")

    def __init__(self, endpoint: Endpoint) -> None:
        """
        Raises:
            InputError: an option is not what it must be.
        """
        self._endpoint = endpoint
        self._omit = endpoint.some("omit", self.omissible)
        self._extra = endpoint.extra()

    async def submit(self, request: VideoRequest, references: References, token: str) -> Accepted | Answer:
        body = {name: value for name, value in self._body(request, references).items() if name not in self._omit}
        body |= {"model": self._endpoint.model, **self._extra}
        response = await self._send("POST", self._endpoint.base_url + self.orders, body)
        code = _code(value_of(response))
        if code == _TIMEOUT or response.status in MAYBE_ACCEPTED:
            raise NoAnswerError("MiniMax gave up waiting and did not say whether it took the order")
        if code:
            raise rejected(response, _REFUSALS.get(code, "busy"), self._endpoint.key)
        return accepted(member(check(response, submit=True, secret=self._endpoint.key).json(), "task_id"))

    async def poll(self, upstream_id: str) -> Pending | Answer:
        task = await self._look(f"{self._endpoint.base_url}/v1/query/video_generation?task_id={wire.part(upstream_id)}")
        match task.get("status"):
            case "Fail":
                raise task_failed(str(member(task, "base_resp", "status_msg") or ""), _failure(_code(task)))
            case "Success":
                file = task.get("file_id")
                if not isinstance(file, str | int) or not file:
                    raise RejectedError("MiniMax's task succeeded without a clip", refusal="no_result")
                url = f"{self._endpoint.base_url}/v1/files/retrieve?file_id={wire.part(str(file))}"
                return Answer((Remote("main", url, ".mp4"),))
            case status:
                return Pending(started=status not in ("Preparing", "Queueing"))

    async def fetch(self, file: Remote) -> bytes:
        if self._endpoint.owns(file.url):
            url = self._storage(await self._look(file.url))
            if not isinstance(url, str) or not url:
                raise RejectedError("MiniMax gives no address for the clip", refusal="no_result")
            file = replace(file, url=url)
        return await download(self._endpoint, file)

    async def probe(self) -> None:
        url = f"{self._endpoint.base_url}/v2/query/video_generation?page_num=1&page_size=1"
        response = await self._send("GET", url)
        if code := _code(value_of(response)):
            raise rejected(response, _REFUSALS.get(code, "busy"), self._endpoint.key)
        check(response, secret=self._endpoint.key).json()

    async def _send(self, method: str, url: str, body: dict[str, Any] | None = None) -> Response:
        headers = {"Authorization": f"Bearer {self._endpoint.key}"}
        response = await self._endpoint.http.send(method, url, headers=headers, json=body, read_s=self._endpoint.read_s)
        if response.status == 200 and member(value_of(response), "error"):  # the second version does that at times
            return replace(response, status=_number(member(value_of(response), "error", "http_code")) or 500)
        return response

    async def _look(self, url: str) -> dict[str, Any]:
        """What the API says of a task or a file.

        Raises:
            as `look`; ``moderation`` where a refusal of the content is all that it says of a task.
        """
        response = await self._send("GET", url)
        body = value_of(response)
        code = _code(body)
        if not code or member(body, "status") == "Fail":
            return look(response, self._endpoint.key)
        refusal = _REFUSALS.get(code, "busy")
        if code == _WRONG or "not found" in words(response).lower():
            refusal = "gone"
        raise rejected(response, refusal, self._endpoint.key)

    def _storage(self, found: dict[str, Any]) -> Any:
        return member(found, "file", "download_url")

    def _body(self, request: VideoRequest, references: References) -> dict[str, Any]:
        if any(each.role in wire.PICTURES and each.role != "character" for each in request.references):
            raise InputError("MiniMax takes pictures of a character only", hint="Leave other references out.")
        if request.audio:
            raise InputError("this video model makes no sound", hint="Ask for the clip without audio.")
        given = wire.material(request, references, (wire.FIRST, wire.LAST, "reference"))
        wire.check_frames(given)
        if len(given.pictures) > 1:
            raise InputError("MiniMax takes one picture of a character", hint="Leave out all but one.")
        if not given.first:  # a clip with frames has the shape of its first
            ratio_of(request, ("16:9",))
        body: dict[str, Any] = {
            "prompt": request.prompt,
            "duration": wire.whole_seconds(request),
            "resolution": wire.resolution_of(request, _RESOLUTIONS),
        }
        body |= {f"{role}_image": data_uri(data) for role, data in _frames(given) if data}
        if given.pictures:
            body["subject_reference"] = [{"type": "character", "image": [data_uri(given.pictures[0])]}]
        return body


class MiniMaxVideos2(MiniMaxVideos):
    """Tasks at ``{base_url}/v2/video_generation``: references of all kinds, sound, and errors with a real status."""

    orders = "/v2/video_generation"
    omissible = ("duration", "resolution", "ratio")

    async def poll(self, upstream_id: str) -> Pending | Answer:
        url = f"{self._endpoint.base_url}/v2/query/video_generation/{wire.part(upstream_id)}"
        task = member(await self._look(url), "task")
        match member(task, "status"):
            case "failed" | "cancelled" | "expired" as status:
                code, said = member(task, "error", "code"), member(task, "error", "message")
                raise task_failed(str(said or f"it is {status}"), _failure(_number(code) or _number(said)))
            case "succeeded":
                if not member(task, "content", "url"):
                    raise RejectedError("MiniMax's task succeeded without a clip", refusal="no_result")
                seconds = member(task, "usage", "total_seconds")
                units = {"seconds": float(seconds)} if isinstance(seconds, int | float) else {}
                return Answer((Remote("main", url, ".mp4"),), model=str(member(task, "model") or ""), units=units)
            case status:
                return Pending(started=status != "queued")

    def _storage(self, found: dict[str, Any]) -> Any:
        return member(found, "task", "content", "url")

    def _body(self, request: VideoRequest, references: References) -> dict[str, Any]:
        given = wire.material(request, references, (wire.FIRST, wire.LAST, "reference", "video", "audio"))
        wire.check_frames(given, alone=True)
        if given.sounds and not (given.pictures or given.clips):
            raise InputError("MiniMax takes a sound only with a picture or clip", hint="Give one of them too.")
        content: list[dict[str, Any]] = [{"type": "text", "text": request.prompt}]
        kinds = [("image", role, data) for role, data in _frames(given) if data]
        kinds += [("image", "reference_image", data) for data in given.pictures]
        kinds += [("video", "reference_video", data) for data in given.clips]
        kinds += [("audio", "reference_audio", data) for data in given.sounds]
        for kind, role, data in kinds:
            content.append({"type": f"{kind}_url", f"{kind}_url": {"url": data_uri(data)}, "role": role})
        body: dict[str, Any] = {
            "content": content,
            "duration": wire.whole_seconds(request),
            "resolution": wire.resolution_of(request, _RESOLUTIONS_2),
        }
        if not (given.first or given.last):  # a clip with frames has their shape
            body["ratio"] = ratio_of(request, _RATIOS_2)
        return body


def _frames(given: wire.Material) -> tuple[tuple[str, bytes], ...]:
    return ((wire.FIRST, given.first), (wire.LAST, given.last))


def _code(body: Any) -> int | None:
    """``base_resp.status_code``, or the ``(2013)`` at the end of an error's message; None or 0 for success."""
    return _number(member(body, "base_resp", "status_code")) or _number(member(body, "error", "message"))


def _number(value: Any) -> int | None:
    """A code: a number, digits, or digits in brackets at the end of a message."""
    if isinstance(value, str):
        found = re.search(r"^(\d+)$|\((\d+)\)$", value.strip())
        return int(found[1] or found[2]) if found else None
    return value if isinstance(value, int) else None


def _failure(code: int | None) -> Refusal | None:
    return "moderation" if code and _REFUSALS.get(code) == "moderation" else None
