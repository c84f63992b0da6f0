"""The sketch artist: words become settings, figures, light and text; nothing a user writes breaks the picture."""

from __future__ import annotations

import io
import re
from concurrent.futures import Future
from pathlib import Path
from typing import Any, get_args
from xml.etree import ElementTree

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from manju.domain.order import Figure, ImageRequest
from manju.domain.storyboard import Angle, Size
from manju.errors import NotFoundError
from manju.media import cutout
from manju.media.lettering import HEADROOM
from manju.providers.image.offline.blocking import block
from manju.providers.image.offline.look import Look, read_look
from manju.providers.image.offline.model import SketchArtist, draw, sketch
from manju.providers.image.offline.panel import read_scene
from manju.providers.image.offline.props import ICONS, KINDS, VIEWS, find_props
from manju.providers.image.offline.raster import layered
from manju.providers.image.offline.setting import NAMES, PLACES, read_setting
from manju.providers.image.offline.svg import Drawing

SIZES = get_args(Size)
ANGLES = get_args(Angle)
SILVER = Figure(
    name="林夏",
    gender="female",
    age="young",
    features=(
        "hair: silver bob with blunt bangs",
        "outfit: navy blazer over white shirt, red skirt",
        "accessories: round glasses",
    ),
)
RED = Figure(name="Nova", gender="female", features=("hair: long wavy red hair", "outfit: yellow raincoat 外套"))
CAT = Figure(name="橘子", features=("hair: 橘色虎斑短毛", "outfit: 红色小围巾"))


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("fonts")


def ask(prompt: str = "校园走廊", **fields: Any) -> ImageRequest:
    return ImageRequest.model_validate({"prompt": prompt, "width": 180, "height": 320, **fields})


def pixels(request: ImageRequest, cache: Path) -> NDArray[np.int64]:
    return np.asarray(Image.open(io.BytesIO(draw(request, cache)[0])).convert("RGB"), np.int64)


EYED = Figure(
    name="阿晴",
    gender="female",
    age="young",
    features=("hair: 黑色短发", "eyes: 绿色眼睛", "outfit: 灰色西装", "accessories: 无", "shoes: 黑色鞋子"),
)


def eyes(request: ImageRequest, cache: Path) -> tuple[float, float]:
    """Where the first and the last green pixel of a picture are, as shares of its height."""
    red, green, blue = np.moveaxis(pixels(request, cache), 2, 0)
    rows = np.flatnonzero(((green > red + 25) & (green > blue + 15)).any(axis=1))
    return float(rows.min() / request.height), float(rows.max() / request.height)


@pytest.mark.parametrize("angle", ANGLES)
@pytest.mark.parametrize("size", ["full", "medium", "close", "extreme_close"])
def test_faces_leave_room_for_text(size: str, angle: str, cache: Path) -> None:
    for width, height in ((360, 640), (640, 360)):
        for figures in ((EYED,), (EYED, EYED.model_copy(update={"name": "阿朗", "gender": "male"}))):
            if angle == "over_shoulder" and len(figures) == 1:
                continue  # seen from behind
            request = ask("正面站立，纯色背景", width=width, height=height, size=size, angle=angle, figures=figures)
            first, last = eyes(request, cache)
            assert first > HEADROOM, (width, len(figures))
            assert last < 0.7, (width, len(figures))


