"""The rules, one by one: what is on record, what is asked, what is done."""

from __future__ import annotations

import re

import pytest

from manju.db.order_records import OrderRecord
from manju.db.takes import TakeRecord
from manju.domain.order import OrderState
from manju.domain.takes import Stale
from manju.errors import NotFoundError, OrderFailedError, OrderUnknownError
from manju.gateway.decision import Adopt, Again, Answer, Ask, Busy, New, Refuse, decide


def takes(*words: str) -> list[TakeRecord]:
    """Takes from words like ``A:SUCCEEDED*@3``: digest, state, selected, price; ``/me`` or ``/other`` owns it, with
    ``!`` it was interrupted."""
    found = []
    for number, word in enumerate(words, 1):
        parts = re.fullmatch(r"(\w):([A-Z]+)(\*?)(?:@(\d+))?(?:/(\w+))?(!?)", word)
        assert parts is not None
        digest, state, selected, price, owner, interrupted = parts.groups()
        order = OrderRecord(
            id=f"order{number}",
            account_id="local",
            project_id="p",
            key=f"p/s1/frame/take-{number}/try-1",
            modality="image",
            model="m",
            digest=digest,
            state=OrderState(state),
            owner=owner,
            price=int(price or 0),
            interrupted=bool(interrupted),
        )
        found.append(TakeRecord(number, bool(selected), order))
    return found


def step(known: list[TakeRecord], digest: str, **changes: object) -> str:
    """What is done, in a word."""
    fields: dict[str, object] = {"me": "me", "digest": digest, "price": 0, "redo_paid": False, "resume": False}
    match decide(known, Ask(**fields | changes)):  # type: ignore[arg-type]
        case Answer(take, None):
            return f"answer {take.number}"
        case Answer(take, Stale(price)):
            return f"stale {take.number} {price}"
        case Again(take):
            return f"again {take.number}"
        case Adopt(take):
            return f"adopt {take.number}"
        case New(take, attempt, replaces):
            return f"new {take}/{attempt}" + (f" for {replaces.id}" if replaces else "")
        case Busy(order):
            return f"busy {order.id}"
        case Refuse(error):
            return type(error).__name__
    raise AssertionError


PAID = {"price": 5}
REDO = {"price": 5, "redo_paid": True}
RESUME = {"resume": True}


@pytest.mark.parametrize(
    ("known", "asked", "expected"),
    [
        ([], {}, "new 1/1"),
        ([], PAID, "new 1/1"),
        # made for this very request
        (["A:SUCCEEDED*"], {}, "answer 1"),
        (["A:SUCCEEDED*@5"], REDO, "answer 1"),
        (["A:SUCCEEDED", "B:SUCCEEDED*"], {}, "answer 1"),
        (["A:SUCCEEDED", "B:SUCCEEDED*", "A:SUCCEEDED"], {}, "answer 3"),
        (["A:SUCCEEDED*", "A:SUCCEEDED"], {}, "answer 1"),
        (["A:SUCCEEDED*@5"], {"price": 5, "lost": {"order1"}}, "NotFoundError"),
        (["A:SUCCEEDED*"], {"lost": {"order1"}}, "again 1"),
        # made for another
        (["B:SUCCEEDED*"], {}, "new 2/1"),
        (["B:SUCCEEDED*"], PAID, "stale 1 5"),
        (["B:SUCCEEDED*@5"], PAID, "stale 1 5"),
        (["B:SUCCEEDED*@5"], REDO, "new 2/1"),
        (["B:SUCCEEDED*"], {"price": 5, "lost": {"order1"}}, "NotFoundError"),
        # on its way
        (["A:PLANNED"], {}, "again 1"),
        (["A:PLANNED/me"], {}, "again 1"),
        (["A:PLANNED/other"], {}, "busy order1"),
        (["A:SUBMITTING/other"], {}, "busy order1"),
        (["A:SUBMITTED/other"], PAID, "busy order1"),
        (["A:SUBMITTED"], PAID, "adopt 1"),
        (["A:SUBMITTED/me"], PAID, "adopt 1"),
        (["B:SUBMITTED"], PAID, "adopt 1"),
        (["B:SUCCEEDED*@5", "A:SUBMITTED@5"], PAID, "adopt 2"),
        (["B:PLANNED"], {}, "new 1/2 for order1"),
        (["B:PLANNED*"], PAID, "new 1/2 for order1"),
        (["B:PLANNED/other"], {}, "busy order1"),
        (["B:SUBMITTING/other"], PAID, "busy order1"),
        (["B:SUCCEEDED*@5", "A:SUBMITTED@5/other"], PAID, "busy order2"),
        (["B:SUCCEEDED*@5", "A:PLANNED@5"], PAID, "stale 1 5"),
        (["B:SUCCEEDED*@5", "A:PLANNED@5"], REDO, "again 2"),
        (["B:SUCCEEDED*@5", "A:PLANNED@5!"], PAID, "again 2"),  # it may have been bought
        (["B:SUCCEEDED*@5", "A:PLANNED@5/other!"], PAID, "busy order2"),
        (["C:SUCCEEDED*@5", "B:PLANNED@5!"], PAID, "stale 1 5"),
        (["B:PLANNED@5!"], PAID, "new 1/2 for order1"),
        # failed
        (["A:FAILED"], {}, "OrderFailedError"),
        (["A:FAILED"], RESUME, "again 1"),
        (["A:FAILED"], {"resume": True, "given_up": {"order1"}}, "OrderFailedError"),
        (["B:FAILED"], {}, "new 1/2"),
        (["B:FAILED*"], PAID, "new 1/2"),
        (["B:SUCCEEDED*@5", "A:FAILED@5"], PAID, "stale 1 5"),
        (["B:SUCCEEDED*@5", "A:FAILED@5"], REDO, "OrderFailedError"),
        # nobody knows
        (["A:UNKNOWN@5"], PAID, "OrderUnknownError"),
        (["A:UNKNOWN@5"], REDO | RESUME, "OrderUnknownError"),
        (["B:UNKNOWN@5"], REDO, "OrderUnknownError"),
        (["B:UNKNOWN@5"], {}, "OrderUnknownError"),  # what costs nothing does not stand in for what was paid
        (["B:UNKNOWN"], PAID, "OrderUnknownError"),
        (["B:UNKNOWN"], {}, "new 2/1"),
        (["C:SUCCEEDED*@5", "A:UNKNOWN@5"], PAID, "OrderUnknownError"),
        (["C:SUCCEEDED*@5", "B:UNKNOWN@5"], PAID, "stale 1 5"),
    ],
)
def test_rules(known: list[str], asked: dict[str, object], expected: str) -> None:
    assert step(takes(*known), "A", **asked) == expected


@pytest.mark.parametrize("error", [OrderFailedError, OrderUnknownError, NotFoundError])
def test_errors_name_the_order(error: type[Exception]) -> None:
    state = {OrderFailedError: "FAILED", OrderUnknownError: "UNKNOWN", NotFoundError: "SUCCEEDED"}[error]
    refused = decide(takes(f"A:{state}@5"), Ask("me", "A", 5, False, False, lost={"order1"}))
    assert isinstance(refused, Refuse)
    assert isinstance(refused.error, error)
    assert "p/s1/frame/take-1" in str(refused.error)
