"""``manju estimate``: what a film would need and cost."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Mapping
from typing import Any

from manju.cli.asked import film_spec
from manju.domain.money import CURRENCY, MICRO, micros, show


def run(asked: Mapping[str, Any], *, as_json: bool) -> None:
    """Print the estimate; its last line is the price."""
    spec = film_spec(asked)
    from manju.app import price_of  # heavy: a mistake is told before
    from manju.pipeline.estimate import estimate

    found = estimate(spec, price_of)
    budget = micros(spec.budget) if spec.budget else None
    if as_json:
        calls = [
            {"modality": call.modality, "model": call.model, "calls": call.count, "price": call.price / MICRO}
            for call in found.calls
        ]
        line = {
            "event": "result",
            "seconds": found.seconds,
            "shots": found.shots,
            "width": found.width,
            "height": found.height,
            "exact": found.exact,
            "calls": calls,
            "currency": CURRENCY,
            "price": found.price / MICRO,
            "within_budget": budget is None or found.price <= budget,
        }
        print(jsonlib.dumps(line, ensure_ascii=False))
        return
    about = "" if found.exact else "about "
    print(f"{about}{found.shots} shots, {about}{found.seconds:.0f} s, {found.width}x{found.height}")
    for call in found.calls:
        print(f"  {call.modality:<7} {call.count:>4} calls  {call.model:<20} {show(call.price)}")
    if budget is not None and found.price > budget:
        print(f"  more than the budget of {show(budget)}")
    print(show(found.price))
