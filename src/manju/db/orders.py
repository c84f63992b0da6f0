"""Orders (订单) and their attempts: written down, sent, and how they came out.

Every change names the state that it starts from and fails if the order is not in it, so that two writers cannot both
believe that they made it. Functions work in the caller's transaction: a state never changes without its money.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from math import ceil
from typing import Any, Literal, cast

from sqlalchemy import ColumnElement, Row, ScalarSelect, Table, bindparam, case, false, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from manju.db import accounts
from manju.db.clock import now, utc
from manju.db.tables import Attempt, Order, Project, Run
from manju.domain.ids import new_id
from manju.domain.order import Modality, OrderState, Stored, Way
from manju.errors import ConflictError, NotFoundError, StoppedError

Outcome = Literal[
    "sending", "accepted", "made", "succeeded", "not_sent", "rejected", "unknown", "failed", "interrupted"
]
IN_FLIGHT: tuple[Outcome, ...] = ("sending", "accepted")
"""Outcomes of an attempt that is still going on; each takes one of its channel's slots."""
SENT = (OrderState.SUBMITTING.value, OrderState.SUBMITTED.value)


@dataclass(frozen=True, slots=True)
class OrderRecord:
    """An order as it stands. ``owner`` is the gateway at work on it; ``error`` has ``kind``, ``message``, ``hint``.
    ``interrupted``: it costs money, is ``PLANNED`` again, and was sent before without an answer that says what became
    of it: it may have been bought, and what was held for it still is."""

    id: str
    account_id: str
    project_id: str
    key: str
    modality: Modality
    model: str
    digest: str
    state: OrderState
    owner: str | None
    price: int
    artefacts: tuple[Stored, ...] = ()
    facts: Mapping[str, Any] | None = None
    error: Mapping[str, Any] | None = None
    interrupted: bool = False


@dataclass(frozen=True, slots=True)
class Detail:
    """What is seldom asked of an order: the request as it was sent, and when it was placed and ended (UTC)."""

    request: Mapping[str, Any]
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewOrder:
    """What is written down of an order before it is sent."""

    account_id: str
    project_id: str
    run_id: str | None
    key: str
    modality: Modality
    model: str
    request: Mapping[str, Any]
    digest: str
    price: int


@dataclass(frozen=True, slots=True)
class Sending:
    """An attempt in flight. ``number`` counts an order's attempts from 1; ``token`` is our reference that upstream was
    given."""

    order_id: str
    attempt_id: str
    number: int
    way: Way
    token: str

    @property
    def repeats(self) -> bool:
        """Whether it is sent once more with the token of an attempt that may have been accepted."""
        return self.token != self.attempt_id


@dataclass(frozen=True, slots=True)
class Underway:
    """An attempt that upstream has accepted: the task's id (empty if upstream answered at once), and, once it is made,
    where it can be fetched (neither: it is in doubt, see `doubt`); what was asked for (which may not be what is wanted
    now), when it was sent (UTC), and whether a person said so, see `recover`."""

    sending: Sending
    upstream_id: str
    answer: Mapping[str, Any] | None
    model: str
    request: Mapping[str, Any]
    digest: str
    since: datetime
    recovered: bool


# Orders are placed by the hundred: statements that never change are built once, and changes go to the tables without
# the mapper's bookkeeping.
_ORDERS = cast(Table, Order.__table__)
_ATTEMPTS = cast(Table, Attempt.__table__)
_ACCOUNT = select(Project.account_id).where(Project.id == bindparam("project"))
_RUN = (
    select(Run.epoch, Run.cancel_requested, Project.account_id)
    .join(Project, Project.id == Run.project_id)
    .where(Run.id == bindparam("run"), Project.id == bindparam("project"))
    .with_for_update(of=Run)
)
_LAST_SENT = (
    select(Attempt.outcome == "interrupted")
    .where(Attempt.order_id == Order.id, Attempt.outcome != "not_sent")
    .order_by(Attempt.number.desc())
    .limit(1)
    .correlate(Order)
    .scalar_subquery()
)
COLUMNS = (
    Order.id,
    Order.account_id,
    Order.project_id,
    Order.domain_key,
    Order.modality,
    Order.model,
    Order.digest,
    Order.state,
    Order.owner,
    Order.price,
    Order.artefacts,
    Order.facts,
    Order.error,
    case(((Order.state == "PLANNED") & (Order.price > 0), _LAST_SENT), else_=false()).label("interrupted"),
)
"""What `record` reads."""


