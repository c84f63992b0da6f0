"""What stands close before the camera at the edge of the picture: dark and out of focus, for depth."""

from __future__ import annotations

from collections.abc import Callable

from manju.providers.image.offline.colour import dark, light, mix
from manju.providers.image.offline.palette import far
from manju.providers.image.offline.scenery import Scenery
from manju.providers.image.offline.svg import num
from manju.providers.image.offline.trace import trace
from manju.providers.image.offline.words import chance


def _leaf(x: float, y: float, long: float, dx: float, dy: float) -> str:
    """One leaf from (x, y) along (dx, dy)."""
    nx, ny = -dy * long * 0.22, dx * long * 0.22
    ex, ey = x + dx * long, y + dy * long
    mx, my = x + dx * long * 0.45, y + dy * long * 0.45
    return f"M{num(x)} {num(y)}Q{num(mx + nx)} {num(my + ny)} {num(ex)} {num(ey)}" + (
        f"Q{num(mx - nx)} {num(my - ny)} {num(x)} {num(y)}Z"
    )


def _branch(s: Scenery, side: int, tone: str) -> None:
    """Leaves hanging in from an upper corner."""
    small = min(s.w, s.h)
    x0 = -0.06 * s.w if side < 0 else 1.06 * s.w
    data = ""
    for i in range(16):
        t = chance("twig", s.palette.key, i)
        reach = small * (0.05 + 0.42 * t)
        x, y = x0 - side * reach, -0.05 * s.h + small * (0.05 + 0.3 * (1 - t) * chance("drop", i) + 0.08 * t)
        a = 0.25 + 0.9 * chance("turn", i)
        data += _leaf(x, y, small * (0.09 + 0.06 * chance("long", i)), -side * (1 - a * 0.6), a)
    s.d.path(
        trace("M0 -.05Q-.25 .06 -.46 .12", x0, 0, side * small, small),
        None,
        line=dark(tone, 0.3),
        width=small * 0.012,
    )
    s.d.path(data, tone)


def _fronds(s: Scenery, side: int, tone: str) -> None:
    """Long leaves (bamboo, palm, kelp) from a lower corner."""
    small, data = min(s.w, s.h), ""
    x0 = -0.05 * s.w if side < 0 else 1.05 * s.w
    for i in range(9):
        a = 0.1 + 0.8 * i / 8
        data += _leaf(
            x0 - side * small * 0.04 * chance("f", i),
            1.08 * s.h,
            small * (0.3 + 0.2 * chance("fl", i)),
            -side * (1 - a) * 0.8,
            -0.45 - 0.55 * a,
        )
    s.d.path(data, tone)


def _post(s: Scenery, side: int, tone: str) -> None:
    """A pillar, trunk or door post."""
    wide = 0.11 * min(s.w, s.h)
    x = -0.12 * s.w if side < 0 else 1.12 * s.w - wide * 1.2
    wide += 0.1 * s.w
    s.d.rect(x, -0.12 * s.h, wide, 1.24 * s.h, tone)
    inner = x + wide if side < 0 else x
    s.d.rect(
        inner - (wide * 0.12 if side < 0 else 0),
        -0.12 * s.h,
        wide * 0.12,
        1.24 * s.h,
        mix(tone, s.palette.light.colour, 0.22),
    )


def _eaves(s: Scenery, side: int, tone: str) -> None:
    """The edge of a roof over the picture."""
    h = 0.11 * min(s.w, s.h)
    a, b = (h * 1.5, h * 0.7) if side < 0 else (h * 0.7, h * 1.5)
    s.d.path(f"M{num(-0.12 * s.w)} {num(-0.12 * s.h)}H{num(1.12 * s.w)}V{num(b)}L{num(-0.12 * s.w)} {num(a)}Z", tone)
    step = s.w * 0.05
    data = "".join(
        trace("M0 0a.4 .4 0 1 0 .8 0Z", i * step - 0.1 * s.w, a + (b - a) * i / 24 - h * 0.1, step) for i in range(25)
    )
    s.d.path(data, dark(tone, 0.25))


def _lanterns(s: Scenery, side: int, tone: str) -> None:
    small = min(s.w, s.h)
    x, y, r = (0.08 if side < 0 else 0.92) * s.w, 0.07 * s.h, small * 0.1
    s.d.path(f"M{num(x)} {num(-0.12 * s.h)}V{num(y)}", None, line=dark(tone, 0.5), width=small * 0.008)
    with s.d.shining():
        shown = mix("#c23a2c", "#1a1430", 0.25 if not s.palette.night else 0.05)
        s.d.oval(x, y + r * 0.8, r, r * 0.86, fill=shown)
        s.d.oval(x, y + r * 0.8, r * 0.5, r * 0.86, fill=mix(shown, "#ff9a4a", 0.35))
        s.d.rect(x - r * 0.4, y - r * 0.16, r * 0.8, r * 0.2, "#8f6a2c")
        s.d.rect(x - r * 0.4, y + r * 1.56, r * 0.8, r * 0.2, "#8f6a2c")


