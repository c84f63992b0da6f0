"""Health of routes: which of them are worth asking now.

Kept per (channel, key, model), in this process: a circuit is closed (in use), open (left alone for a while), or
half-open (one live order tries it). What a user did wrong never counts. A key that upstream does not accept, or whose
account is empty, is open for all its models. What only refused (too many requests, such a key) is closed again when
its time is over: asking it costs nothing. What failed must be tried first.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Literal

from manju.domain.order import Way
from manju.errors import Refusal

State = Literal["closed", "open", "half-open"]
Cause = Refusal | Literal["not_sent", "no_answer"]

WINDOW_S = 60.0
LEAST, SHARE = 5, 0.5
"""A circuit opens when of at least so many calls in the window this share failed, or `IN_A_ROW` one after another."""
IN_A_ROW = 3
FIRST_S, LONGEST_S = 10.0, 300.0
"""How long a circuit stays open: doubled each time its trial fails."""
KEY_S = 300.0
"""How long a key that was refused is left alone."""
RATE_S = 10.0
"""How long to wait after "too many requests" that names no time."""

_COUNTED: frozenset[Cause] = frozenset({"busy", "not_sent", "no_answer"})
_KEYED: frozenset[Cause] = frozenset({"auth", "credit"})


@dataclass(slots=True)
class _Circuit:
    calls: deque[tuple[float, bool]] = field(default_factory=deque)
    failed_in_a_row: int = 0
    opened_for: float = 0.0
    """Length of the last opening; 0 while closed."""
    until: float = 0.0
    """When it may be tried, after failures; 0 while closed."""
    rests_until: float = 0.0
    """Until when it is left alone, after a refusal."""
    trial: object = None
    """Stands for the order that tries it."""
    cause: str = ""


class Health:
    """Circuits of all routes. ``now`` is a monotonic clock in seconds."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._circuits: dict[Way, _Circuit] = {}

    def state(self, way: Way) -> State:
        """How a route stands. Half-open: it may be tried by one."""
        worst: State = "closed"
        for circuit in self._both(way):
            if circuit.trial is not None or self._now() < max(circuit.until, circuit.rests_until):
                return "open"
            if circuit.until:
                worst = "half-open"
        return worst

    def reopens(self, way: Way) -> float:
        """Seconds until a route may be tried again; 0 if it may be now."""
        return max(0.0, *(max(each.until, each.rests_until) - self._now() for each in self._both(way)))

    def on_trial(self, way: Way) -> bool:
        """Whether an order tries the route now."""
        return any(circuit.trial is not None for circuit in self._both(way))

    def cause(self, way: Way) -> str:
        """Why a route is open."""
        shut = (each for each in self._both(way) if each.until or self._now() < each.rests_until)
        return next((circuit.cause for circuit in shut), "")

    @contextmanager
    def chosen(self, way: Way) -> Iterator[None]:
        """An order goes by the route. If it is half-open, this one is its trial: until it is told how it went, or the
        block ends without a word about the route (cancelled, or not sent after all)."""
        trial = object()
        for circuit in self._both(way):
            if circuit.until and circuit.trial is None:
                circuit.trial = trial
        try:
            yield
        finally:
            for circuit in self._both(way):
                if circuit.trial is trial:
                    circuit.trial = None

    def good(self, way: Way) -> None:
        """The route answered as it should (or refused what was wrong with the order, not with the route)."""
        for circuit in self._both(way):
            circuit.trial, circuit.until, circuit.rests_until = None, 0.0, 0.0
            circuit.opened_for, circuit.failed_in_a_row = 0.0, 0
        self._count(way, failed=False)

    def bad(self, way: Way, cause: Cause, message: str, *, retry_after: float | None = None) -> None:
        """The route did not deliver. Causes that are the order's own fault count as `good`."""
        if cause in _KEYED:
            self._rest(self._circuit(_key_of(way)), KEY_S, message)
        elif cause == "rate":
            self._rest(self._circuit(way), RATE_S if retry_after is None else max(retry_after, 0.1), message)
        elif cause in _COUNTED:
            circuit = self._circuit(way)
            self._count(way, failed=True)
            if circuit.trial is not None:
                self._open(circuit, min(LONGEST_S, max(FIRST_S, circuit.opened_for * 2)), message)
            elif not circuit.until and self._too_many(circuit):  # what was in flight when it opened says nothing new
                self._open(circuit, FIRST_S, message)
        else:
            self.good(way)
            return
        for circuit in self._both(way):
            circuit.trial = None

    def _too_many(self, circuit: _Circuit) -> bool:
        failed = sum(1 for _, bad in circuit.calls if bad)
        often = len(circuit.calls) >= LEAST and failed >= SHARE * len(circuit.calls)
        return often or circuit.failed_in_a_row >= IN_A_ROW

    def _rest(self, circuit: _Circuit, seconds: float, cause: str) -> None:
        circuit.rests_until, circuit.cause = self._now() + seconds, cause

    def _open(self, circuit: _Circuit, seconds: float, cause: str) -> None:
        circuit.opened_for, circuit.until, circuit.cause = seconds, self._now() + seconds, cause

    def _count(self, way: Way, *, failed: bool) -> None:
        circuit = self._circuit(way)
        circuit.failed_in_a_row = circuit.failed_in_a_row + 1 if failed else 0
        circuit.calls.append((self._now(), failed))
        while circuit.calls[0][0] < self._now() - WINDOW_S:
            circuit.calls.popleft()

    def _circuit(self, way: Way) -> _Circuit:
        return self._circuits.setdefault(way, _Circuit())

    def _both(self, way: Way) -> tuple[_Circuit, _Circuit]:
        return self._circuit(_key_of(way)), self._circuit(way)


def _key_of(way: Way) -> Way:
    """Stands for all models of a key."""
    return Way(way.channel, way.key, "")
