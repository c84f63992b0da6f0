"""One vendor of clips on loopback with the adapter that speaks to it: what tests of such adapters are given."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from manju.domain.order import Reference, VideoRequest
from manju.errors import ManjuError, NotFoundError
from manju.net.client import Http
from manju.providers.upstream import Accepted, Adapter, Answer, Endpoint
from vendors.video_tasks import VideoEmulator, picture

TOKEN = "0192a1b2c3d4-attempt-1"


@dataclass(frozen=True)
class Vendor:
    """One row: the adapter, who plays its vendor, and the channel's options."""

    adapter: Callable[[Endpoint], Adapter[VideoRequest]]
    emulator: type[VideoEmulator]
    options: Mapping[str, str] = field(default_factory=dict)


class Shelf:
    """References: pictures by number."""

    def read(self, sha256: str) -> bytes:
        for number in range(9):
            if hashlib.sha256(picture(number)).hexdigest() == sha256:
                return picture(number)
        raise NotFoundError(f"nothing is stored under {sha256}")


@dataclass
class Lab:
    """A vendor on loopback and the adapter that speaks to it."""

    vendor: Vendor
    http: Http
    emulator: VideoEmulator
    orders: int = 0
    """Orders so far: each has a token of its own, the first `TOKEN`."""

    def adapter(self, **changes: Any) -> Adapter[VideoRequest]:
        """A new adapter; ``changes`` are to its endpoint."""
        endpoint = Endpoint(self.emulator.url, self.emulator.key, self.emulator.model, self.http, self.vendor.options)
        return self.vendor.adapter(replace(endpoint, **changes))

    def roaming(self, **changes: Any) -> Adapter[VideoRequest]:
        """The adapter of a channel that has its files anywhere, on this machine too."""
        return self.adapter(options={**self.vendor.options, "files": "*"}, **changes)

    def request(self, roles: tuple[str, ...] = (), **fields: Any) -> VideoRequest:
        """The vendor's own order with a picture for each role."""
        references = tuple(
            Reference(sha256=hashlib.sha256(picture(number)).hexdigest(), role=role)
            for number, role in enumerate(roles)
        )
        return self.emulator.request.model_copy(update={"references": references, **fields})

    async def submit(self, roles: tuple[str, ...] = (), **changes: Any) -> str:
        """Order it; ``changes`` are to the endpoint."""
        return await self.order(self.request(roles), **changes)

    async def order(self, request: VideoRequest, **changes: Any) -> str:
        """Order this very thing; gives the task's id."""
        self.orders += 1
        token = TOKEN if self.orders == 1 else f"{TOKEN}-{self.orders}"
        accepted = await self.adapter(**changes).submit(request, Shelf(), token)
        assert isinstance(accepted, Accepted)
        return accepted.upstream_id

    async def finish(self, upstream_id: str) -> Answer:
        """Look at a task until it is done."""
        for _ in range(self.emulator.polls):
            seen = await self.adapter().poll(upstream_id)
        assert isinstance(seen, Answer)
        return seen

    @contextmanager
    def refused(self, kind: type[ManjuError], refusal: str = "") -> Iterator[pytest.ExceptionInfo[ManjuError]]:
        """The call fails so, in one line, and without a key in what it says."""
        with pytest.raises(kind) as caught:
            yield caught
        assert type(caught.value) is kind, caught.value
        said = f"{caught.value} {caught.value.hint}"
        assert "\n" not in said
        assert not any(secret in said for secret in self.emulator.secrets), said
        if refusal:
            assert getattr(caught.value, "refusal", "") == refusal, said


@asynccontextmanager
async def opened(vendor: Vendor) -> AsyncIterator[Lab]:
    """A laboratory for a vendor."""
    async with Http() as http, vendor.emulator() as emulator:
        yield Lab(vendor, http, emulator)
