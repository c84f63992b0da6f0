"""The head: face, features, expression, glasses and hats. Coordinates as in `hair`."""

from __future__ import annotations

from dataclasses import dataclass

from manju.providers.image.offline import hair
from manju.providers.image.offline.colour import dark, light, luma, mix
from manju.providers.image.offline.look import Look
from manju.providers.image.offline.svg import Drawing


@dataclass(frozen=True, slots=True)
class Face:
    """An expression in numbers: brows' tilt (inner end down is > 0) and lift, eye opening, mouth."""

    tilt: float
    lift: float
    open: float
    mouth: str
    blush: bool = False
    extra: str = ""


FACES: dict[str, Face] = {
    "calm": Face(0.0, 0.0, 1.0, "line"),
    "smile": Face(-0.3, 0.4, 0.95, "smile", True),
    "happy": Face(-0.6, 1.0, 0.0, "laugh", True),
    "sad": Face(-1.7, 0.3, 0.75, "frown", False, "tear"),
    "angry": Face(2.1, -0.8, 0.8, "teeth"),
    "surprised": Face(-0.5, 2.0, 1.25, "round"),
    "worried": Face(-1.5, 0.9, 1.05, "wave", False, "sweat"),
    "determined": Face(1.3, -0.4, 0.85, "firm"),
    "shout": Face(1.7, 0.0, 1.05, "shout"),
    "tired": Face(-0.9, -0.2, 0.45, "line"),
}


def draw_head(
    d: Drawing, look: Look, expression: str, *, turn: float = 0.0, view: str = "front", lit: int = -1
) -> None:
    """The whole head, without the hair behind it (`hair.behind`, `hair.back_of_head`)."""
    if view == "back":
        _ears(d, look, 0)
        hair.from_behind(d, look, lit=lit)
        _worn(d, look, 0, "back")
        return
    if view == "side":
        _profile(d, look, FACES[expression])
        hair.profile(d, look)
        _side_worn(d, look)
        return
    _ears(d, look, turn)
    jaw = _jaw(look, turn)
    d.shape(jaw, look.skin)
    shade = mix(look.skin, "#9a4a3c", 0.28)
    s = -lit
    d.path(
        f"M{s * 10.6} -6C{s * 10.6} 4 {s * 8.6} 9.4 {s * 3.4 + turn} 12.8Q{s * 7} 6 {s * 7.2} -6Z", shade, alpha=0.55
    )
    if look.length != "bald" and look.fringe != "back":
        d.path(f"M-9.6 -4Q{turn * 2:.1f} 1.6 9.6 -4L9.6 -9L-9.6 -9Z", shade, alpha=0.5)
    face = FACES[expression]
    _beard(d, look, turn)
    _eyes(d, look, face, turn)
    if (item := look.has("halfmask")) is not None:
        _half_mask(d, item.colour, turn)
    _nose_mouth(d, look, face, turn, shade)
    _glasses(d, look, turn)
    hair.front(d, look, turn, lit=lit)
    _brows(d, look, face, turn)
    _extra(d, face, turn)
    _worn(d, look, turn, "front")


def _half_mask(d: Drawing, colour: str, turn: float) -> None:
    """A mask over the viewer's right half of the face, its eye a slit."""
    x = turn * 2.8
    d.shape(f"M{x * 0.6:.1f} -8L{x * 0.9:.1f} 3L{x + 1.6:.1f} 6.4L{x + 6:.1f} 8.6Q10.4 5 10.8 -4L10.6 -8Z", colour)
    d.path(f"M{x + 2.2:.1f} 1.6Q{x + 5:.1f} -1.4 {x + 8:.1f} 1Q{x + 5:.1f} 3.2 {x + 2.2:.1f} 1.6Z", "#15161e")
    d.path(f"M{x + 2:.1f} -5.4L{x + 8.4:.1f} -4.6", None, line=light(colour, 0.5), width=0.8)


