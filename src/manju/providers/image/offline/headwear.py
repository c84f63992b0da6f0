"""What is worn on a head: masks, glasses, hats, ornaments. Coordinates as of `face`."""

from __future__ import annotations

import math

from manju.providers.image.offline import hair
from manju.providers.image.offline.colour import dark, light, luma
from manju.providers.image.offline.eyes import Eye, eyes_of
from manju.providers.image.offline.face import key
from manju.providers.image.offline.look import Look
from manju.providers.image.offline.svg import Drawing


def draw_mask(d: Drawing, look: Look, yaw: float) -> None:
    """A scar or a plaster on the cheek; a mask over the mouth, half of the face, or an eye."""
    cheek = key(yaw, -6.4, -3.8, 3.4)
    if (item := look.has("scar")) is not None:
        d.stroke(f"M{cheek - 1.4:.1f} -4.6L{cheek + 0.9:.1f} 8.4", item.colour, 1.1)
        d.stroke(f"M{cheek - 1.4:.1f} 5.4l2.6 -0.5M{cheek - 1.0:.1f} 7.2l2.6 -0.5", item.colour, 0.6)
    if (item := look.has("bandage")) is not None:
        with d.at(cheek, 6.4, tilt=-18):
            d.box(-2.4, -1.1, 4.8, 2.2, item.colour, r=1, width=0.7)
            d.stroke("M-0.8 -1v2M0.8 -1v2", dark(item.colour, 0.25), 0.5)
    if (item := look.has("mask")) is not None:
        a, b, x = key(yaw, -9.4, -7.2, -2.6), key(yaw, 9.4, 9.7, 12.2), key(yaw, 0, 4.8, 9.8)
        d.shape(
            f"M{a:.1f} 4.4Q{x:.1f} 2.6 {b:.1f} 4.2Q{b - 0.4:.1f} 11 {x + 0.8:.1f} 13.6Q{a + 2:.1f} 11.6 {a:.1f} 4.4Z",
            item.colour,
        )
        d.stroke(
            f"M{a + 1:.1f} 6.6Q{x:.1f} 6 {b - 0.6:.1f} 6.6M{a + 1.6:.1f} 9.4Q{x:.1f} 9 {b - 1:.1f} 9.4",
            dark(item.colour, 0.25),
            0.5,
        )
        d.stroke(f"M{a:.1f} 5L{key(yaw, -10.8, -8.8, -3):.1f} 1.4", dark(item.colour, 0.2), 0.6)
    if (item := look.has("halfmask")) is not None and yaw < 62:
        x = key(yaw, 0, 4.6, 9)
        d.shape(
            f"M{x:.1f} -8.6L{x + 0.2:.1f} 3L{x + 1.4:.1f} 6.2L{key(yaw, 7, 9, 10):.1f} 8.8"
            f"Q{key(yaw, 10, 10.2, 10):.1f} 4 {key(yaw, 10.6, 10.6, 10):.1f} -4L{key(yaw, 10, 9.8, 9):.1f}"
            f" -8.6Z",
            item.colour,
        )
        far = eyes_of(look, yaw, 0)[0]
        d.path(
            f"M{far.x - far.wide:.1f} {far.y:.1f}Q{far.x:.1f} {far.y - 2.8:.1f} {far.x + far.wide:.1f}"
            f" {far.y - 0.6:.1f}Q{far.x:.1f} {far.y + 2:.1f} {far.x - far.wide:.1f} {far.y:.1f}Z",
            "#15161e",
        )
    if (item := look.has("eyepatch")) is not None:
        e = eyes_of(look, yaw, 0)[-1]
        d.stroke(
            f"M{key(yaw, -10.4, -9, -3):.1f} -2L{e.x:.1f} {e.y - 1:.1f}L{key(yaw, 9, 9.8, 10):.1f} -7", item.colour, 1.1
        )
        d.shape(
            f"M{e.x - 3.4:.1f} {e.y - 2.6:.1f}H{e.x + 3.2:.1f}Q{e.x + 3:.1f} {e.y + 3.4:.1f} {e.x:.1f}"
            f" {e.y + 3.8:.1f}Q{e.x - 3.4:.1f} {e.y + 3:.1f} {e.x - 3.4:.1f} {e.y - 2.6:.1f}Z",
            item.colour,
        )


