"""A whole figure: limbs, clothes and head on one skeleton.

Coordinates are centimetres, the origin on the ground between the feet, y downwards.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from manju.providers.image.offline import accessories, clothes, hair
from manju.providers.image.offline.colour import dark, light
from manju.providers.image.offline.creature import draw_creature
from manju.providers.image.offline.head import draw_head
from manju.providers.image.offline.look import Look
from manju.providers.image.offline.pose import Limb, Pose
from manju.providers.image.offline.props import draw_prop
from manju.providers.image.offline.svg import Drawing, Point, num, points

HELD: dict[str, float] = {
    "phone": 17,
    "book": 24,
    "cup": 13,
    "tablet": 24,
    "umbrella": 105,
    "sword": 95,
    "flower": 34,
    "camera": 17,
    "microphone": 26,
    "letter": 16,
    "magnifier": 26,
    "bag": 34,
    "papers": 26,
    "key": 13,
    "product": 22,
    "box": 26,
    "badge": 15,
    "gift": 24,
    "ball": 22,
    "torch": 24,
    "fan": 26,
    "watch": 12,
    "card": 12,
}
"""What a hand can hold, and how tall it is in cm."""


@dataclass(frozen=True, slots=True)
class Frame:
    """The skeleton's measures."""

    head: float
    """Scale of the head."""
    centre: float
    """y of the head's centre."""
    shoulder: float
    chest: float
    waist: float
    hip: float
    knee: float
    ankle: float
    half: float
    """Half the breadth of the shoulders."""
    waist_half: float
    hip_half: float
    arm: float
    """Length of the upper arm; the forearm is 0.92 of it."""


def measure(look: Look) -> Frame:
    """The skeleton of a figure that stands."""
    head = {"child": 0.98, "elder": 1.02}.get(look.age, 1.04)
    body = look.height - 27.5 * head
    broad = {"female": 0.121, "male": 0.147}.get(look.gender, 0.133) * look.girth
    if look.age == "child":
        broad = 0.118 * look.girth
    half = broad * body
    slim = 0.66 if look.gender == "female" else 0.74
    if look.girth > 1.1:
        slim = 0.92
    return Frame(
        head=head,
        centre=-(look.height - 14 * head),
        shoulder=-0.955 * body,
        chest=-0.86 * body,
        waist=-0.735 * body,
        hip=-0.60 * body,
        knee=-0.32 * body,
        ankle=-0.05 * body,
        half=half,
        waist_half=half * slim,
        hip_half=half * (0.84 if look.gender == "female" else 0.78),
        arm=0.205 * body,
    )


def tapered(joints: list[Point], widths: list[float]) -> str:
    """Outline of a limb through ``joints`` with the given half widths, rounded at its ends."""
    left: list[Point] = []
    right: list[Point] = []
    for i, (x, y) in enumerate(joints):
        ax, ay = joints[max(0, i - 1)]
        bx, by = joints[min(len(joints) - 1, i + 1)]
        length = math.hypot(bx - ax, by - ay) or 1.0
        nx, ny = -(by - ay) / length, (bx - ax) / length
        left.append((x + nx * widths[i], y + ny * widths[i]))
        right.append((x - nx * widths[i], y - ny * widths[i]))
    out = f"M{num(left[0][0])} {num(left[0][1])}"
    out += "".join(f"L{num(x)} {num(y)}" for x, y in left[1:])
    end = num(widths[-1])
    out += f"A{end} {end} 0 0 0 {num(right[-1][0])} {num(right[-1][1])}"
    start = num(widths[0])
    out += "".join(f"L{num(x)} {num(y)}" for x, y in reversed(right[:-1]))
    return out + f"A{start} {start} 0 0 0 {num(left[0][0])} {num(left[0][1])}Z"


