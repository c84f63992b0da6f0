"""Clips from Alibaba Cloud Model Studio (百炼, DashScope): Wan.

Sources: help.aliyun.com (model-studio) image-to-video-general-api-reference (Wan 2.7, 2026-04),
wan3-video-generation-api-reference (2026-10-15), manage-asynchronous-tasks and error-code; read against
swf-cmd/videogen docs/providers/dashscope.md (2026-10-08) and vercel/ai packages/alibaba. This is the protocol with
``input.media`` of Wan 2.7 and later; the older one (``img_url``, ``size``) is not spoken. Frames may be ``data:``
addresses; that reference pictures may be too is not in the documentation, only in others' tests. Reference clips and
sounds must be public addresses, so they are refused here. There is no idempotency and no place for our token. Tasks and
addresses last 24 hours, and an older task looks like one that never was. A host without a path gets ``/api/v1``.

Options: ``omit`` (default empty) are fields that the model does not take, of ``audio`` (Wan 2.7 has no such switch),
``ratio`` and ``seed``. ``extra`` (default ``{}``) is a JSON object of other ``parameters``, sent as they are:
``prompt_extend``, ``watermark``.
"""

from __future__ import annotations

from typing import Any

from manju.domain.order import VideoRequest
from manju.errors import Refusal, RejectedError
from manju.net.client import Response
from manju.providers.answers import accepted, check, look, member, rejected, task_failed, value_of
from manju.providers.base import References
from manju.providers.files import data_uri, download
from manju.providers.shapes import ratio_of
from manju.providers.upstream import Accepted, Answer, Endpoint, Pending, Remote, address
from manju.providers.video import wire

_VERSION = "api/v1"
_ORDERS = "/services/aigc/video-generation/video-synthesis"
_TASKS = "/tasks"
_RATIOS = ("16:9", "9:16", "1:1", "4:3", "3:4")
_RESOLUTIONS = ("480P", "720P", "1080P")
_REFUSALS: tuple[tuple[str, Refusal], ...] = (
    ("invalidparameter", "invalid"),  # also InvalidParameter.DataInspection: a file that cannot be inspected
    ("datainspection", "moderation"),
    ("throttling", "rate"),  # before the words: Throttling.AllocationQuota is no empty account
    ("serviceoverloaded", "rate"),
    ("resourceexhausted", "rate"),
    ("arrearage", "credit"),
    ("billoverdue", "credit"),
    ("notpurchased", "credit"),
    ("unpurchased", "credit"),
    ("insufficientbalance", "credit"),
    ("freetieronly", "credit"),
    ("invalidapikey", "auth"),
    ("accessdenied", "auth"),
)
"""Parts of error codes (lower case), the first that fits counts; the HTTP status says the rest."""


class DashScopeVideos:
    """Tasks at ``{base_url}/api/v1/tasks``."""

    def __init__(self, endpoint: Endpoint) -> None:
        """
        Raises:
            InputError: an option is not what it must be.
        """
        self._endpoint = endpoint
        self._omit = endpoint.some("omit", ("resolution", "duration", "audio", "seed", "ratio"))
        self._extra = endpoint.extra()

    async def submit(self, request: VideoRequest, references: References, token: str) -> Accepted | Answer:
        body = self._body(request, references)
        # Without this header the API tries to answer at once, which video models refuse.
        response = await self._send("POST", _ORDERS, body, {"X-DashScope-Async": "enable"})
        if refusal := _refusal(response):
            raise rejected(response, refusal, self._endpoint.key)
        return accepted(member(check(response, submit=True, secret=self._endpoint.key).json(), "output", "task_id"))

    async def poll(self, upstream_id: str) -> Pending | Answer:
        response = await self._send("GET", f"{_TASKS}/{wire.part(upstream_id)}")
        if (refusal := _refusal(response)) in ("auth", "credit", "rate"):
            raise rejected(response, refusal, self._endpoint.key)
        task = look(response, self._endpoint.key)
        output = member(task, "output")
        match member(output, "task_status"):
            case "SUCCEEDED":
                return _answer(task)
            case "FAILED" | "CANCELED" as status:
                code, message = (str(member(output, name) or "") for name in ("code", "message"))
                raise task_failed(f"{code} {message}".strip() or f"it is {status}", _failure(code))
            case "UNKNOWN":
                raise RejectedError("DashScope does not know the task, or it is older than 24 hours", refusal="gone")
            case status:
                return Pending(started=status != "PENDING")

    async def fetch(self, file: Remote) -> bytes:
        return await download(self._endpoint, file)

    async def probe(self) -> None:
        response = await self._send("GET", f"{_TASKS}/?page_no=1&page_size=1")
        if refusal := _refusal(response):
            raise rejected(response, refusal, self._endpoint.key)
        check(response, secret=self._endpoint.key).json()

    async def _send(
        self, method: str, path: str, body: dict[str, Any] | None = None, headers: dict[str, str] | None = None
    ) -> Response:
        return await self._endpoint.http.send(
            method,
            address(self._endpoint.base_url, _VERSION, path),
            headers={"Authorization": f"Bearer {self._endpoint.key}", **(headers or {})},
            json=body,
            read_s=self._endpoint.read_s,
        )

    def _body(self, request: VideoRequest, references: References) -> dict[str, Any]:
        given = wire.material(request, references, (wire.FIRST, wire.LAST, "reference"))
        wire.check_frames(given)
        pictures = [(wire.FIRST, given.first), (wire.LAST, given.last)]
        pictures += [("reference_image", data) for data in given.pictures]
        media = [{"type": kind, "url": data_uri(data)} for kind, data in pictures if data]
        parameters: dict[str, Any] = {
            "resolution": wire.resolution_of(request, _RESOLUTIONS),
            "duration": wire.whole_seconds(request),
            "audio": request.audio,
            "seed": wire.seed(request),
        }
        if not given.first:  # a clip with frames has the shape of its first
            parameters["ratio"] = ratio_of(request, _RATIOS)
        parameters = {name: value for name, value in parameters.items() if name not in self._omit} | self._extra
        content: dict[str, Any] = {"prompt": request.prompt}
        if media:
            content["media"] = media
        return {"model": self._endpoint.model, "input": content, "parameters": parameters}


def _answer(task: dict[str, Any]) -> Answer:
    url = member(task, "output", "video_url")
    if not isinstance(url, str) or not url:
        raise RejectedError("DashScope's task succeeded without a clip", refusal="no_result")
    seconds = member(task, "usage", "duration")
    units = {"seconds": float(seconds)} if isinstance(seconds, int | float) else {}
    return Answer((Remote("main", url, ".mp4"),), units=units)


def _refusal(response: Response) -> Refusal | None:
    """What the error code of an answer stands for; None where there is none that decides."""
    return _named(str(member(value_of(response), "code") or ""))


def _named(code: str) -> Refusal | None:
    return next((refusal for part, refusal in _REFUSALS if part in code.lower()), None)


def _failure(code: str) -> Refusal | None:
    """Why a task failed, if its order was at fault; all else is upstream's own trouble."""
    refusal = _named(code)
    return refusal if refusal in ("moderation", "invalid") else None