def record(row: Row[Any]) -> OrderRecord:
    """An order from a row with `COLUMNS`."""
    return OrderRecord(
        id=row.id,
        account_id=row.account_id,
        project_id=row.project_id,
        key=row.domain_key,
        modality=row.modality,
        model=row.model,
        digest=row.digest,
        state=OrderState(row.state),
        owner=row.owner,
        price=row.price,
        artefacts=tuple(Stored.model_validate(one) for one in row.artefacts),
        facts=row.facts,
        error=row.error,
        interrupted=bool(row.interrupted),
    )


async def admit(session: AsyncSession, project_id: str, run_id: str | None, epoch: int) -> str:
    """Check that a run may (still) place orders for a project. Returns the account that pays.

    Raises:
        NotFoundError: there is no such project or run.
        ConflictError: another worker has taken the run over; its epoch is another.
        StoppedError: the run was cancelled.
    """
    if run_id is None:
        account_id = await session.scalar(_ACCOUNT, {"project": project_id})
        if account_id is None:
            raise NotFoundError(f"there is no project {project_id!r}")
        return account_id
    run = (await session.execute(_RUN, {"project": project_id, "run": run_id})).first()
    if run is None:
        raise NotFoundError(f"the project {project_id!r} has no run {run_id!r}")
    if run.epoch != epoch:
        raise ConflictError(f"another worker has taken over the run {run_id}", hint="Follow it there.")
    if run.cancel_requested:
        raise StoppedError(f"the run {run_id} was cancelled")
    return str(run.account_id)


async def plan(session: AsyncSession, new: NewOrder, owner: str | None, *, sending: bool) -> OrderRecord:
    """Write an order down with ``owner`` (None: nobody yet) at work on it: ``PLANNED``, or ``SUBMITTING`` if `send`
    follows at once.

    Raises:
        IntegrityError: its key is taken.
    """
    order = OrderRecord(
        id=new_id("order"),
        account_id=new.account_id,
        project_id=new.project_id,
        key=new.key,
        modality=new.modality,
        model=new.model,
        digest=new.digest,
        state=_taken_up(sending),
        owner=owner,
        price=new.price,
    )
    await session.execute(
        _ORDERS.insert(),
        {
            "id": order.id,
            "account_id": new.account_id,
            "project_id": new.project_id,
            "run_id": new.run_id,
            "domain_key": new.key,
            "modality": new.modality,
            "model": new.model,
            "request": dict(new.request),
            "digest": new.digest,
            "price": new.price,
            "state": order.state.value,
            "owner": owner,
        },
    )
    return order


async def claim(session: AsyncSession, order: OrderRecord, owner: str, *, sending: bool) -> None:
    """Take an order up (again), as `plan` does with a new one."""
    state = _taken_up(sending).value
    await _change(session, order.id, (order.state.value,), order.owner, state=state, owner=owner, error=None)


