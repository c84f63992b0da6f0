"""The sketch artist's figures: words become postures, faces, clothes and animals, the same in every picture."""

from __future__ import annotations

import io
import math
import re
from dataclasses import replace
from importlib.resources import files
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import resvg_py
from numpy.typing import NDArray
from PIL import Image

from manju.domain.order import Figure, ImageRequest
from manju.providers.image.offline.acting import read_part
from manju.providers.image.offline.blocking import block
from manju.providers.image.offline.body import draw_figure, head_place
from manju.providers.image.offline.cast import Player, _for_size, _together, toward
from manju.providers.image.offline.clearance import crossing, face
from manju.providers.image.offline.face import FACES, contour
from manju.providers.image.offline.look import Look, read_look
from manju.providers.image.offline.model import draw
from manju.providers.image.offline.outfit import COVERING
from manju.providers.image.offline.panel import read_scene
from manju.providers.image.offline.pose import POSES, Pose
from manju.providers.image.offline.skeleton import Skeleton
from manju.providers.image.offline.svg import Drawing
from manju.providers.text import offline as text_offline

COOK = Figure(
    name="阿澈", gender="male", age="young",
    features=("hair: 黑色中分短发", "outfit: 墨绿色厨师服配白围裙", "accessories: 别在胸口的木勺", "shoes: 黑色厨鞋"),
)  # fmt: skip
GIRL = Figure(name="林夏", gender="female", age="young", features=("hair: 银色短发", "outfit: 蓝色卫衣，黑色裤子"))
CAT = Figure(name="橘子", features=("hair: 橘色虎斑短毛", "outfit: 红色小围巾"))
FOX = Figure(name="阿狸", features=("毛色：橙色的小狐狸", "outfit: 蓝色卫衣"))
ROBOT = Figure(name="零七", features=("hair: 橙色方形外壳，没有头发", "shoes: 黑色橡胶履带"))
GREEN, WHITE = "#23583c", "#f6f6f4"


def picture(look: Look, pose: Pose, face: str = "calm", *, close: bool = False, **view: Any) -> NDArray[np.int64]:
    """A figure on white, whole or its head only."""
    d = Drawing(240, 240, pen=1.4)
    d.rect(0, 0, 240, 240, "#ffffff")
    x, y = head_place(look, pose) if close else (0.0, -90.0)
    scale = 6.0 if close else 1.05
    with d.at(120 - x * scale, 120 - y * scale, scale):
        draw_figure(d, look, pose, face, **view)
    png = resvg_py.svg_to_bytes(svg_string=str(d), skip_system_fonts=True)
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), np.int64)


def near(image: NDArray[np.int64], colour: str, reach: int = 14) -> float:
    """Share of pixels of about this colour."""
    want = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    return float((np.abs(image - want).max(axis=2) <= reach).mean())


def ask(prompt: str, *figures: Figure, **fields: Any) -> ImageRequest:
    return ImageRequest.model_validate({"prompt": prompt, "width": 240, "height": 320, "figures": figures, **fields})


# -- postures ------------------------------------------------------------------------------------------------------


def test_every_pose_has_a_silhouette_of_its_own() -> None:
    look = read_look(GIRL)
    shapes = {name: (picture(look, pose) < 250).any(axis=2) for name, pose in POSES.items()}
    own: list[Any] = []
    for shape in shapes.values():
        if all((shape ^ other).sum() > 0.12 * (shape | other).sum() for other in own):
            own.append(shape)
    assert len(own) >= 60


@pytest.mark.parametrize("figure", [GIRL, ROBOT, Figure(name="童", age="child"), Figure(name="翁", age="elder")])
def test_every_pose_stands_on_the_ground(figure: Figure) -> None:
    look = read_look(figure)
    for name, pose in POSES.items():
        bones = Skeleton(look, pose)
        lowest = max(v[1] for limb in (*bones.legs, *bones.arms) for v in (limb.root, limb.joint, limb.end))
        assert -look.height * 0.2 < lowest + pose.lift < 0.5, name
        for limb in bones.legs:
            assert math.dist(limb.root, limb.joint) == pytest.approx(bones.m.thigh), name


