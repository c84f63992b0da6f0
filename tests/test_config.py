"""Settings: who wins, and what a user is told about a mistake."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from manju.config import DataFolder, Settings
from manju.domain.order import Modality
from manju.errors import InputError
from manju.gateway.catalogue import shipped
from manju.gateway.channels import Channel
from manju.providers import registry


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in list(os.environ):
        if name.startswith("MANJU_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("MANJU_DATA", str(tmp_path))


def write(tmp_path: Path, text: str) -> None:
    (tmp_path / "manju.toml").write_text(text, "utf-8")


class TestPrecedence:
    def test_flags_over_environment_over_file_over_defaults(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(tmp_path, 'workers = 3\nproducer = "file"\naccount = "file"\n')
        monkeypatch.setenv("MANJU_WORKERS", "5")
        monkeypatch.setenv("MANJU_ACCOUNT", "environment")
        settings = Settings.load(workers=7)
        assert (settings.workers, settings.account, settings.producer) == (7, "environment", "file")
        assert settings.log_level == "warning"
        assert settings.cache_limit_gb == 10

    def test_flag_none_is_not_given(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MANJU_WORKERS", "5")
        assert Settings.load(workers=None, data=None).workers == 5

    def test_empty_variable_is_not_given(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MANJU_WORKERS", "")
        assert Settings.load().workers >= 1

    def test_the_file_is_read_from_the_chosen_data_folder(self, tmp_path: Path) -> None:
        write(tmp_path, "workers = 3\n")
        other = tmp_path / "other"
        other.mkdir()
        write(other, "workers = 4\n")
        assert Settings.load().workers == 3
        assert Settings.load(data=other).workers == 4

    def test_without_data_folder_the_platform_decides(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("MANJU_DATA")
        settings = Settings.load()
        assert settings.data.is_absolute()
        assert settings.data.name == "manju"

    def test_the_data_folder_becomes_absolute(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(tmp_path)
        assert Settings.load(data="here").data == Path.cwd() / "here"

    def test_database(self, tmp_path: Path) -> None:
        assert Settings.load().folder.database == tmp_path / "manju.db"
        assert Settings.load(database="postgresql+asyncpg://db/manju").database == "postgresql+asyncpg://db/manju"


class TestMistakes:
    def test_unknown_key_is_named_and_a_close_one_suggested(self, tmp_path: Path) -> None:
        write(tmp_path, "worker = 3\n")
        with pytest.raises(InputError, match=r"unknown setting 'worker' in manju\.toml") as caught:
            Settings.load()
        assert caught.value.hint == "Did you mean 'workers'?"

    def test_unknown_key_without_a_close_one_lists_all(self, tmp_path: Path) -> None:
        write(tmp_path, "[zzz]\na = 1\n")
        with pytest.raises(InputError, match="'zzz'") as caught:
            Settings.load()
        assert "cache_limit_gb" in caught.value.hint

    def test_broken_toml_tells_the_line(self, tmp_path: Path) -> None:
        write(tmp_path, "workers = 3\nproducer = \n")
        with pytest.raises(InputError, match=r"manju\.toml is not valid TOML: .*line 2"):
            Settings.load()

    def test_not_text(self, tmp_path: Path) -> None:
        (tmp_path / "manju.toml").write_bytes(b"\xff\xfe\x00")
        with pytest.raises(InputError, match="not valid TOML"):
            Settings.load()

    def test_data_cannot_be_moved_from_within(self, tmp_path: Path) -> None:
        write(tmp_path, 'data = "/elsewhere"\n')
        with pytest.raises(InputError, match="'data' cannot be set"):
            Settings.load()

    @pytest.mark.parametrize(
        ("where", "place"), [("flag", "--workers"), ("environment", "MANJU_WORKERS"), ("file", "workers in manju.toml")]
    )
    def test_a_bad_value_is_placed(
        self, where: str, place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        flags = {}
        if where == "flag":
            flags["workers"] = "many"
        elif where == "environment":
            monkeypatch.setenv("MANJU_WORKERS", "many")
        else:
            write(tmp_path, 'workers = "many"\n')
        with pytest.raises(InputError, match=f"^{re.escape(place)}: .*'many'"):
            Settings.load(**flags)

    @pytest.mark.parametrize("flags", [{"workers": 0}, {"cache_limit_gb": 0}, {"log_level": "loud"}, {"account": ""}])
    def test_limits(self, flags: dict[str, object]) -> None:
        with pytest.raises(InputError):
            Settings.load(**flags)

    def test_log_level_in_any_case(self) -> None:
        assert Settings.load(log_level="DEBUG").log_level == "debug"


VENDORS = [(modality, vendor) for modality, vendors in registry.VENDORS.items() for vendor in vendors]
CHANNEL = """
[channels.near]
vendor = "relay"
base_url = "https://relay.example"
key = { env = "NEAR_KEY" }
models = { "sora-2" = "sora-2" }
"""


def channels(tmp_path: Path, text: str) -> list[Channel]:
    write(tmp_path, text)
    return [each.channel(name) for name, each in Settings.load().channels.items()]


class TestChannels:
    @pytest.fixture(autouse=True)
    def _key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NEAR_KEY", "sk-near")

    def test_read(self, tmp_path: Path) -> None:
        text = CHANNEL.replace('"sora-2" =', '"tts-1" = "tts-1", "gpt-4o" = "gpt-4o", "sora-2" =')
        (channel,) = channels(
            tmp_path, text + 'options = { instructions = true, max_tokens = 3, images = "reference" }\n'
        )
        assert channel.keys["main"].get_secret_value() == "sk-near" and channel.models["sora-2"].model == "sora-2"
        assert channel.options == {"instructions": "true", "max_tokens": "3", "images": "reference"}

    @pytest.mark.parametrize(("modality", "vendor"), VENDORS)
    def test_an_option_that_a_vendor_does_not_have_is_named(
        self, tmp_path: Path, modality: Modality, vendor: str
    ) -> None:
        """One letter too many in each of those that it has, and one that nobody has."""
        model = next(each.name for each in shipped().entries() if each.modality == modality and not each.channel)
        needed = {"appid": "1"} if vendor == "volcengine_v1" else {}
        text = CHANNEL.replace('"relay"', f'"{vendor}"').replace('"sora-2" =', f'"{model}" =')
        known = registry.options(modality, vendor, "https://relay.example", "k", "m", needed)
        assert known
        for name in (*known, "wtermark"):
            given = needed | {f"{name}x": "1"}
            options = ", ".join(f'{each} = "{value}"' for each, value in given.items())
            with pytest.raises(InputError) as caught:
                channels(tmp_path, f"{text}options = {{ {options} }}\n")
            said = f"channels.near.options.{name}x in manju.toml: the vendor {vendor} has no such option"
            assert caught.value.message == said and all(each in caught.value.hint for each in known)
            assert name == "wtermark" or f"Did you mean {name!r}?" in caught.value.hint

    @pytest.mark.parametrize(
        ("vendor", "model", "options", "said"),
        [
            ("relay", "gpt-4o", 'max_tokens = "many"', "the channel's option max_tokens cannot be 'many'"),
            ("relay", "sora-2", 'omit = "duratoin"', "the channel's option omit cannot have duratoin"),
            ("relay", "sora-2", 'files = "files.internal"', "the channel's option files cannot have files.internal"),
            ("ark", "doubao-seedance-2-5-260628", 'audio = "maybe"', "the channel's option audio cannot be 'maybe'"),
            ("minimax2", "sora-2", 'omit = "seconds"', "the channel's option omit cannot have seconds"),
            ("volcengine_v1", "tts-1", "", "needs the option 'appid'"),
        ],
    )
    def test_an_option_that_cannot_be_that_is_told_at_the_start(
        self, tmp_path: Path, vendor: str, model: str, options: str, said: str
    ) -> None:
        text = CHANNEL.replace('"relay"', f'"{vendor}"').replace('"sora-2" =', f'"{model}" =')
        with pytest.raises(InputError) as caught:
            channels(tmp_path, f"{text}options = {{ {options} }}\n")
        assert caught.value.message.startswith("channels.near.options in manju.toml: ") and said in caught.value.message

    @pytest.mark.parametrize(
        ("vendor", "model", "given", "meant"),
        [
            ("relay", "sora-2", "https://h.example/v1/", "https://h.example"),
            ("relay", "sora-2", "https://h.example/api/v2", "https://h.example/api"),
            ("relay", "sora-2", "https://h.example/v1beta", "https://h.example/v1beta"),
            ("elevenlabs", "eleven_v3", "https://api.elevenlabs.io/v1", "https://api.elevenlabs.io"),
            ("openai", "gpt-4o", "https://h.example/v1/", "https://h.example/v1"),
        ],
    )
    def test_a_version_at_the_end_of_the_address(
        self, tmp_path: Path, vendor: str, model: str, given: str, meant: str
    ) -> None:
        text = CHANNEL.replace("relay.example", given.removeprefix("https://")).replace('"relay"', f'"{vendor}"')
        (channel,) = channels(tmp_path, text.replace("sora-2", model))
        assert channel.base_url == meant

    @pytest.mark.parametrize(
        ("old", "new", "said", "hint"),
        [
            ("base_url", "base_ulr", "channels.near.base_ulr in manju.toml: there is no such field", "'base_url'"),
            ('vendor = "relay"', "", "channels.near.vendor is missing in manju.toml", "relay"),
            (
                '"relay"',
                '"relai"',
                "channels.near.vendor in manju.toml: there is no vendor 'relai'",
                "Did you mean 're",
            ),
            ("https://relay.", "relay.", "channels.near.base_url in manju.toml cannot be 'relay.example'", "https://"),
            (
                "[channels.near]",
                "[channels.near]\nconcurrency = 0",
                "near.concurrency in manju.toml cannot be 0",
                "1 or",
            ),
            ("[channels.near]", "[channels.near]\nrate = 'many'", "near.rate in manju.toml cannot be 'many'", "minute"),
            ("[channels.near]", "[channels.near]\nread_s = -1", "near.read_s in manju.toml cannot be -1", "seconds"),
            ('{ "sora-2" = "sora-2" }', "{}", "near.models in manju.toml cannot be {}", "public names"),
            ('= "sora-2" }', "= 3 }", "near.models.sora-2 in manju.toml cannot be 3", "public names"),
            ('= "sora-2" }', '= { cost = "1" } }', "near.models.sora-2.model is missing", "name there"),
            (
                '= "sora-2" }',
                '= { model = "x", price = "1" } }',
                "models.sora-2.price in manju.toml: there is no",
                "cost",
            ),
            ('= "sora-2" }', '= { model = "x", cost = 1 } }', "cost of sora-2 must be an amount in quotes", "Correct"),
            (
                '= "sora-2" }',
                '= { model = "x", cost = "one" } }',
                'must be an amount in quotes, such as "0.10"',
                "Corr",
            ),
            ('"sora-2" =', '"sora2" =', "near.models in manju.toml: unknown model 'sora2'", "sora-2"),
            ('"relay"', '"siliconflow"', "siliconflow makes no video, which sora-2 is", "relay"),
            ('env = "NEAR_KEY"', 'env = "FAR_KEY"', "channel near: the environment variable FAR_KEY is empty", "Put"),
            ('env = "NEAR_KEY"', 'name = "NEAR_KEY"', "near.key.name in manju.toml: there is no such field", "env"),
            ('{ env = "NEAR_KEY" }', '"sk-the-key-itself"', "channels.near.key in manju.toml cannot be used", "env"),
            (
                "key = { env",
                'keys = { a = "sk-the-key-itself" }\nkey = { env',
                "near.keys.a in manju.toml cannot",
                "env",
            ),
            (
                "[channels.near]",
                "[channels]\nfar = 3\n[channels.near]",
                "channels.far in manju.toml is no table",
                "[ch",
            ),
        ],
    )
    def test_a_mistake_is_named_with_its_place_and_what_is_allowed(
        self, tmp_path: Path, old: str, new: str, said: str, hint: str
    ) -> None:
        assert old in CHANNEL
        with pytest.raises(InputError) as caught:
            channels(tmp_path, CHANNEL.replace(old, new, 1))
        told = f"{caught.value.message} {caught.value.hint}"
        assert said in caught.value.message and hint in caught.value.hint, told
        assert "\n" not in told and "sk-the-key" not in told


class TestDataFolder:
    def test_layout(self, tmp_path: Path) -> None:
        folder = DataFolder(tmp_path / "data")
        folder.make()
        folder.make()
        made = {path.relative_to(folder.path).as_posix() for path in folder.path.rglob("*")}
        assert made == {"artefacts", "cache", "leases", "presence"}

    def test_a_file_in_the_way(self, tmp_path: Path) -> None:
        (tmp_path / "data").write_text("x")
        with pytest.raises(InputError, match="in the way") as caught:
            DataFolder(tmp_path / "data").make()
        assert "--data" in caught.value.hint


def test_a_channel_for_our_own_model_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEAR_KEY", "sk")
    (tmp_path / "manju.toml").write_text(
        '[channels.near]\nvendor = "openai"\nbase_url = "https://near.example"\nkey = { env = "NEAR_KEY" }\n'
        'models = { "offline:sketch" = "x" }\n'
    )
    with pytest.raises(InputError, match="offline:sketch is made by manju itself"):
        Settings.load(data=tmp_path).catalogue()
