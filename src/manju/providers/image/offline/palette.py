"""Light and colour of a picture: time of day, weather, palette words and style words become grades.

A *grade* maps the colour a thing has to the colour it shows. There are three: the style's own, the place's (style,
time of day, palette), and that of the distance (towards the haze).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache

from manju.domain.order import ImageRequest
from manju.providers.image.offline.colour import dark, light, luma, mix, multiply, saturate, stretch, vivid
from manju.providers.image.offline.words import COLOURS, SIDES, SOURCES, TIMES, WEATHER, chance, choose

Grade = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Treatment:
    """How the style changes drawing: saturation, lift towards paper, colour and width of outlines, dots, contrast."""

    name: str = "comic"
    saturation: float = 1.0
    paper: str | None = None
    lift: float = 0.0
    pen: float = 1.0
    dots: bool = False
    figure_lift: float = 0.0
    ink: str = "#23232f"
    tone: str | None = None
    """What everything is drawn towards a little (a film's grade)."""
    toned: float = 0.0
    contrast: float = 1.0


_TREATMENTS: tuple[tuple[re.Pattern[str], Treatment], ...] = (
    (re.compile(r"水墨|ink wash|ink painting|sumi|国画|墨"),
     Treatment("ink", 0.34, "#f2ead8", 0.16, 1.25, figure_lift=0.06, ink="#2a2624", contrast=1.1)),
    (re.compile(r"像素|pixel|8-?bit|16-?bit"),
     Treatment("pixel", 1.18, None, 0.0, 1.5, ink="#1a1a2e", contrast=1.12)),
    (re.compile(r"q版|chibi|萌系|可爱|kawaii"),
     Treatment("chibi", 1.1, "#fff2ea", 0.12, 1.35, ink="#5a3f4a")),
    (re.compile(r"line art|lineart|线稿|线描|素描|sketch|pencil|manga|黑白"),
     Treatment("line", 0.12, "#fbfaf6", 0.42, 1.2, figure_lift=0.16, ink="#26262c", contrast=1.1)),
    (re.compile(r"watercolou?r|水彩|绘本|storybook|pastel|柔和"),
     Treatment("watercolour", 0.82, "#fdf6ea", 0.26, 0.6, figure_lift=0.08, ink="#6a5a60")),
    (re.compile(r"flat|minimal|扁平|极简|vector|矢量|clean"), Treatment("flat", 1.06, None, 0.0, 0.0)),
    (re.compile(r"cyber|neon|赛博|霓虹|朋克|synthwave"),
     Treatment("neon", 1.2, None, 0.0, 0.9, ink="#171430", tone="#5a3fb0", toned=0.12, contrast=1.14)),
    (re.compile(r"3d|三维|cg渲染|渲染|render|皮克斯|pixar|c4d"),
     Treatment("render", 1.1, None, 0.0, 0.0, contrast=1.06)),
    (re.compile(r"photoreal|photo-real|cinematic|realistic|电影|写实|film|真实|纪实"),
     Treatment("cinema", 0.82, None, 0.0, 0.5, ink="#2a2a30", tone="#3f5a66", toned=0.1, contrast=1.1)),
    (re.compile(r"warm|cozy|温暖|治愈|温馨"), Treatment("warm", 1.06, "#ffe2b8", 0.07, 0.95, ink="#3f2c2c")),
    (re.compile(r"comic|漫画|美漫|pop art|波普|halftone"),
     Treatment("pop", 1.14, None, 0.0, 1.3, True, contrast=1.12)),
    (re.compile(r"动画|anime|日系|新海诚|吉卜力|ghibli|清新"),
     Treatment("anime", 1.14, "#ffffff", 0.03, 0.85, ink="#2b2838")),
)  # fmt: skip


def treatment(request: ImageRequest) -> Treatment:
    """The treatment that the style asks for; where ``style`` is empty, the opening words of the prompt."""
    text = (request.style or request.prompt[:120]).lower()
    return next((t for pattern, t in _TREATMENTS if pattern.search(text)), Treatment())


def style_grade(t: Treatment, *, figure: bool = False) -> Grade:
    """What the style does to any colour."""
    lift = t.figure_lift if figure else t.lift
    part = 0.55 if figure else 1.0
    saturation, contrast, toned = 1 - (1 - t.saturation) * part, 1 + (t.contrast - 1) * part, t.toned * part

    @lru_cache(maxsize=4096)
    def grade(colour: str) -> str:
        out = saturate(colour, saturation) if saturation != 1 else colour
        if contrast != 1:
            out = stretch(out, contrast)
        if t.tone and toned:
            out = mix(out, multiply(light(t.tone, 0.4), out), toned * 3)
        return mix(out, t.paper, lift) if t.paper and lift else out

    return grade


@dataclass(frozen=True, slots=True)
class Light:
    """Where the light comes from (-1 left, 0 above, 1 right, 2 behind) and its colour."""

    side: int
    colour: str

    @property
    def lit(self) -> int:
        """Side of a figure that is lit: -1 or 1."""
        return 1 if self.side == 1 else -1


_SKIES = {
    "day": ("#5aa9e6", "#d8eefb"),
    "morning": ("#8fc0ea", "#ffe6bf"),
    "sunset": ("#4f4f9a", "#ff9d5c"),
    "night": ("#0c1130", "#33407e"),
}
_TINTS = {"day": ("#ffffff", 0.0), "morning": ("#fff0d6", 0.45), "sunset": ("#ffc8a4", 0.6), "night": ("#6470ac", 0.88)}
_HAZES = {"day": "#dbeaf4", "morning": "#f6e6cf", "sunset": "#f0a784", "night": "#27305f"}


@dataclass(frozen=True, slots=True)
class Palette:
    """Time, weather, light and the request's colours (its most telling first)."""

    time: str
    weather: tuple[str, ...]
    light: Light
    colours: tuple[str, ...]
    sky: tuple[str, str]
    haze: str
    key: str

    @property
    def night(self) -> bool:
        return self.time == "night"

    @property
    def overcast(self) -> bool:
        return bool({"rain", "snow", "fog"} & set(self.weather))

    def pick(self, usual: str, index: int, share: float = 0.55) -> str:
        """A place's ``usual`` colour, drawn towards the request's colour number ``index`` (counted round)."""
        if not self.colours:
            shift = chance("tone", self.key, index)
            return mix(usual, light(usual, 0.3) if shift > 0.5 else dark(usual, 0.2), abs(shift - 0.5) * 0.6)
        wanted = self.colours[index % len(self.colours)]
        bright, goal = luma(usual), luma(wanted)
        if goal < bright - 0.2:
            wanted = light(wanted, min(0.6, (bright - goal) * 0.75))
        elif goal > bright + 0.2:
            wanted = dark(wanted, min(0.7, (goal - bright) * 0.85))
        return mix(usual, wanted, share)

    def accent(self, index: int = 0) -> str:
        """A strong colour for signs and small things."""
        strong = [c for c in self.colours if vivid(c) > 60]
        usual = ("#f0583f", "#f3b53a", "#3fa0d8", "#e2559a", "#52b36c")
        return strong[index % len(strong)] if strong else choose(usual, "accent", self.key, index)


def read_palette(request: ImageRequest, words: str) -> Palette:
    """The palette of a request; ``words`` is its prompt without the characters' features."""
    said = f"{request.light} {request.palette} {words}"
    time = TIMES.first(request.light) or TIMES.first(words) or TIMES.first(request.palette)
    if time is None:
        moody = re.search(r"cyber|neon|赛博|霓虹|太空|space|horror|恐怖|暗", f"{said} {request.style}".lower())
        time = "night" if moody else "day"
    weather = WEATHER.all(words + " " + request.light)
    colours = tuple(dict.fromkeys(COLOURS.all(request.palette)))
    sky = _SKIES[time]
    if colours and time in ("night", "sunset"):
        strong = sorted(colours, key=vivid, reverse=True)[0]
        sky = (mix(sky[0], dark(strong, 0.6), 0.35), mix(sky[1], strong, 0.3))
    elif colours:
        sky = (mix(sky[0], colours[0], 0.22), mix(sky[1], light(colours[-1], 0.6), 0.3))
    if "rain" in weather or "fog" in weather:
        grey = "#5b6478" if time == "night" else "#aab4bf"
        sky = (mix(sky[0], grey, 0.55), mix(sky[1], grey, 0.5))
    if "snow" in weather:
        sky = (mix(sky[0], "#b9c6d6", 0.45), mix(sky[1], "#eef3f7", 0.55))
    haze = mix(_HAZES[time], sky[1], 0.5)
    # Shots of one scene share palette, light and landmarks: their place looks the same from shot to shot.
    scene = f"{request.palette}|{request.light}|{'|'.join(request.landmarks)}"
    key = f"{scene if scene.strip('|') else request.prompt}|{request.seed}"
    return Palette(time, weather, _light(request, words, time), colours, sky, haze, key)


def _light(request: ImageRequest, words: str, time: str) -> Light:
    side = SIDES.first(request.light)
    if side is None:
        said = re.search(r"(?:light|sun|光|阳光)[^.,。,]{0,18}(?:from|自|从)[^.,。,]{0,12}", words.lower())
        side = SIDES.first(said.group()) if said else None
    if side is None:
        side = choose((-1, 1), "light", request.palette, request.light, request.landmarks)
    usual = {"day": "#fff4d6", "morning": "#ffe3a6", "sunset": "#ffab63", "night": "#a9c1ff"}[time]
    colour = COLOURS.first(request.light) or SOURCES.first(request.light) or usual
    return Light(side, colour)


def place_grade(p: Palette, t: Treatment, *, inside: bool = False, gloom: float = 0.0) -> Grade:
    """The grade of the place in this light; ``inside``, lamps soften the night; ``gloom`` is what light it lacks."""
    tint, share = _TINTS[p.time]
    if inside:  # lamps are lit
        tint, share = mix(tint, p.light.colour, 0.3), share * 0.5
    style = style_grade(t)

    @lru_cache(maxsize=4096)
    def grade(colour: str) -> str:
        out = mix(colour, multiply(colour, tint), share)
        if p.time == "night":
            out = mix(out, "#161a3e", 0.14 if not inside else 0.06)
        elif gloom:
            out = mix(out, multiply(out, "#56598c"), gloom)
        if p.colours:
            out = mix(out, multiply(out, light(p.colours[0], 0.5)), 0.14)
        return style(out)

    return grade


def on_paper(p: Palette, t: Treatment) -> Palette:
    """The palette of a style that leaves paper bare: sky and distance fade into it."""
    if not t.paper or not t.lift:
        return p
    share = min(0.8, t.lift * 2.4)
    sky = (mix(p.sky[0], t.paper, share * 0.7), mix(p.sky[1], t.paper, share))
    return replace(p, sky=sky, haze=mix(p.haze, t.paper, share))


def far(grade: Grade, haze: str, share: float) -> Grade:
    """``grade`` seen through ``share`` of ``haze``."""

    @lru_cache(maxsize=4096)
    def hazy(colour: str) -> str:
        return mix(grade(colour), haze, share)

    return hazy
