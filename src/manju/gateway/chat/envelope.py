"""A chat request as it came: what the gateway must know of it, and its bytes, which go on as they are.

Only the values that must differ are replaced, in place: the model's name, and ``stream_options.include_usage``, without
which upstream would not say what a stream took. Key order, spaces, numbers and escapes stay to the byte.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any, NamedTuple

from manju.errors import FieldError

_decoder = json.JSONDecoder()
_space = re.compile(r"[ \t\n\r]*").match
_LARGEST = 1_000_000_000


class _Member(NamedTuple):
    name: str
    value: Any
    start: int
    end: int
    """Where the value stands."""


@dataclass(frozen=True)
class Envelope:
    """A checked chat request. ``fields`` is its JSON object; ``usage_wanted``: the client asked for a stream's usage
    itself."""

    body: bytes
    text: str
    fields: Mapping[str, Any]
    edited: tuple[_Member, ...]
    """Where what may have to be replaced stands in the text, a name given twice included."""
    model: str
    stream: bool
    usage_wanted: bool

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the body."""
        return sha256(self.body).hexdigest()

    @property
    def words(self) -> str:
        """The text of the last message."""
        content = self.fields["messages"][-1].get("content")
        parts = content if isinstance(content, list) else [{"text": content}]
        texts = (part.get("text") for part in parts if isinstance(part, dict))
        return "\n".join(text for text in texts if isinstance(text, str))

    def forwarded(self, model: str) -> bytes:
        """The body for upstream, where the model has this name."""
        if model == self.model and (self.usage_wanted or not self.stream):
            return self.body
        edits: list[tuple[int, int, str]] = []
        asked = False
        for member in self.edited:
            if member.name == "model":
                edits.append((member.start, member.end, json.dumps(model, ensure_ascii=False)))
            elif self.stream:
                asked = True
                edits.append(_with_usage(self.text, member))
        if self.stream and not asked:
            start = self.text.index("{") + 1
            edits.append((start, start, '"stream_options":{"include_usage":true},'))
        text = self.text
        for start, end, new in sorted(edits, reverse=True):
            text = text[:start] + new + text[end:]
        return text.encode("utf-8")


def opened(body: bytes) -> Envelope:
    """Read a request.

    Raises:
        FieldError: it is not JSON, or a field that the gateway needs is missing or wrong. Everything else is for
            upstream to judge.
    """
    try:
        text = body.decode("utf-8")
        members = list(_members(text, 0))
    except (ValueError, IndexError, RecursionError) as error:
        hint = "Send one JSON object, in UTF-8."
        raise FieldError("the body is not JSON", code="invalid_json", hint=hint) from error
    fields: dict[str, Any] = {member.name: member.value for member in members}
    model, messages, stream = fields.get("model"), fields.get("messages"), fields.get("stream")
    if not isinstance(model, str) or not model:
        raise _missing("model", "the name of a model", model)
    if not isinstance(messages, list) or not messages:
        raise _missing("messages", "a list of messages", messages)
    if not all(isinstance(message, dict) and isinstance(message.get("role"), str) for message in messages):
        raise FieldError("each of messages must be an object with a role", param="messages")
    if stream is not None and not isinstance(stream, bool):
        raise FieldError("stream must be true or false", param="stream")
    for name in ("max_tokens", "max_completion_tokens", "n"):
        value = fields.get(name)
        if value is not None and (not isinstance(value, int) or isinstance(value, bool) or not 0 < value < _LARGEST):
            raise FieldError(f"{name} must be a whole number from 1 to {_LARGEST - 1}", param=name)
    options = fields.get("stream_options")
    if options is not None and not isinstance(options, dict):
        raise FieldError("stream_options must be an object", param="stream_options")
    edited = tuple(member for member in members if member.name in ("model", "stream_options"))
    return Envelope(body, text, fields, edited, model, bool(stream), bool((options or {}).get("include_usage")))


def _missing(name: str, what: str, value: Any) -> FieldError:
    code = "missing_required_parameter" if value in (None, "", []) else "invalid_type"
    return FieldError(f"{name} must be {what}", param=name, code=code)


def _members(text: str, at: int) -> Iterator[_Member]:
    """The members of the JSON object that begins at a place, with where their values stand. What follows the object is
    looked at only if it begins the text.

    Raises:
        ValueError, IndexError: it is none.
    """
    whole = at == 0
    at = _skip(text, at)
    if text[at] != "{":
        raise ValueError("not an object")
    at = _skip(text, at + 1)
    if text[at] != "}":
        while True:
            name, at = _decoder.raw_decode(text, at)
            at = _skip(text, at)
            if not isinstance(name, str) or text[at] != ":":
                raise ValueError("not a member")
            start = _skip(text, at + 1)
            value, end = _decoder.raw_decode(text, start)
            yield _Member(name, value, start, end)
            at = _skip(text, end)
            if text[at] == "}":
                break
            if text[at] != ",":
                raise ValueError("not an object")
            at = _skip(text, at + 1)
    if whole and _skip(text, at + 1) != len(text):
        raise ValueError("something follows the object")


def _skip(text: str, at: int) -> int:
    found = _space(text, at)
    assert found is not None
    return found.end()


def _with_usage(text: str, options: _Member) -> tuple[int, int, str]:
    """The edit that makes ``stream_options`` ask for the usage."""
    if options.value is None:
        return options.start, options.end, '{"include_usage":true}'
    for member in _members(text, options.start):
        if member.name == "include_usage":
            return member.start, member.end, "true"
    start = options.start + 1
    return start, start, '"include_usage":true' + (", " if options.value else "")
