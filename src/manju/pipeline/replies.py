"""A text model's reply: whole, or an error that keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from manju.errors import ModelError


class ReplyError(ModelError):
    """A text model's reply cannot be used. ``raw`` is the reply as it came, ``problems`` what to tell the model."""

    raw: str = ""
    problems: tuple[str, ...] = ()

    def __init__(self, message: str, *, raw: str, problems: tuple[str, ...] = (), hint: str = "") -> None:
        super().__init__(message, hint=hint or "Try again, or choose another text model with --text-model.")
        self.raw = raw
        self.problems = problems or (message,)

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (self.message, self.raw, self.problems, self.hint))


def _rebuild(message: str, raw: str, problems: tuple[str, ...], hint: str) -> ReplyError:
    return ReplyError(message, raw=raw, problems=problems, hint=hint)


def whole(text: str, facts: Mapping[str, Any]) -> str:
    """``text``, if the model says that it came to its end.

    Raises:
        ReplyError: ``finish_reason`` is ``"length"``: the end is missing, and repairing would invent one.
    """
    if facts.get("finish_reason") == "length":
        raise ReplyError(
            "the reply was cut off at the model's length limit",
            raw=text,
            problems=("The reply was cut off before its end: write shorter descriptions.",),
            hint="Make a shorter film, or choose a text model with a longer output.",
        )
    return text
