"""Chats: orders that are placed by the hundred a second and answered at once, each written down before it is sent.

They are orders, attempts and ledger entries like all others, without a domain key: nobody takes one up again, since
whoever asked for it has gone. Begun they are ``SUBMITTING`` and their gateway's; if that dies, its orders are settled
as all are (`manju.gateway.order_book.OrderBook.bury`), and those that end up ``PLANNED`` are closed by `Sweep`.

That an order goes out outlasts a power failure. How it came out only outlasts its process: taken back, it is in doubt,
and nothing is bought again.

Changes are made in groups (`manju.db.group`), in transactions that exclude every other writer, so that what is checked
(the balance, the budgets, the channel's slots) still holds when it is committed, whoever else writes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar, Literal

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from manju.db import chat_page as sql
from manju.db.chat_page import ChatPage, Payer, Sent
from manju.db.clock import now, utc
from manju.db.order_records import Outcome
from manju.db.tables import ChatAnswer, Order
from manju.domain.account import EntryKind
from manju.domain.order import OrderState
from manju.errors import ConflictError


@dataclass(frozen=True, slots=True)
class Answer:
    """What a client was answered; ``body`` is None if it was too long to be kept."""

    status: int
    headers: Mapping[str, str]
    body: bytes | None


@dataclass(frozen=True, slots=True)
class Known:
    """A chat on record; ``answer`` is there while it is kept."""

    id: str
    digest: str
    state: OrderState
    error: Mapping[str, Any]
    created_at: datetime
    finished_at: datetime | None
    answer: Answer | None


@dataclass(frozen=True, slots=True)
class Placed:
    """What every change of an order needs: whose it is, the gateway that has it, and what is held while it is out.
    ``name`` stands for the caller's ``Idempotency-Key``."""

    id: str
    payer: Payer
    owner: str
    held: int
    name: str | None = None


@dataclass(frozen=True, slots=True)
class Begin:
    """A new order and its first sending: its price is held, and only after the commit may it be sent. Told: ``"sent"``;
    ``"full"``: the channel has no slot, nothing was written; or the id of the order that has the name already.

    ``digest`` is that of the body; ``expires_at`` says how long the name is kept. An order that has failed loses its
    name, but one that may have been bought before it was interrupted only to whoever knows of it (``after``).

    Raises:
        BudgetError: the account or a budget cannot bear the price, or the key has as many tasks as it may.
        ConflictError: the name belongs to another request.
    """

    lasting: ClassVar[bool] = True
    placed: Placed
    model: str
    request: Mapping[str, Any]
    digest: str
    sent: Sent
    expires_at: datetime
    after: str = ""

    def make(self, page: ChatPage) -> str:
        placed = self.placed
        if placed.name is not None:
            known = page.named(placed.name)
            if known is not None and known.digest != self.digest:
                hint = "Use a new key for a new request."
                raise ConflictError("this Idempotency-Key was used for another request", hint=hint)
            if known is not None and (known.state != "FAILED" or (known.interrupted and known.order != self.after)):
                return known.order
        if not page.has_slot(self.sent.way.channel, self.sent.slots):
            return "full"
        page.afford(placed.payer, placed.held)
        page.begin(placed.payer)
        moment = now()
        row = {"id": placed.id, "account": placed.payer.account, "project": placed.payer.project, "model": self.model,
               "request": dict(self.request), "digest": self.digest, "price": placed.held, "owner": placed.owner,
               "moment": moment}  # fmt: skip
        page.add(sql.ORDER, row)
        if placed.name is not None:
            page.name(placed.name, placed.id, self.digest, self.expires_at)
        _send(page, placed, self.sent, moment)
        return "sent"


@dataclass(frozen=True, slots=True)
class Failed:
    """A sending that came to nothing for certain."""

    sent: Sent
    outcome: Outcome
    error: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Again:
    """The next sending of an order; if the ``last`` one was not closed by `Pause`, it is now. Told and raised as by
    `Begin`; of ``"full"`` and errors nothing is written."""

    lasting: ClassVar[bool] = True
    placed: Placed
    last: Failed | None
    sent: Sent

    def make(self, page: ChatPage) -> str:
        placed = self.placed
        leaving = self.last.sent.way.channel if self.last else ""
        if not page.has_slot(self.sent.way.channel, self.sent.slots, leaving=leaving):
            return "full"
        page.afford(placed.payer, placed.held, releasing=placed.held if self.last else 0)
        moment = now()
        page.add(sql.TURN, {"order": placed.id, "owner": placed.owner, "state": "SUBMITTING", "error": None})
        if self.last is not None:
            _close(page, placed, self.last, moment)
        _send(page, placed, self.sent, moment)
        return "sent"


@dataclass(frozen=True, slots=True)
class Pause:
    """A sending came to nothing for certain, and the next one is a while off: nothing is held meanwhile."""

    lasting: ClassVar[bool] = False
    placed: Placed
    last: Failed

    def make(self, page: ChatPage) -> None:
        turn = {"order": self.placed.id, "owner": self.placed.owner, "state": "PLANNED", "error": dict(self.last.error)}
        page.add(sql.TURN, turn)
        _close(page, self.placed, self.last, now())


