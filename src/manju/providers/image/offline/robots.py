"""Robots: a screen for a face (coordinates as of `beasts`), and limbs with joints."""

from __future__ import annotations

import math

from manju.providers.image.offline.colour import dark, light
from manju.providers.image.offline.face import FACES, key
from manju.providers.image.offline.form import Flat, Form
from manju.providers.image.offline.hands import draw_hand
from manju.providers.image.offline.look import Look
from manju.providers.image.offline.shapes import along, blob, corners, hull, ring, segment, shade
from manju.providers.image.offline.svg import Drawing


def draw_robot_head(d: Drawing, look: Look, expression: str, *, yaw: float, nod: float = 0.0) -> None:
    """The head of a robot."""
    s, turn = (-1 if yaw < 0 else 1), abs(yaw)
    shell = look.hair
    with d.at(0, 0, flip=s < 0):
        side = math.sin(math.radians(turn))
        w, h = key(turn, 17.0, 16.5, 14.5), 13.5
        x = -1.4 * side
        d.stroke(f"M{x:.1f} {-h:.1f}v-6", dark(shell, 0.45), 1.6)
        with d.shining():
            d.oval(x, -h - 7.6, 2.6, fill=look.top_colour, line=d.ink)
        for k in (-1, 1):
            ex = x + k * w * (1.0 if turn < 20 else 0.98)
            if not (k > 0 and 20 < turn < 160):
                d.box(ex - 2.6, -5, 5.2, 10, dark(shell, 0.3), r=2)
        d.box(x - w, -h, w * 2, h * 2, shell, r=8)
        d.path(
            f"M{x + w * 0.5:.1f} {-h + 0.6:.1f}Q{x + w - 0.6:.1f} {-h + 1:.1f} {x + w - 0.6:.1f} -5V5"
            f"Q{x + w - 0.6:.1f} {h - 1:.1f} {x + w * 0.5:.1f} {h - 0.6:.1f}Q{x + w * 0.86:.1f} 0"
            f" {x + w * 0.5:.1f} {-h + 0.6:.1f}Z",
            dark(shell, 0.2),
            alpha=0.7,
        )
        d.path(
            f"M{x - w * 0.7:.1f} {-h + 2.6:.1f}Q{x - w * 0.2:.1f} {-h + 1.2:.1f} {x + w * 0.2:.1f} {-h + 2:.1f}",
            None,
            line=light(shell, 0.6),
            width=1.4,
        )
        if 64 < turn < 112:
            d.oval(x - w * 0.1, 0, 4.6, 4.6, dark(shell, 0.22), line=d.ink)
        if turn > 112:
            d.box(x - 7, -3, 14, 9, dark(shell, 0.2), r=2.4)
            return
        cx = key(turn, 0, 4.2, 9.4) + x
        cw = key(turn, 13.4, 11.2, 4.6)
        d.box(cx - cw, -8.6, cw * 2, 17.4, "#182036", r=min(6.0, cw * 0.8))
        _lights(d, look, expression, cx, cw, turn, nod)


