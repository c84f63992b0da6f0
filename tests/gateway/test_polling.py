"""Looks at upstream's tasks: as often as was wished, and as a channel's limits allow. Time is the loop's own here: it
jumps to the next thing that is to be done."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Coroutine
from itertools import pairwise
from random import Random
from typing import Any

from manju.domain.order import Artefact
from manju.errors import NoAnswerError
from manju.gateway.channels import Channel
from manju.gateway.vendors.polling import Poller
from manju.providers.upstream import Answer, Pending

CLIP = Answer((Artefact("main", b"clip", ".mp4"),))


class Jumping(asyncio.SelectorEventLoop):
    """Never waits for time to pass."""

    def __init__(self) -> None:
        super().__init__()
        self._hour = 0.0

    def time(self) -> float:
        return self._hour

    def _run_once(self) -> None:
        if not self._ready and self._scheduled:  # type: ignore[attr-defined]
            self._hour = max(self._hour, self._scheduled[0]._when)  # type: ignore[attr-defined]
        super()._run_once()  # type: ignore[misc]


class Upstream:
    """Tasks that are done after so many looks, each of which takes a while."""

    def __init__(self, looks: int, takes: float = 0.0) -> None:
        self._needed = looks
        self._takes = takes
        self.times: dict[int, list[float]] = {}
        self.at_once = self.most_at_once = 0

    def look(self, task: int) -> Callable[[], Coroutine[Any, Any, Pending | Answer]]:
        async def look() -> Pending | Answer:
            times = self.times.setdefault(task, [])
            times.append(asyncio.get_running_loop().time())
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            await asyncio.sleep(self._takes)
            self.at_once -= 1
            return CLIP if len(times) == self._needed else Pending(0.5)

        return look

    @property
    def all(self) -> list[float]:
        return sorted(time for times in self.times.values() for time in times)

    def gaps(self) -> list[float]:
        """Seconds between two looks at the same task."""
        return [after - before for times in self.times.values() for before, after in pairwise(times)]


def channel(**limits: Any) -> Channel:
    return Channel(name="relay", concurrency=10_000, **limits)


def watch(upstream: Upstream, tasks: int, where: Channel) -> None:
    """Until all tasks are done."""

    async def main() -> None:
        poller = Poller(random=Random(0))
        async with asyncio.TaskGroup() as group:
            for number in range(tasks):
                group.create_task(poller.wait(where, upstream.look(number)))
        assert poller.waiting == 0
        poller.close()

    with asyncio.Runner(loop_factory=Jumping) as runner:
        runner.run(main())


def most_in(window: float, times: list[float]) -> int:
    """The most of the times that any window holds."""
    recent: deque[float] = deque()
    most = 0
    for time in times:
        recent.append(time)
        while recent[0] <= time - window:
            recent.popleft()
        most = max(most, len(recent))
    return most


def test_each_task_is_looked_at_once_an_interval() -> None:
    upstream = Upstream(looks=6)
    watch(upstream, 500, channel(poll_s=10, polls=16))
    assert max(upstream.gaps()) <= 10 and min(upstream.gaps()) >= 9
    assert max(times[0] for times in upstream.times.values()) <= 6  # the first time soon


def test_a_minute_holds_no_more_looks_than_the_channel_allows() -> None:
    upstream = Upstream(looks=4)
    watch(upstream, 200, channel(poll_s=5, poll_rate=600))
    assert most_in(60, upstream.all) <= 600
    # 200 tasks need 20 s for a look at each: that is their interval, and nobody waits for two.
    assert max(upstream.gaps()) <= 40
    assert most_in(1, upstream.all) <= 12


def test_a_slow_rate_is_kept_too() -> None:
    upstream = Upstream(looks=3)
    watch(upstream, 3, channel(poll_s=1, poll_rate=1))
    assert most_in(59.9, upstream.all) == 1 and len(upstream.all) == 9


def test_no_more_looks_at_once_than_the_channel_allows() -> None:
    upstream = Upstream(looks=3, takes=2)
    watch(upstream, 100, channel(poll_s=5, polls=4))
    assert upstream.most_at_once == 4 and len(upstream.all) == 300
    # 100 looks of 2 s, four at once, take 50 s: all get their turn in the order in which they were due.
    assert max(upstream.gaps()) <= 60


def test_who_has_gone_takes_no_turn() -> None:
    upstream = Upstream(looks=1)

    async def main() -> None:
        poller = Poller(random=Random(0))
        where = channel(poll_s=1, poll_rate=6)
        gone = [asyncio.ensure_future(poller.wait(where, upstream.look(number))) for number in range(50)]
        await asyncio.sleep(0)
        for each in gone:
            each.cancel()
        await asyncio.gather(*gone, return_exceptions=True)
        began = asyncio.get_running_loop().time()
        assert await poller.wait(where, upstream.look(50)) is CLIP
        assert asyncio.get_running_loop().time() - began <= 10  # a look every ten seconds
        poller.close()

    with asyncio.Runner(loop_factory=Jumping) as runner:
        runner.run(main())
    assert list(upstream.times) == [50]


def test_a_look_that_fails_is_made_again_later_each_time() -> None:
    times: list[float] = []

    async def look() -> Pending | Answer:
        times.append(asyncio.get_running_loop().time())
        if len(times) < 5:
            raise NoAnswerError("no answer")
        return CLIP

    async def main() -> None:
        poller = Poller(random=Random(0))
        assert await poller.wait(channel(poll_s=10), look) is CLIP
        poller.close()

    with asyncio.Runner(loop_factory=Jumping) as runner:
        runner.run(main())
    gaps = [after - before for before, after in pairwise(times)]
    assert gaps == sorted(gaps) and gaps[-1] <= 60
