"""The catalogue that is shipped, what it refuses, and prices."""

from __future__ import annotations

from datetime import date

import pytest

from manju.domain.casting import Voice
from manju.domain.order import ImageRequest, Message, MusicRequest, Request, SpeechRequest, TextRequest, VideoRequest
from manju.errors import InputError
from manju.gateway import pricing
from manju.gateway.catalogue import Entry, parse, shipped
from manju.gateway.channels import Channel, Route, Upstream
from manju.providers import registry

HEAD = """
date = 2026-01-01
[channels.x]
concurrency = 2
[[models]]
name = "x:m"
channel = "x"
since = 2026-01-01
"""
SPEECH = SpeechRequest(text="你好，世界", voice=Voice())
VIDEO = VideoRequest(prompt="雨", width=640, height=360, duration_ms=2500)
MUSIC = MusicRequest(style="calm", duration_ms=1001)
IMAGE = ImageRequest(prompt="雨", width=640, height=360)
TEXT = TextRequest(messages=(Message(role="system", content="ab"), Message(role="user", content="cde")))


def entry(rest: str) -> Entry:
    return parse(HEAD + rest).entry("x:m")


def route(cost: str | None = None) -> Route:
    upstream = Upstream.model_validate({"model": "m", "cost": cost})
    return Route(Channel(name="c", concurrency=1), "", upstream)


def test_every_model_of_the_registry_is_in_the_catalogue_and_free() -> None:
    catalogue = shipped()
    for modality, models in registry.MODELS.items():
        for name in models:
            found = catalogue.entry(name)
            (route,) = catalogue.routes(found)
            channel = route.channel
            assert (found.modality, found.price, found.cost, found.status) == (modality, 0, 0, "live")
            assert (channel.name, channel.local, channel.repeatable) == ("offline", True, True)
            assert found.since <= catalogue.date


@pytest.mark.parametrize(
    ("modality", "unit", "price", "request_", "expected"),
    [
        ("text", "call", "0.02", TEXT, 20_000),
        ("text", "character", "0.000001", TEXT, 5),
        ("image", "call", "0.14", IMAGE, 140_000),
        ("speech", "character", "0.0001", SPEECH, 500),
        ("music", "second", "0.000003", MUSIC, 4),  # 3.003, rounded up
        ("video", "second", "0.5", VIDEO, 1_250_000),
        ("video", "call", "0.5", VIDEO, 500_000),
    ],
)
def test_prices(modality: str, unit: str, price: str, request_: Request, expected: int) -> None:
    found = entry(f'modality = "{modality}"\nunit = "{unit}"\nprice = "{price}"')
    assert pricing.price(found, request_) == expected
    assert pricing.cost(found, route(), request_) == expected


def test_cost_is_apart_from_price() -> None:
    found = entry('modality = "video"\nunit = "second"\nprice = "0.5"\ncost = "0.2"\nupstream = "m-2026"')
    assert (pricing.price(found, VIDEO), pricing.cost(found, route(), VIDEO)) == (1_250_000, 500_000)
    assert found.upstream == "m-2026"


def test_a_channel_may_charge_another_cost() -> None:
    found = entry('modality = "video"\nunit = "second"\nprice = "0.5"\ncost = "0.2"')
    assert pricing.cost(found, route("0.3"), VIDEO) == 750_000


@pytest.mark.parametrize(
    ("limits", "request_", "message"),
    [
        ("width = 639", IMAGE, "width of 639 at most, not 640"),
        ("height = 100", VIDEO, "height of 100"),
        ("duration_ms = 2499", VIDEO, "duration_ms of 2499"),
        ("characters = 4", SPEECH, "characters of 4 at most, not 5"),
    ],
)
def test_limits(limits: str, request_: Request, message: str) -> None:
    found = entry(f'modality = "{request_.modality}"\nunit = "call"\nprice = "0"\nlimits = {{ {limits} }}')
    with pytest.raises(InputError, match=message):
        found.admit(request_)
    entry(f'modality = "{request_.modality}"\nunit = "call"\nprice = "0"').admit(request_)


def test_a_retired_model_names_its_successor() -> None:
    found = entry('modality = "image"\nunit = "call"\nprice = "0"\nstatus = "retired"\nsuccessor = "x:n"')
    with pytest.raises(InputError, match="x:m was retired") as caught:
        found.admit(IMAGE)
    assert caught.value.hint == "Use x:n."


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        ('modality = "image"\nunit = "second"\nprice = "0"', "second is not known of a image request"),
        ('modality = "image"\nunit = "call"\nprice = "-1"', "not a usable amount"),
        ('modality = "image"\nunit = "call"\nprice = "cheap"', "not an amount"),
        ('modality = "image"\nunit = "call"', "price"),
        ('modality = "image"\nunit = "call"\nprice = "0"\ncolour = "red"', "colour"),
        ('modality = "image"\nunit = "call"\nprice = "0"\nsuccessor = ', "Invalid value"),
    ],
)
def test_a_broken_catalogue_says_where(rest: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        parse(HEAD + rest)


def test_a_channel_must_exist() -> None:
    with pytest.raises(InputError, match="channel 'y'"):
        parse(HEAD.replace('channel = "x"', 'channel = "y"') + 'modality = "image"\nunit = "call"\nprice = "0"')


def test_nothing_is_sent_again_on_an_unknown_channel() -> None:
    catalogue = shipped()
    assert catalogue.resendable("offline")
    assert not catalogue.resendable("gone")
    assert catalogue.date >= date(2026, 11, 20)
