"""A face drawn: nose, mouth, marks of feeling, wrinkles. Coordinates as of `face`."""

from __future__ import annotations

from manju.providers.image.offline.colour import mix
from manju.providers.image.offline.eyes import draw_eye, eyes_of
from manju.providers.image.offline.face import Face, key
from manju.providers.image.offline.look import Look
from manju.providers.image.offline.svg import Drawing


def draw_features(
    d: Drawing, look: Look, face: Face, yaw: float, nod: float, gaze: tuple[float, float], lit: int
) -> None:
    """Nose, mouth, eyes and marks; brows come over the hair, see `draw_brows`."""
    shadow = mix(look.skin, "#a0503c", 0.34)
    if look.age == "elder":
        _wrinkles(d, yaw, nod, shadow)
    for eye in eyes_of(look, yaw, nod):
        draw_eye(d, look, face, eye, gaze, yaw)
    _nose(d, look, yaw, nod, shadow)
    if look.has("mask") is None:
        _mouth(d, look, face.mouth, key(yaw, 0, 4.3, 9.9), 9.6 + nod * 0.05, key(yaw, 1, 0.88, 0.5))
    _marks(d, look, face, yaw, nod)


def _nose(d: Drawing, look: Look, yaw: float, nod: float, shadow: str) -> None:
    y, male = 6.4 + nod * 0.06, look.gender == "male" and look.age != "child"
    line = mix(look.skin, "#6e3228", 0.62)
    if yaw > 62:
        d.stroke(f"M11 {y - 0.1:.2f}Q10.2 {y - 0.7:.2f} 9.9 {y + 0.1:.2f}", line, 0.6)
        return
    x = key(yaw, 0.0, 5.7, 11)
    if yaw < 12:
        d.path(
            f"M{x - 0.9:.2f} {y:.2f}Q{x:.2f} {y + 1.1:.2f} {x + 1.0:.2f} {y:.2f}Q{x + 0.3:.2f}"
            f" {y - 0.2:.2f} {x + 0.1:.2f} {y - 1.6:.2f}Q{x - 0.2:.2f} {y - 0.2:.2f} {x - 0.9:.2f} {y:.2f}"
            f"Z",
            shadow,
            alpha=0.7,
        )
        d.stroke(f"M{x - 0.7:.2f} {y + 0.2:.2f}Q{x:.2f} {y + 0.9:.2f} {x + 0.8:.2f} {y + 0.15:.2f}", line, 0.5)
        if male:
            d.stroke(
                f"M{x + 0.9:.2f} {y - 4.6:.2f}Q{x + 0.5:.2f} {y - 2.6:.2f} {x + 0.9:.2f} {y - 1.2:.2f}",
                mix(look.skin, line, 0.6),
                0.45,
            )
        return
    start = y - (3.6 if male else 2.2)
    d.path(
        f"M{x - 1.1:.2f} {y + 0.5:.2f}L{x + 0.5:.2f} {y + 0.2:.2f}L{x - 0.4:.2f} {start + 1:.2f}Z", shadow, alpha=0.55
    )
    d.stroke(
        f"M{x - 0.35:.2f} {start:.2f}Q{x + 0.2:.2f} {y - 1.2:.2f} {x + 0.75:.2f} {y - 0.3:.2f}"
        f"Q{x + 0.9:.2f} {y + 0.4:.2f} {x - 0.5:.2f} {y + 0.55:.2f}",
        line,
        0.6,
    )


