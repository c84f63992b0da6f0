"""Icons of furniture, food, tools, papers and small buildings (see `props`)."""

from __future__ import annotations

from collections.abc import Callable

from manju.providers.image.offline.svg import Drawing

WOOD, WOOD2, PAPER, INKY = "#b07d4f", "#7e5534", "#f8f4e8", "#5b6273"
RED, BLUE, GOLD, GREEN, WHITE = "#d9483f", "#3f7fd0", "#f0b83c", "#4fa566", "#f7f7f3"


def _lines(d: Drawing, x: float, y: float, widths: tuple[float, ...], gap: float = 9) -> None:
    d.stroke("".join(f"M{x} {y + i * gap}h{w}" for i, w in enumerate(widths)), "#9aa0ac", 1.1)


def board(d: Drawing) -> None:
    d.box(-80, -92, 160, 86, WOOD2, r=3)
    d.rect(-74, -86, 148, 74, "#c99f6a")
    notes = ((-64, -78, 30, 26, PAPER), (-26, -80, 26, 34, "#fbe58a"), (8, -76, 34, 24, "#bfe3f2"), (48, -80, 20, 28, "#f6b9c4"),
             (-60, -44, 40, 26, "#bfe8c4"), (-8, -44, 28, 30, PAPER), (30, -44, 36, 26, "#fbd2a0"))  # fmt: skip
    for x, y, w, h, c in notes:
        d.box(x, y, w, h, c, width=0.6)
        _lines(d, x + 4, y + 9, (w - 8, w - 12), 7)
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
    d.shape("M-52 -58C-50 -110 50 -110 52 -58Q43 -66 34.6 -58Q26 -66 17.4 -58Q8.6 -66 0 -58Q-8.6 -66 -17.4 -58Q-26 -66 -34.6 -58Q-43 -66 -52 -58Z", RED)
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


def book(d: Drawing) -> None:
    d.shape("M-64 -66Q-30 -80 0 -64Q30 -80 64 -66V-8Q30 -22 0 -6Q-30 -22 -64 -8Z", "#a83f3a")
    d.shape("M-58 -72Q-28 -84 0 -68V-12Q-28 -26 -58 -14Z", PAPER)
    d.shape("M58 -72Q28 -84 0 -68V-12Q28 -26 58 -14Z", PAPER)
    for s in (-1, 1):
        d.stroke("".join(f"M{s * 10} {-60 + i * 10}Q{s * 28} {-69 + i * 10} {s * 48} {-63 + i * 10}" for i in range(4)), "#9aa0ac", 0.9)


def papers(d: Drawing) -> None:
    for tilt, x in ((-10, -14), (8, 14), (-1, 0)):
        with d.at(x, -4, tilt=tilt):
            d.box(-34, -90, 68, 88, PAPER)
            _lines(d, -26, -78, (52, 44, 50, 30, 48, 40, 22), 11)
    d.rect(-26, -82, 26, 6, BLUE)


def letter(d: Drawing) -> None:
    d.box(-56, -80, 112, 74, PAPER, r=3)
    d.stroke("M-54 -78L0 -36L54 -78M-54 -8L-14 -46M54 -8L14 -46", None, 1)
    d.oval(0, -38, 10, fill=RED, line=d.ink)


def cup(d: Drawing) -> None:
    d.path("M34 -52H50Q60 -50 58 -34Q54 -18 34 -20", None, line=d.ink, width=8 + d.pen)
    d.path("M34 -52H50Q60 -50 58 -34Q54 -18 34 -20", None, line=WHITE, width=7)
    d.shape("M-40 -66H40L34 -10Q32 0 22 0H-22Q-32 0 -34 -10Z", WHITE)
    d.path("M12 -64H39L33 -10Q31 -1 22 -1H6Q14 -30 12 -64Z", "#d8dde4")
    d.oval(0, -66, 40, 8, "#6b4226", line=d.ink)
    d.stroke("M-14 -78q-6 -8 0 -14t0 -12M8 -78q-6 -8 0 -14t0 -12", "#e8eef2", 1.6)


