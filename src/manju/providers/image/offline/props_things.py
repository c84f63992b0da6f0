"""Icons of furniture, food, tools, papers and small buildings (see `props`)."""

from __future__ import annotations

from collections.abc import Callable

from manju.providers.image.offline.props_home import note_lines
from manju.providers.image.offline.svg import Drawing

WOOD, WOOD2, PAPER, INKY = "#b07d4f", "#7e5534", "#f8f4e8", "#5b6273"
RED, BLUE, GOLD, GREEN, WHITE = "#d9483f", "#3f7fd0", "#f0b83c", "#4fa566", "#f7f7f3"


def book(d: Drawing) -> None:
    d.shape("M-64 -66Q-30 -80 0 -64Q30 -80 64 -66V-8Q30 -22 0 -6Q-30 -22 -64 -8Z", "#a83f3a")
    d.shape("M-58 -72Q-28 -84 0 -68V-12Q-28 -26 -58 -14Z", PAPER)
    d.shape("M58 -72Q28 -84 0 -68V-12Q28 -26 58 -14Z", PAPER)
    for s in (-1, 1):
        d.stroke(
            "".join(f"M{s * 10} {-60 + i * 10}Q{s * 28} {-69 + i * 10} {s * 48} {-63 + i * 10}" for i in range(4)),
            "#9aa0ac",
            0.9,
        )


def papers(d: Drawing) -> None:
    for tilt, x in ((-10, -14), (8, 14), (-1, 0)):
        with d.at(x, -4, tilt=tilt):
            d.box(-34, -90, 68, 88, PAPER)
            note_lines(d, -26, -78, (52, 44, 50, 30, 48, 40, 22), 11)
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
    d.shape(
        "M-66 -92H30Q40 -92 40 -82V-58Q40 -48 30 -48H-36L-54 -34L-50 -48H-66Q-76 -48 -76 -58V-82Q-76 -92 -66 -92Z",
        WHITE,
    )
    d.stroke("M-60 -78h84M-60 -66h60", "#8fa6c4", 1.8)
    d.shape(
        "M-18 -44H62Q72 -44 72 -34V-18Q72 -8 62 -8H56L60 4L44 -8H-18Q-28 -8 -28 -18V-34Q-28 -44 -18 -44Z", "#58c07f"
    )
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
    "book": book,
    "papers": papers,
    "letter": letter,
    "cup": cup,
    "bowl": bowl,
    "cake": cake,
    "fruit": fruit,
    "product": product,
    "box": box,
    "gift": gift,
    "bag": bag,
    "key": key,
    "lock": lock,
    "sword": sword,
    "magnifier": magnifier,
    "badge": badge,
    "coin": coin,
    "watch": watch,
    "bubble": bubble,
    "note": note,
    "guitar": guitar,
    "piano": piano,
    "ball": ball,
    "palette": palette,
    "film": film,
    "pot": pot,
    "skull": skull,
    "crystal": crystal,
    "flask": flask,
    "stethoscope": stethoscope,
    "crown": crown,
}
