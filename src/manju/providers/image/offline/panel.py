"""A storyboard panel: set, figures, foreground and weather in layers, one over the other."""

from __future__ import annotations

import math
import re
from contextlib import nullcontext
from dataclasses import dataclass, replace

from manju.domain.order import ImageRequest
from manju.providers.image.offline import air, arrows, foreground, insert, place, stills
from manju.providers.image.offline.blocking import Blocking, Part, block
from manju.providers.image.offline.body import draw_figure
from manju.providers.image.offline.cast import Player, players
from manju.providers.image.offline.colour import dark, mix, multiply
from manju.providers.image.offline.icons import ROWS
from manju.providers.image.offline.landmarks import dress, foreground_thing, implied
from manju.providers.image.offline.lettering import Lettering
from manju.providers.image.offline.palette import (
    Grade,
    Palette,
    Treatment,
    far,
    on_paper,
    place_grade,
    read_palette,
    style_grade,
    treatment,
)
from manju.providers.image.offline.parts import paint_thing
from manju.providers.image.offline.props import KINDS, draw_prop, find_props
from manju.providers.image.offline.scenery import Placed, Scenery
from manju.providers.image.offline.setting import INSIDE, PLACES, Setting, read_setting
from manju.providers.image.offline.svg import Drawing
from manju.providers.image.offline.words import chance

_TINT = {"day": 0.0, "morning": 0.14, "sunset": 0.26, "night": 0.3}
"""How much of the hour's light falls on figures: little, so that they keep their colours from shot to shot."""
_TINTS = {"day": "#ffffff", "morning": "#ffe9c4", "sunset": "#ffbf94", "night": "#7f8cc8"}
_CROWD = re.compile(
    r"人群|众人|人来人往|观众|路人|行人|熙熙攘攘|热闹|同学们|同事们|顾客|宾客|"
    r"士兵|群臣|围观|拥挤|村民|粉丝|"
    r"crowd|audience|people|passers|bustling|busy|soldiers|guests|customers|students", re.I,
)  # fmt: skip
_BUSY = frozenset(("market", "stage", "concert", "station", "train", "battlefield"))
_OLD = frozenset(
    ("inn", "palace", "temple", "town", "watertown", "courtyard", "woodshed", "apothecary", "contest", "battlefield")
)
"""Places of another age: no mugs and prints on their tables."""
_SHAFTS = frozenset(("forest", "bamboo", "underwater", "hall", "temple", "cave"))
_BEAM = re.compile(r"光束|光柱|丁达尔|聚光|追光|beam|shaft|god ray|spotlight", re.I)
_TABLE = re.compile(
    r"桌|吃|喝|写字|打字|办公|吧台|柜台|餐|键盘|面前是|手边是|手边放|desk|table|typing|eating|laptop|counter", re.I
)


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything read from a request before anything is drawn."""

    request: ImageRequest
    setting: Setting
    palette: Palette
    style: Treatment
    cast: tuple[Player, ...]
    still: stills.Still | None = None
    """What it is a picture of, if not of people or of the place."""


def read_scene(request: ImageRequest) -> Scene:
    """Read a request."""
    setting = read_setting(request)
    style = treatment(request)
    palette = on_paper(read_palette(request, setting.words), style)
    cast = players(request, setting)
    still = stills.read_still(request, setting.subject) if not request.figures else None
    if still and still.on == "view":
        cast = ()  # who is seen in it is part of it
    return Scene(request, setting, palette, style, cast, still if not cast else None)


def new_drawing(request: ImageRequest, style: Treatment) -> Drawing:
    """An empty picture with the style's pen and base grade."""
    pen = min(request.width, request.height) * 0.0036 * style.pen
    d = Drawing(request.width, request.height, ink=style.ink, pen=pen)
    d.base = d.grade = style_grade(style)
    if style.name == "pixel":
        d.grain = 4 if min(request.width, request.height) >= 1000 else 2
    return d


def figure_grade(palette: Palette, style: Treatment) -> Grade:
    """The grade of figures: the style's, with a touch of the hour's light."""
    base, share, tint = style_grade(style, figure=True), _TINT[palette.time], _TINTS[palette.time]
    return lambda colour: mix(base(colour), multiply(base(colour), tint), share)