def test_a_scene_is_the_same_set_from_every_side(cache: Path) -> None:
    """Shots of one scene look into one set: same colours, though other parts of it."""

    def tones(size: str, angle: str, who: str) -> set[tuple[int, ...]]:
        request = ask(
            f"场景：学校教室。{who}", width=640, height=360, size=size, angle=angle, palette="米黄", light="左侧"
        )
        counted = np.unique(pixels(request, cache).reshape(-1, 3) // 8, axis=0, return_counts=True)
        return {tuple(tone) for tone, count in zip(*counted, strict=True) if count > 300}

    shots = [tones(*shot) for shot in (("wide", "eye", "甲"), ("wide", "high", "乙"), ("full", "low", "丙"))]
    for shot in shots[1:]:
        assert len(shot & shots[0]) > 0.4 * len(shot)


def test_from_above_one_sees_the_floor_and_from_below_the_sky(cache: Path) -> None:
    """The horizon rises and sinks with the camera."""
    asked = {
        angle: read_scene(ask("公园", size="full", angle=angle, figures=(RED,))) for angle in ("low", "eye", "high")
    }
    horizons = {angle: block(s.request, s.setting, s.cast, s.palette).camera.horizon for angle, s in asked.items()}
    assert horizons["low"] > horizons["eye"] > horizons["high"] + 0.2 * 320


def test_who_is_looked_at_over_a_shoulder_stands_on_the_other_side() -> None:
    """Over-shoulder: one figure from behind, large, at one side; the other beyond it."""
    scene = read_scene(ask("走廊，两人对话", width=640, height=360, angle="over_shoulder", figures=(RED, SILVER)))
    shot = block(scene.request, scene.setting, scene.cast, scene.palette)
    assert shot.front is not None and len(shot.parts) == 1
    assert shot.front.spot.scale > 1.2 * shot.parts[0].spot.scale
    assert (shot.front.spot.x - 320) * (shot.parts[0].spot.x - 320) < 0


def test_our_own_eyes_are_not_in_the_picture(cache: Path) -> None:
    """主观: the viewer's body is not drawn, but hands are."""
    seen, own = (ask(f"{way}走廊，伸手推门", figures=(RED,)) for way in ("", "主观视角，"))
    scene = read_scene(own)
    shot = block(own, scene.setting, scene.cast, scene.palette)
    assert not shot.parts and shot.viewer is not None
    assert difference(pixels(seen, cache), pixels(own, cache)) > 0.1


def test_arrows_are_in_the_source_and_never_in_the_picture(cache: Path) -> None:
    """Marks for the crew are a layer of their own that nobody rasterises."""
    still, moving = (draw(ask(f"走廊。运镜：{way}。", seed=3), cache) for way in ("固定镜头", "镜头缓慢推近"))
    assert b'id="notes"' in moving[1] and b'id="notes"' not in still[1]


@pytest.mark.parametrize("name", sorted(PLACES))
def test_every_place_is_told_from_its_own_name_and_can_be_seen(name: str, cache: Path) -> None:
    """Each set is found by a word of it, is drawn from both sides, and is not empty."""
    assert name in {read_setting(ask(f"场景：{word}。")).place for word in PLACES[name].words.split(",")}
    word = next(w for w in PLACES[name].words.split(",") if read_setting(ask(f"场景：{w}。")).place == name)
    for angle in ("eye", "high"):
        picture = pixels(ask(f"场景：{word}。", width=320, height=180, size="wide", angle=angle), cache)
        assert edges(picture) > 0.01 and picture.reshape(-1, 3).std(axis=0).max() > 8


def difference(a: NDArray[np.int64], b: NDArray[np.int64]) -> float:
    """Share of pixels that clearly differ."""
    return float((np.abs(a - b).max(axis=2) > 24).mean())


def edges(picture: NDArray[np.int64]) -> float:
    """Share of pixels that differ clearly from their right neighbour."""
    return float((np.abs(np.diff(picture, axis=1)).max(axis=2) > 20).mean())


def near(picture: NDArray[np.int64], colour: str, reach: int = 12) -> float:
    """Share of pixels of about this colour."""
    want = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return float((np.abs(picture - want).max(axis=2) <= reach).mean())


def text_of(svg: bytes) -> str:
    return "".join(node.text or "" for node in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}text"))


# -- the picture ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("place", sorted(PLACES))
def test_every_place_is_a_full_picture(place: str, cache: Path) -> None:
    term = next(t for t, kind in NAMES.terms.items() if kind == place)
    request = ask(f"{term} {term}")
    assert read_setting(request).place == place
    picture = pixels(request, cache)
    assert len(np.unique(picture @ np.array([65536, 256, 1]))) > 200
    assert edges(picture) > 0.005
    assert picture.reshape(-1, 3).std(axis=0).max() > 15


@pytest.mark.parametrize(("size", "angle"), [(s, "eye") for s in SIZES] + [("medium", a) for a in ANGLES])
def test_every_size_and_angle_shows_the_figure(size: Size, angle: Angle, cache: Path) -> None:
    request = ask("市场", size=size, angle=angle)
    alone, peopled = pixels(request, cache), pixels(request.model_copy(update={"figures": (RED,)}), cache)
    assert difference(alone, peopled) > 0.01


def test_sizes_are_different_distances(cache: Path) -> None:
    shares = [
        near(pixels(ask("公园 白天", size=size, figures=(RED,)), cache), "#d43a3a", 20)
        for size in ("extreme_wide", "wide", "full", "medium", "close")
    ]
    assert shares == sorted(shares) and shares[-1] > 8 * shares[0] > 0


@pytest.mark.parametrize("count", [2, 3, 5])
def test_all_figures_are_in_the_picture(count: int, cache: Path) -> None:
    tones = ("red", "yellow", "green", "blue", "purple")
    cast = tuple(Figure(name=t, features=(f"outfit: {t} coat", f"hair: short {t} hair")) for t in tones[:count])
    picture = pixels(ask("办公室 白天", size="full", figures=cast), cache)
    for colour in ("#d43a3a", "#f2c93b", "#469b52", "#3c74d6", "#7d47b8")[:count]:
        assert near(picture, colour, 6) > 0.002


def test_two_prompts_give_two_pictures(cache: Path) -> None:
    prompts = ("海边日落", "办公室的清晨", "霓虹街头雨夜", "a forest path", "outer space, a rocket", "雪山")
    pictures = [pixels(ask(prompt), cache) for prompt in prompts]
    assert min(difference(a, b) for i, a in enumerate(pictures) for b in pictures[:i]) > 0.4


def test_the_same_request_gives_the_same_bytes_and_another_seed_another_picture(cache: Path) -> None:
    request = ask("公园", figures=(SILVER,), seed=4)
    assert draw(request, cache) == draw(request, cache)
    others = {draw(request.model_copy(update={"seed": seed}), cache)[0] for seed in range(3)}
    assert len(others) == 3


def test_landmarks_light_and_palette_change_the_picture(cache: Path) -> None:
    plain = pixels(ask("走廊"), cache)
    assert difference(plain, pixels(ask("走廊", landmarks=("自动贩卖机", "公告栏")), cache)) > 0.01
    assert difference(plain, pixels(ask("走廊", palette="青色与洋红"), cache)) > 0.1
    left, right = (pixels(ask("海边", light=f"夕阳从{side}侧照来"), cache) for side in "左右")
    assert difference(left, right) > 0.05


def test_the_light_comes_from_its_side(cache: Path) -> None:
    left, right = (pixels(ask("走廊", light=f"阳光从{side}侧窗户照来"), cache).mean(axis=2) for side in "左右")
    assert left[:, :90].mean() - left[:, 90:].mean() > right[:, :90].mean() - right[:, 90:].mean()


def test_night_is_darker_than_day(cache: Path) -> None:
    day, night = (pixels(ask(f"城市街头，{time}"), cache).mean() for time in ("正午", "深夜"))
    assert night < day * 0.6


@pytest.mark.parametrize("style", ["水墨国风", "line art", "flat design", "赛博朋克", "watercolor", "pop art"])
def test_styles_change_the_treatment(style: str, cache: Path) -> None:
    request = ask("古镇", figures=(SILVER,), palette="红")
    assert difference(pixels(request, cache), pixels(request.model_copy(update={"style": style}), cache)) > 0.005


@pytest.mark.parametrize("layers", [False, True])
def test_pixel_art_is_made_of_squares(layers: bool, cache: Path) -> None:
    """Every 2 x 2 pixels of a small picture in that style are one colour, laid together from layers or not."""
    request = ask("公园", style="像素风", size="full", figures=(RED,), layers=layers)
    picture = pixels(request, cache)
    for dy, dx in ((0, 1), (1, 0), (1, 1)):
        assert (picture[dy::2, dx::2] == picture[::2, ::2]).all()
    assert difference(picture, pixels(request.model_copy(update={"style": ""}), cache)) > 0.02


def test_weather_falls(cache: Path) -> None:
    for weather in ("雪", "雨", "雾", "花瓣", "落叶", "萤火虫"):
        assert read_scene(ask(f"公园，{weather}")).palette.weather


def test_a_thing_without_figures_takes_the_middle(cache: Path) -> None:
    with_thing, without = (pixels(ask(f"studio {thing}"), cache) for thing in ("red car", ""))
    centre = (slice(133, 253), slice(40, 140))
    assert difference(with_thing[centre], without[centre]) > 0.3


# -- figures -------------------------------------------------------------------------------------------------------


def test_a_figure_has_the_same_colours_in_every_shot(cache: Path) -> None:
    shots = [
        ask("走廊，她看向窗外", size=size, figures=(SILVER,), palette="蓝白", light="阳光从右侧照来", seed=seed)
        for seed, size in enumerate(("full", "medium", "close"))
    ]
    for shot in shots:
        picture = pixels(shot, cache)
        assert near(picture, "#c3cad6", 8) > 0.004  # silver hair
        assert near(picture, "#22305e", 8) > 0.01  # navy blazer


def test_what_the_words_leave_open_depends_on_the_name_alone() -> None:
    bare = [Figure(name=name) for name in ("阿岚", "秦朗", "Mia", "Tom", "周牧", "唐梨")]
    assert [read_look(figure) for figure in bare] == [read_look(figure) for figure in bare]
    assert len({(look.hair, look.top_colour, look.top) for look in map(read_look, bare)}) >= 5


def features(*texts: str, **fields: Any) -> Look:
    return read_look(Figure.model_validate({"name": "角色", "features": texts, **fields}))


@pytest.mark.parametrize(
    ("texts", "wanted"),
    [
        (("hair: silver bob",), {"hair": "#c3cad6", "length": "bob"}),
        (("银色短发",), {"hair": "#c3cad6", "length": "short"}),
        (("发型：粉色双马尾",), {"style": "twintails", "hair": "#f3a4bf"}),
        (("hair: long wavy red hair", "eyes: green"), {"style": "wavy", "length": "long", "eyes": "#469b52"}),
        (("服装：深蓝色风衣，灰色毛衣，黑色长裤",), {"top": "coat", "inner": "#8b9099", "bottom_colour": "#23232b"}),
        (("outfit: navy blazer over white shirt, plaid red skirt",), {"top": "blazer", "bottom": "skirt"}),
        (("穿着白大褂",), {"top": "labcoat"}),
        (("shoes: black boots",), {"shoes": "boots", "shoe_colour": "#23232b"}),
        (("鞋子：白色运动鞋",), {"shoes": "sneakers"}),
        (("hair: 橘色虎斑短毛",), {"species": "cat"}),
        (("hair: 白色圆形外壳，没有头发",), {"species": "robot"}),
        (("光头",), {"length": "bald"}),
    ],
)
def test_features_are_read_in_chinese_and_english(texts: tuple[str, ...], wanted: dict[str, str]) -> None:
    look = features(*texts)
    assert {key: getattr(look, key) for key in wanted} == wanted


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("银色圆框眼镜", "glasses"),
        ("red scarf", "scarf"),
        ("斜挎的棕色小包", "bag"),
        ("headphones around the neck", "headphones"),
        ("金色星形发夹", "hairpin"),
        ("gold watch", "watch"),
    ],
)
def test_accessories_are_worn(text: str, kind: str, cache: Path) -> None:
    assert features(f"accessories: {text}").has(kind) is not None
    bare, worn = (Figure(name="角色", features=(f"accessories: {each}",)) for each in ("徽章", text))
    assert difference(*(pixels(ask("公园", size="medium", figures=(f,)), cache) for f in (bare, worn))) > 0.0005