async def supersede(session: AsyncSession, order: OrderRecord, error: Mapping[str, Any] | None = None) -> None:
    """Close a ``PLANNED`` order that is not to be sent any more: what is asked for has changed, or the ``error``. One
    that was interrupted is ``UNKNOWN`` from now on, and what was held for it stays held: a person decides."""
    changed = {"kind": "superseded", "message": "something else was asked for before it was sent", "hint": ""}
    if order.interrupted:
        why = error["message"] if error else "something else is asked for now"
        error = _in_doubt(f"it was sent, its answer was lost, and it is not sent again: {why}")
        await _change(session, order.id, ("PLANNED",), order.owner, state="UNKNOWN", owner=None, error=error)
        last = (_ATTEMPTS.c.order_id == order.id) & (_ATTEMPTS.c.number == _last(order.id))
        await session.execute(_ATTEMPTS.update().where(last).values(outcome="unknown", error=error))
        return
    closed = {"state": "FAILED", "owner": None, "error": dict(error or changed), "finished_at": now()}
    await _change(session, order.id, ("PLANNED",), order.owner, **closed)


async def send(
    session: AsyncSession, order: OrderRecord, way: Way, run: tuple[str | None, int], *, first: bool, token: str = ""
) -> Sending:
    """Add an attempt to an order that is ``SUBMITTING`` now, and hold its price. Only after the commit may it be sent.

    Args:
        run: the run that sends it, and its epoch.
        first: the order is new.
        token: that of an interrupted attempt which this one repeats without harm, and whose hold it takes over; empty
            makes a new one.

    Raises:
        BudgetError: the project's budget or the account cannot bear it.
    """
    query = select(_ATTEMPTS.c.id, _ATTEMPTS.c.number).where(_ATTEMPTS.c.order_id == order.id)
    last = None if first else (await session.execute(query.order_by(_ATTEMPTS.c.number.desc()).limit(1))).first()
    number = 1 if last is None else last.number + 1
    attempt_id = new_id("attempt")
    sending = Sending(order.id, attempt_id, number, way, token or attempt_id)
    if order.price and token and last is not None and await accounts.held(session, last.id):
        await accounts.release(session, last.id)
    elif order.price:
        await accounts.afford(session, order.account_id, order.project_id, order.price)
    await session.execute(
        _ATTEMPTS.insert(),
        {
            "id": sending.attempt_id,
            "order_id": order.id,
            "number": number,
            "run_id": run[0],
            "epoch": run[1],
            "channel": way.channel,
            "channel_key": way.key,
            "upstream_model": way.model,
            "token": sending.token,
            "outcome": "sending",
        },
    )
    if order.price:
        await accounts.hold(session, order.account_id, order.project_id, sending.attempt_id, order.price)
    return sending


async def accept(session: AsyncSession, sending: Sending, owner: str, upstream_id: str) -> None:
    """Upstream has taken the order as a task: it is ``SUBMITTED``, and is polled from now on."""
    await _change(session, sending.order_id, SENT, owner, state="SUBMITTED")
    await _note(session, sending, outcome="accepted", upstream_id=upstream_id)


async def doubt(session: AsyncSession, sending: Sending, owner: str | None) -> None:
    """It was sent, no answer came, and upstream can be asked for it: ``SUBMITTED`` without a task's id, and nobody's.
    Whoever wants it looks it up first. What was held for it stays held."""
    await _change(session, sending.order_id, ("SUBMITTING",), owner, state="SUBMITTED", owner=None)
    await _note(session, sending, outcome="accepted")


async def answered(session: AsyncSession, sending: Sending, owner: str | None, answer: Mapping[str, Any]) -> None:
    """Upstream has made it, and it is to be fetched: ``SUBMITTED`` until it is in the store."""
    await _change(session, sending.order_id, SENT, owner, state="SUBMITTED")
    await _note(session, sending, outcome="made", answer=dict(answer))


async def adopt(session: AsyncSession, order_id: str, current: str | None, owner: str) -> Underway:
    """Take up an order that upstream has accepted and nobody (else) is at work on.

    Raises:
        ConflictError: somebody was faster.
    """
    await _change(session, order_id, ("SUBMITTED",), current, owner=owner)
    query = select(_ATTEMPTS, _ORDERS.c.model, _ORDERS.c.request, _ORDERS.c.digest).join(
        _ORDERS, _ORDERS.c.id == _ATTEMPTS.c.order_id
    )
    underway = _ATTEMPTS.c.outcome.in_(("accepted", "made"))
    row = (await session.execute(query.where(_ORDERS.c.id == order_id, underway))).one()
    since = utc(row.started_at)
    sending, recovered = _sending(row), row.error is not None  # `lose` wrote that
    return Underway(sending, row.upstream_id or "", row.answer, row.model, row.request, row.digest, since, recovered)


