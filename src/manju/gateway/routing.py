"""Which route an order takes: healthy before ailing, high priority before low, then by weight, by lot."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from random import Random

from manju.domain.order import Way
from manju.gateway.channels import Route
from manju.gateway.health import Health

_RANK = {"closed": 0, "half-open": 1, "open": 2}


def ranked(routes: Sequence[Route], health: Health, random: Random, tried: Collection[Way] = ()) -> list[Route]:
    """The routes that were not tried yet, best first.

    Open circuits come last, those that close soonest first: when nothing else is left, the least bad is asked. The lot
    of weights is drawn anew each time, so that channels of one priority share the load in that proportion.
    """

    def rank(route: Route) -> tuple[int, float, int, float]:
        state = health.state(route.way)
        # Efraimidis and Spirakis (2006): sorting by u^(1/w) draws without replacement in proportion to the weights.
        lot = random.random() ** (1 / route.channel.weight)
        return _RANK[state], health.reopens(route.way) if state == "open" else 0.0, -route.channel.priority, -lot

    return sorted((route for route in routes if route.way not in tried), key=rank)
