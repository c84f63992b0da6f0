"""Settings of this installation: flags over environment (``MANJU_*``) over ``manju.toml`` in the data folder over the
defaults. Only the app, the API and the command line read them; everybody else is given what it needs.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from platformdirs import user_data_path
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    NoDecode,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from manju.domain.money import micros
from manju.domain.order import Modality
from manju.errors import InputError, UnknownModelError
from manju.gateway.catalogue import Catalogue, shipped
from manju.gateway.channels import Channel, Upstream, routes_of
from manju.media.process import cores
from manju.providers import registry
from manju.storage.folder import explain, make_folder

FILE = "manju.toml"
PREFIX = "MANJU_"
ADMIN_TOKEN = f"{PREFIX}ADMIN_TOKEN"


@dataclass(frozen=True, slots=True)
class DataFolder:
    """Where the state of this installation lives. Nothing in ``cache`` is missed when it is gone."""

    path: Path

    @property
    def artefacts(self) -> Path:
        """Everything that a model ever made, by content."""
        return self.path / "artefacts"

    @property
    def admin_token(self) -> Path:
        """The admin API's token, where none is configured."""
        return self.path / "admin.token"

    @property
    def database(self) -> Path:
        """The SQLite database that is used unless another one is configured."""
        return self.path / "manju.db"

    @property
    def cache(self) -> Path:
        """What renders share (`manju.media.film.Cache`)."""
        return self.path / "cache"

    @property
    def leases(self) -> Path:
        return self.path / "leases"

    @property
    def presence(self) -> Path:
        """Which gateways are alive."""
        return self.path / "presence"

    def make(self) -> None:
        """Make every folder that is missing; the data folder itself is for its owner only.

        Raises:
            ManjuError: it cannot be made or written to; the message names the path.
        """
        try:
            make_folder(self.path, 0o700)
            for folder in (self.artefacts, self.cache, self.leases, self.presence):
                make_folder(folder)
        except InputError as problem:
            problem.hint = "Choose another data folder with --data or MANJU_DATA."
            raise


