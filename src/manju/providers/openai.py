"""What OpenAI-compatible endpoints (OpenAI's own, relays, another manju) have in common, whatever they make.

Sources: openai-python 3.54.0 (2026-11) for paths, bodies and errors; ../shared/research/relay-gateway.md §0.4 and §1
(2026-11-20) for relays. OpenAI knows no idempotency; ``Idempotency-Key`` is sent all the same, since another manju
honours it (``idempotent = true`` of a channel says that it does). A base URL without a version gets ``/v1``.
"""

from __future__ import annotations

from typing import Any

from manju.net.client import Form, Response
from manju.providers.answers import check
from manju.providers.upstream import Endpoint, address

VERSION = "v1"


async def post(
    endpoint: Endpoint,
    path: str,
    token: str,
    *,
    json: dict[str, Any] | None = None,
    data: Form | None = None,
) -> Response:
    """Send an order; the answer is not looked at yet.

    Raises:
        as `manju.net.client.Http.send`.
    """
    return await endpoint.http.send(
        "POST",
        address(endpoint.base_url, VERSION, path),
        headers={**authorisation(endpoint), "Idempotency-Key": token},
        json=json,
        data=data,
        read_s=endpoint.read_s,
    )


async def get(endpoint: Endpoint, path: str) -> Response:
    """Ask for something; the answer is not looked at yet.

    Raises:
        as `manju.net.client.Http.send`.
    """
    return await endpoint.http.send(
        "GET",
        address(endpoint.base_url, VERSION, path),
        headers=authorisation(endpoint),
        read_s=endpoint.read_s,
    )


async def probe(endpoint: Endpoint) -> None:
    """List the models, which is free everywhere.

    Raises:
        as `manju.providers.upstream.Adapter.probe`.
    """
    check(await get(endpoint, "/models"), secret=endpoint.key).json()


def authorisation(endpoint: Endpoint) -> dict[str, str]:
    """The key as a bearer token."""
    return {"Authorization": f"Bearer {endpoint.key}"}
