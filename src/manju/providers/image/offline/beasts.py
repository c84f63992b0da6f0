"""Animals' heads: any kind, any way turned, with an expression. Coordinates are centimetres on a head 32 wide; the head
looks to the viewer's right (mirrored by its caller else)."""

from __future__ import annotations

from dataclasses import dataclass

from manju.providers.image.offline.colour import dark, light, luma, mix
from manju.providers.image.offline.face import FACES, Face, key
from manju.providers.image.offline.look import Look
from manju.providers.image.offline.svg import Drawing


@dataclass(frozen=True, slots=True)
class Kind:
    """``ears`` and ``tail`` name their forms; ``snout`` is how long the muzzle is (0..1)."""

    ears: str
    snout: float
    tail: str
    marks: str = ""
    whiskers: bool = False


KINDS: dict[str, Kind] = {
    "cat": Kind("pointed", 0.12, "long", "tabby", True),
    "tiger": Kind("round", 0.2, "long", "stripes", True),
    "dog": Kind("floppy", 0.38, "curl", "muzzle"),
    "fox": Kind("pointed", 0.46, "bushy", "cheeks"),
    "rabbit": Kind("long", 0.12, "ball", "", True),
    "panda": Kind("round", 0.2, "ball", "panda"),
    "bear": Kind("round", 0.28, "ball", "muzzle"),
    "horse": Kind("upright", 0.72, "hair", "mane"),
    "dragon": Kind("horns", 0.5, "spine", "scales"),
    "bird": Kind("none", 0.3, "feathers", "beak"),
    "fish": Kind("none", 0.1, "fin", ""),
}


def fur(look: Look) -> str:
    """The colour of the coat; black is lifted so that its lines show."""
    if look.species == "panda":
        return "#f4f3ef"
    return look.hair if luma(look.hair) > 0.13 else light(look.hair, 0.13)


def pale(look: Look) -> str:
    """Belly, muzzle and the inside of the ears."""
    return light(fur(look), 0.66)


def draw_beast_head(
    d: Drawing, look: Look, expression: str, *, yaw: float, nod: float = 0.0, gaze: tuple[float, float] = (0.0, 0.0)
) -> None:
    """The head of ``look.species``."""
    s = -1 if yaw < 0 else 1
    turn = abs(yaw)
    turn = 50.0 if 50 < turn < 66 else turn
    kind = KINDS.get(look.species, KINDS["cat"])
    with d.at(0, 0, flip=s < 0):
        if turn > 112:
            _back(d, look, kind, turn)
            return
        _ears(d, look, kind, turn, far=True)
        _skull(d, look, kind, turn)
        _ears(d, look, kind, turn, far=False)
        face = FACES[expression]
        _marks(d, look, kind, turn)
        with d.at(0, nod * 0.09):
            _snout(d, look, kind, face, turn)
            _eyes(d, look, face, turn, (gaze[0] * s, gaze[1]))


def _skull(d: Drawing, look: Look, kind: Kind, yaw: float) -> None:
    c = fur(look)
    x, rx = key(yaw, 0, -0.5, -1.5), key(yaw, 16.5, 16, 14.5)
    if kind.ears in ("pointed",) and look.species in ("cat", "fox"):  # tufts on the cheeks
        d.shape(
            f"M{x - rx:.1f} -2C{x - rx:.1f} -19 {x + rx:.1f} -19 {x + rx:.1f} -2L{x + rx + 2.4:.1f} 5"
            f"L{x + rx - 2:.1f} 7"
            f"L{x + rx - 1:.1f} 11Q{x:.1f} 17 {x - rx + 1:.1f} 11L{x - rx + 2:.1f} 7L{x - rx - 2.4:.1f} 5Z",
            c,
        )
    else:
        d.oval(x, 0, rx, 14 if look.species != "horse" else 12.5, c, line=d.ink)
    d.path(
        f"M{x + rx * 0.5:.1f} 10.6Q{x + rx * 0.96:.1f} 4 {x + rx * 0.9:.1f} -4Q{x + rx * 0.8:.1f} 6"
        f" {x + rx * 0.2:.1f} 12.6Z",
        dark(c, 0.2),
        alpha=0.7,
    )


