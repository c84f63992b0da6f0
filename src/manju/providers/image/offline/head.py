"""The head: skull, face, hair, and what is worn on it. Coordinates as in `face`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from manju.providers.image.offline import hair
from manju.providers.image.offline.colour import dark, luma, mix
from manju.providers.image.offline.eyes import draw_brows
from manju.providers.image.offline.face import FACES, key, outline
from manju.providers.image.offline.features import draw_features, draw_signs
from manju.providers.image.offline.headwear import draw_eyewear, draw_mask, draw_worn
from manju.providers.image.offline.look import Look
from manju.providers.image.offline.svg import Drawing


def draw_head(
    d: Drawing, look: Look, expression: str, *, yaw: float = 0.0, nod: float = 0.0,
    gaze: tuple[float, float] = (0.0, 0.0), lit: int = -1,
) -> None:  # fmt: skip
    """The whole head, without the hair that hangs behind the body (`hair.behind`). ``yaw`` as of a `View`."""
    s = -1 if yaw < 0 else 1
    turn = _settle(abs(yaw))
    with d.at(0, 0, flip=s < 0):
        lit, gaze = lit * s, (gaze[0] * s, gaze[1])
        if turn > 112:
            _from_behind(d, look, turn, s, lit)
        else:
            _face(d, look, expression, turn, s, nod, gaze, lit)


@contextmanager
def _features(d: Drawing) -> Iterator[None]:
    """Lines of a face keep a least width: a style without outlines has them too, and near shots bolder ones."""
    pen, d.pen = d.pen, max(d.pen, 0.44)
    try:
        yield
    finally:
        d.pen = pen


def _settle(yaw: float) -> float:
    """Between three-quarter and side view lies an angle at which no face looks well."""
    return 52.0 if 52 < yaw <= 64 else 76.0 if 64 < yaw < 76 else yaw


def _face(
    d: Drawing, look: Look, expression: str, yaw: float, s: int, nod: float, gaze: tuple[float, float], lit: int
) -> None:
    face = FACES[expression]
    hair.skull(d, look, yaw)
    if yaw < 30:
        _ear(d, look, hair.Scalp(look, yaw).x(88, 0.97), 1)
    skin = outline(look, yaw)
    d.shape(skin, look.skin)
    if look.length == "bald":
        hair.bare(d, look, yaw)
    shadow = mix(look.skin, "#a4584a", 0.3)
    _shading(d, look, yaw, lit, shadow)
    _ear(d, look, key(yaw, -11.0, -8.9, -2.6), -1)
    _beard(d, look, yaw)
    with _features(d):
        draw_features(d, look, face, yaw, nod, gaze, lit)
    draw_mask(d, look, yaw)
    draw_eyewear(d, look, yaw, nod)
    with d.at(0, -nod * 0.02):
        hair.cap(d, look, yaw, s, lit)
    draw_brows(d, look, face, yaw, nod)
    draw_signs(d, face, yaw)
    draw_worn(d, look, yaw, s)


def _from_behind(d: Drawing, look: Look, yaw: float, s: int, lit: int) -> None:
    p = hair.Scalp(look, yaw)
    d.shape(
        f"M{p.cx + 2:.1f} -6L{p.cx + 8.4 * (180 - yaw) / 60 + 4:.1f} 0Q{p.cx + 9:.1f} 9 {p.cx + 4:.1f}"
        f" 12.4L{p.cx - 4:.1f} 11Z",
        look.skin,
    )
    for k in (-1, 1):
        x = p.x(k * 92, 0.99)
        if p.near(k * 92) > -0.35:
            _ear(d, look, x, -1 if x < p.cx else 1)
    hair.skull(d, look, yaw)
    hair.cap(d, look, yaw, s, lit)
    if look.length in ("short", "bald"):
        for k in (-1, 1):
            if p.near(k * 92) > 0.0:
                _ear(d, look, p.x(k * 92, 0.96), -1 if p.x(k * 92) < p.cx else 1)
    draw_worn(d, look, yaw, s)


def _shading(d: Drawing, look: Look, yaw: float, lit: int, shadow: str) -> None:
    """The face's shadow side, and the shadow of the hair."""
    if lit < 0:
        x = key(yaw, 1.0, 2.2, 3)
        if yaw < 62:
            d.path(
                f"M{9.9 - yaw * 0.004:.1f} -4C{9.6:.1f} 1 {9.3:.1f} 5 {7.4 + yaw * 0.015:.1f} 9.4"
                f"L{x + 3.6:.1f} 12.9Q{x + 4.6:.1f} 9 {x + 6.2:.1f} 5Q{x + 6.6:.1f} 1 {x + 6.0:.1f} -5Z",
                shadow,
                alpha=0.4,
            )
    else:
        a, b = key(yaw, -10.2, -9.2, -3.4), key(yaw, -6.8, -6.2, 0.4)
        d.path(
            f"M{a:.1f} -4Q{a + 0.4:.1f} 3 {a + 1.6:.1f} 6.2L{b + 1.4:.1f} 11.2Q{b + 0.6:.1f} 6"
            f" {b + 0.4:.1f} 1Q{b:.1f} -2 {b:.1f} -5Z",
            shadow,
            alpha=0.4,
        )
    if look.length != "bald" and look.fringe not in ("back", "none") and look.style != "crew":
        a, b = key(yaw, -9.8, -8.8, -2), key(yaw, 9.8, 9.6, 9.4)
        d.path(f"M{a:.1f} -10L{a:.1f} -2.6Q{(a + b) / 2:.1f} 0.2 {b:.1f} -3L{b:.1f} -10Z", shadow, alpha=0.5)


