"""A storyboard panel: place, landmarks, light, figures, foreground and weather, one over the other."""

from __future__ import annotations

from dataclasses import dataclass, replace

from manju.domain.order import ImageRequest
from manju.providers.image.offline import air
from manju.providers.image.offline.body import draw_figure
from manju.providers.image.offline.cast import Player, players
from manju.providers.image.offline.colour import dark, mix, multiply
from manju.providers.image.offline.framing import EYES, Camera, Spot, frame
from manju.providers.image.offline.lettering import Lettering
from manju.providers.image.offline.palette import (
    Grade,
    Palette,
    Treatment,
    far,
    place_grade,
    read_palette,
    style_grade,
    treatment,
)
from manju.providers.image.offline.props import KINDS, draw_prop, find_props
from manju.providers.image.offline.setting import INSIDE, PLACES, Setting, implied, read_setting
from manju.providers.image.offline.stage import Stage
from manju.providers.image.offline.svg import Drawing
from manju.providers.image.offline.words import chance, choose

OUTSIDE_ONLY = frozenset(
    ("signal", "streetlamp", "car", "train", "boat", "pagoda", "lighthouse", "house", "torii", "palm", "tree", "rock")
)
INSIDE_ONLY = frozenset(("window", "door", "locker"))
"""Things that would stand oddly in a room, and under the sky; the place's own parts stand for them."""
_TINT = {"day": 0.0, "morning": 0.14, "sunset": 0.26, "night": 0.3}
"""How much of the hour's light falls on figures: little, so that they keep their colours from shot to shot."""
_TINTS = {"day": "#ffffff", "morning": "#ffe9c4", "sunset": "#ffbf94", "night": "#7f8cc8"}


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything read from a request before anything is drawn."""

    request: ImageRequest
    setting: Setting
    palette: Palette
    style: Treatment
    cast: tuple[Player, ...]


def read_scene(request: ImageRequest) -> Scene:
    """Read a request."""
    setting = read_setting(request)
    return Scene(request, setting, read_palette(request, setting.words), treatment(request), players(request, setting))


def new_drawing(request: ImageRequest, style: Treatment) -> Drawing:
    """An empty picture with the style's pen and base grade."""
    ink = {"ink": "#1f1d1c", "line": "#26262c", "watercolour": "#4a4048"}.get(style.name, "#1b1c28")
    d = Drawing(request.width, request.height, ink=ink, pen=min(request.width, request.height) * 0.0040 * style.pen)
    d.base = d.grade = style_grade(style)
    return d


def figure_grade(palette: Palette, style: Treatment) -> Grade:
    """The grade of figures: the style's, with a touch of the hour's light."""
    base, share, tint = style_grade(style, figure=True), _TINT[palette.time], _TINTS[palette.time]
    return lambda colour: mix(base(colour), multiply(base(colour), tint), share)


def draw_panel(request: ImageRequest, letters: Lettering, *, title: bool = True) -> Drawing:
    """A frame."""
    scene = read_scene(request)
    d = new_drawing(request, scene.style)
    camera = _camera(scene)
    if camera.tilt:
        w, h = d.width, d.height
        with d.matrix(
            f"rotate({camera.tilt} {w / 2} {h / 2}) translate({w / 2} {h / 2}) scale(1.13) translate({-w / 2} {-h / 2})"
        ):
            _paint(d, scene, camera, letters, title)
    else:
        _paint(d, scene, camera, letters, title)
    air.weather(d, scene.palette)
    air.screen(d, scene.style, scene.palette)
    return d