_IN, _TONGUE, _TEETH = "#6b1d2a", "#e27b80", "#fdfcf8"
_SOFT = "soft"
"""The colour of a line that is only hinted at."""
_MOUTHS: dict[str, tuple[tuple[str, str, float], ...]] = {
    "line": (("M-2.6 0Q0 0.5 2.6 0", "", 0.85),),
    "smile": (("M-2.6 0Q0 1.9 2.6 0", "", 0.85), ("M-2.9 -0.5l0.5 0.7M2.9 -0.5l-0.5 0.7", "", 0.5)),
    "laugh": (
        ("M-3.25 -1Q0 -0.5 3.25 -1C3.25 2.6 1.04 3.2 0 3.2S-3.25 2.6 -3.25 -1Z", _IN, 0.7),
        ("M-1.6 2.2a1.6 0.8 0 1 0 3.2 0a1.6 0.8 0 1 0 -3.2 0Z", _TONGUE, 0),
        ("M-3 -0.9Q0 -0.4 3 -0.9L2.6 0.2Q0 0.7 -2.6 0.2Z", _TEETH, 0),
    ),
    "shout": (
        ("M-3 -1.7Q0 -2.9 3 -1.7C3 3 1.04 3.6 0 3.6S-3 3 -3 -1.7Z", _IN, 0.7),
        ("M-1.5 2.5a1.5 1 0 1 0 3 0a1.5 1 0 1 0 -3 0Z", _TONGUE, 0),
        ("M-2.35 -1.8Q0 -2.4 2.35 -1.8L1.8 -0.9H-1.8Z", _TEETH, 0),
    ),
    "wail": (("M-2.6 1.6Q-2.3 -1.9 0 -1.4T2.6 1.6Q0 0.6 -2.6 1.6Z", _IN, 0.7),),
    "talk": (
        ("M-2.1 -0.5Q0 -0.5 2.1 -0.5C2.1 1 1.04 1.6 0 1.6S-2.1 1 -2.1 -0.5Z", _IN, 0.7),
        ("M-1 1a1 0.5 0 1 0 2 0a1 0.5 0 1 0 -2 0Z", _TONGUE, 0),
    ),
    "round": (("M-1.35 0.7a1.35 1.9 0 1 0 2.7 0a1.35 1.9 0 1 0 -2.7 0Z", _IN, 0.7),),
    "frown": (("M-2.6 0Q0 -0.8 2.6 0", "", 0.85), ("M-1.3 1.6h2.6", _SOFT, 0.5)),
    "teeth": (
        ("M-3 0.9Q0 -1.4 3 0.4Q2.6 1.9 0 1.3T-3 0.9Z", _TEETH, 0.75),
        ("M-2.6 0.7Q0 0.1 2.6 0.6M0 -0.3v1.6M-1.3 0v1.5M1.3 0v1.5", "", 0.35),
    ),
    "grit": (
        ("M-3 0.9Q0 -1.4 3 0.9Q2.6 1.9 0 1.3T-3 0.9Z", _TEETH, 0.75),
        ("M-2.6 0.7Q0 0.1 2.6 0.6M0 -0.3v1.6M-1.3 0v1.5M1.3 0v1.5", "", 0.35),
    ),
    "wave": (("M-2.6 0.4q0.9 -1.3 1.8 -0.1t1.7 0t1.66 0.2", "", 0.85),),
    "quiver": (("M-2.6 0.6q0.6 -1.7 1.3 -0.4t1.3 0t1.3 0t1.3 0.4", "", 0.85),),
    "firm": (("M-2.3 0.25L2.3 0", "", 0.95), ("M-1 1.6h2", _SOFT, 0.5)),
    "smirk": (("M-2.1 0.6Q0.5 1.2 2.9 -1", "", 0.9), ("M2.4 -1.4l0.9 0.6", "", 0.5)),
    "aside": (("M-0.8 0.1Q1.3 -0.4 2.9 0.5", "", 0.9),),
    "sag": (("M-2.6 0Q0 -0.5 2.6 0", "", 0.75),),
    "pout": (("M-1.3 0.5Q0 -1.1 1.3 0.5", "", 1.0),),
}
_LIP = "M-1.4 1.1Q0 2.3 1.4 1.1Q0 1.5 -1.4 1.1Z"


def _mouth(d: Drawing, look: Look, kind: str, x: float, y: float, k: float) -> None:
    """The mouth ``kind`` of `_MOUTHS` at (x, y), ``k`` times as wide as from the front."""
    ink = mix("#5e2024", look.skin, 0.06)
    k *= 0.82 if look.age == "child" else 1.0
    with d.at(x, y, k, squash=1 / k):
        for data, fill, width in _MOUTHS[kind]:
            if fill in ("", _SOFT):
                d.stroke(data, ink if not fill else mix(look.skin, ink, 0.38), width)
            else:
                d.shape(data, fill, width=width)
        if kind in ("line", "smile", "firm", "smirk", "sag") and look.gender == "female" and look.age != "child":
            d.path(_LIP, mix(look.skin, "#c8404c", 0.5), alpha=0.75)


