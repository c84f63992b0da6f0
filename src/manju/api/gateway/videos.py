"""``/v2/videos/generations`` to the letter of seed 000 and research/relay-gateway.md §1, and ``/v1/videos`` as a second
view of the same tasks (OpenAI's form, which outlived its author's API).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, field_validator

from manju.api.gateway.context import Relay, Wish, caller, relay, told
from manju.api.gateway.errors import FINAL, sentences
from manju.api.gateway.errors import body as problem_body
from manju.api.gateway.images import Pictures
from manju.api.gateway.inputs import checked, field, json_object
from manju.api.gateway.sizes import clip_size
from manju.api.media import stored_file
from manju.domain.key import ApiKey
from manju.domain.order import OrderState, Reference, VideoRequest
from manju.errors import FieldError, InputError, NotFoundError
from manju.gateway.tasks import Task

router = APIRouter(tags=["videos"])
Key = Annotated[ApiKey, Depends(caller)]
Parts = Annotated[Relay, Depends(relay)]
SECONDS = 10
_STATUS = {
    OrderState.PLANNED: "NOT_START",
    OrderState.SUBMITTING: "IN_PROGRESS",
    OrderState.SUBMITTED: "IN_PROGRESS",
    OrderState.UNKNOWN: "IN_PROGRESS",
    OrderState.SUCCEEDED: "SUCCESS",
    OrderState.FAILED: "FAILURE",
}
"""The wire sees four states. Offline models and vendors that answer at once are at work while it is being sent. An
order in doubt has not failed: a client that ordered it again would pay twice."""
EXTRAS = ("watermark", "private", "character_url", "character_timestamps", "enhance_prompt", "enable_upsample")
_VIDEO = {"NOT_START": "queued", "IN_PROGRESS": "in_progress", "SUCCESS": "completed", "FAILURE": "failed"}


class VideoBody(BaseModel):
    """Every field of the family. What is not of the order itself goes to the vendor as it is, if it takes it."""

    model_config = ConfigDict(extra="allow")
    prompt: str = Field(min_length=1, max_length=32_000)
    model: str = Field(min_length=1)
    images: Pictures = None
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

    @field_validator("hd", mode="before")
    @classmethod
    def _plain(cls, value: object) -> object:
        return False if value is None else value

    def extras(self) -> dict[str, Any]:
        """The fields that have a meaning for some relays only."""
        return {name: value for name in EXTRAS if (value := getattr(self, name)) is not None}

    def order(self, references: tuple[Reference, ...], extras: Mapping[str, Any] | None = None) -> VideoRequest:
        """The order. ``extras``: those of its `extras` that are to go with it.

        Raises:
            InputError: its ratio or length cannot be understood.
        """
        width, height = clip_size(self.aspect_ratio, hd=self.hd)
        return VideoRequest(
            prompt=self.prompt,
            width=width,
            height=height,
            duration_ms=_milliseconds(self.duration, "duration"),
            references=references,
            seed=self.seed or 0,
            extras=extras or {},
        )


class CreateBody(BaseModel):
    """OpenAI's fields."""

    model_config = ConfigDict(extra="allow")
    prompt: str = Field(min_length=1, max_length=32_000)
    model: str = Field(default="sora-2", min_length=1)
    seconds: str | int | float = "4"
    size: str = "720x1280"


@router.post("/v2/videos/generations")
async def submit(body: VideoBody, key: Key, parts: Parts, request: Request) -> JSONResponse:
    """Order a clip; the answer is the task's id. ``notify_hook`` is told the task as the query shows it, once it has
    ended."""
    if body.notify_hook:
        parts.hooks.check(body.notify_hook, parts.public_url)
    extras = body.extras() if _by_relay(parts, body.model) else {}
    with field("images"):
        given = [await parts.picture(each) for each in body.images or ()]
    wanted = body.order(references_of(given), extras)
    wish = await Wish.of(request)
    async with parts.hooks.promised(key, body.notify_hook or "", "video", parts.public_url) as note:
        task = await parts.tasks.place(
            key, body.model, wanted, idempotency=wish.idempotency, retried=wish.retried, noted=note
        )
        await note(task)
    return JSONResponse({"task_id": task}, headers=_told(parts, body.model, wanted, task, body))


