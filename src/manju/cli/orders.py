"""``manju orders``: orders whose outcome is not known are listed, and a person decides what becomes of them."""

from __future__ import annotations

import asyncio
import json as jsonlib
import sys
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import TypeVar

from manju.config import Settings
from manju.db.doubts import Doubt
from manju.db.order_records import OrderRecord
from manju.db.session import Database
from manju.domain.money import CURRENCY, decimal, show
from manju.domain.order import OrderState, Way
from manju.errors import InputError
from manju.gateway.catalogue import Catalogue
from manju.gateway.doubts import Doubts

T = TypeVar("T")
SHORT = 60
"""Characters of what was asked for, in a line for people."""


def show_all(*, data: Path | None, as_json: bool) -> None:
    """List the orders in doubt, first to last: where and as what each was sent, and what is held for it. Nothing is
    changed; those that wait for a channel which is not in the configuration at hand are told of."""

    async def both(doubts: Doubts) -> tuple[list[Doubt], list[tuple[OrderRecord, Way]]]:
        return await doubts.all(), await doubts.waiting()

    found, waiting = _with_doubts(data, both, channels=True)
    for doubt in found:
        if as_json:
            fields = asdict(doubt) | {"sent_at": doubt.sent_at.isoformat(), "state": OrderState.UNKNOWN.value}
            fields |= {"price": decimal(doubt.price), "currency": CURRENCY}
            print(jsonlib.dumps(fields, ensure_ascii=False))
            continue
        print(_line(doubt))
    for order, way in waiting:
        told = f"{order.id} ({order.model}, {show(order.price)}) waits for the channel {way.channel!r}, which is not"
        told += " here as it was: put it back, or decide when its film has been made again or the server lists it"
        print(told, file=sys.stderr)
    if not as_json:
        told = "look each up at its channel, then: manju orders found | buy-again | release ORDER"
        print(f"{len(found)} in doubt; {told}" if found else "no order is in doubt", file=sys.stderr)


def found(order: str, *, upstream_id: str | None, url: str | None, data: Path | None, as_json: bool) -> None:
    """It was made: by the task's id there, or the address of the file. It is fetched, and nothing is bought.

    Raises:
        InputError: neither is given, or both. NotFoundError, ConflictError: see `Doubts.found`.
    """
    _with_doubts(data, lambda doubts: doubts.found(order, upstream_id=upstream_id or "", url=url or ""), channels=True)
    _told(order, "SUBMITTED", f"{order} is fetched {_GOES_ON}", as_json)


def buy_again(order: str, *, data: Path | None, as_json: bool) -> None:
    """Let it be sent once more; upstream may charge for both.

    Raises:
        InputError, NotFoundError, ConflictError: see `Doubts.buy_again`.
    """
    _with_doubts(data, lambda doubts: doubts.buy_again(order))
    _told(order, "PLANNED", f"{order} is bought again {_GOES_ON}", as_json)


def release(order: str, *, data: Path | None, as_json: bool) -> None:
    """Give it up: it has failed, and what was held for it comes back.

    Raises:
        NotFoundError, ConflictError: see `Doubts.release`.
    """
    _with_doubts(data, lambda doubts: doubts.release(order))
    _told(order, "FAILED", f"{order} is given up; what was held for it is back", as_json)


_GOES_ON = "by the server that runs, within seconds, or by its film's next 'manju make --resume'"


def _told(order: str, state: str, told: str, as_json: bool) -> None:
    if as_json:
        print(jsonlib.dumps({"id": order, "state": state}))
        return
    print(told, file=sys.stderr)
    print(order)


def _line(doubt: Doubt) -> str:
    sent = f"sent {doubt.sent_at:%Y-%m-%d %H:%M:%SZ} to {doubt.channel}"
    if doubt.channel_key:
        sent += f" (key {doubt.channel_key})"
    known = f"task {doubt.upstream_id}" if doubt.upstream_id else f"reference {doubt.token}"
    words = " ".join(doubt.words.split())
    words = words if len(words) <= SHORT else words[: SHORT - 1] + "…"
    parts = (doubt.id, doubt.project, doubt.model, show(doubt.price), f"{sent} as {doubt.upstream_model}", known, words)
    return "\t".join(parts)


def _channels(settings: Settings) -> Catalogue | None:
    """The channels that there are; None if one cannot be read now, as in a shell that has not its key."""
    try:
        return settings.catalogue()
    except InputError as error:
        told = "the channels cannot be looked at, nor orders that wait for one which is gone"
        print(f"{told}: {error.message}", file=sys.stderr)
        return None


def _with_doubts(data: Path | None, work: Callable[[Doubts], Awaitable[T]], *, channels: bool = False) -> T:
    settings = Settings.load(data=data)
    known = _channels(settings) if channels else None

    async def session() -> T:
        settings.folder.make()
        database = Database(settings.database) if settings.database else Database.at(settings.folder.database)
        try:
            await database.migrate()
            return await work(Doubts(database, known))
        finally:
            await database.close()

    return asyncio.run(session())