@dataclass(frozen=True, slots=True)
class Result:
    """How an order came out. ``SUCCEEDED`` captures ``price``: as metered, and never more than was held, which is what
    was agreed. ``FAILED`` releases the hold, ``UNKNOWN`` leaves it. ``keep`` is the answer to keep until
    ``expires_at``."""

    state: Literal[OrderState.SUCCEEDED, OrderState.FAILED, OrderState.UNKNOWN]
    outcome: Outcome
    price: int = 0
    cost: int = 0
    seconds: float | None = None
    upstream_id: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    error: Mapping[str, Any] | None = None
    keep: Answer | None = None
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class End:
    """The end of an order. Told: what was paid. ``sent`` is its last sending, None if that is closed already.

    Raises:
        ConflictError: somebody else has settled it meanwhile.
    """

    lasting: ClassVar[bool] = False
    placed: Placed
    sent: Sent | None
    result: Result

    def make(self, page: ChatPage) -> int:
        placed, result, moment = self.placed, self.result, now()
        succeeded = result.state is OrderState.SUCCEEDED
        price = min(result.price, placed.held) if succeeded else placed.held
        row = {"order": placed.id, "owner": placed.owner, "state": result.state.value, "price": price,
               "cost": result.cost, "seconds": result.seconds, "facts": dict(result.facts),
               "error": None if result.error is None else dict(result.error),
               "moment": None if result.state is OrderState.UNKNOWN else moment}  # fmt: skip
        page.add(sql.END, row)
        page.ended(placed.payer)
        if self.sent is not None:
            page.end(
                self.sent, result.outcome, moment, error=result.error, cost=result.cost, upstream=result.upstream_id
            )
            if succeeded:
                back = placed.held - price
                page.enter(placed.payer, self.sent.id, EntryKind.CAPTURE, back, moment, held=placed.held)
            elif result.state is OrderState.FAILED:
                page.enter(placed.payer, self.sent.id, EntryKind.RELEASE, placed.held, moment)
        if result.keep is not None:
            kept = {"order": placed.id, "status": result.keep.status, "headers": dict(result.keep.headers),
                    "body": result.keep.body, "expires_at": result.expires_at}  # fmt: skip
            page.add(sql.KEEP if placed.name is None else sql.FILL, kept)
        return price if succeeded else 0


@dataclass(frozen=True, slots=True)
class Sweep:
    """Close the chats that nobody will take up again, and forget answers whose time is over."""

    lasting: ClassVar[bool] = False

    def make(self, page: ChatPage) -> None:
        error = {"kind": "interrupted", "message": "the server stopped before it was answered", "hint": "Ask again.",
                 "retryable": True, "refusal": ""}  # fmt: skip
        page.add(sql.CLOSE, {"error": error, "moment": now()})
        page.add(sql.FORGET, {"moment": now()})


async def known(session: AsyncSession, order_id: str) -> Known | None:
    """A chat by its order's id."""
    return await _one(session, select(*_KNOWN).outerjoin(ChatAnswer).where(Order.id == order_id))


async def named(session: AsyncSession, name: str) -> Known | None:
    """The chat that has an ``Idempotency-Key``."""
    return await _one(session, select(*_KNOWN).join(ChatAnswer).where(ChatAnswer.name == name))


async def latest(session: AsyncSession, project_id: str, digest: str, since: datetime) -> Known | None:
    """The last chat of a key with this very body, placed after ``since``."""
    mine = (
        Order.project_id == project_id,
        Order.digest == digest,
        text("orders.modality = 'text' AND coalesce(orders.domain_key, '') = ''"),  # as the index has it
        Order.created_at > since,
    )
    return await _one(session, select(*_KNOWN).outerjoin(ChatAnswer).where(*mine).order_by(Order.id.desc()).limit(1))


def _send(page: ChatPage, placed: Placed, sent: Sent, moment: datetime) -> None:
    page.send(placed.id, sent, moment)
    page.enter(placed.payer, sent.id, EntryKind.HOLD, -placed.held, moment)


def _close(page: ChatPage, placed: Placed, failed: Failed, moment: datetime) -> None:
    page.end(failed.sent, failed.outcome, moment, error=failed.error)
    page.enter(placed.payer, failed.sent.id, EntryKind.RELEASE, placed.held, moment)


async def _one(session: AsyncSession, query: Any) -> Known | None:
    row = (await session.execute(query)).first()
    if row is None:
        return None
    answer = None if row.status is None else Answer(row.status, row.headers, row.body)
    finished = utc(row.finished_at)
    return Known(row.id, row.digest, OrderState(row.state), row.error or {}, utc(row.created_at), finished, answer)


_KNOWN = (
    Order.id,
    Order.digest,
    Order.state,
    Order.error,
    Order.created_at,
    Order.finished_at,
    ChatAnswer.status,
    ChatAnswer.headers,
    ChatAnswer.body,
)