@router.get("/v2/videos/generations/{task_id}")
async def query(task_id: str, key: Key, parts: Parts) -> JSONResponse:
    """How a task stands: 200 for every task that is known, whatever became of it."""
    try:
        return JSONResponse(await shown_task(task_id, key, parts))
    except NotFoundError as error:
        said = sentences(error.message, error.hint)
        return problem_body(404, "invalid_request_error", "task_not_found", said, headers=FINAL)


async def shown_task(task_id: str, key: ApiKey, parts: Relay) -> dict[str, Any]:
    """A task in the relays' form.

    Raises:
        NotFoundError: the key has placed no such order.
    """
    task = await _clip(parts, key, task_id)
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
        "data": {"output": parts.url(task.artefacts[0])} if status == "SUCCESS" else {},
        "model": _maker(task),
        "search_item": "",
    }
    if task.state is OrderState.UNKNOWN:
        answer["state"] = task.state.value
    return answer


@router.post("/v1/videos")
async def create(key: Key, parts: Parts, request: Request) -> JSONResponse:
    """Order a clip in OpenAI's form: multipart or JSON, ``prompt``, ``model``, ``seconds``, ``size``,
    ``input_reference``."""
    fields, pictures = await _fields(parts, request)
    body = checked(CreateBody, fields)
    width, height = clip_size(None, hd=False, size=body.size)
    wanted = VideoRequest(
        prompt=body.prompt,
        width=width,
        height=height,
        duration_ms=_milliseconds(body.seconds, "seconds"),
        references=references_of(pictures),
    )
    wish = await Wish.of(request)
    task = await parts.tasks.place(key, body.model, wanted, idempotency=wish.idempotency, retried=wish.retried)
    shown = _video(await parts.tasks.look(key, task))
    return JSONResponse(shown, headers=_told(parts, body.model, wanted, task, body))


@router.get("/v1/videos")
async def list_videos(
    key: Key,
    parts: Parts,
    after: str = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    order: Literal["asc", "desc"] = "desc",
) -> JSONResponse:
    """The key's clips, the newest first; ``after`` is the last one of the page before."""
    found = await parts.tasks.list(key, "video", after=after, limit=limit + 1, descending=order == "desc")
    data = [_video(task) for task in found[:limit]]
    ends = {"first_id": data[0]["id"], "last_id": data[-1]["id"]} if data else {"first_id": None, "last_id": None}
    return JSONResponse({"object": "list", "data": data, **ends, "has_more": len(found) > limit})


@router.get("/v1/videos/{task_id}")
async def retrieve(task_id: str, key: Key, parts: Parts) -> JSONResponse:
    """A task in OpenAI's form."""
    return JSONResponse(_video(await _clip(parts, key, task_id)), headers={"openai-poll-after-ms": "2000"})


@router.get("/v1/videos/{task_id}/content")
@router.head("/v1/videos/{task_id}/content", include_in_schema=False)
async def content(task_id: str, key: Key, parts: Parts, request: Request, variant: str = "video") -> Response:
    """The clip itself, with Range."""
    if variant != "video":
        raise InputError(f"there is no {variant[:50]!r} of a clip here", hint="Leave variant out for the clip itself.")
    task = await _clip(parts, key, task_id)
    if task.state is not OrderState.SUCCEEDED:
        said = f"the clip is not there: {_STATUS[task.state]}. {_fail_reason(task) or 'Ask again when it is done.'}"
        return problem_body(404, "invalid_request_error", "not_ready", said, headers=FINAL)
    main = task.artefacts[0]
    return stored_file(request, await parts.storage.path(main.path), main.sha256)


async def _clip(parts: Relay, key: ApiKey, task_id: str) -> Task:
    """
    Raises:
        NotFoundError: the key has placed no such order of a clip.
    """
    task = await parts.tasks.look(key, task_id)
    if task.request.get("modality") != "video":
        raise NotFoundError(f"there is no task of a clip {task_id[:100]!r}", hint="Ask for it where it was ordered.")
    return task


def _by_relay(parts: Relay, model: str) -> bool:
    """Whether a channel may serve it that speaks this very form, so that its own fields reach it."""
    served = parts.catalogue.served(model)
    return any(route.channel.vendor == "relay" for route in parts.catalogue.routes(served))