def test_age_and_build_change_the_measures() -> None:
    assert features(age="child").height < features(age="adult").height - 30
    assert features("build: stout").girth > features("build: slim").girth


def test_actions_and_feelings_are_acted() -> None:
    for words, action in (
        ("她奔跑", "run"),
        ("he waves", "wave"),
        ("坐在窗边", "sit"),
        ("pointing at the sky", "point"),
    ):
        assert read_scene(ask(words, figures=(SILVER,))).cast[0].action == action
    for words, mood in (("大笑", "happy"), ("流泪", "tearful"), ("furious", "angry"), ("震惊", "surprised")):
        assert read_scene(ask(words, figures=(SILVER,))).cast[0].expression == mood


def test_things_are_held() -> None:
    assert read_scene(ask("她低头看手机", figures=(SILVER,))).cast[0].held == "phone"
    assert read_scene(ask("撑伞走过", figures=(SILVER,))).cast[0].held in ("umbrella", None)


def test_people_are_drawn_though_no_figure_is_given() -> None:
    scene = read_scene(ask("Split screen showing a person typing on left, text on right"))
    assert [player.action for player in scene.cast] == ["type"]
    assert not read_scene(ask("空无一人的走廊")).cast


def test_a_characters_features_are_not_the_place() -> None:
    office = Figure(name="雪", features=("outfit: 办公室制服，海军蓝", "accessories: 森林徽章"))
    prompt = "主体：雪走过；雪（服装：办公室制服，海军蓝，配饰：森林徽章）。场景：教室；一排排课桌。镜头：中景。"
    assert read_setting(ask(prompt, figures=(office,))).place == "classroom"