def _limb(d: Drawing, joints: list[Point], widths: list[float], colours: tuple[str, str]) -> None:
    """Upper and lower part of an arm or leg. A sharp bend is drawn as two parts, the lower one over the upper one."""
    (ax, ay), (bx, by), (cx, cy) = joints
    bend = abs(math.atan2(bx - ax, by - ay) - math.atan2(cx - bx, cy - by))
    if colours[0] == colours[1] and min(bend, 2 * math.pi - bend) < 0.7:
        d.shape(tapered(joints, widths), colours[0])
        return
    upper, lower = tapered(joints[:2], widths[:2]), tapered(joints[1:3], widths[1:3])
    d.shape(upper, colours[0])
    d.shape(lower, colours[1])
    if colours[0] == colours[1]:
        x, y = joints[1]
        d.oval(x, y, max(0.1, widths[1] - d.pen * 0.5), fill=colours[1])


def _reach(start: Point, limb: Limb, first: float, second: float, side: int) -> tuple[Point, Point]:
    """Where elbow and hand (or knee and foot) are, seen from the front."""
    a, b = (math.radians(v) for v in limb)
    elbow = (start[0] + side * math.sin(a) * first, start[1] + math.cos(a) * first)
    return elbow, (elbow[0] + side * math.sin(b) * second, elbow[1] + math.cos(b) * second)


def draw_figure(
    d: Drawing,
    look: Look,
    pose: Pose,
    expression: str,
    *,
    lit: int = -1,
    held: str | None = None,
) -> None:
    """A figure in ``pose``. ``lit`` is the side the light comes from (-1 left, 1 right); ``held`` is a prop's kind."""
    if look.species != "human":
        draw_creature(
            d, look, expression, turn=0.9 if pose.view == "side" else pose.turn, held=held, back=pose.view == "back"
        )
        return
    f = measure(look)
    if pose.view == "side":
        _side(d, look, pose, f, expression, lit, held)
        return
    drop = -(f.hip - f.knee) * 0.92 if pose.seated else 0.0
    with d.at(0, drop):
        _front(d, look, pose, f, expression, lit, held)


def _front(d: Drawing, look: Look, pose: Pose, f: Frame, expression: str, lit: int, held: str | None) -> None:
    back = pose.view == "back"
    with d.at(0, f.hip, tilt=pose.lean), d.at(0, -f.hip):
        if not back:
            if held == "umbrella":
                _umbrella(d, pose, f)
            with d.at(0, f.centre, f.head):
                hair.behind(d, look, pose.turn)
            accessories.behind(d, look, f)
            with d.at(0, f.centre, f.head, tilt=pose.turn * 3):
                hair.back_of_head(d, look)
    _legs(d, look, pose, f, lit)
    with d.at(0, f.hip, tilt=pose.lean), d.at(0, -f.hip):
        clothes.lower(d, look, f)
        _neck(d, look, f)
        clothes.upper(d, look, f, lit, back=back)
        arms = [(-1, pose.left_arm), (1, pose.right_arm)]
        if not pose.over:
            for side, limb in arms:
                _arm(d, look, f, limb, side, lit, held if side == pose.hand else None, pose.near)
        accessories.worn(d, look, f, back=back)
        with d.at(0, f.centre, f.head, tilt=(pose.turn * 3 if not back else 0)):
            draw_head(d, look, expression, turn=pose.turn, view=pose.view, lit=lit)
            if not back:
                hair.braids(d, look, pose.turn)
        if back:
            accessories.on_back(d, look, f)
        if pose.over:
            for side, limb in arms:
                _arm(d, look, f, limb, side, lit, held if side == pose.hand else None, pose.near)


def _neck(d: Drawing, look: Look, f: Frame) -> None:
    w = 4.2 if look.gender == "female" or look.age == "child" else 5.4
    top = f.centre + 9 * f.head
    d.shape(
        f"M{-w} {top}L{-w} {f.shoulder - 1:.1f}L{-w - 5} {f.shoulder + 6:.1f}H{w + 5}L{w} {f.shoulder - 1:.1f}"
        f"L{w} {top}Z",
        look.skin,
    )
    d.path(
        f"M{-w} {top}H{w}V{f.shoulder - 3:.1f}Q0 {f.shoulder + 2:.1f} {-w} {f.shoulder - 5:.1f}Z", dark(look.skin, 0.22)
    )