def draw_eyewear(d: Drawing, look: Look, yaw: float, nod: float) -> None:
    """Glasses of any kind."""
    eyes = eyes_of(look, yaw, nod)
    ear = key(yaw, -10.6, -8.6, -2.4)
    if (item := look.has("sunglasses")) is not None:
        for e in eyes:
            d.box(e.x - e.wide * 1.3, e.y - 2.6, e.wide * 2.6, 5.4, item.colour, r=2.0)
            d.stroke(f"M{e.x - e.wide * 0.5:.1f} {e.y - 1.2:.1f}l1.8 2.2", light(item.colour, 0.6), 0.8)
        _bridge(d, eyes, ear, item.colour)
    elif (item := look.has("goggles")) is not None:
        if item.place == "forehead":
            return
        a, b, y = key(yaw, -10.4, -8.8, -3), key(yaw, 10.4, 10.6, 11), eyes[0].y
        d.shape(
            f"M{a:.1f} {y - 3.4:.1f}Q{(a + b) / 2:.1f} {y - 4.6:.1f} {b:.1f} {y - 3.4:.1f}L{b - 0.4:.1f}"
            f" {y + 2.8:.1f}Q{(a + b) / 2:.1f} {y + 4.6:.1f} {a + 0.2:.1f} {y + 2.8:.1f}Z",
            item.colour,
        )
        d.path(f"M{a + 3:.1f} {y - 2.4:.1f}h5l-2.4 4.4h-5Z", "#ffffff", alpha=0.5)
    elif (item := look.has("glasses")) is not None:
        frame = item.colour if luma(item.colour) < 0.86 else "#9aa0aa"
        for e in eyes:
            w = max(1.6, e.wide * 1.28)
            d.oval(e.x, e.y + 0.2, w, 3.9, "#dff1fa", alpha=0.2)
            d.oval(e.x, e.y + 0.2, w, 3.9, line=frame, width=1.15)
            d.stroke(f"M{e.x - w * 0.5:.1f} {e.y - 1.6:.1f}l{w * 0.4:.1f} -1", "#ffffff", 0.7)
        _bridge(d, eyes, ear, frame)


def _bridge(d: Drawing, eyes: list[Eye], ear: float, colour: str) -> None:
    near = eyes[-1]
    data = f"M{near.x - near.wide * 1.28:.1f} {near.y - 0.4:.1f}L{ear:.1f} {near.y - 0.8:.1f}"
    if len(eyes) > 1:
        far = eyes[0]
        data += (
            f"M{near.x + near.wide * 1.28:.1f} {near.y - 0.2:.1f}Q{(near.x + far.x) / 2:.1f}"
            f" {near.y - 1.2:.1f} {far.x - far.wide * 1.28:.1f} {near.y - 0.2:.1f}"
        )
    d.stroke(data, colour, 1.0)


