"""OpenAI-compatible pictures: the places where relays put the picture, and what options send."""

from __future__ import annotations

import hashlib
import io
from collections.abc import AsyncIterator

import pytest
from PIL import Image

from manju.domain.order import Artefact, ImageRequest, Reference
from manju.errors import InputError, NotFoundError, RejectedError
from manju.net.client import Http
from manju.providers.image.openai import OpenAIImages
from manju.providers.upstream import Accepted, Answer, Endpoint, Remote
from vendors.emulator import Fault
from vendors.image_answers import encoded, parts, picture
from vendors.openai_image import OpenAIImageEmulator
from vendors.relay_image import RelayImageEmulator

TOKEN = "token-1"
REQUEST = RelayImageEmulator.request


class Shelf:
    def read(self, sha256: str) -> bytes:
        for data in (picture(0), picture(1), picture(2, "JPEG")):
            if hashlib.sha256(data).hexdigest() == sha256:
                return data
        raise NotFoundError(f"nothing is stored under {sha256}")


def showing(*pictures: bytes, role: str = "character") -> ImageRequest:
    shown = tuple(Reference(sha256=hashlib.sha256(data).hexdigest(), role=role) for data in pictures)
    return REQUEST.model_copy(update={"references": shown})


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    async with Http() as http:
        yield http


@pytest.fixture
async def relay() -> AsyncIterator[RelayImageEmulator]:
    async with RelayImageEmulator() as relay:
        yield relay


def images(emulator: OpenAIImageEmulator, http: Http, path: str = "", **options: str) -> OpenAIImages:
    base = {"fields": "aspect_ratio,image_size"} if isinstance(emulator, RelayImageEmulator) else {}
    return OpenAIImages(Endpoint(emulator.url + path, emulator.key, emulator.model, http, {**base, **options}))


FORMS = (
    *("url", "inlined url", "b64_json", "object", "text", "top", "images"),
    *("markdown", "inlined markdown", "bare", "message images", "message parts"),
    *("link", "address", "just address", "spoken parts"),
)


@pytest.mark.parametrize("form", FORMS)
async def test_the_picture_is_found_wherever_a_relay_puts_it(relay: RelayImageEmulator, http: Http, form: str) -> None:
    relay.form = form
    adapter = images(relay, http)
    answer = await adapter.submit(REQUEST, Shelf(), TOKEN)
    assert isinstance(answer, Answer)
    (main,) = answer.files
    assert (main.data if isinstance(main, Artefact) else await adapter.fetch(main)) == picture()


@pytest.mark.parametrize("form", FORMS)
async def test_so_it_is_in_a_task(relay: RelayImageEmulator, http: Http, form: str) -> None:
    relay.form, relay.polls = form, 1
    adapter = images(relay, http, mode="async")
    accepted = await adapter.submit(REQUEST, Shelf(), TOKEN)
    assert isinstance(accepted, Accepted) and relay.seen[-1].query == {"async": "true"}
    answer = await adapter.poll(accepted.upstream_id)
    assert isinstance(answer, Answer)
    (main,) = answer.files
    assert (main.data if isinstance(main, Artefact) else await adapter.fetch(main)) == picture()


async def test_a_relay_that_works_at_once_though_asked_for_a_task_is_taken_at_its_word(
    relay: RelayImageEmulator, http: Http
) -> None:
    relay.fail(Fault("status", 200, {"data": [{"url": f"{relay.url}/files/x.png"}]}), path="/v1/images/")
    answer = await images(relay, http, mode="async").submit(REQUEST, Shelf(), TOKEN)
    assert isinstance(answer, Answer)


async def test_a_picture_is_named_after_what_it_is(relay: RelayImageEmulator, http: Http) -> None:
    for kind, suffix in (("PNG", ".png"), ("JPEG", ".jpg"), ("WEBP", ".webp")):
        relay.fail(Fault("status", 200, {"data": [{"b64_json": encoded(picture(0, kind))}]}), path="/v1/images/")
        answer = await images(relay, http).submit(REQUEST, Shelf(), TOKEN)
        assert isinstance(answer, Answer) and answer.files[0].suffix == suffix


async def test_an_address_gives_its_own_ending_where_it_has_one(relay: RelayImageEmulator, http: Http) -> None:
    for path, suffix in (("a.jpg", ".jpg"), ("b.WebP", ".webp"), ("c", ".png"), ("d.png?sign=.jpg", ".png")):
        relay.fail(Fault("status", 200, {"data": [{"url": f"https://cdn.example/{path}"}]}), path="/v1/images/")
        answer = await images(relay, http).submit(REQUEST, Shelf(), TOKEN)
        assert isinstance(answer, Answer)
        assert answer.files == (Remote("main", f"https://cdn.example/{path}", suffix),)