def _ears(d: Drawing, look: Look, kind: Kind, yaw: float, *, far: bool) -> None:
    c, inner = fur(look), "#eeb0a6" if look.species != "panda" else "#3a3a42"
    for side in (1, -1):
        if (side > 0) != far and yaw > 8:
            continue
        if yaw <= 8 and far:
            continue
        x = key(yaw, 10.5 * side, 10.5 if side > 0 else -6, 5 if side > 0 else -3)
        tip = x + side * 2.4
        match kind.ears:
            case "pointed":
                d.shape(f"M{x - 6:.1f} -9Q{x - 3.4:.1f} -19 {tip:.1f} -25Q{x + 5.4:.1f} -17 {x + 6:.1f} -7Z", c)
                d.path(f"M{x - 3:.1f} -10.4Q{x - 1.4:.1f} -17 {tip:.1f} -21Q{x + 3:.1f} -15 {x + 3.2:.1f} -9Z", inner)
                if look.species == "fox":
                    d.path(f"M{tip - 1.6:.1f} -21.4L{tip:.1f} -25L{tip + 1.8:.1f} -20.6Z", "#2e2a30")
            case "long":
                d.shape(f"M{x - 4.6:.1f} -10C{x - 9:.1f} -36 {tip + 5:.1f} -40 {x + 4.4:.1f} -9Z", c)
                d.path(f"M{x - 1.8:.1f} -13C{x - 4.4:.1f} -32 {tip + 2:.1f} -34 {x + 1.8:.1f} -12Z", inner)
            case "floppy":
                d.shape(
                    f"M{x - 4 * side:.1f} -11C{x + side * 10:.1f} -14 {x + side * 10.4:.1f} 5 {x + side * 5:.1f} 9"
                    f"C{x + side:.1f} 7 {x + side * 1:.1f} -4 {x - 4 * side:.1f} -11Z",
                    dark(c, 0.32),
                )
            case "round":
                tone = "#2b2b33" if look.species == "panda" else c
                d.oval(x, -12, 5.8, 5.6, tone, line=d.ink)
                d.oval(x, -11.4, 3.2, 3.1, inner)
            case "upright":
                d.shape(f"M{x - 3.4:.1f} -9Q{x - 3:.1f} -18 {tip - side:.1f} -23Q{x + 4:.1f} -16 {x + 3.4:.1f} -8Z", c)
            case "horns":
                d.shape(
                    f"M{x - 2.6:.1f} -10Q{x - 2:.1f} -20 {x + side * 7:.1f} -26Q{x + side * 3:.1f} -17"
                    f" {x + 2.8:.1f} -9Z",
                    "#e6cf93",
                )
                d.shape(
                    f"M{x + side * 3:.1f} -5Q{x + side * 13:.1f} -9 {x + side * 15:.1f} -3"
                    f"Q{x + side * 11:.1f} 0 {x + side * 4:.1f} 0Z",
                    dark(c, 0.2),
                )