def draw_panel(request: ImageRequest, letters: Lettering, *, title: bool = True) -> Drawing:
    """A frame."""
    scene = read_scene(request)
    d = new_drawing(request, scene.style)
    shot = block(request, scene.setting, scene.cast, scene.palette)
    roll = shot.camera.roll * shot.side
    turned = f"rotate({roll:g} {d.width / 2} {d.height / 2}) "
    zoomed = f"translate({d.width / 2} {d.height / 2}) scale(1.13) translate({-d.width / 2} {-d.height / 2})"
    with d.matrix(turned + zoomed) if roll else nullcontext():
        _paint(d, scene, shot, letters, title)
    if not scene.still:
        spots = [part.spot for part in shot.parts]
        over = [(s.x - 0.3 * s.scale, s.y - 1.75 * s.scale, s.x + 0.3 * s.scale, s.y) for s in spots]
        air.weather(d, scene.palette, over, inside=scene.setting.place in INSIDE)
    air.screen(d, scene.style, scene.palette)
    arrows.draw(d, request, scene.setting, shot)
    return d


def _paint(d: Drawing, scene: Scene, shot: Blocking, letters: Lettering, title: bool) -> None:
    request, palette, setting, still = scene.request, scene.palette, scene.setting, scene.still
    if still and still.on in ("view", "wall"):
        with d.graded(style_grade(scene.style)):
            if still.on == "view":
                stills.view(d, still.kinds[0])
            else:
                stills.ground(d, palette)
                with d.layer("figures"):
                    stills.paint(d, still, "")
        if title and request.title.strip():
            _sign(d, shot, request, letters)
        return
    inside = setting.place in INSIDE
    described = PLACES[setting.place]
    close = bool(still) or (request.size in ("close", "extreme_close") and bool(shot.parts or shot.insert))
    grade = place_grade(palette, scene.style, inside=inside, gloom=described.dark)
    if close:
        grade = far(grade, mix(palette.haze, "#ffffff", 0.2 if not palette.night else 0.0), 0.2)
    s = Scenery(d, shot.camera, palette, grade, soft=close, inside=inside, haze=0.012 if inside else 0.022)
    spread = 0.72 if request.width < request.height else 1.0
    held = frozenset(p.held for p in scene.cast if p.held)
    hero = _hero(scene, shot)
    words = "" if setting.place == "abstract" and not request.landmarks and shot.parts else setting.subject
    if still:
        words = ""
    apart = held | ({hero} if hero else set())
    if _tabled(scene, shot):
        apart |= frozenset(_laid(scene))
    extra = dress(request.landmarks, words, described, implied(setting.place), spread, not_these=apart)
    crowd = bool(_CROWD.search(setting.words)) or (
        setting.place in _BUSY and request.size in ("extreme_wide", "wide", "full")
    )
    place.paint(s, setting.place, extra, spread, crowd=crowd)
    if close and shot.parts and request.angle == "low":
        foreground.behind(s, described.near, shot.side, setting.place)
    horizon = shot.camera.horizon
    if "thunder" in palette.weather and not inside:
        air.bolt(d, palette.key)
    if "fog" in palette.weather and not inside:
        air.mist(d, palette, horizon)
    spot = setting.place in ("stage", "concert") or "聚光" in setting.words
    if (
        (setting.place in _SHAFTS and not close and not scene.palette.night)
        or _BEAM.search(setting.words + request.light)
        or spot
    ) and not palette.overcast:
        first = shot.parts[0].spot if shot.parts else None
        air.shafts(
            d,
            palette,
            first.x if first else d.width / 2,
            min(first.y, d.height * 1.02) if first else d.height * 0.86,
            spot=spot,
        )
    if scene.style.paper and scene.style.name in ("ink", "watercolour") and not palette.night:
        air.bleed(d, scene.style.paper)
    if title and request.title.strip():
        _sign(d, shot, request, letters)
    with d.layer("figures"):
        _subject(s, scene, shot, hero)
    with d.layer("near"):
        _nearest(s, scene, shot)


def _hero(scene: Scene, shot: Blocking) -> str | None:
    """The thing that a picture without people is about."""
    if shot.parts or shot.viewer:
        return shot.insert
    if scene.still:
        return scene.still.kinds[0]
    kinds = find_props(scene.setting.subject)
    far_off = scene.request.size in ("extreme_wide", "wide")
    alive = next((k for k in kinds if k in _ALIVE), None)
    return shot.insert or alive or (kinds[0] if kinds and not far_off else None)


_ALIVE = frozenset(("cat", "dog", "rabbit", "horse", "dragon", "bird", "fish", "butterfly", "robot"))


def _subject(s: Scenery, scene: Scene, shot: Blocking, hero: str | None) -> None:
    """Whom or what the picture is about."""
    d, request = s.d, scene.request
    grade = figure_grade(scene.palette, scene.style)
    wood = scene.palette.pick("#b48556", 2, 0.25)
    if scene.still and scene.still.on != "floor":
        with d.graded(style_grade(scene.style)):
            stills.paint(d, scene.still, wood)
        return
    if hero:
        with d.graded(style_grade(scene.style)):
            if shot.parts:
                insert.held(d, hero, shot.parts[0].player.look)
            elif KINDS[hero].mount == "table" and request.size in ("medium", "close", "extreme_close"):
                insert.lying(d, (hero,), wood)
            else:
                _standing(s, hero)
        return
    for part in sorted(shot.parts, key=lambda part: part.spot.scale):
        _shadow(s, part)
        _one(s, part, grade, scene)


