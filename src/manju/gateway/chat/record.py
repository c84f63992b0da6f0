"""What is on record of one chat while it is answered, and how it gets there: written down before it is sent, and
settled whatever becomes of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from manju.db.chat_page import ChatPage, Sent
from manju.db.chats import Again, Begin, End, Failed, Pause, Placed, Result
from manju.db.clock import now
from manju.db.group import Group
from manju.db.order_records import Outcome
from manju.domain.ids import new_id
from manju.domain.order import OrderState
from manju.errors import ManjuError
from manju.gateway.channels import Route
from manju.gateway.chat.envelope import Envelope
from manju.gateway.entries import Entry
from manju.gateway.order_book import recorded
from manju.gateway.vendors.refusals import DOUBT

WORDS = 200
"""Letters of what was asked that are kept on record, to know a request by."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: what it is, who serves it, and how long its answer is kept (None: it is not). ``token`` is our
    reference for the first sending: the same whenever the client asks by one ``Idempotency-Key``. ``after`` is an order
    for the same that was left by a dead process and perhaps bought; ``repeat`` is by which route, and its token."""

    envelope: Envelope
    entry: Entry
    routes: tuple[Route, ...]
    placed: Placed
    token: str
    keep: timedelta | None
    after: str = ""
    repeat: tuple[Route, str] | None = None


class TakenError(Exception):
    """Another order has the name of this one."""

    def __init__(self, order: str) -> None:
        super().__init__(order)
        self.order = order


class Record:
    """The order of one request."""

    def __init__(self, group: Group[ChatPage], asked: Asked) -> None:
        self._group = group
        self._asked = asked
        self._at: Literal["nowhere", "writing", "out", "failed", "paused", "settled"] = "nowhere"
        """What is there: nothing; perhaps an attempt that was not sent; one that was; one that came to nothing, which
        is not written down yet; an order between attempts; how it ended."""
        self._number = 0
        self._sent: Sent | None = None
        self._failure: Failed | None = None

    @property
    def token(self) -> str:
        """Our reference for the attempt at hand."""
        assert self._sent is not None
        return self._sent.token

    async def write_down(self, route: Route, token: str) -> None:
        """Commit that it is being sent by a route, once its channel has a slot; it may be sent when this returns.

        Args:
            token: that of the attempt which this one repeats without harm; empty: a new one.

        Raises:
            BudgetError: the money is not there.
            TakenError: another order has the name.
        """
        self._number += 1
        attempt = new_id("attempt")
        token = token or (self._asked.token if self._number == 1 else attempt)
        sent = Sent(attempt, self._number, route.way, token, route.channel.concurrency)
        at, last = self._at, self._sent
        change = self._begin(sent) if at == "nowhere" else Again(self._asked.placed, self._failure, sent)
        for seconds in _waits():
            self._at, self._sent = "writing", sent
            told = "refused"
            try:
                told = str(await self._group.make(change))
            except ManjuError:
                self._at, self._sent = at, last
                raise
            if told == "sent":
                self._at, self._failure = "out", None
                return
            self._at, self._sent = at, last
            if told != "full":
                raise TakenError(told)
            await asyncio.sleep(seconds)

    def _begin(self, sent: Sent) -> Begin:
        asked, envelope = self._asked, self._asked.envelope
        request = {
            "modality": "text",
            "text": envelope.words[:WORDS],
            "turns": len(envelope.fields["messages"]),
            "bytes": len(envelope.body),
            "stream": envelope.stream,
        }
        expires = now() + (asked.keep or timedelta())
        return Begin(asked.placed, asked.entry.name, request, envelope.digest, sent, expires, asked.after)

    def fail(self, outcome: Outcome, error: ManjuError) -> None:
        """The attempt came to nothing for certain; it is written down with what follows."""
        assert self._sent is not None
        self._at, self._failure = "failed", Failed(self._sent, outcome, recorded(error))

    async def pause(self) -> None:
        """The next attempt is a while off: nothing is held meanwhile."""
        assert self._failure is not None
        await self._group.make(Pause(self._asked.placed, self._failure))
        self._at, self._sent, self._failure = "paused", None, None

    async def settle(self, result: Result) -> None:
        """
        Raises:
            ManjuError: it could not be written down.
        """
        await self._group.make(End(self._asked.placed, self._sent, result))
        self._at = "settled"

    async def give_up(self, error: ManjuError) -> None:
        """The attempt that failed was the last."""
        assert self._failure is not None
        await self.settle(Result(OrderState.FAILED, self._failure.outcome, error=recorded(error)))

    def abandon(self) -> None:
        """It ends without having been settled, whyever: leave nothing under our name."""
        stopped = {
            "kind": "stopped",
            "message": "it was stopped",
            "hint": "Ask again.",
            "retryable": True,
            "refusal": "",
        }
        match self._at:
            case "out":
                result = Result(OrderState.UNKNOWN, "unknown", error=stopped | {"hint": DOUBT})
            case "writing":
                result = Result(OrderState.FAILED, "not_sent", error=stopped)
            case "failed" if self._failure is not None:
                result = Result(OrderState.FAILED, self._failure.outcome, error=self._failure.error)
            case "paused":
                result = Result(OrderState.FAILED, "failed", error=stopped)
            case _:
                return
        self._group.post(End(self._asked.placed, self._sent, result))


def _waits() -> Iterator[float]:
    """Seconds between looks for a free slot."""
    seconds = 0.02
    while True:
        yield seconds
        seconds = min(seconds * 1.5, 0.5)