@pytest.mark.parametrize(
    ("text", "action", "feeling"),
    [
        ("停在原地回头，衣角被风吹起", "lookback", None),
        ("伸手捡起地上的一页纸", "pick_up", None),
        ("坐在窗边看书", "read", None),
        ("纵身一跃，身后炸开一片光", "leap", None),
        ("跪在地上，捂脸痛哭", "cover_face", "cry"),
        ("拔剑，怒视前方", "draw_sword", "angry"),
        ("he slips and falls down, terrified", "slip", "fear"),
        ("She raises arms in victory, laughing", "cheer", "laugh"),
        ("on the phone, worried", "call", "worried"),
        ("害羞地挥手", "wave", "embarrassed"),
        ("穿过走廊，心跳很快", None, None),
        ("特写，望远镜与跑车", None, None),
    ],
)
def test_words_ask_for_postures_and_faces(text: str, action: str | None, feeling: str | None) -> None:
    part = read_part(text)
    assert (part.action if part else None) == action
    if part:
        assert part.feeling == feeling


def test_a_posture_and_what_the_hands_do_are_joined() -> None:
    part = read_part("坐在窗边看书")
    assert part is not None
    assert part.pose.seated and part.pose.arm_r == POSES["read"].arm_r and part.pose.leg_l == POSES["sit"].leg_l


def test_hands_at_the_face_stay_there_when_somebody_sits() -> None:
    part = read_part("坐起，摸着自己的脸")
    assert part is not None and part.pose.seated and part.pose.touch_r == POSES["think"].touch_r


def test_what_the_outline_writer_has_them_do_is_acted() -> None:
    """Of the actions in its stories, all but one in eight call for a posture of their own."""
    actions = [
        re.sub(r"\{[A-Z]\}", "某人", action)
        for file in sorted((files(text_offline) / "banks" / "zh" / "stories").iterdir(), key=lambda f: f.name)
        for line in file.read_text("utf-8").splitlines()
        if line.startswith("## ")
        for action in line.split("|")[-1].split(";")
    ]
    assert len(actions) > 300
    assert sum(read_part(action) is None for action in actions) < len(actions) / 8


def test_each_figure_does_what_is_said_of_it() -> None:
    boy = Figure(name="周牧", gender="male")
    first, second = read_scene(ask("林夏指着周牧怒吼，周牧蹲下捂脸。场景：公园", GIRL, boy)).cast
    assert (first.action, first.expression, second.action) == ("point_at", "shout", "cover_face")
    first, second = read_scene(ask("周牧跑步，林夏坐在长椅上微笑。场景：公园", GIRL, boy)).cast
    assert (first.action, first.expression, second.action) == ("sit", "smile", "run")


def test_two_figures_face_each_other_or_run_one_way() -> None:
    boy = Figure(name="周牧", gender="male")

    def placed(prompt: str) -> list[Player]:
        return toward(list(read_scene(ask(prompt, GIRL, boy)).cast), [-0.5, 0.5])

    left, right = placed("林夏把信递给周牧。场景：公园")
    assert left.pose.yaw > 40 and right.pose.yaw < -40 and left.apart > 0.5 and right.action == "receive"
    left, right = placed("林夏与周牧背靠背。场景：公园")
    assert left.pose.yaw < -40 and right.pose.yaw > 40
    left, right = placed("林夏追赶周牧。场景：公园")
    assert left.pose.yaw > 40 and right.pose.yaw > 40


def test_near_shots_show_the_face() -> None:
    for words in ("躺在地上", "走向远处", "爬行", "飞翔", "坠落"):
        pose = read_scene(ask(f"林夏{words}。场景：公园", GIRL, size="close")).cast[0].pose
        assert abs(pose.yaw + pose.head) <= 45 and not pose.pitch


