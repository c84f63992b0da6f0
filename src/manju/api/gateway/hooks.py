"""Hooks (``notify_hook`` of clips, ``webhook`` of pictures): an address that is sent a task as its query shows it, as
soon as it has ended. What is to be told is written down first, and told after a restart too; an address that does not
answer with 2xx is tried again, so that it may hear the same twice. Only public addresses are called.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from manju.domain.document import Value
from manju.domain.key import ApiKey
from manju.errors import InputError, ManjuError, NotFoundError
from manju.gateway.desk import Desk
from manju.net.guard import Guard
from manju.storage.local import LocalStorage

if TYPE_CHECKING:
    from manju.api.gateway.context import Relay

log = logging.getLogger(__name__)
Show = Callable[[str, ApiKey, "Relay"], Awaitable[dict[str, Any]]]
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

    def __init__(self, folder: Path, guard: Guard, desk: Desk, shown: Mapping[str, Show]) -> None:
        """``shown``: how a task of each kind is shown."""
        self._folder = folder
        self._storage = LocalStorage(folder)
        self._guard = guard
        self._desk = desk
        self._shown = shown
        self._telling: set[asyncio.Task[None]] = set()
        self._parts: Relay | None = None

    async def start(self, parts: Relay) -> None:
        """Go on with what an earlier process has left."""
        self._parts = parts
        for path in sorted(self._folder.glob("*.json")):
            try:
                hook = Hook.model_validate_json(await self._storage.read(path.name))
            except (ValueError, NotFoundError) as error:
                log.warning("the hook %s cannot be read: %s", path, error)
                continue
            self._begin(path.name, hook)

    async def close(self) -> None:
        """Stop telling; the next start goes on."""
        for each in self._telling:
            each.cancel()
        await asyncio.gather(*self._telling, return_exceptions=True)

    def check(self, url: str) -> None:
        """Refuse an address that may not be called; what its name resolves to is looked at when it is called.

        Raises:
            InputError: it is no web address, or not a public one.
        """
        self._guard.check(url)

    async def add(self, key: ApiKey, url: str, kind: str, task: str, here: str) -> None:
        """Tell the address when the task has ended. The same again is told once."""
        hook = Hook(url=url, kind=kind, task=task, key=key, here=here)
        name = hashlib.sha256(f"{url}\n{task}".encode()).hexdigest()[:32] + ".json"
        if not await self._storage.exists(name):
            await self._storage.put(hook.model_dump_json().encode(), name)
            self._begin(name, hook)

    def _begin(self, name: str, hook: Hook) -> None:
        telling = asyncio.create_task(self._tell(name, hook))
        self._telling.add(telling)
        telling.add_done_callback(self._telling.discard)

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
        """The task as it is shown once it has ended.

        Raises:
            NotFoundError: there is no such task (any more).
        """
        assert self._parts is not None
        parts = replace(self._parts, public_url=hook.here)
        while True:
            try:
                for each in hook.task.split("."):
                    await self._desk.wait(hook.key, each)
                shown = await self._shown[hook.kind](hook.task, hook.key, parts)
            except NotFoundError:
                raise
            except ManjuError as error:
                log.info("the task %s cannot be looked at now: %s", hook.task, error.message)
            else:
                if (shown if "status" in shown else shown["data"])["status"] in ("SUCCESS", "FAILURE"):
                    return shown
            await asyncio.sleep(LOOK_S)
