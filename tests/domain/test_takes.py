"""Domain keys, and the artefacts of a take."""

from __future__ import annotations

import pytest

from manju.domain.account import Spending
from manju.domain.order import Stored
from manju.domain.takes import DomainKey, Take
from manju.errors import NotFoundError


@pytest.mark.parametrize(
    ("key", "text"),
    [
        (DomainKey("p1", "s1", "frame", 1, 1), "p1/s1/frame/take-1/try-1"),
        (DomainKey("p1", "characters/林夏", "turnaround", 12, 3), "p1/characters/林夏/turnaround/take-12/try-3"),
    ],
)
def test_keys_are_read_as_they_are_written(key: DomainKey, text: str) -> None:
    assert str(key) == text
    assert DomainKey.parse(text) == key


def test_artefacts_by_role() -> None:
    files = tuple(Stored(role=role, sha256="0" * 64, path=role, bytes=1) for role in ("main", "source"))
    take = Take("s1", "frame", 1, "order", "m", "d", files, {})
    assert take.main is files[0]
    assert take.artefact("source") is files[1]
    with pytest.raises(NotFoundError, match=r"take 1 of s1/frame has no 'mask'"):
        take.artefact("mask")


def test_what_is_left_of_a_budget() -> None:
    assert Spending(paid=3, held=2, budget=10).left == 5
    assert Spending(paid=9, held=2, budget=10).left == 0
    assert Spending(paid=9, held=2, budget=None).left is None
