"""Icons of furniture, fittings and small buildings (see `props`)."""

from __future__ import annotations

from collections.abc import Callable

from manju.providers.image.offline.svg import Drawing

WOOD, WOOD2, PAPER, INKY = "#b07d4f", "#7e5534", "#f8f4e8", "#5b6273"
RED, BLUE, GOLD, GREEN, WHITE = "#d9483f", "#3f7fd0", "#f0b83c", "#4fa566", "#f7f7f3"


def note_lines(d: Drawing, x: float, y: float, widths: tuple[float, ...], gap: float = 9) -> None:
    """Lines that stand for writing."""
    d.stroke("".join(f"M{x} {y + i * gap}h{w}" for i, w in enumerate(widths)), "#9aa0ac", 1.1)


def board(d: Drawing) -> None:
    d.box(-80, -92, 160, 86, WOOD2, r=3)
    d.rect(-74, -86, 148, 74, "#c99f6a")
    notes = (
        (-64, -78, 30, 26, PAPER),
        (-26, -80, 26, 34, "#fbe58a"),
        (8, -76, 34, 24, "#bfe3f2"),
        (48, -80, 20, 28, "#f6b9c4"),
        (-60, -44, 40, 26, "#bfe8c4"),
        (-8, -44, 28, 30, PAPER),
        (30, -44, 36, 26, "#fbd2a0"),
    )
    for x, y, w, h, c in notes:
        d.box(x, y, w, h, c, width=0.6)
        note_lines(d, x + 4, y + 9, (w - 8, w - 12), 7)
        d.oval(x + w / 2, y + 2, 2.2, fill=RED)
    d.stroke("M-49 -76L-13 -78L25 -74L58 -78L6 -42", RED, 0.8)


def clock(d: Drawing) -> None:
    d.oval(0, -50, 46, fill="#3a4256", line=d.ink)
    d.oval(0, -50, 39, fill=WHITE)
    for i in range(12):
        with d.at(0, -50, tilt=i * 30):
            d.rect(-1.4, -37, 2.8, 7 if i % 3 == 0 else 4, "#3a4256")
    d.path("M0 -50V-74M0 -50L17 -40", None, line="#22283a", width=4)
    d.oval(0, -50, 4, fill=RED)


def chart(d: Drawing) -> None:
    d.box(-70, -94, 140, 90, WHITE, r=4)
    d.stroke("M-56 -84V-16H60", INKY, 1.4)
    for i, h in enumerate((18, 30, 26, 44, 58)):
        d.rect(-46 + i * 21, -17 - h, 13, h, (BLUE, "#5ab0d8", GREEN, GOLD, RED)[i])
    d.path("M-42 -40L-19 -54L2 -48L23 -70L46 -84", None, line="#c43a5a", width=3.4)
    d.path("M36 -86l12 1l-3 11Z", "#c43a5a")


def bulb(d: Drawing) -> None:
    with d.shining():
        for i in range(7):
            with d.at(0, -60, tilt=-105 + i * 35):
                d.path("M0 -46V-58", None, line="#ffd95a", width=4)
        d.shape("M-14 -28C-16 -44 -34 -48 -32 -68C-30 -92 30 -92 32 -68C34 -48 16 -44 14 -28Z", "#ffe88a")
    d.stroke("M-8 -30L-5 -56L0 -48L5 -56L8 -30", "#c98a1e", 1)
    d.box(-14, -27, 28, 16, "#9aa4b4", r=3)
    d.stroke("M-14 -21H14M-14 -16H14", INKY, 0.8)
    d.box(-8, -11, 16, 6, "#5b6273", r=3)


def lamp(d: Drawing) -> None:
    with d.shining():
        d.path("M-26 -64L-56 -4H36L12 -64Z", "#ffe9a8", alpha=0.3)
    d.box(-4, -5, 44, 6, "#3a4256", r=3)
    d.path("M18 -4L34 -54L-4 -84", None, line=d.ink, width=6 + d.pen)
    d.path("M18 -4L34 -54L-4 -84", None, line="#4d5870", width=6)
    d.shape("M-30 -62L-14 -92L6 -88L14 -66Z", RED)
    with d.shining():
        d.oval(-8, -63, 21, 4, "#fff3c2", line=d.ink, width=0.6)


