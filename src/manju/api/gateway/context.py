"""What every endpoint of the relay API works with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from starlette.requests import Request

from manju.api.access import Access
from manju.api.gateway.hooks import Hooks
from manju.api.gateway.inputs import Inputs
from manju.domain.key import ApiKey
from manju.domain.order import Stored
from manju.errors import StoppedError
from manju.gateway.catalogue import Catalogue
from manju.gateway.gateway import Gateway
from manju.gateway.tasks import Task, Tasks
from manju.storage.base import Storage

Headers = dict[str, str]


@dataclass(frozen=True, slots=True)
class Relay:
    """The parts behind the API. ``public_url`` is where clients reach us, without a slash at its end; empty: where the
    client that asks has reached us."""

    access: Access
    gateway: Gateway
    tasks: Tasks
    catalogue: Catalogue
    inputs: Inputs
    storage: Storage
    hooks: Hooks
    public_url: str
    producer: str = ""
    """For the AI label of what is made anew for an answer."""

    async def picture(self, given: str) -> str:
        """SHA-256 of a picture that a caller gave; see `Inputs.picture`."""
        return await self.inputs.picture(given, self.public_url)

    def url(self, stored: Stored) -> str:
        """The address of an artefact: stable, and known to nobody who does not know its content."""
        return f"{self.public_url}/media/{stored.sha256}{stored.path[stored.path.rindex('.') :]}"


def relay(request: Request) -> Relay:
    """The relay of the server that a request came to, as that client sees it. The host was checked at the door."""
    found = request.app.state.relay
    assert isinstance(found, Relay)
    return found if found.public_url else replace(found, public_url=str(request.base_url).rstrip("/"))


@dataclass(frozen=True, slots=True)
class Wish:
    """How an order may be known again: the caller's own name for it (empty: none), and how often its SDK says to have
    sent it before (None: it does not say)."""

    idempotency: str
    retry: int | None

    @property
    def retried(self) -> bool:
        """It is sent once more."""
        return bool(self.retry)

    @classmethod
    def said(cls, headers: Mapping[str, str]) -> Wish:
        """What a request's headers say."""
        count = headers.get("x-stainless-retry-count", "")
        return cls(headers.get("idempotency-key", ""), int(count) if count.isdecimal() else None)

    @classmethod
    async def of(cls, request: Request) -> Wish:
        """What a request says, right before its order is placed.

        Raises:
            StoppedError: the client has gone. It cannot be told of an order, and sends it again as another.
        """
        if await request.is_disconnected():
            raise StoppedError("the client has gone before its order was placed", hint="Nothing was ordered.")
        return cls.said(request.headers)


def told(model: str, task: str, ignored: Iterable[str] = (), changed: Mapping[str, object] | None = None) -> Headers:
    """Headers that disclose who makes an order, its id, what of the request was passed over, and what was changed."""
    headers = {"x-manju-model": model, "x-manju-task": task}
    if names := sorted(ignored):
        headers["x-manju-ignored"] = ",".join(names)
    if changed:
        headers["x-manju-effective"] = ",".join(f"{name}={value}" for name, value in changed.items())
    return {name: value.encode("ascii", "replace").decode() for name, value in headers.items()}


def left_out(tasks: Iterable[Task], names: Mapping[str, str]) -> set[str]:
    """What of a request's fields who made it was not told; ``names`` are the fields, by what an order calls them."""
    lost = {str(each) for task in tasks for each in task.facts.get("left_out", ())}
    return {field for name, field in names.items() if name in lost}


async def caller(request: Request) -> ApiKey:
    """The key of a request; see `Access.key`."""
    return await relay(request).access.key(request)
