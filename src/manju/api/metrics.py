"""``/metrics`` for Prometheus: requests by route and status, tasks in flight, orders by state."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest

BUCKETS = (0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300)


class Metrics:
    """One server's figures."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "manju_http_requests", "Requests answered.", ("method", "route", "status"), registry=self._registry
        )
        self._seconds = Histogram(
            "manju_http_request_seconds", "Seconds to the end of the answer.", ("route",), buckets=BUCKETS,
            registry=self._registry,
        )  # fmt: skip
        self._tasks = Gauge("manju_tasks_in_flight", "Orders that this process works on.", registry=self._registry)
        self._orders = Gauge("manju_orders", "Orders on record.", ("state",), registry=self._registry)

    def text(self, *, tasks: int, orders: dict[str, int]) -> tuple[bytes, str]:
        """The figures and their media type."""
        self._tasks.set(tasks)
        for state, count in orders.items():
            self._orders.labels(state).set(count)
        return generate_latest(self._registry), CONTENT_TYPE_LATEST

    def told(self, method: str, route: str, status: int, seconds: float) -> None:
        """A request was answered."""
        self._requests.labels(method, route, str(status)).inc()
        self._seconds.labels(route).observe(seconds)


class Measured:
    """ASGI middleware that tells `Metrics` of every request."""

    def __init__(self, app: Callable[..., Awaitable[None]], *, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        start, status = time.perf_counter(), 500

        async def sending(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            # The route's pattern, not the path: ids would make a series each.
            route = getattr(scope.get("route"), "path", "other")
            self._metrics.told(scope["method"], route, status, time.perf_counter() - start)
