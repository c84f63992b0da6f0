"""One transaction of many chats (`manju.db.chats`): what is checked in it, and its rows, collected and written at once.

What one change takes is seen by the next: money and slots are read once and then counted on here. The statements are
written out, since both databases take them as they are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, DateTime, LargeBinary, bindparam, text

from manju.db.keys import too_many
from manju.db.order_records import Outcome
from manju.db.plain import Batch, Statement, Values
from manju.db.tables import TASK_OPEN
from manju.domain.account import EntryKind
from manju.domain.money import show
from manju.domain.order import Way
from manju.errors import BudgetError, ConflictError, NotFoundError

_TYPES: dict[str, Any] = {
    "request": JSON(),
    "facts": JSON(),
    "headers": JSON(),
    "error": JSON(none_as_null=True),
    "body": LargeBinary(),
    "moment": DateTime(timezone=True),
    "expires_at": DateTime(timezone=True),
}


def _statement(written: str) -> Statement:
    """Values that are not plain numbers or texts are known by their names."""
    typed = [bindparam(name, type_=kind) for name, kind in _TYPES.items() if f":{name}" in written]
    return Statement(text(written).bindparams(*typed))


ORDER = _statement(
    "INSERT INTO orders (id, account_id, project_id, modality, model, request, digest, state, owner, price, cost,"
    " artefacts, facts, created_at) VALUES (:id, :account, :project, 'text', :model, :request, :digest, 'SUBMITTING',"
    " :owner, :price, 0, '[]', '{}', :moment)"
)
NAMED = _statement(
    "SELECT o.id, o.state, o.digest, (SELECT a.outcome FROM attempts a WHERE a.order_id = o.id"
    " AND a.outcome <> 'not_sent' ORDER BY a.number DESC LIMIT 1)"
    " FROM chat_answers c JOIN orders o ON o.id = c.order_id WHERE c.name = :name"
)
UNNAME = _statement("UPDATE chat_answers SET name = NULL WHERE name = :name")
NAME = _statement(
    "INSERT INTO chat_answers (order_id, name, headers, expires_at) VALUES (:order, :name, '{}', :expires_at)"
)
KEEP = _statement(
    "INSERT INTO chat_answers (order_id, status, headers, body, expires_at)"
    " VALUES (:order, :status, :headers, :body, :expires_at)"
)
FILL = _statement(
    "UPDATE chat_answers SET status = :status, headers = :headers, body = :body, expires_at = :expires_at"
    " WHERE order_id = :order"
)
ATTEMPT = _statement(
    "INSERT INTO attempts (id, order_id, number, epoch, channel, channel_key, upstream_model, token, outcome, cost,"
    " started_at) VALUES (:id, :order, :number, 0, :channel, :key, :model, :token, 'sending', 0, :moment)"
)
ENTRY = _statement(
    "INSERT INTO ledger (account_id, project_id, attempt_id, kind, amount, created_at)"
    " VALUES (:account, :project, :attempt, :kind, :amount, :moment)"
)
_MINE = "WHERE id = :order AND owner = :owner AND state IN ('SUBMITTING', 'PLANNED')"
TURN = _statement(f"UPDATE orders SET state = :state, error = :error {_MINE}")
END = _statement(
    "UPDATE orders SET state = :state, owner = NULL, price = :price, cost = cost + :cost, seconds = :seconds,"
    f" facts = :facts, error = :error, finished_at = :moment {_MINE}"
)
END_ATTEMPT = _statement(
    "UPDATE attempts SET outcome = :outcome, upstream_id = :upstream, cost = :cost, error = :error,"
    " finished_at = :moment WHERE id = :attempt"
)
CLOSE = _statement(
    "UPDATE orders SET state = 'FAILED', error = :error, finished_at = :moment"
    " WHERE state = 'PLANNED' AND owner IS NULL AND modality = 'text' AND coalesce(domain_key, '') = ''"
)
FORGET = _statement("DELETE FROM chat_answers WHERE expires_at < :moment")
IN_FLIGHT = _statement(f"SELECT count(*) FROM orders WHERE project_id = :project AND {TASK_OPEN}")
SLOTS = _statement("SELECT count(*) FROM attempts WHERE channel = :channel AND outcome IN ('sending', 'accepted')")
MONEY = _statement(
    "SELECT a.name, a.limited, p.budget,"
    " coalesce((SELECT amount FROM tallies WHERE name = 'account/' || a.id), 0),"
    " coalesce((SELECT amount FROM tallies WHERE name = 'project/' || p.id), 0),"
    " coalesce((SELECT amount FROM tallies WHERE name = 'project/' || p.id || '/' || :day), 0)"
    " FROM projects p JOIN accounts a ON a.id = :account WHERE p.id = :project"
)
_ORDER_OF_WRITING = (ORDER, UNNAME, NAME, ATTEMPT, TURN, END, END_ATTEMPT, ENTRY, KEEP, FILL, CLOSE, FORGET)


@dataclass(frozen=True, slots=True)
class Payer:
    """Who pays: an API key's account and project (whose budget is the key's), the key's budget of a day, how many tasks
    it may have in flight, and its name."""

    account: str
    project: str
    day_budget: int | None
    tasks: int | None = None
    name: str = ""


@dataclass(frozen=True, slots=True)
class Sent:
    """One sending of an order. ``slots`` is how many attempts its channel takes at once."""

    id: str
    number: int
    way: Way
    token: str
    slots: int


@dataclass(frozen=True, slots=True)
class Named:
    """The order that an ``Idempotency-Key`` stands for."""

    order: str
    state: str
    digest: str
    last: str | None = None
    """How its last attempt came out that was sent."""

    @property
    def interrupted(self) -> bool:
        """Whether it may have been bought, and nobody knows."""
        return self.last == "interrupted"


@dataclass(slots=True)
class _Account:
    name: str
    limited: bool
    balance: int


@dataclass(slots=True)
class _Project:
    budget: int | None
    spent: int
    today: int
    """Paid and held, in all and today."""


class ChatPage:
    """See `manju.db.group.Page`."""

    def __init__(self, batch: Batch) -> None:
        self._batch = batch
        self._rows: dict[Statement, list[Values]] = {}
        self._accounts: dict[str, _Account] = {}
        self._projects: dict[str, _Project] = {}
        self._slots: dict[str, int] = {}
        self._tasks: dict[str, int] = {}
        self._ended: Counter[str] = Counter()
        """Orders in flight by project, and those that end in this very transaction."""
        self._names: dict[str, Named] = {}

    def add(self, statement: Statement, row: Values) -> None:
        """A row to write, or a change that need not find one."""
        self._rows.setdefault(statement, []).append(row)

    def flush(self) -> None:
        """Write all that was collected.

        Raises:
            ConflictError: an order is not its gateway's any more.
        """
        for statement in _ORDER_OF_WRITING:
            rows = self._rows.get(statement)
            if not rows:
                continue
            if statement not in (TURN, END):
                self._batch.write(statement, rows)
            elif self._batch.change(statement, rows) != len(rows):
                hint = "See how the order stands."
                raise ConflictError("the order was settled by somebody else", hint=hint, retryable=True)

    def send(self, order: str, sent: Sent, moment: datetime) -> None:
        """A sending that goes out after the commit."""
        way = sent.way
        row = {"id": sent.id, "order": order, "number": sent.number, "channel": way.channel, "key": way.key,
               "model": way.model, "token": sent.token, "moment": moment}  # fmt: skip
        self.add(ATTEMPT, row)

    def end(
        self,
        sent: Sent,
        outcome: Outcome,
        moment: datetime,
        *,
        error: Mapping[str, Any] | None,
        cost: int = 0,
        upstream: str = "",
    ) -> None:
        """How a sending came out."""
        row = {"attempt": sent.id, "outcome": outcome, "upstream": upstream or None, "cost": cost, "error": error,
               "moment": moment}  # fmt: skip
        self.add(END_ATTEMPT, row)

    def named(self, name: str) -> Named | None:
        """The order that has an ``Idempotency-Key``."""
        if name not in self._names:
            rows = self._batch.rows(NAMED, {"name": name})
            return Named(*rows[0]) if rows else None
        return self._names[name]

    def name(self, name: str, order: str, digest: str, expires_at: datetime) -> None:
        """Give an ``Idempotency-Key`` to an order; one that has failed loses it."""
        self._names[name] = Named(order, "SUBMITTING", digest)
        self.add(UNNAME, {"name": name})
        self.add(NAME, {"order": order, "name": name, "expires_at": expires_at})

    def has_slot(self, channel: str, most: int, *, leaving: str = "") -> bool:
        """Take a slot of a channel if it has one, among all gateways. ``leaving``: the channel whose slot the caller
        gives back for it."""
        if channel not in self._slots:
            self._slots[channel] = int(self._batch.rows(SLOTS, {"channel": channel})[0][0])
        if self._slots[channel] - (leaving == channel) >= most:
            return False
        self._slots[channel] += leaving != channel
        return True

    def begin(self, payer: Payer) -> None:
        """One more task of a key, among all gateways.

        Raises:
            BudgetError: it has as many in flight as it may.
        """
        if payer.tasks is None:
            return
        if payer.project not in self._tasks:
            self._tasks[payer.project] = int(self._batch.rows(IN_FLIGHT, {"project": payer.project})[0][0])
        if self._tasks[payer.project] - self._ended[payer.project] >= payer.tasks:
            raise too_many(payer.name, payer.tasks)
        self._tasks[payer.project] += 1

    def ended(self, payer: Payer) -> None:
        """A task of a key ends."""
        self._ended[payer.project] += 1

    def afford(self, payer: Payer, price: int, *, releasing: int = 0) -> None:
        """Check that the account and the budgets can bear a price, after ``releasing`` what is held.

        Raises:
            BudgetError: they cannot.
        """
        if not price:
            return
        for whose, amount in self._left(payer).items():
            if price > amount + releasing:
                raise BudgetError(
                    f"this request may cost {show(price)}, and {whose} has {show(max(0, amount + releasing))} left",
                    hint="Top it up, or ask for less (max_tokens). Nothing was sent.",
                )

    def enter(
        self, payer: Payer, attempt: str, kind: EntryKind, amount: int, moment: datetime, *, held: int | None = None
    ) -> None:
        """A movement of the ledger. What is free moves nothing: there is no hold, and so nothing closes it."""
        if not (amount if held is None else held):
            return
        row = {"account": payer.account, "project": payer.project, "attempt": attempt, "kind": kind.value,
               "amount": amount, "moment": moment}  # fmt: skip
        self.add(ENTRY, row)
        if payer.project in self._projects:
            self._accounts[payer.account].balance += amount
            self._projects[payer.project].spent -= amount
            self._projects[payer.project].today -= min(amount, 0)  # what comes back may have been held yesterday

    def _left(self, payer: Payer) -> dict[str, int]:
        """What may still be spent, by whose limit it is."""
        if payer.project not in self._projects:
            day = datetime.now(UTC).date().isoformat()
            rows = self._batch.rows(MONEY, {"account": payer.account, "project": payer.project, "day": day})
            if not rows:
                raise NotFoundError(f"there is no project {payer.project!r}")
            name, limited, budget, balance, spent, today = rows[0]
            # Another key of the same account may have spent of it in this very transaction.
            self._accounts.setdefault(payer.account, _Account(name, bool(limited), int(balance)))
            self._projects[payer.project] = _Project(budget, -int(spent), -int(today))
        account, project = self._accounts[payer.account], self._projects[payer.project]
        left: dict[str, int] = {}
        if account.limited:
            left[f"the account {account.name}"] = account.balance
        if project.budget is not None:
            left["the key's budget"] = project.budget - project.spent
        if payer.day_budget is not None:
            left["the key's budget of today"] = payer.day_budget - project.today
        return left