def _told(parts: Relay, model: str, wanted: VideoRequest, task: str, body: BaseModel) -> dict[str, str]:
    """See `told`."""
    effective = parts.gateway.effective(model, wanted)
    ignored = set(body.model_extra or ())
    if isinstance(body, VideoBody):
        ignored |= body.extras().keys() - wanted.extras.keys()
    return told(effective.model, task, ignored, effective.changed)


async def _fields(parts: Relay, request: Request) -> tuple[dict[str, Any], list[str]]:
    """The fields of an order in OpenAI's form, and the SHA-256 of its pictures."""
    if request.headers.get("content-type", "").startswith("application/json"):
        fields = await json_object(request)
        reference = fields.pop("input_reference", None)
        if isinstance(reference, dict):
            if reference.get("file_id"):
                message = "there are no uploaded files here"
                raise FieldError(message, param="input_reference", hint="Give the picture as image_url.")
            reference = reference.get("image_url")
        if reference is not None and not isinstance(reference, str):
            hint = 'Write {"image_url": "https://…"}.'
            raise FieldError("input_reference cannot be read", param="input_reference", hint=hint)
        with field("input_reference"):
            return fields, [await parts.picture(reference)] if reference else []
    async with request.form(max_files=4, max_part_size=32 << 20) as form:
        fields, pictures = {}, []
        for name, value in form.multi_items():
            if name.partition("[")[0] == "input_reference" and not name.endswith("[file_id]"):
                given = parts.picture(value) if isinstance(value, str) else parts.inputs.keep(await value.read())
                with field("input_reference"):
                    pictures.append(await given)
            else:
                fields[name] = value if isinstance(value, str) else (await value.read()).decode("utf-8", "replace")
        return fields, pictures


def references_of(digests: Sequence[str]) -> tuple[Reference, ...]:
    """The declared rule for a bare list: one picture is the first frame, two are the first and the last, more are
    references."""
    roles = {1: ["first_frame"], 2: ["first_frame", "last_frame"]}.get(len(digests), ["reference"] * len(digests))
    return tuple(Reference(sha256=each, role=role) for each, role in zip(digests, roles, strict=True))


def _milliseconds(duration: Any, param: str) -> int:
    try:
        seconds = float(SECONDS if duration in (None, "") else str(duration).rstrip("s "))
    except ValueError as error:
        message = f"{param} {duration!r} is not a number of seconds"
        raise FieldError(message, param=param, hint='Write for example "10".') from error
    if not 0.5 <= seconds <= 60:
        message = f"a clip of {seconds:g} s cannot be made"
        raise FieldError(message, param=param, hint="Ask for 1 to 60 seconds.")
    return round(seconds * 1000)


def _video(task: Task) -> dict[str, Any]:
    status = _VIDEO[_STATUS[task.state]]
    request = task.request
    # What was delivered may be shorter, and is what is charged.
    lasts = task.facts.get("duration_ms") or request["duration_ms"]
    failed = {"code": str(task.error.get("refusal") or "failed"), "message": _fail_reason(task)}
    answer = {
        "id": task.id,
        "object": "video",
        "status": status,
        "progress": int(_progress(task).rstrip("%")),
        "created_at": _seconds(task.created_at),
        "completed_at": _seconds(task.finished_at) if task.finished_at and status == "completed" else None,
        "expires_at": None,
        "error": failed if status == "failed" else None,
        "model": _maker(task),
        "seconds": f"{round(lasts / 1000, 1):g}",
        "size": f"{request['width']}x{request['height']}",
        "prompt": request["prompt"],
        "remixed_from_video_id": None,
    }
    return answer | ({"state": task.state.value} if task.state is OrderState.UNKNOWN else {})


def _maker(task: Task) -> str:
    """Who makes it, by the name that is known best."""
    return str(task.facts.get("upstream_model") or task.model)


def _fail_reason(task: Task) -> str:
    if task.state is OrderState.UNKNOWN:
        return "the order was sent and its answer was lost; it is not sent again by itself"
    return str(task.error.get("message", "")) if task.state is OrderState.FAILED else ""


def _progress(task: Task) -> str:
    ended = task.state in (OrderState.SUCCEEDED, OrderState.FAILED)
    return "100%" if ended else f"{min(99, int(task.progress * 100))}%"


def _seconds(moment: Any) -> int:
    return int(moment.timestamp())
