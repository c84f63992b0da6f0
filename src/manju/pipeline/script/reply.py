"""A model's reply as a validated value: strict JSON, else repaired JSON, then the shape. Never a guess at lost text.

Relays fence JSON, put prose before it and leave quotes unescaped, all of which ``json_repair`` mends; but it also
closes a reply that was cut off, so that one is told apart first.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, TypeVar

import json_repair
from pydantic import ValidationError

from manju.pipeline.replies import ReplyError
from manju.pipeline.script.complaints import complaints
from manju.pipeline.script.shape import LENIENT, Direction, Script

ShapeT = TypeVar("ShapeT", Script, Direction)

_THOUGHT = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL)
_FENCE = re.compile(r"```[A-Za-z]*\s*\n?(.*?)(?:```|\Z)", re.DOTALL)


def read(text: str, shape: type[ShapeT]) -> ShapeT:
    """The value that a reply holds.

    Raises:
        ReplyError: there is no JSON in it, it is cut off, or it does not have the shape.
    """
    data = _parsed(text)
    if isinstance(data, list):
        data = {_list_field(shape): data}
    if not isinstance(data, Mapping):
        raise ReplyError("the reply is not a JSON object", raw=text, problems=("Reply with one JSON object only.",))
    data = _unwrapped(data, _list_field(shape))
    try:
        return shape.model_validate(data, context=LENIENT)
    except ValidationError as error:
        problems = complaints(error, shape)
        raise ReplyError(
            f"the reply has the wrong shape: {'; '.join(problems[:3])}", raw=text, problems=problems
        ) from error


def _list_field(shape: type[Script] | type[Direction]) -> str:
    return "scenes" if shape is Script else "shots"


def _parsed(raw: str) -> Any:
    text = _THOUGHT.sub("", raw).strip().removeprefix("\ufeff")
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        pass  # Not strict JSON: looked at more closely below; every way out returns a value or raises.
    fence = _FENCE.search(text)
    body = fence[1] if fence and re.search(r"[{\[]", fence[1]) else text
    start = re.search(r"[{\[]", body)
    if start is None:
        raise ReplyError("the reply holds no JSON", raw=raw, problems=("Reply with one JSON object only, no prose.",))
    body = body[start.start() :].strip()
    if _cut_off(body):
        raise ReplyError(
            "the reply ends in the middle of its JSON",
            raw=raw,
            problems=("The JSON was cut off before its end: write shorter descriptions.",),
            hint="Make a shorter film, or choose a text model with a longer output.",
        )
    try:
        return json_repair.loads(body)
    except (ValueError, RecursionError) as error:
        raise ReplyError(
            "the reply's JSON is broken beyond repair", raw=raw, problems=("Reply with valid JSON.",)
        ) from error


def _cut_off(body: str) -> bool:
    """Whether JSON stops before its brackets close. Inside an unclosed string (an unescaped quote may only look like
    one) the last character decides."""
    depth, quoted, escaped = 0, False, False
    for char in body:
        if escaped:
            escaped = False
        elif char == "\\":
            escaped = quoted
        elif char == '"':
            quoted = not quoted
        elif not quoted:
            depth += (char in "{[") - (char in "}]")
            if depth == 0 and char in "}]":
                return False
    return body[-1] not in "}]" if quoted else depth > 0


def _unwrapped(data: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    """``{"script": {...}}`` as what is inside, where only the inside has the list that we need."""
    if field not in data:
        inner = [value for value in data.values() if isinstance(value, Mapping) and field in value]
        if len(inner) == 1:
            return {**inner[0]}
    return data
