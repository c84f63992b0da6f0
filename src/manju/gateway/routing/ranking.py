"""Which route an order takes: a healthy one if there is any, high priority before low, then by weight, by lot."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from random import Random

from manju.domain.order import Way
from manju.gateway.channels import Route
from manju.gateway.routing.health import Health


def ranked(routes: Sequence[Route], health: Health, random: Random, tried: Collection[Way] = ()) -> list[Route]:
    """The routes that are worth asking of those that were not tried yet, best first.

    These are the ones whose circuit is closed, and the half-open ones, each of which one order at a time tries: so a
    channel comes back after an outage. If there is none, all, those that close soonest first: when nothing else is
    left, the least bad is asked. An order waits for a busy one rather than going to one that fails. The lot of weights
    is drawn anew each time, so that channels of one priority share the load in that proportion.
    """
    left = [route for route in routes if route.way not in tried]
    worth = [route for route in left if health.state(route.way) != "open"]

    def rank(route: Route) -> tuple[bool, float, int, float]:
        # Efraimidis and Spirakis (2006): sorting by u^(1/w) draws without replacement in proportion to the weights.
        lot = random.random() ** (1 / route.channel.weight)
        soon = health.on_trial(route.way), health.reopens(route.way)
        return *soon, -route.channel.priority, -lot

    return sorted(worth or left, key=rank)
