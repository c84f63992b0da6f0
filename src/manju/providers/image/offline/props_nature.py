"""Icons of plants, animals and things of the sky (see `props`)."""

from __future__ import annotations

import math
from collections.abc import Callable

from manju.providers.image.offline.svg import Drawing, points

LEAF, LEAF2, BARK = "#5a9e56", "#3f7f4a", "#7a5136"


def plant(d: Drawing) -> None:
    for angle, length, tone in ((-52, 52, LEAF2), (52, 52, LEAF2), (-26, 66, LEAF), (26, 66, LEAF), (0, 72, "#6fb466")):
        with d.at(0, -28, tilt=angle):
            d.shape(f"M0 0Q-15 {-length * 0.5} 0 {-length}Q15 {-length * 0.5} 0 0Z", tone, width=0.8)
            d.stroke(f"M0 -4V{-length * 0.8}", LEAF2, 0.6)
    d.shape("M-24 -34H24L18 0H-18Z", "#c96f4a")
    d.rect(-24, -34, 48, 7, "#dd8a62")


def _crown(d: Drawing, base: str, shade: str, bright: str) -> None:
    blobs = ((-22, -58, 19), (22, -58, 19), (0, -52, 22), (-14, -76, 20), (15, -77, 20), (0, -86, 16))
    for x, y, r in blobs:
        d.oval(x, y, r + d.pen, fill=d.ink)
    for x, y, r in blobs:
        d.oval(x, y, r, fill=base)
    for x, y, r in ((16, -52, 17), (2, -46, 16), (24, -60, 12)):
        d.oval(x, y, r, fill=shade)
    for x, y, r in ((-20, -68, 8), (-6, -84, 8), (-28, -56, 5)):
        d.oval(x, y, r, fill=bright)


def tree(d: Drawing) -> None:
    d.shape("M-7 0Q-3 -20 -5 -44L-16 -58L-12 -60L0 -50L10 -62L14 -60L5 -44Q4 -18 8 0Z", BARK)
    _crown(d, LEAF, LEAF2, "#7fbd6a")


def pine(d: Drawing) -> None:
    d.box(-4, -16, 8, 16, BARK)
    for i, w in enumerate((30, 24, 17)):
        y = -12 - i * 24
        d.shape(f"M{-w} {y}Q0 {y + 6} {w} {y}L0 {y - 40}Z", ("#2f6b4c", "#37775a", "#428566")[i])
        d.path(f"M0 {y - 36}L{-w * 0.8:.0f} {y - 1}L{-w * 0.3:.0f} {y + 2}Z", "#5c9c78", alpha=0.7)


def palm(d: Drawing) -> None:
    d.shape("M-5 0Q4 -34 -3 -76L3 -77Q12 -36 6 0Z", "#9a6f45")
    for angle in (-100, -62, -24, 24, 62, 100):
        with d.at(0, -77, tilt=angle):
            d.shape("M0 0Q-10 -20 0 -44Q10 -22 0 0Z", LEAF2 if abs(angle) > 60 else LEAF, width=0.8)
    for x in (-4, 4):
        d.oval(x, -72, 4, fill="#6b4226", line=d.ink, width=0.7)


def bamboo(d: Drawing) -> None:
    for x, h in ((-18, 92), (0, 100), (17, 86)):
        d.box(x - 3, -h, 6, h, "#7fae4e")
        for k in range(1, 6):
            d.stroke(f"M{x - 3} {-h * k / 6:.0f}h6", "#4d7a33", 1.1)
        for s in (-1, 1):
            d.shape(f"M{x} {-h * 0.8:.0f}q{s * 10} -12 {s * 22} -6q{s * -10} 8 {s * -22} 6Z", LEAF, width=0.7)
            d.shape(f"M{x} {-h * 0.55:.0f}q{s * 10} -10 {s * 20} -3q{s * -10} 6 {s * -20} 3Z", LEAF2, width=0.7)


