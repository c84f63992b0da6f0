"""Clips from Kling (可灵) over its own API: text to video, and image to video with a first and a last frame.

Sources (read 2026-11-20): Kling's document-api, general information, error codes, text to video and image to video, in
the copies WHQ25/rawgenai ``docs/research/kling`` (Chinese) and inference-sh/grid ``api/klingai/docs`` (English), which
agree. Our token is ``external_task_id``: it must be unique in an account, and a task can be looked up by it in place of
its own id. A second order with the same one is refused with 400 and code 1201; that is not in the documentation, but
two public programs count on it, so after such a refusal the token is looked up. A clip from a picture has the
picture's shape: there is no ``aspect_ratio``. The newer formats (Kling 3.0 Turbo, 4.0: ``contents`` and ``settings``),
references and the omni-video paths are not spoken here.

The key is ``ACCESS_KEY:SECRET_KEY`` and is signed into a short-lived token; a key without a colon is sent as it is
(relays that speak Kling's format; that such a one does not find a token proves nothing). Options: ``modes`` (default
``720p=std,1080p=pro``; empty for models without) gives the mode of each resolution. ``audio`` (default ``true``) says
whether the model takes ``sound``; before 2.6 none does. ``extra`` (default ``{}``) is a JSON object of other fields,
sent as they are: ``negative_prompt``, ``cfg_scale``, ``camera_control``, ``watermark_info``.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from typing import Any

from manju.domain.order import VideoRequest
from manju.errors import InputError, NoAnswerError, NotSentError, Refusal, RejectedError
from manju.net.client import Response
from manju.providers.answers import accepted, check, look, member, nothing, number, retry_after, task_failed, words
from manju.providers.base import References
from manju.providers.files import download, media_type
from manju.providers.shapes import ratio_of
from manju.providers.upstream import Accepted, Answer, Endpoint, Pending, Remote, address
from manju.providers.video import wire

_TEXT, _IMAGE = "text2video", "image2video"
_RATIOS = ("16:9", "9:16", "1:1")
_VALID_S = 1800
_SLACK_S = 5
_NO_SUCH = 1203
_TIMED_OUT = 5002
_REFUSALS: dict[int, Refusal] = {
    **dict.fromkeys((1000, 1001, 1002, 1003, 1004, 1100, 1103, 1304), "auth"),
    **dict.fromkeys((1101, 1102), "credit"),
    **dict.fromkeys((1200, 1201, 1202, _NO_SUCH), "invalid"),
    **dict.fromkeys((1300, 1301), "moderation"),
    **dict.fromkeys((1302, 1303), "rate"),
    **dict.fromkeys((5000, 5001, _TIMED_OUT), "busy"),
}
"""Kling's service codes: they come with an HTTP status, and at times inside a 200."""


