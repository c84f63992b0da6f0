"""``manju keys``: API keys are made, listed and revoked."""

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
from manju.domain.key import ApiKey
from manju.domain.money import micros, show

T = TypeVar("T")


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
        InputError: an amount is none. ConflictError, NotFoundError: see `Keys.create`.
    """
    key, secret = _with_keys(
        data,
        lambda keys: keys.create(
            name,
            account=account,
            credits=micros(credits),
            models=None if models is None else tuple(each.strip() for each in models.split(",") if each.strip()),
            requests_per_minute=requests_per_minute,
            tasks=tasks,
            budget=None if budget is None else micros(budget),
            day_budget=None if day_budget is None else micros(day_budget),
        ),
    )
    if as_json:
        print(jsonlib.dumps({"key": secret, **_shown(key)}, ensure_ascii=False))
        return
    print(f"made the key {key.name}; it is shown this once:", file=sys.stderr)
    print(secret)


def show_all(*, data: Path | None, as_json: bool) -> None:
    """List the keys that are not revoked."""
    for key in _with_keys(data, lambda keys: keys.all()):
        if as_json:
            print(jsonlib.dumps(_shown(key), ensure_ascii=False))
            continue
        limits = [
            f"models {','.join(key.models)}" if key.models is not None else "",
            f"{key.requests_per_minute} requests a minute" if key.requests_per_minute else "",
            f"{key.tasks} tasks at once" if key.tasks else "",
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


def _shown(key: ApiKey) -> dict[str, object]:
    return key.model_dump(mode="json", exclude={"revoked_at"})


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
