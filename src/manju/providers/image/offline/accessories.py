"""What is worn over the clothes or behind the figure: aprons, capes, belts, bags, ties, scarves, things pinned on."""

from __future__ import annotations

import math

from manju.providers.image.offline.colour import dark, light
from manju.providers.image.offline.form import Flat, Form
from manju.providers.image.offline.shapes import along, blob, corners, disc, fold, segment, shade, smooth
from manju.providers.image.offline.svg import Drawing, Point


def behind(d: Drawing, f: Form) -> None:
    """What hangs behind the figure, or, seen from the back, is hidden by it."""
    look = f.look
    if f.back:
        return
    if (cape := look.has("cape")) is not None:
        _cape(d, f, dark(cape.colour, 0.3), 1.0)
    if (pack := look.has("backpack")) is not None:
        _pack(d, f, pack.colour, hidden=True)
    if (sheath := look.has("sheath")) is not None:
        _sheath(d, f, sheath.colour)
    if (booster := look.has("booster")) is not None:
        for s in (-1, 1):
            x, y = f.on((180 - s * 50, 2.9), 1.25)
            blob(d, segment((x, y - 8), (x, y + 12), 5, 6), booster.colour)


def _cape_points(f: Form, flare: float) -> tuple[list[Point], list[Point]]:
    """Left and right edge of a cape, from the neck down."""
    m, k = f.m, math.sin(math.radians(f.yaw))
    length = 0.66 * m.height
    cx, cy = f.sides[5][0]
    wide = m.shoulder * (1.28 - 0.34 * abs(k))
    back = -k * m.shoulder * 0.5
    left = [f.edge(5.85, -1), (f.edge(5, -1)[0] - 3.5 * (1 + k), f.edge(5, -1)[1])]
    right = [f.edge(5.85, 1), (f.edge(5, 1)[0] + 3.5 * (1 - k), f.edge(5, 1)[1])]
    motion = -k * max(0.0, f.pose.lean) * 0.6
    for share in (0.35, 0.7, 1.0):
        spread = wide * (1 + 0.42 * share * flare)
        drift = back * (0.6 + share) + motion * share * 1.6
        y = min(1.0, cy + length * share - abs(motion) * share * 0.5)
        left.append((cx - spread + drift, y))
        right.append((cx + spread + drift, y))
    return left, right


def _cape(d: Drawing, f: Form, colour: str, flare: float) -> None:
    left, right = _cape_points(f, flare)
    (x0, y0), (x1, y1) = left[-1], right[-1]
    hem = [(x0 + (x1 - x0) * i / 6, (y0 + y1) / 2 + (3.0 if i % 2 else -1.0)) for i in range(1, 6)]
    d.shape(smooth([*left, *hem, *reversed(right)], tension=0.8), colour)
    data = ""
    for share in (0.22, 0.42, 0.6, 0.8):
        a, b = along(left[1], right[1], 0.2 + share * 0.6), along(left[-1], right[-1], share)
        data += f"M{a[0]:.1f} {a[1] + 12:.1f}Q{a[0]:.1f} {(a[1] + b[1]) / 2:.1f} {b[0]:.1f} {b[1] - 3:.1f}"
    d.stroke(data, fold(colour), 0.7)