def bowl(d: Drawing) -> None:
    d.path("M28 -62L66 -104M38 -60L76 -98", None, line=WOOD2, width=4)
    d.shape("M-60 -52H60C56 -16 30 0 0 0S-56 -16 -60 -52Z", RED)
    d.stroke("M-54 -34Q0 -20 54 -34", "#f5c9a8", 1.8)
    d.oval(0, -52, 60, 15, "#f2cf86", line=d.ink)
    d.stroke("M-42 -50q12 -10 24 0t24 0t24 0M-30 -44q12 -8 22 0t24 0", "#d9a545", 1.4)
    d.oval(-18, -58, 14, 7, WHITE, line=d.ink, width=0.7)
    d.oval(-18, -58, 6, 3.4, GOLD)
    d.path("M12 -62l22 -2l-4 8l-18 2Z", GREEN)
    d.stroke("M-24 -78q-6 -8 0 -14t0 -10M4 -78q-6 -8 0 -14t0 -10", "#f2f4f4", 1.4)


def cake(d: Drawing) -> None:
    d.box(-54, -48, 108, 44, "#f3c9d2", r=5)
    d.shape("M-54 -48H54V-34Q44 -24 34 -34T14 -34T-6 -34T-26 -34T-44 -34Q-54 -26 -54 -36Z", WHITE)
    d.box(-34, -76, 68, 28, "#f9e4c4", r=5)
    for x in (-18, 0, 18):
        d.box(x - 2.4, -92, 4.8, 16, BLUE)
        with d.shining():
            d.oval(x, -97, 3, 5, "#ffb53d")
    d.box(-64, -5, 128, 6, "#c9d1dc", r=3)


def fruit(d: Drawing) -> None:
    d.oval(-28, -28, 27, fill="#f0a03a", line=d.ink)
    d.shape("M22 -66C50 -72 62 -40 46 -12Q36 2 22 -4Q8 2 -2 -12C-18 -40 -6 -72 22 -66Z", RED)
    d.path("M22 -66Q20 -82 28 -88", None, line=WOOD2, width=4)
    d.shape("M28 -76Q44 -92 54 -80Q42 -68 28 -76Z", GREEN, width=0.8)
    d.path("M4 -48Q2 -34 8 -24", None, line="#f6a49a", width=5)


def product(d: Drawing) -> None:
    d.box(-12, -100, 24, 18, GOLD, r=3)
    d.shape("M-10 -82H10V-74Q30 -70 30 -54V-8Q30 0 22 0H-22Q-30 0 -30 -8V-54Q-30 -70 -10 -74Z", "#8fc7e0")
    d.path("M10 -72Q28 -68 28 -54V-8Q28 -2 22 -2H10Z", "#5f9fc0")
    d.box(-22, -52, 44, 34, WHITE, r=3, width=0.7)
    d.stroke("M-14 -42h28M-14 -34h20M-14 -27h24", "#5f7696", 1.2)
    d.path("M-24 -60V-10", None, line="#e2f4fb", width=4)


def box(d: Drawing) -> None:
    d.shape("M-52 -68H52V0H-52Z", "#c9985f")
    d.shape("M-52 -68L-38 -92H66L52 -68Z", "#deb680")
    d.shape("M52 -68L66 -92V-22L52 0Z", "#a1743f")
    d.rect(-10, -68, 20, 68, "#e5cfa0")
    d.stroke("M24 -22h18M24 -14h18", WOOD2, 1.2)


def gift(d: Drawing) -> None:
    d.box(-46, -60, 92, 60, "#d9486a")
    d.box(-52, -74, 104, 18, "#e8627f")
    d.rect(-9, -74, 18, 74, GOLD)
    d.shape("M0 -74C-40 -110 -44 -76 0 -74C40 -110 44 -76 0 -74Z", GOLD)