def _arm(
    d: Drawing, look: Look, f: Frame, limb: Limb, side: int, lit: int, held: str | None, near: float = 1.0
) -> None:
    """An arm; ``near`` shortens an upper arm that points towards the viewer."""
    thick = f.half * 0.26 + 0.6
    start = (side * (f.half - thick * 0.7), f.shoulder + thick * 1.15)
    elbow, hand = _reach(start, limb, f.arm * near, f.arm * 0.92, side)
    colour, sleeve = clothes.sleeve(look)
    shade = dark(colour, 0.16) if side == -lit else colour
    if held is not None and held != "umbrella":
        size = HELD[held]
        lift = 0.12 if held in ("sword", "flower") else 0.5 if held != "bag" else 0.95
        with d.at(hand[0], hand[1] + size * lift, size / 100):
            draw_prop(d, held)
    _hand(d, look, elbow, hand, thick)
    if sleeve == "short":
        _limb(d, [start, elbow, hand], [thick * 0.9, thick * 0.8, thick * 0.6], (look.skin, look.skin))
        mid = (start[0] + (elbow[0] - start[0]) * 0.55, start[1] + (elbow[1] - start[1]) * 0.55)
        d.shape(tapered([start, mid], [thick * 1.06, thick * 1.14]), shade)
    else:
        wide = 1.9 if look.top in ("robe",) else 1.25 if look.top in ("spacesuit", "coat", "labcoat", "hoodie") else 1.0
        wrist = (elbow[0] + (hand[0] - elbow[0]) * 0.9, elbow[1] + (hand[1] - elbow[1]) * 0.9)
        _limb(
            d, [start, elbow, wrist], [thick * 1.02, thick * 0.94 * min(wide, 1.2), thick * 0.72 * wide], (shade, shade)
        )
        if limb[0] < 75:  # the shoulder runs into the back without a seam
            d.oval(start[0] - side * thick * 0.45, start[1] - thick * 0.3, thick * 0.55, fill=shade)
        if (edge := clothes.cuff(look)) is not None:
            _cuff(d, elbow, wrist, thick * 0.72 * wide, edge)
        bend = abs(limb[0] - limb[1])
        if bend > 25:
            d.stroke(
                f"M{elbow[0] - side * thick * 0.5:.1f} {elbow[1] - 1:.1f}q{side * thick * 0.5:.1f} -1 "
                f"{side * thick:.1f} 0.6",
                dark(colour, 0.4),
                0.7,
            )
    if side == lit:
        d.stroke(
            f"M{start[0] + side * thick * 0.55:.1f} {start[1] + 2:.1f}L{elbow[0] + side * thick * 0.45:.1f}"
            f" {elbow[1] - 2:.1f}",
            light(colour, 0.35),
            1.1,
        )
    if (watch := look.has("watch")) is not None and side == 1:
        x, y = elbow[0] + (hand[0] - elbow[0]) * 0.86, elbow[1] + (hand[1] - elbow[1]) * 0.86
        d.oval(x, y, thick * 0.72, fill=watch.colour, line=d.ink)
        d.oval(x, y, thick * 0.36, fill="#bfe9f5")


def _cuff(d: Drawing, elbow: Point, end: Point, half: float, colour: str) -> None:
    """A band across the end of a sleeve."""
    length = math.hypot(end[0] - elbow[0], end[1] - elbow[1]) or 1.0
    ux, uy = (end[0] - elbow[0]) / length, (end[1] - elbow[1]) / length
    corners = [
        (end[0] + ux * a - uy * b, end[1] + uy * a + ux * b)
        for a, b in ((-3, -half), (half * 1.08, -half), (half * 1.08, half), (-3, half))
    ]
    d.shape(points(corners), colour)


