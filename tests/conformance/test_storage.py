"""What every store must do."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from manju.errors import InputError, ManjuError, NotFoundError
from manju.media.atomic import PARTIAL, partial
from manju.storage.base import Storage, check, content_key
from manju.storage.local import LocalStorage

KEY = "ab/cd/abcdef.png"


@pytest.fixture(params=["local"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    assert request.param == "local"
    return LocalStorage(tmp_path / "store")


async def test_bytes_come_back(storage: Storage) -> None:
    await storage.put(b"\0\xff bytes", KEY)
    assert await storage.read(KEY) == b"\0\xff bytes"
    assert await storage.exists(KEY)
    with await storage.open(KEY) as file:
        file.seek(2)
        assert file.read() == b" bytes"
    assert (await storage.path(KEY)).read_bytes() == b"\0\xff bytes"
    assert (await storage.path(KEY)).suffix == ".png"


async def test_a_file_is_copied(storage: Storage, tmp_path: Path) -> None:
    source = tmp_path / "源.bin"
    source.write_bytes(os.urandom(3 << 20))
    await storage.put(source, KEY)
    assert await storage.read(KEY) == source.read_bytes()
    source.write_bytes(b"changed")
    assert len(await storage.read(KEY)) == 3 << 20


async def test_nothing_is_there(storage: Storage) -> None:
    assert not await storage.exists(KEY)
    for method in (storage.read, storage.open, storage.path):
        with pytest.raises(NotFoundError, match=KEY):
            await method(KEY)
    await storage.put(b"x", KEY)
    for prefix in ("ab", "ab/cd"):  # a folder is nothing
        assert not await storage.exists(prefix)
        for method in (storage.read, storage.open, storage.path):
            with pytest.raises(NotFoundError):
                await method(prefix)


async def test_what_is_old_in_a_folder(storage: Storage) -> None:
    assert await storage.aged("inbox", 0) == []
    for key in ("inbox/b.json", "inbox/a.png", "inbox/deep/c.png", KEY):
        await storage.put(b"x", key)
    assert await storage.aged("inbox", -1) == ["inbox/a.png", "inbox/b.json"]
    assert await storage.aged("inbox", 3600) == []


async def test_a_missing_source(storage: Storage, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no file"):
        await storage.put(tmp_path / "nothing", KEY)
    assert not await storage.exists(KEY)


async def test_what_was_there_is_replaced(storage: Storage) -> None:
    for content in (b"one", b"two", b"", b"two"):
        await storage.put(content, KEY)
        assert await storage.read(KEY) == content


async def test_deleting(storage: Storage) -> None:
    await storage.put(b"x", KEY)
    await storage.delete(KEY)
    await storage.delete(KEY)
    assert not await storage.exists(KEY)


async def test_the_same_content_at_once(storage: Storage) -> None:
    content = os.urandom(200_000)
    await asyncio.gather(*(storage.put(content, KEY) for _ in range(20)))
    assert await storage.read(KEY) == content


async def test_readers_never_see_half_a_file(storage: Storage) -> None:
    contents = [bytes([number]) * 300_000 for number in range(2)]
    await storage.put(contents[0], KEY)

    async def write() -> None:
        for number in range(20):
            await storage.put(contents[number % 2], KEY)

    async def read() -> None:
        for _ in range(40):
            assert await storage.read(KEY) in contents

    await asyncio.gather(write(), read(), read())


@pytest.mark.parametrize(
    "key", ["", "/a", "a/", "a//b", "../a", "a/../b", "a/..", ".hidden", "a/.hidden", "a\\b", "a b", "钥匙", "a" * 201]
)
async def test_keys_that_are_none(storage: Storage, key: str) -> None:
    with pytest.raises(InputError, match="cannot name an artefact"):
        await storage.put(b"x", key)
    with pytest.raises(InputError):
        await storage.read(key)


def test_content_keys() -> None:
    assert check(content_key("abcdef" + "0" * 58, ".tar.gz")) == "ab/cd/abcdef" + "0" * 58 + ".tar.gz"


def _files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


class TestLocal:
    async def test_nothing_half_written_is_left(self, tmp_path: Path) -> None:
        storage = LocalStorage(tmp_path)
        (tmp_path / "ab").touch()  # a file where a folder is needed
        with pytest.raises(ManjuError, match="in the way"):
            await storage.put(b"x", KEY)
        await storage.put(b"x", "cd/ef")
        assert _files(tmp_path) == ["ab", "ef"]

    def test_sweeping_what_killed_processes_left(self, tmp_path: Path) -> None:
        storage = LocalStorage(tmp_path / "store")
        assert storage.sweep() == 0
        incoming = tmp_path / "store" / ".incoming"
        incoming.mkdir(parents=True)
        with partial(tmp_path / "store" / "alive", folder=incoming) as unfinished:
            unfinished.write_bytes(b"still being written")
            (incoming / f"{PARTIAL}dead").write_bytes(b"half")
            assert storage.sweep() == len(b"half")
            assert unfinished.exists()
