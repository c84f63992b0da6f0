"""Chats that no channel can be asked for in their own form: answered by what serves the model otherwise (the offline
writer, or a vendor's adapter), from their messages' text alone. What else is in a chat is named in a header where it
costs nothing, and refused where it does: nobody pays for an answer to half of what he asked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from math import isfinite
from typing import Any

from manju.api.gateway import errors
from manju.api.gateway.context import Relay, Wish
from manju.domain.key import ApiKey
from manju.domain.order import Message, OrderState, TextRequest
from manju.errors import FieldError, OrderUnknownError
from manju.gateway.catalogue import OFFLINE
from manju.gateway.chat.chat import Chat
from manju.gateway.chat.envelope import Envelope
from manju.gateway.chat.stream import Sink
from manju.gateway.tasks import Task
from manju.gateway.tokens import guessed

PIECES = 8
"""About so many chunks of a streamed answer carry its text."""
_READ = {"model", "messages", "stream", "stream_options", "temperature", "seed", "response_format", "user"}
_ROLES = {"system": "system", "developer": "system", "assistant": "assistant", "user": "user"}
_FORMS = (None, "text", "json_object", "json_schema")
_LIMITS = ("max_completion_tokens", "max_tokens")
"""What a vendor's model is told, and the offline writer overlooks."""
_ASIDE = {"metadata", "safety_identifier", "prompt_cache_key", "store"}
"""Fields that shape no answer."""
_NOTHING: Mapping[str, Any] = {
    "n": 1,
    "top_p": 1,
    "presence_penalty": 0,
    "frequency_penalty": 0,
    "logprobs": False,
    "tools": [],
    "stop": [],
    "logit_bias": {},
}
"""Values that ask for nothing."""


async def answer(relay: Relay, chat: Chat, key: ApiKey, envelope: Envelope, wish: Wish, sink: Sink) -> None:
    """Have it answered into the sink.

    Raises:
        FieldError: it says more than reaches a model that costs money.
        as `manju.gateway.tasks.Tasks.place`; OrderUnknownError, or the error that the order is on record with.
    """
    over = _over(envelope)
    if relay.catalogue.served(envelope.model).channel != OFFLINE:
        over = {name: field for name, field in over.items() if name not in _LIMITS}
        _check(over, chat, key, envelope)
    elif _form(envelope.fields)[1] is not None:  # the offline writer answers in JSON, of a shape of its own
        over["response_format"] = "response_format"
    request, ignored = _request(envelope), sorted(over)
    placed = await relay.tasks.place(key, envelope.model, request, idempotency=wish.idempotency, retried=wish.retried)
    task = await relay.tasks.wait(key, placed)
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


def _over(envelope: Envelope) -> dict[str, str]:
    """What has no place in the request, by name: the field that it stands in."""
    fields = envelope.fields
    over = {_plain(name): _plain(name) for name, value in fields.items() if name not in _READ and value is not None}
    for message in fields["messages"]:
        names = [name for name, value in message.items() if name not in ("role", "content") and value]
        if message["role"] not in _ROLES:
            names.append(message["role"])
        for part in _parts(message):
            if not isinstance(part, Mapping):
                names.append("content")
            elif not isinstance(part.get("text"), str):
                names.append(str(part.get("type") or "content"))
        over |= {_plain(name): "messages" for name in names}
    kind, schema = _form(fields)
    if kind not in _FORMS or (kind == "json_schema" and schema is None):
        over["response_format"] = "response_format"
    return over


def _plain(name: str) -> str:
    """A client's word as a header can say it."""
    return re.sub(r"[^!-~]", "?", name[:50])


def _check(over: Mapping[str, str], chat: Chat, key: ApiKey, envelope: Envelope) -> None:
    """
    Raises:
        FieldError: something would be dropped that may shape the answer.
    """
    idle = {name for name, value in _NOTHING.items() if envelope.fields.get(name) == value}
    lost = [name for name in over if name not in _ASIDE | idle]
    if not lost:
        return
    takers = chat.takers(key)
    hint = (
        f"These models take them: {', '.join(takers)}." if takers else "No model here that the key may use takes them."
    )
    raise FieldError(
        f"{envelope.model} is asked in its vendor's own form, in which there is no place for {', '.join(lost)}",
        param=over[lost[0]],
        code="unsupported_parameter",
        hint=f"{hint} Or leave them out.",
    )


def _request(envelope: Envelope) -> TextRequest:
    fields = envelope.fields
    messages: list[Message] = []
    for message in fields["messages"]:
        text = _text(message)
        text = text.encode("utf-8", "replace").decode("utf-8")  # JSON can say halves of letters
        if text.strip():
            messages.append(Message(role=_ROLES.get(message["role"], "user"), content=text))
    if not messages:
        raise FieldError("the messages have no text", param="messages", hint="Write what is wanted.")
    kind, schema = _form(fields)
    temperature, seed = fields.get("temperature"), fields.get("seed")
    for name, value in (("temperature", temperature), ("seed", seed)):
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
            raise FieldError(f"{name} must be a number", param=name, code="invalid_type")
    return TextRequest(
        messages=tuple(messages),
        json_reply=kind in ("json_object", "json_schema"),
        json_schema=schema,
        temperature=min(2.0, max(0.0, _number(temperature, 0.8))),
        seed=int(_number(seed, 0)),
        max_tokens=next((int(fields[name]) for name in _LIMITS if _number(fields.get(name), 0) >= 1), None),
    )


def _form(fields: Mapping[str, Any]) -> tuple[Any, Mapping[str, Any] | None]:
    """The kind of reply that is asked for, and its schema if it has one."""
    form = fields.get("response_format")
    if not isinstance(form, Mapping):
        return None if form is None else "", None
    kind, shape = form.get("type"), form.get("json_schema")
    schema = shape.get("schema") if kind == "json_schema" and isinstance(shape, Mapping) else None
    return kind, schema if isinstance(schema, Mapping) else None


def _parts(message: Mapping[str, Any]) -> Sequence[Any]:
    content = message.get("content")
    if content is None:
        return ()
    if isinstance(content, str):
        return ({"text": content},)
    return content if isinstance(content, list) else (content,)


def _text(message: Mapping[str, Any]) -> str:
    """The text of a message."""
    texts = (part.get("text") for part in _parts(message) if isinstance(part, Mapping))
    return "\n".join(text for text in texts if isinstance(text, str))


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
