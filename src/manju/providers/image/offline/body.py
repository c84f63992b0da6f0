"""A whole figure: what is far is drawn first, and every limb and garment as one outline.

Coordinates are centimetres, the origin on the ground below the hips, y downwards.
"""

from __future__ import annotations

import math
from contextlib import AbstractContextManager
from dataclasses import replace

from manju.providers.image.offline import accessories, tails
from manju.providers.image.offline.beasts import KINDS, draw_beast_head, fur
from manju.providers.image.offline.colour import dark
from manju.providers.image.offline.creature import beast_head, draw_beast, draw_tail, stance_of
from manju.providers.image.offline.form import Flat, Form
from manju.providers.image.offline.garments import draw_drape, draw_top
from manju.providers.image.offline.head import draw_head
from manju.providers.image.offline.held import draw_umbrella
from manju.providers.image.offline.limbs import Limbs
from manju.providers.image.offline.look import Look
from manju.providers.image.offline.pose import Pose
from manju.providers.image.offline.robots import draw_robot_head
from manju.providers.image.offline.shapes import along, smooth
from manju.providers.image.offline.svg import Drawing, Point

_LEAST_PEN = 0.29
"""Outlines are at least so wide, in cm: near figures have bolder ones."""


def draw_figure(
    d: Drawing,
    look: Look,
    pose: Pose,
    expression: str,
    *,
    yaw: float | None = None,
    down: float = 5.0,
    lit: int = -1,
    held: str | None = None,
    action: str = "stand",
) -> None:
    """A figure in ``pose`` (that of ``action``, which is what an animal goes by), seen as it faces ``yaw`` (default:
    the pose's own) by a camera that looks ``down`` by so many degrees. ``lit`` is the side the light comes from
    (-1 left, 1 right); ``held`` is a prop's kind."""
    turn = pose.yaw if yaw is None else yaw
    if on_four_feet(look):
        draw_beast(
            d, look, stance_of(action), expression, yaw=turn, nod=pose.nod, head=pose.head, gaze=pose.gaze,
        )  # fmt: skip
        return
    if look.species != "human":
        look = _upright(look)
    pen, d.pen = d.pen, max(d.pen, _LEAST_PEN) if d.pen else 0.0
    _Figure(d, Form(look, pose, turn, down), expression, lit, held).draw()
    d.pen = pen


def on_four_feet(look: Look) -> bool:
    """Whether it goes as an animal does, without arms."""
    return look.species not in ("human", "robot", "bird") and not look.dressed


def _upright(look: Look) -> Look:
    """A robot or an animal as a figure: its shell or fur where a person has skin and clothes."""
    if look.species == "robot":
        return replace(
            look, skin="#8d96a6", top="shell", top_colour=look.hair, inner=look.top_colour, bottom="none", pattern="",
            shoes="treads" if look.shoes == "treads" else "boots", leggings="",
        )  # fmt: skip
    coat = fur(look)
    if look.dressed:
        return replace(look, skin=coat, bottom="none" if look.bottom == "skirt" else look.bottom, shoes="barefoot")
    return replace(look, skin=coat, top="fur", top_colour=coat, bottom="none", shoes="barefoot", pattern="")


def head_place(look: Look, pose: Pose, action: str = "stand") -> Point:
    """Where the head's centre is, in cm: closer framings follow it."""
    if on_four_feet(look):
        return beast_head(look, stance_of(action))
    return Form(look, pose, pose.yaw).head


