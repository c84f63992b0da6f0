"""How many orders a channel is given at once, and how many a minute, in this process."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from manju.gateway.channels import Channel, Route
from manju.gateway.routing.health import Health


class Slot:
    """A place among the orders that a channel has at once. ``route`` is the one to take; ``late``: it was healthy
    when the wait for the place began, and is not any more, so that another may be better."""

    def __init__(self, route: Route, places: asyncio.Semaphore, *, late: bool) -> None:
        self.route = route
        self.late = late
        self._places: asyncio.Semaphore | None = places

    def free(self) -> None:
        """The channel is done with the order, whatever is still to be done here. Does nothing the second time."""
        if self._places is not None:
            self._places.release()
            self._places = None


class Slots:
    """As many at once as each channel allows. Other processes' orders are counted in the database."""

    def __init__(self) -> None:
        self._free: dict[str, asyncio.Semaphore] = {}

    @asynccontextmanager
    async def one_of(self, routes: Sequence[Route], health: Health) -> AsyncIterator[Slot]:
        """A slot of the first of these routes (`ranked` a moment ago) whose channel has one; if none has, of the best.
        It is free again at the end of the block, or before. If the route is half-open, the block is its trial."""
        chosen = next((route for route in routes if not self._of(route.channel).locked()), routes[0])
        places, before = self._of(chosen.channel), health.state(chosen.way)
        with health.chosen(chosen.way):  # before anything is awaited: whoever chooses next must know
            await places.acquire()
            late = before == "closed" != health.state(chosen.way)
            slot = Slot(chosen, places, late=late)
            try:
                yield slot
            finally:
                slot.free()

    def _of(self, channel: Channel) -> asyncio.Semaphore:
        return self._free.setdefault(channel.name, asyncio.Semaphore(channel.concurrency))


class Rates:
    """At most ``channel.rate`` orders in any minute."""

    def __init__(self) -> None:
        self._sent: dict[str, deque[float]] = {}

    async def turn(self, channel: Channel) -> None:
        """Wait until one more may be sent, and count it."""
        if channel.rate is None:
            return
        now = asyncio.get_running_loop().time()
        times = self._sent.setdefault(channel.name, deque(maxlen=channel.rate))
        when = max(now, times[0] + 60.0) if len(times) == channel.rate else now
        times.append(when)
        await asyncio.sleep(when - now)
