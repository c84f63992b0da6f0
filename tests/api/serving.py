"""A real server on loopback over a fresh data folder, and a client with its first key."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import uvicorn

from manju.api.server import create, first_key
from manju.app import App, open_app
from manju.config import Settings


@dataclass
class Client:
    """Speaks to the server with a key."""

    url: str
    key: str
    app: App
    session: aiohttp.ClientSession

    @property
    def admin(self) -> dict[str, str]:
        """Headers that open the admin API, with the token that the server has made."""
        return {"Authorization": f"Bearer {self.app.settings.folder.admin_token.read_text().strip()}"}

    async def ask(self, method: str, path: str, *, key: str | None = None, headers: Any = None, **more: Any) -> Any:
        """Status, headers and body (JSON if it is)."""
        bearer = self.key if key is None else key
        sent = {"Authorization": f"Bearer {bearer}", **(headers or {})} if bearer else dict(headers or {})
        url = path if path.startswith("http") else self.url + path
        async with self.session.request(method, url, headers=sent, **more) as answer:
            body = await answer.read()
            json = answer.content_type == "application/json"
            return answer.status, answer.headers, await answer.json() if json else body

    async def post(self, path: str, body: Any, **more: Any) -> Any:
        return await self.ask("POST", path, json=body, **more)

    async def get(self, path: str, **more: Any) -> Any:
        return await self.ask("GET", path, **more)


@asynccontextmanager
async def served(
    data: Path, key: str = "", origins: Sequence[str] = (), hosts: Sequence[str] = (), public_url: str = ""
) -> AsyncIterator[Client]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    async with open_app(Settings.load(data=data), warm=False) as app:
        made = await first_key(app)
        served = create(app, public_url=public_url, hosts=hosts, origins=origins)
        config = uvicorn.Config(served, host="127.0.0.1", port=port, log_level="warning")
        server = uvicorn.Server(config)
        running = asyncio.create_task(server.serve())
        while not server.started:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        async with aiohttp.ClientSession() as session:
            yield Client(url, made[1] if made else key, app, session)
        server.should_exit = True
        await running
