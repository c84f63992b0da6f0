"""``GET /v1/models``: every public name, who serves it now, and what it costs."""

from __future__ import annotations

from datetime import UTC, datetime, time
from decimal import Decimal
from typing import Annotated, Any

from fastapi import APIRouter, Depends

from manju.api.gateway.context import Relay, caller, relay
from manju.domain.key import ApiKey
from manju.domain.money import CURRENCY, MICRO
from manju.errors import UnknownModelError
from manju.gateway.catalogue import Catalogue
from manju.gateway.entries import Entry

router = APIRouter(tags=["models"])
Key = Annotated[ApiKey, Depends(caller)]
Parts = Annotated[Relay, Depends(relay)]
Given = dict[str, Any]


@router.get("/v1/models")
async def models(key: Key, parts: Parts) -> Given:
    """The models that the key may use."""
    usable = [entry for entry in parts.catalogue.entries() if key.models is None or entry.name in key.models]
    return {"object": "list", "data": [_shown(parts.catalogue, entry) for entry in usable]}


@router.get("/v1/models/{name:path}")
async def model(name: str, key: Key, parts: Parts) -> Given:
    """One model, if the key may use it."""
    if key.models is not None and name not in key.models:
        hint = f"It may use: {', '.join(key.models)}."
        raise UnknownModelError(f"the key {key.name} may not use {name[:200]!r}", hint=hint)
    return _shown(parts.catalogue, parts.catalogue.entry(name))


def _shown(catalogue: Catalogue, entry: Entry) -> Given:
    """OpenAI's four fields, and ours: who serves it now, what that one offers and costs."""
    served = catalogue.served(entry.name)
    return {
        "id": entry.name,
        "object": "model",
        "created": int(datetime.combine(entry.since, time(), UTC).timestamp()),
        "owned_by": "manju" if entry.channel else entry.vendor or "relay",
        "modality": entry.modality,
        "served_by": served.name,
        "price": _price(served),
        "capability": served.capability.model_dump(mode="json", exclude_defaults=True),
        "limits": served.limits.model_dump(mode="json", exclude_none=True),
        "status": entry.status,
        "ends": None if entry.ends is None else entry.ends.isoformat(),
        "successor": entry.successor or None,
    }


def _price(entry: Entry) -> Given:
    price: Given = {"amount": _amount(entry.price), "unit": entry.unit, "currency": CURRENCY}
    if entry.output_price:
        price["output_amount"] = _amount(entry.output_price)
    if entry.tiers:
        conditions = {"side", "seconds", "audio"}
        price["tiers"] = [
            tier.model_dump(include=conditions, exclude_defaults=True) | {"amount": _amount(tier.price)}
            for tier in entry.tiers
        ]
    return price


def _amount(micros: int) -> str:
    return f"{Decimal(micros) / MICRO:f}"