async def succeed(
    session: AsyncSession,
    sending: Sending,
    owner: str,
    *,
    artefacts: Sequence[Stored],
    facts: Mapping[str, Any],
    share: Fraction,
    cost: int,
    seconds: float,
) -> None:
    """A usable artefact is in the store: the order has ``SUCCEEDED``, and the ``share`` of the agreed price that was
    delivered is captured: rounded up, at most all of it, and never nothing of something. ``cost`` is what upstream
    charged, ``seconds`` how long the model took."""
    agreed = await session.scalar(select(_ORDERS.c.price).where(_ORDERS.c.id == sending.order_id)) or 0
    paid = min(agreed, max(1, ceil(agreed * share)))
    await _change(
        session,
        sending.order_id,
        SENT,
        owner,
        state="SUCCEEDED",
        owner=None,
        artefacts=[stored.model_dump(mode="json") for stored in artefacts],
        facts=dict(facts),
        price=paid,
        cost=_ORDERS.c.cost + cost,
        seconds=seconds,
        error=None,
        finished_at=now(),
    )
    await _end(session, sending, "succeeded", cost=cost, answer=None)
    if agreed:
        await accounts.capture(session, sending.attempt_id, paid)


async def fail(
    session: AsyncSession,
    sending: Sending,
    owner: str,
    error: Mapping[str, Any],
    *,
    again: bool,
    outcome: Outcome = "failed",
) -> None:
    """The attempt came to nothing for certain and is not paid for. ``again``: the same owner will make another
    (``PLANNED``); otherwise the order has ``FAILED``. ``outcome`` may be ``not_sent`` or ``rejected`` too; of one that
    was not sent and repeats another, what is held stays held for the next."""
    after = {"state": "PLANNED"} if again else {"state": "FAILED", "owner": None, "finished_at": now()}
    price = await _change(session, sending.order_id, SENT, owner, error=dict(error), **after)
    await _end(session, sending, outcome, error=dict(error))
    if price and not (again and outcome == "not_sent" and sending.repeats):
        await accounts.release(session, sending.attempt_id)


async def interrupt(session: AsyncSession, sending: Sending, owner: str | None, *, sent: bool) -> None:
    """The attempt ended without an answer that says what became of the order, and sending it again does no harm: the
    order is ``PLANNED`` as before it, and nobody's. ``sent`` is False if it certainly never left. If it, or the attempt
    that it repeats, may have been accepted, what was held stays held for the next; nobody sends a chat again."""
    price = await _change(session, sending.order_id, SENT, owner, state="PLANNED", owner=None)
    await _end(session, sending, "interrupted" if sent else "not_sent")
    key = select(_ORDERS.c.domain_key).where(_ORDERS.c.id == sending.order_id)
    if price and not ((sent or sending.repeats) and await session.scalar(key)):
        await accounts.release(session, sending.attempt_id)


async def lose(session: AsyncSession, sending: Sending, owner: str | None, why: str = "") -> None:
    """The attempt ended without an answer, and it may have been accepted: ``UNKNOWN``, until a person decides. What
    was held for it stays held."""
    message = f"attempt {sending.number} was sent to {sending.way.channel} and its answer was lost"
    error = _in_doubt(f"{message}: {why}" if why else message)
    await _change(session, sending.order_id, SENT, owner, state="UNKNOWN", owner=None, error=error)
    await _end(session, sending, "unknown", error=error)