def _camera(scene: Scene) -> Camera:
    request, count = scene.request, len(scene.cast)
    over = request.angle == "over_shoulder" and count > 1
    alone = request.angle == "over_shoulder" and count == 1
    size = "medium" if alone and request.size in ("close", "extreme_close") else request.size
    side = choose((-1, 1), "side", request.prompt, request.seed)
    camera = frame(
        request.width,
        request.height,
        size,
        request.angle,
        max(1, count - 1 if over else count),
        side,
        beside=over or alone,
    )
    camera = _for_height(camera, scene, size)
    mixed = any(p.look.species == "human" for p in scene.cast)
    if mixed:
        low = tuple(
            Spot(s.x, s.y - (0.0 if s.y < request.height else 0.62 * s.scale), s.scale * 0.66)
            if p.look.species != "human"
            else s
            for p, s in zip(scene.cast, camera.spots, strict=False)
        )
        return replace(camera, spots=low)
    if (
        scene.cast
        and all(p.look.species != "human" for p in scene.cast)
        and request.size not in ("extreme_wide", "wide")
    ):
        spots = tuple(_nearer(spot, request, camera.squash) for spot in camera.spots)
        return replace(camera, spots=spots)
    return camera


def _for_height(camera: Camera, scene: Scene, size: str) -> Camera:
    """Where the feet are out of the picture, the tallest figure's eyes lie where an adult's would: children are
    framed like adults. Where they are in it, people taller than that are no nearer the top of the frame."""
    heights = [p.look.height for p in scene.cast if p.look.species == "human"]
    if not heights:
        return camera
    tallest = max(heights) / 100
    if size not in EYES:
        fits = min(1.0, 1.7 / tallest)
        return replace(camera, spots=tuple(Spot(s.x, s.y, s.scale * fits) for s in camera.spots))
    grow = (1.7 / tallest) ** 0.7
    eyes = EYES[size] * scene.request.height
    spots = tuple(
        Spot(s.x, eyes + (tallest - 0.14) * s.scale * grow * camera.squash, s.scale * grow) for s in camera.spots
    )
    return replace(camera, spots=spots)


def _nearer(spot: Spot, request: ImageRequest, squash: float) -> Spot:
    """Small creatures are framed like people: face and body fill the same share."""
    if request.size == "full":
        return Spot(spot.x, spot.y, spot.scale * 1.35)
    eyes = {"medium": 0.40, "close": 0.44, "extreme_close": 0.46}[
        request.size if request.size in ("close", "extreme_close") else "medium"
    ]
    scale = spot.scale * (0.82 if request.size != "medium" else 1.0)
    return Spot(spot.x, eyes * request.height + 0.72 * scale * squash, scale)


def _paint(d: Drawing, scene: Scene, camera: Camera, letters: Lettering, title: bool) -> None:
    request, palette = scene.request, scene.palette
    inside = scene.setting.place in INSIDE
    grade = place_grade(palette, scene.style, inside=inside)
    if request.size in ("close", "extreme_close") and scene.cast:
        grade = far(grade, palette.haze, 0.24)
    shift = (chance("vanish", palette.key) - 0.5) * 0.12
    half = 1.95 * max(1.0, (request.width / request.height) / 0.5625) ** 0.62
    stage = Stage(d, camera, palette, grade, request.width * (0.5 + shift), half)
    with d.graded(grade):
        PLACES[scene.setting.place](stage)
    native = implied(scene.setting.place) | (OUTSIDE_ONLY if inside else INSIDE_ONLY)
    landmarks = tuple(k for k in _kinds(request) if k not in native)
    subject = tuple(k for k in find_props(scene.setting.subject) if k not in landmarks and k not in native)
    held = {p.held for p in scene.cast}
    others = tuple(k for k in subject if k not in held)[:3]
    if title and request.title.strip():
        _sign(d, scene, letters)
    with d.graded(grade):
        furnish(stage, landmarks[:4], camera, inside=inside, cast=bool(scene.cast))
    air.beams(d, palette, inside=inside)
    if scene.cast:
        tall = tuple(k for k in others if KINDS[k].mount != "table")
        small = tuple(k for k in others if KINDS[k].mount == "table")
        seated = any(p.action in ("type", "sit") for p in scene.cast)
        desk = (seated or small) and request.size in ("medium", "close") and request.angle != "top"
        with d.graded(style_grade(scene.style)):
            furnish(stage, tall, camera, inside=inside, cast=True, first=len(landmarks))
            if request.size not in EYES:  # seen whole, figures stand before the tables
                furnish(stage, small, camera, inside=inside, cast=True, first=1)
        _figures(stage, scene, camera)
        with d.graded(style_grade(scene.style)):
            if desk:
                _desk(stage, small or (("laptop",) if scene.cast[0].action == "type" else ("cup",)))
            elif request.size in EYES:
                furnish(stage, small, camera, inside=inside, cast=True, first=1)
    else:
        with d.graded(style_grade(scene.style)):
            _still_life(
                stage, others or (landmarks[:1] if request.size in ("close", "extreme_close", "medium") else ()), camera
            )


