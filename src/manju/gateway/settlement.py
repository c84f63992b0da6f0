"""The end of a model call: its artefacts into the store, and only then the record that it succeeded, and its price."""

from __future__ import annotations

from manju.db.order_records import Sending
from manju.db.unbroken import unbroken
from manju.domain.takes import Take
from manju.gateway import pricing
from manju.gateway.channels import Route
from manju.gateway.delivery import Delivery
from manju.gateway.errand import Errand
from manju.gateway.order_book import OrderBook
from manju.storage.base import Storage


@unbroken
async def keep(
    storage: Storage,
    book: OrderBook,
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
    await book.succeed(errand, sending, delivery, share=share, cost=cost, seconds=seconds)
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