def _umbrella(d: Drawing, pose: Pose, f: Frame) -> None:
    """An umbrella goes behind the head, or its canopy would hide the face."""
    side = pose.hand or 1
    limb = pose.right_arm if side > 0 else pose.left_arm
    thick = f.half * 0.26 + 0.6
    _, hand = _reach((side * (f.half - thick * 0.7), f.shoulder + thick * 1.15), limb, f.arm, f.arm * 0.92, side)
    with d.at(hand[0], hand[1] + 14, HELD["umbrella"] / 100, tilt=side * 5):
        draw_prop(d, "umbrella")


def _hand(d: Drawing, look: Look, elbow: Point, hand: Point, thick: float) -> None:
    gloves = look.has("gloves")
    colour = gloves.colour if gloves else ("#eceff2" if look.top == "spacesuit" else look.skin)
    angle = math.degrees(math.atan2(hand[1] - elbow[1], hand[0] - elbow[0])) - 90
    r = thick * 0.78
    with d.at(hand[0], hand[1], tilt=angle):
        d.shape(
            f"M{-r * 0.7:.1f} -1C{-r * 1.2:.1f} {r:.1f} {-r:.1f} {r * 2.3:.1f} 0 {r * 2.3:.1f}S{r * 1.2:.1f}"
            f" {r:.1f} "
            f"{r * 0.7:.1f} -1Z",
            colour,
        )
        d.stroke(
            f"M{r * 0.2:.1f} {r * 1.1:.1f}v{r * 0.9:.1f}M{-r * 0.35:.1f} {r * 1.1:.1f}v{r * 0.9:.1f}",
            dark(colour, 0.4),
            0.55,
        )


def _legs(d: Drawing, look: Look, pose: Pose, f: Frame, lit: int) -> None:
    thigh, shin = f.knee - f.hip, f.ankle - f.knee
    wide = f.hip_half * 0.5
    bare = clothes.legs(look)
    for side, limb in ((-1, pose.left_leg), (1, pose.right_leg)):
        hip = (side * f.hip_half * 0.5, f.hip)
        if pose.seated:
            knee: Point = (side * f.hip_half * 0.72, f.hip + thigh * 0.22)
            foot: Point = (knee[0], knee[1] + shin)
        else:
            knee, foot = _reach(hip, limb, thigh, shin, side)
        colour = dark(bare, 0.16) if side == -lit else bare
        _limb(d, [hip, knee, foot], [wide, wide * 0.74, wide * 0.5], (colour, colour))
        if look.bottom == "shorts" or (look.bottom == "none" and look.top == "dress"):
            half = (hip[0] + (knee[0] - hip[0]) * 0.6, hip[1] + (knee[1] - hip[1]) * 0.6)
            if look.bottom == "shorts":
                d.shape(tapered([hip, half], [wide * 1.08, wide * 1.06]), look.bottom_colour)
        elif look.bottom == "trousers":
            d.stroke(f"M{knee[0] - 2:.1f} {knee[1]:.1f}q2 1.4 4 0", dark(bare, 0.45), 0.7)
        _shoe(d, look, foot, side)


def _shoe(d: Drawing, look: Look, foot: Point, side: int) -> None:
    x, y = foot
    c, sole = look.shoe_colour, "#f4f4f0" if look.shoes == "sneakers" else dark(look.shoe_colour, 0.5)
    if look.shoes == "boots":
        d.shape(f"M{x - 4.6:.1f} {y - 14:.1f}H{x + 4.6:.1f}V{y:.1f}H{x - 4.6:.1f}Z", c)
    toe = side * 2.2
    d.shape(
        f"M{x - 4.6:.1f} {y - 2:.1f}C{x - 7 + toe:.1f} {y + 3:.1f} {x - 6.6 + toe:.1f} {y + 6.6:.1f}"
        f" {x - 5 + toe:.1f} {y + 7:.1f}H"
        f"{x + 5 + toe:.1f}C{x + 6.6 + toe:.1f} {y + 6.6:.1f} {x + 7 + toe:.1f} {y + 3:.1f} {x + 4.6:.1f}"
        f" {y - 2:.1f}Z",
        c,
    )
    d.stroke(f"M{x - 5.6 + toe:.1f} {y + 6.4:.1f}h11.2", sole, 1.6)
    if look.shoes == "sneakers":
        d.stroke(f"M{x - 2 + toe * 0.6:.1f} {y + 1:.1f}h4M{x - 2.2 + toe * 0.8:.1f} {y + 3:.1f}h4.4", "#ffffff", 0.8)


