"""Orders (订单) and their attempts: written down, sent, and how they came out.

Every change names the state that it starts from and fails if the order is not in it, so that two writers cannot both
believe that they made it. Functions work in the caller's transaction: a state never changes without its money. What is
read of orders is in `order_reads`, what they look like in `order_records`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil
from typing import Any

from sqlalchemy import ColumnElement, ScalarSelect, bindparam, func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from manju.db import accounts
from manju.db.clock import now, utc
from manju.db.order_records import (
    ATTEMPTS,
    ORDERS,
    NewOrder,
    OrderRecord,
    Outcome,
    Sending,
    Underway,
    owned_by,
    sending_of,
)
from manju.db.tables import Project, Run
from manju.domain.ids import new_id
from manju.domain.order import OrderState, Stored, Way
from manju.errors import ConflictError, NotFoundError, StoppedError

SENT = (OrderState.SUBMITTING.value, OrderState.SUBMITTED.value)
_ACCOUNT = select(Project.account_id).where(Project.id == bindparam("project"))
_RUN = (
    select(Run.epoch, Run.cancel_requested, Project.account_id)
    .join(Project, Project.id == Run.project_id)
    .where(Run.id == bindparam("run"), Project.id == bindparam("project"))
    .with_for_update(of=Run)
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
        ORDERS.insert(),
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
        await strand(session, order, error["message"] if error else "something else is asked for now")
        return
    closed = {"state": "FAILED", "owner": None, "error": dict(error or changed), "finished_at": now()}
    await _change(session, order.id, ("PLANNED",), order.owner, **closed)


async def strand(session: AsyncSession, order: OrderRecord, why: str) -> None:
    """A ``PLANNED`` order that was interrupted, and may have been bought, cannot be sent again: ``UNKNOWN``. What was
    held for it stays held."""
    error = _in_doubt(f"it was sent, its answer was lost, and it is not sent again: {why}")
    await _change(session, order.id, ("PLANNED",), order.owner, state="UNKNOWN", owner=None, error=error)
    last = (ATTEMPTS.c.order_id == order.id) & (ATTEMPTS.c.number == _last(order.id))
    await session.execute(ATTEMPTS.update().where(last).values(outcome="unknown", error=error))


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
    query = select(ATTEMPTS.c.id, ATTEMPTS.c.number).where(ATTEMPTS.c.order_id == order.id)
    last = None if first else (await session.execute(query.order_by(ATTEMPTS.c.number.desc()).limit(1))).first()
    number = 1 if last is None else last.number + 1
    attempt_id = new_id("attempt")
    sending = Sending(order.id, attempt_id, number, way, token or attempt_id)
    if order.price and token and last is not None and await accounts.held(session, last.id):
        await accounts.release(session, last.id)
    elif order.price:
        await accounts.afford(session, order.account_id, order.project_id, order.price)
    await session.execute(
        ATTEMPTS.insert(),
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
    query = select(ATTEMPTS, ORDERS.c.model, ORDERS.c.request, ORDERS.c.digest).join(
        ORDERS, ORDERS.c.id == ATTEMPTS.c.order_id
    )
    underway = ATTEMPTS.c.outcome.in_(("accepted", "made"))
    row = (await session.execute(query.where(ORDERS.c.id == order_id, underway))).one()
    since = utc(row.started_at)
    sending, recovered = sending_of(row), row.error is not None  # `lose` wrote that
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
    delivered is captured: rounded up, at most all of it. ``cost`` is what upstream charged, ``seconds`` how long the
    model took."""
    agreed = await session.scalar(select(ORDERS.c.price).where(ORDERS.c.id == sending.order_id)) or 0
    paid = min(agreed, ceil(agreed * share))
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
        cost=ORDERS.c.cost + cost,
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
    key = select(ORDERS.c.domain_key).where(ORDERS.c.id == sending.order_id)
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
    await session.execute(ATTEMPTS.update().where(_doubtful(order_id)).values(finished_at=None, **values))


async def give_up(session: AsyncSession, order_id: str, *, again: bool) -> None:
    """A person gave an ``UNKNOWN`` order up: what was held for it comes back. ``again``: it may be sent once more
    (``PLANNED``); otherwise it has ``FAILED``.

    Raises:
        ConflictError: it is not ``UNKNOWN`` (any more).
    """
    released = {"kind": "released", "message": "its outcome was not known, and it was given up", "hint": ""}
    after = {"state": "PLANNED", "error": None} if again else {"state": "FAILED", "error": released}
    await _change(session, order_id, ("UNKNOWN",), None, **after)
    attempt = await session.scalar(select(ATTEMPTS.c.id).where(_doubtful(order_id)))
    await session.execute(ATTEMPTS.update().where(_doubtful(order_id)).values(finished_at=now()))
    if attempt is not None:
        await accounts.release(session, attempt)


async def leave(session: AsyncSession, owner: str | None, order_id: str | None = None) -> None:
    """Leave the orders that a gateway has taken up and not sent (``PLANNED``), or that upstream has accepted
    (``SUBMITTED``), to whoever wants them, as they are; or one only."""
    for state in ("PLANNED", "SUBMITTED"):  # each has an index
        statement = ORDERS.update().where(ORDERS.c.state == text(f"'{state}'"), owned_by(owner))
        if order_id is not None:
            statement = statement.where(ORDERS.c.id == order_id)
        await session.execute(statement.values(owner=None))


def _doubtful(order_id: str) -> ColumnElement[bool]:
    """The attempt whose outcome is not known; those before it are settled."""
    last = (ATTEMPTS.c.order_id == order_id) & (ATTEMPTS.c.number == _last(order_id))
    return last & (ATTEMPTS.c.outcome == "unknown")


def _last(order_id: str) -> ScalarSelect[Any]:
    """The number of an order's last attempt."""
    return select(func.max(ATTEMPTS.c.number)).where(ATTEMPTS.c.order_id == order_id).scalar_subquery()


def _in_doubt(message: str) -> dict[str, Any]:
    return {"kind": "unknown", "message": message, "hint": "Look it up there before you buy it again."}


def _taken_up(sending: bool) -> OrderState:
    return OrderState.SUBMITTING if sending else OrderState.PLANNED


async def _change(
    session: AsyncSession, order_id: str, states: Sequence[str], current: str | None, **values: Any
) -> int:
    """The order's price, for the money that moves with its state."""
    statement = ORDERS.update().where(ORDERS.c.id == order_id, ORDERS.c.state.in_(states), owned_by(current))
    # RETURNING tells whether a row was changed on every driver; rowcount does not.
    row = (await session.execute(statement.values(**values).returning(ORDERS.c.price))).first()
    if row is None:
        raise ConflictError(f"the order {order_id} was changed by somebody else", hint="Run it again.", retryable=True)
    return int(row.price)


async def _end(session: AsyncSession, sending: Sending, outcome: Outcome, **values: Any) -> None:
    await _note(session, sending, outcome=outcome, finished_at=now(), **values)


async def _note(session: AsyncSession, sending: Sending, **values: Any) -> None:
    await session.execute(ATTEMPTS.update().where(ATTEMPTS.c.id == sending.attempt_id).values(**values))