def _marks(d: Drawing, look: Look, face: Face, yaw: float, nod: float) -> None:
    """Marks on the face."""
    eyes = eyes_of(look, yaw, nod)
    marks = face.marks or (("glow",) if look.age == "child" or look.gender == "female" else ())
    near = eyes[-1]
    for mark in marks:
        match mark:
            case "glow" | "blush":
                for e in eyes:
                    d.oval(
                        e.x + e.out * 0.9 * key(yaw, 1, 0.6, 0),
                        e.y + 4.0,
                        2.3 * e.wide / 3,
                        1.15,
                        "#f0706a",
                        alpha=0.2 if mark == "glow" else 0.45,
                    )
            case "flush":
                data = "".join(f"M{e.x + dx:.2f} {e.y + 4.6:.2f}l0.7 -1.4" for e in eyes for dx in (-1.2, 0, 1.2))
                d.stroke(data, "#d8484e", 0.5)
            case "tear":
                d.shape(
                    f"M{near.x - near.wide:.2f} {near.y + 1:.2f}q-1.6 2.2 -0.5 3.2q1.4 0.5 0.5 -3.2Z",
                    "#a6dcf7",
                    width=0.4,
                )
            case "well":
                for e in eyes:
                    d.path(
                        f"M{e.x - e.wide * 0.8:.2f} {e.y + 1.5:.2f}Q{e.x:.2f} {e.y + 2.9:.2f}"
                        f" {e.x + e.wide * 0.8:.2f} {e.y + 1.4:.2f}Q{e.x:.2f} {e.y + 1.9:.2f}"
                        f" {e.x - e.wide * 0.8:.2f} {e.y + 1.5:.2f}Z",
                        "#d9f1fd",
                    )
                d.shape(f"M{near.x + 0.4:.2f} {near.y + 2.6:.2f}q1.5 2.8 0 3.6q-1.5 -0.8 0 -3.6Z", "#a6dcf7", width=0.4)
            case "stream":
                for e in eyes:
                    d.path(
                        f"M{e.x - 0.9:.2f} {e.y + 1.6:.2f}C{e.x - 1.6:.2f} {e.y + 5:.2f} {e.x - 1.2:.2f}"
                        f" {e.y + 8:.2f} {e.x - 1.6:.2f} {e.y + 10.4:.2f}H{e.x + 0.8:.2f}C{e.x + 0.4:.2f}"
                        f" {e.y + 7:.2f} {e.x + 1:.2f} {e.y + 4:.2f} {e.x + 0.8:.2f} {e.y + 1.6:.2f}Z",
                        "#b6e3f9",
                        alpha=0.9,
                    )
            case "gloom":
                x = key(yaw, 0, 4, 7)
                d.stroke(
                    "".join(
                        f"M{x + dx:.1f} -8.6v{3.2 + (i % 2):.1f}"
                        for i, dx in enumerate((-4.4, -2.9, -1.4, 0.1, 1.6, 3.1))
                    ),
                    mix(look.skin, "#4a5a8a", 0.55),
                    0.5,
                )
            case "bags":
                for e in eyes:
                    d.stroke(
                        f"M{e.x - e.wide * 0.7:.2f} {e.y + 2.7:.2f}Q{e.x:.2f} {e.y + 3.9:.2f}"
                        f" {e.x + e.wide * 0.7:.2f} {e.y + 2.7:.2f}",
                        mix(look.skin, "#6a4a6a", 0.45),
                        0.6,
                    )


def draw_signs(d: Drawing, face: Face, yaw: float) -> None:
    """Signs of feeling over the hair: a drop of sweat, a vein of anger."""
    for mark in face.marks:
        match mark:
            case "sweat":
                x = key(yaw, -9.2, -7.6, 1.5)
                d.shape(f"M{x:.2f} -7.6q2 3.4 0 4.4q-2 -1 0 -4.4Z", "#bfe6f8", width=0.45)
            case "vein":
                x = key(yaw, -6.5, -3.4, 3.4)
                d.stroke(
                    f"M{x - 2:.1f} -8.6q1.6 0.2 1.5 -1.8M{x + 2:.1f} -8.6q-1.6 0.2 -1.5 -1.8M{x - 2:.1f}"
                    f" -6.9q1.6 -0.2 1.5 1.8M{x + 2:.1f} -6.9q-1.6 -0.2 -1.5 1.8",
                    "#c8232f",
                    0.9,
                )


def _wrinkles(d: Drawing, yaw: float, nod: float, shadow: str) -> None:
    x, y = key(yaw, 0, 4.3, 9.6), 8 + nod * 0.05
    spread = key(yaw, 4.3, 3.6, 2.6)
    data = f"M{x - spread * 0.75:.1f} {y - 1.4:.1f}Q{x - spread * 1.15:.1f} {y:.1f} {x - spread:.1f} {y + 2.2:.1f}"
    if yaw < 62:
        data += f"M{x + spread * 0.75:.1f} {y - 1.4:.1f}Q{x + spread * 1.1:.1f} {y:.1f} {x + spread:.1f} {y + 2.2:.1f}"
    fx = key(yaw, 0, 4.5, 8)
    data += f"M{fx - 4:.1f} -6.2q4 -0.9 7 0M{fx - 3:.1f} -7.8q3 -0.7 5.4 0"
    for e_x, out in ((key(yaw, -8.6, -5.6, 3.2), -1), (key(yaw, 8.6, 9, 99), 1)):
        if e_x < 20:
            data += f"M{e_x:.1f} 1.8l{out * 1.3:.1f} -0.6M{e_x:.1f} 2.8l{out * 1.3:.1f} 0.5"
    d.stroke(data, mix(shadow, "#7a5044", 0.3), 0.7)