class KlingVideos:
    """Tasks at ``/v1/videos``. A task's id is written down with its path, ``text2video/…``."""

    def __init__(self, endpoint: Endpoint) -> None:
        """
        Raises:
            InputError: an option is not what it must be.
        """
        self._endpoint = endpoint
        self._audio = endpoint.flag("audio") is not False
        self._extra = endpoint.extra()
        pairs = [each.partition("=") for each in endpoint.listed("modes", "720p=std,1080p=pro")]
        self._modes = {resolution: mode for resolution, _, mode in pairs}
        if not all(mode and wire.side(resolution) for resolution, mode in self._modes.items()):
            raise InputError("the channel's option modes is wrong", hint="Write it as 720p=std,1080p=pro.")

    async def submit(self, request: VideoRequest, references: References, token: str) -> Accepted | Answer:
        given = wire.material(request, references, (wire.FIRST, wire.LAST))
        kind = _IMAGE if given.first or given.last else _TEXT
        body = {**self._body(request), **_frames(given), "external_task_id": token}
        if kind == _TEXT:
            body["aspect_ratio"] = ratio_of(request, _RATIOS)
        try:
            task = accepted(*await self._asked("POST", kind, body | self._extra))
        except RejectedError as error:
            if error.refusal == "invalid" and (known := await self._already(kind, token)) is not None:
                return known
            raise
        return Accepted(f"{kind}/{task.upstream_id}")

    async def find(self, request: VideoRequest, token: str) -> Accepted | None:
        framed = any(each.role in (wire.FIRST, wire.LAST) for each in request.references)
        try:
            return await self._ordered(_IMAGE if framed else _TEXT, token)
        except RejectedError as error:
            if error.refusal == "gone" and ":" in self._endpoint.key:
                return None
            raise

    async def poll(self, upstream_id: str) -> Pending | Answer:
        kind, slash, task = upstream_id.partition("/")
        if slash:
            return await self._look(kind, task)
        try:  # an id that a person has copied says nothing of its path
            return await self._look(_TEXT, upstream_id)
        except RejectedError as error:
            if error.refusal != "gone":
                raise
            return await self._look(_IMAGE, upstream_id)

    async def _ordered(self, kind: str, token: str) -> Accepted:
        """The task that was ordered with a token."""
        task = accepted(member(await self._seen(kind, token), "data", "task_id"))
        return Accepted(f"{kind}/{task.upstream_id}")

    async def _already(self, kind: str, token: str) -> Accepted | None:
        """As `_ordered`, when an order was refused; None: that was not because there is one.

        Raises:
            NoAnswerError: it cannot be seen whether it was.
        """
        try:
            return await self._ordered(kind, token)
        except (NotSentError, RejectedError) as error:
            if isinstance(error, RejectedError) and error.refusal == "gone":
                return None
            raise NoAnswerError(f"Kling may have the order already: {error.message}") from error

    async def _look(self, kind: str, task: str) -> Pending | Answer:
        body = await self._seen(kind, task)
        match member(body, "data", "task_status"):
            case "failed":
                raise task_failed(str(member(body, "data", "task_status_msg") or ""))
            case "succeed":
                return _answer(body)
            case status:
                return Pending(started=status != "submitted")

    async def _seen(self, kind: str, task: str) -> dict[str, Any]:
        """What Kling says of a task, by its id or our token."""
        sent = self._token()
        url = f"{self._url(wire.part(kind))}/{wire.part(task)}"
        response = await self._endpoint.http.send("GET", url, headers=_bearing(sent), read_s=self._endpoint.read_s)
        body = look(response, sent)
        if (code := body.get("code")) not in (0, None):
            message = f"Kling refused a look: {words(response, sent)}"
            refusal = _REFUSALS.get(code, "busy") if isinstance(code, int) else "busy"
            told: Refusal = refusal if refusal in ("auth", "credit", "rate") else "busy"
            raise RejectedError(message, refusal="gone" if code == _NO_SUCH else told)
        return body

    async def fetch(self, file: Remote) -> bytes:
        return await download(self._endpoint, file)

    async def probe(self) -> None:
        await self._asked("GET", f"{_TEXT}?pageNum=1&pageSize=1", None)

    async def _asked(self, method: str, path: str, body: dict[str, Any] | None) -> tuple[Any, str]:
        """The id of the task in a good answer, and what Kling said."""
        sent = self._token()
        response = await self._endpoint.http.send(
            method, self._url(path), headers=_bearing(sent), json=body, read_s=self._endpoint.read_s
        )
        said = words(response, sent)
        code = _code(response)
        if code == _TIMED_OUT:
            raise NoAnswerError("Kling timed out over the order")
        if code in _REFUSALS:
            message = f"Kling answered {response.status}: {said}"
            raise RejectedError(message, refusal=_REFUSALS[code], retry_after=retry_after(response))
        return member(check(response, submit=True, secret=sent).json(), "data", "task_id"), said

    def _url(self, path: str) -> str:
        return address(self._endpoint.base_url, "v1", f"/videos/{path}")

    def _token(self) -> str:
        access, colon, secret = self._endpoint.key.partition(":")
        return signed(access, secret, int(time.time())) if colon else access

    def _body(self, request: VideoRequest) -> dict[str, Any]:
        if request.audio and not self._audio:
            raise InputError("this video model makes no sound", hint="Ask for the clip without audio.")
        body = {
            "model_name": self._endpoint.model,
            "prompt": request.prompt,
            "duration": str(wire.whole_seconds(request)),
        }
        if self._modes:
            body["mode"] = self._modes[wire.resolution_of(request, tuple(self._modes))]
        if self._audio:
            body["sound"] = "on" if request.audio else "off"
        return body


def signed(access: str, secret: str, now: int) -> str:
    """The token (JWT, HS256) that Kling wants, valid for half an hour from ``now`` in Unix seconds."""

    def part(value: bytes) -> bytes:
        return base64.urlsafe_b64encode(value).rstrip(b"=")

    claims = {"iss": access, "exp": now + _VALID_S, "nbf": now - _SLACK_S}
    head = b".".join(
        part(json.dumps(each, separators=(",", ":")).encode()) for each in ({"alg": "HS256", "typ": "JWT"}, claims)
    )
    return b".".join((head, part(hmac.new(secret.encode(), head, hashlib.sha256).digest()))).decode()


def _frames(given: wire.Material) -> dict[str, str]:
    """First and last frame as bare base64: Kling refuses ``data:`` addresses, and takes PNG and JPEG only."""
    frames = {"image": given.first, "image_tail": given.last}
    for data in frames.values():
        if data and media_type(data) not in ("image/png", "image/jpeg"):
            raise InputError("Kling takes frames as PNG or JPEG", hint="Give a picture of one of these types.")
    return {name: base64.b64encode(data).decode() for name, data in frames.items() if data}


def _bearing(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _code(response: Response) -> int:
    """The service code of an answer; 0 if there is none."""
    try:
        code = member(response.json(), "code")
    except RejectedError:
        return 0
    return code if isinstance(code, int) else 0


def _answer(body: dict[str, Any]) -> Answer:
    clip = member(body, "data", "task_result", "videos", 0)
    url = member(clip, "url")
    if not isinstance(url, str) or not url:
        raise nothing("a clip in a task that succeeded")
    seconds = number(member(clip, "duration"))
    found = {"seconds": seconds, "units": number(member(body, "data", "final_unit_deduction"))}
    units = {name: value for name, value in found.items() if value is not None}
    return Answer(
        (Remote("main", url, ".mp4"),), {"duration_ms": round(seconds * 1000)} if seconds else {}, units=units
    )