def test_what_a_prompt_forbids_is_not_drawn() -> None:
    assert "cat" not in find_props(read_setting(ask("a street. no cat, no dog")).subject)


# -- other purposes ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("figure", [SILVER, CAT], ids=["human", "cat"])
@pytest.mark.parametrize("size", [(540, 360), (270, 480)])
def test_a_turnaround_shows_three_views_name_and_features(figure: Figure, size: tuple[int, int], cache: Path) -> None:
    request = ask(purpose="turnaround", title=figure.name, figures=(figure,), width=size[0], height=size[1])
    png, svg = draw(request, cache)
    text = text_of(svg)
    for part in (figure.name, *("正面", "侧面", "背面")):
        assert part in text
    for feature in figure.features:
        assert feature.partition(": ")[2].split()[0].split("，")[0] in text
    picture = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), np.int64)
    assert near(picture, "#ffffff", 1) > 0.4


def test_every_glyph_of_a_title_is_there(cache: Path) -> None:
    title = "鑫龘羴"
    marks = [pixels(ask("studio", purpose="cover", title=char, width=240, height=240), cache) for char in title]
    tofu = pixels(ask("studio", purpose="cover", title="口", width=240, height=240), cache)
    for mark in marks:
        assert difference(mark, tofu) > 0.002
    assert title in text_of(draw(ask("studio", purpose="cover", title=title), cache)[1])