def _cape_front(d: Drawing, f: Form, colour: str) -> None:
    """A cloak over the shoulders, open in front, with its collar and clasp. Over a raised arm it is thrown back."""
    k = math.sin(math.radians(f.chest_yaw))
    left, right = _cape_points(f, 1.0)
    for side, edge in ((-1, left), (1, right)):
        if side * k > 0.45:
            continue  # its front edge is turned away
        arm = min(f.arms, key=lambda a: a.root[0] * -side)
        raised = math.hypot(arm.end[0] - f.sides[1][0][0], arm.end[1] - f.sides[1][0][1]) > f.m.hip * 2 + 17
        a, b = f.on((side * 14, 5.7)), f.on((side * 26, 4.2))
        if raised or abs(f.pose.lean) > 30:
            low = f.m.height * 0.16
            tip = along(edge[1], edge[2], 0.5)
            inner = (b[0] + (tip[0] - b[0]) * 0.4, b[1] + low)
            outline = [a, b, inner, tip, edge[1], f.edge(5.7, side)]
        else:
            low_out, low_in = edge[-1], along(edge[-1], (f.sides[0][0][0], edge[-1][1]), 0.5)
            mid = along(edge[3], (f.sides[0][0][0], edge[3][1]), 0.46)
            outline = [a, b, mid, (low_in[0], low_in[1] - 3), low_out, edge[3], edge[2], edge[1], f.edge(5.7, side)]
        d.shape(smooth(outline, tension=0.7), colour)
        n = len(outline) // 2
        x0, y0 = along(outline[1], outline[-2], 0.5)
        x1, y1 = along(outline[n - 1], outline[n], 0.5)
        d.stroke(
            f"M{x0:.1f} {y0 + 10:.1f}Q{(x0 + x1) / 2 + side * 2:.1f} {(y0 + y1) / 2:.1f} {x1:.1f} {y1 - 3:.1f}",
            fold(colour),
            0.7,
        )
    f.patch(
        d,
        [(-110, 5.6), (-50, 5.1), (-6, 4.85), (6, 4.85), (50, 5.1), (110, 5.6), (96, 6.5), (0, 5.9), (-96, 6.5)],
        dark(colour, 0.1),
        0.9,
        round_=True,
        out=1.12,
    )
    f.dot(d, (0, 5.1), 2.0, "#dcae45", 0.8, out=1.15)


def worn(d: Drawing, f: Form) -> None:
    """Accessories over the clothes, below head and arms."""
    look = f.look
    if (apron := look.has("apron")) is not None:
        _apron(d, f, apron.colour)
    if (belt := look.has("belt")) is not None and look.top not in ("robe", "officer", "armour"):
        d.shape(
            corners([f.edge(1.7, -1, 1.12), f.edge(2.0, -1, 1.12), f.edge(2.0, 1, 1.12), f.edge(1.7, 1, 1.12)]),
            belt.colour,
            width=0.8,
        )
        f.patch(d, [(-9, 1.68), (9, 1.68), (9, 2.02), (-9, 2.02)], "#dcae45", 0.7, out=1.1)
    if (jade := look.has("jade")) is not None and f.visible((48, 1.6)):
        x, y = f.on((48, 1.6), 1.05)
        d.stroke(f"M{x:.1f} {y:.1f}v7", "#b23a3a", 0.9)
        d.oval(x, y + 9.4, 2.5, 2.7, jade.colour, line=d.ink, width=0.7)
        d.stroke(
            f"M{x:.1f} {y + 12:.1f}v9M{x - 1:.1f} {y + 12.4:.1f}l-0.6 8M{x + 1:.1f} {y + 12.4:.1f}l0.6 8",
            "#b23a3a",
            0.6,
        )
    if (tie := look.has("tie")) is not None:
        f.patch(d, [(-7, 5.4), (7, 5.4), (5, 5.0), (-5, 5.0)], dark(tie.colour, 0.15), 0.7)
        f.patch(d, [(-5, 5.0), (5, 5.0), (9, 2.9), (0, 2.5), (-9, 2.9)], tie.colour, 0.7)
    if (bow := look.has("bowtie")) is not None and f.visible((0, 5.3)):
        x, y = f.on((0, 5.3), 1.1)
        d.shape(f"M{x:.1f} {y:.1f}l-5 -2.6v5.6ZM{x:.1f} {y:.1f}l5 -2.6v5.6Z", bow.colour, width=0.8)
    if (necklace := look.has("necklace")) is not None:
        f.line(d, [(-60, 5.9), (-30, 5.2), (0, 4.75), (30, 5.2), (60, 5.9)], necklace.colour, 0.9)
        f.dot(d, (0, 4.6), 1.8, necklace.colour, 0.7)
    _pinned(d, f)
    if (camera := look.has("camera")) is not None and f.visible((0, 3.2)):
        f.line(d, [(-64, 5.8), (-30, 4.4), (-8, 3.4)], camera.colour, 1.0)
        f.line(d, [(64, 5.8), (30, 4.4), (8, 3.4)], camera.colour, 1.0)
        x, y = f.on((0, 3.1), 1.1)
        d.box(x - 6, y - 4, 12, 8, camera.colour, r=1.4)
        d.oval(x, y, 2.8, fill="#8fb6cc", line=d.ink, width=0.8)
    if (bag := look.has("bag")) is not None:
        f.line(d, [(52, 5.7), (30, 4.6), (0, 3.2), (-40, 1.9), (-88, 1.0)], d.ink, 4.2, 1.04)
        f.line(d, [(52, 5.7), (30, 4.6), (0, 3.2), (-40, 1.9), (-88, 1.0)], bag.colour, 2.8, 1.04)
        f.line(d, [(128, 5.7), (150, 4.6), (180, 3.2), (220, 1.9), (268, 1.0)], d.ink, 4.2, 1.04)
        f.line(d, [(128, 5.7), (150, 4.6), (180, 3.2), (220, 1.9), (268, 1.0)], bag.colour, 2.8, 1.04)
        x, y = f.on((-84, 0.7), 1.12)
        if f.visible((-60, 1)) or f.visible((-120, 1)):
            d.box(x - 8, y - 2, 16, 14, bag.colour, r=2.6)
            d.stroke(f"M{x - 8:.1f} {y + 4:.1f}q8 3 16 0", fold(bag.colour), 0.8)
    if (pack := look.has("backpack")) is not None and not f.back:
        for s in (-1, 1):
            spots = [(s * 58, 5.75), (s * 52, 5.0), (s * 60, 4.0), (s * 84, 3.0)]
            f.line(d, spots, d.ink, 4.4)
            f.line(d, spots, pack.colour, 3.0)


