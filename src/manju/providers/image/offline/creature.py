"""Animals on four feet (those that go upright, and robots, are figures of `body`).

Coordinates are centimetres, the origin on the ground, y downwards.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from manju.providers.image.offline.beasts import KINDS, Kind, draw_beast_head, draw_fish_face, fur, pale
from manju.providers.image.offline.colour import dark, light
from manju.providers.image.offline.look import Look
from manju.providers.image.offline.shapes import along, blob, fold, segment, smooth
from manju.providers.image.offline.svg import Drawing, Point

Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Stance:
    """A body on four feet, facing z: rump and chest (height, forward), the head above the chest, and the feet of the
    four legs (forward, height above the ground): fore left, fore right, hind left, hind right."""

    rump: Point
    chest: Point
    head: Point
    feet: tuple[Point, Point, Point, Point]
    tail: float = 1.0
    """How high the tail is carried."""
    lift: float = 0.0


STANCES: dict[str, Stance] = {
    "sit": Stance((15, -13), (36, 5), (62, 10), ((9, 0), (11, 0), (4, 0), (4, 0)), 0.5),
    "stand": Stance((33, -24), (33, 16), (56, 26), ((15, 0), (18, 0), (-26, 0), (-22, 0))),
    "walk": Stance((33, -24), (33, 16), (55, 28), ((26, 0), (6, 1), (-32, 1), (-12, 0))),
    "run": Stance((34, -28), (36, 18), (53, 34), ((40, 12), (34, 5), (-52, 12), (-44, 18)), 1.2, 8),
    "leap": Stance((34, -26), (52, 16), (74, 28), ((36, 44), (32, 36), (-50, 6), (-44, 0)), 1.3, 14),
    "crouch": Stance((30, -24), (17, 14), (30, 26), ((30, 0), (26, 0), (-20, 0), (-16, 0)), 1.3),
    "lie": Stance((13, -22), (14, 14), (20, 30), ((34, 0), (32, 0), (-10, 0), (-12, 0)), 0.1),
    "beg": Stance((15, -13), (40, 0), (66, 5), ((22, 34), (20, 38), (5, 0), (5, 0)), 0.6),
    "paw": Stance((15, -13), (36, 5), (62, 10), ((10, 0), (24, 46), (4, 0), (4, 0)), 0.9),
}
_OF_ACTION: dict[str, str] = {
    **dict.fromkeys(("walk", "sneak", "gaze"), "walk"),
    **dict.fromkeys(("run", "chase", "fly"), "run"),
    **dict.fromkeys(("jump", "leap", "climb", "kick", "strike", "fall"), "leap"),
    **dict.fromkeys(("crouch", "bow", "hurt", "fight", "crawl", "hug_self", "block", "pull"), "crouch"),
    **dict.fromkeys(("lie", "hug_knees", "slump", "sit_floor", "slip"), "lie"),
    **dict.fromkeys(("cheer", "pray", "hug", "receive", "clap", "lift_up", "push", "dance", "stretch", "carry"), "beg"),
    **dict.fromkeys(
        ("wave", "point", "reach", "give", "hold", "knock", "count", "stop", "throw", "accuse", "punch"), "paw"
    ),
    **dict.fromkeys(("stand", "lookback"), "stand"),
}


def stance_of(action: str) -> str:
    """How an animal does what a person would do so."""
    return _OF_ACTION.get(action, "sit")


def draw_beast(
    d: Drawing, look: Look, stance: str, expression: str, *, yaw: float, nod: float = 0.0, head: float = 0.0,
    gaze: tuple[float, float] = (0.0, 0.0),
) -> None:  # fmt: skip
    """An animal on four feet, or sitting; ``head`` turns its head."""
    if look.species == "fish":
        _fish(d, look, expression, yaw)
        return
    _Beast(d, look, STANCES[stance], yaw).draw(expression, nod, head, gaze)


def beast_head(look: Look, stance: str) -> Point:
    """Where the head's middle is."""
    s, k = STANCES[stance], look.height / 88
    return 0.0, -(s.head[0] + s.lift) * k


