"""``POST /v1/images/generations`` and ``/v1/images/edits`` (DALL·E form with the relays' additions), and the tasks of
``?async=true``. Every picture is an order of its own: of ``n`` pictures only those that arrived are charged.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from manju.api.gateway.context import Relay, caller, relay
from manju.api.gateway.errors import recorded
from manju.api.gateway.sizes import picture_size
from manju.domain.key import ApiKey
from manju.domain.order import ImageRequest, OrderState, Reference
from manju.errors import BudgetError, InputError
from manju.gateway.desk import Task

router = APIRouter(tags=["images"])
MOST = 10
Key = Annotated[ApiKey, Depends(caller)]
Parts = Annotated[Relay, Depends(relay)]


class ImageBody(BaseModel):
    """What the family accepts; of several names for one thing the first given counts."""

    model_config = ConfigDict(extra="allow")
    prompt: str = Field(min_length=1, max_length=32_000)
    model: str = Field(default="nano-banana-2", min_length=1)
    n: int = Field(default=1, ge=1, le=MOST)
    size: str | None = None
    ratio: str | None = None
    aspect_ratio: str | None = None
    width: int | None = None
    height: int | None = None
    quality: str | None = None
    image_size: str | None = None
    response_format: Literal["url", "b64_json"] = "url"
    seed: int | None = Field(default=None, ge=0)
    image: str | list[str] | None = None
    images: list[str] | None = None
    image_urls: list[str] | None = None
    image_input: list[str] | None = None
    user: str | None = None

    def pictures(self) -> list[str]:
        """The references that were given."""
        given = self.image or self.images or self.image_urls or self.image_input or []
        return [given] if isinstance(given, str) else list(given)

    def order(self, references: Sequence[Reference], purpose: Literal["frame", "edit"], number: int) -> ImageRequest:
        """The order for the picture ``number`` (from 0) of ``n``.

        Raises:
            InputError: its size cannot be understood.
        """
        width, height = picture_size(
            size=self.size,
            ratio=self.aspect_ratio or self.ratio,
            width=self.width,
            height=self.height,
            quality=self.image_size or self.quality,
        )
        return ImageRequest(
            prompt=self.prompt,
            width=width,
            height=height,
            purpose=purpose,
            references=tuple(references),
            seed=(self.seed or 0) + number,
        )


@router.post("/v1/images/generations")
async def generations(
    body: ImageBody, key: Key, parts: Parts, request: Request, background: Annotated[bool, Query(alias="async")] = False
) -> JSONResponse:
    """Pictures from a prompt, with reference pictures if any."""
    references = [Reference(sha256=await parts.inputs.picture(each)) for each in body.pictures()]
    return await _make(body, references, key, parts, request, background=background, purpose="frame")


@router.post("/v1/images/edits")
async def edits(
    key: Key, parts: Parts, request: Request, background: Annotated[bool, Query(alias="async")] = False
) -> JSONResponse:
    """Pictures from pictures: multipart, ``image`` (repeated) and perhaps a ``mask``."""
    async with request.form(max_files=20, max_part_size=32 << 20) as form:
        fields: dict[str, Any] = {}
        references: list[Reference] = []
        for name, value in form.multi_items():
            plain = name.removesuffix("[]")
            data = value.encode() if isinstance(value, str) else await value.read()
            if plain in ("image", "mask"):
                sha256 = await (parts.inputs.picture(value) if isinstance(value, str) else parts.inputs.keep(data))
                references.append(Reference(sha256=sha256, role="mask" if plain == "mask" else "reference"))
            else:
                fields[plain] = data.decode("utf-8", "replace")
    if not any(reference.role == "reference" for reference in references):
        raise InputError("an edit needs a picture", hint="Send it as the multipart field image.")
    try:
        body = ImageBody.model_validate(fields)
    except ValidationError as error:
        raise RequestValidationError([{**each, "loc": ("body", *each["loc"])} for each in error.errors()]) from error
    return await _make(body, references, key, parts, request, background=background, purpose="edit")


@router.get("/v1/images/tasks/{task_id}")
async def image_task(task_id: str, key: Key, parts: Parts) -> JSONResponse:
    """A task of ``?async=true``, in the family's shape."""
    tasks = [await parts.desk.look(key, each) for each in _members(task_id)]
    status = _status(tasks)
    inner: dict[str, Any] = {"status": status, "progress": _progress(tasks), "fail_reason": ""}
    if any(task.state is OrderState.UNKNOWN for task in tasks):
        inner["state"] = OrderState.UNKNOWN.value
    failed = next((task for task in tasks if task.state is OrderState.FAILED), None)
    if status == "FAILURE" and failed is not None:
        inner["fail_reason"] = str(failed.error.get("message", ""))
    if status == "SUCCESS":
        made = [task for task in tasks if task.state is OrderState.SUCCEEDED]
        inner["data"] = {"created": _created(made), "data": [{"url": parts.url(task.artefacts[0])} for task in made]}
    return JSONResponse({"task_id": task_id, "data": inner})


