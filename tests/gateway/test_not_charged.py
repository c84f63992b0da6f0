"""What comes to nothing is not charged: for every vendor of every modality, each way to get no result is told by its
error, and the ledger is as it was."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from bazaar import PRICE, ROWS, Row, Shop, opened, paid
from sqlalchemy import select

from manju.db.tables import Order
from manju.domain.order import Message, Modality, MusicRequest, TextRequest
from manju.errors import MediaError, ModelError, RejectedError
from manju.providers.registry import VENDORS
from vendors.emulator import Fault
from vendors.video_tasks import clip, picture

PAGE = Fault("status", 200, "<!doctype html><title>502 Bad Gateway</title>", {"Content-Type": "text/html"})
TALK = TextRequest(messages=(Message(role="user", content="写一座灯塔，用 JSON。"),), json_reply=True)
TUNE = MusicRequest(style="舒缓钢琴", duration_ms=30_000)
MANY = 40
"""Faults for whatever is asked again: looks, addresses, files."""


ELSEWHERE = {("text", "relay"), ("speech", "relay"), ("speech", "edge")}
"""The same adapters under another name, and Edge, which is free and not asked over HTTP."""


@dataclass(frozen=True)
class Nothing:
    """One way to get no result, and the refusal that it is. ``at`` is the part of the path that meets the faults."""

    name: str
    refusal: str
    faults: tuple[Fault, ...] = ()
    at: str = ""
    outcome: str = "done"


def nothings(modality: Modality, row: Row, emulator: Any) -> Iterator[Nothing]:
    """Every way of a vendor."""
    submit = emulator.submit_path
    yield Nothing("page", "no_result", (PAGE,), submit)
    if "moderation" in getattr(emulator, "refusing", ("moderation",)) or modality == "text":
        yield Nothing("moderation", "moderation", (emulator.refusal("moderation"),), submit)
    if modality in ("text", "image"):
        for refusal, bodies in emulator.nothings().items():
            for number, body in enumerate(bodies):
                yield Nothing(f"{refusal} {number}", refusal, (Fault("status", 200, body),) * MANY, submit)
    elif modality == "speech":
        for number, fault in enumerate(emulator.silent()):
            yield Nothing(f"silent {number}", "no_result", (fault,), submit)
    else:
        yield Nothing("no task", "no_result", (Fault("status", 200, {}),), submit)
    if row.tasks:
        for outcome, refusal in {"failed": "no_result", "moderated": "moderation", "empty": "no_result"}.items():
            if outcome in getattr(emulator, "outcomes", ("failed", "moderated", "empty")):
                yield Nothing(f"task {outcome}", refusal, outcome=outcome)
    if row.keeps:
        wrong = clip() if modality == "image" else picture()
        bodies = {"empty": b"", "wrong type": wrong, "text": b"not found, sorry", "half": clip()[:200]}
        for name, body in bodies.items():
            files = (Fault("status", 200, body, {"Content-Type": "application/octet-stream"}),) * MANY
            yield Nothing(f"file {name}", "", files, emulator.file_path)
        yield Nothing("file page", "no_result", (PAGE,) * MANY, emulator.file_path)
        yield Nothing("file gone", "gone", (Fault("status", 404, "<Error/>"),) * MANY, emulator.file_path)


async def states(shop: Shop) -> set[str]:
    async with shop.database.read() as session:
        return set(await session.scalars(select(Order.state)))


def test_every_vendor_has_its_row() -> None:
    known = {(modality, vendor) for modality, vendors in VENDORS.items() for vendor in vendors}
    assert known == ROWS.keys() | ELSEWHERE


@pytest.mark.parametrize(("modality", "vendor"), ROWS, ids=lambda each: str(each))
async def test_what_comes_to_nothing_is_not_charged(tmp_path: Path, modality: Modality, vendor: str) -> None:
    row = ROWS[modality, vendor]
    async with row.emulator() as emulator:
        emulator.polls = 1
        request = {"text": TALK, "music": TUNE}.get(modality) or emulator.request
        async with opened(tmp_path, modality, vendor, emulator) as shop:
            cases = list(nothings(modality, row, emulator))
            for number, case in enumerate(cases):
                emulator.faults.clear()
                emulator.fail(*case.faults, path=case.at)
                emulator.outcome = case.outcome
                with pytest.raises((ModelError, MediaError)) as caught:
                    await shop.take(f"s{number}", request)
                if case.refusal in ("rate", "busy"):
                    assert "failed in 3 attempts" in caught.value.message, (
                        case.name
                    )  # asked again, and every cause told
                elif case.refusal:
                    assert isinstance(caught.value, RejectedError), (case.name, caught.value)
                    assert caught.value.refusal == case.refusal, (case.name, caught.value)
                assert await paid(shop) == 0, case.name
            assert await states(shop) == {"FAILED"}
            assert (await shop.gateway.spending(shop.project)).held == 0
            emulator.faults.clear()
            emulator.outcome = "done"
            await shop.take("good", request)  # the channel is none the worse for it
            assert await paid(shop) == PRICE
