"""API keys (密钥): who may call, what with, and how much it may cost."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime
from typing import Any

from manju.domain.account import Spending
from manju.domain.document import Value
from manju.domain.money import CURRENCY, decimal

PREFIX = "sk-manju-"
MOST = 1_000_000
"""Largest limit that can be set for requests a minute, or tasks."""


class ApiKey(Value):
    """A key as it is known after it was made; the secret itself is shown once and kept nowhere. Its orders are those of
    the project ``project_id``, whose budget is the key's. None is no limit."""

    id: str
    name: str
    account_id: str
    project_id: str
    hint: str
    """The secret's last four characters."""
    models: tuple[str, ...] | None = None
    """Public models that it may use."""
    requests_per_minute: int | None = None
    tasks: int | None = None
    """Tasks in flight."""
    day_budget: int | None = None
    """Most that its orders of one day (UTC) may cost, in millionths."""
    created_at: datetime
    revoked_at: datetime | None = None


def shown(key: ApiKey, money: Spending) -> dict[str, Any]:
    """A key for programs, with what its orders have cost; amounts are decimal text, in the ledger's currency."""
    told = key.model_dump(mode="json", exclude={"revoked_at", "project_id", "day_budget"})
    amounts = {"paid": money.paid, "held": money.held, "budget": money.budget, "day_budget": key.day_budget}
    told |= {name: None if each is None else decimal(each) for name, each in amounts.items()}
    return told | {"currency": CURRENCY}


def new_secret() -> str:
    """A new key: 256 bits from the operating system."""
    return PREFIX + secrets.token_urlsafe(32)


def fingerprint(secret: str) -> str:
    """What is kept of a secret. A secret of 256 random bits needs no salt and no slow hash: it cannot be guessed."""
    return hashlib.sha256(secret.encode("utf-8")).hexdigest()