def bag(d: Drawing) -> None:
    d.path("M-22 -66V-84Q-22 -96 0 -96T22 -84V-66", None, line=WOOD2, width=6)
    d.box(-46, -70, 92, 70, "#9a6238", r=9)
    d.shape("M-46 -62Q-46 -70 -37 -70H37Q46 -70 46 -62V-40Q0 -26 -46 -40Z", "#b4794a")
    d.box(-8, -44, 16, 16, GOLD, r=3)


def key(d: Drawing) -> None:
    d.path("M0 -62V-8M0 -22H18M0 -10H14", None, line=d.ink, width=10 + d.pen)
    d.path("M0 -62V-8M0 -22H18M0 -10H14", None, line=GOLD, width=9)
    d.oval(0, -76, 23, fill=GOLD, line=d.ink)
    d.oval(0, -78, 9, fill="#7a5a1a")


def lock(d: Drawing) -> None:
    d.shape("M0 -100L46 -84V-46Q42 -14 0 0Q-42 -14 -46 -46V-84Z", BLUE)
    d.path("M0 -92L38 -78V-46Q34 -20 0 -9Z", "#2f66b0")
    d.path("M-18 -48L-4 -34L22 -64", None, line=WHITE, width=9)


def sword(d: Drawing) -> None:
    d.shape("M-4.5 -28L-3.6 -92L0 -102L3.6 -92L4.5 -28Z", "#dfe6ee")
    d.stroke("M0 -94V-30", "#93a0b2", 0.8)
    d.box(-16, -31, 32, 6, GOLD, r=3)
    d.box(-3.4, -26, 6.8, 20, WOOD2)
    d.oval(0, -3, 5, fill=GOLD, line=d.ink)


def magnifier(d: Drawing) -> None:
    d.path("M14 -40L40 -6", None, line=d.ink, width=13 + d.pen)
    d.path("M14 -40L40 -6", None, line=WOOD2, width=12)
    d.oval(-6, -66, 33, fill="#d5f0fa", line=d.ink, width=1)
    d.oval(-6, -66, 31, line=GOLD, width=2.4)
    d.path("M-26 -70Q-22 -86 -8 -88", None, line="#ffffff", width=5)


def badge(d: Drawing) -> None:
    d.shape("M-20 -46L-30 0L-12 -10L0 2L12 -10L30 0L20 -46Z", RED)
    d.oval(0, -64, 35, fill=GOLD, line=d.ink)
    d.oval(0, -64, 26, fill="#f8dc84")
    d.path("M0 -84L6 -70L21 -69L9 -59L13 -45L0 -53L-13 -45L-9 -59L-21 -69L-6 -70Z", "#d08a1e")


def coin(d: Drawing) -> None:
    for x, n in ((-34, 3), (34, 2), (0, 5)):
        for i in range(n):
            d.oval(x, -9 - i * 13, 27, 9, "#e0a52c", line=d.ink)
            d.oval(x, -11 - i * 13, 27, 9, GOLD, line=d.ink, width=0.7)
    d.oval(0, -64, 15, 4.6, "#fbe08a")


def watch(d: Drawing) -> None:
    d.box(-17, -100, 34, 100, "#343a4a", r=9)
    d.box(-29, -78, 58, 58, "#454d60", r=13)
    with d.shining():
        d.rect(-22, -71, 44, 44, "#16233a", r=7)
        d.oval(0, -49, 15, line="#5dffb0", width=1.6)
        d.path("M0 -49V-60M0 -49L8 -44", None, line="#ffffff", width=3)


def bubble(d: Drawing) -> None:
    d.shape("M-66 -92H30Q40 -92 40 -82V-58Q40 -48 30 -48H-36L-54 -34L-50 -48H-66Q-76 -48 -76 -58V-82Q-76 -92 -66 -92Z", WHITE)
    d.stroke("M-60 -78h84M-60 -66h60", "#8fa6c4", 1.8)
    d.shape("M-18 -44H62Q72 -44 72 -34V-18Q72 -8 62 -8H56L60 4L44 -8H-18Q-28 -8 -28 -18V-34Q-28 -44 -18 -44Z", "#58c07f")
    for x in (2, 22, 42):
        d.oval(x, -26, 5, fill=WHITE)