def _pinned(d: Drawing, f: Form) -> None:
    """Things pinned to the chest."""
    look = f.look
    if (badge := look.has("badge")) is not None and f.visible((27, 4.3)):
        x, y = f.on((27, 4.3), 1.05)
        d.shape(f"M{x:.1f} {y - 3.2:.1f}l3 1.2v3q0 2 -3 3.4q-3 -1.4 -3 -3.4v-3Z", badge.colour, width=0.8)
        d.oval(x, y + 0.3, 1.1, fill=light(badge.colour, 0.55))
    if (spoon := look.has("spoon")) is not None and f.visible((27, 4.3)):
        x, y = f.on((27, 4.5), 1.05)
        blob(d, segment((x, y + 1), (x + 1.6, y + 12), 0.8, 0.7) + disc(x - 0.3, y - 1.4, 2.5), spoon.colour)
        d.oval(x - 0.3, y - 1.3, 1.4, 1.6, dark(spoon.colour, 0.25))
    if (pen := look.has("pen")) is not None and f.visible((27, 4.3)):
        x, y = f.on((27, 4.4), 1.05)
        blob(d, segment((x, y - 3.4), (x + 0.4, y + 4), 0.75, 0.75), pen.colour)
        d.stroke(f"M{x - 2.4:.1f} {y + 1:.1f}h5.6", fold(look.top_colour), 0.8)
    if (mic := look.has("mic")) is not None and f.visible((14, 5.0)):
        x, y = f.on((14, 5.05), 1.05)
        blob(d, segment((x, y), (x - 0.6, y + 3), 1.2, 0.8), mic.colour)
        d.stroke(f"M{x - 0.6:.1f} {y + 3:.1f}q-2 6 1 14", mic.colour, 0.6)