def cactus(d: Drawing) -> None:
    for data in ("M-34 -66V-48Q-34 -34 -12 -34", "M34 -78V-58Q34 -44 12 -44"):
        d.path(data, None, line=d.ink, width=17 + d.pen * 2)
        d.path(data, None, line="#4f9a5f", width=17)
    d.box(-13, -100, 26, 100, "#4f9a5f", r=13)
    for x in (-5, 4):
        d.stroke(f"M{x} -92V-4", "#37784a", 0.8)


def flower(d: Drawing) -> None:
    d.stroke("M0 -60V0", LEAF2, 3)
    d.shape("M0 -22q-20 -16 -28 -2q12 12 28 2Z", LEAF, width=0.8)
    d.shape("M0 -30q20 -16 28 -2q-12 12 -28 2Z", LEAF, width=0.8)
    for i in range(7):
        with d.at(0, -68, tilt=i * 360 / 7):
            d.shape("M0 0Q-14 -16 0 -31Q14 -16 0 0Z", "#ef7da8", width=0.8)
    d.oval(0, -68, 10, fill="#f6c945", line=d.ink)


def rock(d: Drawing) -> None:
    d.shape("M-60 0L-54 -36L-24 -66L18 -72L46 -44L60 0Z", "#8b909c")
    d.path("M-54 -36L-24 -66L18 -72L-2 -46L-30 -30Z", "#b3b8c2")
    d.stroke("M-2 -46L14 -20M-30 -30L-36 -8", "#5d6270", 0.9)


def fire(d: Drawing) -> None:
    d.path("M-46 -8L40 -20M-40 -20L46 -8", None, line=d.ink, width=14 + d.pen)
    d.path("M-46 -8L40 -20M-40 -20L46 -8", None, line=BARK, width=12)
    with d.shining():
        d.shape("M0 -100C8 -76 38 -66 30 -36C28 -20 12 -12 0 -12S-30 -22 -30 -42C-28 -60 -10 -64 0 -100Z", "#f2652e")
        d.path("M2 -74C8 -58 22 -52 18 -34C14 -20 -14 -18 -18 -36C-18 -52 0 -54 2 -74Z", "#ffb53d")
        d.path("M0 -48C8 -38 10 -26 0 -22C-12 -26 -6 -38 0 -48Z", "#fff3b0")


def moon(d: Drawing) -> None:
    with d.shining():
        d.oval(0, -50, 62, fill="#fff6d8", alpha=0.16)
        d.oval(0, -50, 46, fill="#fdf3cf")
        for x, y, r in ((-14, -62, 9), (14, -40, 12), (-18, -34, 6), (18, -68, 5)):
            d.oval(x, y, r, fill="#ecdcae")


def planet(d: Drawing) -> None:
    with d.shining():
        d.oval(0, -50, 40, fill="#e08a5a", line=d.ink)
        d.path("M-38 -62Q0 -52 38 -62L40 -50Q0 -40 -40 -50Z", "#f2b27c")
        d.path("M-34 -30Q0 -20 34 -30L26 -20Q0 -12 -26 -20Z", "#b8623f")
        d.path("M-38 -44C-84 -30 -70 -20 0 -36S84 -78 36 -66", None, line="#f5e0b8", width=6)


def star(d: Drawing) -> None:
    corners = []
    for i in range(10):
        a = math.radians(i * 36 - 90)
        r = 48 if i % 2 == 0 else 20
        corners.append((r * math.cos(a), -50 + r * math.sin(a)))
    d.shape(points(corners), "#f6c23c")


def heart(d: Drawing) -> None:
    d.shape("M0 -8C-70 -52 -46 -98 -18 -92Q-4 -90 0 -74Q4 -90 18 -92C46 -98 70 -52 0 -8Z", "#e8505f")
    d.path("M-34 -66Q-32 -82 -18 -82", None, line="#f9b0b4", width=5)


def cloudicon(d: Drawing) -> None:
    d.shape("M-44 -20C-72 -22 -66 -58 -40 -54C-36 -88 10 -92 18 -64C52 -70 62 -22 36 -20Z", "#f4f8fc")
    d.path("M0 -28V-50M-9 -41L0 -50L9 -41", None, line="#4f8fe6", width=5)


