"""``manju estimate``: what a film would need and cost."""

from __future__ import annotations

import json as jsonlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from manju.cli.asked import film_spec
from manju.config import Settings
from manju.domain.money import CURRENCY, MICRO, micros, show


def run(asked: Mapping[str, Any], *, data: Path | None, as_json: bool) -> None:
    """Print the estimate; its last line is the price. A model that no channel serves costs nothing: an offline one
    stands in for it, and its list price is only told."""
    spec = film_spec(asked)
    settings = Settings.load(data=data)
    from manju.app import catalogue  # heavy: a mistake is told before
    from manju.gateway.quotes import listed
    from manju.pipeline.estimate import estimate

    known = catalogue(settings)
    found = estimate(spec, listed(known))
    served = {call.model: known.served(call.model).name for call in found.calls}
    price = sum(call.price for call in found.calls if served[call.model] == call.model)
    budget = micros(spec.budget) if spec.budget else None
    if as_json:
        calls = [
            {
                "modality": call.modality,
                "model": call.model,
                "served_by": served[call.model],
                "calls": call.count,
                "price": call.price / MICRO if served[call.model] == call.model else 0.0,
                "list_price": call.price / MICRO,
            }
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
            "price": price / MICRO,
            "list_price": found.price / MICRO,
            "within_budget": budget is None or price <= budget,
        }
        print(jsonlib.dumps(line, ensure_ascii=False))
        return
    about = "" if found.exact else "about "
    print(f"{about}{found.shots} shots, {about}{found.seconds:.0f} s, {found.width}x{found.height}")
    for call in found.calls:
        print(f"  {call.modality:<7} {call.count:>4} calls  {call.model:<20} {show(call.price)}")
    for model, maker in served.items():
        if maker != model:
            print(f"  no channel serves {model}: {maker} stands in for it, free")
    if budget is not None and price > budget:
        print(f"  more than the budget of {show(budget)}")
    print(show(price))
