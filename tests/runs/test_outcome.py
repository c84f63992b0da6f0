"""What a recipe's end means for its run."""

from __future__ import annotations

import asyncio

import pytest

from manju.domain.run import RunState
from manju.errors import BudgetError, ModelError, OrderUnknownError, StoppedError
from manju.runs.outcome import outcome


@pytest.mark.parametrize("error", [StoppedError("x"), asyncio.CancelledError(), KeyboardInterrupt(), SystemExit(1)])
def test_stopped_goes_on_another_time(error: BaseException) -> None:
    assert outcome(error) == (RunState.PENDING, None)


def test_success() -> None:
    assert outcome(None) == (RunState.SUCCEEDED, None)


def test_an_error_of_ours_is_kept_whole() -> None:
    state, kept = outcome(ModelError("no picture", hint="Try again.", retryable=True))
    assert state is RunState.FAILED
    assert kept is not None
    assert (kept.kind, kept.message, kept.hint, kept.retryable) == ("ModelError", "no picture", "Try again.", True)
    assert kept.traceback == ""


def test_an_unknown_order_waits_for_a_person() -> None:
    state, kept = outcome(OrderUnknownError("sent", hint="Recover it."))
    assert state is RunState.WAITING
    assert kept is not None
    assert kept.hint == "Recover it."


def test_an_unforeseen_error_keeps_its_traceback() -> None:
    try:
        raise ZeroDivisionError
    except ZeroDivisionError as error:
        state, kept = outcome(error)
    assert state is RunState.FAILED
    assert kept is not None
    assert kept.message == "ZeroDivisionError"
    assert "test_outcome.py" in kept.traceback
    assert not kept.retryable


@pytest.mark.parametrize(
    ("errors", "state", "kind"),
    [
        ([StoppedError("x"), OrderUnknownError("x")], RunState.WAITING, "OrderUnknownError"),
        ([OrderUnknownError("x"), BudgetError("x")], RunState.FAILED, "BudgetError"),
        ([BudgetError("x"), KeyError("x")], RunState.FAILED, "KeyError"),
        ([ExceptionGroup("inner", [StoppedError("x")]), StoppedError("x")], RunState.PENDING, None),
        ([KeyError("x"), KeyboardInterrupt()], RunState.PENDING, None),
    ],
)
def test_of_a_group_the_gravest_decides(errors: list[BaseException], state: RunState, kind: str | None) -> None:
    decided, kept = outcome(BaseExceptionGroup("branches", errors))
    assert decided is state
    assert (kept.kind if kept else None) == kind
