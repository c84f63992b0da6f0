"""What the order machinery itself costs, with models that take no time."""

from __future__ import annotations

import asyncio
import time

from lab import Lab, sent


async def test_150_free_orders(lab: Lab) -> None:
    await lab.take("warm", "warm")
    start = time.process_time()
    await asyncio.gather(*(lab.take("line", f"s{number}") for number in range(150)))
    placed = time.process_time() - start
    start = time.process_time()
    await asyncio.gather(*(lab.take("line", f"s{number}") for number in range(150)))
    replayed = time.process_time() - start
    assert sent() == 151
    # Processor time, so that a busy machine does not fail it: about 1.1 s and 0.15 s where it was written.
    assert placed < 3
    assert replayed < 0.6
    assert replayed < placed / 2
