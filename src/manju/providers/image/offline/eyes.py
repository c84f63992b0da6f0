"""Eyes and brows. Coordinates as of `face`."""

from __future__ import annotations

from dataclasses import dataclass

from manju.providers.image.offline.colour import dark, light, luma, mix
from manju.providers.image.offline.face import Face, key
from manju.providers.image.offline.look import Look
from manju.providers.image.offline.svg import Drawing


@dataclass(frozen=True, slots=True)
class Eye:
    x: float
    y: float
    wide: float
    tall: float
    out: int
    """Which way its outer corner lies."""
    rise: float
    """How much higher the outer corner is."""


def eyes_of(look: Look, yaw: float, nod: float) -> list[Eye]:
    """The eyes that are seen, the farther one first."""
    child, female = look.age == "child", look.gender == "female"
    half, tall = (3.55, 3.9) if look.chibi else (3.25, 3.5) if child else (3.05, 3.15) if female else (2.9, 2.4)
    if look.age == "elder":
        half, tall = half * 0.92, tall * 0.8
    shape = {
        "round": (1.0, 1.1, 0.0),
        "almond": (1.03, 0.98, 0.5),
        "sharp": (1.08, 0.84, 1.0),
        "droopy": (1.0, 0.98, -0.5),
    }
    w, h, rise = shape.get(look.eye_shape, (1.0, 1.0, 0.2))
    y = 2.0 + nod * 0.075 + (0.5 if child else 0.0)
    far = Eye(key(yaw, 4.95, 6.7, 9.6), y, half * w * key(yaw, 1, 0.7, 0.1), tall * h, 1, rise)
    near = Eye(key(yaw, -4.95, -1.5, 7.0), y, half * w * key(yaw, 1, 0.98, 0.6), tall * h, -1, rise)
    return [far, near] if yaw < 62 else [near]


def draw_eye(d: Drawing, look: Look, face: Face, e: Eye, gaze: tuple[float, float], yaw: float) -> None:
    """One eye."""
    w, out = e.wide, e.out
    female = look.gender == "female"
    ink = mix(d.ink, dark(look.hair, 0.5), 0.35)
    thick = 1.0 if female else 0.78
    inner, outer = (e.x - out * w, e.y + 0.7), (e.x + out * w, e.y - e.rise + 0.2)
    if face.eyes != "open":
        _shut(d, face.eyes, e, ink, thick, female)
        return
    h = e.tall * face.open
    top, low = e.y - h, e.y + e.tall * (0.62 - 0.45 * face.low)
    p1 = (e.x - out * w * 0.45, top - 0.1)
    p2 = (e.x + out * w * 0.62, top + 0.15 - e.rise * 0.4)
    lid = f"C{p1[0]:.2f} {p1[1]:.2f} {p2[0]:.2f} {p2[1]:.2f} {outer[0]:.2f} {outer[1]:.2f}"
    white = (
        f"M{inner[0]:.2f} {inner[1]:.2f}{lid}Q{e.x + out * w * 0.66:.2f} {low + 0.5:.2f} {e.x:.2f} {low:.2f}"
        f"T{inner[0]:.2f} {inner[1]:.2f}Z"
    )
    d.path(white, "#fcfbf8")
    reach = 1.0 if yaw < 62 else 0.4
    gx = e.x + gaze[0] * w * 0.34 * reach + (0.5 if yaw > 62 else key(yaw, 0, 0.25, 0.6))
    gy = (top + low) / 2 + gaze[1] * 0.8 + 0.25
    rx, ry = min(w * 0.66, 2.05) * (1 if yaw < 62 else 0.8), max(1.0, min(e.tall * 0.82, (low - top) * 0.62))
    if face.pupil < 0.8:
        rx, ry = rx * (0.62 + face.pupil * 0.3), min(ry, e.tall * 0.82) * (0.6 + face.pupil * 0.3)
    d.oval(gx, gy, rx, ry, dark(look.eyes, 0.42), line=dark(look.eyes, 0.75), width=0.35)
    d.oval(gx, gy + ry * 0.28, rx * 0.84, ry * 0.66, look.eyes)
    d.oval(gx, gy + ry * 0.5, rx * 0.6, ry * 0.36, light(look.eyes, 0.45))
    d.oval(gx, gy, rx * 0.46 * face.pupil, ry * 0.5 * face.pupil, "#14131b")
    # lids hide what the iris has too much
    skin = look.skin
    d.path(f"M{inner[0]:.2f} {inner[1]:.2f}{lid}L{outer[0]:.2f} {top - 2.2:.2f}H{inner[0]:.2f}Z", skin)
    d.path(
        f"M{inner[0]:.2f} {inner[1]:.2f}Q{e.x - out * w * 0.55:.2f} {low + 0.1:.2f} {e.x:.2f} {low:.2f}"
        f"T{outer[0]:.2f} {outer[1]:.2f}L{outer[0]:.2f} {low + 1.9:.2f}H{inner[0]:.2f}Z",
        skin,
    )
    d.path(
        f"M{inner[0]:.2f} {inner[1]:.2f}{lid}L{e.x + out * w * 0.5:.2f} {top + 1.25:.2f}Q{e.x:.2f}"
        f" {top + 0.85:.2f} {inner[0]:.2f} {inner[1]:.2f}Z",
        "#5a4a58",
        alpha=0.22,
    )
    d.oval(gx - rx * 0.42, gy - ry * 0.42, rx * 0.36, ry * 0.3, "#ffffff")
    d.oval(gx + rx * 0.45, gy + ry * 0.45, rx * 0.18, ry * 0.15, "#ffffff")
    wing = 0.9 if female else 0.35
    ox, oy = outer[0] + out * wing, outer[1] - (0.5 if female else 0.1)
    d.path(
        f"M{inner[0]:.2f} {inner[1]:.2f}{lid}L{ox:.2f} {oy:.2f}"
        
            f"C{p2[0] + out * 0.5:.2f} {p2[1] - thick * 1.5:.2f} {p1[0]:.2f} {p1[1] - thick * 1.05:.2f}"
            f" {inner[0] - out * 0.25:.2f} {inner[1] + 0.1:.2f}Z",
        ink,
    )  # fmt: skip
    if female:
        d.stroke(f"M{outer[0]:.2f} {outer[1] + 0.2:.2f}l{out * 1.3:.2f} 0.1", ink, 0.6)
    if face.open > 0.6 and look.age != "child":
        d.stroke(
            f"M{inner[0] + out * w * 0.3:.2f} {top - 0.75:.2f}Q{e.x + out * w * 0.2:.2f} {top - 1.7:.2f}"
            f" {outer[0]:.2f} {outer[1] - 1.8:.2f}",
            mix(look.skin, "#7a3c34", 0.5),
            0.4,
        )
    d.stroke(
        f"M{e.x + out * w * 0.85:.2f} {low - 0.75:.2f}Q{e.x + out * w * 0.4:.2f} {low + 0.25:.2f}"
        f" {e.x - out * w * 0.25:.2f} {low + 0.1:.2f}",
        mix(ink, look.skin, 0.3),
        0.5,
    )


