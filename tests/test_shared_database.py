"""A database that several servers share, and the data folder that they must share with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from manju.app import open_app
from manju.config import Settings
from manju.errors import InputError


@pytest.mark.usefixtures("configured_database")
async def test_all_that_share_a_database_share_its_data_folder(tmp_path: Path) -> None:
    first, second = (Settings.load(data=tmp_path / name, workers=1) for name in ("first", "second"))
    async with open_app(first) as one, open_app(first) as other:
        made = await one.projects.create(account_id="local", name="film", spec={}, spec_digest="")
        assert await other.projects.get(made.id) == made
    with pytest.raises(InputError, match="belongs to another data folder") as caught:
        async with open_app(second):
            pass
    identity = tmp_path / "second" / "leases" / "identity"
    assert str(identity) in caught.value.hint and "--data" in caught.value.hint
    # What to do when the first folder is lost, as the hint says.
    words = caught.value.hint.split()
    identity.write_text(words[words.index("write") + 1])
    async with open_app(second) as app:
        assert await app.projects.get(made.id) == made