def _marks(d: Drawing, look: Look, kind: Kind, yaw: float) -> None:
    c = fur(look)
    x = key(yaw, 0, 4, 8)
    match kind.marks:
        case "tabby":
            d.stroke(f"M{x - 4:.1f} -13.4v5M{x:.1f} -14v6.4M{x + 4:.1f} -13.4v5", dark(c, 0.34), 1.5)
        case "stripes":
            d.stroke(
                f"M{x - 5:.1f} -12.6q2 3 4.4 3.2M{x + 5:.1f} -12.6q-2 3 -4.4 3.2M{x - 4:.1f} -8.6h8"
                f"M{x - 15:.1f} 3l5 1M{x - 15:.1f} 6.6l5 -0.6M{x + 12:.1f} 4l-4 0.6",
                "#2e2a30",
                1.8,
            )
        case "panda":
            for e in _places(yaw):
                d.oval(e[0] + e[2] * 0.6, 0.8, 5.2 * e[1], 6.0, "#2b2b33")
        case "cheeks":
            for side in (-1, 1):
                cx = key(yaw, 9 * side, 11 if side > 0 else -5, 10 if side > 0 else 0)
                d.path(
                    f"M{cx - 6:.1f} 5Q{cx:.1f} 1 {cx + 6:.1f} 5Q{cx + 3:.1f} 12 {cx:.1f} 12.4Q{cx - 4:.1f}"
                    f" 12 {cx - 6:.1f} 5Z",
                    "#f7f2e8",
                )
        case "mane":
            tone = dark(c, 0.5)
            d.shape(
                f"M{x - 5:.1f} -11Q{x - 2:.1f} -21 {x + 4:.1f} -15Q{x + 4:.1f} -7 {x + 1:.1f} -3Q{x:.1f}"
                f" -7 {x - 2.4:.1f} -4Q{x - 2:.1f} -8 {x - 5:.1f} -11Z",
                tone,
            )
        case "scales":
            d.stroke(f"M{x - 4:.1f} -10q2 2 4 0q2 2 4 0M{x - 2:.1f} -7q2 2 4 0", dark(c, 0.35), 0.8)


def _places(yaw: float) -> list[tuple[float, float, int]]:
    """The eyes: x, share of their breadth, outer side; the far one first."""
    both = [(key(yaw, 6.4, 9.0, 10), key(yaw, 1, 0.7, 0.2), 1), (key(yaw, -6.4, -2.0, 4.2), key(yaw, 1, 1, 0.82), -1)]
    return both if yaw < 60 else both[1:]


def _eyes(d: Drawing, look: Look, face: Face, yaw: float, gaze: tuple[float, float]) -> None:
    for x, k, out in _places(yaw):
        y, w = 0.0, 3.4 * k
        tall = 4.3 * (face.open if face.eyes == "open" else 1)
        if face.eyes == "happy":
            d.stroke(f"M{x - w:.1f} {y + 1.6:.1f}Q{x:.1f} {y - 4.4:.1f} {x + w:.1f} {y + 1.6:.1f}", None, 1.4)
        elif face.eyes == "closed":
            d.stroke(f"M{x - w:.1f} {y:.1f}Q{x:.1f} {y + 3.4:.1f} {x + w:.1f} {y:.1f}", None, 1.4)
        elif face.eyes == "tight":
            d.stroke(
                f"M{x + out * w:.1f} {y - 2.4:.1f}L{x - out * w:.1f} {y:.1f}L{x + out * w:.1f} {y + 2.4:.1f}", None, 1.3
            )
        else:
            d.oval(x, y, w, tall, "#fdfcf8", line=d.ink, width=0.8)
            gx, gy = x + gaze[0] * 1.0 + key(yaw, 0, 0.4, 0.6), y + gaze[1] * 1.2
            size = 0.86 * (0.55 + 0.45 * face.pupil)
            d.oval(gx, gy, w * size, tall * size, look.eyes)
            d.oval(gx, gy + 0.2, w * size * 0.56, tall * size * 0.7, "#15141c")
            d.oval(gx - w * 0.3, gy - tall * 0.36, w * 0.3, tall * 0.22, "#ffffff")
            d.stroke(
                f"M{x - w * 1.05:.1f} {y - tall * 0.3:.1f}Q{x:.1f} {y - tall * 1.5:.1f} {x + w * 1.05:.1f}"
                f" {y - tall * 0.3:.1f}",
                None,
                1.3,
            )
        if abs(face.tilt) > 0.6:
            top = y - 6.4 - face.lift
            d.stroke(
                f"M{x - out * w:.1f} {top + face.tilt:.1f}L{x + out * w:.1f} {top - face.tilt * 0.7:.1f}", None, 1.5
            )
        if "blush" in face.marks or "glow" in face.marks:
            d.oval(x + out * 3.6 * k, y + 6, 2.6 * k, 1.4, "#f0706a", alpha=0.4)
        if "well" in face.marks or "stream" in face.marks:
            d.shape(f"M{x:.1f} {y + 4:.1f}q2 4 0 5q-2 -1 0 -5Z", "#a6dcf7", width=0.5)
    if "sweat" in face.marks:
        d.shape(f"M{key(yaw, -13, -11, -4):.1f} -9q2.6 4.6 0 6q-2.6 -1.4 0 -6Z", "#bfe6f8", width=0.6)


