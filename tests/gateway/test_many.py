"""Many orders at once, and the same again."""

from __future__ import annotations

import asyncio

from lab import Lab, sent


async def test_150_orders_at_once_and_again_are_bought_once(lab: Lab) -> None:
    first = await asyncio.gather(*(lab.take("line", f"s{number}") for number in range(150)))
    again = await asyncio.gather(*(lab.take("line", f"s{number}") for number in range(150)))
    assert sent() == 150
    assert [take.order_id for take in again] == [take.order_id for take in first]
