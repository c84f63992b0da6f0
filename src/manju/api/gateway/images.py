"""``POST /v1/images/generations`` and ``/v1/images/edits`` (DALL·E form with the relays' additions), and the tasks of
``?async=true``. Every picture is an order of its own: of ``n`` pictures only those that arrived are charged.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from manju.api.gateway.context import Relay, Wish, caller, left_out, relay, told
from manju.api.gateway.errors import reason, recorded
from manju.api.gateway.hooks import Note
from manju.api.gateway.inputs import checked, field, json_object
from manju.api.gateway.sizes import picture_size
from manju.api.stopping import TASK
from manju.domain.key import ApiKey
from manju.domain.order import ImageRequest, OrderState, Reference
from manju.errors import ConflictError, FieldError, ManjuError, NotFoundError
from manju.gateway.tasks import Task
from manju.media.label import Mark
from manju.media.transcode import recoded

router = APIRouter(tags=["images"])
MOST = 10
Key = Annotated[ApiKey, Depends(caller)]
Parts = Annotated[Relay, Depends(relay)]


@dataclass(frozen=True, slots=True)
class Shown:
    """How the answer is wanted: at once with a task's id, and perhaps told to an address when it is done."""

    background: bool
    webhook: str


def _how(background: Annotated[bool, Query(alias="async")] = False, webhook: str = "") -> Shown:
    return Shown(background, webhook)


How = Annotated[Shown, Depends(_how)]


def _address(value: object) -> object:
    """A picture as clients name one: its address or base64, alone or as ``{"url": …}``, ``{"image_url": …}``."""
    while isinstance(value, Mapping):
        value = next((value[name] for name in ("url", "image_url", "b64_json") if name in value), None)
    return value


def _addresses(value: object) -> object:
    if isinstance(value, list):
        return [_address(each) for each in value]
    return None if value is None else [_address(value)]


_PICTURES = ("image", "images", "image_urls", "image_input")
"""Names that references go by; the first given counts."""
Pictures = Annotated[Annotated[list[str], Field(max_length=30)] | None, BeforeValidator(_addresses)]


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
    response_format: Literal["url", "b64_json"] | None = None
    output_format: Literal["png", "jpeg", "webp"] | None = None
    output_compression: int | None = Field(default=None, ge=0, le=100)
    stream: Literal[False] | None = None
    seed: int | None = Field(default=None, ge=0)
    image: Pictures = None
    images: Pictures = None
    image_urls: Pictures = None
    image_input: Pictures = None
    mask: Annotated[str | None, BeforeValidator(_address)] = None
    user: str | None = None

    @field_validator("n", mode="before")
    @classmethod
    def _one(cls, value: object) -> object:
        return 1 if value is None else value  # SDKs may send null for what was not said

    @field_validator("stream", mode="before")
    @classmethod
    def _whole(cls, value: object) -> object:
        if value in (True, "true"):
            raise ValueError("pictures are not streamed here; leave it out, or use ?async=true")
        return False if value == "false" else value

    @property
    def form(self) -> Literal["url", "b64_json"]:
        """How pictures are handed over. OpenAI's own image models have always answered with the data, and their clients
        read nothing else."""
        own = self.model.startswith(("gpt-image", "chatgpt-image"))
        return self.response_format or ("b64_json" if own else "url")

    def pictures(self) -> list[str]:
        """The references that were given."""
        return next((given for name in _PICTURES if (given := getattr(self, name))), [])

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
async def generations(body: ImageBody, key: Key, parts: Parts, request: Request, how: How) -> JSONResponse:
    """Pictures from a prompt, with reference pictures if any."""
    references = await _references(body, parts)
    return await _make(body, references, key, parts, request, how, purpose="edit" if body.mask else "frame")