def _jaw(look: Look, turn: float) -> str:
    t = turn * 1.8
    w, chin = (3.6, 14.0) if look.gender == "male" and look.age != "child" else (2.4, 13.4)
    cheek = 9.6 if look.age == "child" or look.girth > 1.1 else 8.7 if look.gender == "female" else 9.2
    low = 8.6 if look.age == "child" else 8.0
    return (
        f"M-10.7 -4C-10.9 3 {-cheek + t * 0.5:.1f} {low} {-w + t:.1f} {chin - 0.7:.1f}Q{t:.1f} {chin + 0.7:.1f}"
        f" {w + t:.1f} "
        f"{chin - 0.7:.1f}C{cheek + t * 0.5:.1f} {low} 10.9 3 10.7 -4C10.7 -19 -10.7 -19 -10.7 -4Z"
    )


def _ears(d: Drawing, look: Look, turn: float) -> None:
    for s in (-1, 1):
        x = s * 11.2 - turn * 1.2
        d.oval(x, 2, 2.1, 3.4, look.skin, line=d.ink)
        if (ring := look.has("earring")) is not None:
            d.oval(x + s * 0.3, 6.6, 1.1, fill=ring.colour, line=d.ink, width=0.6)


def _eye_places(turn: float) -> tuple[tuple[float, float], ...]:
    return ((-4.9 + turn * 2.8, 1 + min(0.0, turn) * 0.22), (4.9 + turn * 2.8, 1 - max(0.0, turn) * 0.22))


def _eyes(d: Drawing, look: Look, face: Face, turn: float) -> None:
    young = look.age == "child"
    female = look.gender == "female"
    half, tall = (3.05, 3.1) if female or young else (2.75, 2.45)
    tall *= face.open
    lash = 1.6 if female else 1.25
    for index, (x, narrow) in enumerate(_eye_places(turn)):
        out = -1 if index == 0 else 1
        w = half * narrow
        if face.open == 0:
            d.stroke(f"M{x - w:.1f} 2.6Q{x:.1f} -1.6 {x + w:.1f} 2.6", None, lash)
            continue
        top, low = 1.6 - tall, 1.6 + tall * 0.72
        d.path(
            f"M{x - w:.2f} 1.4Q{x - w * 0.6:.2f} {top:.2f} {x:.2f} {top:.2f}T{x + w:.2f} 1.4Q{x:.2f} {low + 1:.2f} "
            f"{x - w:.2f} 1.4Z",
            "#fdfcfa",
        )
        gaze = x + turn * 0.7
        iris = min(tall * 0.82, 2.4)
        d.oval(gaze, 1.4, 1.75 * narrow, iris, look.eyes)
        d.oval(gaze, 1.0, 1.75 * narrow, iris * 0.72, dark(look.eyes, 0.55))
        d.oval(gaze, 1.5, 0.95 * narrow, iris * 0.55, "#14141c")
        d.oval(gaze, 2.4, 1.0 * narrow, iris * 0.3, light(look.eyes, 0.45))
        d.oval(gaze - 0.75, 0.4, 0.72, 0.85, "#ffffff")
        d.stroke(f"M{x - w:.2f} 1.4Q{x - w * 0.6:.2f} {top:.2f} {x:.2f} {top:.2f}T{x + w:.2f} 1.4", None, lash)
        if female:
            d.stroke(f"M{x + out * w:.2f} 1.4l{out * 1.1:.2f} -0.9", None, lash * 0.8)
        d.stroke(f"M{x - w * 0.5:.2f} {low:.2f}Q{x:.2f} {low + 0.3:.2f} {x + w * 0.5:.2f} {low:.2f}", None, 0.45)


