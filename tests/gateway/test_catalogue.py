"""The catalogue that is shipped, what it refuses, and prices."""

from __future__ import annotations

import re
from datetime import date
from fractions import Fraction
from pathlib import Path

import market
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import func, select

from manju.db.tables import Order
from manju.domain.casting import Voice
from manju.domain.order import (
    ImageRequest,
    Message,
    MusicRequest,
    Reference,
    Request,
    SpeechRequest,
    TextRequest,
    VideoRequest,
)
from manju.errors import InputError, UnknownModelError
from manju.gateway import pricing, quotes
from manju.gateway.catalogue import Catalogue, parse, shipped
from manju.gateway.channels import Channel, Route, Upstream
from manju.gateway.entries import MEASURES, Entry
from manju.gateway.snapping import snap
from manju.providers import registry
from manju.providers.image.wire import RATIOS, size_of
from manju.providers.shapes import ratio_of
from manju.providers.video.wire import resolution_of

PUBLIC = [
    "gpt-4o",
    "gemini-3-flash-preview-nothinking",
    "nano-banana",
    "nano-banana-2",
    "gemini-3-pro-image-preview",
    "gemini-3.1-flash-image-preview",
    "FLUX.1-schnell",
    "black-forest-labs/FLUX.1-schnell",
    "dall-e-3",
    "imagen-4.0-generate-001",
    "sora-2",
    "sora-2-pro",
    "tts-1",
    "tts-1-hd",
    "gpt-4o-mini-tts",
    "azure-tts",
    "edge-tts",
    "suno",
    "udio",
]
"""What the seeds and the issue call models."""

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
    assert pricing.settled(found, route(), request_, {})[1] == expected


def test_cost_is_apart_from_price() -> None:
    found = entry('modality = "video"\nunit = "second"\nprice = "0.5"\ncost = "0.2"\nupstream = "m-2026"')
    assert (pricing.price(found, VIDEO), pricing.settled(found, route(), VIDEO, {})[1]) == (1_250_000, 500_000)
    assert found.upstream == "m-2026"


def test_a_channel_may_charge_another_cost() -> None:
    found = entry('modality = "video"\nunit = "second"\nprice = "0.5"\ncost = "0.2"')
    assert pricing.settled(found, route("0.3"), VIDEO, {})[1] == 750_000


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


def test_a_retired_model_of_our_own_names_its_successor() -> None:
    found = entry('modality = "image"\nunit = "call"\nprice = "0"\nstatus = "retired"\nsuccessor = "x:n"')
    with pytest.raises(InputError, match="x:m was retired") as caught:
        found.admit(IMAGE)
    assert caught.value.hint == "Use x:n."


# ---- names that stay valid


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_name_is_served_whatever_became_of_its_model(name: str) -> None:
    catalogue = shipped()
    found = catalogue.entry(name)
    assert catalogue.served(name).channel == "offline"  # nobody has configured a channel
    assert catalogue.served(name).modality == found.modality
    channel = Channel(
        name="c", vendor="relay", base_url="http://relay", concurrency=1, models={name: Upstream(model=name)}
    )
    served = catalogue.extended((channel,), ()).served(name)
    assert served == found and served.price >= 0


def test_what_is_retired_says_since_when_and_for_what() -> None:
    catalogue = shipped()
    retired = [each for each in catalogue.entries() if each.status == "retired"]
    assert {"sora-2", "gemini-3-pro-image-preview", "FLUX.1-schnell"} <= {each.name for each in retired}
    for each in catalogue.entries():
        assert each.ends is None or (each.ends <= catalogue.date) == (each.status == "retired"), each.name
        assert each.since <= catalogue.date and (each.ends is None or each.since < each.ends), each.name
        assert each.status == "live" or each.successor, each.name
        seen = [each.name]
        while successor := catalogue.entry(seen[-1]).successor:
            assert successor not in seen and catalogue.entry(successor).modality == each.modality, seen
            seen.append(successor)
        assert catalogue.entry(seen[-1]).status == "live", seen


def google(public: str, upstream: str, host: str = "generativelanguage.googleapis.com", name: str = "g") -> Channel:
    models = {public: Upstream(model=upstream)}
    return Channel(name=name, vendor="gemini", base_url=f"https://{host}/v1beta", concurrency=1, models=models)


