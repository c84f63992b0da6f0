"""Gemini's and Imagen's pictures: what only they have."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator
from typing import Any

import pytest

from manju.domain.order import ImageRequest, Reference
from manju.errors import InputError, NotFoundError, RejectedError
from manju.net.client import Http
from manju.providers.image.gemini import GeminiImages
from manju.providers.image.imagen import ImagenImages
from manju.providers.upstream import Answer, Artefact, Endpoint
from vendors.emulator import Fault
from vendors.gemini_image import GeminiImageEmulator
from vendors.google_errors import status
from vendors.image_answers import encoded, picture
from vendors.imagen_image import ImagenEmulator


class Shelf:
    def read(self, sha256: str) -> bytes:
        if sha256 == hashlib.sha256(picture(2, "JPEG")).hexdigest():
            return picture(2, "JPEG")
        raise NotFoundError(f"nothing is stored under {sha256}")


@pytest.fixture
async def http() -> AsyncIterator[Http]:
    async with Http() as http:
        yield http


@pytest.fixture
async def gemini() -> AsyncIterator[GeminiImageEmulator]:
    async with GeminiImageEmulator() as emulator:
        yield emulator


def at(emulator: Any, http: Http, path: str = "", **options: str) -> Endpoint:
    return Endpoint(emulator.url + path, emulator.key, emulator.model, http, options)


async def test_thoughts_are_left_and_their_signatures_kept(gemini: GeminiImageEmulator, http: Http) -> None:
    answer = await GeminiImages(at(gemini, http)).submit(gemini.request, Shelf(), "t")
    assert isinstance(answer, Answer)
    main = answer.files[0]
    assert isinstance(main, Artefact) and main.data == picture()  # not the one that was thought of
    assert answer.facts == {
        "prompt": gemini.request.prompt,
        "left_out": ["seed"],
        "thought_signatures": ["c2lnLXRleHQ=", "c2lnLWltZw=="],
    }
    assert answer.units == {"images": 1.0, "input_tokens": 20.0, "output_tokens": 1220.0}
    assert answer.model == gemini.model


async def test_relays_that_write_names_the_other_way_are_understood(gemini: GeminiImageEmulator, http: Http) -> None:
    part = {
        "inline_data": {"mime_type": "image/jpeg", "data": encoded(picture(0, "JPEG"))},
        "thought_signature": "c2ln",
    }
    gemini.fail(Fault("status", 200, {"candidates": [{"content": {"parts": [part]}}]}))
    answer = await GeminiImages(at(gemini, http)).submit(gemini.request, Shelf(), "t")
    assert isinstance(answer, Answer)
    assert answer.files[0].suffix == ".jpg" and answer.facts["thought_signatures"] == ["c2ln"]


async def test_references_go_with_their_types(gemini: GeminiImageEmulator, http: Http) -> None:
    reference = Reference(sha256=hashlib.sha256(picture(2, "JPEG")).hexdigest(), role="character")
    request = gemini.request.model_copy(update={"references": (reference,)})
    await GeminiImages(at(gemini, http)).submit(request, Shelf(), "t")
    part = gemini.seen[-1].json["contents"][0]["parts"][1]
    assert part["inlineData"] == {"mimeType": "image/jpeg", "data": encoded(picture(2, "JPEG"))}


async def test_a_model_without_sizes_is_not_told_one(gemini: GeminiImageEmulator, http: Http) -> None:
    await GeminiImages(at(gemini, http, sizes="")).submit(gemini.request, Shelf(), "t")
    assert gemini.seen[-1].json["generationConfig"]["imageConfig"] == {"aspectRatio": "16:9"}


async def test_which_ratios_a_model_has_is_the_catalogues_and_the_channels_word(
    gemini: GeminiImageEmulator, http: Http
) -> None:
    request = ImageRequest(prompt="p", width=512, height=2048)
    for options in ({}, {"ratios": "1:1,1:4,4:1", "sizes": "512,1K"}):
        with pytest.raises(RejectedError):  # the emulated model has none such
            await GeminiImages(at(gemini, http, **options)).submit(request, Shelf(), "t")
        assert gemini.seen[-1].json["generationConfig"]["imageConfig"] == {"aspectRatio": "1:4", "imageSize": "1K"}
    with pytest.raises(InputError, match="512x2048"):
        await GeminiImages(at(gemini, http, ratios="1:1,16:9")).submit(request, Shelf(), "t")
    assert len(gemini.seen) == 2


async def test_a_wait_is_read_from_the_details(gemini: GeminiImageEmulator, http: Http) -> None:
    info = {"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.07s"}
    gemini.fail(Fault("status", 429, status(429, "RESOURCE_EXHAUSTED", "You exceeded your current quota", info)))
    with pytest.raises(RejectedError) as caught:
        await GeminiImages(at(gemini, http)).submit(gemini.request, Shelf(), "t")
    assert (caught.value.refusal, caught.value.retry_after) == ("rate", 34.07)


async def test_a_country_without_service_is_the_keys_fault(gemini: GeminiImageEmulator, http: Http) -> None:
    said = "User location is not supported for the API use."
    gemini.fail(Fault("status", 400, status(400, "FAILED_PRECONDITION", said)))
    with pytest.raises(RejectedError, match="location") as caught:
        await GeminiImages(at(gemini, http)).submit(gemini.request, Shelf(), "t")
    assert caught.value.refusal == "auth"


async def test_bearer_tokens_and_addresses_of_vertex(gemini: GeminiImageEmulator, http: Http) -> None:
    path = "/v1/projects/p/locations/global/publishers/google"
    adapter = GeminiImages(at(gemini, http, path, auth="bearer"))
    with pytest.raises(RejectedError):  # the emulator is not Vertex
        await adapter.submit(gemini.request, Shelf(), "t")
    assert gemini.seen[-1].path == f"{path}/models/{gemini.model}:generateContent"
    assert gemini.seen[-1].headers["authorization"] == f"Bearer {gemini.key}"
    with pytest.raises(InputError, match="free"):
        await adapter.probe()


async def test_imagen_tells_the_prompt_that_it_made(http: Http) -> None:
    async with ImagenEmulator() as imagen:
        adapter = ImagenImages(at(imagen, http, person_generation="allow_adult", sizes=""))
        answer = await adapter.submit(imagen.request, Shelf(), "t")
        assert isinstance(answer, Answer)
        told = {"prompt": imagen.request.prompt, "left_out": ["seed"], "revised_prompt": "a corridor, neon"}
        assert answer.facts == told
        assert imagen.seen[-1].json["parameters"] == {
            "sampleCount": 1,
            "aspectRatio": "16:9",
            "includeRaiReason": True,
            "personGeneration": "allow_adult",
        }
