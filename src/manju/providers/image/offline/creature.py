"""Figures that are not people: cats, dogs, rabbits and robots with a character's own colours and things.

Coordinates as in `body`: centimetres, the origin on the ground, y downwards; a creature is about 100 high.
"""

from __future__ import annotations

from manju.providers.image.offline.colour import dark, light, luma
from manju.providers.image.offline.look import Look
from manju.providers.image.offline.props import draw_prop
from manju.providers.image.offline.svg import Drawing


def draw_creature(
    d: Drawing, look: Look, expression: str, *, turn: float = 0.0, held: str | None = None, back: bool = False
) -> None:
    """The creature of ``look.species`` from the front, or from the ``back``."""
    if look.species == "robot":
        _robot(d, look, expression, turn, back=back)
    else:
        _animal(d, look, expression, turn, back=back)
    if held is not None and not back:
        with d.at(30, -14, 0.26):
            draw_prop(d, held)


def _animal(d: Drawing, look: Look, expression: str, turn: float, *, back: bool) -> None:
    c = look.hair if luma(look.hair) > 0.12 else light(look.hair, 0.12)
    shade, pale = dark(c, 0.26), light(c, 0.62)
    t = 0.0 if back else turn * 4
    if look.species != "rabbit":
        for colour, width in ((d.ink, 9 + d.pen * 2), (c, 9.0)):
            d.path("M22 -10C50 -12 50 -40 40 -52", None, line=colour, width=width)
    else:
        d.oval(24, -10, 8, fill=pale, line=d.ink)
    if (cape := look.has("cape")) is not None:
        d.shape("M-20 -46C-40 -30 -40 -8 -34 -2H34C40 -8 40 -30 20 -46Z", cape.colour)
    _ears(d, look.species, c, back=back)
    d.shape("M-25 0C-31 -34 -18 -52 0 -52S31 -34 25 0Z", c)
    if not back:
        d.path("M-12 0C-15 -30 15 -30 12 0Z", pale)
    d.path("M24 -2C27 -22 20 -42 8 -50C16 -34 17 -16 14 -2Z", shade, alpha=0.5)
    if look.top in ("vest", "jacket", "coat", "hoodie", "shirt", "tshirt", "apron") and look.dressed:
        d.shape("M-27 -8C-29 -34 -16 -50 0 -50S29 -34 27 -8Q0 -2 -27 -8Z", look.top_colour)
        if not back:
            d.stroke("M0 -46V-6", dark(look.top_colour, 0.4), 0.8)
    for s in (-1, 1):
        d.oval(s * 12, -2.5, 10, 5.4, pale, line=d.ink)
        d.shape(f"M{s * 20} -36C{s * 30} -26 {s * 27} -14 {s * 19} -14C{s * 14} -18 {s * 15} -30 {s * 20} -36Z", c)
    d.oval(0, -70, 33, 27, c, line=d.ink)
    d.path("M10 -46C26 -48 33 -60 32 -74C30 -60 22 -50 10 -46Z", shade, alpha=0.6)
    if look.species == "cat":
        d.stroke("M-7 -95v9M0 -96v11M7 -95v9", shade, 1.8)
    if not back:
        if look.species == "dog":
            d.oval(t, -61, 17, 13, pale)
        _face(d, look, expression, t)
    _worn(d, look, back=back)


def _worn(d: Drawing, look: Look, *, back: bool) -> None:
    """Scarf, bell, flower and bag."""
    tied = look.has("scarf")
    if tied is not None or not look.dressed:
        colour = tied.colour if tied else look.top_colour
        d.shape("M-22 -50Q0 -38 22 -50Q26 -44 21 -40Q0 -29 -21 -40Q-26 -44 -22 -50Z", colour)
        if not back:
            d.shape("M8 -40l10 20l-10 2l-7 -20Z", dark(colour, 0.12))
    if (bell := look.has("necklace") or look.has("badge")) is not None and not back:
        d.oval(0, -34, 5, fill=bell.colour, line=d.ink)
    if (flower := look.has("flower")) is not None:
        d.oval(-24, -92, 6, fill=flower.colour, line=d.ink)
        d.oval(-24, -92, 2.2, fill="#f6d24a")
    if (bag := look.has("bag") or look.has("backpack")) is not None:
        d.box(14, -30, 18, 15, bag.colour, r=4)


def _ears(d: Drawing, species: str, c: str, *, back: bool) -> None:
    inner = c if back else "#f2b0a0"
    for s in (-1, 1):
        if species == "rabbit":
            d.shape(f"M{s * 7} -84C{s * 0} -136 {s * 32} -138 {s * 22} -80Z", c)
            d.path(f"M{s * 11} -92C{s * 9} -122 {s * 24} -124 {s * 18} -88Z", inner)
        elif species == "dog":
            d.shape(
                f"M{s * 20} -92C{s * 46} -94 {s * 48} -60 {s * 36} -52C{s * 26} -58 {s * 27} -78 {s * 20} -92Z",
                dark(c, 0.3),
            )
        else:
            d.shape(f"M{s * 7} -90L{s * 29} -108L{s * 32} -76Z", c)
            d.path(f"M{s * 16} -92L{s * 26} -101L{s * 28} -83Z", inner)