def test_a_cover_carries_its_title(cache: Path) -> None:
    bare, titled = (pixels(ask("赛博校园", purpose="cover", title=t, figures=(SILVER,)), cache) for t in ("", "侦探"))
    assert difference(bare, titled) > 0.05
    assert difference(bare[:133], titled[:133]) < 0.01  # the face stays free


def test_a_frame_may_hold_a_sign(cache: Path) -> None:
    svg = draw(ask("街头", title="零点便利店", figures=(SILVER,)), cache)[1]
    assert "零点便利店" in text_of(svg)


def test_an_asset_is_one_thing_on_plain_ground(cache: Path) -> None:
    camera, car = (pixels(ask(thing, purpose="asset", width=320, height=320), cache) for thing in ("相机", "红色汽车"))
    assert difference(camera[100:260, 80:240], car[100:260, 80:240]) > 0.3
    assert camera[:30].reshape(-1, 3).std(axis=0).max() < 12


def test_every_thing_has_an_icon(cache: Path) -> None:
    assert set(ICONS) == set(KINDS) | set(VIEWS.terms.values())
    for kind, entry in KINDS.items():
        assert kind in {found for term in entry.terms.split(",") for found in find_props(term)}


# -- user text is data ---------------------------------------------------------------------------------------------

NASTY = (
    '"><script>alert(1)</script><rect width="99"/>',
    "]]> &amp; &lt; &#0; <!DOCTYPE x [<!ENTITY y 'z'>]> &y;",
    "\x00\x01\x0b\x1f\x7f\ufffe\uffff \u202e",
    "😀👩‍🚀🇨🇳 走廊",
    "走廊 " * 700,
    "{\\an8} %s %(x)s ${y} \\",
    "ש שלום مرحبا हिन्दी 한국어 ภาษา",
    " ",
)