async def recover(
    session: AsyncSession, order_id: str, *, upstream_id: str = "", answer: Mapping[str, Any] | None = None
) -> None:
    """A person found what became of an ``UNKNOWN`` order: the task's id, or where its file is. It is ``SUBMITTED``
    again, and whoever wants it goes on from there. What is held for it stays held.

    Raises:
        ConflictError: it is not ``UNKNOWN`` (any more).
    """
    await _change(session, order_id, ("UNKNOWN",), None, state="SUBMITTED", error=None)
    outcome: Outcome = "made" if answer else "accepted"
    values = {"outcome": outcome, "upstream_id": upstream_id or None, "answer": dict(answer) if answer else None}
    await session.execute(_ATTEMPTS.update().where(_doubtful(order_id)).values(finished_at=None, **values))


async def give_up(session: AsyncSession, order_id: str, *, again: bool) -> None:
    """A person gave an ``UNKNOWN`` order up: what was held for it comes back. ``again``: it may be sent once more
    (``PLANNED``); otherwise it has ``FAILED``.

    Raises:
        ConflictError: it is not ``UNKNOWN`` (any more).
    """
    released = {"kind": "released", "message": "its outcome was not known, and it was given up", "hint": ""}
    after = {"state": "PLANNED", "error": None} if again else {"state": "FAILED", "error": released}
    await _change(session, order_id, ("UNKNOWN",), None, **after)
    attempt = await session.scalar(select(_ATTEMPTS.c.id).where(_doubtful(order_id)))
    await session.execute(_ATTEMPTS.update().where(_doubtful(order_id)).values(finished_at=now()))
    if attempt is not None:
        await accounts.release(session, attempt)


async def leave(session: AsyncSession, owner: str | None, order_id: str | None = None) -> None:
    """Leave the orders that a gateway has taken up and not sent (``PLANNED``), or that upstream has accepted
    (``SUBMITTED``), to whoever wants them, as they are; or one only."""
    for state in ("PLANNED", "SUBMITTED"):  # each has an index
        statement = _ORDERS.update().where(_ORDERS.c.state == text(f"'{state}'"), _owned(owner))
        if order_id is not None:
            statement = statement.where(_ORDERS.c.id == order_id)
        await session.execute(statement.values(owner=None))


async def unfinished(session: AsyncSession, kind: str) -> list[tuple[str, str, str]]:
    """Id, project and domain key of the orders of a kind that nobody is at work on and that have not ended, first to
    last."""
    query = select(Order.id, Order.project_id, Order.domain_key).where(
        Order.domain_key.like(f"%/{kind}/take-%"), Order.owner.is_(None)
    )
    # Written out, the states are those that the indexes are for: all orders that have ended have no owner either.
    found = [
        row for state in ("PLANNED", "SUBMITTED")
        for row in await session.execute(query.where(Order.state == text(f"'{state}'")))
    ]  # fmt: skip
    return sorted((str(row[0]), str(row[1]), str(row[2])) for row in found)


async def requests(session: AsyncSession, order_ids: Sequence[str]) -> dict[str, tuple[str, dict[str, Any]]]:
    """Model and request of some orders by their ids."""
    rows = await session.execute(select(Order.id, Order.model, Order.request).where(Order.id.in_(order_ids)))
    return {row.id: (row.model, row.request) for row in rows}


async def detail(session: AsyncSession, order_id: str) -> Detail:
    """The rest of an order."""
    query = select(Order.request, Order.created_at, Order.finished_at).where(Order.id == order_id)
    row = (await session.execute(query)).one()
    return Detail(row.request, utc(row.created_at), utc(row.finished_at))


async def census(session: AsyncSession) -> dict[str, int]:
    """How many orders are in each state."""
    counted = await session.execute(select(Order.state, func.count()).group_by(Order.state))
    return {state.value: 0 for state in OrderState} | {str(state): int(count) for state, count in counted}


async def in_doubt(session: AsyncSession, project_id: str) -> list[OrderRecord]:
    """The ``UNKNOWN`` orders of a project, first to last."""
    query = select(*COLUMNS).where(Order.project_id == project_id, Order.state == "UNKNOWN")
    return [record(row) for row in await session.execute(query.order_by(Order.created_at, Order.id))]