def _brows(d: Drawing, look: Look, face: Face, turn: float) -> None:
    colour = dark(look.hair, 0.35) if luma(look.hair) < 0.75 else dark(look.hair, 0.5)
    thick = 1.0 if look.gender == "female" else 1.6
    for index, (x, narrow) in enumerate(_eye_places(turn)):
        out = -1 if index == 0 else 1
        y = -3.9 - face.lift
        inner, outer = y + face.tilt * 0.8, y - face.tilt * 0.5 + 0.3
        a, b = x - out * 2.6 * narrow, x + out * 3.3 * narrow
        d.stroke(f"M{a:.2f} {inner:.2f}Q{x:.2f} {min(inner, outer) - 0.9:.2f} {b:.2f} {outer:.2f}", colour, thick)


def _nose_mouth(d: Drawing, look: Look, face: Face, turn: float, shade: str) -> None:
    n = turn * 3.6
    d.stroke(f"M{n + turn * 0.8:.2f} 4.4q{0.7 if turn >= 0 else -0.7} 1.3 {-0.3 if turn >= 0 else 0.3} 1.8", shade, 0.9)
    x, y = turn * 3.0, 9.2
    lip = mix(look.skin, "#b2313c", 0.62 if look.gender == "female" else 0.42)
    inside, tongue = "#6e1f2c", "#e0727a"
    match face.mouth:
        case "smile":
            d.stroke(f"M{x - 2.6:.1f} {y - 0.4}Q{x:.1f} {y + 1.9} {x + 2.6:.1f} {y - 0.4}", dark(lip, 0.45), 1.0)
        case "laugh":
            d.shape(
                f"M{x - 3.2:.1f} {y - 1.2}Q{x:.1f} {y - 0.4} {x + 3.2:.1f} {y - 1.2}Q{x + 2.6:.1f} {y + 3}"
                f" {x:.1f} "
                f"{y + 3}T{x - 3.2:.1f} {y - 1.2}Z",
                inside,
                width=0.8,
            )
            d.oval(x, y + 1.9, 1.7, 0.9, tongue)
        case "frown":
            d.stroke(f"M{x - 2.1:.1f} {y + 1}Q{x:.1f} {y - 0.9} {x + 2.1:.1f} {y + 1}", dark(lip, 0.45), 1.0)
        case "teeth":
            d.box(x - 2.8, y - 1, 5.6, 2.3, "#fbfbf8", r=0.8, width=0.8)
            d.stroke(f"M{x - 2.6:.1f} {y + 0.1}h5.2", None, 0.4)
        case "round":
            d.oval(x, y + 0.6, 1.5, 2.0, inside, line=d.ink, width=0.8)
        case "wave":
            d.stroke(f"M{x - 2.4:.1f} {y + 0.4}q1.2 -1.5 2.4 0t2.4 0", dark(lip, 0.45), 1.0)
        case "shout":
            d.shape(
                f"M{x - 3:.1f} {y - 1.6}Q{x:.1f} {y - 2.6} {x + 3:.1f} {y - 1.6}Q{x + 3:.1f} {y + 3.6} {x:.1f}"
                f" {y + 3.7}"
                f"T{x - 3:.1f} {y - 1.6}Z",
                inside,
                width=0.8,
            )
            d.rect(x - 2.1, y - 1.6, 4.2, 0.9, "#fbfbf8")
            d.oval(x, y + 2.6, 1.6, 0.9, tongue)
        case "firm":
            d.stroke(f"M{x - 2.2:.1f} {y + 0.2}L{x + 2.2:.1f} {y - 0.1:.1f}", dark(lip, 0.45), 1.1)
        case _:
            d.stroke(f"M{x - 1.9:.1f} {y}Q{x:.1f} {y + 0.6} {x + 1.9:.1f} {y}", dark(lip, 0.45), 0.9)
    if look.gender == "female" and face.mouth in ("line", "smile", "firm"):
        d.path(f"M{x - 1.3:.1f} {y + 1.3}Q{x:.1f} {y + 2.4} {x + 1.3:.1f} {y + 1.3}Z", lip, alpha=0.6)
    if face.blush or look.age == "child":
        for ex, _ in _eye_places(turn):
            d.oval(ex * 1.25, 6.2, 2.1, 1.1, "#f0766e", alpha=0.4)
    if look.age == "elder":
        for s in (-1, 1):
            d.stroke(f"M{x + s * 3.6:.1f} 6.4q{s * 1.2} 1.6 {s * 0.9} 3.4", shade, 0.8)
            d.stroke(f"M{x + s * 3.2:.1f} 5.2q{s * 2} 0.8 {s * 3.6} -0.2", shade, 0.6)


