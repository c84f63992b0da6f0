"""Looking at upstream's tasks until they are done: one queue ordered by due time, however many tasks there are.

A look that fails is not a failed task: it is looked at again, a little later. Nobody is asked more often than its
channel allows, and not all at the same instant.
"""

from __future__ import annotations

import asyncio
import heapq
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
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
FRESH_S = 60.0
"""A task that is younger and not known upstream has not got around there yet."""


@dataclass(slots=True)
class _Task:
    channel: Channel
    look: Look
    progress: Callable[[Pending], None]
    done: asyncio.Future[Answer]
    born: float
    pause: float
    told: str = ""
    number: int = field(default=0)


class Poller:
    """Polls for everybody in one event loop. `close` it in the end; who waits then is cancelled."""

    def __init__(self, *, patience_s: float = PATIENCE_S, random: Random | None = None) -> None:
        self._patience = patience_s
        self._random = random or Random()
        self._queue: list[tuple[float, int, _Task]] = []
        self._numbers = count()
        self._looks: dict[str, int] = {}
        """Looks under way by channel."""
        self._held: dict[str, list[tuple[float, int, _Task]]] = {}
        """Due, and their channel is at its limit."""
        self._running: set[asyncio.Task[None]] = set()
        self._timer: asyncio.TimerHandle | None = None

    async def wait(self, channel: Channel, look: Look, progress: Callable[[Pending], None] = lambda _: None) -> Answer:
        """The answer of a task, looked at with ``look`` every ``channel.poll_s`` seconds or so; the first time soon.

        Raises:
            RejectedError: the task failed.
            OrderUnknownError: upstream does not know it (any more), or it does not end.
        """
        loop = asyncio.get_running_loop()
        task = _Task(channel, look, progress, loop.create_future(), loop.time(), channel.poll_s)
        self._push(task, channel.poll_s * self._random.uniform(0.2, 0.6))
        return await task.done

    def close(self) -> None:
        """Stop looking."""
        if self._timer is not None:
            self._timer.cancel()
        for running in self._running:
            running.cancel()
        for _, _, task in [*self._queue, *(each for held in self._held.values() for each in held)]:
            task.done.cancel()
        self._queue.clear()
        self._held.clear()

    @property
    def waiting(self) -> int:
        """Tasks that are being watched."""
        return len(self._queue) + sum(map(len, self._held.values())) + len(self._running)

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
        """Start every look that is due."""
        now = asyncio.get_running_loop().time()
        while self._queue and self._queue[0][0] <= now:
            entry = heapq.heappop(self._queue)
            if entry[2].done.done():
                continue  # whoever waited has gone
            name = entry[2].channel.name
            if self._looks.get(name, 0) < entry[2].channel.polls:
                self._start(entry[2])
            else:
                heapq.heappush(self._held.setdefault(name, []), entry)
        self._arm()

    def _start(self, task: _Task) -> None:
        name = task.channel.name
        self._looks[name] = self._looks.get(name, 0) + 1
        running = asyncio.get_running_loop().create_task(self._look(task))
        self._running.add(running)
        running.add_done_callback(lambda ended: self._ended(name, ended))

    def _ended(self, name: str, running: asyncio.Task[None]) -> None:
        self._running.discard(running)
        self._looks[name] -= 1
        held = self._held.get(name)
        while held:
            _, _, task = heapq.heappop(held)
            if not task.done.done():
                self._start(task)
                break

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
            task.pause = task.channel.poll_s
            self._again(task)

    def _refused(self, task: _Task, error: RejectedError) -> None:
        age = asyncio.get_running_loop().time() - task.born
        if error.refusal == "gone" and age >= FRESH_S:
            hint = "Look it up there; then recover it by its id or address, buy it again, or release it."
            _settle(task, OrderUnknownError(f"{task.channel.name} does not know its task: {error.message}", hint=hint))
        elif error.refusal == "gone" or look_failed(error):
            self._later(task, error, error.retry_after)
        else:
            _settle(task, error)

    def _later(self, task: _Task, error: ModelError, asked: float | None = None) -> None:
        if error.message != task.told:
            log.warning("a task at %s could not be looked at, and will be again: %s", task.channel.name, error.message)
            task.told = error.message
        task.pause = min(SLOWEST_S, task.pause * 2)
        self._again(task, asked)

    def _again(self, task: _Task, asked: float | None = None) -> None:
        age = asyncio.get_running_loop().time() - task.born
        if age > self._patience:
            hint = "Look it up there; then recover it, buy it again, or release it."
            _settle(task, OrderUnknownError(f"a task at {task.channel.name} did not end in {age:.0f} s", hint=hint))
        elif not task.done.done():
            self._push(task, max(asked or 0.0, task.pause * self._random.uniform(0.9, 1.0)))


def _settle(task: _Task, error: Exception) -> None:
    if not task.done.done():
        task.done.set_exception(error)