class _Beast:
    def __init__(self, d: Drawing, look: Look, stance: Stance, yaw: float) -> None:
        self.d, self.look, self.s = d, look, stance
        if 60 < abs(yaw) < 120:
            yaw = math.copysign(90 - (90 - abs(yaw)) * 0.4, yaw)
        self.yaw = yaw
        self.k = look.height / 88
        self.kind: Kind = KINDS.get(look.species, KINDS["cat"])
        self.tall = 1.5 if look.species == "horse" else 1.0

    def at(self, side: float, high: float, ahead: float) -> tuple[float, float, float]:
        """x and y on the screen, and nearness."""
        c, s = math.cos(math.radians(self.yaw)), math.sin(math.radians(self.yaw))
        x, near = side * c + ahead * s, ahead * c - side * s
        return x * self.k, (-(high * self.tall + self.s.lift) + near * 0.12) * self.k, near

    def flat(self, side: float, high: float, ahead: float) -> Point:
        x, y, _ = self.at(side, high, ahead)
        return x, y

    def draw(self, expression: str, nod: float, head: float, gaze: tuple[float, float]) -> None:
        d, look, s, k = self.d, self.look, self.s, self.k
        c = fur(look)
        limb = "#2b2b33" if look.species == "panda" else c
        back = abs(self.yaw) > 100
        spots = sorted(
            [(i, *self._leg(i)) for i in range(4)],
            key=lambda leg: self.at(leg[3], 0, leg[4])[2],
        )  # fmt: skip
        if not back:
            self._tail(c)
        far = [leg for leg in spots if self.at(leg[3], 0, leg[4])[2] < 0]
        for leg in far:
            self._paint_leg(leg[1], leg[2], dark(limb, 0.2))
        rump, chest = self.flat(0, *s.rump), self.flat(0, *s.chest)
        neck = self.flat(0, s.head[0] - 10, s.head[1] - 4)
        rr, rc = (15.5 if s.rump[0] < 20 else 13.0) * k, 12.5 * k
        long = math.hypot(chest[0] - rump[0], chest[1] - rump[1])
        body = segment(rump, chest, rr, rc, 0.0 if long < 8 else -0.4) + segment(chest, neck, rc * 0.94, 8.5 * k)
        blob(d, body, c)
        d.path(
            segment((rump[0], rump[1] + rr * 0.45), (chest[0], chest[1] + rc * 0.45), rr * 0.5, rc * 0.5), dark(c, 0.15)
        )
        if math.cos(math.radians(self.yaw)) > 0.35:  # the breast
            x, y = chest
            d.path(
                smooth(
                    [
                        (x - 7 * k, y - 8 * k),
                        (x + 7 * k, y - 8 * k),
                        (x + 6 * k, y + 8 * k),
                        (x, y + 13 * k),
                        (x - 6 * k, y + 8 * k),
                    ]
                ),
                pale(look),
            )
        if self.kind.marks in ("tabby", "stripes") and abs(math.sin(math.radians(self.yaw))) > 0.3:
            for share in (0.2, 0.42, 0.64):
                x, y = along(rump, chest, share)
                d.stroke(
                    f"M{x:.1f} {y - rr * 0.95:.1f}q{2 * k:.1f} {rr * 0.4:.1f} {-1 * k:.1f} {rr * 0.8:.1f}",
                    dark(c, 0.36),
                    1.8,
                )
        if look.species == "panda":
            blob(
                d,
                segment((chest[0] - 6 * k, chest[1] - 2 * k), (chest[0] + 6 * k, chest[1] - 2 * k), 9 * k, 9 * k),
                "#2b2b33",
            )
        if look.species == "dragon":
            for share in (0.1, 0.35, 0.6, 0.85):
                x, y = along(rump, chest, share)
                d.shape(
                    f"M{x - 4 * k:.1f} {y - rr * 0.9:.1f}l{3 * k:.1f} {-8 * k:.1f}l{5 * k:.1f} {7 * k:.1f}Z",
                    dark(c, 0.3),
                )
        for leg in spots:
            if leg not in far:
                self._paint_leg(leg[1], leg[2], limb, haunch=leg[0] > 1 and s.rump[0] < 20)
        if back:
            self._tail(c)
        self._worn(chest, neck)
        hx, hy = self.flat(0, s.head[0], s.head[1])
        face = self.yaw + head
        if abs(math.sin(math.radians(self.yaw))) > 0.8 and abs(self.yaw) < 100 and not head:
            face = math.copysign(50, self.yaw)  # an animal that passes by shows some of its face
        with d.at(hx, hy, k * (0.86 if self.look.species == "horse" else 1.0)):
            draw_beast_head(d, look, expression, yaw=(face + 180) % 360 - 180, nod=nod, gaze=gaze)

    def _leg(self, i: int) -> tuple[Point, tuple[Point, Point], float, float]:
        """Root, (joint, foot), side and place of a leg."""
        s = self.s
        side = (-7.5 if i % 2 == 0 else 7.5) * (1.35 if i > 1 and s.rump[0] < 20 else 1.0)
        ahead, high = s.feet[i]
        top = s.chest if i < 2 else s.rump
        root = self.flat(side, top[0] - (2 if i < 2 else 1), top[1] + (2 if i < 2 else 0))
        foot = self.flat(side, high + 3.4, ahead)
        bend = (4 if i > 1 else -3) if s.rump[0] > 20 else 0
        mid = self.flat(side, (top[0] + high) * 0.48, (top[1] + ahead) / 2 + bend)
        return root, (mid, foot), side, top[1]

    def _paint_leg(self, root: Point, rest: tuple[Point, Point], colour: str, *, haunch: bool = False) -> None:
        k, d = self.k, self.d
        joint, foot = rest
        if haunch:  # a sitting animal's folded hind leg
            blob(d, segment(root, foot, 10.5 * k, 5 * k), colour)
            d.stroke(
                f"M{root[0] - 6 * k:.1f} {root[1] - 7 * k:.1f}Q{root[0]:.1f} {root[1] - 12 * k:.1f}"
                f" {root[0] + 7 * k:.1f} {root[1] - 5 * k:.1f}",
                fold(colour),
                0.8,
            )
        else:
            blob(d, segment(root, joint, 6.6 * k, 4.4 * k) + segment(joint, foot, 4.4 * k, 3.8 * k), colour)
            d.path(segment(root, joint, 6.0 * k, 4.0 * k), colour)
        toe = (
            "#6b5348"
            if self.look.species == "horse"
            else light(colour, 0.3)
            if self.look.species != "panda"
            else colour
        )
        ahead = math.sin(math.radians(self.yaw)) * 2.6 * k
        d.oval(foot[0] + ahead, foot[1] + 0.6 * k, 5.4 * k, 3.4 * k, toe, line=d.ink)
        if self.look.species not in ("horse",):
            d.stroke(
                f"M{foot[0] + ahead - 1.6 * k:.1f} {foot[1] + 1.4 * k:.1f}v{2 * k:.1f}"
                f"M{foot[0] + ahead + 1.6 * k:.1f} {foot[1] + 1.4 * k:.1f}v{2 * k:.1f}",
                fold(toe),
                0.6,
            )

    def _tail(self, c: str) -> None:
        s, d, k = self.s, self.d, self.k
        draw_tail(
            d,
            self.kind.tail,
            self.flat(0, s.rump[0] + 2, s.rump[1] - 9),
            self.flat(9, s.rump[0] + 6 + 18 * s.tail, s.rump[1] - 26),
            c,
            k,
        )

    def _worn(self, chest: Point, neck: Point) -> None:
        """Scarf or collar, bell, cape, bag."""
        d, look, k = self.d, self.look, self.k
        x, y = along(chest, neck, 0.62)
        scarf = look.has("scarf") or look.has("ribbon")
        if scarf is not None:
            w = 10.5 * k
            d.shape(
                f"M{x - w:.1f} {y - 3 * k:.1f}Q{x:.1f} {y + 5 * k:.1f} {x + w:.1f} {y - 3 * k:.1f}"
                f"Q{x + w * 1.1:.1f} {y + 3 * k:.1f} {x + w * 0.8:.1f} {y + 5 * k:.1f}Q{x:.1f}"
                f" {y + 12 * k:.1f} {x - w * 0.8:.1f} {y + 5 * k:.1f}Q{x - w * 1.1:.1f} {y + 3 * k:.1f}"
                f" {x - w:.1f} {y - 3 * k:.1f}Z",
                scarf.colour,
            )
            if abs(self.yaw) < 100:
                d.shape(
                    f"M{x + 2 * k:.1f} {y + 7 * k:.1f}l{7 * k:.1f} {13 * k:.1f}l{-7 * k:.1f} {2 * k:.1f}"
                    f"l{-4 * k:.1f} {-13 * k:.1f}Z",
                    dark(scarf.colour, 0.12),
                )
        if (bell := look.has("necklace") or look.has("badge")) is not None and abs(self.yaw) < 100:
            if scarf is None:
                d.stroke(f"M{x - 9 * k:.1f} {y:.1f}Q{x:.1f} {y + 8 * k:.1f} {x + 9 * k:.1f} {y:.1f}", "#c8373f", 2.6)
            d.oval(x, y + 8 * k, 3.4 * k, fill=bell.colour, line=d.ink)
        if (bag := look.has("bag") or look.has("backpack")) is not None:
            bx, by = along(self.flat(0, *self.s.rump), chest, 0.55)
            d.box(bx - 8 * k, by - 8 * k, 15 * k, 12 * k, bag.colour, r=3 * k)