def _doubtful(order_id: str) -> ColumnElement[bool]:
    """The attempt whose outcome is not known; those before it are settled."""
    last = (_ATTEMPTS.c.order_id == order_id) & (_ATTEMPTS.c.number == _last(order_id))
    return last & (_ATTEMPTS.c.outcome == "unknown")


def _last(order_id: str) -> ScalarSelect[Any]:
    """The number of an order's last attempt."""
    return select(func.max(_ATTEMPTS.c.number)).where(_ATTEMPTS.c.order_id == order_id).scalar_subquery()


def _in_doubt(message: str) -> dict[str, Any]:
    return {"kind": "unknown", "message": message, "hint": "Look it up there before you buy it again."}


async def in_flight(session: AsyncSession, channel: str) -> int:
    """How many attempts a channel has in flight, of all gateways."""
    count = select(func.count()).select_from(Attempt)
    return await session.scalar(count.where(Attempt.channel == channel, Attempt.outcome.in_(IN_FLIGHT))) or 0


async def owners(session: AsyncSession) -> set[str]:
    """Every gateway that is, or was when it died, at work on an order."""
    names = await session.scalars(select(Order.owner).where(Order.owner.is_not(None)).distinct())
    return {name for name in names if name is not None}


async def sent(session: AsyncSession, owner: str | None, order_id: str | None = None) -> list[Sending]:
    """The attempts that a gateway has sent and not heard of, or those of one order only."""
    query = (
        select(_ATTEMPTS)
        .join(Order, Order.id == Attempt.order_id)
        .where(Order.state == "SUBMITTING", Attempt.outcome == "sending", _owned(owner))
    )
    if order_id is not None:
        query = query.where(Order.id == order_id)
    return [_sending(row) for row in await session.execute(query)]


async def interrupted(session: AsyncSession, order_id: str) -> Sending | None:
    """The last attempt of an order that was sent, if it was interrupted: it may have been accepted, and what is sent
    next must carry its token."""
    left = (_ATTEMPTS.c.order_id == order_id) & (_ATTEMPTS.c.outcome != "not_sent")
    row = (await session.execute(select(_ATTEMPTS).where(left).order_by(_ATTEMPTS.c.number.desc()).limit(1))).first()
    return _sending(row) if row is not None and row.outcome == "interrupted" else None


def _sending(row: Row[Any]) -> Sending:
    return Sending(
        row.order_id, row.id, row.number, Way(row.channel, row.channel_key, row.upstream_model), row.token or row.id
    )


def _taken_up(sending: bool) -> OrderState:
    return OrderState.SUBMITTING if sending else OrderState.PLANNED


def _owned(owner: str | None) -> ColumnElement[bool]:
    return _ORDERS.c.owner.is_(None) if owner is None else _ORDERS.c.owner == owner


async def _change(
    session: AsyncSession, order_id: str, states: Sequence[str], current: str | None, **values: Any
) -> int:
    """The order's price, for the money that moves with its state."""
    statement = _ORDERS.update().where(_ORDERS.c.id == order_id, _ORDERS.c.state.in_(states), _owned(current))
    # RETURNING tells whether a row was changed on every driver; rowcount does not.
    row = (await session.execute(statement.values(**values).returning(_ORDERS.c.price))).first()
    if row is None:
        raise ConflictError(f"the order {order_id} was changed by somebody else", hint="Run it again.", retryable=True)
    return int(row.price)


async def _end(session: AsyncSession, sending: Sending, outcome: Outcome, **values: Any) -> None:
    await _note(session, sending, outcome=outcome, finished_at=now(), **values)


async def _note(session: AsyncSession, sending: Sending, **values: Any) -> None:
    await session.execute(_ATTEMPTS.update().where(_ATTEMPTS.c.id == sending.attempt_id).values(**values))