def _lights(d: Drawing, look: Look, expression: str, cx: float, cw: float, turn: float, nod: float) -> None:
    face, glow = FACES[expression], light(look.eyes, 0.3)
    y = -1.4 + nod * 0.07
    k = cw / 13.4
    spots = [cx - 5.8 * k, cx + 5.8 * k] if turn < 64 else [cx]
    with d.shining():
        for i, x in enumerate(spots):
            out = -1 if i == 0 and len(spots) > 1 else 1
            w = 3.0 * max(0.62, k)
            if face.eyes == "happy":
                d.path(
                    f"M{x - w:.1f} {y + 1.6:.1f}Q{x:.1f} {y - 4.4:.1f} {x + w:.1f} {y + 1.6:.1f}",
                    None,
                    line=glow,
                    width=1.7,
                )
            elif face.eyes in ("closed", "tight"):
                bend = 2.4 if face.eyes == "closed" else -0.2
                d.path(f"M{x - w:.1f} {y:.1f}Q{x:.1f} {y + bend:.1f} {x + w:.1f} {y:.1f}", None, line=glow, width=1.7)
            else:
                tall = 3.7 * min(1.2, face.open)
                d.oval(x, y, w * (0.7 + 0.3 * face.pupil), tall, glow)
                if face.tilt > 0.6:
                    d.path(
                        f"M{x - out * w * 1.3:.1f} {y - tall * 0.2:.1f}L{x + out * w * 1.3:.1f}"
                        f" {y - tall * 1.2:.1f}V{y - tall * 1.6:.1f}H{x - out * w * 1.3:.1f}Z",
                        "#182036",
                    )
                elif face.tilt < -0.8:
                    d.path(
                        f"M{x + out * w * 1.3:.1f} {y - tall * 0.2:.1f}L{x - out * w * 1.3:.1f}"
                        f" {y - tall * 1.2:.1f}V{y - tall * 1.6:.1f}H{x + out * w * 1.3:.1f}Z",
                        "#182036",
                    )
            if "well" in face.marks or "stream" in face.marks:
                d.oval(x, y + 5.6, 1.1, 1.8, "#8fd3f5")
            if "blush" in face.marks:
                d.oval(x + out * 2 * k, y + 5, 2 * k, 0.9, "#ff8a8a", alpha=0.8)
        m, v = 3.4 * k, y + 6.2
        match face.mouth:
            case "laugh" | "shout" | "talk" | "wail" | "round":
                d.oval(cx, v, m * (0.8 if face.mouth != "round" else 0.45), 1.9, glow)
            case "smile" | "smirk" | "line":
                d.path(
                    f"M{cx - m:.1f} {v - 0.6:.1f}Q{cx:.1f}"
                    f" {v + (1.8 if face.mouth != 'line' else 0.6):.1f} {cx + m:.1f} {v - 0.6:.1f}",
                    None,
                    line=glow,
                    width=1.1,
                )
            case "frown" | "sag" | "pout":
                d.path(
                    f"M{cx - m:.1f} {v + 0.8:.1f}Q{cx:.1f} {v - 1.6:.1f} {cx + m:.1f} {v + 0.8:.1f}",
                    None,
                    line=glow,
                    width=1.1,
                )
            case _:
                d.path(
                    f"M{cx - m:.1f} {v:.1f}l{m * 0.5:.1f} -1l{m * 0.5:.1f} 1l{m * 0.5:.1f} -1l{m * 0.5:.1f} 1",
                    None,
                    line=glow,
                    width=1.0,
                )


def draw_robot_arm(d: Drawing, f: Form, arm: Flat, hand: str) -> None:
    """Shoulder joint, thin upper arm, thick forearm, hand."""
    look, w = f.look, f.m.arm_widths
    steel, shell = look.skin, look.top_colour
    blob(d, segment(arm.root, arm.joint, w[2] * 0.8, w[2] * 0.75), dark(steel, 0.12))
    draw_hand(d, f, arm, hand)
    a, b = along(arm.joint, arm.end, 0.12), along(arm.joint, arm.end, 0.86)
    blob(d, segment(a, b, w[1] * 0.92, w[1] * 1.12), shell)
    d.path(segment(along(a, b, 0.1), b, w[1] * 0.3, w[1] * 0.4), shade(shell))
    d.oval(*arm.joint, w[2] * 0.95, fill=steel, line=d.ink)
    d.oval(*arm.root, w[0] * 1.02, fill=shell, line=d.ink)
    d.oval(*arm.root, w[0] * 0.4, fill=shade(shell), line=d.ink, width=0.6)


def draw_robot_legs(d: Drawing, f: Form) -> None:
    """Two legs with knees and boots, or a pair of treads."""
    look, m = f.look, f.m
    w, k = m.leg_widths, m.height / 106
    for leg in sorted(f.legs, key=lambda leg: leg.near[1]):
        blob(d, segment(leg.root, leg.joint, w[1] * 0.62, w[1] * 0.56), dark(look.skin, 0.12))
        d.oval(*leg.joint, w[1] * 0.72, fill=look.skin, line=d.ink)
        blob(d, segment(along(leg.joint, leg.end, 0.2), leg.end, w[1] * 0.86, w[1] * 1.04), look.top_colour)
        x, y = leg.end
        tx, ty = leg.tip[0] * 7 * k, leg.tip[1] * 7 * k + max(0.0, leg.tip_near) * 1.4 * k
        foot = hull(
            [
                *ring(x - tx * 0.4, y + 2.6 * k, 5.6 * k, 3.2 * k, 12),
                *ring(x + tx, y + ty + 3.0 * k, 5.4 * k, 2.8 * k, 12),
            ]
        )
        d.shape(corners(foot), look.shoe_colour)
        if look.shoes == "treads":
            for share in (0.0, 0.4, 0.8):
                d.oval(
                    x - tx * 0.4 + tx * 1.3 * share,
                    y + 2.8 * k,
                    1.5 * k,
                    fill=light(look.shoe_colour, 0.4),
                    line=d.ink,
                    width=0.6,
                )
    blob(d, f.trunk(0.0, 1.2, 0.92), dark(look.skin, 0.2))