def test_no_arm_lies_over_the_face_of_another() -> None:
    """Every posture beside somebody, in pictures of both shapes; without `clear` dozens of them fail."""
    boy = Figure(name="周牧", gender="male", age="adult", features=("outfit: 灰色夹克",))
    child = Figure(name="小豆", gender="female", age="child", features=("outfit: 红色卫衣",))
    bent = 0
    for size, pair, (width, height), words in (
        ("medium", (GIRL, boy), (540, 960), "公园"),
        ("close", (boy, GIRL), (960, 540), "公园"),
        ("full", (boy, child), (540, 960), "公园，两人对视"),
        ("wide", (GIRL, boy), (540, 960), "公园"),
    ):
        request = ask(words, *pair, size=size, width=width, height=height)
        scene = read_scene(request)
        for name, pose in POSES.items():
            for who in (0, 1):
                cast = [replace(p, action="stand", pose=POSES["stand"], held=None) for p in scene.cast]
                cast[who] = replace(cast[who], action=name, pose=_for_size(pose, name, size))
                shot = block(request, scene.setting, tuple(_together(cast, words)), scene.palette)
                down = shot.camera.tilt
                bent += {pose.arm_l, pose.arm_r} != {
                    shot.parts[who].player.pose.arm_l,
                    shot.parts[who].player.pose.arm_r,
                }
                for i, part in enumerate(shot.parts):
                    others = [o for k, o in enumerate(shot.parts) if k != i]
                    faces = [circle for o in others for circle in face(o.player, o.spot, down)]
                    assert not crossing(part.player, part.spot, faces, down), (name, size, i)
    assert bent > 5


def test_pointing_keeps_off_the_partner_unless_the_words_mean_him() -> None:
    boy = Figure(name="周牧", gender="male")

    def first(prompt: str) -> tuple[Any, Any]:
        request = ask(prompt, GIRL, boy, size="medium", width=540, height=960)
        scene = read_scene(request)
        shot = block(request, scene.setting, scene.cast, scene.palette)
        return shot.parts[0], shot.parts[1]

    girl, him = first("林夏指向远处的山，周牧站在一旁。场景：公园")
    side = 1 if him.spot.x > girl.spot.x else -1
    assert girl.player.action == "point" and girl.player.pose.yaw * side < 0
    girl, him = first("林夏指向周牧，嘴角一扬。场景：公园")
    assert girl.player.action == "point_at"
    assert abs(him.mark.right - girl.mark.right) >= 0.9
    assert girl.player.pose.yaw * (1 if him.spot.x > girl.spot.x else -1) > 0


def test_all_sit_who_sit_together_and_only_one_drives() -> None:
    boy, child = Figure(name="周牧", gender="male"), Figure(name="小豆", age="child")

    def actions(prompt: str, *figures: Figure) -> list[str]:
        return [p.action for p in read_scene(ask(prompt, *figures)).cast]

    assert actions("林夏、周牧和小豆围坐在桌边。场景：客厅", GIRL, boy, child) == ["sit", "sit", "sit"]
    assert actions("林夏与周牧对坐。场景：茶馆", GIRL, boy) == ["sit", "sit"]
    assert actions("林夏围坐在火堆旁，身边是周牧。场景：森林", GIRL, boy) == ["sit", "sit"]
    assert actions("林夏驾驶汽车，望着前方，身边是周牧。场景：汽车里", GIRL, boy) == ["drive", "sit"]
    assert "drive" not in actions("林夏走向驾驶舱。场景：飞船", GIRL, boy)
    assert actions("林夏被拦住，卷子掉了一地，身边是周牧。场景：走廊", GIRL, boy)[1] == "stop"


@pytest.mark.parametrize(
    "prompt", ["教室里没有人，黑板上写着字", "空无一人的老师办公室", "an empty office, nobody at the desks"]
)
def test_where_nobody_is_nobody_is_drawn(prompt: str) -> None:
    assert read_scene(ask(prompt)).cast == ()
    assert read_scene(ask("老师在教室里写字")).cast


@pytest.mark.parametrize("size", ["full", "medium"])
def test_who_sits_has_a_chair_in_every_size(size: str, tmp_path: Path) -> None:
    request = ask("林夏坐着发呆。场景：纯色背景", GIRL, size=size, width=480, height=640)
    seated, standing = (
        np.asarray(Image.open(io.BytesIO(draw(r, tmp_path)[0])).convert("RGB"), np.int64)
        for r in (request, request.model_copy(update={"prompt": "林夏站立。场景：纯色背景"}))
    )
    assert near(seated, "#c98f52", 12) > near(standing, "#c98f52", 12) + 0.004


# -- faces ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("figure", [GIRL, CAT, ROBOT], ids=["human", "cat", "robot"])
def test_faces_show_what_is_felt(figure: Figure) -> None:
    look = read_look(figure)
    shown = {name: picture(look, POSES["stand"], name, close=True, yaw=10.0) for name in FACES}
    wanted = 12 if figure is GIRL else 6
    own: list[NDArray[np.int64]] = []
    for image in shown.values():
        if all((np.abs(image - other).max(axis=2) > 40).mean() > 0.003 for other in own):
            own.append(image)
    assert len(own) >= wanted


