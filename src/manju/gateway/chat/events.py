"""A streamed chat (server-sent events) on its way through: whole events at once, what it took, and what it said.

Chunks are handed on as they arrive, cut at the end of an event, so that an event that is to be left out can be.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from manju.gateway.tokens import Usage, metered

KEPT = 8 << 20
"""Most bytes of an answer that are kept to be given again."""


class Events:
    """One stream. ``strip``: the event that only tells the usage is left out, since only we asked for it."""

    def __init__(self, *, strip: bool) -> None:
        self._strip = strip
        self._rest = b""
        self._kept: list[bytes] = []
        self._size = 0
        self._said: list[str] = []
        self.usage: Usage | None = None
        self.error: Any = None
        """The error that upstream told in the stream."""
        self.id = ""
        self.ended = False
        """The stream's own end has come, or a choice has finished."""
        self.filtered = False
        """Upstream's content filter has ended it."""

    def feed(self, chunk: bytes) -> bytes:
        """What of a chunk, and of what came before it, may be handed on now."""
        data = self._rest + chunk if self._rest else chunk
        two, three = data.rfind(b"\n\n"), data.rfind(b"\n\r\n")
        cut = max(two + 2 if two >= 0 else 0, three + 3 if three >= 0 else 0)
        self._rest = data[cut:]
        return self._through(data[:cut]) if cut else b""

    def finish(self) -> bytes:
        """What is left when upstream has ended."""
        data, self._rest = self._rest, b""
        return self._through(data) if data else b""

    @property
    def kept(self) -> bytes | None:
        """All that was handed on; None if it is too long."""
        return b"".join(self._kept) if self._size <= KEPT else None

    @property
    def said(self) -> str:
        """What the model has said in the stream, as far as upstream's usage does not tell it."""
        return "".join(self._said)

    def _through(self, data: bytes) -> bytes:
        passed = b"".join(event for event in _split(data) if self._look(event))
        self._size += len(passed)
        if self._size <= KEPT:
            self._kept.append(passed)
        else:
            self._kept.clear()
        return passed

    def _look(self, event: bytes) -> bool:
        """Take from an event what is told in it. Returns whether it is handed on."""
        data = b"\n".join(line[5:].strip() for line in event.splitlines() if line.startswith(b"data:"))
        if data == b"[DONE]":
            self.ended = True
            return True
        try:
            value = json.loads(data) if data else None
        except ValueError:
            value = None
        if not isinstance(value, dict):
            return True
        self.id = self.id or label(value.get("id"))
        self.error = self.error or value.get("error")
        choices = value.get("choices")
        for choice in choices if isinstance(choices, list) else ():
            self._hear(choice)
        usage = metered(value.get("usage"))
        self.usage = usage or self.usage  # some relays count on in each event: the last one is the sum
        return not (self._strip and usage is not None and not choices and not value.get("error"))

    def _hear(self, choice: Any) -> None:
        if not isinstance(choice, Mapping):
            return
        self.ended = self.ended or bool(choice.get("finish_reason"))
        self.filtered = self.filtered or choice.get("finish_reason") == "content_filter"
        delta = choice.get("delta")
        if isinstance(delta, Mapping):
            self._said.extend(texts(delta))


def texts(message: Any) -> list[str]:
    """Every text in a message or a part of one: content, reasoning, a refusal, the arguments of a tool's call."""
    if isinstance(message, str):
        return [message]
    if isinstance(message, Mapping):
        return [text for name, value in message.items() if name not in _NO_TEXT for text in texts(value)]
    return [text for value in message for text in texts(value)] if isinstance(message, list) else []


def label(value: Any) -> str:
    """An id or a name that upstream gives, fit to be kept."""
    return "".join(letter for letter in str(value or "") if letter.isprintable())[:200]


_NO_TEXT = ("role", "type", "id", "index")


def _split(data: bytes) -> list[bytes]:
    """Events with the empty lines behind them."""
    events: list[bytes] = []
    current = b""
    for line in data.splitlines(keepends=True):
        current += line
        if line in (b"\n", b"\r\n", b"\r"):
            events.append(current)
            current = b""
    return [*events, current] if current else events
