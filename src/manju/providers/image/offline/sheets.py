"""Pictures that are not frames: turnarounds, single things, covers."""

from __future__ import annotations

import re

from manju.domain.order import Figure, ImageRequest
from manju.providers.image.offline.body import draw_figure
from manju.providers.image.offline.colour import dark, light, luma, mix
from manju.providers.image.offline.lettering import Lettering
from manju.providers.image.offline.look import Look, as_chibi, read_look
from manju.providers.image.offline.palette import treatment
from manju.providers.image.offline.panel import draw_panel, new_drawing, read_scene
from manju.providers.image.offline.pose import POSES, UPRIGHT
from manju.providers.image.offline.props import KINDS, draw_prop, find_props
from manju.providers.image.offline.svg import Drawing
from manju.providers.image.offline.words import choose

_CJK = re.compile("[\u3400-\u9fff]")
_KEYS_ZH = {
    "hair": "发型",
    "eyes": "眼睛",
    "build": "体型",
    "outfit": "服装",
    "accessories": "配饰",
    "shoes": "鞋子",
    "proportions": "比例",
    "skin": "肤色",
}
VIEWS_ZH, VIEWS_EN = ("正面", "侧面", "背面"), ("FRONT", "SIDE", "BACK")


def sheet_texts(request: ImageRequest) -> tuple[str, ...]:
    """Every text that a sheet for this request may write."""
    own = [request.title, request.prompt] if request.purpose != "frame" else [request.title]
    for figure in request.figures:
        own += [figure.name, *figure.features]
    return (*own, *_KEYS_ZH.values(), *VIEWS_ZH, *VIEWS_EN, "…：·")


def draw_turnaround(request: ImageRequest, letters: Lettering) -> Drawing:
    """Front, side and back of one figure on white, with its name, features and colours."""
    style = treatment(request)
    d = new_drawing(request, style)
    figure = (
        request.figures[0] if request.figures else Figure(name=request.title or "·", features=(request.prompt[:200],))
    )
    look = as_chibi(read_look(figure)) if style.name == "chibi" else read_look(figure)
    w, h, zh = d.width, d.height, bool(_CJK.search(figure.name + "".join(figure.features)))
    with d.shining():
        d.rect(0, 0, w, h, "#ffffff")
    d.rect(0, 0, w, h * 0.008, look.top_colour)
    title = request.title.strip() or figure.name
    size = min(h * 0.06, w * 0.06)
    letters.write(d, title, w * 0.04, h * 0.035 + size, size, "#22252f", anchor="start")
    _swatches(d, look, w * 0.96, h * 0.035 + size * 0.7, size * 0.36)
    side_column = w >= h * 1.2
    area = (w * 0.03, h * 0.14, w * (0.70 if side_column else 0.94), h * (0.80 if side_column else 0.56))
    _views(d, look, area, letters, VIEWS_ZH if zh else VIEWS_EN)
    column = (w * 0.755, h * 0.17, w * 0.215, h * 0.76) if side_column else (w * 0.06, h * 0.75, w * 0.88, h * 0.21)
    _features(d, figure, letters, column, zh=zh)
    return d


def _views(
    d: Drawing, look: Look, area: tuple[float, float, float, float], letters: Lettering, names: tuple[str, ...]
) -> None:
    x0, y0, w, h = area
    tall = look.height * 1.12 if look.species == "human" else 122.0
    scale = min(h * 0.9 / tall, w / 3 / (95.0 if look.species == "human" else 92.0))
    base = y0 + h * 0.9
    for k in range(5):
        y = base - look.height * scale * k / 4
        d.stroke(f"M{x0:.0f} {y:.0f}H{x0 + w:.0f}", "#dfe3ea", 0.5)
    for i, (yaw, name) in enumerate(zip((0.0, 90.0, 180.0), names, strict=True)):
        x = x0 + w * (2 * i + 1) / 6
        d.oval(x, base, 34 * scale, 5 * scale, "#e4e7ee")
        with d.at(x, base, scale):
            draw_figure(d, look, UPRIGHT, "calm", yaw=yaw)
        letters.write(d, name, x, base + min(h * 0.075, 60.0 * h / 800), h * 0.034, "#7b8394")


def _swatches(d: Drawing, look: Look, right: float, y: float, r: float) -> None:
    tones = dict.fromkeys(
        (
            look.hair,
            look.eyes,
            look.skin,
            look.top_colour,
            look.bottom_colour,
            look.shoe_colour,
            *(i.colour for i in look.items),
        )
    )
    for i, tone in enumerate(reversed(tones)):
        d.oval(right - r * (1 + 2.5 * i), y, r, fill=tone, line="#8b9099", width=0.6)


