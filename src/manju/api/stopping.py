"""What a client hears whose request is not done when the server stops."""

from __future__ import annotations

import asyncio
from typing import Any

from manju.api.gateway.errors import body

TASK = "manju.task"
"""Where a request's scope has the id of what it has ordered and waits for."""


class Stopping:
    """ASGI middleware: answers what the server gives up when it stops (it cancels it), so that the client knows what it
    has ordered. An SDK's own retry is that very order again."""

    def __init__(self, app: Any) -> None:
        self._app = app

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = False

        async def sending(message: Any) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except asyncio.CancelledError:
            if started:
                raise
            await _told(scope.get(TASK, ""))(scope, receive, send)


def _told(task: str) -> Any:
    if not task:
        message = "the server is stopping, and this request was not done. What was ordered is gone on with."
        return body(503, "server_error", "server_stopping", message, headers={"x-should-retry": "false"})
    message = f"the server is stopping. It was ordered ({task}), and is gone on with when the server starts again."
    headers = {"x-should-retry": "true", "x-manju-task": task}
    return body(503, "server_error", "server_stopping", message, headers=headers)
