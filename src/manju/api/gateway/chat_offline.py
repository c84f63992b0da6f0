"""Chats that no channel can be asked for in their own form: answered by what serves the model otherwise (the offline
writer, or a vendor's adapter), from their messages' text alone. What was passed over is named in a header.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from math import isfinite
from typing import Any

from manju.api.gateway import errors
from manju.api.gateway.context import Relay
from manju.domain.key import ApiKey
from manju.domain.order import Message, OrderState, TextRequest
from manju.errors import OrderUnknownError
from manju.gateway.chat import Wish
from manju.gateway.chat_stream import Sink
from manju.gateway.desk import Task
from manju.gateway.envelope import Envelope, FieldError
from manju.gateway.tokens import guessed

PIECES = 8
"""About so many chunks of a streamed answer carry its text."""
_READ = {"model", "messages", "stream", "stream_options", "temperature", "seed", "response_format", "user"}
_ROLES = {"system": "system", "developer": "system", "assistant": "assistant"}


async def answer(relay: Relay, key: ApiKey, envelope: Envelope, wish: Wish, sink: Sink) -> None:
    """Have it answered into the sink.

    Raises:
        as `manju.gateway.desk.Desk.place`; OrderUnknownError, or the error that the order is on record with.
    """
    request, ignored = _request(envelope)
    placed = await relay.desk.place(key, envelope.model, request, idempotency=wish.idempotency)
    task = await relay.desk.wait(key, placed)
    if task.state is not OrderState.SUCCEEDED:
        await _failed(task, sink)
        return
    text = (await relay.storage.read(task.artefacts[0].path)).decode("utf-8")
    headers = {"x-manju-model": str(task.facts.get("upstream_model") or task.model), "x-manju-order": task.id}
    if ignored:
        headers["x-manju-ignored"] = ",".join(ignored)
    if not envelope.stream:
        body = _encoded(_completion(task, envelope, text))
        headers |= {"content-type": "application/json", "content-length": str(len(body))}
        await sink.start(200, headers)
        await sink.end(body)
        return
    await sink.start(200, headers | {"content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache"})
    for chunk in _chunks(task, envelope, text):
        await sink.write(b"data: " + _encoded(chunk) + b"\n\n")
    await sink.end(b"data: [DONE]\n\n")


def _request(envelope: Envelope) -> tuple[TextRequest, list[str]]:
    """The request, and what of the client's has no place in it."""
    fields = envelope.fields
    ignored = {name for name, value in fields.items() if name not in _READ and value is not None}
    messages: list[Message] = []
    for message in fields["messages"]:
        text, other = _text(message.get("content"))
        ignored |= other
        text = text.encode("utf-8", "replace").decode("utf-8")  # JSON can say halves of letters
        if text.strip():
            messages.append(Message(role=_ROLES.get(message["role"], "user"), content=text))
    if not messages:
        raise FieldError("the messages have no text", param="messages", hint="Write what is wanted.")
    form = fields.get("response_format")
    kind = form.get("type") if isinstance(form, Mapping) else None
    schema = form.get("json_schema") if isinstance(form, Mapping) and kind == "json_schema" else None
    temperature, seed = fields.get("temperature"), fields.get("seed")
    request = TextRequest(
        messages=tuple(messages),
        json_reply=kind in ("json_object", "json_schema"),
        json_schema=schema.get("schema") if isinstance(schema, Mapping) else None,
        temperature=min(2.0, max(0.0, _number(temperature, 0.8))),
        seed=int(_number(seed, 0)),
    )
    return request, sorted(ignored)


def _text(content: Any) -> tuple[str, set[str]]:
    """The text of a message, and the kinds of its other parts."""
    if isinstance(content, str):
        return content, set()
    texts: list[str] = []
    others: set[str] = set()
    for part in content if isinstance(content, list) else ():
        if isinstance(part, Mapping) and isinstance(part.get("text"), str):
            texts.append(part["text"])
        elif isinstance(part, Mapping):
            others.add(str(part.get("type") or "part"))
    return "\n".join(texts), others


def _number(value: Any, otherwise: float) -> float:
    plain = isinstance(value, int | float) and not isinstance(value, bool) and isfinite(value)
    return float(value) if plain else otherwise


def _completion(task: Task, envelope: Envelope, text: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": text, "refusal": None}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _reason(task)}
    return _frame(task, "chat.completion") | {"choices": [choice], "usage": _usage(task, envelope, text)}


def _chunks(task: Task, envelope: Envelope, text: str) -> Iterator[dict[str, Any]]:
    frame = _frame(task, "chat.completion.chunk")

    def chunk(delta: dict[str, Any], reason: str | None = None) -> dict[str, Any]:
        return frame | {"choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}]}

    yield chunk({"role": "assistant", "content": ""})
    step = max(1, -(-len(text) // PIECES))
    for start in range(0, len(text), step):
        yield chunk({"content": text[start : start + step]})
    yield chunk({}, _reason(task))
    if envelope.usage_wanted:
        yield frame | {"choices": [], "usage": _usage(task, envelope, text)}


def _frame(task: Task, kind: str) -> dict[str, Any]:
    model = task.facts.get("upstream_model") or task.model
    return {"id": f"chatcmpl-{task.id}", "object": kind, "created": int(task.created_at.timestamp()), "model": model}


def _reason(task: Task) -> str:
    return str(task.facts.get("finish_reason") or "stop")


def _usage(task: Task, envelope: Envelope, text: str) -> dict[str, int]:
    """What the vendor told, or a guess."""
    given, answered = int(task.facts.get("input_tokens") or 0), int(task.facts.get("output_tokens") or 0)
    if not given and not answered:
        guess = guessed(envelope.fields, text)
        given, answered = guess.input, guess.output
    return {"prompt_tokens": given, "completion_tokens": answered, "total_tokens": given + answered}


async def _failed(task: Task, sink: Sink) -> None:
    if task.state is not OrderState.FAILED:
        message = str(task.error.get("message") or "the order's outcome is not known")
        raise OrderUnknownError(message, hint=str(task.error.get("hint") or ""))
    response = errors.recorded(task.error)
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in response.raw_headers}
    await sink.start(response.status_code, headers)
    await sink.end(bytes(response.body))


def _encoded(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
