"""Transactions that a cancellation does not cut in two."""

from __future__ import annotations

import asyncio

import pytest

from manju.db.unbroken import unbroken


async def cancelled(work: asyncio.Task[object]) -> asyncio.CancelledError:
    with pytest.raises(asyncio.CancelledError) as caught:
        await work
    return caught.value


async def test_it_ends_before_the_cancellation_is_raised() -> None:
    done = []

    @unbroken
    async def save(text: str) -> None:
        for _ in range(3):
            await asyncio.sleep(0)
        done.append(text)

    work = asyncio.create_task(save("one"))
    await asyncio.sleep(0)
    work.cancel()
    await asyncio.sleep(0)
    work.cancel()
    await cancelled(work)
    assert done == ["one"]


async def test_results_and_errors_pass() -> None:
    @unbroken
    async def half(number: int) -> int:
        if number % 2:
            raise ValueError(number)
        return number // 2

    assert await half(4) == 2
    with pytest.raises(ValueError, match="3"):
        await half(3)


async def test_an_error_is_the_cause_of_the_cancellation() -> None:
    @unbroken
    async def fail() -> None:
        await asyncio.sleep(0)
        raise ValueError("lost")

    work = asyncio.create_task(fail())
    await asyncio.sleep(0)
    work.cancel()
    assert isinstance((await cancelled(work)).__cause__, ValueError)
