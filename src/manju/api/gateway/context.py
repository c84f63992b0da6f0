"""What every endpoint of the relay API works with."""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request

from manju.api.access import Access
from manju.api.gateway.inputs import Inputs
from manju.domain.key import ApiKey
from manju.domain.order import Stored
from manju.gateway.catalogue import Catalogue
from manju.gateway.desk import Desk
from manju.gateway.gateway import Gateway
from manju.storage.base import Storage


@dataclass(frozen=True, slots=True)
class Relay:
    """The parts behind the API. ``public_url`` is where clients reach us, without a slash at its end."""

    access: Access
    gateway: Gateway
    desk: Desk
    catalogue: Catalogue
    inputs: Inputs
    storage: Storage
    public_url: str

    def url(self, stored: Stored) -> str:
        """The address of an artefact: stable, and known to nobody who does not know its content."""
        return f"{self.public_url}/media/{stored.sha256}{stored.path[stored.path.rindex('.') :]}"


def relay(request: Request) -> Relay:
    """The relay of the server that a request came to."""
    found = request.app.state.relay
    assert isinstance(found, Relay)
    return found


async def caller(request: Request) -> ApiKey:
    """The key of a request; see `Access.key`."""
    return await relay(request).access.key(request)
