"""Looking at upstream's tasks until they are done: one queue ordered by due time, however many tasks there are.

A look that fails is not a failed task: it is looked at again, a little later. Nobody is asked more often than its
channel allows, and not all at the same instant: where there are more tasks than a channel's rate bears, the time from
one look at a task to the next grows with them.
"""

from __future__ import annotations

import asyncio
import heapq
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from random import Random

from manju.errors import ModelError, NoAnswerError, NotSentError, OrderUnknownError, RejectedError
from manju.gateway.channels import Channel
from manju.providers.upstream import Answer, Pending, look_failed

log = logging.getLogger(__name__)
Look = Callable[[], Awaitable[Pending | Answer]]
SLOWEST_S = 60.0
"""Longest pause between two looks at a task that cannot be looked at."""
PATIENCE_S = 24 * 3600.0
"""After this long without an end a task is left to a person."""
BURST_S = 0.05
"""A rate is kept to evenly, but for looks that were held up for no longer than this: they may follow at once."""
FRESH_S = 60.0
"""A task that is younger and not known upstream has not got around there yet."""


@dataclass(slots=True)
class _Task:
    lane: _Lane
    look: Look
    progress: Callable[[Pending], None]
    done: asyncio.Future[Answer]
    born: float
    pause: float
    told: str = ""

    @property
    def at(self) -> str:
        return self.lane.channel.name


Entry = tuple[float, int, _Task]
"""When a task is to be looked at, a number that settles ties, and the task."""


class _Lane:
    """The looks at one channel."""

    def __init__(self, channel: Channel) -> None:
        self.channel = channel
        rate = channel.poll_rate
        burst = max(1, int((rate or 0) * BURST_S / 60))
        self.gap = 60.0 / (rate - burst + 1) if rate else 0.0
        """Seconds from one look to the next."""
        self._slack = (burst - 1) * self.gap
        self._next = 0.0
        self.tasks = 0
        """How many are watched."""
        self.looks = 0
        """How many are looked at just now."""
        self.held: list[Entry] = []
        """Due, and it is not their turn yet, in the order in which they were due."""
        self.timer: asyncio.TimerHandle | None = None

    def wait(self, now: float) -> float:
        """Seconds until the rate allows another look."""
        return max(0.0, self._next - self._slack - now)

    def begin(self, now: float) -> None:
        """Another look begins."""
        self.looks += 1
        self._next = max(self._next, now) + self.gap

    def pause(self, wished: float) -> float:
        """Seconds to the next look at a task: as wished, or as long as a look at every task takes at this rate."""
        return max(wished, self.tasks * self.gap)