def draw_tail(d: Drawing, kind: str, root: Point, end: Point, c: str, k: float) -> None:
    """A tail from ``root`` to about ``end``."""
    (x, y), (u, v) = root, end
    way = 1 if u >= x else -1
    match kind:
        case "ball":
            d.oval(x + way * 3 * k, y, 5.4 * k, 5 * k, light(c, 0.5), line=d.ink)
        case "bushy":
            d.shape(
                f"M{x:.1f} {y:.1f}C{x + way * 14 * k:.1f} {y + 8 * k:.1f} {u + way * 16 * k:.1f}"
                f" {v + 8 * k:.1f} {u + way * 2 * k:.1f} {v - 10 * k:.1f}C{u - way * 8 * k:.1f}"
                f" {v + 4 * k:.1f} {x - way * 2 * k:.1f} {y - 8 * k:.1f} {x:.1f} {y:.1f}Z",
                c,
            )
            d.path(
                f"M{u + way * 2 * k:.1f} {v - 10 * k:.1f}Q{u + way * 10 * k:.1f} {v - 4 * k:.1f}"
                f" {u + way * 9 * k:.1f} {v + 2 * k:.1f}Q{u + way * 2 * k:.1f} {v - 3 * k:.1f}"
                f" {u - way * 2 * k:.1f} {v + 0.5 * k:.1f}Q{u - way * 2 * k:.1f} {v - 5 * k:.1f}"
                f" {u + way * 2 * k:.1f} {v - 10 * k:.1f}Z",
                "#f7f2e8",
            )
        case "hair":
            d.shape(
                f"M{x:.1f} {y:.1f}C{x + way * 16 * k:.1f} {y - 4 * k:.1f} {x + way * 16 * k:.1f}"
                f" {y + 16 * k:.1f} {x + way * 12 * k:.1f} {y + 34 * k:.1f}C{x + way * 6 * k:.1f}"
                f" {y + 22 * k:.1f} {x + way * 4 * k:.1f} {y + 10 * k:.1f} {x:.1f} {y + 5 * k:.1f}Z",
                dark(c, 0.5),
            )
        case "feathers":
            d.shape(
                f"M{x:.1f} {y:.1f}L{x + way * 16 * k:.1f} {y + 8 * k:.1f}L{x + way * 12 * k:.1f}"
                f" {y + 12 * k:.1f}L{x - way * 2 * k:.1f} {y + 8 * k:.1f}Z",
                dark(c, 0.25),
            )
        case _:
            mid = (x + way * 16 * k, y + 3 * k) if kind != "curl" else (x + way * 8 * k, y - 12 * k)
            wide = 3.2 * k
            for tone, w in ((d.ink, wide * 2 + d.pen * 1.6), (c, wide * 2)):
                d.path(
                    f"M{x:.1f} {y:.1f}Q{mid[0]:.1f} {mid[1]:.1f} {u:.1f} {v:.1f}"
                    + (
                        f"Q{u - way * 2 * k:.1f} {v - 9 * k:.1f} {u - way * 8 * k:.1f} {v - 6 * k:.1f}"
                        if kind != "spine"
                        else ""
                    ),
                    None,
                    line=tone,
                    width=w,
                )
            if kind == "spine":
                d.shape(
                    f"M{u - 4 * k:.1f} {v:.1f}L{u + way * 2 * k:.1f} {v - 12 * k:.1f}L{u + 6 * k:.1f} {v + 1 * k:.1f}Z",
                    dark(c, 0.3),
                )


