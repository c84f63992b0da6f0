"""Prices by the shipped catalogue. What else the app does, `tests/e2e` asks of the program."""

from __future__ import annotations

import pytest

from manju.app import price_of
from manju.domain.order import ImageRequest, SpeechRequest
from manju.errors import InputError


def test_offline_models_are_free() -> None:
    assert price_of("offline:sketch") == 0
    assert price_of("offline:sketch", *[ImageRequest(prompt="街", width=64, height=64)] * 3) == 0


def test_only_what_can_be_made_has_a_price() -> None:
    with pytest.raises(InputError, match="makes image, not speech"):
        price_of("offline:sketch", SpeechRequest(text="街"))
    with pytest.raises(InputError, match="flux"):
        price_of("nobody:flux")