def test_what_a_vendor_has_ended_is_not_asked_for_there() -> None:
    catalogue = shipped().extended((google("nano-banana-2", "gemini-3-pro-image-preview"),), ())
    with pytest.raises(
        InputError, match=r"channel g would ask https.* for gemini-3-pro-image-preview.* 2026-06-25"
    ) as caught:
        catalogue.routes(catalogue.entry("nano-banana-2"))
    assert caught.value.hint == "In manju.toml, let its models map nano-banana-2 to gemini-3-pro-image."


def test_others_may_give_an_ended_name_a_meaning_of_their_own() -> None:
    name = "gemini-3-pro-image-preview"
    for channel in (google(name, name, "relay.example"), google(name, "gemini-3-pro-image")):
        catalogue = shipped().extended((channel,), ())
        assert [route.channel for route in catalogue.routes(catalogue.entry(name))] == [channel]


def test_an_open_way_is_taken_when_another_is_ended() -> None:
    name, relay = "gemini-3-pro-image-preview", google("gemini-3-pro-image-preview", "x", "relay.example", "relay")
    catalogue = shipped().extended((google(name, name), relay), ())
    assert [route.channel.name for route in catalogue.routes(catalogue.entry(name))] == ["relay"]


async def test_an_order_that_would_go_to_who_ended_it_is_refused_before_anything_is_written(tmp_path: Path) -> None:
    # The market's own entry of this name is replaced by the shipped one.
    ended = market.channel("official", "https://api.openai.com/v1")
    async with market.opened(tmp_path, [ended]) as shop:
        shop.gateway._catalogue = shipped().extended((ended,), ())
        with pytest.raises(InputError, match=r"official would ask .* for sora-2"):
            await shop.take()
        async with shop.database.read() as session:
            assert await session.scalar(select(func.count()).select_from(Order)) == 0


def test_an_unknown_name_is_told_what_there_is_the_nearest_first() -> None:
    with pytest.raises(UnknownModelError, match="unknown model 'Nano-Banana2'") as caught:
        shipped().entry("Nano-Banana2")
    listed = caught.value.hint.removeprefix("Available: ").removesuffix(".").split(", ")
    assert listed[0] == "nano-banana-2" and "nano-banana" in listed[:5]
    assert sorted(listed) == sorted(each.name for each in shipped().entries())


# ---- capabilities


def offered(entry: Entry, width: int, height: int, seconds: float = 5) -> ImageRequest | VideoRequest:
    request: ImageRequest | VideoRequest = ImageRequest(prompt="p", width=width, height=height)
    if entry.modality == "video":
        request = VideoRequest(prompt="p", width=width, height=height, duration_ms=round(seconds * 1000))
    snapped, _ = snap(entry.name, entry.capability, request)
    assert isinstance(snapped, ImageRequest | VideoRequest)
    return snapped


DRAWN = [each for each in shipped().entries() if each.modality in ("image", "video") and not each.channel]


@given(st.sampled_from(DRAWN), st.integers(64, 8192), st.integers(64, 8192), st.integers(500, 60_000))
def test_whatever_is_asked_becomes_what_is_offered(entry: Entry, width: int, height: int, length: int) -> None:
    snapped = offered(entry, width, height, length / 1000)
    entry.admit(snapped)
    again, changes = snap(entry.name, entry.capability, snapped)
    assert again == snapped and changes == {}
    assert type(snapped).model_validate(snapped.model_dump()) == snapped
    assert pricing.price(entry, snapped) > 0


@pytest.mark.parametrize("entry", [each for each in DRAWN if each.modality == "image"], ids=lambda each: each.name)
def test_a_picture_is_billed_in_the_class_that_its_vendor_is_asked_for(entry: Entry) -> None:
    capability = entry.capability
    assert set(capability.ratios) <= set(RATIOS.split(","))
    for side in capability.sides:
        for ratio in capability.ratios:
            wide, high = map(int, ratio.split(":"))
            width, height = (round(side * each**0.5) for each in (wide / high, high / wide))
            if max(width, height) > 8192:
                continue  # nobody can ask for that
            snapped = offered(entry, width, height)
            assert isinstance(snapped, ImageRequest)
            names = [f"{each // 1024}K" if each >= 1024 else str(each) for each in capability.sides]
            assert size_of(snapped, names) == names[capability.sides.index(side)]