def bird(d: Drawing) -> None:
    d.shape("M-60 -66Q-28 -84 0 -50Q28 -84 60 -66Q30 -66 10 -36Q0 -28 -10 -36Q-30 -66 -60 -66Z", "#f4f6f8")
    d.shape("M8 -44l14 4l-13 5Z", "#f0a63c", width=0.7)


def butterfly(d: Drawing) -> None:
    for s in (-1, 1):
        d.shape(f"M0 -48Q{s * 20} -96 {s * 48} -84Q{s * 52} -54 0 -46Z", "#5a8fe0")
        d.shape(f"M0 -46Q{s * 44} -44 {s * 34} -16Q{s * 14} -12 0 -44Z", "#8fb9f0")
        d.oval(s * 30, -72, 6, fill="#ffe6a0")
    d.box(-2.5, -66, 5, 40, "#2c2a38", r=2.5)


def fish(d: Drawing) -> None:
    d.shape("M34 -50L62 -74V-26Z", "#e8743c")
    d.shape("M-56 -50C-40 -84 20 -84 42 -50C20 -16 -40 -16 -56 -50Z", "#f08a4a")
    d.path("M-10 -74Q6 -50 -10 -26", None, line="#fff0dd", width=7)
    d.oval(-38, -56, 6, fill="#ffffff", line=d.ink, width=0.7)
    d.oval(-39, -56, 2.6, fill="#1a1a22")


def cat(d: Drawing) -> None:
    c, shade = "#e59a4a", "#b96f2c"
    d.path("M28 -12C60 -12 58 -50 46 -60", None, line=d.ink, width=10 + d.pen * 2)
    d.path("M28 -12C60 -12 58 -50 46 -60", None, line=c, width=10)
    d.shape("M-28 0C-34 -40 -18 -56 0 -56S34 -40 30 0Z", c)
    d.path("M-12 0C-14 -24 12 -24 11 0Z", "#fbe8d0")
    for s in (-1, 1):
        d.shape(f"M{s * 8} -88L{s * 27} -101L{s * 29} -76Z", c)
        d.path(f"M{s * 15} -89L{s * 24} -95L{s * 25} -82Z", "#f2b0a0")
    d.oval(0, -70, 31, 25, c, line=d.ink)
    d.stroke("M-6 -94v9M0 -95v11M6 -94v9M-30 -68l9 1M30 -68l-9 1", shade, 1.6)
    for s in (-1, 1):
        d.oval(s * 12, -71, 5, 6, "#ffffff")
        d.oval(s * 12, -70.4, 4.2, 5.4, "#4a7a3a")
        d.oval(s * 12, -70, 2, 4.4, "#16161e")
        d.stroke(f"M{s * 14} -59l{s * 20} -3M{s * 14} -57l{s * 20} 3", None, 0.5)
    d.path("M-3 -63h6l-3 4Z", "#d9606a")
    d.stroke("M0 -59q-4 5 -7 2M0 -59q4 5 7 2", None, 0.7)
    for s in (-1, 1):
        d.oval(s * 13, -2, 9, 5, "#fbe8d0", line=d.ink)


def dog(d: Drawing) -> None:
    c = "#d9a05a"
    d.path("M26 -30C50 -40 50 -60 40 -66", None, line=d.ink, width=9 + d.pen * 2)
    d.path("M26 -30C50 -40 50 -60 40 -66", None, line=c, width=9)
    d.shape("M-26 0C-32 -40 -18 -54 0 -54S32 -40 28 0Z", c)
    d.path("M-12 0C-16 -34 14 -34 12 0Z", "#fbf0dc")
    d.oval(0, -70, 29, 25, c, line=d.ink)
    d.oval(0, -60, 16, 13, "#fbf0dc")
    for s in (-1, 1):
        d.shape(
            f"M{s * 20} -92C{s * 40} -92 {s * 42} -60 {s * 31} -54C{s * 24} -60 {s * 24} -76 {s * 20} -92Z", "#a86d33"
        )
        d.oval(s * 11, -74, 3.6, 4.4, "#20202a")
        d.oval(s * 11 - 1.2, -75.6, 1.3, fill="#ffffff")
        d.oval(s * 12, -2, 9, 5, "#fbf0dc", line=d.ink)
    d.oval(0, -66, 5.4, 4, "#20202a")
    d.stroke("M0 -62v4M0 -58q-5 4 -8 0M0 -58q5 4 8 0", None, 0.8)
    d.path("M-3.6 -56Q0 -46 3.6 -56Z", "#ea7a86")
    d.path("M-14 -46Q0 -39 14 -46", None, line="#d43a3a", width=5)