class Poller:
    """Polls for everybody in one event loop. `close` it in the end; who waits then is cancelled."""

    def __init__(self, *, patience_s: float = PATIENCE_S, random: Random | None = None) -> None:
        self._patience = patience_s
        self._random = random or Random()
        self._queue: list[Entry] = []
        self._numbers = count()
        self._lanes: dict[str, _Lane] = {}
        self._running: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None

    async def wait(self, channel: Channel, look: Look, progress: Callable[[Pending], None] = lambda _: None) -> Answer:
        """The answer of a task, looked at with ``look`` every ``channel.poll_s`` seconds or so; the first time soon.

        Raises:
            RejectedError: the task failed.
            OrderUnknownError: upstream does not know it (any more), or it does not end.
        """
        loop = asyncio.get_running_loop()
        lane = self._lanes.setdefault(channel.name, _Lane(channel))
        task = _Task(lane, look, progress, loop.create_future(), loop.time(), channel.poll_s)
        lane.tasks += 1
        try:
            self._push(task, lane.pause(channel.poll_s * self._random.uniform(0.2, 0.6)))
            return await task.done
        finally:
            lane.tasks -= 1

    def close(self) -> None:
        """Stop looking."""
        lanes = list(self._lanes.values())
        for timer in (self._timer, *(lane.timer for lane in lanes)):
            if timer is not None:
                timer.cancel()
        for running in self._running:
            running.cancel()
        for _, _, task in [*self._queue, *(entry for lane in lanes for entry in lane.held)]:
            task.done.cancel()
        self._queue.clear()
        for lane in lanes:
            lane.held.clear()

    @property
    def waiting(self) -> int:
        """Tasks that are being watched."""
        return len(self._queue) + sum(len(lane.held) for lane in self._lanes.values()) + len(self._running)

    def _push(self, task: _Task, delay: float) -> None:
        due = asyncio.get_running_loop().time() + delay
        heapq.heappush(self._queue, (due, next(self._numbers), task))
        if self._queue[0][2] is task:
            self._arm()

    def _arm(self) -> None:
        loop = asyncio.get_running_loop()
        if self._timer is not None:
            self._timer.cancel()
        self._timer = loop.call_at(self._queue[0][0], self._turn) if self._queue else None

    def _turn(self) -> None:
        """Have every task looked at that is due."""
        now = asyncio.get_running_loop().time()
        lanes: dict[int, _Lane] = {}
        while self._queue and self._queue[0][0] <= now:
            entry = heapq.heappop(self._queue)
            lane = entry[2].lane
            heapq.heappush(lane.held, entry)
            lanes[id(lane)] = lane
        for lane in lanes.values():
            self._go_on(lane)
        self._arm()

    def _go_on(self, lane: _Lane) -> None:
        """Start as many looks as the channel allows now."""
        loop = asyncio.get_running_loop()
        while lane.held and lane.looks < lane.channel.polls:
            if lane.held[0][2].done.done():
                heapq.heappop(lane.held)  # whoever waited has gone
                continue
            if (wait := lane.wait(loop.time())) > 0:
                if lane.timer is None:
                    lane.timer = loop.call_later(wait, self._resume, lane)
                return
            self._start(heapq.heappop(lane.held)[2])

    def _resume(self, lane: _Lane) -> None:
        lane.timer = None
        self._go_on(lane)

    def _start(self, task: _Task) -> None:
        loop = asyncio.get_running_loop()
        task.lane.begin(loop.time())
        running = loop.create_task(self._look(task))
        self._running.add(running)
        running.add_done_callback(lambda ended: self._ended(task.lane, ended))

    def _ended(self, lane: _Lane, running: asyncio.Task[None]) -> None:
        self._running.discard(running)
        lane.looks -= 1
        self._go_on(lane)

    async def _look(self, task: _Task) -> None:
        try:
            found = await task.look()
        except (NotSentError, NoAnswerError) as error:
            self._later(task, error)
        except RejectedError as error:
            self._refused(task, error)
        except Exception as error:  # noqa: BLE001 - whoever waits must hear of it, whatever it is
            _settle(task, error)
        else:
            if isinstance(found, Answer):
                if not task.done.done():
                    task.done.set_result(found)
                return
            task.progress(found)
            task.pause = task.lane.channel.poll_s
            self._again(task)

    def _refused(self, task: _Task, error: RejectedError) -> None:
        age = asyncio.get_running_loop().time() - task.born
        if error.refusal == "gone" and age >= FRESH_S:
            hint = "Look it up there; then recover it by its id or address, buy it again, or release it."
            _settle(task, OrderUnknownError(f"{task.at} does not know its task: {error.message}", hint=hint))
        elif error.refusal == "gone" or look_failed(error):
            self._later(task, error, error.retry_after)
        else:
            _settle(task, error)

    def _later(self, task: _Task, error: ModelError, asked: float | None = None) -> None:
        if error.message != task.told:
            log.warning("a task at %s could not be looked at, and will be again: %s", task.at, error.message)
            task.told = error.message
        task.pause = min(SLOWEST_S, task.pause * 2)
        self._again(task, asked)

    def _again(self, task: _Task, asked: float | None = None) -> None:
        age = asyncio.get_running_loop().time() - task.born
        if age > self._patience:
            hint = "Look it up there; then recover it, buy it again, or release it."
            _settle(task, OrderUnknownError(f"a task at {task.at} did not end in {age:.0f} s", hint=hint))
        elif not task.done.done():
            self._push(task, max(asked or 0.0, task.lane.pause(task.pause * self._random.uniform(0.9, 1.0))))


def _settle(task: _Task, error: Exception) -> None:
    if not task.done.done():
        task.done.set_exception(error)