@pytest.mark.parametrize("entry", [each for each in DRAWN if each.modality == "video"], ids=lambda each: each.name)
def test_a_clip_is_billed_in_the_class_that_its_vendor_is_asked_for(entry: Entry) -> None:
    capability = entry.capability
    for side in capability.sides:
        for ratio in capability.ratios:
            wide, high = map(int, ratio.split(":"))
            pixels = side**2 * 16 / 9
            snapped = offered(entry, round((pixels * wide / high) ** 0.5), round((pixels * high / wide) ** 0.5))
            assert isinstance(snapped, VideoRequest)
            names = [f"{each}p" for each in capability.sides]
            assert resolution_of(snapped, names) == f"{side}p"


def test_the_nano_banana_family_takes_five_characters_and_fourteen_objects() -> None:
    family = [each for each in shipped().entries() if re.search(r"nano-banana|gemini-.*image", each.name)]
    assert len(family) >= 9
    for each in family:
        assert (each.capability.references, each.capability.characters, each.capability.objects) == (14, 5, 14)


WIDE = ["gemini-3.1-flash-image-preview", "gemini-3.1-flash-image", "gemini-nano-banana-2.1"]


@pytest.mark.parametrize("name", [*WIDE, "nano-banana-2", "nano-banana", "gemini-3-pro-image"])
def test_some_of_the_nano_banana_family_make_strips(name: str) -> None:
    found = shipped().entry(name)
    assert len(found.capability.ratios) == (14 if name in WIDE else 10)
    for width, height, ratio in ((512, 2048, "1:4"), (2048, 512, "4:1"), (512, 4096, "1:8"), (4096, 512, "8:1")):
        snapped = offered(found, width, height)
        assert isinstance(snapped, ImageRequest)
        assert ratio_of(snapped, RATIOS.split(",")) == (ratio if name in WIDE else "9:16" if width < height else "21:9")


def test_a_size_that_no_request_can_name_is_not_billed() -> None:
    """4K in 8:1 would be 11585 pixels wide: the strip is a 2K one, and costs as much."""
    found = shipped().entry("gemini-nano-banana-2.1")
    snapped = offered(found, 8192, 1024)
    assert isinstance(snapped, ImageRequest)
    assert size_of(snapped, ["1K", "2K", "4K"]) == "2K"
    assert pricing.price(found, snapped) == pricing.price(found, offered(found, 2048, 2048))


# ---- a public name that something else serves

SUCCEEDED = [each for each in shipped().entries() if each.successor]


def serving(public: str, *upstreams: str) -> Catalogue:
    """The shipped catalogue with a channel for each upstream model, all under one public name."""
    channels = tuple(
        Channel(
            name=f"c{number}",
            vendor="relay",
            base_url="http://relay",
            concurrency=1,
            models={public: Upstream(model=upstream)},
        )
        for number, upstream in enumerate(upstreams)
    )
    return shipped().extended(channels, ())


@pytest.mark.parametrize("entry", SUCCEEDED, ids=lambda each: each.name)
def test_a_name_is_served_by_its_successor(entry: Entry) -> None:
    catalogue = serving(entry.name, entry.successor)
    (route,) = catalogue.routes(entry)
    successor = catalogue.entry(entry.successor)
    asked: dict[str, list[Request]] = {
        "text": [TEXT],
        "speech": [SPEECH],
        "image": [
            IMAGE.model_copy(update={"width": w, "height": h}) for w, h in ((1920, 1080), (1024, 1792), (64, 64))
        ],
        "video": [
            VIDEO.model_copy(update={"duration_ms": s * 1000, "width": 1280, "height": 720}) for s in (1, 10, 25)
        ],
    }
    for request in asked[entry.modality]:
        snapped, changes = catalogue.snapped(catalogue.served(entry.name), request)
        entry.admit(snapped)
        assert snap(successor.name, successor.capability, snapped) == (snapped, {})  # it can make this
        assert catalogue.fitted(route, snapped) == snapped
        told = {name: getattr(snapped, name) for name in changes}
        assert told == changes and request.model_copy(update=told) == snapped


