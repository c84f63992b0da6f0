"""What to do when a take is asked for, given what is on record. Pure: the rules in one place, to be read and tested.

In short: what was made for this very request is the answer, and nothing is sent. What is free and was asked for
differently is made anew as the next take. What costs money is made anew only on request; otherwise the old take is the
answer, marked stale. What failed waits for an explicit resume, and what nobody knows the outcome of, for a person.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from manju.db.order_records import OrderRecord
from manju.db.takes import TakeRecord
from manju.domain.order import OrderState
from manju.domain.takes import Stale
from manju.errors import ManjuError, NotFoundError, OrderFailedError, OrderUnknownError


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked for. ``lost`` are orders whose artefacts are gone from the store; ``resume``: failed orders may be
    tried again, but for those in ``given_up`` (they failed in this very run)."""

    me: str
    digest: str
    price: int
    redo_paid: bool
    resume: bool
    lost: Collection[str] = ()
    given_up: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """The take answers."""

    take: TakeRecord
    stale: Stale | None = None


@dataclass(frozen=True, slots=True)
class Again:
    """An order on record is to be sent (once more)."""

    take: TakeRecord


@dataclass(frozen=True, slots=True)
class New:
    """A new order: take and try. ``replaces`` is one that was planned and is not wanted any more. (If that one was
    interrupted, it is in doubt from then on, and this is asked again.)"""

    take: int
    attempt: int
    replaces: OrderRecord | None = None


@dataclass(frozen=True, slots=True)
class Adopt:
    """Upstream has accepted the order, and nobody is at work on it: go on from there. Nothing is sent."""

    take: TakeRecord


@dataclass(frozen=True, slots=True)
class Busy:
    """The order is in flight or about to be: somebody is at work on it, or died at it."""

    order: OrderRecord


@dataclass(frozen=True, slots=True)
class Refuse:
    """It cannot be had; the error says why."""

    error: ManjuError


Step = Answer | Again | Adopt | New | Busy | Refuse


def decide(takes: Sequence[TakeRecord], ask: Ask) -> Step:
    """The next step towards the take that is asked for. ``takes``: all of the subject and kind, first to last."""
    same = [take for take in takes if take.order.digest == ask.digest]
    made = [take for take in same if take.made]
    if made:
        return _answer(next((take for take in made if take.selected), made[-1]), None, ask)
    # A take whose lost file is being made again is selected, and yet no answer.
    selected = next((take for take in takes if take.made and take.selected), None)
    stale = selected is not None and ask.price > 0 and not ask.redo_paid
    unsent = same and same[-1].order.state in (OrderState.PLANNED, OrderState.FAILED) and not same[-1].order.interrupted
    if same and not (stale and unsent):
        return _go_on(same[-1], ask)
    if selected is not None and stale:
        return _answer(selected, Stale(ask.price), ask)
    return _anew(takes, ask)


def _answer(take: TakeRecord, stale: Stale | None, ask: Ask) -> Step:
    if take.order.id not in ask.lost:
        return Answer(take, stale)
    if take.order.price == 0 and stale is None:
        return Again(take)
    return Refuse(
        NotFoundError(
            f"the file of {take.order.key} was paid for and is gone from the artefact store",
            hint="Put the artefact folder back from a copy, or ask for the take to be made anew.",
        )
    )


def _go_on(take: TakeRecord, ask: Ask) -> Step:
    """The order for this very request, which has not succeeded."""
    order = take.order
    error = order.error or {}
    match order.state:
        case OrderState.FAILED if ask.resume and order.id not in ask.given_up:
            return Again(take)
        case OrderState.FAILED:
            message = f"{order.key} ({order.model}) failed: {error.get('message', '')}"
            hint = f"{error.get('hint', '')} Go on with --resume to try it again.".strip()
            return Refuse(OrderFailedError(message, hint=hint))
        case OrderState.UNKNOWN:
            return Refuse(_unknown(order))
        case OrderState.PLANNED if order.owner in (None, ask.me):
            return Again(take)
        case OrderState.SUBMITTED if order.owner in (None, ask.me):
            return Adopt(take)
        case _:
            return Busy(order)


def _anew(takes: Sequence[TakeRecord], ask: Ask) -> Step:
    """Nothing on record is for this request: the next take, or the next try of one that came to nothing."""
    if not takes:
        return New(1, 1)
    last = takes[-1]
    match last.order.state:
        case OrderState.SUCCEEDED:
            return New(last.number + 1, 1)
        case OrderState.FAILED:
            return New(last.number, last.attempt + 1)
        case OrderState.UNKNOWN if ask.price or last.order.price:
            return Refuse(_unknown(last.order))
        case OrderState.UNKNOWN:
            return New(last.number + 1, 1)
        case OrderState.PLANNED if last.order.owner in (None, ask.me):
            return New(last.number, last.attempt + 1, replaces=last.order)
        case OrderState.SUBMITTED if last.order.owner in (None, ask.me):
            return Adopt(last)  # it is being made, and may cost money: it is a take, wanted or not
        case _:
            return Busy(last.order)


def _unknown(order: OrderRecord) -> OrderUnknownError:
    error = order.error or {}
    message = f"whether {order.key} ({order.model}) was made is not known: {error.get('message', '')}"
    return OrderUnknownError(message, hint=error.get("hint", ""))