def note(d: Drawing) -> None:
    d.path("M-20 -14V-82L36 -96V-28M-20 -66L36 -80", None, line="#3a4a8a", width=8)
    d.oval(-32, -13, 15, 11, "#3a4a8a")
    d.oval(24, -27, 15, 11, "#3a4a8a")


def guitar(d: Drawing) -> None:
    d.box(-3, -98, 6, 60, WOOD2)
    d.box(-6, -104, 12, 12, "#3a2620", r=2)
    d.shape("M-12 -50C-24 -46 -18 -34 -24 -26C-34 -10 -20 2 0 2S34 -10 24 -26C18 -34 24 -46 12 -50Z", "#d98f45")
    d.oval(0, -28, 7, fill="#3a2620", line=d.ink, width=0.6)
    d.stroke("M-1.6 -96V-12M1.6 -96V-12", PAPER, 0.6)
    d.rect(-9, -13, 18, 4, "#3a2620")


def piano(d: Drawing) -> None:
    d.box(-72, -100, 144, 100, "#2b2730", r=4)
    d.box(-78, -56, 156, 18, WHITE)
    for i in range(1, 15):
        d.stroke(f"M{-78 + i * 10.4:.1f} -56v18", INKY, 0.5)
        if i % 7 not in (0, 3):
            d.rect(-80.6 + i * 10.4, -56, 5.4, 11, "#1a1a22")
    d.box(-30, -90, 60, 26, PAPER, width=0.7)


def ball(d: Drawing) -> None:
    d.oval(0, -50, 48, fill="#e08a3c", line=d.ink)
    d.stroke("M0 -98V-2M-48 -50H48M-36 -82Q-4 -50 -36 -18M36 -82Q4 -50 36 -18", "#5a2f16", 1.2)


def palette(d: Drawing) -> None:
    d.shape("M-58 -40C-62 -80 -20 -96 18 -90C60 -84 70 -40 40 -30C22 -24 30 -6 10 -4C-24 0 -56 -10 -58 -40Z", "#dcb27c")
    for x, y, c in ((-34, -56, RED), (-14, -74, GOLD), (14, -76, GREEN), (38, -60, BLUE), (-34, -32, "#8a5fd0")):
        d.oval(x, y, 8, fill=c, line=d.ink, width=0.6)
    d.path("M-4 -22L62 -100", None, line=WOOD2, width=6)
    d.path("M-4 -22L10 -38", None, line=BLUE, width=9)


def film(d: Drawing) -> None:
    d.box(-60, -66, 120, 66, "#2b3040", r=4)
    with d.at(-60, -68, tilt=-9):
        d.box(0, -18, 120, 18, "#2b3040")
        for i in range(4):
            d.path(f"M{6 + i * 30} 0L{18 + i * 30} -18h14L{20 + i * 30} 0Z", WHITE)
    d.path("M-10 -48L22 -31L-10 -14Z", WHITE)


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
        d.shape(f"M{-w * 1.3:.1f} {y - 16}Q{-w * 0.7:.1f} {y - 19} {-w * 0.5:.1f} {y - 26}H{w * 0.5:.1f}Q{w * 0.7:.1f} {y - 19} {w * 1.3:.1f} {y - 16}Z",
                "#3f4a5c")  # fmt: skip
    d.stroke("M0 -94V-106", GOLD, 2)


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


def pot(d: Drawing) -> None:
    with d.shining():
        d.path("M-34 -2Q-26 -16 -18 -2ZM-8 -2Q0 -18 8 -2ZM18 -2Q26 -16 34 -2Z", "#4fa8ff")
    d.box(-48, -62, 96, 52, "#5b6273", r=10)
    d.rect(-40, -56, 10, 40, "#8b94a6", r=4)
    d.box(-54, -70, 108, 10, "#747d90", r=4)
    d.oval(0, -74, 7, 5, "#3a3f4c")
    d.path("M-50 -46H-66M50 -46H66", None, line="#3a3f4c", width=8)
    d.stroke("M-18 -82q-6 -8 0 -14M14 -82q-6 -8 0 -14", "#f2f4f4", 1.6)