def lantern(d: Drawing) -> None:
    d.stroke("M0 -100V-84M0 -18V-8", WOOD2, 1.6)
    with d.shining():
        d.oval(0, -51, 46, 40, "#ff8a4a", alpha=0.2)
        d.oval(0, -51, 34, 30, "#e0432f", line=d.ink)
        d.oval(0, -51, 20, 30, line="#f59a5a", width=0.9)
        d.oval(0, -51, 7, 30, line="#f59a5a", width=0.9)
    d.box(-15, -86, 30, 7, GOLD)
    d.box(-15, -24, 30, 7, GOLD)
    d.stroke("M-8 -16V0M0 -16V3M8 -16V0", GOLD, 1.4)


def candle(d: Drawing) -> None:
    d.box(-12, -60, 24, 56, PAPER, r=3)
    d.box(-24, -6, 48, 7, GOLD, r=3)
    with d.shining():
        d.shape("M0 -100Q14 -78 0 -64Q-14 -78 0 -100Z", "#ffb53d", width=0.6)
        d.path("M0 -86Q6 -74 0 -67Q-6 -74 0 -86Z", "#fff3b0")


def umbrella(d: Drawing) -> None:
    d.path("M0 -90V-10Q0 -1 8 -1", None, line=WOOD2, width=3.2)
    d.shape(
        "M-52 -58C-50 -110 50 -110 52 -58Q43 -66 34.6 -58Q26 -66 17.4 -58Q8.6 -66 0 -58Q-8.6 -66 "
        "-17.4 -58Q-26 -66 -34.6 -58Q-43 -66 -52 -58Z",
        RED,
    )
    d.stroke("M0 -97C-14 -90 -18 -74 -17.4 -58M0 -97C14 -90 18 -74 17.4 -58", "#8e2d28", 0.9)
    d.stroke("M0 -97V-102", None, 1.6)


def window(d: Drawing) -> None:
    d.box(-52, -98, 104, 96, WHITE)
    with d.shining():
        d.rect(-46, -92, 92, 84, "#a8dcf2")
        d.path("M-46 -8V-36Q-20 -52 4 -34T46 -44V-8Z", "#8fc98a")
        d.path("M-34 -60L-14 -88H2L-28 -46Z", "#ffffff", alpha=0.6)
    d.stroke("M0 -92V-8M-46 -52H46", WHITE, 2.4)
    d.box(-58, -6, 116, 7, WHITE)


def door(d: Drawing) -> None:
    d.box(-28, -100, 56, 100, WOOD2)
    d.box(-23, -95, 46, 95, WOOD)
    d.box(-16, -86, 32, 34, "#9c6a3f", width=0.6)
    d.box(-16, -44, 32, 36, "#9c6a3f", width=0.6)
    d.oval(17, -46, 2.6, fill=GOLD, line=d.ink, width=0.6)


def locker(d: Drawing) -> None:
    d.box(-32, -100, 64, 100, "#8fa6c4")
    d.stroke("M0 -100V0M-32 -50H32", None, 0.8)
    for x in (-26, 6):
        for y in (-92, -42):
            d.stroke(f"M{x} {y}h20m-20 5h20m-20 5h20", "#5f7696", 0.8)
            d.rect(x + 16, y + 22, 4, 9, "#4c5e7a")


def shelf(d: Drawing) -> None:
    d.box(-40, -100, 80, 100, WOOD2)
    tones = (RED, BLUE, GOLD, GREEN, "#8a5fd0", PAPER, "#e08a5a", "#3f8f95")
    for row in range(4):
        y = -96 + row * 24
        d.rect(-36, y, 72, 21, "#5a3c26")
        x, i = -35.0, row * 3
        while x < 29:
            w = 6 + (i * 5) % 4
            h = 14 + (i * 7) % 6
            d.rect(x, y + 21 - h, w - 0.8, h, tones[i % 8])
            x += w
            i += 1