class _Figure:
    def __init__(self, d: Drawing, f: Form, expression: str, lit: int, held: str | None) -> None:
        self.d, self.f, self.look, self.expression, self.lit = d, f, f.look, expression, lit
        self.limbs = Limbs(d, f, lit, held)

    def draw(self) -> None:
        """Everything, far to near."""
        d, f, limbs = self.d, self.f, self.limbs
        arms = sorted(f.arms, key=lambda a: a.depth)
        behind = [a for a in arms if limbs.behind(a)]
        over = [a for a in arms if a not in behind and self._over_head(a)]
        before = [a for a in arms if a not in behind and a not in over]
        if limbs.held == "umbrella":
            draw_umbrella(d, f)
        accessories.behind(d, f)
        if not f.back:
            self._hang()
        for arm in behind:
            limbs.arm(arm)
        self._lower()
        draw_top(d, f, self.lit)
        if abs(math.sin(math.radians(f.yaw))) < 0.4 and not f.back:
            for arm in behind:
                limbs.join(arm)
        accessories.worn(d, f)
        early = before if f.back or f.pose.lean > 60 else []
        for arm in early:
            limbs.arm(arm)
        self._head()
        if f.back:
            self._hang()
            accessories.on_back(d, f)
        for arm in before:
            if arm not in early:
                limbs.arm(arm)
        accessories.over(d, f)
        for arm in over:
            limbs.arm(arm)
        if self.look.has("cape") and not f.back:
            x, y = f.sides[1][0]
            for arm in before:  # a raised arm comes out from under the cloak
                if math.hypot(arm.end[0] - x, arm.end[1] - y) > f.m.hip * 2 + 17:
                    limbs.arm(arm, root=False)

    def _lower(self) -> None:
        """Legs, skirt, the coat's tails and the neck."""
        d, f, look, cut, bottom = self.d, self.f, self.look, self.limbs.cut, self.limbs.bottom
        if cut.drape and cut.open and not f.back:
            d.shape(smooth(f.drape(2.0, cut.drape, cut.flare), tension=0.5), dark(look.top_colour, 0.4))
        self.limbs.legs()
        if bottom.drape and bottom.front in ("pleats", "folds"):
            draw_drape(d, f, look.bottom_colour, bottom, 1.9, self.lit)
        d.shape(f.neck(), look.skin)
        d.path(self._neck_shadow(), dark(look.skin, 0.24))
        if cut.drape:
            draw_drape(d, f, look.top_colour, cut, max(1.75, cut.hem), self.lit, closed=not cut.open or f.back)

    def _over_head(self, arm: Flat) -> bool:
        hx, hy = self.f.head
        return math.hypot(arm.end[0] - hx, arm.end[1] - hy) < 24 and arm.near[2] > self.f.middle

    def _at_head(self) -> AbstractContextManager[None]:
        f = self.f
        return self.d.at(f.head[0], f.head[1], f.m.head, tilt=f.head_tilt)

    def _hang(self) -> None:
        """Long hair, or a tail: behind the body, or over its back."""
        f = self.f
        if self.look.species == "human":
            with self._at_head():
                tails.behind(self.d, self.look, f.head_yaw)
        elif self.look.species != "robot":
            root = f.on((180, 0.7)) if f.back else f.sides[0][0]
            k = f.m.height / 106
            side = -1 if f.yaw > 0 else 1
            draw_tail(
                self.d,
                KINDS[self.look.species].tail,
                root,
                (root[0] + side * 30 * k, root[1] - 20 * k),
                self.look.skin,
                k,
            )

    def _head(self) -> None:
        f, d, look = self.f, self.d, self.look
        nod = f.pose.nod + (f.view.down - 5) * 0.45
        with self._at_head():
            if look.species == "human":
                draw_head(d, look, self.expression, yaw=f.head_yaw, nod=nod, gaze=f.pose.gaze, lit=self.lit)
            elif look.species == "robot":
                draw_robot_head(d, look, self.expression, yaw=f.head_yaw, nod=nod)
            else:
                draw_beast_head(d, look, self.expression, yaw=f.head_yaw, nod=nod, gaze=f.pose.gaze)

    def _neck_shadow(self) -> str:
        f = self.f
        (tx, ty), (hx, hy), w = f.top, f.head, f.m.arm_widths[0]
        x, y = along((hx, hy), (tx, ty), 0.55)
        x2, y2 = along((hx, hy), (tx, ty), 0.9)
        side = -self.lit * w * 0.4
        return (
            f"M{x - w:.1f} {y:.1f}L{x + w:.1f} {y:.1f}L{x2 + w * 0.9:.1f} {y2:.1f}Q{x2 + side:.1f}"
            f" {y2 + 3:.1f} {x2 - w * 0.7:.1f} {y2 - 4:.1f}Z"
        )
