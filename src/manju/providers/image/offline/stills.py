"""Still lifes: pictures of a thing that a shot without people is about, so large that nobody misses it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from manju.domain.order import ImageRequest
from manju.providers.image.offline import insert
from manju.providers.image.offline.colour import dark, light, mix
from manju.providers.image.offline.icons import half
from manju.providers.image.offline.palette import Palette
from manju.providers.image.offline.props import KINDS, VIEWS, draw_prop, find_props
from manju.providers.image.offline.svg import Drawing
from manju.providers.image.offline.trace import trace
from manju.providers.image.offline.words import choose

_FOCUS = re.compile(
    r"画面中央|画面正中|占满画面|微距|正中立着|勾出[^，。]*轮廓|fills? the frame|in macro|draws the outline|"
    r"in the (?:middle|cent(?:re|er))\b(?: of the (?:frame|picture))?", re.I,
)  # fmt: skip
"""Words that say what a picture is of."""
_HAND = re.compile(r"指尖|指腹|手掌|双手|手心|托起|托着|finger|two hands|palm of", re.I)
_NEAR = ("medium", "close", "extreme_close")
_AROUND = frozenset(
    ("desk", "chair", "window", "bed", "locker", "stall", "door", "lamp", "shelf", "sofa", "board", "screen", "flower")
)
"""Things that others lie on, hang on or stand under: left out beside those."""
_CARDS = ("diagramlinks", "diagramsteps", "diagramround")


@dataclass(frozen=True, slots=True)
class Still:
    """``kinds`` are of `props`, the first the most important, ``on`` is where they are: a ``view`` fills the frame by
    itself."""

    kinds: tuple[str, ...]
    on: str


def read_still(request: ImageRequest, subject: str) -> Still | None:
    """What a picture without people is of, if its words say so; ``subject`` is what its words say of things."""
    focus = bool(_FOCUS.search(subject))
    if not focus and request.size not in _NEAR:
        return None
    if view := VIEWS.first(subject):
        return Still((view,), "view")
    kinds = find_props(subject)
    kinds = tuple(kind for kind in kinds if kind not in _AROUND) or kinds[:1]
    if not kinds:
        if focus and _HAND.search(subject):
            return Still(("product",), "hand")
        return Still((choose(_CARDS, "card", subject),), "wall") if focus else None
    if _HAND.search(subject) and kinds[0] != "ripple":
        kinds = kinds if KINDS[kinds[0]].mount != "floor" else ("product",)
        return Still(kinds[:1], "hand")
    mount = KINDS[kinds[0]].mount
    same = tuple(kind for kind in kinds if KINDS[kind].mount == mount)
    return Still(same[: 3 if mount == "table" else 1], mount)


def view(d: Drawing, kind: str) -> None:
    """A picture of its own, over the whole frame."""
    size = min(d.width, d.height) / 100
    with d.at(d.width / 2, d.height / 2 + 50 * size, size):
        draw_prop(d, kind)


def ground(d: Drawing, palette: Palette) -> None:
    """A wall with light on it, for what hangs there."""
    w, h = d.width, d.height
    wall = mix(palette.pick("#e4d9c6", 1, 0.3), palette.light.colour, 0.14)
    if palette.night:
        wall = dark(wall, 0.35)
    d.rect(-0.1 * w, -0.1 * h, 1.2 * w, 1.2 * h, wall)
    d.path(trace("M-.1 -.1H.34L.86 1.1H.2Z", 0, 0, w, h), light(wall, 0.3))
    d.path(trace("M.46 -.1H.6L1.12 1.1H.98Z", 0, 0, w, h), light(wall, 0.3))
    d.rect(-0.1 * w, 0.87 * h, 1.2 * w, 0.3 * h, dark(wall, 0.2))
    d.rect(-0.1 * w, 0.862 * h, 1.2 * w, 0.012 * h, light(wall, 0.45))


def paint(d: Drawing, still: Still, wood: str) -> None:
    """The things of a still life."""
    w, h, small = d.width, d.height, min(d.width, d.height)
    if still.on == "table":
        insert.lying(d, still.kinds, wood)
    elif still.on == "hand":
        insert.held(d, still.kinds[0], None)
    else:
        size = min(small * 0.0078, 0.44 * w / half(still.kinds[0]))
        x, y = w / 2, h * 0.47 + 50 * size
        if still.on == "air":
            with d.shining():
                tone = d.gradient(((0, "#ffffff", 0.8), (1, "#ffffff", 0.0)), x, y - 50 * size, 64 * size)
                d.oval(x, y - 50 * size, 64 * size, fill=tone)
        with d.at(x, y, size):
            draw_prop(d, still.kinds[0])
