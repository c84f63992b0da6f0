"""What the outline writer's banks name can be seen: each place is a set that fits, each thing is the picture."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from manju.domain.order import ImageRequest
from manju.domain.screenplay import Language
from manju.providers.image.offline.icons import ROWS, half
from manju.providers.image.offline.model import draw
from manju.providers.image.offline.props import find_props
from manju.providers.image.offline.setting import read_setting
from manju.providers.image.offline.stills import Still, read_still
from manju.providers.text.offline import bank

LANGUAGES: tuple[Language, ...] = ("zh", "en")


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fonts")


def places(language: Language) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Name, what is seen and landmarks of every place that a film can play in."""
    words = bank.words(language)
    for setting in words.settings.values():
        yield from ((place.name, place.see, place.landmarks) for place in setting.places)
    stories = files(bank.__package__ or "").joinpath("banks", language, "stories")
    rows = [f"{name} | {text}" for name, text in words.spots.items()]
    for story in sorted(stories.iterdir(), key=lambda entry: entry.name):
        rows += tomllib.loads(story.read_text("utf-8"))["places"]
    for row in rows:
        name, see, _, marks = (cell.strip() for cell in row.split("|"))
        yield name, see, tuple(mark.strip() for mark in marks.replace("、", ",").split(","))


def shown(language: Language) -> list[str]:
    """What the pictures of lists and advertisements show."""
    words = bank.words(language)
    things = [item[4] for row in words.lists.values() for item in row.item]
    return things + [feature[2] for product in words.advert.products.values() for feature in product.feature]


def ask(language: Language, thing: str, **more: object) -> ImageRequest:
    act = f"画面中央是{thing}" if language == "zh" else f"in the centre there is {thing}"
    prompt = f"主体：{act}。场景：教室。" if language == "zh" else f"Subject: {act}. Scene: classroom."
    return ImageRequest.model_validate({"prompt": prompt, "width": 180, "height": 320, "size": "extreme_close", **more})


def pixels(request: ImageRequest, cache: Path) -> NDArray[np.uint8]:
    picture = cv2.imdecode(np.frombuffer(draw(request, cache)[0], np.uint8), cv2.IMREAD_COLOR)
    assert picture is not None
    return picture.astype(np.uint8)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_place_of_the_banks_is_abstract(language: Language) -> None:
    scene = "主体：空镜。场景：{}；{}。" if language == "zh" else "Subject: the place. Scene: {}; {}."
    lost = [
        name
        for name, see, marks in places(language)
        if read_setting(
            ImageRequest(prompt=scene.format(name, see), width=180, height=320, landmarks=marks)
        ).place == "abstract"
    ]  # fmt: skip
    assert lost == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_lists_show_is_known(language: Language) -> None:
    """Nearly all of it has a drawing; for what has none there is a card, never an empty room."""
    stills = {thing: read_still(ask(language, thing), read_setting(ask(language, thing)).subject)
              for thing in shown(language)}  # fmt: skip
    assert all(stills.values())
    cards = [thing for thing, still in stills.items() if still and still.kinds[0].startswith("diagram")]
    assert len(cards) <= 4, cards


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_shot_is_of_fills_its_middle(language: Language, cache: Path) -> None:
    """The middle third differs clearly from that of the same shot of nothing, and things from one another."""
    empty = pixels(ImageRequest(prompt="主体：空镜。场景：教室。", width=180, height=320, size="full"), cache)
    middles: dict[Still | None, NDArray[np.int_]] = {}
    for thing in shown(language)[::4]:
        middle = pixels(ask(language, thing), cache)[107:213, 30:150].astype(int)
        assert (np.abs(middle - empty[107:213, 30:150]).max(axis=2) > 24).mean() > 0.25, thing
        middles.setdefault(read_still(ask(language, thing), thing), middle)
    first = next(iter(middles.values()))
    assert all((np.abs(other - first).max(axis=2) > 24).mean() > 0.1 for other in list(middles.values())[1:])


@pytest.mark.parametrize("kind", sorted(ROWS))
def test_an_icon_is_drawn_and_its_breadth_is_known(kind: str, cache: Path) -> None:
    assert 10 <= half(kind) <= 100
    if terms := ROWS[kind].get("terms"):
        request = ask("zh", terms.split(",")[0])
        still = read_still(request, read_setting(request).subject)
        assert still and still.kinds[0] == kind


def test_a_device_with_something_on_it_is_one_thing() -> None:
    assert find_props("手机屏幕上的彩色剪辑轨道") == ("phonecut",)
    assert find_props("桌上的手机和一盏灯") == ("desk", "phone", "lamp")


def test_a_films_own_prompt_is_read_to_its_end() -> None:
    """What stands after the first sentence counts; sentences on camera and light, and repetitions, do not."""
    told = "特写，俯拍。画面中央是手电照着的一杯微浑的水。夕阳从左后方照来，翠绿色调；画面中央是手电照着的一杯微浑的水"
    request = ImageRequest(
        prompt=f"绘本风格。主体：{told}。场景：天台；城市。镜头：特写；俯拍。光照：夕阳从左后方照来。",
        width=180, height=320, size="extreme_close", light="夕阳从左后方照来",
    )  # fmt: skip
    setting = read_setting(request)
    assert (setting.place, setting.subject) == ("rooftop", "画面中央是手电照着的一杯微浑的水")
    still = read_still(request, setting.subject)
    assert still and still.kinds == ("cloudywater",) and still.on == "table"


def test_weather_falls_over_figures_in_their_layer_and_needs_none_of_its_own(cache: Path) -> None:
    rain = ImageRequest(prompt="主体：一个女孩站着。场景：街道；雨夜。", width=180, height=320, size="full")
    source = draw(rain, cache)[1].decode()
    far, figures = source.split('<g id="figures">')
    assert 'stroke="' in far and figures.count("l-") > 3
    assert not draw(rain.model_copy(update={"prompt": "主体：空镜。场景：街道；雨夜。"}), cache)[1].count(
        b'id="figures"'
    )


def test_people_stay_the_picture_where_there_are_any() -> None:
    """The words of a thing do not turn a shot of figures into a still life."""
    seen = read_still(ImageRequest(prompt="x", width=180, height=320, size="wide"), "两个人站在路口")
    assert seen is None
