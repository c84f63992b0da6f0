"""``manju channels``: the channels of ``manju.toml``, and whether they can be used."""

from __future__ import annotations

import asyncio
import json as jsonlib
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from manju.config import Settings
from manju.domain.order import Modality
from manju.errors import InputError, ManjuError
from manju.gateway.catalogue import shipped
from manju.gateway.channels import Channel, routes_of
from manju.gateway.upstreams import Upstreams
from manju.storage.local import LocalStorage


def show_all(*, data: Path | None, as_json: bool) -> None:
    """List the channels, those asked first at the top. Keys are named, never shown."""
    settings = Settings.load(data=data)
    for channel in sorted(_channels(settings), key=lambda each: -each.priority):
        if as_json:
            print(jsonlib.dumps(channel.model_dump(mode="json", exclude={"keys"}) | {"keys": [*channel.keys]}))
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
    found = asyncio.run(_probe_all(channels))
    for probe in found:
        if as_json:
            print(jsonlib.dumps(asdict(probe), ensure_ascii=False))
            continue
        mark = "ok  " if probe.ok else "FAIL"
        print(f"{mark}  {probe.channel} ({probe.modality}, key {probe.key or 'none'})  {probe.text}")
    return all(probe.ok for probe in found)


@dataclass(frozen=True, slots=True)
class Probe:
    """How a channel answered with one key."""

    channel: str
    key: str
    modality: Modality
    ok: bool
    text: str
    seconds: float


async def _probe_all(channels: list[Channel]) -> list[Probe]:
    upstreams = Upstreams(LocalStorage(Path()))
    await upstreams.open()
    try:
        return [probe for channel in channels for probe in await _probe(upstreams, channel)]
    finally:
        await upstreams.close()


async def _probe(upstreams: Upstreams, channel: Channel) -> list[Probe]:
    catalogue = shipped()
    public = {catalogue.entry(name).modality: name for name in channel.models}
    probes = []
    for modality, name in sorted(public.items()):
        for route in routes_of(channel, channel.models[name]):
            start = time.monotonic()
            try:
                await upstreams.adapter(modality, route).probe()
                ok, text = True, "answers"
            except ManjuError as error:
                ok, text = False, f"{error.message} {error.hint}".strip()
            probes.append(Probe(channel.name, route.key, modality, ok, text, round(time.monotonic() - start, 3)))
    return probes


def _channels(settings: Settings) -> list[Channel]:
    return [each.channel(name) for name, each in settings.channels.items()]
