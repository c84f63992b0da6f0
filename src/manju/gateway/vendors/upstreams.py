"""Orders at vendors: sent, polled, fetched. Imported only when a channel with a vendor is used.

What upstream has accepted is written down by the caller (`at_vendors`) before anything else happens, so that after a
crash the task is polled on, and what was made is fetched, without being bought again.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from typing import Any

from manju.domain.order import Artefact, Generated, Modality, Request
from manju.errors import ManjuError, ModelError, NoAnswerError, NotSentError, OrderUnknownError, RejectedError
from manju.gateway.channels import Route
from manju.gateway.inbox import INBOX, inbox, put_record
from manju.gateway.vendors.polling import FRESH_S, PATIENCE_S, SLOWEST_S, Poller
from manju.net.client import Http
from manju.net.guard import ForbiddenError
from manju.providers import registry
from manju.providers.base import References
from manju.providers.files import suffix_of
from manju.providers.upstream import Accepted, Adapter, Answer, Endpoint, Finder, Pending, Remote
from manju.storage.base import Storage

FETCHES = 6
"""How often what was made is asked for in one go, with pauses in between that begin with the gateway's ``pause`` and
double: for 31 s in all."""


class NotFetchedError(ModelError):
    """Upstream has made it, and it cannot be fetched now. The order stands; going on fetches it."""

    retryable = True

    def __init__(self, cause: ModelError) -> None:
        super().__init__(
            f"upstream has made it, and it could not be fetched: {cause.message}",
            hint="Nothing is lost: go on with --resume, and it is fetched without being bought again.",
        )


@dataclass(frozen=True, slots=True)
class Made:
    """What upstream has made, as it is written down: ``files`` are ``{role, suffix}`` with ``url`` (upstream's) or
    ``path`` (in our storage)."""

    files: tuple[Mapping[str, str], ...]
    facts: Mapping[str, Any]
    model: str

    def record(self) -> dict[str, Any]:
        """For the attempt's row."""
        return {"files": [dict(file) for file in self.files], "facts": dict(self.facts), "model": self.model}

    @classmethod
    def read(cls, record: Mapping[str, Any]) -> Made:
        """From the attempt's row."""
        return cls(tuple(record["files"]), record["facts"], record["model"])


class Upstreams:
    """The adapters of all routes on one HTTP client. Use it with ``async with``."""

    def __init__(self, storage: Storage, *, pause: float = 1.0, random: Random | None = None) -> None:
        """``pause``: the first back-off of a fetch in seconds."""
        self._storage = storage
        self._pause = pause
        self._http = Http()
        self._poller = Poller(random=random)
        self._adapters: dict[tuple[Modality, str, str, str], Adapter[Request]] = {}

    async def open(self) -> None:
        """Be ready to send."""
        await self._http.__aenter__()

    async def close(self) -> None:
        """Stop polling, and close all connections."""
        self._poller.close()
        await self._http.__aexit__(None, None, None)

    def adapter(self, modality: Modality, route: Route) -> Adapter[Request]:
        """The adapter of a route.

        Raises:
            InputError: there is no such vendor for the modality, or an option is missing.
        """
        way = route.way
        key = (modality, way.channel, way.key, way.model)
        if key not in self._adapters:
            channel = route.channel
            endpoint = Endpoint(
                base_url=channel.base_url.rstrip("/"),
                key=route.secret,
                model=way.model,
                http=self._http,
                options=channel.options,
                read_s=channel.read_s,
            )
            self._adapters[key] = registry.adapter(modality, channel.vendor)(endpoint)
        return self._adapters[key]

    async def submit(self, route: Route, request: Request, references: References, token: str) -> Accepted | Answer:
        """Send an order. See `Adapter.submit`."""
        with _scrubbed(route):
            return await self.adapter(request.modality, route).submit(request, references, token)

    def finds(self, modality: Modality, route: Route) -> bool:
        """Whether upstream can be asked for an order by our token."""
        return isinstance(self.adapter(modality, route), Finder)

    async def find(self, route: Route, request: Request, token: str) -> Accepted | None:
        """Look an order up by its token, until upstream has it or had time enough to get around to it. None: it has
        not taken it. See `Finder.find`.

        Raises:
            OrderUnknownError: upstream cannot tell.
        """
        adapter = self.adapter(request.modality, route)
        begun, pause, told = time.monotonic(), self._pause, ""
        while isinstance(adapter, Finder):
            error: ModelError | None = None
            try:
                with _scrubbed(route):
                    found = await adapter.find(request, token)
                if found is not None:
                    return found
            except (NotSentError, NoAnswerError, RejectedError) as failed:
                error, told = failed, f": {failed.message}"
            age = time.monotonic() - begun
            if age >= FRESH_S and error is None:
                return None
            gone = isinstance(error, RejectedError) and error.refusal == "gone"
            if age >= (FRESH_S if gone else PATIENCE_S):
                break
            await asyncio.sleep(pause)
            pause = min(SLOWEST_S, pause * 2)
        hint = "Look it up there; then recover it by its id or address, buy it again, or release it."
        raise OrderUnknownError(f"{route.channel.name} cannot tell what became of an order{told}", hint=hint)

    async def poll(
        self, modality: Modality, route: Route, upstream_id: str, progress: Callable[[Pending], None]
    ) -> Answer:
        """Wait for a task. See `Poller.wait`."""
        adapter = self.adapter(modality, route)
        with _scrubbed(route):
            return await self._poller.wait(route.channel, lambda: adapter.poll(upstream_id), progress)

    async def keep(self, answer: Answer, name: str) -> Made:
        """What is to be written down of an answer. Files that came with it are put into the storage below ``name``,
        so that a crash from now on does not lose them.

        Raises:
            RejectedError: there is no file in it (``no_result``).
        """
        if not answer.files:
            raise RejectedError("upstream answered without a result", refusal="no_result")
        files: list[dict[str, str]] = []
        for number, file in enumerate(answer.files):
            if isinstance(file, Remote):
                files.append({"role": file.role, "suffix": file.suffix, "url": file.url})
                continue
            if not file.data:
                raise RejectedError("upstream answered with an empty file", refusal="no_result")
            path = f"{INBOX}/{name}-{number}{file.suffix}"
            await self._storage.put(file.data, path)
            files.append({"role": file.role, "suffix": file.suffix, "path": path})
        made = Made(tuple(files), answer.facts, answer.model)
        if any("path" in file for file in files):
            await put_record(self._storage, name, made.record())
        return made

    async def fetch(self, modality: Modality, route: Route, made: Made) -> Generated:
        """All files of an answer, each asked for once.

        Raises:
            NotFetchedError: one cannot be had now, and the order stands.
            OrderUnknownError: its address must not be asked; a person decides.
            RejectedError: a file is gone (``gone``), or is none (``no_result``): either may not have got around to
                where it is served, so these are final only after `FETCHES`.
        """
        with _scrubbed(route):
            files = [await self._file(modality, route, file) for file in made.files]
        facts = dict(made.facts) | {"upstream_model": made.model or route.way.model}
        return Generated(tuple(files), facts)

    async def forget(self, made: Made, name: str) -> None:
        """Remove what `keep` has put into the storage below ``name``: it is stored for good now."""
        paths = [file["path"] for file in made.files if "path" in file]
        for path in [*paths, inbox(name)] if paths else []:
            await self._storage.delete(path)

    async def _file(self, modality: Modality, route: Route, file: Mapping[str, str]) -> Artefact:
        if "path" in file:
            return Artefact(file["role"], await self._storage.read(file["path"]), file["suffix"])
        remote = Remote(file["role"], file["url"], file["suffix"])
        try:
            data = await self.adapter(modality, route).fetch(remote)
        except (NotSentError, NoAnswerError) as error:
            raise NotFetchedError(error) from error
        except ForbiddenError as error:
            name = route.channel.name
            raise OrderUnknownError(
                f"{name} has put what it made where it is not fetched from: {error.message}",
                hint=f"If it is yours, list it in channels.{name}.options.files (or *), and recover the order by "
                "its id or address; else release it.",
            ) from error
        except RejectedError as error:
            if error.refusal in ("gone", "invalid", "moderation", "no_result"):
                raise
            raise NotFetchedError(error) from error
        if not data:
            raise RejectedError("upstream delivered an empty file", refusal="no_result")
        # An address need not name its type: the bytes do.
        return Artefact(remote.role, data, suffix_of(data) or remote.suffix)


@contextmanager
def _scrubbed(route: Route) -> Iterator[None]:
    """Take the key out of whatever upstream says: some repeat it when they refuse it."""
    try:
        yield
    except ManjuError as error:
        if route.secret and route.secret in error.message:
            error.message = error.message.replace(route.secret, "***")
            error.args = (error.message,)
        raise