async def test_tokens_and_a_revised_prompt_are_told(http: Http) -> None:
    async with OpenAIImageEmulator() as emulator:
        answer = await images(emulator, http).submit(REQUEST, Shelf(), TOKEN)
        assert isinstance(answer, Answer)
        assert answer.units == {"images": 1.0, "input_tokens": 12.0, "output_tokens": 1056.0}
        body = {"data": [{"b64_json": encoded(picture()), "revised_prompt": "a corridor"}], "model": "gpt-image-2"}
        emulator.fail(Fault("status", 200, body), path="/v1/images/")
        answer = await images(emulator, http).submit(REQUEST, Shelf(), TOKEN)
        assert isinstance(answer, Answer)
        assert answer.facts == {"prompt": REQUEST.prompt, "left_out": ["seed"], "revised_prompt": "a corridor"}
        assert answer.model == "gpt-image-2"


async def test_references_go_into_a_form_with_their_types(http: Http) -> None:
    async with OpenAIImageEmulator() as emulator:
        await images(emulator, http).submit(showing(picture(0), picture(2, "JPEG")), Shelf(), TOKEN)
        files = [(name, filename) for name, filename, _ in parts(emulator.seen[-1]) if filename]
        assert files == [("image[]", "0.png"), ("image[]", "1.jpeg")]
        assert b"Content-Type: image/jpeg" in emulator.seen[-1].body


async def test_options_that_are_no_text_go_into_a_form_as_json(http: Http) -> None:
    async with OpenAIImageEmulator() as emulator:
        await images(emulator, http, extra='{"n": 1, "quality": "low"}').submit(showing(picture(0)), Shelf(), TOKEN)
        fields = {name: content for name, filename, content in parts(emulator.seen[-1]) if not filename}
        assert fields["n"] == b"1" and fields["quality"] == b"low" and fields["size"] == b"1344x768"


async def test_a_mask_always_goes_to_edits(http: Http) -> None:
    async with OpenAIImageEmulator() as emulator:
        mask = Reference(sha256=hashlib.sha256(picture(1)).hexdigest(), role="mask")
        request = showing(picture(0))
        request = request.model_copy(update={"references": (*request.references, mask)})
        await images(emulator, http, references="generations").submit(request, Shelf(), TOKEN)
        assert emulator.seen[-1].path == "/v1/images/edits"
        assert emulator.fields(emulator.seen[-1]).mask == picture(1)
        with pytest.raises(InputError):
            await images(emulator, http, references="none").submit(request, Shelf(), TOKEN)


async def test_references_that_a_model_cannot_look_at_are_refused(relay: RelayImageEmulator, http: Http) -> None:
    for options in ({"references": "none"}, {"most": "1"}):
        with pytest.raises(InputError, match="references"):
            await images(relay, http, **options).submit(showing(picture(0), picture(1)), Shelf(), TOKEN)
    assert relay.seen == []


@pytest.mark.parametrize(
    ("size", "ratio", "name"),
    [
        ((1344, 768), "16:9", "1K"),
        ((768, 1376), "9:16", "1K"),
        ((1920, 1080), "16:9", "2K"),
        ((2752, 1536), "16:9", "2K"),
        ((1080, 1920), "9:16", "2K"),
        ((3840, 2160), "16:9", "4K"),
        ((5504, 3072), "16:9", "4K"),
        ((1280, 536), "21:9", "1K"),
        ((864, 1184), "3:4", "1K"),
        ((896, 1152), "4:5", "1K"),
    ],
)
async def test_sizes_become_the_familys_words(
    relay: RelayImageEmulator, http: Http, size: tuple[int, int], ratio: str, name: str
) -> None:
    request = ImageRequest(prompt="p", width=size[0], height=size[1])
    await images(relay, http).submit(request, Shelf(), TOKEN)
    assert (relay.seen[-1].json["aspect_ratio"], relay.seen[-1].json["image_size"]) == (ratio, name)


async def test_what_no_word_of_the_model_means_is_refused(relay: RelayImageEmulator, http: Http) -> None:
    for size in ((1000, 350), (8000, 8000)):
        with pytest.raises(InputError, match=f"{size[0]}x{size[1]}"):
            request = ImageRequest(prompt="p", width=size[0], height=size[1])
            await images(relay, http).submit(request, Shelf(), TOKEN)
    assert relay.seen == []


async def test_a_base_url_may_have_its_version(relay: RelayImageEmulator, http: Http) -> None:
    for path in ("", "/v1"):
        assert isinstance(await images(relay, http, path).submit(REQUEST, Shelf(), TOKEN), Answer)
        await images(relay, http, path).probe()
    assert {seen.path for seen in relay.seen} == {"/v1/images/generations", "/v1/models"}


async def test_a_task_id_cannot_lead_elsewhere(relay: RelayImageEmulator, http: Http) -> None:
    with pytest.raises(RejectedError):
        await images(relay, http, mode="async").poll("../../v1/models?x=")
    assert relay.seen[-1].path.startswith("/v1/images/tasks/")


@pytest.mark.parametrize(
    "options",
    [{"mode": "later"}, {"fields": "size,colour"}, {"references": "here"}, {"most": "many"}, {"part": "img"}],
)
def test_options_that_mean_nothing_are_told(options: dict[str, str]) -> None:
    with pytest.raises(InputError) as caught:
        OpenAIImages(Endpoint("http://127.0.0.1:1", "sk", "m", Http(), options))
    assert caught.value.hint


def test_the_emulators_pictures_are_pictures() -> None:
    assert Image.open(io.BytesIO(picture(3))).size == (64, 36)
