"""The models that an installation has. What else the app does, `tests/e2e` asks of the program."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from manju.app import catalogue
from manju.config import ChannelSettings, KeySource, Settings
from manju.errors import InputError

RELAY = ChannelSettings(vendor="relay", base_url="https://relay.example", models={"sora-2": "veo3.1-fast"})


def test_without_channels_offline_models_stand_in(tmp_path: Path) -> None:
    known = catalogue(Settings(data=tmp_path))
    assert known.served("sora-2").name == "offline:animatic"
    with pytest.raises(InputError, match="flux"):
        known.served("nobody:flux")


def test_what_a_channel_serves_is_itself(tmp_path: Path) -> None:
    known = catalogue(Settings(data=tmp_path, channels={"a": RELAY}))
    assert known.served("sora-2").name == "sora-2"
    assert [route.upstream.model for route in known.routes(known.entry("sora-2"))] == ["veo3.1-fast"]


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_example_of_the_readme_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, readme: str) -> None:
    text = (Path(__file__).parent.parent / readme).read_text("utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    (tmp_path / "manju.toml").write_text(example, "utf-8")
    for name in ("WHATAI_KEY", "ELEVEN_KEY"):
        monkeypatch.setenv(name, "sk-1")
    known = catalogue(Settings.load(data=tmp_path))
    served = {name: known.served(name) for name in ("gpt-4o", "nano-banana-2", "sora-2", "eleven_multilingual_v2")}
    assert [entry.name for entry in served.values()] == list(served)
    assert {route.channel.name for entry in served.values() for route in known.routes(entry)} == {"whatai", "eleven"}
    with pytest.raises(InputError, match="WHATAI_KEY"):
        monkeypatch.delenv("WHATAI_KEY")
        catalogue(Settings.load(data=tmp_path))


def test_a_key_that_is_not_there_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RELAY_KEY", raising=False)
    channel = RELAY.model_copy(update={"key": KeySource(env="RELAY_KEY")})
    with pytest.raises(InputError, match="RELAY_KEY is empty"):
        catalogue(Settings(data=tmp_path, channels={"a": channel}))
