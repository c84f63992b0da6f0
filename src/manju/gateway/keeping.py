"""The end of a model call: its artefacts into the store, and only then the record that it succeeded.

Files that come with an answer are put into the store's *inbox* before anything else, and beside them what the answer
was: a process that dies before that is on record has not lost what was paid for.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from manju.db.orders import Sending
from manju.db.unbroken import unbroken
from manju.domain.takes import Take
from manju.gateway import pricing
from manju.gateway.channels import Route
from manju.gateway.delivery import Delivery
from manju.gateway.placing import Errand, Placing
from manju.storage.base import Storage


def inbox(attempt_id: str) -> str:
    """Where the record of an answer lies whose files are in the inbox."""
    return f"inbox/{attempt_id}.json"


async def put_record(storage: Storage, attempt_id: str, record: Mapping[str, Any]) -> None:
    """Keep the record of an answer; its files are in the inbox already."""
    await storage.put(json.dumps(record).encode(), inbox(attempt_id))


async def read_record(storage: Storage, attempt_id: str) -> Mapping[str, Any] | None:
    """The record of an answer that a dead process had got, if it came so far."""
    key = inbox(attempt_id)
    if not await storage.exists(key):
        return None
    record: dict[str, Any] = json.loads(await storage.read(key))
    return record


@unbroken
async def keep(
    storage: Storage,
    placing: Placing,
    errand: Errand,
    sending: Sending,
    route: Route,
    delivery: Delivery,
    seconds: float,
) -> Take:
    """Store what was delivered, take the money, and select the take; carried to its end even if cancelled.

    Raises:
        ManjuError: the store cannot be written to; the order stands as it did.
    """
    for stored, data in delivery.artefacts:
        await storage.put(data, stored.path)
    said = delivery.artefacts[0][1].decode("utf-8") if errand.request.modality == "text" else ""
    share, cost = pricing.settled(errand.entry, route, errand.request, delivery.facts, said)
    await placing.succeed(errand, sending, delivery, share=share, cost=cost, seconds=seconds)
    errand.begun = False
    return Take(
        subject=errand.subject,
        kind=errand.kind,
        number=errand.number,
        order_id=sending.order_id,
        model=errand.entry.name,
        digest=errand.digest,
        artefacts=tuple(stored for stored, _ in delivery.artefacts),
        facts=delivery.facts,
    )