def _features(
    d: Drawing, figure: Figure, letters: Lettering, box: tuple[float, float, float, float], *, zh: bool
) -> None:
    x, y, w, h = box
    rows: list[tuple[str, str]] = []
    for feature in figure.features:
        key, colon, value = feature.replace("：", ":").partition(":")
        named = _KEYS_ZH.get(key.strip().lower(), key.strip()) if zh else key.strip()
        rows.append((named, value.strip()) if colon else ("", feature.strip()))
    size = min(h / max(8, 2.6 * len(rows)), w * 0.085, h * 0.075)
    at = y + size
    for key, value in rows:
        if at > y + h:
            break
        if key:
            letters.write(d, key, x, at, size * 0.82, "#8b93a4", anchor="start")
            at += size * 1.2
        for line in letters.wrap(value, w, size, most=3):
            letters.write(d, line, x, at, size, "#2a2e3a", anchor="start")
            at += size * 1.25
        at += size * 0.35


def draw_asset(request: ImageRequest, letters: Lettering) -> Drawing:
    """One thing, one figure or one place on plain ground."""
    scene = read_scene(request)
    kinds = find_props(scene.setting.subject) or tuple(k for mark in request.landmarks for k in find_props(mark))
    if (
        not request.figures
        and (
            not kinds
            or (scene.setting.place not in ("abstract", "studio") and KINDS[kinds[0]].mount in ("wall", "floor"))
        )
        and scene.setting.place not in ("abstract", "studio")
    ):
        return draw_panel(request.model_copy(update={"purpose": "frame", "size": "wide", "figures": ()}), letters)
    d = new_drawing(request, scene.style)
    w, h, small = d.width, d.height, min(d.width, d.height)
    ground = (
        scene.palette.colours[0]
        if scene.palette.colours
        else choose(("#e6ebf2", "#f2ead9", "#e3efe8", "#efe6f0"), request.prompt)
    )
    ground = light(ground, 0.72) if luma(ground) < 0.8 else ground
    d.ramp(0, 0, w, h * 0.74, light(ground, 0.5), ground)
    d.ramp(0, h * 0.74, w, h * 0.26, dark(ground, 0.1), mix(ground, "#ffffff", 0.25))
    for k, tone in ((0.40, mix(ground, "#ffffff", 0.45)), (0.31, mix(ground, "#ffffff", 0.7))):
        d.oval(w / 2, h * 0.48, small * k, fill=tone)
    d.oval(w / 2, h * 0.79, small * 0.27, small * 0.035, dark(ground, 0.3))
    if request.figures:
        look = read_look(request.figures[0])
        with d.at(w / 2, h * 0.8, h * 0.62 / look.height):
            draw_figure(d, look, POSES["stand"], "smile")
    else:
        kind = kinds[0] if kinds else choose(tuple(KINDS), request.prompt)
        wide = 1.5 if kind in ("car", "train", "sofa", "bed", "desk", "dragon", "piano", "screen", "board") else 1.0
        with d.at(w / 2, h * 0.79, small * 0.6 / wide / 100):
            draw_prop(d, kind)
        for i, other in enumerate(kinds[1:3]):
            with d.at(w / 2 + (-1 if i == 0 else 1) * small * 0.34, h * 0.82, small * 0.2 / 100):
                draw_prop(d, other)
    if request.title.strip():
        size = small * 0.055
        lines = letters.wrap(request.title, w * 0.86, size, most=2)
        for i, line in enumerate(lines):
            letters.write(d, line, w / 2, h * 0.9 + i * size * 1.25, size, "#2a2e3a")
    return d


def draw_cover(request: ImageRequest, letters: Lettering) -> Drawing:
    """A poster: the heroes large, the title in big letters across them."""
    size = request.size if request.size in ("medium", "close", "full") else "medium"
    d = draw_panel(
        request.model_copy(update={"size": size, "angle": "low" if request.angle == "eye" else request.angle}),
        letters,
        title=False,
    )
    w, h = d.width, d.height
    title = letters.drawable(request.title)
    if not title:
        return d
    scene = read_scene(request)
    accent = scene.palette.accent(0)
    lines, goal = letters.fit(title, w * 0.88, w * 0.155 if h > w else h * 0.15, most=4 if h > w else 2)
    block = goal * 1.2 * len(lines)
    top = h * 0.9 - block
    with d.layer("near"), d.shining(), d.at(w / 2, top + block / 2, tilt=-3.0):
        d.path(
            f"M{-w * 0.7:.0f} {-block * 0.5 - goal * 0.32:.0f}H{w * 0.7:.0f}V{block * 0.5 + goal * 0.3:.0f}"
            f"H{-w * 0.7:.0f}Z",
            "#15172a",
            alpha=0.82,
        )
        d.rect(-w * 0.7, -block * 0.5 - goal * 0.32, w * 1.4, goal * 0.09, accent)
        d.rect(-w * 0.7, block * 0.5 + goal * 0.21, w * 1.4, goal * 0.09, accent)
        for i, line in enumerate(lines):
            y = -block / 2 + goal * (0.98 + 1.2 * i)
            letters.write(
                d,
                line,
                goal * 0.05,
                y + goal * 0.05,
                goal,
                dark(accent, 0.3),
                edge=dark(accent, 0.3),
                edge_width=goal * 0.09,
            )
            letters.write(
                d,
                line,
                0,
                y,
                goal,
                "#fffdf4" if i % 2 == 0 else light(accent, 0.65),
                edge="#15172a",
                edge_width=goal * 0.09,
            )
    return d
