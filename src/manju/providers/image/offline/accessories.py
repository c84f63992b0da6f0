"""What is worn over the clothes or behind the figure: belts, bags, ties, scarves, capes."""

from __future__ import annotations

from manju.providers.image.offline.clothes import Skeleton
from manju.providers.image.offline.colour import dark, light
from manju.providers.image.offline.look import Look
from manju.providers.image.offline.svg import Drawing


def behind(d: Drawing, look: Look, f: Skeleton) -> None:
    """What hangs behind the figure: a cape."""
    if (cape := look.has("cape")) is not None:
        y, w = f.shoulder + 2, f.half
        d.shape(
            f"M{-w:.1f} {y:.1f}C{-w * 1.8:.1f} {f.hip:.1f} {-w * 1.9:.1f} {f.knee:.1f} {-w * 1.5:.1f} "
            f"{f.ankle - 8:.1f}Q0 "
            f"{f.ankle + 2:.1f} {w * 1.5:.1f} {f.ankle - 8:.1f}C{w * 1.9:.1f} {f.knee:.1f} {w * 1.8:.1f}"
            f" {f.hip:.1f} {w:.1f} {y:.1f}Z",
            dark(cape.colour, 0.15),
        )
    if (pack := look.has("backpack")) is not None:
        d.box(-f.half * 0.95, f.shoulder + 2, f.half * 1.9, f.hip - f.shoulder - 12, pack.colour, r=7)


def worn(d: Drawing, look: Look, f: Skeleton, *, back: bool) -> None:
    """Accessories over the clothes."""
    top = f.shoulder - 3
    if (belt := look.has("belt")) is not None and look.top not in ("robe",):
        d.box(-f.waist_half * 1.08, f.waist + 3, f.waist_half * 2.16, 5, belt.colour, width=0.8)
        d.box(-3, f.waist + 2.6, 6, 5.8, "#dcae45", width=0.8)
    if (bag := look.has("bag")) is not None:
        d.stroke(f"M{f.half * 0.7:.1f} {f.shoulder + 1:.1f}L{-f.hip_half * 1.1:.1f} {f.hip - 2:.1f}", d.ink, 4.6)
        d.stroke(f"M{f.half * 0.7:.1f} {f.shoulder + 1:.1f}L{-f.hip_half * 1.1:.1f} {f.hip - 2:.1f}", bag.colour, 3.0)
        d.box(-f.hip_half * 1.1 - 13, f.hip - 6, 21, 16, bag.colour, r=3)
        d.stroke(f"M{-f.hip_half * 1.1 - 13:.1f} {f.hip:.1f}h21", dark(bag.colour, 0.4), 0.9)
    if (pack := look.has("backpack")) is not None and not back:
        for s in (-1, 1):
            strap = (
                f"M{s * f.half * 0.6:.1f} {f.shoulder:.1f}Q{s * f.half * 0.74:.1f} {f.chest:.1f} {s * f.half * 0.7:.1f}"
                f" {f.waist - 6:.1f}"
            )
            d.stroke(strap, d.ink, 4.8)
            d.stroke(strap, pack.colour, 3.2)
    if back:
        return
    if (tie := look.has("tie")) is not None:
        d.shape(f"M-2.4 {top + 4:.1f}h4.8l-1 4.4l2.4 18l-3.8 5l-3.8 -5l2.4 -18Z", tie.colour, width=0.8)
    if (necklace := look.has("necklace")) is not None:
        d.stroke(f"M-7 {top + 2:.1f}Q0 {top + 20:.1f} 7 {top + 2:.1f}", necklace.colour, 0.9)
        d.oval(0, top + 12.4, 2, 2.4, necklace.colour, line=d.ink, width=0.7)
    if (badge := look.has("badge")) is not None:
        d.box(f.half * 0.34, f.chest - 2, 6, 7.4, badge.colour, r=1.6, width=0.8)
        d.stroke(f"M{f.half * 0.34 + 1.4:.1f} {f.chest + 1:.1f}h3.2m-3.2 2h3.2", dark(badge.colour, 0.5), 0.6)
    if (scarf := look.has("scarf")) is not None:
        d.shape(f"M4 {top + 6:.1f}l6 26l-8 2l-4 -27Z", dark(scarf.colour, 0.12))
        d.shape(
            f"M-11.6 {top - 3:.1f}Q0 {top + 5:.1f} 11.6 {top - 3:.1f}Q14 {top + 6:.1f} 9 {top + 8.6:.1f}"
            f"Q0 {top + 13:.1f} -9 {top + 8.6:.1f}Q-14 "
            f"{top + 6:.1f} -11.6 {top - 3:.1f}Z",
            scarf.colour,
        )
        d.stroke(f"M-9 {top + 2.4:.1f}Q0 {top + 9:.1f} 10 {top + 1.6:.1f}", dark(scarf.colour, 0.35), 0.8)


def on_back(d: Drawing, look: Look, f: Skeleton) -> None:
    """What is seen over everything from behind: cape, backpack."""
    if look.has("cape") is not None:
        behind(d, look, f)
    elif (pack := look.has("backpack")) is not None:
        low = f.hip - f.shoulder - 6
        d.box(-f.half * 0.72, f.shoulder + 5, f.half * 1.44, low, pack.colour, r=8)
        d.box(-f.half * 0.5, f.shoulder + 5 + low * 0.5, f.half, low * 0.4, light(pack.colour, 0.12), r=5)