@pytest.mark.parametrize(
    ("text", "purpose"),
    [
        (text, purpose)
        for i, text in enumerate(NASTY)
        for purpose in (("frame", "turnaround", "asset", "cover")[i % 4], "frame")
    ],
)
def test_any_text_gives_a_well_formed_picture(text: str, purpose: str, cache: Path) -> None:
    figure = Figure(name=text or "x", features=(f"hair: {text}", text, f"{text}: {text}"), age=text, gender=text)
    request = ask(text, purpose=purpose, title=text, style=text, palette=text, light=text, landmarks=(text,),
                  figures=(figure,), size=text, angle=text)  # fmt: skip
    png, svg = draw(request, cache)
    root = ElementTree.fromstring(svg)
    assert {re.sub(r"{.*}", "", node.tag) for node in root.iter()} <= {
        *("svg", "g", "path", "rect", "ellipse", "text"),
        *("defs", "linearGradient", "radialGradient", "stop", "clipPath"),
    }
    picture = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), np.int64)
    assert picture.shape == (320, 180, 3) and edges(picture) > 0.005


def test_attributes_are_escaped() -> None:
    d = Drawing(100, 100)
    d.text("a<b>&\x00\ud800c", 1, 2, 3, "#000000", family='x" onload="y')
    node = ElementTree.fromstring(str(d))[0][0]
    assert (node.text, node.get("font-family"), node.get("onload")) == ("a<b>&c", 'x" onload="y', None)


def test_no_system_font_is_asked_for(cache: Path) -> None:
    svg = draw(ask(title="漫剧", purpose="cover"), cache)[1].decode()
    assert set(re.findall(r'font-family="([^"]*)"', svg)) and "sans" not in svg
    assert all(family.startswith("Manju") for family in re.findall(r'font-family="([^"]*)"', svg))


# -- the model -----------------------------------------------------------------------------------------------------


class Nobody:
    def read(self, sha256: str) -> bytes:
        raise NotFoundError(sha256)


class Here:
    """Workers that work at once and remember what they were asked."""

    def __init__(self) -> None:
        self.asked: list[Any] = []

    def submit(self, function: Any, /, *args: Any) -> Future[Any]:
        self.asked.append(function)
        done: Future[Any] = Future()
        done.set_result(function(*args))
        return done


async def test_workers_draw_the_same_picture(cache: Path) -> None:
    workers = Here()
    request = ask("海边")
    there = await SketchArtist(workers, cache=cache).generate(request, Nobody())
    here = await SketchArtist(cache=cache).generate(request, Nobody())
    assert [a.data for a in there.artefacts] == [a.data for a in here.artefacts]
    assert workers.asked == [sketch]
    assert [(a.role, a.suffix) for a in here.artefacts] == [("main", ".png"), ("source", ".svg")]


async def test_the_source_gives_the_picture_again(cache: Path) -> None:
    import resvg_py

    made = await SketchArtist(cache=cache).generate(ask("海边"), Nobody())
    png, svg = (artefact.data for artefact in made.artefacts)
    assert resvg_py.svg_to_bytes(svg_string=svg.decode(), skip_system_fonts=True) == png


async def test_the_font_cache_follows_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MANJU_CACHE", str(tmp_path / "cache"))
    await SketchArtist().generate(ask(purpose="cover", title="漫剧"), Nobody())
    assert list((tmp_path / "cache" / "fonts").glob("*/*.ttf"))