@router.post("/v1/images/edits")
async def edits(key: Key, parts: Parts, request: Request, how: How) -> JSONResponse:
    """Pictures from pictures: multipart with ``image`` (repeated) and perhaps a ``mask``, or the same as JSON."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    references: list[Reference] = []
    fields: dict[str, Any] = {}
    if kind == "application/json":
        fields = await json_object(request)
    else:
        async with request.form(max_files=20, max_part_size=32 << 20) as form:
            for name, value in form.multi_items():
                plain = name.removesuffix("[]")
                if isinstance(value, str):
                    if plain in ("image", "images"):
                        fields.setdefault(plain, []).append(value)
                    else:
                        fields[plain] = value
                elif plain in ("image", "images", "mask"):
                    with field(plain):
                        sha256 = await parts.inputs.keep(await value.read())
                    references.append(Reference(sha256=sha256, role="mask" if plain == "mask" else "reference"))
                else:
                    fields[plain] = (await value.read()).decode("utf-8", "replace")
    body = checked(ImageBody, fields)
    references = _in_order([*references, *await _references(body, parts)])
    if not any(reference.role == "reference" for reference in references):
        message, code = "an edit needs a picture", "missing_required_parameter"
        raise FieldError(message, param="image", code=code, hint="Send it as the multipart field image.")
    return await _make(body, references, key, parts, request, how, purpose="edit")


async def _references(body: ImageBody, parts: Relay) -> list[Reference]:
    with field(next((name for name in _PICTURES if getattr(body, name)), "image")):
        found = [Reference(sha256=await parts.picture(each)) for each in body.pictures()]
    with field("mask"):
        if body.mask:
            found.append(Reference(sha256=await parts.picture(body.mask), role="mask"))
    return found


def _in_order(references: Sequence[Reference]) -> list[Reference]:
    """The mask behind the pictures, whichever came first."""
    return sorted(references, key=lambda each: each.role == "mask")


@router.get("/v1/images/tasks/{task_id}")
async def image_task(task_id: str, key: Key, parts: Parts) -> JSONResponse:
    """A task of ``?async=true``, in the family's shape; also the task that an answer's ``x-manju-task`` names."""
    return JSONResponse(await shown_task(task_id, key, parts))


async def shown_task(task_id: str, key: ApiKey, parts: Relay) -> dict[str, Any]:
    """How a task of pictures stands.

    Raises:
        NotFoundError: the key has placed no such order.
    """
    tasks = [await parts.tasks.look(key, each) for each in _members(task_id)]
    if any(task.request.get("modality") != "image" for task in tasks):
        raise NotFoundError(f"there is no task of pictures {task_id[:100]!r}", hint="Ask for it where it was ordered.")
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
    return {"task_id": task_id, "data": inner}


async def _make(
    body: ImageBody,
    references: Sequence[Reference],
    key: ApiKey,
    parts: Relay,
    request: Request,
    how: Shown,
    *,
    purpose: Literal["frame", "edit"],
) -> JSONResponse:
    if how.webhook:
        parts.hooks.check(how.webhook, parts.public_url)
    wish = await Wish.of(request)
    async with parts.hooks.promised(key, how.webhook if how.background else "", "image", parts.public_url) as note:
        task = await _placed(body, references, key, parts, wish, note, purpose)
    effective = parts.gateway.effective(body.model, body.order(references, purpose, 0))
    ignored = set(body.model_extra or ())
    if effective.offline:  # our own artist draws from words alone
        ignored |= {"mask" if each.role == "mask" else "image" for each in references}
    headers = told(effective.model, task, ignored, effective.changed)
    if how.background:
        return JSONResponse({"task_id": task}, headers=headers)
    request.scope[TASK] = task
    tasks = await asyncio.gather(*(parts.tasks.wait(key, each) for each in _members(task)))
    made = [task for task in tasks if task.state is OrderState.SUCCEEDED]
    if not made:
        return recorded(reason(tasks), headers)
    ignored |= left_out(made, {} if body.seed is None else {"seed": "seed"})
    headers = told(made[0].model, task, ignored, effective.changed)
    headers["x-manju-size"] = f"{made[0].facts.get('width')}x{made[0].facts.get('height')}"
    data = [await _shown(parts, task, body) for task in made]
    return JSONResponse(
        {"created": _created(made), "data": data, "model": made[0].facts.get("upstream_model", made[0].model)},
        headers=headers,
    )


async def _placed(
    body: ImageBody,
    references: Sequence[Reference],
    key: ApiKey,
    parts: Relay,
    wish: Wish,
    note: Note,
    purpose: Literal["frame", "edit"],
) -> str:
    """Place an order for each picture. Returns the id of them together."""
    placed: list[str] = []
    names = _names(wish.idempotency, body.n)
    if wish.idempotency:
        await _check_names(names, key, parts)
    for number in range(body.n):
        wanted = body.order(references, purpose, number)
        numbered = names[body.n - 1 - number]

        async def noted(task: str) -> None:
            await note(".".join([*placed, task]))

        try:
            task = await parts.tasks.place(
                key, body.model, wanted, idempotency=numbered, retried=wish.retried, noted=noted
            )
        except ManjuError:
            if not placed:
                raise
            break  # those that were placed are made and paid for: the caller must hear of them
        placed.append(task)
    await note(".".join(placed))
    return ".".join(placed)


def _names(idempotency: str, number: int) -> list[str]:
    """The caller's own name for an order, for each of its pictures; the first is that of any other order of his."""
    return [f"{idempotency}/{each}" if each and idempotency else idempotency for each in range(number)]


async def _check_names(names: Sequence[str], key: ApiKey, parts: Relay) -> None:
    """The last name is given first, so that it tells how many pictures were ordered even if not all could be placed.

    Raises:
        ConflictError: another number of them was, or something else.
    """
    taken = [await parts.tasks.named(key, each) for each in _names(names[0], MOST)]
    if any(taken) and (not taken[len(names) - 1] or any(taken[len(names) :])):
        message = "this Idempotency-Key was used for another request"
        raise ConflictError(message, hint="Use a new key for a new request.")


async def _shown(parts: Relay, task: Task, body: ImageBody) -> dict[str, str]:
    """A picture as it was asked for: another type is made of it and kept, with its label."""
    main = task.artefacts[0]
    if body.output_format is not None and _SUFFIX[body.output_format] != main.suffix:
        source = await parts.storage.read(main.path)
        label = Mark(parts.producer, main.sha256)
        async with parts.inputs.decoding:
            data = await recoded(source, _SUFFIX[body.output_format], body.output_compression, label)
        main = await parts.inputs.stored(data, _SUFFIX[body.output_format])
    if body.form == "url":
        return {"url": parts.url(main)}
    encoded = {"b64_json": base64.b64encode(await parts.storage.read(main.path)).decode()}
    return encoded if body.response_format else encoded | {"url": parts.url(main)}


_SUFFIX = {"png": ".png", "jpeg": ".jpg", "webp": ".webp"}


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