def rabbit(d: Drawing) -> None:
    c = "#f6f1ee"
    for s in (-1, 1):
        d.shape(f"M{s * 6} -60C{s * 2} -104 {s * 24} -106 {s * 18} -58Z", c)
        d.path(f"M{s * 9} -66C{s * 8} -92 {s * 18} -94 {s * 15} -64Z", "#f2b8bd")
    d.shape("M-26 0C-32 -34 -16 -44 0 -44S32 -34 26 0Z", c)
    d.oval(0, -54, 25, 21, c, line=d.ink)
    for s in (-1, 1):
        d.oval(s * 10, -56, 3.4, 4.4, "#c43a4a")
        d.oval(s * 10 - 1, -57.6, 1.2, fill="#ffffff")
        d.oval(s * 12, -2, 9, 4.6, "#ffffff", line=d.ink)
    d.path("M-2.6 -49h5.2l-2.6 3.4Z", "#e0828c")


def horse(d: Drawing) -> None:
    c = "#8a5a3a"
    for x in (-36, -24, 22, 34):
        d.box(x - 4, -40, 8, 40, c, r=3)
        d.rect(x - 4, -5, 8, 5, "#2b2320")
    d.shape("M-46 -60C-50 -34 -30 -32 0 -36C30 -32 44 -40 40 -58C38 -72 -30 -76 -46 -60Z", c)
    d.shape("M24 -58L42 -92L50 -99L54 -92L68 -78L64 -70L52 -74L44 -46Z", c)
    d.shape("M40 -92Q26 -80 22 -62L30 -58Q34 -78 46 -92Z", "#3a2620")
    d.shape("M-44 -64Q-66 -50 -58 -20Q-50 -40 -40 -52Z", "#3a2620")
    d.oval(54, -84, 1.8, fill="#14141a")


def dragon(d: Drawing) -> None:
    path = "M-80 -20C-50 -70 -30 10 0 -36S44 -92 58 -64"
    d.path(path, None, line=d.ink, width=20 + d.pen * 2)
    d.path(path, None, line="#3fa06a", width=20)
    d.path(path, None, line="#e8c552", width=5)
    d.shape("M46 -76L62 -96L66 -80L84 -90L80 -72L98 -58L82 -46L56 -50Z", "#3fa06a")
    d.oval(74, -70, 4, fill="#fff3b0", line=d.ink, width=0.7)
    d.stroke("M92 -56q16 4 22 -8M90 -52q10 12 24 8", "#e8c552", 1.4)
    for x, y in ((-34, -30), (20, -44)):
        d.stroke(f"M{x} {y}l-4 22l-8 4m8 -4l2 8m-2 -8l9 4", "#2a7a4e", 2)


NATURE: dict[str, Callable[[Drawing], None]] = {
    "plant": plant,
    "tree": tree,
    "pine": pine,
    "palm": palm,
    "bamboo": bamboo,
    "cactus": cactus,
    "flower": flower,
    "rock": rock,
    "fire": fire,
    "moon": moon,
    "planet": planet,
    "star": star,
    "heart": heart,
    "cloudicon": cloudicon,
    "bird": bird,
    "butterfly": butterfly,
    "fish": fish,
    "cat": cat,
    "dog": dog,
    "rabbit": rabbit,
    "horse": horse,
    "dragon": dragon,
}
