"""Who in this process hears of a run's events, the moment they are kept."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from manju.domain.run import RunEvent

Listener = Callable[[RunEvent], None]


class Listeners:
    """Called in turn, on the event loop, with every event; they must be quick. What one raises goes to the teller."""

    def __init__(self) -> None:
        self._listeners: list[Listener] = []

    @contextmanager
    def listening(self, listener: Listener) -> Iterator[None]:
        """Call ``listener`` with each event while the block lasts."""
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)

    def tell(self, event: RunEvent) -> None:
        for listener in tuple(self._listeners):
            listener(event)