def desk(d: Drawing) -> None:
    for x in (-84, 76):
        d.box(x, -84, 8, 84, WOOD2)
    d.box(30, -84, 48, 58, "#a06f44")
    d.stroke("M30 -56h48M50 -70h8M50 -42h8", WOOD2, 1)
    d.box(-92, -98, 184, 15, WOOD, r=2)
    d.rect(-90, -96, 180, 4, "#cfa274")


def chair(d: Drawing) -> None:
    d.stroke("M-22 -46L-26 0M22 -46L26 0M-20 -46V-96M20 -46V-96", WOOD2, 3)
    d.box(-24, -100, 48, 30, "#c98f58", r=6)
    d.box(-28, -52, 56, 10, "#c98f58", r=4)


def sofa(d: Drawing) -> None:
    d.box(-96, -96, 192, 62, "#4f8a95", r=16)
    d.box(-78, -50, 76, 28, "#66a3ad", r=8)
    d.box(2, -50, 76, 28, "#66a3ad", r=8)
    for x in (-112, 80):
        d.box(x, -66, 32, 56, "#437884", r=13)
    d.box(-96, -24, 192, 16, "#437884")
    d.box(-58, -74, 34, 30, GOLD, r=6)


def bed(d: Drawing) -> None:
    d.box(-126, -100, 12, 100, WOOD2, r=4)
    d.box(-118, -50, 240, 36, "#f2ece2", r=8)
    d.box(-110, -66, 54, 24, WHITE, r=10)
    d.shape("M-50 -56Q30 -66 122 -52V-14H-50Z", "#6d8fc4")
    d.stroke("M-20 -58Q-16 -36 -22 -14M40 -60Q44 -36 38 -14", "#4a6a9e", 0.9)
    d.box(114, -58, 10, 58, WOOD2, r=4)


