"""``manju keys``: API keys are made, listed and revoked, and the accounts behind them topped up."""

from __future__ import annotations

import asyncio
import json as jsonlib
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from manju.config import Settings
from manju.db.keys import Keys
from manju.db.session import Database
from manju.domain.account import Account, Spending
from manju.domain.key import ApiKey, shown
from manju.domain.money import CURRENCY, decimal, micros, show
from manju.errors import InputError
from manju.gateway.catalogue import shipped

T = TypeVar("T")
LONGEST = 100
"""Characters of a name."""


def create(
    name: str,
    *,
    account: str | None,
    credits: str,
    models: str | None,
    requests_per_minute: int | None,
    tasks: int | None,
    budget: str | None,
    day_budget: str | None,
    data: Path | None,
    as_json: bool,
) -> None:
    """Make a key and print it, alone, as the last line.

    Raises:
        InputError: an amount is none, a model is not known, or the name is empty or too long.
        ConflictError, NotFoundError: see `Keys.create`.
    """
    if not 1 <= len(name.strip()) <= LONGEST:
        hint = "Write for example: manju keys create studio"
        raise InputError(f"a key's name has 1 to {LONGEST} characters", hint=hint)
    usable = None if models is None else tuple(each.strip() for each in models.split(",") if each.strip())
    for each in usable or ():
        shipped().entry(each)
    most = None if budget is None else micros(budget)
    key, secret = _with_keys(
        data,
        lambda keys: keys.create(
            name,
            account=account,
            credits=micros(credits),
            models=usable,
            requests_per_minute=requests_per_minute,
            tasks=tasks,
            budget=most,
            day_budget=None if day_budget is None else micros(day_budget),
        ),
    )
    if as_json:
        print(jsonlib.dumps({"key": secret, **shown(key, Spending(paid=0, held=0, budget=most))}, ensure_ascii=False))
        return
    print(f"made the key {key.name}; it is shown this once:", file=sys.stderr)
    print(secret)


def credit(payer: str, amount: str, *, data: Path | None, as_json: bool) -> None:
    """Grant an amount to an account.

    Raises:
        InputError: it is no amount above nothing. ConflictError, NotFoundError: see `Keys.credit`.
    """
    granted = micros(amount)
    if not granted:
        raise InputError("nothing would be granted", hint="Write for example 50.")
    account = _with_keys(data, lambda keys: keys.credit(payer, granted))
    if as_json:
        told = {"account": account.id, "name": account.name, "granted": decimal(granted)}
        print(jsonlib.dumps(told | {"balance": decimal(account.balance), "currency": CURRENCY}, ensure_ascii=False))
        return
    print(f"granted {show(granted)} to {account.name} ({account.id}); its balance is", file=sys.stderr)
    print(show(account.balance))


def show_all(*, data: Path | None, as_json: bool) -> None:
    """List the keys that are not revoked, with what is left in the accounts that can spend no more than they have."""

    async def both(keys: Keys) -> tuple[list[tuple[ApiKey, Spending]], dict[str, Account]]:
        found = [(key, await keys.spending(key)) for key in await keys.all()]
        return found, {each.id: each for each in await keys.payers()}

    found, payers = _with_keys(data, both)
    for key, money in found:
        payer = payers[key.account_id]
        left = payer.balance if payer.limited else None
        if as_json:
            balance = None if left is None else decimal(left)
            print(jsonlib.dumps(shown(key, money) | {"balance": balance}, ensure_ascii=False))
            continue
        limits = [
            f"{show(left)} left" if left is not None else "",
            f"models {','.join(key.models)}" if key.models is not None else "",
            f"{key.requests_per_minute} requests a minute" if key.requests_per_minute else "",
            f"{key.tasks} tasks at once" if key.tasks else "",
            f"{show(money.left or 0)} of {show(money.budget)} left to spend" if money.budget is not None else "",
            f"{show(key.day_budget)} a day" if key.day_budget is not None else "",
        ]
        print(f"{key.name}\t…{key.hint}\t{key.account_id}\t{'; '.join(filter(None, limits)) or 'no limits'}")


def revoke(name: str, *, data: Path | None) -> None:
    """Let a key work no more.

    Raises:
        NotFoundError: there is no such key.
    """
    _with_keys(data, lambda keys: keys.revoke(name))
    print(f"revoked {name}; a running server forgets it within 10 seconds", file=sys.stderr)


def _with_keys(data: Path | None, work: Callable[[Keys], Awaitable[T]]) -> T:
    settings = Settings.load(data=data)

    async def session() -> T:
        settings.folder.make()
        database = Database(settings.database) if settings.database else Database.at(settings.folder.database)
        try:
            await database.migrate()
            return await work(Keys(database))
        finally:
            await database.close()

    return asyncio.run(session())
