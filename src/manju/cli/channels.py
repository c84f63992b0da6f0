"""``manju channels``: the channels of ``manju.toml``, and whether they can be used."""

from __future__ import annotations

import asyncio
import json as jsonlib
from dataclasses import asdict
from pathlib import Path
from typing import Any

from manju.config import Settings
from manju.errors import InputError
from manju.gateway.catalogue import shipped
from manju.gateway.channels import Channel
from manju.gateway.vendors.probes import probe
from manju.storage.local import LocalStorage


def show_all(*, data: Path | None, as_json: bool) -> None:
    """List the channels, those asked first at the top. Keys are named, never shown."""
    settings = Settings.load(data=data)
    for channel in sorted(_channels(settings), key=lambda each: -each.priority):
        if as_json:
            print(jsonlib.dumps(_shown(channel)))
            continue
        models = ", ".join(f"{name} -> {each.model}" for name, each in channel.models.items())
        print(f"{channel.name}\t{channel.vendor}\t{channel.base_url}\tpriority {channel.priority}\t{models}")


def test(name: str | None, *, data: Path | None, as_json: bool) -> bool:
    """Ask every channel (or one) something that costs nothing, with each of its keys. Returns whether all answered.

    Raises:
        InputError: there is no such channel.
    """
    settings = Settings.load(data=data)
    channels = [channel for channel in _channels(settings) if name in (None, channel.name)]
    if not channels:
        raise InputError(
            f"there is no channel {name!r}" if name else "there are no channels",
            hint=f"Add [channels.{name or 'NAME'}] to {settings.data / 'manju.toml'}.",
        )
    found = asyncio.run(probe(channels, shipped(), LocalStorage(Path())))
    for each in found:
        if as_json:
            print(jsonlib.dumps(asdict(each), ensure_ascii=False))
            continue
        mark = "ok  " if each.ok else "FAIL"
        print(f"{mark}  {each.channel} ({each.modality}, key {each.key or 'none'})  {each.text}")
    return all(each.ok for each in found)


def _channels(settings: Settings) -> list[Channel]:
    return [each.channel(name) for name, each in settings.channels.items()]


def _shown(channel: Channel) -> dict[str, Any]:
    """A channel for programs. Of keys and options the names only: either may be secret."""
    told = channel.model_dump(mode="json", exclude={"keys", "options"})
    return told | {"keys": [*channel.keys], "options": [*channel.options]}
