"""Accounts (账户): who pays, and the ledger (流水) in which every amount that moves is written down."""

from __future__ import annotations

from enum import StrEnum

from manju.domain.document import Value

LOCAL = "local"
"""The one account of the embedded default: the owner of this machine, who pays upstream directly."""


class Account(Value):
    """``balance`` is the sum of its ledger in millionths; a ``limited`` account cannot spend more than that."""

    id: str
    name: str
    limited: bool
    balance: int


class EntryKind(StrEnum):
    """``grant`` adds. ``hold`` sets an amount aside (negative) when an order is sent; it is closed exactly once, by
    ``capture`` (what was held and not used comes back) or ``release`` (all of it comes back)."""

    GRANT = "grant"
    HOLD = "hold"
    CAPTURE = "capture"
    RELEASE = "release"


class Spending(Value):
    """A project's money, in millionths: what it has paid, what open orders hold, and its limit (None: no limit)."""

    paid: int
    held: int
    budget: int | None

    @property
    def left(self) -> int | None:
        """What new orders may still cost; None without a limit, never below 0."""
        return None if self.budget is None else max(0, self.budget - self.paid - self.held)
