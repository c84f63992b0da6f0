"""A figure's arms and legs, in their sleeves and trousers."""

from __future__ import annotations

import math
from dataclasses import replace

from manju.providers.image.offline import accessories
from manju.providers.image.offline.colour import dark, light, luma, mix
from manju.providers.image.offline.cuts import BOTTOMS, COVERING, cut_of, sleeve_colour
from manju.providers.image.offline.form import Flat, Form
from manju.providers.image.offline.hands import draw_hand, draw_shoe
from manju.providers.image.offline.held import SHOWN, draw_held
from manju.providers.image.offline.outfit import OLD
from manju.providers.image.offline.robots import draw_robot_arm, draw_robot_legs
from manju.providers.image.offline.shapes import along, blob, corners, disc, fold, segment, shade, smooth
from manju.providers.image.offline.svg import Drawing, Point


class Limbs:
    """The limbs of a form, drawn one by one."""

    def __init__(self, d: Drawing, f: Form, lit: int, held: str | None) -> None:
        self.d, self.f, self.look, self.lit = d, f, f.look, lit
        self.held = (held if f.pose.hold else None) or ""
        self.cut = cut_of(f.look)
        self.bottom = BOTTOMS.get(f.look.bottom, BOTTOMS["trousers"])
        if f.look.top in COVERING:
            self.bottom = BOTTOMS["none"]

    def behind(self, arm: Flat) -> bool:
        side = abs(math.sin(math.radians(self.f.yaw)))
        return arm.depth < self.f.middle - 6 - 3 * (1 - side)

    def legs(self) -> None:
        d, f, look = self.d, self.f, self.look
        if look.species == "robot":
            draw_robot_legs(d, f)
            return
        w = f.m.leg_widths
        cloth = look.bottom in ("trousers", "jeans", "wide", "bound") and look.top not in COVERING
        short = look.bottom == "shorts" and look.top not in COVERING
        under = look.bottom_colour if look.top in COVERING else mix(look.bottom_colour, "#f3eee4", 0.5)
        bare = look.leggings or (under if look.top in OLD else look.skin)
        colour = look.bottom_colour if cloth else bare
        flare = self.bottom.flare if cloth else 1.0
        ankle = w[2] * (1.16 if cloth else 0.9) * (1.9 if look.bottom == "wide" else 1.0)
        split = 32 < abs(f.yaw) < 148
        legs = sorted(f.legs, key=lambda leg: leg.near[1] + leg.near[2])
        for leg in f.legs if not split else legs[:1]:
            draw_shoe(d, f, leg)
        hips = f.trunk(0.0, 2.0, 1.0)
        data = {leg.side: self._leg_shape(leg, w[0], w[1] * flare, ankle) for leg in legs}
        if split:
            far, near = legs
            tone = shade(colour)
            self._one_leg(far, data[far.side], tone, short)
            if cloth and look.bottom == "bound":
                self._wraps(far)
            draw_shoe(d, f, near)
            blob(d, data[near.side] + hips, colour)
            self._leg_shade(near, colour, w)
        else:
            blob(d, "".join(data.values()) + hips, colour)
            for leg in legs:
                self._leg_shade(leg, colour, w)
            (x, y) = f.sides[0][0]
            if cloth or short:
                d.stroke(f"M{x:.1f} {y - 1:.1f}v{w[0] * 0.8:.1f}", fold(colour), 0.8)
        if short:
            self._shorts(legs, hips, split)
        if cloth:
            self._creases(legs, colour)
        if cloth and look.bottom == "bound":
            for leg in legs[1:] if split else legs:
                self._wraps(leg)

    def _one_leg(self, leg: Flat, data: str, tone: str, short: bool) -> None:
        blob(self.d, data, tone)
        if short:
            w = self.f.m.leg_widths
            blob(
                self.d,
                segment(leg.root, self.f.leg_at(leg, 0.6), w[0] * 1.06, w[0] * 1.0),
                shade(self.look.bottom_colour),
            )

    def _leg_shape(self, leg: Flat, hip: float, knee: float, ankle: float) -> str:
        return segment(leg.root, leg.joint, hip, knee, 0.5) + segment(leg.joint, leg.end, knee, ankle, 0.8)

    def _leg_shade(self, leg: Flat, colour: str, w: tuple[float, float, float]) -> None:
        side = -self.lit
        data = ""
        for (a, b), (ra, rb) in (((leg.root, leg.joint), (w[0], w[1])), ((leg.joint, leg.end), (w[1], w[2]))):
            data += _offset(a, b, ra, rb, side)
        self.d.path(data, shade(colour))

    def _shorts(self, legs: list[Flat], hips: str, split: bool) -> None:
        d, f, w = self.d, self.f, self.f.m.leg_widths
        c = self.look.bottom_colour
        picked = legs[1:] if split else legs
        data = "".join(segment(leg.root, f.leg_at(leg, 0.6), w[0] * 1.08, w[0] * 1.04) for leg in picked)
        blob(d, data + hips, c)
        if not split:
            x, y = f.sides[0][0]
            d.stroke(f"M{x:.1f} {y - 1:.1f}v{w[0]:.1f}", fold(c), 0.9)

    def _wraps(self, leg: Flat) -> None:
        """Strips of cloth wound round a shin, or a boot over the trousers."""
        d, w = self.d, self.f.m.leg_widths
        boots = self.look.shoes == "boots"
        low, high = self.f.leg_at(leg, 1.95), self.f.leg_at(leg, 1.42)
        length = math.hypot(low[0] - high[0], low[1] - high[1])
        if length < 5:
            return
        colour = self.look.shoe_colour if boots else mix(self.look.bottom_colour, "#e6dcc8", 0.55)
        nx, ny = -(low[1] - high[1]) / length, (low[0] - high[0]) / length

        def across(share: float) -> tuple[Point, Point]:
            (x, y), r = along(high, low, share), w[1] * 1.04 + (w[2] * 1.14 - w[1] * 1.04) * share
            return (x + nx * r, y + ny * r), (x - nx * r, y - ny * r)

        (a, b), (c, e) = across(0.0), across(1.0)
        d.shape(corners([a, b, e, c]), colour)
        data = ""
        for share in (0.06,) if boots else (0.2, 0.4, 0.6, 0.8):
            (x0, y0), (x1, y1) = across(share)
            data += f"M{x0:.1f} {y0 + 0.8:.1f}L{x1:.1f} {y1 - 0.8:.1f}"
        d.stroke(data, light(colour, 0.25) if boots else fold(colour), 0.7)

    def _creases(self, legs: list[Flat], colour: str) -> None:
        data = ""
        for leg in legs:
            (ax, ay), (bx, by), (cx, cy) = leg.root, leg.joint, leg.end
            w = self.f.m.leg_widths[1]
            data += f"M{bx - w * 0.8:.1f} {by - 1.5:.1f}Q{bx:.1f} {by + 1.2:.1f} {bx + w * 0.3:.1f} {by + 0.2:.1f}"
            x, y = along((bx, by), (cx, cy), 0.86)
            data += f"M{x - w * 0.6:.1f} {y:.1f}q{w * 0.6:.1f} 2 {w * 1.1:.1f} -0.6"
            if math.hypot(bx - ax, by - ay) > 18:
                x, y = along((ax, ay), (bx, by), 0.3)
                data += f"M{x + w * 0.9:.1f} {y - 4:.1f}q{-w * 0.5:.1f} 3.4 {-w * 1.1:.1f} 4"
        self.d.stroke(data, fold(colour), 0.6)

    def arm(self, arm: Flat, *, root: bool = True) -> None:
        """An arm with sleeve, hand and what it holds; without its ``root`` it comes out from under a cloak."""
        if not root:
            start = along(arm.root, arm.joint, 0.45)
            arm = replace(arm, root=start)
        d, f, look, cut = self.d, self.f, self.look, self.cut
        holds = bool(self.held) and arm.side == f.pose.hold and self.held != "umbrella"
        kind = f.pose.hand_l if arm.side < 0 else f.pose.hand_r
        kind = "grip" if holds or (self.held == "umbrella" and arm.side == f.pose.hold) else kind
        w = f.m.arm_widths
        behind = self.behind(arm) or not root
        c = sleeve_colour(look)
        cloak = look.has("cape") is not None
        shown = holds and self.held in SHOWN
        if holds and not shown:
            draw_held(d, f, arm, self.held)
        if look.species == "robot":
            draw_robot_arm(d, f, arm, kind)
            if shown:
                draw_held(d, f, arm, self.held)
            return
        if cut.sleeve in ("none", "short"):
            self._limb(arm, w, look.skin, 1.0, patch=not behind and cut.sleeve == "none" and not cloak)
            draw_hand(d, f, arm, kind)
            if cut.sleeve == "short":
                mid, cuff = along(arm.root, arm.joint, 0.3), along(arm.root, arm.joint, 0.62)
                sleeve = segment(arm.root, mid, w[0] * 0.95, w[0] * 1.06) + _band(mid, cuff, w[0] * 1.16)
                blob(d, sleeve, shade(c) if behind else c)
                self._patch(arm, c, w[0] * 1.12, behind)
        elif cut.sleeve == "wide":
            draw_hand(d, f, arm, kind)
            self._wide_sleeve(arm, shade(c) if behind else c, w, behind)
        else:
            loose = {"puff": 1.5, "plate": 1.12}.get(cut.sleeve, 1.0 + (cut.ease - 1) * 1.5)
            inner = look.top in ("spacesuit",)
            draw_hand(d, f, arm, kind)
            reach = 0.86 if self._edge() else 0.93
            self._limb(
                arm, (w[0] * (1 + (loose - 1) * 0.5), w[1] * loose, w[2] * loose * 1.12), c, reach, patch=not behind
            )
            if inner:
                self._bands(arm, w, loose)
            self._cuff(arm, w[2] * loose * 1.14)
            if cut.sleeve == "wrapped":
                self._bracer(arm, w)
            if cut.sleeve == "plate":
                self._plates(arm, w)
        if shown:
            draw_held(d, f, arm, self.held)
        accessories.on_arm(d, f, arm)

    def _limb(self, arm: Flat, w: tuple[float, float, float], colour: str, reach: float, *, patch: bool) -> None:
        d = self.d
        end = along(arm.joint, arm.end, reach)
        c = colour if patch or not self.behind(arm) else shade(colour)
        upper, lower = (
            segment(arm.root, arm.joint, w[0] * 0.86, w[1], w[0] * 0.07),
            segment(arm.joint, end, w[1], w[2], 0.2),
        )
        ax, ay = arm.joint[0] - arm.root[0], arm.joint[1] - arm.root[1]
        bx, by = arm.end[0] - arm.joint[0], arm.end[1] - arm.joint[1]
        dot = (ax * bx + ay * by) / ((math.hypot(ax, ay) or 1) * (math.hypot(bx, by) or 1))
        shadow = _offset(along(arm.root, arm.joint, 0.12), arm.joint, w[0] * 0.9, w[1], -self.lit)
        if dot < -0.35:  # folded: the forearm lies over the upper arm
            blob(d, upper, c)
            d.path(shadow, shade(c))
            if patch:
                self._patch(arm, colour, w[0], False)
            blob(d, lower, c)
            d.path(_offset(arm.joint, end, w[1], w[2], -self.lit), shade(c))
        else:
            blob(d, upper + lower, c)
            d.path(shadow + _offset(arm.joint, end, w[1], w[2], -self.lit), shade(c))
            if patch:
                self._patch(arm, colour, w[0], False)
        if dot < 0.75:
            self._elbow(arm, w[1], c)

    def _elbow(self, arm: Flat, r: float, colour: str) -> None:
        """Folds on the inside of a bent elbow."""
        (ax, ay), (bx, by), (cx, cy) = arm.root, arm.joint, arm.end
        u = (ax - bx) / (math.hypot(ax - bx, ay - by) or 1), (ay - by) / (math.hypot(ax - bx, ay - by) or 1)
        v = (cx - bx) / (math.hypot(cx - bx, cy - by) or 1), (cy - by) / (math.hypot(cx - bx, cy - by) or 1)
        x, y = bx + (u[0] + v[0]) * r * 0.5, by + (u[1] + v[1]) * r * 0.5
        self.d.stroke(
            f"M{x:.1f} {y:.1f}L{bx - (u[0] + v[0]) * r * 0.3:.1f} {by - (u[1] + v[1]) * r * 0.3:.1f}"
            f"M{x + u[0] * 2:.1f} {y + u[1] * 2:.1f}l{-v[0] * r * 0.5:.1f} {-v[1] * r * 0.5:.1f}",
            fold(colour), 0.6,
        )  # fmt: skip

    def join(self, arm: Flat) -> None:
        """Join the shoulder of an arm that is drawn behind the trunk."""
        if self.look.species != "robot" and self.cut.sleeve != "none":
            self._patch(arm, sleeve_colour(self.look), self.f.m.arm_widths[0], False)

    def _patch(self, arm: Flat, colour: str, r: float, behind: bool) -> None:
        """The shoulder runs into the trunk without a line."""
        if behind:
            return
        (x, y), (cx, cy) = arm.root, self.f.sides[4][0]
        length = math.hypot(cx - x, cy - y) or 1.0
        r2 = r * 0.84
        k = min(length, r * 0.36)
        px, py = x + (cx - x) / length * k, y + (cy - y) / length * k
        raised = arm.joint[1] < arm.root[1] - 4
        self.d.path(disc(px, py, r2 * (0.94 if raised else 1.0)), colour)
        way = -1 if cx > x else 1
        if arm.joint[1] > arm.root[1] + 6:  # the crease of the armpit
            ex, ey = along(arm.root, arm.joint, 0.5)
            self.d.stroke(
                f"M{ex - way * r * 0.93:.1f} {ey:.1f}Q{x - way * r * 1.1:.1f} {y + r * 1.1:.1f}"
                f" {x - way * r * 1.0:.1f} {y + r * 0.45:.1f}",
                fold(colour),
                0.8,
            )

    def _edge(self) -> str | None:
        """The colour of the cuffs, if there are any."""
        look = self.look
        if look.top in ("blazer", "coat", "robe") or self.cut.sleeve == "shirt":
            return look.inner if look.top != "coat" else dark(look.top_colour, 0.15)
        if "cuffs" in self.cut.parts or "ribs" in self.cut.parts:
            return light(look.top_colour, 0.18) if luma(look.top_colour) < 0.6 else dark(look.top_colour, 0.14)
        return None

    def _cuff(self, arm: Flat, r: float) -> None:
        edge = self._edge()
        a, b = along(arm.joint, arm.end, 0.86), along(arm.joint, arm.end, 1.0)
        if edge is not None and math.hypot(arm.end[0] - arm.joint[0], arm.end[1] - arm.joint[1]) > 8:
            self.d.shape(_band(a, b, r * 1.06), edge, width=0.8)

    def _bracer(self, arm: Flat, w: tuple[float, float, float]) -> None:
        """Cloth bound round the forearm."""
        a, b = along(arm.joint, arm.end, 0.5), along(arm.joint, arm.end, 0.97)
        if math.hypot(a[0] - b[0], a[1] - b[1]) > 5:
            colour = dark(self.look.top_colour, 0.42)
            self.d.shape(_band(a, b, w[2] * 1.26), colour, width=0.8)
            for share in (0.3, 0.65):
                p = along(a, b, share)
                q = along(a, b, share + 0.08)
                self.d.path(_band(p, q, w[2] * 1.26), light(colour, 0.3))

    def _bands(self, arm: Flat, w: tuple[float, float, float], loose: float) -> None:
        for a, b, r in ((arm.root, arm.joint, w[1]), (arm.joint, arm.end, w[2])):
            p, q = along(a, b, 0.5), along(a, b, 0.58)
            if math.hypot(p[0] - q[0], p[1] - q[1]) > 0.8:
                self.d.path(_band(p, q, r * loose * 1.12), "#e8603a")

    def _plates(self, arm: Flat, w: tuple[float, float, float]) -> None:
        c = light(self.look.top_colour, 0.16)
        x, y = arm.root
        r = w[0] * 1.5
        side = -1 if x < self.f.sides[4][0][0] else 1
        self.d.shape(
            
                f"M{x - r:.1f} {y + r * 0.5:.1f}C{x - r * 1.1:.1f} {y - r:.1f} {x + side * 2:.1f}"
                f" {y - r * 1.25:.1f} {x + r:.1f} {y - r * 0.4:.1f}"
            
                f"Q{x + r * 1.2:.1f} {y + r * 0.3:.1f} {x + r * 0.9:.1f} {y + r * 0.8:.1f}Q{x:.1f}"
                f" {y + r * 0.2:.1f} {x - r:.1f} {y + r * 0.5:.1f}Z",
            c,
        )  # fmt: skip
        a, b = along(arm.joint, arm.end, 0.15), along(arm.joint, arm.end, 0.8)
        if math.hypot(a[0] - b[0], a[1] - b[1]) > 6:
            self.d.shape(_band(a, b, w[1] * 1.16), c, width=0.9)

    def _wide_sleeve(self, arm: Flat, colour: str, w: tuple[float, float, float], behind: bool) -> None:
        """A sleeve that hangs from the forearm."""
        d = self.d
        (ax, ay), (bx, by), end = arm.root, arm.joint, along(arm.joint, arm.end, 0.93)
        hang = (
            21.0
            * self.f.m.height
            / 170
            * (0.45 + 0.55 * min(1.0, math.hypot(end[0] - bx, end[1] - by) / self.f.m.forearm))
        )
        dx, dy = end[0] - bx, end[1] - by
        length = math.hypot(dx, dy) or 1.0
        down = dy / length
        nx, ny = -dy / length, dx / length
        if down > 0.5:  # a hanging arm: a bell round the hand
            wide = w[2] * 3.3
            mouth = [(end[0] + nx * wide, end[1] + ny * wide + 2), (end[0] - nx * wide, end[1] - ny * wide + 2)]
            back = [(bx - nx * w[1] * 1.7, by - ny * w[1] * 1.7), (bx + nx * w[1] * 1.7, by + ny * w[1] * 1.7)]
        else:
            mouth = [
                (end[0] + dx / length * 1.0, end[1] - w[2] * 1.5),
                (end[0] - dx / length * 5, end[1] + hang + max(0.0, -down) * 6),
            ]
            back = [
                (bx + 0.2 * dx, by + w[1] * 1.9 + hang * 0.3),
                (bx - dx / length * 3, by - dy / length * 3 - w[1] * 1.2),
            ]
        body = segment((ax, ay), (bx, by), w[0] * 1.05, w[1] * 1.55)
        sleeve = smooth([*mouth, *back], tension=0.35)
        blob(d, body + sleeve, colour)
        d.path(
            smooth(
                [
                    mouth[0],
                    along(mouth[0], mouth[1], 0.5),
                    mouth[1],
                    along(along(mouth[0], mouth[1], 0.5), (bx, by), 0.14),
                ],
                tension=0.8,
            ),
            dark(colour, 0.42),
        )
        trim = self.look.inner if self.look.inner != self.look.top_colour else light(colour, 0.3)
        x0, y0 = along(mouth[0], (bx, by), 0.1)
        x1, y1 = along(mouth[1], (bx, by), 0.14)
        d.stroke(f"M{x0:.1f} {y0:.1f}L{x1:.1f} {y1:.1f}", trim, 2.0)
        d.stroke(f"M{bx:.1f} {by + 1:.1f}L{(mouth[1][0] + bx) / 2:.1f} {(mouth[1][1] + by) / 2:.1f}", fold(colour), 0.6)
        if not behind:
            self._patch(arm, colour, w[0] * 1.04, False)


def _offset(a: Point, b: Point, ra: float, rb: float, side: int) -> str:
    """A limb's shadow on the screen's ``side``."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = math.hypot(dx, dy)
    if length < ra:
        return ""
    nx, ny = -dy / length, dx / length
    k = 1 if nx * side + ny * 0.35 > 0 else -1
    p = (a[0] + k * nx * ra * 0.5, a[1] + k * ny * ra * 0.5)
    q = (b[0] + k * nx * rb * 0.5, b[1] + k * ny * rb * 0.5)
    return segment(p, q, ra * 0.47, rb * 0.47, 0.1)


def _band(a: Point, b: Point, r: float) -> str:
    dx, dy = b[0] - a[0], b[1] - a[1]
    length = math.hypot(dx, dy) or 1.0
    nx, ny = -dy / length * r, dx / length * r
    return corners([(a[0] + nx, a[1] + ny), (b[0] + nx, b[1] + ny), (b[0] - nx, b[1] - ny), (a[0] - nx, a[1] - ny)])
