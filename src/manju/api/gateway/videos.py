"""``/v2/videos/generations`` to the letter of seed 000 and research/relay-gateway.md §1, and ``/v1/videos`` as a second
view of the same tasks (OpenAI's form, which outlived its author's API).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse, RedirectResponse, Response
from pydantic import BaseModel, ConfigDict, Field

from manju.api.gateway.context import Relay, caller, relay
from manju.api.gateway.errors import body as problem_body
from manju.api.gateway.sizes import clip_size
from manju.domain.key import ApiKey
from manju.domain.order import OrderState, Reference, VideoRequest
from manju.errors import InputError, NotFoundError
from manju.gateway.desk import Task

router = APIRouter(tags=["videos"])
Key = Annotated[ApiKey, Depends(caller)]
Parts = Annotated[Relay, Depends(relay)]
SECONDS = 10
_STATUS = {
    OrderState.PLANNED: "NOT_START",
    OrderState.SUBMITTING: "NOT_START",
    OrderState.SUBMITTED: "IN_PROGRESS",
    OrderState.UNKNOWN: "IN_PROGRESS",
    OrderState.SUCCEEDED: "SUCCESS",
    OrderState.FAILED: "FAILURE",
}
"""The wire sees four states. An order in doubt has not failed: a client that ordered it again would pay twice."""
_VIDEO = {"NOT_START": "queued", "IN_PROGRESS": "in_progress", "SUCCESS": "completed", "FAILURE": "failed"}


class VideoBody(BaseModel):
    """Every field of the family. What is not of the order itself goes to the vendor as it is, if it takes it."""

    model_config = ConfigDict(extra="allow")
    prompt: str = Field(min_length=1, max_length=32_000)
    model: str = Field(min_length=1)
    images: list[str] = Field(default_factory=list, max_length=14)
    aspect_ratio: str | None = None
    hd: bool = False
    duration: str | int | float | None = None
    notify_hook: str | None = None
    watermark: bool | None = None
    private: bool | None = None
    seed: int | None = Field(default=None, ge=0)
    character_url: str | None = None
    character_timestamps: str | None = None
    enhance_prompt: bool | None = None
    enable_upsample: bool | None = None

    def order(self, references: tuple[Reference, ...]) -> VideoRequest:
        """The order.

        Raises:
            InputError: its ratio or length cannot be understood.
        """
        width, height = clip_size(self.aspect_ratio, hd=self.hd)
        return VideoRequest(
            prompt=self.prompt,
            width=width,
            height=height,
            duration_ms=_milliseconds(self.duration),
            references=references,
            seed=self.seed or 0,
        )


@router.post("/v2/videos/generations")
async def submit(body: VideoBody, key: Key, parts: Parts, request: Request) -> JSONResponse:
    """Order a clip; the answer is the task's id."""
    wanted = body.order(references_of([await parts.inputs.picture(each) for each in body.images]))
    task = await parts.desk.place(key, body.model, wanted, idempotency=request.headers.get("idempotency-key", ""))
    effective = parts.gateway.effective(body.model, wanted)
    headers = {"x-manju-model": effective.model}
    if effective.changed:
        headers["x-manju-effective"] = ",".join(f"{name}={value}" for name, value in effective.changed.items())
    return JSONResponse({"task_id": task}, headers=headers)


@router.get("/v2/videos/generations/{task_id}")
async def query(task_id: str, key: Key, parts: Parts) -> JSONResponse:
    """How a task stands: 200 for every task that is known, whatever became of it."""
    try:
        task = await parts.desk.look(key, task_id)
    except NotFoundError as error:
        return problem_body(404, "invalid_request_error", "task_not_found", f"{error.message} {error.hint}")
    status = _STATUS[task.state]
    answer: dict[str, Any] = {
        "task_id": task.id,
        "platform": "manju",
        "action": "videos-generations",
        "status": status,
        "fail_reason": _fail_reason(task),
        "submit_time": _seconds(task.created_at),
        "start_time": _seconds(task.created_at) if status != "NOT_START" else 0,
        "finish_time": _seconds(task.finished_at) if task.finished_at else 0,
        "progress": _progress(task),
        "model": task.facts.get("upstream_model", task.model),
        "search_item": "",
    }
    if task.state is OrderState.UNKNOWN:
        answer["state"] = task.state.value
    if status == "SUCCESS":
        answer["data"] = {"output": parts.url(task.artefacts[0])}
    return JSONResponse(answer)