def test_a_head_turns() -> None:
    look = read_look(GIRL.model_copy(update={"features": ("hair: 黑色短发", "eyes: 绿色眼睛")}))
    places = []
    for yaw in (-35.0, 0.0, 35.0):
        red, green, blue = np.moveaxis(picture(look, POSES["stand"], close=True, yaw=yaw), 2, 0)
        places.append(float(np.flatnonzero(((green > red + 25) & (green > blue + 15)).any(axis=0)).mean()))
    assert places[0] < places[1] - 5 < places[2] - 10
    behind = picture(look, POSES["stand"], close=True, yaw=180.0)
    assert near(behind, look.eyes) == 0


# -- clothes -------------------------------------------------------------------------------------------------------


def test_the_words_of_an_outfit_are_drawn_in_every_view() -> None:
    look = read_look(COOK)
    assert (look.top, look.top_colour) == ("chef", GREEN)
    apron, spoon = look.has("apron"), look.has("spoon")
    assert apron is not None and apron.colour == WHITE and spoon is not None and look.has("watch") is None
    for yaw in (0.0, 35.0, 90.0, -60.0):
        image = picture(look, POSES["stand"], yaw=yaw)
        bare = picture(read_look(COOK.model_copy(update={"features": COOK.features[:1]})), POSES["stand"], yaw=yaw)
        assert near(image, GREEN) > 0.012 > near(bare, GREEN)


@pytest.mark.parametrize(
    ("outfit", "top", "items"),
    [
        ("灰色斗篷", None, {"cape": "#8b9099"}),
        ("月白色汉服，青色腰带", "robe", {"belt": "#25b4c4"}),
        ("黑色西装，红色领带", "blazer", {"tie": "#d43a3a"}),
        ("a yellow raincoat and black boots", "raincoat", {}),
        ("银色铠甲，红色披风", "armour", {"cape": "#d43a3a"}),
        ("深蓝色警服", "officer", {}),
    ],
)
def test_outfits_are_read(outfit: str, top: str | None, items: dict[str, str]) -> None:
    look = read_look(Figure(name="角色", features=(f"outfit: {outfit}",)))
    assert top is None or look.top == top
    assert {kind: item.colour for kind in items if (item := look.has(kind))} == items


@pytest.mark.parametrize(
    ("outfit", "top", "gender"),
    [
        ("赭红色粗布短打", "shortrobe", "male"), ("灰色短褐", "shortrobe", "male"),
        ("蓝色窄袖布衣配长裙", "shortrobe", "female"),
        ("土黄色对襟褙子", "beizi", "female"), ("粉色交领襦裙", "ruqun", "female"), ("靛蓝色宽袖长袍", "robe", "male"),
        ("八卦道袍", "robe", "male"), ("红色圆领官服", "guanfu", "male"), ("银色铠甲", "armour", "male"),
        ("大红嫁衣", "wedding", "female"), ("青色长衫", "changshan", "male"),
    ],
)  # fmt: skip
def test_clothes_of_old_times_are_cut_as_such(outfit: str, top: str, gender: str) -> None:
    for name in ("甲", "乙", "丙"):
        look = read_look(Figure(name=name, gender=gender, features=(f"outfit: {outfit}",)))
        assert look.top == top and look.shoes in ("cloth", "boots")
        assert look.bottom in ("bound", "longskirt", "wide") or top in COVERING
    hoodie = read_look(Figure(name="甲", gender=gender, features=("outfit: 灰色卫衣",)))
    picture_, modern = (picture(who, POSES["stand"], yaw=20.0) for who in (look, hoodie))
    assert (np.abs(picture_ - modern).max(axis=2) > 40).mean() > 0.02


def test_colours_of_cloth_are_one_word() -> None:
    look = read_look(Figure(name="方寸", gender="male", features=("outfit: 靛蓝色宽袖长袍", "shoes: 皂色短靴")))
    assert (look.top_colour, look.shoes, look.shoe_colour) == ("#2f4a86", "boots", "#26242b")
    look = read_look(Figure(name="周时安", gender="male", features=("outfit: 蓝白校服外套配长裤",)))
    assert (look.top, look.top_colour) == ("jacket", "#2f62b0")