def _standing(s: Scenery, hero: str) -> None:
    """A thing where the figures would stand, no smaller than can be seen."""
    x, y = s.camera.at(0.0, 0.0, 0.0)
    small = min(s.w, s.h)
    y = min(y, 0.88 * s.h)
    most = 0.62 * small / (1.6 if hero in insert.WIDE else 1.0)
    high = min(most, max(0.26 * small, KINDS[hero].height * s.camera.focal / s.camera.distance))
    lift = 0.5 * high if KINDS[hero].mount == "air" else 0.0
    s.d.oval(x, y, high * 0.42, high * 0.07, fill="#141634", alpha=0.28)
    with s.d.at(x, y - lift, high / 100):
        draw_prop(s.d, hero)


def _nearest(s: Scenery, scene: Scene, shot: Blocking) -> None:
    """What stands before the figures."""
    d, request, setting = s.d, scene.request, scene.setting
    base = style_grade(scene.style)
    if shot.front is not None:
        _one(s, shot.front, figure_grade(scene.palette, scene.style), scene)
    if shot.viewer is not None:
        with d.graded(base):
            insert.viewer(d, shot.viewer.held, shot.viewer.look)
        return
    if setting.place == "vehicle" and shot.parts and request.angle not in ("top", "high"):
        driver = next((part for part in shot.parts if part.player.action == "drive"), None)
        with d.graded(base):
            insert.cockpit(d, driver.spot.x if driver else None)
        return
    if _tabled(scene, shot):
        with d.graded(base):
            _table(s, scene)
        return
    thing = foreground_thing(setting.words)
    if thing and request.size not in ("extreme_close",) and shot.front is None:
        _close_thing(s, replace(thing), shot)
    elif (
        request.size in ("extreme_wide", "wide", "full")
        and PLACES[setting.place].near
        and chance("depth", request.prompt, request.seed) < 0.66
    ):
        foreground.draw(s, PLACES[setting.place].near, shot.side, request.prompt)
    if "fog" in scene.palette.weather:
        air.wisps(d, scene.palette)


def _close_thing(s: Scenery, thing: Placed, shot: Blocking) -> None:
    """A thing at the emptier side, nearer than the figures, cut by the frame's edge."""
    c = s.camera
    away = c.distance * 0.55
    metre = c.focal / away
    size = min(1.3, 0.3 * s.h / metre / max(0.2, thing.thing.high), 0.2 * s.w / metre / max(0.1, thing.thing.half))
    right = shot.side * 0.42 * s.w / metre
    x, z = c.ground(right, away)
    foot = c.y - (0.98 * s.h - c.cy) / metre
    put = replace(thing, x=c.x + x, z=c.z + z, y=foot, size=size, turn=math.degrees(c.yaw))
    s.pen = 0.0
    with s.d.graded(far(s.grade, "#1a1c30", 0.22)):
        paint_thing(s, put)


def _shadow(s: Scenery, part: Part) -> None:
    """What a figure takes of the light on the ground."""
    d, at = s.d, part.spot
    if at.y > s.h * 1.12 or part.back:
        return
    d.oval(
        at.x,
        at.y,
        at.scale * 0.3,
        at.scale * 0.3 * max(0.14, math.sin(abs(s.camera.pitch)) * 0.9),
        fill="#10122a",
        alpha=0.3,
    )
    low = {"sunset": 1.6, "morning": 1.3, "night": 0.6}.get(s.palette.time, 0.7) * (0.5 if s.inside else 1.0)
    x, z = s.camera.ground(part.mark.right, part.mark.behind)
    dx, dz = -s.sun[0] * 1.6 * low, -s.sun[2] * 1.3 * low
    wide = 0.2
    nx, nz = -dz, dx
    long = math.hypot(nx, nz) or 1.0
    nx, nz = nx / long * wide, nz / long * wide
    ring = [
        (x + nx, 0, z + nz),
        (x + dx + nx * 0.8, 0, z + dz + nz * 0.8),
        (x + dx * 1.12, 0, z + dz * 1.12),
        (x + dx - nx * 0.8, 0, z + dz - nz * 0.8),
        (x - nx, 0, z - nz),
    ]
    if data := s.outline(ring):
        d.path(data, "#141634", alpha=0.16)