def draw_worn(d: Drawing, look: Look, yaw: float, s: int) -> None:
    """Hats, ornaments, headphones."""
    p = hair.Scalp(look, yaw)
    top, cx, rx = p.top, p.cx, p.rx
    side = math.sin(math.radians(yaw))
    facing = math.cos(math.radians(yaw))
    if (item := look.has("goggles")) is not None and item.place == "forehead":
        d.stroke(f"M{cx - rx:.1f} -8.6Q{cx:.1f} -6.6 {cx + rx:.1f} -8.6", dark("#4a3a34", 0.2), 2.6)
        if facing > -0.2:
            for angle in (-22, 22):
                if p.near(angle) > 0:
                    x, w = p.x(angle, 1.03), 4.2 * max(0.45, p.near(angle))
                    d.oval(x, -9.2, w, 4.0, dark(item.colour, 0.45), line=d.ink)
                    d.oval(x, -9.2, w * 0.72, 2.9, item.colour, line=d.ink, width=0.6)
                    d.stroke(f"M{x - w * 0.3:.1f} -10.2l{w * 0.4:.1f} -0.8", "#ffffff", 0.9)
    if (item := look.has("headband")) is not None:
        d.shape(
            f"M{cx - rx * 1.02:.1f} -5.4Q{cx + side * 4:.1f} {-7.6 - facing:.1f} {cx + rx * 1.02:.1f} -5.4"
            f"L{cx + rx * 1.0:.1f} -8.6Q{cx + side * 4:.1f} {-11 - facing:.1f} {cx - rx * 1.0:.1f} -8.6Z",
            item.colour,
        )
    if (item := look.has("crown")) is not None and look.style != "topknot":
        d.shape(
            f"M{cx - 8.6:.1f} {top + 4:.1f}L{cx - 9.6:.1f} {top - 6:.1f}L{cx - 4.6:.1f} {top - 1:.1f}"
            f"L{cx:.1f} {top - 8:.1f}L{cx + 4.6:.1f} {top - 1:.1f}L{cx + 9.6:.1f} {top - 6:.1f}"
            f"L{cx + 8.6:.1f} {top + 4:.1f}Q{cx:.1f} {top + 1:.1f} {cx - 8.6:.1f} {top + 4:.1f}Z",
            item.colour,
        )
        d.oval(cx, top, 1.3, fill="#d43a5a", line=d.ink, width=0.5)
    _hats(d, look, p, side, facing)
    if (item := look.has("catears")) is not None:
        for angle in (-52, 52):
            x = p.x(angle, 0.78)
            d.shape(
                f"M{x - 4.6:.1f} {top + 4.4:.1f}Q{x - 3.4:.1f} {top - 4:.1f}"
                f" {x + (1.4 if angle * s > 0 else -1.4):.1f} {top - 7.6:.1f}Q{x + 4:.1f} {top - 3:.1f}"
                f" {x + 4.8:.1f} {top + 4.4:.1f}Z",
                look.hair,
            )
            if facing > 0:
                d.path(
                    f"M{x - 2.4:.1f} {top + 2.6:.1f}L{x + (0.8 if angle * s > 0 else -0.8):.1f}"
                    f" {top - 4.4:.1f}L{x + 2.6:.1f} {top + 2.6:.1f}Z",
                    "#f0a0a8",
                )
    if (item := look.has("headphones")) is not None:
        if item.place == "neck":
            return
        d.stroke(
            f"M{cx - rx * 1.04:.1f} 0C{cx - rx * 1.16:.1f} {top - 6:.1f} {cx + rx * 1.16:.1f}"
            f" {top - 6:.1f} {cx + rx * 1.04:.1f} 0"
            if abs(side) < 0.7
            else f"M{cx - 1:.1f} 0C{cx - 3:.1f} {top * 0.8:.1f} {cx - 1:.1f} {top - 1.6:.1f} {cx + 1:.1f}"
            f" {top - 1.6:.1f}",
            item.colour,
            3.0,
        )
        for angle in (-92, 92):
            if p.near(angle) > -0.25:
                x = p.x(angle, 1.04)
                w = 2.4 + 2.4 * max(0.0, p.near(angle))
                d.box(x - w, -3.4, w * 2, 9.4, item.colour, r=2.4)
                d.box(x - w * 0.5, -1.4, w, 5.4, light(item.colour, 0.25), r=1.4, width=0.5)
    _ornaments(d, look, p, s)