async def _make(
    body: ImageBody,
    references: Sequence[Reference],
    key: ApiKey,
    parts: Relay,
    request: Request,
    *,
    background: bool,
    purpose: Literal["frame", "edit"],
) -> JSONResponse:
    name = request.headers.get("idempotency-key", "")
    placed = []
    for number in range(body.n):
        wanted = body.order(references, purpose, number)
        try:
            placed.append(await parts.desk.place(key, body.model, wanted, idempotency=name and f"{name}/{number}"))
        except BudgetError:
            if not placed:
                raise
            break  # those that were placed are made and paid for: the caller must hear of them
    if background:
        return JSONResponse({"task_id": ".".join(placed)})
    tasks = await asyncio.gather(*(parts.desk.wait(key, each) for each in placed))
    made = [task for task in tasks if task.state is OrderState.SUCCEEDED]
    if not made:
        return recorded(_reason(tasks))
    data = [await _shown(parts, task, body.response_format) for task in made]
    return JSONResponse(
        {"created": _created(made), "data": data, "model": made[0].facts.get("upstream_model", made[0].model)},
        headers=_told(body, made[0]),
    )


async def _shown(parts: Relay, task: Task, form: str) -> dict[str, str]:
    main = task.artefacts[0]
    if form == "url":
        return {"url": parts.url(main)}
    return {"b64_json": base64.b64encode(await parts.storage.read(main.path)).decode()}


def _told(body: ImageBody, task: Task) -> dict[str, str]:
    """Headers that disclose who made it, and what was changed or passed over."""
    headers = {"x-manju-model": task.model, "x-manju-size": f"{task.facts.get('width')}x{task.facts.get('height')}"}
    if body.model_extra:
        headers["x-manju-ignored"] = ",".join(sorted(body.model_extra))
    return {name: value.encode("ascii", "replace").decode() for name, value in headers.items()}


def _reason(tasks: Sequence[Task]) -> Mapping[str, Any]:
    """Why there is no picture."""
    for task in tasks:
        if task.state is OrderState.FAILED:
            return task.error
    waiting = "the order's outcome is not known; it is not sent again by itself"
    return {"kind": "unknown", "message": waiting, "hint": "Look at its task, or ask the operator.", "refusal": ""}


def _members(task_id: str) -> list[str]:
    return task_id.split(".")[:MOST]


def _status(tasks: Sequence[Task]) -> str:
    states = {task.state for task in tasks}
    if states <= {OrderState.SUCCEEDED, OrderState.FAILED}:
        return "SUCCESS" if OrderState.SUCCEEDED in states else "FAILURE"
    return "NOT_START" if states == {OrderState.PLANNED} else "IN_PROGRESS"


def _progress(tasks: Sequence[Task]) -> str:
    ended = sum(task.state in (OrderState.SUCCEEDED, OrderState.FAILED) for task in tasks)
    return f"{100 * ended // len(tasks)}%"


def _created(tasks: Sequence[Task]) -> int:
    return int(min(task.created_at for task in tasks).timestamp())
