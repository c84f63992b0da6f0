"""Validation errors of a script in words that name the scene and the field."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ValidationError

from manju.pipeline.slips import slips

_SINGULAR = {
    "scenes": "scene",
    "characters": "character",
    "locations": "location",
    "shots": "shot",
    "props": "prop",
    "lines": "line",
}


def complaints(error: ValidationError, shape: type[BaseModel]) -> tuple[str, ...]:
    """One sentence a problem, in the order of the document: ``"scene 3: 'duration' must be ..."``."""
    return tuple(_sentence(detail, shape) for detail in slips(error))


def _sentence(detail: Any, shape: type[BaseModel]) -> str:
    path: Sequence[str | int] = detail["loc"]
    where: list[str] = []
    fields: list[str] = []
    index = 0
    while index < len(path):
        part = path[index]
        following = path[index + 1] if index + 1 < len(path) else None
        if isinstance(part, str) and isinstance(following, int):
            where.append(f"{_SINGULAR.get(part, part)} {following + 1}")
            index += 2
            continue
        fields.append(str(part))
        index += 1
    what = _problem(detail, shape, path)
    field = f"'{'.'.join(fields)}' " if fields else ""
    sentence = f"{field}{what}" if field or where else f"the script {what}"
    return f"{', '.join(where)}: {sentence}" if where else sentence


def _problem(detail: Any, shape: type[BaseModel], path: Sequence[str | int]) -> str:
    match detail["type"]:
        case "missing":
            return "is missing"
        case "extra_forbidden":
            return f"is not a known field; known are: {', '.join(_fields(shape, path[:-1]))}"
        case "too_short":
            return "is empty"
        case "value_error":
            return str(detail["ctx"]["error"])
        case _:
            return str(detail["msg"])[:1].lower() + str(detail["msg"])[1:]


def _fields(shape: type[BaseModel], path: Sequence[str | int]) -> tuple[str, ...]:
    """Field names of the object at a path of the shape."""
    current = shape
    for part in path:
        if isinstance(part, str) and part in current.model_fields:
            found = _model_in(current.model_fields[part].annotation)
            if found is not None:
                current = found
    return tuple(field.alias or name for name, field in current.model_fields.items())


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for argument in getattr(annotation, "__args__", ()):
        found = _model_in(argument)
        if found is not None:
            return found
    return None