def calendar(d: Drawing) -> None:
    d.box(-48, -94, 96, 90, WHITE, r=5)
    d.box(-48, -94, 96, 22, RED, r=5)
    for i in range(12):
        x, y = -40 + (i % 4) * 21, -64 + (i // 4) * 20
        d.rect(x, y, 15, 13, "#dfe6ee" if i not in (5, 6) else GREEN, r=2)
    d.path("M-16 -38l4 4l8 -9", None, line=WHITE, width=3)


def map_(d: Drawing) -> None:
    d.shape("M-74 -88L-26 -96L24 -86L74 -96V-10L24 0L-26 -10L-74 -2Z", "#efdcb0")
    d.path("M-60 -70Q-30 -86 -8 -64T50 -66V-40Q10 -30 -10 -44T-60 -34Z", "#b9d69a")
    d.path("M-54 -20Q-30 -40 0 -30T48 -62", None, line=RED, width=3.4)
    d.shape("M48 -62C34 -84 62 -90 58 -72Z", RED, width=0.8)
    d.stroke("M-26 -96V-10M24 -86V0", "#c9a86a", 0.9)


def picture(d: Drawing) -> None:
    d.box(-44, -98, 88, 96, "#8a6238")
    d.box(-37, -91, 74, 82, "#cfe6f2", width=0.6)
    d.path("M-37 -30L-12 -62L8 -38L20 -50L37 -30V-9H-37Z", "#5f8f76")
    d.oval(16, -74, 9, fill="#f8d468")


def flag(d: Drawing) -> None:
    d.box(-30, -100, 4, 100, WOOD2)
    d.shape("M-26 -98Q0 -108 20 -96T56 -96V-56Q36 -46 16 -56T-26 -58Z", RED)


def torii(d: Drawing) -> None:
    for x in (-44, 36):
        d.box(x, -84, 9, 84, RED)
    d.box(-56, -76, 112, 8, RED)
    d.shape("M-72 -100Q0 -86 72 -100L68 -88Q0 -78 -68 -88Z", "#3a2b30")
    d.rect(-4, -86, 8, 12, GOLD)


def pagoda(d: Drawing) -> None:
    for i in range(4):
        w, y = 34 - i * 6, -i * 23
        d.box(-w * 0.7, y - 18, w * 1.4, 18, "#b8483c")
        for k in (-0.4, 0.1):
            d.rect(w * k, y - 14, w * 0.3, 12, "#f5d58a")
        d.shape(
            f"M{-w * 1.3:.1f} {y - 16}Q{-w * 0.7:.1f} {y - 19} {-w * 0.5:.1f} {y - 26}H{w * 0.5:.1f}Q{w * 0.7:.1f}"
            f" {y - 19} {w * 1.3:.1f} {y - 16}Z",
            "#3f4a5c",
        )
    d.stroke("M0 -94V-106", GOLD, 2)


def lighthouse(d: Drawing) -> None:
    with d.shining():
        d.path("M0 -90L90 -108V-74Z", "#fff3c2", alpha=0.35)
    d.shape("M-12 -80H12L18 0H-18Z", WHITE)
    for i in (0, 2):
        y, w = -64 + i * 20, 13.2 + i * 1.5
        d.path(f"M{-w} {y}H{w}L{w + 1.4} {y + 18}H{-w - 1.4}Z", RED)
    d.box(-16, -83, 32, 5, "#3a4256")
    with d.shining():
        d.box(-8, -96, 16, 13, "#ffe9a8")
    d.shape("M-12 -95Q0 -112 12 -95Z", RED)
    d.box(-5, -16, 10, 16, WOOD2)


def house(d: Drawing) -> None:
    d.box(-54, -56, 108, 56, "#ead9b8")
    d.shape("M-66 -54L0 -100L66 -54Z", "#b5533c")
    d.box(-12, -38, 24, 38, WOOD2)
    for x in (-42, 22):
        with d.shining():
            d.box(x, -42, 20, 18, "#ffe9a8")
        d.stroke(f"M{x + 10} -42v18M{x} -33h20", None, 0.8)


def stall(d: Drawing) -> None:
    for x in (-60, 56):
        d.box(x, -84, 4, 84, WOOD2)
    d.box(-66, -40, 132, 40, WOOD)
    for i, x in enumerate(range(-56, 56, 16)):
        d.oval(x + 6, -44, 8, fill=(RED, GOLD, GREEN, "#e08a5a")[i % 4], line=d.ink, width=0.7)
    for i in range(8):
        x = -72 + i * 18
        d.shape(f"M{x} -96H{x + 18}V-74Q{x + 9} -62 {x} -74Z", RED if i % 2 == 0 else PAPER, width=0.8)
    d.stroke("M-66 -24h132", WOOD2, 1)


def barrel(d: Drawing) -> None:
    d.shape("M-30 -96H30Q40 -48 30 0H-30Q-40 -48 -30 -96Z", WOOD)
    d.stroke("M-12 -96Q-16 -48 -12 0M12 -96Q16 -48 12 0", WOOD2, 0.8)
    for y in (-76, -22):
        d.rect(-35, y, 70, 7, "#5b6273")
    d.oval(0, -96, 30, 6, "#8d633c", line=d.ink)


def cone(d: Drawing) -> None:
    d.shape("M-28 -8L-6 -100H6L28 -8Z", "#f0702c")
    d.path("M-20 -42L-14 -66H14L20 -42Z", WHITE)
    d.box(-42, -9, 84, 9, "#d65a1c", r=3)


def tent(d: Drawing) -> None:
    d.shape("M-78 0L0 -98L78 0Z", "#e0963c")
    d.path("M0 -98L78 0H30Z", "#b97328")
    d.shape("M-22 0L0 -66L22 0Z", "#3f2e26")


HOME: dict[str, Callable[[Drawing], None]] = {
    "lamp": lamp,
    "lantern": lantern,
    "candle": candle,
    "umbrella": umbrella,
    "window": window,
    "door": door,
    "locker": locker,
    "shelf": shelf,
    "desk": desk,
    "chair": chair,
    "sofa": sofa,
    "bed": bed,
    "board": board,
    "clock": clock,
    "chart": chart,
    "bulb": bulb,
    "picture": picture,
    "calendar": calendar,
    "stall": stall,
    "house": house,
    "lighthouse": lighthouse,
    "pagoda": pagoda,
    "torii": torii,
    "tent": tent,
    "barrel": barrel,
    "cone": cone,
    "flag": flag,
    "map": map_,
}