def _ear(d: Drawing, look: Look, x: float, way: int) -> None:
    d.shape(
        f"M{x - way * 1.2:.1f} -0.8C{x + way * 1.2:.1f} -2.8 {x + way * 3:.1f} -0.6 {x + way * 2:.1f} 2.4"
        f"Q{x + way * 1:.1f} 5 {x - way * 1:.1f} 4.4Z",
        look.skin,
        width=0.8,
    )
    d.stroke(
        f"M{x + way * 0.1:.1f} 0.2Q{x + way * 1.6:.1f} 0 {x + way * 0.6:.1f} 2.6", mix(look.skin, "#7a3a30", 0.5), 0.5
    )
    if (item := look.has("earring")) is not None:
        d.stroke(f"M{x + way * 0.2:.1f} 4.6v2.2", item.colour, 0.7)
        d.oval(x + way * 0.2, 7.6, 1.1, 1.3, item.colour, line=d.ink, width=0.5)


def _beard(d: Drawing, look: Look, yaw: float) -> None:
    colour = dark(look.hair, 0.08) if luma(look.hair) < 0.9 else "#e6e6e4"
    x = key(yaw, 0, 4.4, 9.4)
    if (look.has("beard")) is not None:
        low = 25.0 if look.age == "elder" else 17.0
        a, b = key(yaw, -9.8, -7.4, -2.2), key(yaw, 9.8, 9.6, 11.4)
        d.shape(
            
                f"M{a:.1f} 3C{a + 0.4:.1f} 8 {a * 0.6 + x * 0.4 - 1:.1f} {low - 5:.1f} {x - 0.5:.1f} {low:.1f}"
                f"C{x + (b - x) * 0.7:.1f} {low - 6:.1f} {b:.1f} 9 {b:.1f} 4"
            
                f"Q{b - 1:.1f} 7.4 {x + 3.4 * key(yaw, 1, 0.8, 0.3):.1f} 7.6Q{x:.1f} 6.8 {x - 3.4:.1f} 7.6"
                f"Q{a + 2:.1f} 8 {a:.1f} 3Z", colour,
        )  # fmt: skip
        d.stroke(
            f"M{x - 2:.1f} 12.6Q{x - 1.4:.1f} {low - 6:.1f} {x - 0.8:.1f} {low - 2:.1f}M{x + 1.6:.1f} 12.6"
            f"Q{x + 1.2:.1f} {low - 6:.1f} {x:.1f} {low - 3:.1f}",
            dark(colour, 0.3),
            0.5,
        )
    if look.has("moustache") is not None or (look.has("beard") is not None and look.age == "elder"):
        k = key(yaw, 1, 0.85, 0.5)
        d.shape(
            f"M{x:.1f} 7.6Q{x + 2.6 * k:.1f} 6.8 {x + 5 * k:.1f} 9.8Q{x + 2 * k:.1f} 9.4 {x:.1f} 8.5"
            f"Q{x - 2 * k:.1f} 9.4 {x - 5 * k:.1f} 9.8Q{x - 2.6 * k:.1f} 6.8 {x:.1f} 7.6Z",
            colour,
            width=0.6,
        )
    if look.has("stubble") is not None:
        d.path(
            f"M{key(yaw, -8, -5.6, -1):.1f} 7.4Q{x:.1f} 16 {key(yaw, 8, 8.8, 10.4):.1f} 7.4Q{x:.1f} 9.4"
            f" {key(yaw, -8, -5.6, -1):.1f} 7.4Z",
            mix(look.skin, colour, 0.5),
            alpha=0.35,
        )