def _shut(d: Drawing, kind: str, e: Eye, ink: str, thick: float, female: bool) -> None:
    w, out = e.wide, e.out
    y = e.y + 0.6
    if kind == "happy":
        d.stroke(
            f"M{e.x - w:.2f} {y + 0.9:.2f}Q{e.x:.2f} {y - 3.6:.2f} {e.x + w:.2f} {y + 0.9:.2f}", ink, 1.25 * thick + 0.3
        )
    elif kind == "closed":
        d.stroke(f"M{e.x - w:.2f} {y:.2f}Q{e.x:.2f} {y + 2.3:.2f} {e.x + w:.2f} {y:.2f}", ink, 1.2 * thick + 0.2)
        if female:
            d.stroke(
                f"M{e.x + out * w * 0.8:.2f} {y + 0.6:.2f}l{out * 1.1:.2f} 0.9M{e.x + out * w * 0.3:.2f}"
                f" {y + 1.1:.2f}l{out * 0.6:.2f} 1.1",
                ink,
                0.6,
            )
    else:
        d.stroke(
            f"M{e.x + out * w:.2f} {y - 1.9:.2f}L{e.x - out * w * 0.8:.2f} {y:.2f}L{e.x + out * w:.2f} {y + 1.5:.2f}",
            ink,
            1.1,
        )


def draw_brows(d: Drawing, look: Look, face: Face, yaw: float, nod: float) -> None:
    """The eyebrows."""
    colour = dark(look.hair, 0.3) if luma(look.hair) < 0.7 else dark(look.hair, 0.42)
    if look.length == "bald":
        colour = "#4a3a34"
    thick = {"female": 0.58, "male": 1.3}.get(look.gender, 0.8) * (0.85 if look.age == "child" else 1.0)
    for e in eyes_of(look, yaw, nod):
        y = e.y - (5.1 if look.gender == "female" else 4.1) - face.lift - (face.uneven if e.out < 0 else 0)
        a = (e.x - e.out * e.wide * 0.92, y + face.tilt * 0.85 + 0.2)
        b = (e.x + e.out * e.wide * 1.2, y - face.tilt * 0.5 + 0.5)
        mx, my = e.x + e.out * e.wide * 0.35, min(a[1], b[1]) - 0.5 + abs(face.tilt) * 0.12
        d.path(
            f"M{a[0]:.2f} {a[1] - thick * 0.45:.2f}Q{mx:.2f} {my - thick * 0.9:.2f} {b[0]:.2f} {b[1]:.2f}"
            f"Q{mx:.2f} {my + thick * 0.75:.2f} {a[0] + e.out * 0.1:.2f} {a[1] + thick * 0.75:.2f}Z", colour,
        )  # fmt: skip