def _face(d: Drawing, look: Look, expression: str, t: float) -> None:
    for s in (-1, 1):
        x = s * 12.5 + t
        if expression in ("happy", "smile"):
            d.stroke(f"M{x - 5} -69Q{x} -78 {x + 5} -69", None, 1.5)
        else:
            tall = 8.4 if expression in ("surprised", "worried", "shout") else 4.4 if expression == "tired" else 7.0
            d.oval(x, -72, 6.2, tall, "#ffffff", line=d.ink, width=0.8)
            d.oval(x + t * 0.2, -71.6, 4.8, tall * 0.82, look.eyes)
            d.oval(x + t * 0.2, -71.4, 2.4, tall * 0.6, "#14141c")
            d.oval(x - 1.6, -74.4, 1.6, fill="#ffffff")
        lean = {"angry": 3, "determined": 2, "shout": 3, "sad": -3, "worried": -3}.get(expression, 0)
        if lean:
            d.stroke(f"M{x - s * 5} {-83 + lean}L{x + s * 5} {-83 - lean}", None, 1.4)
        d.oval(s * 21 + t, -61, 4, 2.2, "#f0766e", alpha=0.4)
        if look.species != "dog":
            d.stroke(f"M{s * 17 + t} -60l{s * 16} -3M{s * 17 + t} -58l{s * 16} 3", None, 0.5)
    d.shape(f"M{t - 3.6} -64.6h7.2l-3.6 4.4Z", "#2a2228" if look.species == "dog" else "#d9606a", width=0.7)
    if expression in ("happy", "shout", "surprised"):
        d.shape(f"M{t - 5} -58Q{t} -56 {t + 5} -58Q{t + 4} -49 {t} -49T{t - 5} -58Z", "#8a2f3a", width=0.8)
    elif expression in ("sad", "worried", "angry"):
        d.stroke(f"M{t - 5} -54Q{t} -59 {t + 5} -54", None, 1)
    else:
        d.stroke(f"M{t} -60q-4 6 -8 2M{t} -60q4 6 8 2", None, 0.9)


def _robot(d: Drawing, look: Look, expression: str, turn: float, *, back: bool) -> None:
    shell, glow = look.hair, light(look.eyes, 0.25)
    shade, t = dark(shell, 0.22), 0.0 if back else turn * 4
    d.stroke("M0 -98V-110", dark(shell, 0.45), 2)
    with d.shining():
        d.oval(0, -111, 4, fill=look.top_colour, line=d.ink)
    for s in (-1, 1):
        d.box(s * 12 - 8, -16, 16, 14, dark(shell, 0.4), r=4)
        d.box(s * 14 - 12, -6, 24, 8, look.shoe_colour, r=4)
        d.box(s * 31 - 5, -50, 10, 30, shell, r=5)
        d.oval(s * 31, -18, 6.4, fill=dark(shell, 0.35), line=d.ink)
    d.box(-26, -56, 52, 44, shell, r=12)
    d.path("M14 -55Q24 -54 25 -44V-24Q25 -14 14 -13Z", shade, alpha=0.6)
    d.rect(-25, -30, 50, 7, look.top_colour)
    d.box(-33, -102, 66, 44, shell, r=18)
    d.path("M16 -101Q32 -100 32 -84V-76Q32 -60 16 -59Q26 -80 16 -101Z", shade, alpha=0.6)
    for s in (-1, 1):
        d.box(s * 34 - 4, -88, 8, 16, look.top_colour, r=3)
    if back:
        d.box(-14, -50, 28, 18, shade, r=4)
        return
    d.box(-25 + t, -94, 50, 29, "#182036", r=12)
    d.oval(0, -42, 6, fill=look.top_colour, line=d.ink)
    with d.shining():
        for s in (-1, 1):
            x = s * 11 + t
            if expression in ("happy", "smile"):
                d.path(f"M{x - 5} -79Q{x} -88 {x + 5} -79", None, line=glow, width=3)
            elif expression in ("angry", "determined", "shout"):
                d.path(f"M{x - 5} {-82 - s * 2.5}L{x + 5} {-82 + s * 2.5}V-77H{x - 5}Z", glow)
            else:
                d.oval(x, -81, 4.6, 6.4 if expression == "surprised" else 3 if expression == "tired" else 5.4, glow)
        bend = 3.4 if expression in ("happy", "smile", "calm") else -3 if expression in ("sad", "worried") else 0
        d.path(f"M{t - 6} -71Q{t} {-71 + bend} {t + 6} -71", None, line=glow, width=2)
