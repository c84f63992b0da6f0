"""A server whose chats go to emulated upstreams."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from serving import Client, served
from sqlalchemy import func, select

from manju.db.keys import Keys
from manju.db.session import Database
from manju.db.tables import Account, ApiKeyRow, Attempt, ChatAnswer, LedgerEntry, Order, Tally
from manju.domain.money import MICRO
from manju.gateway import pricing
from manju.gateway.catalogue import shipped
from manju.gateway.tokens import Usage
from vendors.emulator import KEY

MODEL = "gpt-4o"
PATH = "/v1/chat/completions"
ENTRY = shipped().entry(MODEL)
TOKENS = Usage(1200, 300)
"""What the emulator's answers take."""
PRICE = pricing.chat_price(ENTRY, TOKENS, 0)
COST = 10 * TOKENS.input + 20 * TOKENS.output
ASKED: dict[str, Any] = {"model": MODEL, "messages": [{"role": "user", "content": "写一句雨夜"}], "max_tokens": 900}


def configure(data: Path, urls: Sequence[str], **options: Any) -> None:
    """Channels a, b ... of falling priority."""
    data.mkdir(parents=True, exist_ok=True)
    lines = []
    for number, url in enumerate(urls):
        fields = {
            "vendor": "openai",
            "base_url": url,
            "key": "KEYTABLE",
            "concurrency": 16,
            "priority": -number,
            "read_s": 2.0,
            "models": "MODELTABLE",
            **options,
        }
        lines.append(f"[channels.{chr(97 + number)}]")
        lines += [f"{name} = {json.dumps(value)}" for name, value in fields.items()]
    text = "\n".join(lines).replace('"KEYTABLE"', '{ env = "UPSTREAM_KEY" }')
    model = f'{{ "{MODEL}" = {{ model = "live-1", cost = "10", output_cost = "20" }} }}'
    (data / "manju.toml").write_text(text.replace('"MODELTABLE"', model) + "\n", encoding="utf-8")


@dataclass
class Shop:
    """A running server with its channels."""

    client: Client

    @property
    def database(self) -> Database:
        return self.client.app.database

    async def ask(
        self, body: Any = None, *, key: str | None = None, **headers: str
    ) -> tuple[int, Mapping[str, str], bytes]:
        """Status, headers and bytes of an answer; ``body`` may be bytes."""
        raw = body if isinstance(body, bytes) else json.dumps(ASKED if body is None else body).encode()
        sent = {"Authorization": f"Bearer {key or self.client.key}", "Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.client.session.post(self.client.url + PATH, data=io.BytesIO(raw), headers=sent) as answer:
            return answer.status, answer.headers, await answer.read()

    async def new_key(self, name: str = "customer", *, credits: int = 0, **limits: Any) -> str:
        return (await Keys(self.database).create(name, credits=credits, **limits))[1]

    async def orders(self) -> list[Order]:
        async with self.database.read() as session:
            return list(await session.scalars(select(Order).order_by(Order.id)))

    async def attempts(self) -> list[tuple[str, str]]:
        async with self.database.read() as session:
            rows = await session.execute(select(Attempt.channel, Attempt.outcome).order_by(Attempt.id))
            return [(row.channel, row.outcome) for row in rows]

    async def states(self) -> list[str]:
        return [order.state for order in await self.orders()]

    async def ledger(self) -> dict[str, int]:
        """Sums by kind."""
        async with self.database.read() as session:
            query = select(LedgerEntry.kind, func.sum(LedgerEntry.amount)).group_by(LedgerEntry.kind)
            return {kind: int(amount) for kind, amount in await session.execute(query)}

    async def balance(self, name: str) -> int:
        """Of the account behind a key, by the ledger; the tallies must say the same."""
        async with self.database.read() as session:
            account = await session.scalar(select(ApiKeyRow.account_id).where(ApiKeyRow.name == name))
            total = select(func.coalesce(func.sum(LedgerEntry.amount), 0)).where(LedgerEntry.account_id == account)
            ledger = int(await session.scalar(total) or 0)
            tally = await session.scalar(select(Tally.amount).where(Tally.name == f"account/{account}"))
            assert ledger == (tally or 0)
            return ledger

    async def kept(self) -> int:
        async with self.database.read() as session:
            return await session.scalar(select(func.count()).select_from(ChatAnswer)) or 0

    async def sound(self) -> None:
        """The tallies are the ledger's sums, and no limited account is overdrawn."""
        async with self.database.read() as session:
            accounts = select(Account.id).where(Account.limited)
            for account in await session.scalars(accounts):
                total = select(func.coalesce(func.sum(LedgerEntry.amount), 0)).where(LedgerEntry.account_id == account)
                assert (await session.scalar(total) or 0) >= 0
            sums = dict((await session.execute(select(Tally.name, Tally.amount))).all())
            grouped = select(LedgerEntry.project_id, func.sum(LedgerEntry.amount)).group_by(LedgerEntry.project_id)
            for project, amount in await session.execute(grouped):
                assert project is None or sums[f"project/{project}"] == amount


@asynccontextmanager
async def opened(data: Path, urls: Sequence[str] = (), *, key: str = "", **options: Any) -> AsyncIterator[Shop]:
    """A server over a data folder; without ``urls`` as it was configured before."""
    if urls:
        configure(data, urls, **options)
    async with served(data, key) as client:
        yield Shop(client)


async def until(happened: Callable[[], Any]) -> None:
    """Wait for something that another task does."""
    async with asyncio.timeout(30):
        while not happened():  # noqa: ASYNC110  (servers do not set our events)
            await asyncio.sleep(0.005)


YUAN = MICRO
UPSTREAM = {"UPSTREAM_KEY": KEY, "MANJU_WORKERS": "1"}