def test_what_serves_a_name_may_offer_less_than_the_name() -> None:
    """Seed 004 §4.1 asks FLUX.1-schnell for 1920x1080; SiliconFlow has FLUX.2-pro in five sizes now."""
    name = "black-forest-labs/FLUX.1-schnell"
    catalogue = serving(name, "black-forest-labs/FLUX.2-pro")
    request = IMAGE.model_copy(update={"width": 1920, "height": 1080})
    snapped, changes = catalogue.snapped(catalogue.entry(name), request)
    assert (snapped.width, snapped.height) == (1024, 576) and changes == {"width": 1024, "height": 576}
    assert shipped().extended((google(name, "own-flux", "relay.example"),), ()).snapped(
        catalogue.entry(name), request
    ) == (request, {})


def test_where_channels_serve_a_name_by_different_models_each_is_asked_for_what_it_makes() -> None:
    name = "sora-2"
    catalogue = serving(name, "sora-2", "kling-v2-6")
    request = VIDEO.model_copy(update={"duration_ms": 8000, "width": 1280, "height": 720})
    snapped, _ = catalogue.snapped(catalogue.entry(name), request)
    assert snapped.duration_ms == 8000 and snapped.audio
    relay, kling = catalogue.routes(catalogue.entry(name))
    assert catalogue.fitted(relay, snapped) == snapped
    assert catalogue.fitted(kling, snapped) == snapped.model_copy(update={"duration_ms": 10_000})


def test_an_estimate_is_for_what_will_be_made() -> None:
    """Kling makes 5 or 10 seconds, and Sora's name is paid by the second."""
    request = VIDEO.model_copy(update={"duration_ms": 8000, "width": 1280, "height": 720})
    eight, ten = (quotes.listed(each)("sora-2", request) for each in (shipped(), serving("sora-2", "kling-v2-6")))
    assert ten == eight * 10 // 8


def test_what_serves_a_name_never_offers_more_than_the_name() -> None:
    """Its price is the name's: a large picture would cost more than that."""
    catalogue = serving("sora-2", "doubao-seedance-2-0-260128")
    request = VIDEO.model_copy(update={"duration_ms": 10_000, "width": 1920, "height": 1080})
    snapped, _ = catalogue.snapped(catalogue.entry("sora-2"), request)
    assert (snapped.width, snapped.height) == (1280, 720)


def test_references_that_what_serves_a_name_does_not_take_are_refused_before_anything_is_written() -> None:
    catalogue = serving("nano-banana-2", "imagen-4.0-generate-001")
    request = IMAGE.model_copy(update={"references": (Reference(sha256="0" * 64),)})
    with pytest.raises(InputError, match=r"imagen-4\.0-generate-001 takes 0 reference"):
        catalogue.snapped(catalogue.entry("nano-banana-2"), request)


# ---- prices


def test_every_price_is_of_a_unit_that_its_modality_tells() -> None:
    for each in shipped().entries():
        assert each.unit in MEASURES[each.modality]
        assert each.price > 0 or each.channel == "offline" or each.name == "edge-tts", each.name
        assert [tier.price for tier in each.tiers] == [tier.cost for tier in each.tiers]


def test_dollars_are_turned_at_the_catalogues_one_rate_and_rounded_up() -> None:
    text = HEAD.replace("date =", 'usd = "7.2"\ndate =') + 'modality = "text"\nunit = "token"\n'
    found = parse(text + 'price_usd = "0.000001"\noutput_price_usd = "10"\ncost_usd = "0.5"').entry("x:m")
    assert (found.price, found.output_price, found.cost, found.output_cost) == (8, 72_000_000, 3_600_000, 72_000_000)
    assert parse(text + 'price = "1"').usd == Fraction("7.2")


@pytest.mark.parametrize(
    ("width", "height", "pixels"), [(1024, 1024, 1), (64, 64, 1), (1080, 1920, 2), (3840, 2160, 8), (8192, 8192, 64)]
)
def test_begun_megapixels(width: int, height: int, pixels: int) -> None:
    found = entry('modality = "image"\nunit = "megapixel"\nprice = "0.5"')
    assert pricing.price(found, IMAGE.model_copy(update={"width": width, "height": height})) == pixels * 500_000


