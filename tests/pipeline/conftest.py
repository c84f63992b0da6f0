"""A studio for every test that needs one, empty or with a film in it."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import studio as rooms

from manju.pipeline import manifest


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """An installation with a small film up to the cut, and its project: to be copied."""
    root = tmp_path_factory.mktemp("finished")
    made = rooms.screenplay(
        rooms.saying("你好。", "再见。"),
        {**rooms.saying("下雨了。"), "characters": ["lin"]},
        rooms.saying("天晴了。"),
        characters=[{"uid": "lin", "name": "林"}],
    )

    async def make() -> str:
        async with rooms.opened(root) as studio:
            await studio.documents().save("screenplay", made)
            context = await studio.context()
            async with context.stage("voice"):
                await rooms.cut(context)
            await manifest.write(context, None, None)
            return studio.project_id

    return root, asyncio.run(make())


@pytest.fixture
async def film(finished: tuple[Path, str], tmp_path: Path) -> AsyncIterator[rooms.Studio]:
    """A studio with a film in it."""
    shutil.copytree(finished[0], tmp_path / "studio")
    async with rooms.opened(tmp_path / "studio", finished[1]) as opened:
        yield opened


@pytest.fixture
async def studio(tmp_path: Path) -> AsyncIterator[rooms.Studio]:
    async with rooms.opened(tmp_path) as opened:
        yield opened