def _hats(d: Drawing, look: Look, p: hair.Scalp, side: float, facing: float) -> None:
    top, cx, rx = p.top, p.cx, p.rx
    if (item := look.has("hat")) is not None:
        c = item.colour
        d.shape(
            f"M{cx - rx * 0.92:.1f} -8C{cx - rx * 0.96:.1f} {top - 7:.1f} {cx - 4:.1f} {top - 7.4:.1f}"
            f" {cx:.1f} {top - 6:.1f}C{cx + 4:.1f} {top - 7.4:.1f} {cx + rx * 0.96:.1f} {top - 7:.1f}"
            f" {cx + rx * 0.92:.1f} -8Z",
            c,
        )
        d.shape(
            f"M{cx - rx * 1.62:.1f} -6.6Q{cx:.1f} -13.6 {cx + rx * 1.62:.1f} -6.6Q{cx:.1f} -3"
            f" {cx - rx * 1.62:.1f} -6.6Z",
            c,
        )
        d.stroke(f"M{cx - rx * 0.9:.1f} -11Q{cx:.1f} -13.6 {cx + rx * 0.9:.1f} -11", dark(c, 0.45), 2.4)
    if (item := look.has("conehat")) is not None:
        c = item.colour
        d.shape(
            f"M{cx - 24:.1f} -5Q{cx - 8:.1f} -14 {cx:.1f} {top - 8:.1f}Q{cx + 8:.1f} -14 {cx + 24:.1f} -5"
            f"Q{cx:.1f} 1 {cx - 24:.1f} -5Z",
            c,
        )
        d.stroke(
            "".join(
                f"M{cx:.1f} {top - 7:.1f}Q{cx + dx * 0.4:.1f} -12 {cx + dx:.1f} -3.4" for dx in (-16, -8, 0, 8, 16)
            ),
            dark(c, 0.35),
            0.5,
        )
    if (item := look.has("cap")) is not None:
        c = item.colour
        d.shape(
            f"M{cx - rx * 1.04:.1f} -5.8C{cx - rx * 1.1:.1f} {top - 3.6:.1f} {cx + rx * 1.1:.1f}"
            f" {top - 3.6:.1f} {cx + rx * 1.04:.1f} -5.8Q{cx:.1f} -9.4 {cx - rx * 1.04:.1f} -5.8Z",
            c,
        )
        d.stroke(
            f"M{cx + side * 3:.1f} {top - 1.8:.1f}Q{cx + side * 7:.1f} -12 {cx + side * 8:.1f} -7.4"
            f"M{cx - rx * 0.6:.1f} -14Q{cx - rx * 0.75:.1f} -10 {cx - rx * 0.7:.1f} -7",
            _seam(c),
            0.5,
        )
        if facing > -0.35:
            x = cx + side * 12.5
            w = 10.6 - abs(side) * 3.4
            d.shape(
                f"M{x - w:.1f} -7Q{x:.1f} -11 {x + w:.1f} -7Q{x + w * 1.06 + side * 2:.1f} -4"
                f" {x + side * 2:.1f} -4.6Q{x - w * 1.06:.1f} -4 {x - w:.1f} -7Z",
                dark(c, 0.2),
            )
        d.oval(cx, top - 2, 1.1, fill=dark(c, 0.2), line=d.ink, width=0.6)
    if (item := look.has("beret")) is not None:
        d.shape(
            f"M{cx - rx * 1.1:.1f} -8Q{cx - rx * 1.4:.1f} {top - 2:.1f} {cx - 2:.1f} {top - 3.4:.1f}"
            f"Q{cx + rx * 1.5:.1f} {top - 2.4:.1f} {cx + rx * 1.12:.1f} -9Q{cx:.1f} -12"
            f" {cx - rx * 1.1:.1f} -8Z",
            item.colour,
        )
        d.stroke(f"M{cx:.1f} {top - 3.4:.1f}l0.6 -2.2", item.colour, 1.6)
    if (item := look.has("beanie")) is not None:
        c = item.colour
        d.shape(
            f"M{cx - rx * 1.04:.1f} -6C{cx - rx * 1.14:.1f} {top - 5:.1f} {cx + rx * 1.14:.1f}"
            f" {top - 5:.1f} {cx + rx * 1.04:.1f} -6Z",
            c,
        )
        d.shape(
            f"M{cx - rx * 1.08:.1f} -5Q{cx:.1f} -7.8 {cx + rx * 1.08:.1f} -5L{cx + rx * 1.06:.1f} -9"
            f"Q{cx:.1f} -11.6 {cx - rx * 1.06:.1f} -9Z",
            light(c, 0.14),
        )
    if (item := look.has("chefhat")) is not None:
        d.shape(
            f"M{cx - rx * 0.86:.1f} -9C{cx - rx * 1.7:.1f} {top - 4:.1f} {cx - rx:.1f} {top - 17:.1f}"
            f" {cx - 3:.1f} {top - 12:.1f}C{cx:.1f} {top - 18:.1f} {cx + 7:.1f} {top - 17:.1f}"
            f" {cx + 6:.1f} {top - 12:.1f}C{cx + rx * 1.6:.1f} {top - 15:.1f} {cx + rx * 1.5:.1f}"
            f" {top - 4:.1f} {cx + rx * 0.86:.1f} -9Z",
            "#fafaf6",
        )
        d.shape(
            f"M{cx - rx * 0.9:.1f} -7.4Q{cx:.1f} -10 {cx + rx * 0.9:.1f} -7.4L{cx + rx * 0.86:.1f} -12.6"
            f"Q{cx:.1f} -15 {cx - rx * 0.86:.1f} -12.6Z",
            "#efefe9",
        )
    if (item := look.has("helmet")) is not None:
        c = item.colour
        d.shape(
            f"M{cx - rx * 1.08:.1f} -3C{cx - rx * 1.16:.1f} {top - 5:.1f} {cx + rx * 1.16:.1f}"
            f" {top - 5:.1f} {cx + rx * 1.08:.1f} -3Q{cx:.1f} -8.4 {cx - rx * 1.08:.1f} -3Z",
            c,
        )
        d.stroke(
            f"M{cx + side * 4:.1f} {top - 3:.1f}Q{cx + side * 6:.1f} -12 {cx + side * 8:.1f} -6", light(c, 0.4), 1.2
        )