def skull(d: Drawing) -> None:
    d.shape("M-42 -56C-42 -110 42 -110 42 -56Q42 -38 28 -30V-6H-28V-30Q-42 -38 -42 -56Z", "#f0ead8")
    for s in (-1, 1):
        d.oval(s * 18, -56, 12, 13, "#2a2530")
    d.path("M-5 -36L0 -46L5 -36Z", "#2a2530")
    d.stroke("M-14 -20v14M0 -20v14M14 -20v14", None, 1)


def crystal(d: Drawing) -> None:
    with d.shining():
        d.oval(0, -52, 56, fill="#a8f0ff", alpha=0.18)
        d.shape("M0 -100L32 -66L22 -8H-22L-32 -66Z", "#7fd8f0")
        d.path("M0 -100L-32 -66L-8 -60Z", "#c9f4ff")
        d.path("M-8 -60L32 -66L22 -8L0 -8Z", "#4fb0d8")
        d.stroke("M-32 -66L-8 -60L32 -66M-8 -60L-2 -8M-8 -60L0 -100", "#e8fbff", 0.9)


def flask(d: Drawing) -> None:
    d.shape("M-12 -98H12V-64L44 -12Q48 0 36 0H-36Q-48 0 -44 -12L-12 -64Z", "#e2f2f6")
    with d.shining():
        d.path("M-24 -42H24L41 -12Q44 -3 36 -3H-36Q-44 -3 -41 -12Z", "#5fd88a")
        for x, y, r in ((-12, -22, 5), (10, -30, 4), (20, -14, 6)):
            d.oval(x, y, r, fill="#c8f7d4")
    d.box(-16, -102, 32, 8, "#b8c8d0", r=3)


def stethoscope(d: Drawing) -> None:
    d.box(-48, -86, 96, 82, WHITE, r=10)
    d.path("M0 -72V-18M-27 -45H27", None, line=RED, width=20)
    d.path("M-20 -86V-96H20V-86", None, line=INKY, width=6)


def crown(d: Drawing) -> None:
    d.shape("M-50 -10L-58 -74L-26 -46L0 -92L26 -46L58 -74L50 -10Z", GOLD)
    for x, c in ((-30, RED), (0, BLUE), (30, RED)):
        d.oval(x, -24, 7, fill=c, line=d.ink, width=0.7)
    d.rect(-48, -12, 96, 6, "#c98a1e")


THINGS: dict[str, Callable[[Drawing], None]] = {
    "board": board, "clock": clock, "chart": chart, "bulb": bulb, "lamp": lamp, "lantern": lantern, "candle": candle,
    "umbrella": umbrella, "window": window, "door": door, "locker": locker, "shelf": shelf, "desk": desk,
    "chair": chair, "sofa": sofa, "bed": bed, "book": book, "papers": papers, "letter": letter, "cup": cup,
    "bowl": bowl, "cake": cake, "fruit": fruit, "product": product, "box": box, "gift": gift, "bag": bag, "key": key,
    "lock": lock, "sword": sword, "magnifier": magnifier, "badge": badge, "coin": coin, "watch": watch,
    "bubble": bubble, "note": note, "guitar": guitar, "piano": piano, "ball": ball, "palette": palette, "film": film,
    "calendar": calendar, "map": map_, "picture": picture, "flag": flag, "torii": torii, "pagoda": pagoda,
    "house": house, "stall": stall, "barrel": barrel, "cone": cone, "tent": tent, "pot": pot, "skull": skull,
    "crystal": crystal, "flask": flask, "stethoscope": stethoscope, "crown": crown,
}  # fmt: skip