def _beard(d: Drawing, look: Look, turn: float) -> None:
    x = turn * 3.0
    if (beard := look.has("beard")) is not None:
        colour = look.hair if luma(look.hair) < 0.9 or look.age == "elder" else beard.colour
        long = 22.0 if look.age == "elder" else 16.0
        d.shape(
            f"M-10.4 1C-10 9 -7 {long - 2} {x:.1f} {long}C7 {long - 2} 10 9 10.4 1Q7 8 {x + 3:.1f} "
            f"7.2Q{x:.1f} 6.4 "
            f"{x - 3:.1f} 7.2Q-7 8 -10.4 1Z",
            colour,
        )
    if look.has("moustache") is not None:
        d.shape(
            f"M{x:.1f} 7Q{x + 3:.1f} 6 {x + 5:.1f} 9Q{x + 2:.1f} 9 {x:.1f} 8Q{x - 2:.1f} 9 {x - 5:.1f}"
            f" 9Q{x - 3:.1f} 6 "
            f"{x:.1f} 7Z",
            look.hair,
            width=0.6,
        )


def _extra(d: Drawing, face: Face, turn: float) -> None:
    if face.extra == "tear":
        x = 5.6 + turn * 2.8
        d.shape(f"M{x:.1f} 4.4q1.7 3 0 3.9q-1.7 -.9 0 -3.9Z", "#8fd3f5", width=0.5)
    elif face.extra == "sweat":
        d.shape("M11.5 -9q2.6 4.4 0 5.6q-2.6 -1.2 0 -5.6Z", "#a8def7", width=0.6)


def _glasses(d: Drawing, look: Look, turn: float) -> None:
    places = _eye_places(turn)
    if (shades := look.has("sunglasses")) is not None:
        for x, narrow in places:
            d.box(x - 3.9 * narrow, -1.4, 7.8 * narrow, 5.4, shades.colour, r=2.2)
            d.stroke(f"M{x - 1.8:.1f} 0l2 2.4", light(shades.colour, 0.6), 0.9)
        d.stroke(f"M{places[0][0] + 3.6:.1f} 0.4h{places[1][0] - places[0][0] - 7.2:.1f}")
    elif (goggles := look.has("goggles")) is not None:
        d.shape(f"M-10.6 -1.6Q{turn * 2:.1f} -3 10.6 -1.6L10.2 4.6Q{turn * 2:.1f} 6.4 -10.2 4.6Z", goggles.colour)
        d.path(f"M{turn * 2 - 7:.1f} -0.4h5l-2.4 4.4h-5Z", "#ffffff", alpha=0.55)
    elif (glasses := look.has("glasses")) is not None:
        frame = glasses.colour if luma(glasses.colour) < 0.8 else "#8a8f99"
        for x, narrow in places:
            d.oval(x, 1.7, 4.1 * narrow, 3.7, "#dff1fa", alpha=0.28)
            d.oval(x, 1.7, 4.1 * narrow, 3.7, line=frame, width=1.25)
        d.stroke(
            f"M{places[0][0] + 4:.1f} 1.1q{(places[1][0] - places[0][0] - 8) / 2:.1f} -1 "
            f"{places[1][0] - places[0][0] - 8:.1f} 0",
            frame,
            1.25,
        )