def _one(s: Scenery, part: Part, grade: Grade, scene: Scene) -> None:
    d, player, at = s.d, part.player, part.spot
    pose = player.pose
    turn = (164.0 if at.x < d.width / 2 else -164.0) if part.back else pose.yaw
    sun = 1 if s.sun[0] * math.cos(s.camera.yaw) - s.sun[2] * math.sin(s.camera.yaw) > 0 else -1
    if s.palette.light.side == 2 and not part.back:
        _halo(d, s.palette, at.x, at.y - 1.2 * at.scale, at.scale)
    if pose.seated and player.look.species == "human" and not part.back:
        with (
            d.graded(style_grade(scene.style)),
            d.at(at.x, at.y - 0.02 * at.scale, at.scale * 0.96 / 100 * min(1.0, player.look.height / 150)),
        ):
            _seat(d, scene.setting.place)
    with d.graded(grade), d.at(at.x, at.y, at.scale / 100):
        draw_figure(
            d,
            player.look,
            pose,
            player.expression,
            yaw=turn,
            down=s.camera.tilt,
            lit=sun,
            held=player.held,
            action=player.action,
        )


def _seat(d: Drawing, place: str) -> None:
    """What somebody sits on, a metre tall; in a car that is a car's seat."""
    if place != "vehicle":
        draw_prop(d, "chair")
        return
    d.box(-13, -136, 26, 22, "#454d5e", r=8)
    d.box(-29, -118, 58, 78, "#3a4150", r=14)
    d.box(-32, -50, 64, 18, "#4b5466", r=8)


def _halo(d: Drawing, palette: Palette, x: float, y: float, scale: float) -> None:
    """Light from behind round a figure."""
    r = min(scale * 0.9, 0.42 * min(d.width, d.height))
    with d.shining():
        tone = palette.light.colour
        d.oval(x, y, r, fill=d.gradient(((0, tone, 0.75), (0.6, tone, 0.3), (1, tone, 0.0)), x, y, r))


def _tabled(scene: Scene, shot: Blocking) -> bool:
    """Whether the figures sit or stand at a table that is in the picture."""
    request = scene.request
    seated = any(part.player.pose.seated for part in shot.parts)
    return (
        bool(shot.parts)
        and request.size in ("medium", "close")
        and (seated or bool(_TABLE.search(scene.setting.subject)))
        and request.angle in ("eye", "dutch", "low", "high")
        and not shot.insert
    )


def _laid(scene: Scene) -> list[str]:
    """What lies on the table before the figures."""
    held = {p.held for p in scene.cast}
    return [k for k in find_props(scene.setting.subject) if KINDS[k].mount == "table" and k not in held][:3]


def _table(s: Scenery, scene: Scene) -> None:
    """A table across the foreground with the shot's things on it; it lies in the band that subtitles use."""
    d, w, h = s.d, s.w, s.h
    top, front = 0.82 * h, 0.885 * h
    wood = s.palette.pick("#b07f50", 2, 0.25)
    d.path(
        f"M{-0.12 * w:.0f} {front:.0f}L{0.02 * w:.0f} {top:.0f}H{0.98 * w:.0f}L{1.12 * w:.0f} {front:.0f}Z",
        mix(wood, s.palette.light.colour, 0.22),
    )
    d.rect(-0.12 * w, front, 1.24 * w, 0.26 * h, dark(wood, 0.12))
    d.rect(-0.12 * w, front, 1.24 * w, 0.014 * h, mix(wood, "#ffffff", 0.3))
    kinds = _laid(scene)
    if not kinds:
        old = scene.setting.place in _OLD
        kinds = ["candle", "bowl"] if old else ["cup", "papers"] if s.inside else ["cup"]
        if any(p.action == "type" for p in scene.cast):
            kinds = ["laptop"]
    for i, kind in enumerate(kinds):
        x = w * ((0.5, 0.2, 0.8)[i] if len(kinds) != 2 else (0.27, 0.72)[i])
        high = min(w, h) * (0.2 if kind in ("laptop", "screen", "cake", "pot") or kind in ROWS else 0.13)
        y = front - 0.016 * h
        d.oval(x, y, high * 0.5, high * 0.07, fill="#141634", alpha=0.24)
        with d.at(x, y, high / 100):
            draw_prop(d, kind)


def _sign(d: Drawing, shot: Blocking, request: ImageRequest, letters: Lettering) -> None:
    """The request's text on a board: in the middle above things, beside a figure's head."""
    w, h, small = d.width, d.height, min(d.width, d.height)
    spots = [part.spot for part in shot.parts]
    room = w * (0.7 if not spots else 0.36)
    lines, size = letters.fit(request.title, room, small * 0.062, most=2 if not spots else 3)
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
        inner = size * 0.16
        d.box(x - wide / 2 + inner, top + inner, wide - 2 * inner, high - 2 * inner, "#2c3352", r=size * 0.2, width=0.5)
        for i, line in enumerate(lines):
            letters.write(d, line, x, top + size * (1.25 + 1.3 * i), size, "#fff3cf")