@pytest.mark.parametrize("place", ["学校走廊", "教室", "办公室", "卧室", "厨房", "图书馆", "医院", "咖啡馆"])
def test_no_frame_has_holes(place: str) -> None:
    request = ImageRequest(prompt=place, width=216, height=384, size="extreme_wide", angle="high")
    with Image.open(io.BytesIO(draw(request)[0])) as picture:
        assert picture.convert("RGBA").getchannel("A").getextrema() == (255, 255)


# -- layers ----------------------------------------------------------------------------------------------------------


def over(below: NDArray[np.float64], top: Image.Image, at: tuple[int, int]) -> NDArray[np.float64]:
    """A picture with another laid over it."""
    canvas = Image.new("RGBA", (below.shape[1], below.shape[0]))
    canvas.paste(top.convert("RGBA"), at)
    pixels = np.asarray(canvas, np.float64)
    alpha = pixels[:, :, 3:] / 255
    return below * (1 - alpha) + pixels[:, :, :3] * alpha


@pytest.mark.parametrize("angle", ["eye", "dutch", "over_shoulder"])
async def test_the_layers_of_a_frame_make_it_up(angle: str, cache: Path, tmp_path: Path) -> None:
    words = "雨夜的街道，林夏回头，桌上有咖啡"
    request = ask(words, figures=(SILVER, RED), angle=angle, width=201, height=333)
    made = await SketchArtist(cache=cache).generate(request.model_copy(update={"layers": True}), Nobody())
    roles = [role for role, _ in made.facts["layers"]]
    assert roles == ["far", "figures", "near"] == [each.role for each in made.artefacts[2:]]
    nearness = [each for _, each in made.facts["layers"]]
    assert nearness == sorted(nearness) and nearness[0] < 1 < nearness[-1]
    picture = np.zeros((333, 201, 3))
    for artefact in made.artefacts[2:]:
        path = tmp_path / "layer.png"
        path.write_bytes(artefact.data)
        with Image.open(path) as image:
            picture = over(picture, image, cutout.place(path) or (0, 0))
    whole = np.asarray(Image.open(io.BytesIO(made.artefacts[0].data)).convert("RGB"), np.float64)
    assert np.abs(picture - whole).max() <= 2
    # And it is the picture that one gets who asks for none.
    plain = await SketchArtist(cache=cache).generate(request, Nobody())
    assert "layers" not in plain.facts and [each.role for each in plain.artefacts] == ["main", "source"]
    alone = np.asarray(Image.open(io.BytesIO(plain.artefacts[0].data)).convert("RGB"), np.float64)
    assert (np.abs(alone - whole).max(axis=2) > 3).mean() < 0.002


async def test_only_frames_come_in_layers_and_only_where_there_are_any(cache: Path) -> None:
    for purpose in ("turnaround", "asset", "cover", "edit"):
        request = ask("街道", figures=(SILVER,), purpose=purpose, title="林夏", layers=True)
        made = await SketchArtist(cache=cache).generate(request, Nobody())
        assert "layers" not in made.facts and len(made.artefacts) == 2


def test_a_layer_is_painted_in_the_coordinates_around_it() -> None:
    d = Drawing(100, 100)
    with d.at(10, 20, 2):
        d.rect(0, 0, 5, 5, "#ff0000")
        with d.layer("near"), d.clipped("M0 0H9V9H0Z"):
            d.rect(1, 1, 5, 5, "#00ff00")
        with d.layer("figures"):
            pass
        with d.layer("notes"):
            d.rect(2, 2, 5, 5, "#0000ff")
    assert d.layers == ("far", "near", "notes")
    picture = np.asarray(Image.open(io.BytesIO(layered(d, ()).picture)).convert("RGB"))
    assert tuple(picture[21, 11]) == (255, 0, 0) and tuple(picture[25, 15]) == (0, 255, 0)
    assert not (picture == (0, 0, 255)).all(axis=2).any() and "#0000ff" in str(d)
    layers = layered(d, ()).layers
    assert list(layers) == ["far", "near"]