def _worn(d: Drawing, look: Look, turn: float, view: str) -> None:
    """What is worn on the head, from the front or the back."""
    t = turn * 2
    _hats(d, look, t, view)
    _ornaments(d, look)
    if (item := look.has("headphones")) is not None:
        d.stroke("M-12.8 0C-14 -21 14 -21 12.8 0", item.colour, 3.2)
        d.stroke("M-12.8 0C-14 -21 14 -21 12.8 0", light(item.colour, 0.35), 1.0)
        for s in (-1, 1):
            d.box(s * 12.6 - 2.6, -3, 5.2, 9.6, item.colour, r=2.4)
    if (item := look.has("headband")) is not None:
        d.shape(f"M-12.2 -5.6Q{t:.1f} -9.6 12.2 -5.6L12.4 -9Q{t:.1f} -13 -12.4 -9Z", item.colour)
    if (item := look.has("catears")) is not None:
        for s in (-1, 1):
            d.shape(f"M{s * 3.4} -17L{s * 11.6} -27L{s * 12.6} -11Z", look.hair)
            d.path(f"M{s * 6.4} -17.4L{s * 10.8} -23L{s * 11.2} -14Z", "#f0a0a8")
    if (item := look.has("mask")) is not None and view == "front":
        d.shape(f"M-9.6 3.6Q{t:.1f} 2.6 9.6 3.6Q9.4 10.6 {t * 0.9:.1f} 13Q-9.4 10.6 -9.6 3.6Z", item.colour)


def _hats(d: Drawing, look: Look, t: float, view: str) -> None:
    if (item := look.has("crown")) is not None:
        d.shape("M-9 -14L-10.4 -25L-5 -19.6L0 -27L5 -19.6L10.4 -25L9 -14Q0 -17 -9 -14Z", item.colour)
        d.oval(0, -19, 1.5, fill="#d43a5a")
    if (item := look.has("hat")) is not None:
        d.shape("M-10.6 -9C-11 -25 -6 -26 0 -24.4C6 -26 11 -25 10.6 -9Z", item.colour)
        d.shape("M-19 -7.6Q0 -16 19 -7.6Q0 -3.4 -19 -7.6Z", item.colour)
        d.stroke("M-10.8 -11.6Q0 -14.6 10.8 -11.6", dark(item.colour, 0.45), 2.6)
    if (item := look.has("cap")) is not None:
        d.shape("M-12.6 -7C-13.6 -22 13.6 -22 12.6 -7Q0 -11 -12.6 -7Z", item.colour)
        if view == "front":
            d.shape(
                f"M-10.6 -8Q{t:.1f} -12.6 10.6 -8Q{12 + t:.1f} -4.6 {t:.1f} -6Q{-12 + t:.1f} -4.6 -10.6 -8Z",
                dark(item.colour, 0.18),
            )
        d.oval(0, -18.4, 1.3, fill=dark(item.colour, 0.2), line=d.ink, width=0.6)


def _ornaments(d: Drawing, look: Look) -> None:
    if (item := look.has("ribbon")) is not None and look.style != "braid":
        spots = ((-11, -10), (11, -10)) if look.style == "twintails" else ((8.5, -14.5),)
        for x, y in spots:
            d.shape(f"M{x} {y}l-5.6 -3.6q-1.4 3.6 0 7.2ZM{x} {y}l5.6 -3.6q1.4 3.6 0 7.2Z", item.colour)
            d.oval(x, y, 1.5, fill=item.colour, line=d.ink)
    if (item := look.has("hairpin")) is not None:
        d.box(-11.4, -9.4, 6.4, 2.1, item.colour, r=1, width=0.8)
    if (item := look.has("flower")) is not None:
        for dx, dy in ((0, -2.3), (2.2, -0.7), (1.4, 1.9), (-1.4, 1.9), (-2.2, -0.7)):
            d.oval(-10 + dx, -10 + dy, 1.8, fill=item.colour, line=d.ink, width=0.6)
        d.oval(-10, -10, 1.2, fill="#f6d24a")