def _fish(d: Drawing, look: Look, expression: str, yaw: float) -> None:
    """A fish, swimming a little above the ground."""
    c, k = fur(look), look.height / 88
    way = -1 if yaw < 0 else 1
    slim = 0.5 + 0.5 * abs(math.sin(math.radians(yaw)))
    with d.matrix(f"translate(0 {-46 * k:.1f}) scale({way * k * slim:.3f} {k:.3f})", k):
        d.shape("M-22 0C-36 -16 -46 -18 -52 -14Q-46 0 -52 15C-44 18 -34 14 -22 2Z", light(c, 0.2))
        d.shape("M-10 -18Q0 -36 18 -22L14 -14Z", light(c, 0.2))
        d.shape("M-26 0C-12 -26 22 -26 34 -2C24 24 -12 24 -26 0Z", c)
        d.path("M-20 4C-6 22 20 20 32 2C22 12 0 16 -20 4Z", light(c, 0.5))
        d.stroke("".join(f"M{x} {y}q4 3 0 7" for x, y in ((-8, -8), (-1, -9), (-8, 1), (-1, 0), (6, -5))), fold(c), 0.7)
        d.shape("M2 6Q-4 18 8 20Q14 14 12 6Z", light(c, 0.25))
        with d.at(14, -1, 0.62):
            draw_fish_face(d, look, expression)