class KeySource(BaseModel):
    """Where a key comes from: an environment variable, or a file of its own (for example a mounted secret)."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    env: str = ""
    file: Path | None = None

    def read(self, where: str) -> SecretStr:
        """The key.

        Raises:
            InputError: it is not there; the message never shows a key.
        """
        if bool(self.env) == (self.file is not None):
            raise InputError(f"{where} needs one of env and file", hint='Write for example env = "RELAY_KEY".')
        if self.env:
            text, source = os.environ.get(self.env, ""), f"the environment variable {self.env}"
        else:
            assert self.file is not None
            path = self.file.expanduser()
            try:
                text, source = path.read_text("utf-8"), str(path)
            except (OSError, UnicodeDecodeError) as error:
                raise InputError(f"{where} cannot be read from {path}: {error}", hint="Check the file.") from error
        if not text.strip():
            raise InputError(f"{where}: {source} is empty", hint="Put it there, or remove this setting.")
        return SecretStr(text.strip())


class ChannelSettings(BaseModel):
    """A channel in ``manju.toml`` (``[channels.NAME]``). See `manju.gateway.channels.Channel` for the fields that have
    the same names; ``models`` maps public names to upstream's, or to ``{ model = …, cost = "0.10" }``."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    vendor: str = Field(min_length=1)
    base_url: str = Field(pattern=r"^https?://[^\s/?#@]+(/[^\s?#]*)?$")
    key: KeySource | None = None
    keys: dict[str, KeySource] = Field(default_factory=dict)
    models: dict[str, str | Upstream] = Field(min_length=1)
    concurrency: int = Field(default=4, ge=1)
    rate: int | None = Field(default=None, ge=1)
    priority: int = 0
    weight: int = Field(default=1, ge=1)
    read_s: float = Field(default=600.0, gt=0)
    poll_s: float = Field(default=5.0, gt=0)
    polls: int = Field(default=16, ge=1)
    poll_rate: int | None = Field(default=None, ge=1)
    idempotent: bool = False
    options: dict[str, str] = Field(default_factory=dict)

    @field_validator("models", mode="before")
    @classmethod
    def _amounts(cls, value: object) -> object:
        """A bare number would be read as millionths: amounts are texts."""
        for public, given in value.items() if isinstance(value, dict) else ():
            for name in ("cost", "output_cost") if isinstance(given, dict) else ():
                try:
                    amount = given.get(name, "0")
                    micros(amount if isinstance(amount, str) else "")
                except InputError as error:
                    raise ValueError(f'{name} of {public} must be an amount in quotes, such as "0.10"') from error
        return value

    @field_validator("options", mode="before")
    @classmethod
    def _texts(cls, value: object) -> object:
        """Options are texts; TOML's own ``true`` and numbers say the same."""
        if not isinstance(value, dict):
            return value
        return {
            name: str(each).lower() if isinstance(each, bool | int | float) else each for name, each in value.items()
        }

    def channel(self, name: str) -> Channel:
        """The channel, with its keys read.

        Raises:
            InputError: a key is not where it should be, there is no such vendor, or it cannot serve one of the models.
        """
        modalities = self._check(name)
        sources = dict(self.keys) | ({"main": self.key} if self.key else {})
        fields = self.model_dump(exclude={"key", "keys", "models", "base_url"})
        base_url = self.base_url.rstrip("/")
        made = Channel(
            name=name,
            base_url=_VERSION.sub("", base_url) if self.vendor in _VERSIONED else base_url,
            keys={each: source.read(f"the key {each!r} of the channel {name}") for each, source in sources.items()},
            models={
                public: Upstream(model=given) if isinstance(given, str) else given
                for public, given in self.models.items()
            },
            **fields,
        )
        _check_options(made, modalities)
        return made

    def _check(self, name: str) -> dict[str, Modality]:
        """The modality of each of its models, by public name.

        Raises:
            InputError: there is no such vendor or model, or the vendor cannot serve it.
        """
        modalities: dict[str, Modality] = {}
        place = f"channels.{name}"
        vendors = sorted({vendor for each in registry.VENDORS.values() for vendor in each})
        if self.vendor not in vendors:
            close = get_close_matches(self.vendor, vendors, n=1)
            hint = f"Did you mean {close[0]!r}? " if close else ""
            hint += f"Vendors are: {', '.join(vendors)}."
            raise InputError(f"{place}.vendor in {FILE}: there is no vendor {self.vendor!r}", hint=hint)
        for public in self.models:
            try:
                entry = _known().entry(public)
            except UnknownModelError as error:
                near = ", ".join(error.hint.split(", ")[:8])  # those that are alike come first
                raise InputError(f"{place}.models in {FILE}: {error.message}", hint=f"{near} …") from error
            if entry.channel:
                message = f"{place}.models in {FILE}: {public} is made by manju itself, and no channel is asked for it"
                raise InputError(message, hint="Give the channel a model of another name.")
            modality = entry.modality
            if self.vendor not in registry.VENDORS[modality]:
                able = ", ".join(sorted(registry.VENDORS[modality]))
                raise InputError(
                    f"{place}.models in {FILE}: {self.vendor} makes no {modality}, which {public} is",
                    hint=f"Vendors that do: {able}.",
                )
            modalities[public] = modality
        return modalities


def _check_options(channel: Channel, modalities: Mapping[str, Modality]) -> None:
    """
    Raises:
        InputError: the vendor has no such option for any of the channel's models, or it cannot be that.
    """
    place = f"channels.{channel.name}.options"
    route = next(iter(routes_of(channel, next(iter(channel.models.values())))))
    known: set[str] = set()
    for public, modality in modalities.items():
        model = channel.models[public].model
        try:
            known |= registry.options(modality, channel.vendor, channel.base_url, route.secret, model, channel.options)
        except InputError as error:
            raise InputError(f"{place} in {FILE}: {error.message}", hint=error.hint) from error
    for name in channel.options:
        if name not in known:
            close = get_close_matches(name, sorted(known), n=1)
            hint = f"Did you mean {close[0]!r}? " if close else ""
            hint += f"For these models it has: {', '.join(sorted(known)) or 'none'}."
            raise InputError(f"{place}.{name} in {FILE}: the vendor {channel.vendor} has no such option", hint=hint)


_VERSIONED = ("relay", "elevenlabs", "minimax", "minimax2")
"""Vendors with APIs of several versions side by side (``/v1``, ``/v2``), whose adapters name the version themselves.
The base address that such a vendor gives its customers may end in one."""
_VERSION = re.compile(r"/v[12]$")