def _snout(d: Drawing, look: Look, kind: Kind, face: Face, yaw: float) -> None:
    c, size = fur(look), kind.snout
    if look.species == "bird":
        _beak(d, face, yaw)
        return
    x = key(yaw, 0, 5.5 + size * 4, 10 + size * 12)
    rx, ry = key(yaw, 6.4, 6.4, 5 + size * 11), 5.0 + size * 1.6
    tone = (
        pale(look) if kind.marks in ("muzzle", "cheeks", "panda", "stripes") or look.species in ("cat", "rabbit") else c
    )
    y = 6.2 + size * 2
    if size > 0.3 or kind.marks in ("muzzle",):
        d.oval(x, y, rx, ry, tone, line=d.ink if yaw > 30 or size > 0.4 else None, width=0.8)
    else:
        d.oval(x, y, rx, ry, tone)
    nx, ny = x + key(yaw, 0, rx * 0.3, rx * 0.86), y - ry * 0.55
    nose = {"cat": "#d9707a", "rabbit": "#d9707a", "horse": "#5a4038", "dragon": dark(c, 0.5)}.get(
        look.species, "#2a2228"
    )
    if look.species in ("horse", "dragon"):
        d.oval(nx - 1.6, ny + 1, 0.9, 1.3, nose)
        if yaw < 60:
            d.oval(nx + 1.8, ny + 1, 0.9, 1.3, nose)
    else:
        d.shape(
            f"M{nx - 2.6:.1f} {ny - 1:.1f}Q{nx:.1f} {ny - 2.2:.1f} {nx + 2.4:.1f} {ny - 1:.1f}"
            f"Q{nx + 1.4:.1f} {ny + 1.7:.1f} {nx:.1f} {ny + 1.9:.1f}Q{nx - 1.6:.1f} {ny + 1.6:.1f}"
            f" {nx - 2.6:.1f} {ny - 1:.1f}Z",
            nose,
            width=0.6,
        )
        d.oval(nx - 0.7, ny - 0.5, 0.6, 0.4, "#ffffff", alpha=0.7)
    _mouth(d, face, nx - key(yaw, 0, 0.6, rx * 0.4), ny + 2.0, key(yaw, 1, 0.9, 0.8))
    if kind.whiskers:
        for side in (-1, 1):
            if side > 0 and yaw > 60:
                continue
            wx = x + side * 4.6
            d.stroke(f"M{wx:.1f} {y - 0.6:.1f}l{side * 11} -2M{wx:.1f} {y + 1.2:.1f}l{side * 11} 1.4", None, 0.5)


