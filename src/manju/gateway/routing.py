"""Which route an order takes: a healthy one if there is any, high priority before low, then by weight, by lot."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from random import Random

from manju.domain.order import Way
from manju.gateway.channels import Route
from manju.gateway.health import Health


def ranked(routes: Sequence[Route], health: Health, random: Random, tried: Collection[Way] = ()) -> list[Route]:
    """The routes that are worth asking of those that were not tried yet, best first.

    These are the ones whose circuit is closed: an order waits for one that is busy rather than going to one that
    fails. A half-open one is among them if no closed one is preferred to it, so that a channel comes back after an
    outage; one order tries it. If none is closed, the half-open ones; if there is none of them either, all, those that
    close soonest first: when nothing else is left, the least bad is asked. The lot of weights is drawn anew each time,
    so that channels of one priority share the load in that proportion.
    """
    left = [(health.state(route.way), route) for route in routes if route.way not in tried]
    closed = [route for state, route in left if state == "closed"]
    best = max((route.channel.priority for route in closed), default=None)
    trials = [r for state, r in left if state == "half-open" and (best is None or r.channel.priority >= best)]

    def rank(route: Route) -> tuple[bool, float, int, float]:
        # Efraimidis and Spirakis (2006): sorting by u^(1/w) draws without replacement in proportion to the weights.
        lot = random.random() ** (1 / route.channel.weight)
        soon = health.on_trial(route.way), health.reopens(route.way)
        return *soon, -route.channel.priority, -lot

    return sorted(closed + trials or [route for _, route in left], key=rank)