@cache
def _known() -> Catalogue:
    return shipped()


class Settings(BaseSettings):
    """Every setting with its default. Made by `load`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, extra="forbid", frozen=True)

    data: Path = Field(default_factory=lambda: user_data_path("manju", appauthor=False))
    """The data folder. Not in ``manju.toml``, which lies in it."""
    workers: int = Field(default_factory=cores, ge=1, le=256)
    """Worker processes that compose and encode; default: the processors that this process may use."""
    database: str = ""
    """``postgresql://user:password@host/database`` or ``sqlite+aiosqlite:///path``; empty: in the data folder."""
    cache_limit_gb: float = Field(default=10.0, gt=0, le=100_000)
    """Size in GB (10^9 bytes) above which the oldest encoded segments are removed."""
    account: str = Field(default="local", min_length=1, max_length=40)
    """Account that pays when nobody says otherwise."""
    producer: str = Field(default="", max_length=100)
    """``ContentProducer`` of the AI label (GB 45438-2025): the operator's own code; none is invented."""
    channels: dict[str, ChannelSettings] = Field(default_factory=dict)
    """Upstream accounts that serve models, by name."""
    public_url: str = Field(default="", pattern=r"^(https?://[^\s?#]+)?$")
    """Where clients reach the server, for the addresses of what was made; empty: the address that it listens on."""
    allow_hosts: tuple[str, ...] = ()
    """Names that the server is reached under, besides addresses and localhost."""
    hook_hosts: tuple[
        Annotated[str, Field(pattern=r"^[^\s/@:]+(:\d{1,5})?$|^\[[0-9a-fA-F:.]+\](:\d{1,5})?$")], ...
    ] = ()
    """Hosts (``name``, or ``name:port``) that hooks may call although they are not public."""
    allow_origins: tuple[str, ...] = ()
    """Web pages of other origins that may call the server."""
    admin_token: Annotated[KeySource | None, NoDecode] = None
    """Where the token is that opens the admin API: in the variable `ADMIN_TOKEN` itself, or as ``{ env = … }`` or
    ``{ file = … }`` says; None: in the data folder."""
    log_level: Literal["debug", "info", "warning", "error"] = "warning"

    @field_validator("data")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        return value.expanduser().absolute()

    @field_validator("admin_token", mode="before")
    @classmethod
    def _where(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        if value == os.environ.get(ADMIN_TOKEN):
            return KeySource(env=ADMIN_TOKEN)
        raise InputError(
            f"admin_token in {FILE} says where the token is, not what it is",
            hint=f'Write admin_token = {{ file = "/path" }} or {{ env = "NAME" }}, or set {ADMIN_TOKEN}.',
        )

    @field_validator("log_level", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @property
    def folder(self) -> DataFolder:
        return DataFolder(self.data)

    def catalogue(self) -> Catalogue:
        """The models that there are, with the channels that this installation has for them.

        Raises:
            InputError: a channel cannot be used as it stands in the file, or its key is not where it should be.
        """
        return _known().extended(tuple(each.channel(name) for name, each in self.channels.items()), ())

    @classmethod
    def load(cls, **flags: Any) -> Settings:
        """The settings in force. A flag that is None was not given.

        Raises:
            InputError: an unknown key, a value that does not fit, or broken TOML; the message says where.
        """
        given = {name: value for name, value in flags.items() if value is not None}
        try:
            return cls(**given)
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            key = str(first["loc"][0])
            if key == "channels":
                raise _channel_mistake(error.errors(include_url=False)) from error
            if first["type"] == "extra_forbidden":
                raise InputError(f"unknown setting {key!r} in {FILE}", hint=_suggestion(key)) from error
            if key in given:
                place = f"--{key.replace('_', '-')}"
            elif os.environ.get(f"{PREFIX}{key.upper()}"):
                place = f"{PREFIX}{key.upper()}"
            else:
                place = f"{key} in {FILE}"
            hint = "Correct it, or leave it out for the default."
            raise InputError(f"{place}: {first['msg']}, not {first['input']!r}", hint=hint) from error

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Flags, environment, file, in this order; the first two say in which folder the file is."""
        data = (
            init_settings().get("data")
            or env_settings().get("data")
            or cls.model_fields["data"].get_default(call_default_factory=True, validated_data={})
        )
        return init_settings, env_settings, _file(settings_cls, Path(data).expanduser().absolute() / FILE)


def _file(settings: type[BaseSettings], path: Path) -> PydanticBaseSettingsSource:
    try:
        source = TomlConfigSettingsSource(settings, path)
    except ValueError as error:  # broken TOML (the message has line and column), or not UTF-8
        raise InputError(f"{path} is not valid TOML: {error}", hint="Correct that line.") from error
    except OSError as error:
        raise explain(error, path) from error
    if "data" in source.toml_data:
        hint = "Choose the data folder with --data or MANJU_DATA."
        raise InputError(f"'data' cannot be set in {FILE}: the file lies in the data folder", hint=hint)
    return source


_NUMBER, _SECONDS = "a whole number of 1 or more", "a number of seconds above 0"
_WHERE = 'where the key is, as { env = "NAME" } or { file = "/path" }, never the key itself'
_ALLOWED = {
    "vendor": "the kind of API, such as relay, openai or gemini",
    "base_url": "an address such as https://host or https://host/v1, without ? and #",
    "key": _WHERE,
    "keys": f"names with {_WHERE}",
    "models": 'public names with those there: { "sora-2" = "sora-2", "gpt-4o" = { model = "gpt-5", cost = "0.10" } }',
    "concurrency": _NUMBER,
    "rate": f"{_NUMBER} (orders a minute)",
    "priority": "a whole number; higher ones are asked first",
    "weight": _NUMBER,
    "read_s": _SECONDS,
    "poll_s": _SECONDS,
    "polls": _NUMBER,
    "poll_rate": _NUMBER,
    "idempotent": "true or false",
    "options": "the vendor's own settings, as texts",
}
"""What each field of a channel may be."""


def _channel_mistake(errors: Sequence[ErrorDetails]) -> InputError:
    """What is wrong with a channel, in one line. What stands where a key belongs is not repeated: it may be the key."""
    strange = (each for each in errors if each["type"] == "extra_forbidden" and len(each["loc"]) == 3)
    first = next(strange, errors[0])  # a slip in a name makes a missing one too
    where = [str(part) for part in first["loc"][1:]]
    place = f"{PREFIX}CHANNELS" if os.environ.get(f"{PREFIX}CHANNELS") else FILE
    if len(where) < 2:
        name = ".".join(["channels", *where])
        return InputError(f"{name} in {place} is no table", hint="Write [channels.NAME] and its fields below it.")
    name, field = where[:2]
    kind = first["type"]
    if field == "models" and len(where) > 2:  # of the two forms, the error of the one that was written
        written = [
            each for each in errors if each["loc"][3:5] == (where[2], "Upstream") and each["type"] != "model_type"
        ]
        if written:
            kind = written[0]["type"]
            where = ["", "", where[2], *(str(part) for part in written[0]["loc"][5:])]
        else:
            where = where[:3]
    path = ".".join(["channels", name, field, *where[2:]])
    allowed = _ALLOWED.get(field, "")
    if kind == "missing":
        what = allowed if len(where) == 2 else "the model's name there"
        return InputError(f"{path} is missing in {place}", hint=f"It is {what}.")
    if kind == "extra_forbidden" and not allowed:
        close = get_close_matches(field, list(_ALLOWED), n=1)
        hint = f"Did you mean {close[0]!r}?" if close else f"Fields are: {', '.join(_ALLOWED)}."
        return InputError(f"{path} in {place}: there is no such field of a channel", hint=hint)
    if kind == "extra_forbidden":
        return InputError(f"{path} in {place}: there is no such field", hint=f"{field} must be {allowed}.")
    if kind == "value_error":
        return InputError(f"{path} in {place}: {first['msg'].removeprefix('Value error, ')}", hint="Correct it.")
    if field in ("key", "keys") or "@" in str(first["input"]):  # a password in an address
        return InputError(f"{path} in {place} cannot be used", hint=f"It must be {allowed}.")
    return InputError(f"{path} in {place} cannot be {_brief(first['input'])}", hint=f"It must be {allowed}.")


def _brief(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."


def _suggestion(key: str) -> str:
    names = [name for name in Settings.model_fields if name != "data"]
    close = get_close_matches(key, names, n=1)
    return f"Did you mean {close[0]!r}?" if close else f"Settings are: {', '.join(names)}."
