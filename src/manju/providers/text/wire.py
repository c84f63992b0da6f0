"""What vendors of chat have in common: how a JSON reply is asked for, what an endpoint does not want to be told, and
how a reply is handed back."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from functools import cache

from manju.domain.order import Artefact, Message, TextRequest
from manju.errors import RejectedError
from manju.net.client import Response
from manju.providers.upstream import Answer

_LOOKED_AT = 2000
"""Characters of a refusal: it may repeat the request behind them."""


def wants_json(request: TextRequest) -> bool:
    """Whether the reply has to be JSON."""
    return request.json_reply or request.json_schema is not None


def instructed(request: TextRequest) -> tuple[Message, ...]:
    """The messages, with the shape of a JSON reply in words. Endpoints that cannot enforce a shape ignore it without a
    word, and some refuse to enforce JSON unless a message says so."""
    if request.json_schema is not None:
        schema = json.dumps(request.json_schema, ensure_ascii=False, sort_keys=True)
        said = f"Reply with one JSON value and nothing else. It must match this JSON Schema:\n{schema}"
    elif request.json_reply and not any("json" in message.content.lower() for message in request.messages):
        said = "Reply with one JSON value and nothing else."
    else:
        return request.messages
    first, *rest = request.messages
    if first.role != "system":
        return (Message(role="system", content=said), *request.messages)
    return (Message(role="system", content=f"{first.content}\n\n{said}"), *rest)


def apart(messages: tuple[Message, ...]) -> tuple[str, tuple[Message, ...]]:
    """The system's words, and the turns, for vendors that want them apart. There is always a turn."""
    system = "\n\n".join(message.content for message in messages if message.role == "system")
    turns = tuple(message for message in messages if message.role != "system")
    return (system, turns) if turns else ("", (Message(role="user", content=system),))


def objection(response: Response, told: Mapping[str, Collection[str]]) -> str:
    """Which of the things that an endpoint was ``told`` (name -> words that a complaint of it has) it refuses to hear
    of; empty if it is none of them. Nothing was made then, so the order may go out again without it."""
    if response.status not in (400, 422):
        return ""
    said = response.text()[:_LOOKED_AT].lower()
    # Whole words: "seed" is also in names of models.
    return next((name for name, marks in told.items() if any(_word(mark).search(said) for mark in marks)), "")


@cache
def _word(mark: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w-]){re.escape(mark)}(?![\w-])")


def spoken(text: str) -> str:
    """What a model says after its thoughts (``<think>…</think>``); empty if it did not get beyond them. The tag that
    opens them is in the prompt with some templates, and missing here."""
    thought = _THOUGHT.match(text)
    return text[thought.end() :].lstrip() if thought else text


_THOUGHT = re.compile(r"(?s)\s*<think(?:ing)?>(?:.*?</think(?:ing)?>|.*)|(?:(?!<think).)*?</think(?:ing)?>")


def answer(
    request: TextRequest,
    text: str,
    *,
    cut: bool,
    tokens: tuple[int, int] | None,
    model: str,
    left_out: Collection[str],
) -> Answer:
    """A reply, without the thoughts that some models put in front of it. ``cut``: the vendor's limit ended it;
    ``tokens`` in and out, None where the vendor does not say; ``left_out``: what the endpoint did not want to be told.

    Raises:
        RejectedError: there is no text in it (``no_result``).
    """
    text = spoken(text)
    if not text.strip():
        hint = "Raise the channel's option max_tokens, or choose a model that thinks less." if cut else ""
        reason = ", all its tokens used up" if cut else ""
        raise RejectedError(f"upstream answered without a reply{reason}", refusal="no_result", hint=hint)
    taken, given = tokens or (0, 0)
    facts: dict[str, object] = {
        "finish_reason": "length" if cut else "stop",
        "input_tokens": taken,
        "output_tokens": given,
    }
    if left_out:
        facts["left_out"] = sorted(left_out)
    units = {"input_tokens": float(taken), "output_tokens": float(given)} if tokens else {}
    suffix = ".json" if wants_json(request) else ".txt"
    return Answer((Artefact("main", text.encode("utf-8"), suffix),), facts, model, units)


def count(value: object) -> int:
    """A number of tokens; 0 if it is none."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0
