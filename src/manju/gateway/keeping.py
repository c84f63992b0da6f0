"""The end of a model call: its artefacts into the store, and only then the record that it succeeded."""

from __future__ import annotations

from manju.db.orders import Sending
from manju.db.unbroken import unbroken
from manju.domain.takes import Take
from manju.gateway import pricing
from manju.gateway.channels import Route
from manju.gateway.delivery import Delivery
from manju.gateway.placing import Errand, Placing
from manju.storage.base import Storage


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
    await placing.succeed(errand, sending, pricing.cost(errand.entry, route, errand.request), delivery, seconds)
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