def _profile(d: Drawing, look: Look, face: Face) -> None:
    """A face in profile, looking right."""
    d.shape(
        "M-11 -4C-11 -19 10.8 -19 10.8 -6L10.9 -1.6Q11 1 13.4 4.2Q13.6 5.6 11.4 5.9L11.7 8L11 9.2L11.2 11"
        "Q11 13.8 7.8 14C3 13.8 -1 11.6 -2.6 8C-9 8 -11 3 -11 -4Z",
        look.skin,
    )
    if look.has("beard") is not None:
        d.shape("M11 9.6Q12.4 17 7 18Q-1 15 -2.6 4Q4 10 11 9.6Z", look.hair)
    if face.open == 0:
        d.stroke("M5.4 2.4q2 -3 4 0")
    else:
        d.path("M5.4 1.4Q6.6 -1.6 9.4 -1.4L9.2 3Q7 3.6 5.4 1.4Z", "#fdfcfa")
        d.oval(8.3, 1.1, 1.05, 2.1 * min(face.open, 1), look.eyes)
        d.oval(8.5, 1.1, 0.6, 1.2, "#14141c")
        d.stroke("M5 1.2Q6.6 -1.6 9.8 -1.5", None, 1.4)
    d.stroke(
        f"M4.8 {-3.4 - face.lift - face.tilt * 0.3:.1f}Q7.6 {-5.2 - face.lift:.1f} 10.2 "
        f"{-4 - face.lift + face.tilt * 0.5:.1f}",
        dark(look.hair, 0.35),
        1.3,
    )
    d.stroke("M8.2 9.4L11 9.1" if face.mouth not in ("smile", "laugh") else "M7.8 8.6Q9.4 9.8 11.2 9.1", "#7a3a3a", 0.9)
    d.oval(-1.4, 2, 2.1, 3.2, look.skin, line=d.ink)
    if (glasses := look.has("glasses")) is not None:
        d.oval(8.3, 1.4, 2.6, 3.4, line=glasses.colour, width=1.2)
        d.stroke("M5.8 1L-1 0.6", glasses.colour, 1.2)


def _side_worn(d: Drawing, look: Look) -> None:
    if (item := look.has("headphones")) is not None:
        d.stroke("M-1 0C-4 -12 -3 -18 -1 -20.4", item.colour, 3.2)
        d.oval(-1.4, 2, 4.2, 5, item.colour, line=d.ink)
    if (item := look.has("cap")) is not None:
        d.shape("M-13.4 -6C-14 -23 10 -23 11 -8L20 -7.4Q20.6 -5 11 -5.4Q0 -8 -13.4 -6Z", item.colour)
    if (item := look.has("hat")) is not None:
        d.shape("M-11 -9C-11 -26 9 -26 10 -9Z", item.colour)
        d.shape("M-18 -8Q0 -13 19 -8Q0 -4.6 -18 -8Z", item.colour)
    if (item := look.has("crown")) is not None:
        d.shape("M-8 -15L-9 -25L-3 -20L1 -27L5 -20L10 -24L8 -14Z", item.colour)
    if (item := look.has("hairpin")) is not None:
        d.box(-2, -10, 6, 2, item.colour, r=1, width=0.8)
    if (item := look.has("headband")) is not None:
        d.shape("M-13.2 -5L11 -6L11 -9.4L-13 -8.6Z", item.colour)
    if (item := look.has("goggles")) is not None:
        d.shape("M4 -1.6L12 -1.8L12.4 4.6L4.4 4.8Z", item.colour)
    if (item := look.has("mask")) is not None:
        d.shape("M1 4L12.8 4.4L11.6 12.6L5 13Z", item.colour)
    if (item := look.has("ribbon")) is not None:
        d.shape("M-10 -10l-5.6 -3.6q-1.4 3.6 0 7.2ZM-10 -10l5.6 -3.6q1.4 3.6 0 7.2Z", item.colour)