def _kinds(request: ImageRequest) -> tuple[str, ...]:
    found = (find_props(mark) for mark in request.landmarks)
    return tuple(dict.fromkeys(kinds[0] for kinds in found if kinds))


def furnish(stage: Stage, kinds: tuple[str, ...], camera: Camera, *, inside: bool, cast: bool, first: int = 0) -> None:
    """Put things at the sides, where they frame the figures."""
    d, small = stage.d, min(stage.w, stage.h)
    lead = -1 if camera.spots[0].x > stage.w / 2 else 1
    for i, kind in enumerate(kinds, start=first):
        side = lead * (1 if i % 2 == 0 else -1)
        share = 0.5 + side * (0.33 if i < 2 else 0.2)
        k = KINDS[kind]
        far_off = k.height * camera.focal / (0.62 * stage.h) if k.mount == "floor" else 0.0
        z = max(far_off, camera.distance * (1.5 if cast else 1.2), 2.3 if cast else 0.0) + 0.5 * (i // 2)
        size = min(0.36 * small, max(0.13 * small, k.height * stage.scale(z)))
        at = stage.within(stage.across(share, z))
        _, y = stage.at(at, 0, z)
        if k.mount == "air":
            stage.prop(kind, stage.w * share, stage.h * (0.3 + 0.04 * (i // 2)), min(size, 0.2 * small))
        elif k.mount == "wall" and stage.gaps:
            stage.hang(kind, abs(share - 0.5))
        elif k.mount == "wall":
            low = stage.h * (0.40 if i < 2 else 0.31)
            if not inside:
                d.box(
                    stage.w * share - small * 0.008,
                    low - size * 0.2,
                    small * 0.016,
                    max(0.0, y - low + size * 0.2),
                    "#5b6273",
                )
            stage.prop(kind, stage.w * share, low, min(size, 0.24 * small))
        elif k.mount == "floor" and y - k.height * stage.scale(z) * 0.6 < stage.h * 0.86:
            stage.stand(kind, at, z)
        elif k.mount == "table" and y < stage.h * 0.93:
            stage.stand("desk", at, z, size=0.8)
            top = stage.at(at, 0.64, z)
            stage.prop(kind, top[0], top[1], max(k.height * stage.scale(z), 0.07 * small))
        else:
            stage.prop(kind, stage.w * (0.5 + side * 0.35), stage.h * 0.985, small * 0.24)


def _figures(stage: Stage, scene: Scene, camera: Camera) -> None:
    d, palette = stage.d, scene.palette
    cast = list(scene.cast)
    front: Player | None = None
    if scene.request.angle == "over_shoulder":
        front = cast.pop() if len(cast) > 1 else None
    grade = figure_grade(palette, scene.style)
    if palette.light.side == 2:
        spot = camera.spots[0]
        with d.shining():
            for k, a in ((0.75, 0.12), (0.5, 0.16)):
                d.oval(
                    spot.x,
                    spot.y - 1.25 * spot.scale,
                    k * spot.scale * 1.1,
                    k * spot.scale * 1.3,
                    palette.light.colour,
                    alpha=a,
                )
    leftwards = choose((False, True), "way", scene.request.prompt) if len(cast) > 1 else camera.spots[0].x > stage.w / 2
    order = sorted(zip(cast, camera.spots, strict=False), key=lambda pair: pair[1].scale)
    for player, spot in order:
        if spot.y < stage.h * 1.15:
            d.oval(
                spot.x - palette.light.lit * spot.scale * 0.1,
                spot.y,
                spot.scale * 0.36,
                spot.scale * 0.06,
                "#0d0f22",
                alpha=0.34,
            )
        alone = scene.request.angle == "over_shoulder" and front is None
        _one(d, player, spot, camera, grade, palette, back=alone, flip=player.pose.view == "side" and leftwards)
    if front is not None:
        scale = min(1.5 * stage.h, 2.3 * stage.w) / 1.7
        x = stage.w * (0.1 if camera.spots[0].x >= stage.w * 0.5 else 0.9)
        _one(d, front, Spot(x, stage.h * 0.36 + 1.5 * scale, scale), camera, grade, palette, back=True, flip=False)


def _one(
    d: Drawing, player: Player, spot: Spot, camera: Camera, grade: Grade, palette: Palette, *, back: bool, flip: bool
) -> None:
    pose = player.pose
    if back:
        pose = type(pose)(view="back")
    lit = palette.light.lit * (-1 if flip else 1)
    if pose.seated and player.look.species == "human" and spot.y > d.height:
        spot = Spot(spot.x, spot.y - 0.30 * spot.scale, spot.scale)
    elif pose.seated and player.look.species == "human":
        with d.at(spot.x, spot.y - 0.02 * spot.scale, spot.scale * 0.96 / 100):
            draw_prop(d, "chair")
    with d.graded(grade), d.at(spot.x, spot.y, spot.scale / 100, flip=flip, squash=camera.squash):
        draw_figure(d, player.look, pose, player.expression, lit=lit, held=player.held)


def _desk(stage: Stage, kinds: tuple[str, ...]) -> None:
    """A table across the foreground with things on it; it lies in the band that subtitles use."""
    d, w, h = stage.d, stage.w, stage.h
    top = h * 0.83
    wood = stage.palette.pick("#b9875a", 2, 0.25)
    d.box(-w * 0.1, top, w * 1.2, h * 0.3, wood)
    d.rect(-w * 0.1, top, w * 1.2, h * 0.012, mix(wood, "#ffffff", 0.35))
    for i in range(1, 5):
        d.stroke(f"M{-w * 0.1:.0f} {top + h * 0.036 * i:.0f}H{w * 1.1:.0f}", mix(wood, "#3a2418", 0.35), 0.6)
    places = {1: (0.5,), 2: (0.36, 0.72), 3: (0.22, 0.5, 0.78)}[len(kinds)]
    for kind, share in zip(kinds, places, strict=True):
        x, size = w * share, min(h * 0.15, w * 0.2)
        d.oval(x, top + h * 0.035, size * 0.62, size * 0.09, "#0d0f22", alpha=0.25)
        stage.prop(kind, x, top + h * 0.04, size * (1.15 if kind == "laptop" else 1.0))


def _still_life(stage: Stage, kinds: tuple[str, ...], camera: Camera) -> None:
    """No figures: the things that the words are about take the middle."""
    if not kinds:
        return
    d, w, h, small = stage.d, stage.w, stage.h, min(stage.w, stage.h)
    grow = {"extreme_wide": 0.5, "wide": 0.7, "full": 0.85, "medium": 1.0, "close": 1.25, "extreme_close": 1.45}.get(
        stage_size(camera), 1.0
    )
    if "desk" in kinds and any(KINDS[k].mount == "table" for k in kinds):
        kinds = tuple(k for k in kinds if k != "desk")
    hero, others, size = kinds[0], kinds[1:], small * 0.42 * grow
    if KINDS[hero].mount == "wall" and stage.back:  # a look at the thing on its wall
        wall = stage.palette.pick("#d5dde2", 0)
        with d.graded(stage.grade):
            d.ramp(-w * 0.2, -h * 0.15, w * 1.4, h * 1.3, wall, dark(wall, 0.14))
        d.oval(w / 2 + size * 0.06, h * 0.5 + size * 0.08, size * 0.48, fill="#0d0f22", alpha=0.14)
        stage.prop(hero, w / 2, h * 0.5 + size / 2, size)
        return
    with d.shining():
        for reach, alpha in ((0.95, 0.14), (0.7, 0.16)):
            d.oval(w / 2, h * 0.7 - size * 0.45, size * reach, fill=stage.palette.light.colour, alpha=alpha)
    if all(KINDS[k].mount == "table" for k in kinds):
        top = h * 0.70
        wood = stage.palette.pick("#b9875a", 2, 0.3)
        d.path(
            f"M{-w * 0.1:.0f} {top:.0f}H{w * 1.1:.0f}L{w * 1.2:.0f} {h * 1.1:.0f}H{-w * 0.2:.0f}Z",
            wood,
            line=d.ink,
            width=d.pen,
        )
        d.path(
            f"M{-w * 0.1:.0f} {top:.0f}H{w * 1.1:.0f}V{top + h * 0.012:.0f}H{-w * 0.1:.0f}Z", mix(wood, "#ffffff", 0.35)
        )
        for i in range(1, 6):
            y = top + h * 0.05 * i * (1 + i * 0.12)
            d.stroke(f"M{-w * 0.1:.0f} {y:.0f}H{w * 1.1:.0f}", mix(wood, "#3a2418", 0.3), 0.6)
        base = top + h * 0.06
    else:
        base = h * 0.74
    wide = 1.35 if hero in ("car", "train", "sofa", "bed", "screen", "board", "desk", "dragon", "piano") else 1.0
    for i, kind in enumerate(others):
        side = -1 if i % 2 == 0 else 1
        lift = h * 0.2 if KINDS[kind].mount in ("air", "wall") else 0.0
        x = w / 2 + side * min(w * 0.34, size * 1.0)
        d.oval(x, base + h * 0.005, size * 0.26, size * 0.04, "#0d0f22", alpha=0.26)
        stage.prop(kind, x, base - lift, size * 0.52)
    lift = h * 0.1 if KINDS[hero].mount in ("air", "wall") else 0.0
    d.oval(w / 2, base + h * 0.012, size * 0.5, size * 0.07, "#0d0f22", alpha=0.3)
    stage.prop(hero, w / 2, base + h * 0.012 - lift, size / wide)


def stage_size(camera: Camera) -> str:
    """The shot size a camera belongs to, told by its lens; used where only things are in the picture."""
    near = camera.distance
    return (
        "extreme_wide"
        if near > 4.5
        else "wide"
        if near > 2.4
        else "full"
        if near > 1.6
        else "medium"
        if near > 0.9
        else "close"
    )


def _sign(d: Drawing, scene: Scene, letters: Lettering) -> None:
    """The request's text on a board: in the middle above things, beside a figure's head."""
    w, h, small = d.width, d.height, min(d.width, d.height)
    spots = _camera(scene).spots if scene.cast else ()
    room = w * (0.7 if not spots else 0.36)
    lines, size = letters.fit(scene.request.title, room, small * 0.062, most=2 if not spots else 3)
    if not lines:
        return
    wide = max(letters.width(line, size) for line in lines) + size * 1.3
    high = size * (1.3 * len(lines) + 0.6)
    x = w / 2 if not spots else w * (0.23 if spots[0].x >= w / 2 else 0.77)
    top = h * 0.13
    with d.shining():
        for dx in (-wide * 0.32, wide * 0.32):
            d.stroke(f"M{x + dx:.0f} {top:.0f}v{-h * 0.05:.0f}", None, 1)
        d.box(x - wide / 2, top, wide, high, "#20243a", r=size * 0.3, width=1.4)
        d.box(
            x - wide / 2 + size * 0.16,
            top + size * 0.16,
            wide - size * 0.32,
            high - size * 0.32,
            "#2c3352",
            r=size * 0.2,
            width=0.5,
        )
        for i, line in enumerate(lines):
            letters.write(d, line, x, top + size * (1.25 + 1.3 * i), size, "#fff3cf")