def _apron(d: Drawing, f: Form, colour: str) -> None:
    """A bib on the chest, ties round neck and waist, and a skirt in front of the legs."""
    k = math.sin(math.radians(f.yaw))
    if f.back:
        for s in (-1, 1):
            f.line(d, [(180 - s * 80, 2.0), (180 - s * 30, 1.95), (180, 1.9)], colour, 2.4)
            f.line(d, [(180 - s * 46, 5.7), (180 - s * 30, 5.9), (180, 6.0)], colour, 1.8)
        x, y = f.on((180, 1.9), 1.05)
        d.shape(
            f"M{x:.1f} {y:.1f}l-8 -3.4q-2 3 0 6.4ZM{x:.1f} {y:.1f}l8 -3.4q2 3 0 6.4ZM{x:.1f} {y:.1f}l-4.6"
            f" 16l3.4 1ZM{x:.1f} {y:.1f}l4.6 15l-3.2 1.4Z",
            colour,
            width=0.8,
        )
        return
    points = f.drape(1.95, 0.82, 1.08, 1.12)
    low = max(y for _, y in points)
    near = [p for p in points if p[1] > low - 8]
    left, right = min(near), max(near)
    a, b = f.edge(1.95, -1, 1.1), f.edge(1.95, 1, 1.1)
    lo, hi = (0.08, 0.92) if abs(k) < 0.4 else (0.34, 1.0) if k > 0 else (0.0, 0.66)
    tl, tr, bl, br = along(a, b, lo), along(a, b, hi), along(left, right, lo - 0.03), along(left, right, hi + 0.03)
    skirt = [
        tl,
        ((tl[0] + bl[0]) / 2 - (1.6 if lo < 0.2 else 0), (tl[1] + bl[1]) / 2),
        bl,
        ((bl[0] + br[0]) / 2, max(bl[1], br[1]) + 1.6),
        br,
        ((tr[0] + br[0]) / 2 + (1.6 if hi > 0.8 else 0), (tr[1] + br[1]) / 2),
        tr,
    ]
    for s in (-1, 1):
        f.line(d, [(s * 52, 5.85), (s * 36, 5.2), (s * 30, 4.5)], d.ink, 3.2)
        f.line(d, [(s * 52, 5.85), (s * 36, 5.2), (s * 30, 4.5)], colour, 2.0)
    f.patch(
        d,
        [(-40, 4.4), (-14, 4.55), (14, 4.55), (40, 4.4), (60, 3.2), (72, 1.6), (0, 1.5), (-72, 1.6), (-60, 3.2)],
        colour,
        0.9,
        out=1.1,
    )
    d.shape(smooth(skirt, tension=0.7), colour, width=0.9)
    m1, m2 = along(tl, tr, 0.3), along(bl, br, 0.26)
    n1, n2 = along(tl, tr, 0.74), along(bl, br, 0.78)
    d.stroke(
        f"M{m1[0]:.1f} {m1[1] + 8:.1f}L{m2[0]:.1f} {m2[1] - 2:.1f}M{n1[0]:.1f} {n1[1] + 6:.1f}L{n2[0]:.1f}"
        f" {n2[1] - 2:.1f}",
        fold(colour),
        0.6,
    )
    band = [along(a, b, lo - 0.05), along(a, b, hi + 0.05)]
    d.stroke(f"M{band[0][0]:.1f} {band[0][1]:.1f}L{band[1][0]:.1f} {band[1][1]:.1f}", d.ink, 3.4)
    d.stroke(f"M{band[0][0]:.1f} {band[0][1]:.1f}L{band[1][0]:.1f} {band[1][1]:.1f}", shade(colour), 2.0)


def over(d: Drawing, f: Form) -> None:
    """What lies over head and arms' roots: scarves, cloaks."""
    look = f.look
    if (cape := look.has("cape")) is not None and not f.back:
        _cape_front(d, f, cape.colour)
    if (scarf := look.has("scarf")) is not None:
        _scarf(d, f, scarf.colour)
    if (item := look.has("headphones")) is not None and item.place == "neck" and not f.back:
        x, y = f.top
        w = f.m.arm_widths[0] * 1.9
        d.stroke(f"M{x - w:.1f} {y:.1f}Q{x:.1f} {y + 9:.1f} {x + w:.1f} {y:.1f}", d.ink, 4.0)
        d.stroke(f"M{x - w:.1f} {y:.1f}Q{x:.1f} {y + 9:.1f} {x + w:.1f} {y:.1f}", item.colour, 2.6)
        for s in (-1, 1):
            d.box(x + s * w - 2.4, y - 1.6, 4.8, 8, item.colour, r=2.2)