def _corner(s: Scenery, side: int, tone: str) -> None:
    """A dark piece of furniture in a lower corner."""
    wide, high = 0.3 * min(s.w, s.h), 0.13 * min(s.w, s.h)
    x = -0.1 * s.w if side < 0 else 1.1 * s.w - wide
    s.d.rect(x, s.h - high, wide, high + 0.1 * s.h, tone, r=high * 0.12)
    s.d.rect(x, s.h - high, wide, high * 0.14, mix(tone, s.palette.light.colour, 0.3))


def _rail(s: Scenery, side: int, tone: str) -> None:
    y, small = 0.93 * s.h, min(s.w, s.h)
    s.d.rect(-0.12 * s.w, y, 1.24 * s.w, small * 0.022, tone)
    for i in range(-1, 9):
        s.d.rect(i * s.w / 7, y, small * 0.014, 0.2 * s.h, tone)


def _heads(s: Scenery, side: int, tone: str) -> None:
    """The audience before the camera, some with an arm up."""
    small, data = min(s.w, s.h), ""
    for i in range(-1, 9):
        x, r = (i + 0.5 * chance("h", i)) * s.w / 7.5, small * (0.045 + 0.012 * chance("hr", i))
        y = s.h * (0.9 + 0.04 * chance("hy", i))
        data += trace("M-1 0a1 1.15 0 1 1 2 0l.9 1.2V6H-2V1.3Z", x, y, r)
        if i % 3 == 1:
            data += trace("M1.4 2l.6 -4.4q.4 -.6 .7 0l-.3 4.6Z", x, y, r)
    s.d.path(data, tone)


def _rocks(s: Scenery, side: int, tone: str) -> None:
    x = 0.0 if side < 0 else float(s.w)
    s.d.path(trace("M-.12 -.12H.16L.02 .16L-.03 .42L.02 .66L.07 .9L.16 1.12H-.12Z", x, 0, -side * s.w, s.h), tone)


KINDS: dict[str, tuple[Callable[[Scenery, int, str], None], str]] = {
    "leaves": (_branch, "#3f6b48"),
    "bambooleaves": (_branch, "#4a7d4c"),
    "palmleaf": (_branch, "#3f7a50"),
    "kelp": (_fronds, "#2f6a58"),
    "plant": (_fronds, "#3f6b4c"),
    "trunk": (_post, "#4a3a34"),
    "frame": (_post, "#5a4a44"),
    "pillar": (_post, "#7a2f2a"),
    "pole": (_post, "#5f6672"),
    "lamp": (_post, "#39404c"),
    "sign": (_post, "#3a3f52"),
    "rack": (_post, "#4a5260"),
    "spears": (_post, "#4a3a30"),
    "eaves": (_eaves, "#3f4850"),
    "awning": (_eaves, "#8a3f38"),
    "lantern": (_lanterns, "#7a2f2a"),
    "desk": (_corner, "#6a4a34"),
    "books": (_corner, "#5a4034"),
    "monitor": (_corner, "#2b3040"),
    "pot": (_corner, "#5a4a40"),
    "cup": (_corner, "#6a4c38"),
    "flask": (_corner, "#5f6c78"),
    "net": (_corner, "#6a5c48"),
    "railing": (_rail, "#4a505c"),
    "crowd": (_heads, "#1c1626"),
    "rockarch": (_rocks, "#4c4a50"),
}


def draw(s: Scenery, kinds: str, side: int, key: str) -> None:
    """One of ``kinds`` at the ``side`` (-1 left, 1 right)."""
    names = kinds.split()
    paint, tone = KINDS[names[int(chance("near", key) * len(names))]]
    with s.d.graded(s.grade):
        paint(s, side, dark(mix(tone, s.palette.haze, 0.08), 0.22))


_TALL = (_branch, _post, _eaves, _lanterns, _rocks)


def behind(s: Scenery, kinds: str, side: int, key: str) -> None:
    """One of ``kinds`` that reaches up, pale and soft, behind a near figure that has but sky or ceiling round it."""
    names = [name for name in kinds.split() if KINDS[name][0] in _TALL] or ["frame"] * s.inside
    if names:
        paint, tone = KINDS[names[int(chance("behind", key) * len(names))]]
        with s.d.graded(far(s.grade, s.palette.haze, 0.4)):
            paint(s, side, light(tone, 0.2))
