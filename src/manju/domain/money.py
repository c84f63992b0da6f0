"""Money: exact amounts in one currency, and how a recipe's cost adds up."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from manju.errors import InputError

CURRENCY = "CNY"
"""The ledger's currency. One currency per installation keeps sums honest."""

MICRO = 1_000_000
MOST = 1_000_000_000
"""No amount is larger, so that thousands of them still add up in 64 bits of millionths."""


def micros(text: str | int | Decimal) -> int:
    """Millionths of the currency from a decimal amount; how amounts are stored.

    Raises:
        InputError: not an amount, negative, finer than a millionth, or more than `MOST`.
    """
    try:
        value = Decimal(text)
    except InvalidOperation as error:
        raise InputError(f"{text!r} is not an amount of money", hint="Write for example 2.50.") from error
    if not value.is_finite() or value < 0:
        raise InputError(f"{text!r} is not a usable amount", hint="Use a number >= 0 with at most six decimals.")
    if value > MOST:
        raise InputError(f"{str(text)[:40]!r} is too large an amount", hint=f"Use {MOST} at most.")
    scaled = value * MICRO
    if scaled != scaled.to_integral_value():
        raise InputError(f"{text!r} is not a usable amount", hint="Use a number >= 0 with at most six decimals.")
    return int(scaled)


def decimal(amount: int) -> str:
    """``0.28``: an amount in millionths as exact decimal text, for programs; `micros` reads it."""
    return f"{Decimal(amount) / MICRO:f}"


def show(amount: int) -> str:
    """``¥0.28``: an amount in millionths for people; sub-cent amounts keep their digits."""
    value = Decimal(amount) / MICRO
    return f"¥{value:.2f}" if amount % 10_000 == 0 else f"¥{value.normalize():f}"