def _side(d: Drawing, look: Look, pose: Pose, f: Frame, expression: str, lit: int, held: str | None) -> None:
    """Profile, looking right."""
    thigh, shin = f.knee - f.hip, f.ankle - f.knee
    wide = f.hip_half * 0.62
    bare = clothes.legs(look)
    stride = 0.45 if look.top in ("robe", "dress", "coat", "labcoat") else 1.0
    with d.at(0, f.hip, tilt=pose.lean), d.at(0, -f.hip):
        _side_arm(d, look, f, pose.right_arm, dark(clothes.sleeve(look)[0], 0.28), None)
    for limb, tone in ((pose.right_leg, dark(bare, 0.24)), (pose.left_leg, bare)):
        hip = (0.0, f.hip)
        limb = (limb[0] * stride, limb[1] * stride)
        knee, foot = _reach(hip, limb, thigh, shin, 1)
        _limb(d, [hip, knee, foot], [wide, wide * 0.72, wide * 0.46], (tone, tone))
        if look.bottom == "shorts":
            half = (knee[0] * 0.6, hip[1] + (knee[1] - hip[1]) * 0.6)
            d.shape(tapered([hip, half], [wide * 1.08, wide * 1.04]), look.bottom_colour)
        _side_shoe(d, look, foot, limb[1])
    with d.at(0, f.hip, tilt=pose.lean), d.at(0, -f.hip):
        clothes.lower_side(d, look, f)
        _neck(d, look, f)
        clothes.upper_side(d, look, f)
        with d.at(1.5, f.centre, f.head):
            draw_head(d, look, expression, view="side", lit=lit)
        _side_arm(d, look, f, pose.left_arm, clothes.sleeve(look)[0], held)


def _side_arm(d: Drawing, look: Look, f: Frame, limb: Limb, colour: str, held: str | None) -> None:
    thick = f.half * 0.27 + 0.6
    start = (-0.5, f.shoulder + thick * 1.3)
    elbow, hand = _reach(start, limb, f.arm, f.arm * 0.92, 1)
    if held is not None:
        with d.at(hand[0], hand[1] + HELD[held] * 0.5, HELD[held] / 100):
            draw_prop(d, held)
    _hand(d, look, elbow, hand, thick)
    short = clothes.sleeve(look)[1] == "short"
    wide = 1.7 if look.top == "robe" else 1.0
    tone = look.skin if short else colour
    _limb(d, [start, elbow, hand], [thick, thick * 0.9, thick * 0.62 * wide], (tone, tone))
    if short:
        mid = (start[0] + (elbow[0] - start[0]) * 0.55, start[1] + (elbow[1] - start[1]) * 0.55)
        d.shape(tapered([start, mid], [thick * 1.06, thick * 1.12]), colour)


def _side_shoe(d: Drawing, look: Look, foot: Point, shin: float) -> None:
    with d.at(foot[0], foot[1], tilt=-shin * 0.55):
        if look.shoes == "boots":
            d.shape("M-4.4 -14H4.4V0H-4.4Z", look.shoe_colour)
        d.shape("M-4.8 -2C-6 3 -5.6 6.4 -4 7H12C13.6 4 10 1.4 4.6 -2Z", look.shoe_colour)
        d.stroke("M-4.6 6.6H12", "#f4f4f0" if look.shoes == "sneakers" else dark(look.shoe_colour, 0.5), 1.5)