def _scarf(d: Drawing, f: Form, colour: str) -> None:
    x, y = f.top
    y = y + (f.head[1] - y) * 0.12
    w = f.m.arm_widths[0] * 2.05
    k = math.sin(math.radians(f.chest_yaw))
    if not f.back:
        sway = -k * 6 - max(0.0, f.pose.lean) * k * 0.5
        d.shape(
            f"M{x + 2 + k * 4:.1f} {y + 3:.1f}L{x + 8 + k * 2 + sway:.1f} {y + 31:.1f}l-7.6 1.6"
            f"L{x - 3 + k * 3:.1f} {y + 4:.1f}Z",
            dark(colour, 0.12),
        )
        d.stroke(f"M{x + 1.6 + sway:.1f} {y + 28.4:.1f}l6 -1.2", light(colour, 0.4), 0.9)
    elif abs(k) < 2:
        d.shape(f"M{x - 6:.1f} {y + 3:.1f}l-3 24l8 1.4l2 -25Z", dark(colour, 0.12))
    d.shape(
        f"M{x - w:.1f} {y - 4:.1f}Q{x + k * 3:.1f} {y + 2:.1f} {x + w:.1f} {y - 4:.1f}Q{x + w * 1.22:.1f}"
        f" {y + 3:.1f} {x + w * 0.86:.1f} {y + 6:.1f}Q{x + k * 4:.1f} {y + 11:.1f} {x - w * 0.86:.1f}"
        f" {y + 6:.1f}Q{x - w * 1.22:.1f} {y + 3:.1f} {x - w:.1f} {y - 4:.1f}Z",
        colour,
    )
    d.stroke(
        f"M{x - w * 0.8:.1f} {y + 1.2:.1f}Q{x + k * 3:.1f} {y + 7:.1f} {x + w * 0.86:.1f} {y + 1:.1f}"
        f"M{x - w * 0.3:.1f} {y + 5:.1f}q4 2 8 1",
        fold(colour),
        0.7,
    )


def on_arm(d: Drawing, f: Form, arm: Flat) -> None:
    """A watch or bracelet."""
    if (watch := f.look.has("watch")) is None or arm.side != 1:
        return
    x, y = along(arm.joint, arm.end, 0.95)
    r = f.m.arm_widths[2] * 1.1
    d.oval(x, y, r, r * 0.9, watch.colour, line=d.ink, width=0.8)
    d.oval(x, y, r * 0.55, r * 0.5, "#cfeef5")


def _pack(d: Drawing, f: Form, colour: str, *, hidden: bool) -> None:
    k = math.sin(math.radians(f.yaw))
    c = f.on((180, 3.4)) if not hidden else f.sides[3][0]
    w = f.m.shoulder * (1.0 - 0.3 * abs(k))
    x = c[0] - (k * f.m.shoulder * 0.95 if hidden else 0)
    top, low = f.sides[5][0][1], f.sides[1][0][1]
    blob(d, segment((x, top + w * 0.75), (x, low - w * 0.6), w, w * 1.02), colour)
    if not hidden:
        d.box(x - w * 0.62, (top + low) / 2 + 2, w * 1.24, (low - top) * 0.34, light(colour, 0.12), r=3, width=0.8)
        d.stroke(
            f"M{x - w * 0.8:.1f} {top + 10:.1f}Q{x:.1f} {top + 15:.1f} {x + w * 0.8:.1f} {top + 10:.1f}",
            fold(colour),
            0.8,
        )


def _sheath(d: Drawing, f: Form, colour: str) -> None:
    k = 1 if not f.back else -1
    a, b = f.edge(5.6, k), f.edge(1.2, -k)
    a, b = along(a, b, -0.34), along(a, b, 1.2)
    blob(d, segment(along(a, b, 0.22), b, 2.0, 1.6), colour)
    blob(d, segment(a, along(a, b, 0.18), 1.2, 1.2), dark(colour, 0.5))
    x, y = along(a, b, 0.2)
    d.oval(x, y, 3.4, 2.0, "#dcae45", line=d.ink, width=0.8)


def on_back(d: Drawing, f: Form) -> None:
    """What is seen over everything from behind: cape, backpack, sword."""
    look = f.look
    if (cape := look.has("cape")) is not None:
        _cape(d, f, cape.colour, 1.0)
        f.line(d, [(100, 5.8), (140, 5.5), (180, 5.4), (220, 5.5), (260, 5.8)], fold(cape.colour), 1.2, 1.1)
    if (pack := look.has("backpack")) is not None:
        _pack(d, f, pack.colour, hidden=False)
    if (booster := look.has("booster")) is not None:
        for s in (-1, 1):
            x, y = f.on((180 - s * 26, 2.9), 1.05)
            blob(d, segment((x, y - 8), (x, y + 12), 4.4, 5.4), booster.colour)
    if (sheath := look.has("sheath")) is not None:
        _sheath(d, f, sheath.colour)
