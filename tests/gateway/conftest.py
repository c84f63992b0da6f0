"""The lab: a gateway with test models on a fresh database."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import lab as laboratory
import pytest

from manju.providers import registry


@pytest.fixture
async def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[laboratory.Lab]:
    monkeypatch.setenv(laboratory.TALLY, str(tmp_path / "tally"))
    for modality, models in registry.MODELS.items():
        monkeypatch.setitem(registry.MODELS, modality, dict(models))
    laboratory.register()
    async with laboratory.opened(tmp_path) as opened:
        opened.project = await opened.new_project()
        yield opened
