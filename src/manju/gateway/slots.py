"""How many orders a channel is given at once, and how many a minute, in this process."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from manju.gateway.channels import Channel, Route


class Slot:
    """A place among the orders that a channel has at once. ``route`` is the one to take."""

    def __init__(self, route: Route, places: asyncio.Semaphore) -> None:
        self.route = route
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
    async def one_of(self, routes: Sequence[Route]) -> AsyncIterator[Slot]:
        """A slot of the first of these routes (best first) whose channel has one; if none has, of the best. It is free
        again at the end of the block, or before."""
        chosen = next((route for route in routes if not self._of(route.channel).locked()), routes[0])
        places = self._of(chosen.channel)
        await places.acquire()
        slot = Slot(chosen, places)
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
