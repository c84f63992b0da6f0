"""What every picture model must do (`manju.providers.image.base`)."""

from __future__ import annotations

import io
from pathlib import Path
from typing import cast

import pytest
from PIL import Image

from manju.domain.order import Figure, Generated, ImageRequest, Reference, Request
from manju.errors import NotFoundError
from manju.media.probe import accept
from manju.providers.base import Model
from manju.providers.image.base import ImageModel
from manju.providers.image.offline.model import SketchArtist

HERO = Figure(name="林夏", gender="female", features=("hair: silver bob", "outfit: navy blazer, red skirt"))


class NoReferences:
    def read(self, sha256: str) -> bytes:
        raise NotFoundError(f"nothing is stored under {sha256}")


@pytest.fixture(params=[SketchArtist], ids=lambda kind: kind.name)
def model(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ImageModel:
    monkeypatch.setenv("MANJU_CACHE", str(tmp_path))
    return cast(ImageModel, cast("type[Model[Request]]", request.param)())


async def make(model: ImageModel, **fields: object) -> Generated:
    request = ImageRequest.model_validate({"prompt": "校园走廊", "width": 360, "height": 640, **fields})
    return await model.generate(request, NoReferences())


def picture(made: Generated) -> Image.Image:
    return Image.open(io.BytesIO(made.artefacts[0].data)).convert("RGB")


def test_the_name_says_vendor_and_model(model: ImageModel) -> None:
    vendor, colon, name = model.name.partition(":")
    assert vendor and colon and name


@pytest.mark.parametrize("size", [(64, 64), (270, 480), (641, 359), (300, 900)])
async def test_the_main_artefact_is_a_picture_of_exactly_the_asked_size(
    model: ImageModel, size: tuple[int, int]
) -> None:
    made = await make(model, width=size[0], height=size[1])
    main = made.artefacts[0]
    assert main.role == "main" and main.suffix in (".png", ".jpg", ".webp")
    facts = accept(main.data, main.suffix, "image")
    assert (facts["width"], facts["height"]) == size
    assert (made.facts["width"], made.facts["height"]) == size


async def test_the_prompt_that_was_drawn_is_told(model: ImageModel) -> None:
    assert "校园走廊" in (await make(model)).facts["prompt"]


@pytest.mark.parametrize("purpose", ["frame", "turnaround", "asset", "cover"])
async def test_every_purpose_gives_a_picture_with_something_in_it(model: ImageModel, purpose: str) -> None:
    made = await make(model, purpose=purpose, title="漫剧", figures=(HERO,))
    colours = picture(made).getcolors(maxcolors=1 << 24)
    assert colours is not None and len(colours) > 100


async def test_the_source_if_there_is_one_can_be_used_too(model: ImageModel) -> None:
    for extra in (await make(model)).artefacts[1:]:
        assert extra.role == "source"
        assert accept(extra.data, extra.suffix, "image")["width"] == 360


async def test_references_that_are_not_needed_do_no_harm(model: ImageModel) -> None:
    made = await make(model, references=(Reference(sha256="0" * 64, role="character", name="林夏"),))
    assert picture(made).size == (360, 640)


async def test_the_same_request_gives_the_same_bytes(model: ImageModel) -> None:
    if not model.name.startswith("offline:"):
        pytest.skip("only the offline models promise it")
    first, second = await make(model, figures=(HERO,), seed=3), await make(model, figures=(HERO,), seed=3)
    assert [a.data for a in first.artefacts] == [a.data for a in second.artefacts]