def test_men_and_women_differ_in_face_and_shoulders() -> None:
    long = ("hair: 乌黑半束长发", "outfit: 灰色布衣")
    man, woman = (read_look(Figure(name="赵铁山", gender=g, features=long)) for g in ("male", "female"))
    assert man.fringe in ("centre", "back", "side", "none")
    jaw_m, jaw_w = (max(x for x, y in contour(look, 0.0) if y > 9) for look in (man, woman))
    assert jaw_m > jaw_w * 1.05
    broad_m, broad_w = (Skeleton(look, POSES["stand"]).m.shoulder for look in (man, woman))
    assert broad_m > broad_w * 1.2
    a, b = (picture(look, POSES["stand"], close=True, yaw=20.0) for look in (man, woman))
    assert (np.abs(a - b).max(axis=2) > 40).mean() > 0.05


def test_an_item_takes_its_place_from_the_words() -> None:
    look = read_look(Figure(name="江念", features=("accessories: 额头上的护目镜", "hair: 浅紫色短发")))
    item = look.has("goggles")
    assert item is not None and item.place == "forehead"
    assert read_look(Figure(name="老陈", features=("accessories: 老花眼镜",))).has("flower") is None


def test_a_figure_is_the_same_in_frame_and_turnaround(tmp_path: Path) -> None:
    frame = ask("阿澈站立。场景：公园，正午", COOK, size="full", width=480, height=640)
    sheet = ask("三视图", COOK, purpose="turnaround", width=480, height=320)
    for request in (frame, sheet):
        png = draw(request, tmp_path)[0]
        image = np.asarray(Image.open(io.BytesIO(png)).convert("RGB"), np.int64)
        assert near(image, GREEN, 10) > 0.004


# -- animals and robots --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("figure", "species"),
    [
        (CAT, "cat"),
        (FOX, "fox"),
        (ROBOT, "robot"),
        (Figure(name="圆圆", features=("一只熊猫",)), "panda"),
        (Figure(name="啾啾", features=("hair: 蓝色羽毛",)), "bird"),
        (Figure(name="追风", features=("白色骏马",)), "horse"),
        (Figure(name="小绿", features=("绿色的小龙",)), "dragon"),
        (Figure(name="鱼鱼", features=("红色锦鲤",)), "fish"),
        (Figure(name="林夏", features=("accessories: 小猫胸针", "outfit: 兔子图案卫衣")), "human"),
    ],
)
def test_species_are_read_and_drawn(figure: Figure, species: str) -> None:
    look = read_look(figure)
    assert look.species == species
    views = [picture(look, POSES["stand"], yaw=yaw, action="stand") for yaw in (0.0, 90.0, 180.0)]
    for view in views:
        assert (view < 250).any(axis=2).mean() > 0.02
    assert min(np.abs(a - b).max(axis=2).astype(bool).mean() for a, b in pairwise(views)) > 0.01


def test_animals_move_on_four_feet_and_the_dressed_go_upright() -> None:
    cat, fox = read_look(CAT), read_look(FOX)
    heights = {}
    for look in (cat, fox):
        run = np.any(picture(look, POSES["run"], yaw=70.0, action="run") < 250, axis=2)
        rows, columns = np.flatnonzero(np.any(run, axis=1)), np.flatnonzero(np.any(run, axis=0))
        heights[look.species] = np.ptp(rows) / np.ptp(columns)
    assert heights["cat"] < 1 < heights["fox"]
    sitting, lying = (np.any(picture(cat, POSES[a], action=a) < 250, axis=2) for a in ("sit", "lie"))
    assert np.flatnonzero(np.any(sitting, axis=1)).min() < np.flatnonzero(np.any(lying, axis=1)).min() - 20


def test_a_chibi_is_three_heads_tall() -> None:
    scene = read_scene(ask("林夏挥手。场景：公园", GIRL, style="Q版萌系"))
    plain = read_scene(ask("林夏挥手。场景：公园", GIRL))
    small, tall = (Skeleton(s.cast[0].look, POSES["stand"]).m for s in (scene, plain))
    assert small.height / small.head < 0.6 * tall.height / tall.head
