"""Hooks (``notify_hook`` of clips, ``webhook`` of pictures): an address that is sent a task as its query shows it, as
soon as it has ended. What is to be told is written down before the task is, and told after a restart too; an address
that does not answer with 2xx is tried again, so that it may hear the same twice. Only public addresses are called, and
the operator's own ``hook_hosts``; never ours.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from manju.domain.document import Value
from manju.domain.key import ApiKey
from manju.errors import InputError, ManjuError, NotFoundError
from manju.gateway.tasks import Tasks
from manju.net.guard import ForbiddenError, Guard, host_of, origin_of
from manju.storage.local import LocalStorage

log = logging.getLogger(__name__)
Show = Callable[[str, ApiKey, str], Awaitable[dict[str, Any]]]
"""How a task of a key is shown to a client who reaches us at an address."""
Note = Callable[[str], Awaitable[None]]
"""Writes a hook down for a task: before it is placed, and again under the id that it has."""
LOOK_S = 5.0
"""Seconds between two looks at a task that nobody works on here: one in doubt, or another process's."""
PAUSES_S = (1.0, 10.0, 60.0, 600.0, 3600.0)
"""Before another try."""


class Hook(Value):
    """What is written down: the address, the task (of a ``video`` or an ``image``) and its key, and where the client
    reaches us."""

    url: str
    kind: str
    task: str
    key: ApiKey
    here: str


class Hooks:
    """Tells. `start` it once the rest is there, and `close` it before that goes."""

    def __init__(self, folder: Path, guard: Guard, tasks: Tasks, shown: Mapping[str, Show]) -> None:
        """``shown``: how a task of each kind is shown."""
        self._folder = folder
        self._storage = LocalStorage(folder)
        self._guard = guard
        self._tasks = tasks
        self._shown = shown
        self._telling: dict[str, asyncio.Task[None]] = {}
        """By the name of what is written down."""

    async def start(self) -> None:
        """Go on with what an earlier process has left."""
        for path in sorted(self._folder.glob("*.json")):
            try:
                hook = Hook.model_validate_json(await self._storage.read(path.name))
            except (ValueError, NotFoundError) as error:
                log.warning("the hook %s cannot be read: %s", path, error)
                continue
            self._begin(path.name, hook)

    async def close(self) -> None:
        """Stop telling; the next start goes on."""
        telling = [*self._telling.values()]
        for each in telling:
            each.cancel()
        await asyncio.gather(*telling, return_exceptions=True)

    def check(self, url: str, here: str) -> None:
        """Refuse an address that may not be called; what its name resolves to is looked at when it is called. ``here``
        is where the client has reached us.

        Raises:
            InputError: it is no web address, or neither a public one nor at one of the ``hook_hosts``, or our own.
        """
        self._guard.check_hook(url)
        if origin_of(url) == origin_of(here) or (host_of(url) == host_of(here) and not self._guard.hooks_to(url)):
            raise ForbiddenError(f"{host_of(url)} is this server's own address", hint="Use your own server's.")

    @asynccontextmanager
    async def promised(self, key: ApiKey, url: str, kind: str, here: str) -> AsyncIterator[Note]:
        """Tell the address (none if it is empty) when what is placed in the block has ended, as it was noted last; the
        same again is told once. If nothing could be placed nothing is told."""
        noted: dict[str, Hook] = {}

        async def note(task: str) -> None:
            if not url:
                return
            hook = Hook(url=url, kind=kind, task=task, key=key, here=here)
            name = hashlib.sha256(f"{url}\n{task}".encode()).hexdigest()[:32] + ".json"
            if name not in self._telling:
                await self._storage.put(hook.model_dump_json().encode(), name)
            noted.pop(name, None)
            await self._forget(noted)
            noted[name] = hook

        try:
            yield note
        except ManjuError:
            await self._forget(noted)
            raise
        for name, hook in noted.items():
            self._begin(name, hook)

    async def _forget(self, noted: dict[str, Hook]) -> None:
        for name in [*noted]:
            if name not in self._telling:
                await self._storage.delete(name)
            del noted[name]

    def _begin(self, name: str, hook: Hook) -> None:
        if name not in self._telling:
            self._telling[name] = asyncio.create_task(self._tell(name, hook))
            self._telling[name].add_done_callback(lambda _: self._telling.pop(name))

    async def _tell(self, name: str, hook: Hook) -> None:
        try:
            body = json.dumps(await self._ended(hook), ensure_ascii=False).encode("utf-8")
        except NotFoundError:
            await self._storage.delete(name)
            return
        for pause in (*PAUSES_S, None):
            try:
                status = await self._guard.post(hook.url, body)
            except InputError as error:
                said = error.message
            else:
                if 200 <= status < 300:
                    break
                said = f"it answered {status}"
            log.info("the hook of %s was not told: %s", hook.task, said)
            if pause is not None:
                await asyncio.sleep(pause)
        else:
            log.warning("the hook of %s is given up: %s", hook.task, said)
        await self._storage.delete(name)

    async def _ended(self, hook: Hook) -> dict[str, Any]:
        """The task as it is shown once it has ended; of several those that were placed before the process died.

        Raises:
            NotFoundError: there is no such task (any more).
        """
        while True:
            try:
                placed = [each for each in hook.task.split(".") if await self._waited(hook.key, each)]
                shown = await self._shown[hook.kind](".".join(placed or [hook.task]), hook.key, hook.here)
            except NotFoundError:
                raise
            except ManjuError as error:
                log.info("the task %s cannot be looked at now: %s", hook.task, error.message)
            else:
                if (shown if "status" in shown else shown["data"])["status"] in ("SUCCESS", "FAILURE"):
                    return shown
            await asyncio.sleep(LOOK_S)

    async def _waited(self, key: ApiKey, task: str) -> bool:
        """Wait for a task's end. False: there is none."""
        try:
            await self._tasks.wait(key, task)
        except NotFoundError:
            return False
        return True