def _mouth(d: Drawing, face: Face, x: float, y: float, k: float) -> None:
    inside = "#7a2434"
    match face.mouth:
        case "laugh" | "shout" | "talk" | "wail":
            deep = {"laugh": 6.4, "shout": 7.4, "talk": 3.6, "wail": 6.0}[face.mouth]
            d.shape(
                f"M{x - 4.4 * k:.1f} {y + 1:.1f}Q{x:.1f} {y + 2.4:.1f} {x + 4.4 * k:.1f} {y + 1:.1f}"
                f"Q{x + 3.6 * k:.1f} {y + deep:.1f} {x:.1f} {y + deep:.1f}T{x - 4.4 * k:.1f} {y + 1:.1f}Z",
                inside,
                width=0.8,
            )
            d.oval(x, y + deep - 1.4, 2.0 * k, 1.2, "#e27b80")
        case "round":
            d.oval(x, y + 3, 1.8, 2.4, inside, line=d.ink, width=0.8)
        case "teeth" | "grit":
            d.shape(
                f"M{x - 4.4 * k:.1f} {y + 2:.1f}Q{x:.1f} {y:.1f} {x + 4.4 * k:.1f} {y + 2:.1f}"
                f"L{x + 3.6 * k:.1f} {y + 4.4:.1f}Q{x:.1f} {y + 3:.1f} {x - 3.6 * k:.1f} {y + 4.4:.1f}Z",
                "#fdfcf8",
                width=0.8,
            )
        case "frown" | "wave" | "quiver" | "sag" | "pout":
            d.stroke(
                f"M{x:.1f} {y:.1f}v1M{x - 3.4 * k:.1f} {y + 4:.1f}Q{x:.1f} {y:.1f} {x + 3.4 * k:.1f} {y + 4:.1f}",
                None,
                1.0,
            )
        case _:
            d.stroke(
                f"M{x:.1f} {y:.1f}v1.2q{-2.4 * k:.1f} 3 {-4.4 * k:.1f} 0.6M{x:.1f} {y + 1.2:.1f}"
                f"q{2.4 * k:.1f} 3 {4.4 * k:.1f} 0.6",
                None,
                0.95,
            )


def _beak(d: Drawing, face: Face, yaw: float) -> None:
    x = key(yaw, 0, 8, 14)
    c = "#e8a33a"
    opened = face.mouth in ("laugh", "shout", "talk", "wail", "round")
    if yaw < 30:
        if opened:
            d.shape(f"M{x - 4:.1f} 5Q{x:.1f} 13 {x + 4:.1f} 5Z", dark(c, 0.25))
        d.shape(
            f"M{x - 5:.1f} 3.4Q{x:.1f} -1.4 {x + 5:.1f} 3.4Q{x + 2:.1f} 8 {x:.1f} 9Q{x - 2:.1f} 8 {x - 5:.1f} 3.4Z", c
        )
    else:
        if opened:
            d.shape(f"M{x - 3:.1f} 5L{x + 8:.1f} 10L{x - 2:.1f} 9Z", dark(c, 0.25))
        d.shape(f"M{x - 4:.1f} 0Q{x + 6:.1f} -1 {x + 12:.1f} 5.4Q{x + 3:.1f} 7 {x - 3:.1f} 6.4Z", c)


def draw_fish_face(d: Drawing, look: Look, expression: str) -> None:
    """Eye and mouth of a fish that looks to the right."""
    face = FACES[expression]
    _eyes(d, look, face, 70, (0.0, 0.0))
    _mouth(d, face, 24, 3, 0.7)


def _back(d: Drawing, look: Look, kind: Kind, yaw: float) -> None:
    flat = 180 - yaw
    _ears(d, look, kind, min(flat, 8), far=False)
    c = fur(look)
    d.oval(0, 0, 16.5, 14, c, line=d.ink)
    if kind.ears == "pointed":
        for side in (-1, 1):
            x = 10.5 * side
            d.path(
                f"M{x - 4:.1f} -9.6Q{x - 2:.1f} -18 {x + side * 2.4:.1f} -22Q{x + 4:.1f} -16 {x + 4:.1f} -8Z",
                mix(c, "#2a2228", 0.12),
            )
    if kind.marks in ("tabby", "stripes"):
        d.stroke("M-5 -11v6M0 -12.4v8M5 -11v6", dark(c, 0.34), 1.5)
    if kind.marks == "mane":
        d.shape("M-4 -13Q0 -19 4 -13L5 12Q0 8 -5 12Z", dark(c, 0.5))