def _seam(colour: str) -> str:
    """The colour of seams."""
    return dark(colour, 0.4)


def _ornaments(d: Drawing, look: Look, p: hair.Scalp, s: int) -> None:
    if (item := look.has("ribbon")) is not None and look.style not in hair.GATHERED:
        x, y = p.x(52 * s, 0.86), p.top + 3
        if p.near(52 * s) > -0.2:
            d.shape(f"M{x} {y}l-5 -3.2q-1.3 3.2 0 6.4ZM{x} {y}l5 -3.2q1.3 3.2 0 6.4Z", item.colour)
            d.oval(x, y, 1.4, fill=item.colour, line=d.ink)
    if (item := look.has("hairpin")) is not None and look.style not in ("topknot", "updo"):
        angle = -50 * s
        if p.near(angle) > 0:
            x, w = p.x(angle, 0.98), 3.2 * max(0.5, p.near(angle))
            if item.place == "star":
                star = "".join(
                    f"{'M' if i == 0 else 'L'}{x + (2.9 if i % 2 == 0 else 1.2) * math.sin(i * math.pi / 5):.1f}"
                    f" {-6.4 - (2.9 if i % 2 == 0 else 1.2) * math.cos(i * math.pi / 5):.1f}"
                    for i in range(10)
                )
                d.shape(star + "Z", item.colour, width=0.7)
            else:
                d.shape(
                    f"M{x - w:.1f} -7.4L{x + w:.1f} -5.6L{x + w * 0.9:.1f} -4L{x - w * 1.1:.1f} -5.8Z",
                    item.colour,
                    width=0.7,
                )
    if (item := look.has("flower")) is not None:
        angle = -62 * s
        if p.near(angle) > -0.1:
            x, y = p.x(angle, 0.98), -9.0
            for dx, dy in ((0, -2.3), (2.2, -0.7), (1.4, 1.9), (-1.4, 1.9), (-2.2, -0.7)):
                d.oval(x + dx, y + dy, 1.8, fill=item.colour, line=d.ink, width=0.6)
            d.oval(x, y, 1.2, fill="#f6d24a")
