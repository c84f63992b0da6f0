"""``GET /v1/models``: every public name, who serves it now, and what it costs."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from manju.api.gateway.context import Relay, caller, relay
from manju.domain.key import ApiKey
from manju.domain.money import CURRENCY, MICRO
from manju.gateway.catalogue import Catalogue, Entry

router = APIRouter(tags=["models"])
Key = Annotated[ApiKey, Depends(caller)]
Parts = Annotated[Relay, Depends(relay)]


@router.get("/v1/models")
async def models(key: Key, parts: Parts) -> dict[str, Any]:
    """The models that the key may use."""
    usable = [entry for entry in parts.catalogue.entries() if key.models is None or entry.name in key.models]
    return {"object": "list", "data": [_shown(parts.catalogue, entry) for entry in usable]}


@router.get("/v1/models/{name:path}")
async def model(name: str, key: Key, parts: Parts) -> dict[str, Any]:
    """One model."""
    return _shown(parts.catalogue, parts.catalogue.entry(name))


def _shown(catalogue: Catalogue, entry: Entry) -> dict[str, Any]:
    served = catalogue.served(entry.name)
    return {
        "id": entry.name,
        "object": "model",
        "created": int(datetime.combine(entry.since, time(), UTC).timestamp()),
        "owned_by": "manju" if served.channel else "channel",
        "modality": entry.modality,
        "served_by": served.name,
        "price": {"amount": f"{served.price / MICRO:.6f}".rstrip("0").rstrip("."), "unit": served.unit,
                  "currency": CURRENCY},
        "status": entry.status,
        "successor": entry.successor or None,
    }  # fmt: skip