@router.post("/v1/videos")
async def create(key: Key, parts: Parts, request: Request) -> JSONResponse:
    """Order a clip in OpenAI's form: multipart or JSON, ``prompt``, ``model``, ``seconds``, ``size``,
    ``input_reference``."""
    fields, picture = await _fields(parts, request)
    width, height = clip_size(None, hd=False, size=str(fields.get("size") or "720x1280"))
    prompt, model = str(fields.get("prompt") or ""), str(fields.get("model") or "sora-2")
    if not prompt:
        raise InputError("a clip needs a prompt", hint="Send the field prompt.")
    wanted = VideoRequest(
        prompt=prompt,
        width=width,
        height=height,
        duration_ms=_milliseconds(fields.get("seconds") or "4"),
        references=() if picture is None else (Reference(sha256=picture, role="first_frame"),),
    )
    task = await parts.desk.place(key, model, wanted, idempotency=request.headers.get("idempotency-key", ""))
    return JSONResponse(_video(parts, await parts.desk.look(key, task), model))


@router.get("/v1/videos/{task_id}")
async def retrieve(task_id: str, key: Key, parts: Parts) -> JSONResponse:
    """A task in OpenAI's form."""
    return JSONResponse(_video(parts, await parts.desk.look(key, task_id)), headers={"openai-poll-after-ms": "2000"})


@router.get("/v1/videos/{task_id}/content")
async def content(task_id: str, key: Key, parts: Parts) -> Response:
    """The clip itself, by a redirect to its stable address."""
    task = await parts.desk.look(key, task_id)
    if task.state is not OrderState.SUCCEEDED:
        return problem_body(404, "invalid_request_error", "not_ready", f"the clip is not there: {_STATUS[task.state]}")
    return RedirectResponse(parts.url(task.artefacts[0]), 302)


async def _fields(parts: Relay, request: Request) -> tuple[dict[str, Any], str | None]:
    if request.headers.get("content-type", "").startswith("application/json"):
        given = await request.json()
        if not isinstance(given, dict):
            raise InputError("the body must be a JSON object", hint="See /docs.")
        reference = given.get("input_reference")
        url = reference.get("image_url") if isinstance(reference, dict) else reference
        return given, await parts.inputs.picture(url) if isinstance(url, str) else None
    async with request.form(max_files=4, max_part_size=32 << 20) as form:
        fields: dict[str, Any] = {}
        picture: str | None = None
        for name, value in form.multi_items():
            if name.startswith("input_reference"):
                picture = await (
                    parts.inputs.picture(value) if isinstance(value, str) else parts.inputs.keep(await value.read())
                )
            else:
                fields[name] = value if isinstance(value, str) else (await value.read()).decode("utf-8", "replace")
        return fields, picture


def references_of(digests: Sequence[str]) -> tuple[Reference, ...]:
    """The declared rule for a bare list: one picture is the first frame, two are the first and the last, more are
    references."""
    roles = {1: ["first_frame"], 2: ["first_frame", "last_frame"]}.get(len(digests), ["reference"] * len(digests))
    return tuple(Reference(sha256=each, role=role) for each, role in zip(digests, roles, strict=True))


def _milliseconds(duration: Any) -> int:
    try:
        seconds = float(SECONDS if duration in (None, "") else str(duration).rstrip("s "))
    except ValueError as error:
        raise InputError(f"duration {duration!r} is not a number of seconds", hint='Write for example "10".') from error
    if not 0.5 <= seconds <= 60:
        raise InputError(f"a clip of {seconds:g} s cannot be made", hint="Ask for 1 to 60 seconds.")
    return round(seconds * 1000)


def _video(parts: Relay, task: Task, model: str = "") -> dict[str, Any]:
    status = _VIDEO[_STATUS[task.state]]
    request = task.request
    failed = {"code": str(task.error.get("refusal") or "failed"), "message": _fail_reason(task)}
    return {
        "id": task.id,
        "object": "video",
        "status": status,
        "progress": int(_progress(task).rstrip("%")),
        "created_at": _seconds(task.created_at),
        "completed_at": _seconds(task.finished_at) if task.finished_at and status == "completed" else None,
        "expires_at": None,
        "error": failed if status == "failed" else None,
        "model": model or task.model,
        "seconds": f"{request['duration_ms'] / 1000:g}",
        "size": f"{request['width']}x{request['height']}",
        "prompt": request["prompt"],
        "remixed_from_video_id": None,
    }


def _fail_reason(task: Task) -> str:
    if task.state is OrderState.UNKNOWN:
        return "the order was sent and its answer was lost; it is not sent again by itself"
    return str(task.error.get("message", "")) if task.state is OrderState.FAILED else ""


def _progress(task: Task) -> str:
    ended = task.state in (OrderState.SUCCEEDED, OrderState.FAILED)
    return "100%" if ended else f"{min(99, int(task.progress * 100))}%"


def _seconds(moment: Any) -> int:
    return int(moment.timestamp())