TIERS = """modality = "video"
unit = "second"
price = "1"
tiers = [
    { audio = true, price = "2" },
    { side = 1080, price = "3", cost = "0.1" },
    { side = 1080, seconds = 10, price = "4" },
]
"""


@pytest.mark.parametrize(
    ("width", "height", "seconds", "audio", "each"),
    [
        (1280, 720, 5, False, 1),
        (1280, 720, 5, True, 2),
        (1920, 1080, 5, True, 3),
        (1080, 1920, 9.9, False, 3),
        (1440, 1440, 5, False, 3),  # 1080p in a square
        (1920, 1080, 10, False, 4),
        (3840, 2160, 12, False, 4),
    ],
)
def test_the_last_tier_that_fits_is_the_price(width: int, height: int, seconds: float, audio: bool, each: int) -> None:
    found = entry(TIERS)
    request = VideoRequest(prompt="雨", width=width, height=height, duration_ms=round(seconds * 1000), audio=audio)
    assert pricing.price(found, request) == round(each * seconds * 1_000_000)
    assert pricing.settled(found, route("7"), request, {})[1] == round(7 * seconds * 1_000_000)
    assert (pricing.settled(found, route(), request, {})[1] < pricing.price(found, request)) == (each == 3)


def price_of(model: str, **asked: object) -> float:
    """In dollars, as snapped."""
    catalogue: Catalogue = shipped()
    found = catalogue.entry(model)
    request = {"image": IMAGE, "video": VIDEO}[found.modality].model_copy(update=asked)
    return float(pricing.price(found, snap(model, found.capability, request)[0]) / catalogue.usd / 1_000_000)


def test_list_prices() -> None:
    assert price_of("nano-banana-2", width=1024, height=1024) == pytest.approx(0.134)
    assert price_of("nano-banana-2", width=2048, height=2048) == pytest.approx(0.134)
    assert price_of("nano-banana-2", width=3840, height=2160) == pytest.approx(0.24)
    assert price_of("gemini-3.1-flash-image-preview", width=1920, height=1080) == pytest.approx(0.101)
    assert price_of("sora-2", width=1280, height=720, duration_ms=10_000) == pytest.approx(1.0)
    assert price_of("sora-2-pro", width=1920, height=1080, duration_ms=4_000) == pytest.approx(2.8)
    assert price_of("veo-3.1-generate-preview", width=3840, height=2160, duration_ms=4_000) == pytest.approx(4.8)
    assert price_of("kling-v3", width=1920, height=1080, duration_ms=5_000, audio=True) == pytest.approx(0.84)
    assert price_of("MiniMax-Hailuo-2.3", width=1366, height=768, duration_ms=10_000) == pytest.approx(0.56)
    assert price_of("MiniMax-Hailuo-2.3", width=1920, height=1080, duration_ms=10_000) == pytest.approx(0.49)
    assert price_of("doubao-seedance-2-0-260128", width=1280, height=720, duration_ms=5_000) == pytest.approx(0.69)


@pytest.mark.parametrize(
    ("rest", "message"),
    [
        ('modality = "image"\nunit = "second"\nprice = "0"', "second is not known of a image request"),
        ('modality = "image"\nunit = "call"\nprice = "-1"', "not a usable amount"),
        ('modality = "image"\nunit = "call"\nprice = "cheap"', "not an amount"),
        ('modality = "image"\nunit = "call"', "price"),
        ('modality = "image"\nunit = "call"\nprice = "0"\ncolour = "red"', "colour"),
        ('modality = "image"\nunit = "call"\nprice = "0"\nsuccessor = ', "Invalid value"),
        ('modality = "image"\nunit = "call"\nprice = "0"\nprice_usd = "1"', "both price and price_usd"),
        ('modality = "image"\nunit = "call"\nprice_usd = "-1"', "not a usable amount"),
        ('modality = "image"\nunit = "call"\nprice = "0"\ntiers = [{ side = 1 }]', "tiers.0.price"),
        ('modality = "image"\nunit = "call"\nprice = "0"\ndialect = "klingon"', "dialect"),
        ('modality = "image"\nunit = "call"\nprice = "0"\ncapability = { ratios = ["16/9"] }', "not written as 16:9"),
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
