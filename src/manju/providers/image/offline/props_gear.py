"""Icons of devices, vehicles and street furniture (see `props`)."""

from __future__ import annotations

from collections.abc import Callable

from manju.providers.image.offline.svg import Drawing

METAL, STEEL, GLASS, DARK = "#c9d1dc", "#8794a8", "#bfe6f5", "#2a3042"
RED, BLUE, GOLD, GREEN, WHITE = "#d9483f", "#3f7fd0", "#f0b83c", "#4fa566", "#f7f7f3"


def _rows(
    d: Drawing, x: float, y: float, widths: tuple[float, ...], colour: str, gap: float = 10, h: float = 4
) -> None:
    for i, w in enumerate(widths):
        d.rect(x, y + i * gap, w, h, colour, r=h / 2)


def screen(d: Drawing) -> None:
    d.box(-70, -96, 140, 92, DARK, r=5)
    with d.shining():
        d.rect(-65, -91, 130, 82, "#12324f")
        d.rect(-65, -91, 130, 41, "#174368")
        for i, h in enumerate((16, 26, 20, 38, 50)):
            d.rect(-56 + i * 12, -16 - h, 8, h, ("#46d3ff", "#ffd25a")[i % 2])
        d.stroke("M10 -30L22 -44L34 -38L56 -64", "#5dffb0", 1.6)
        d.oval(32, -68, 11, 11, "#2b7fc0")
        d.path("M32 -68V-79A11 11 0 0 1 42 -63Z", "#ff7fb0")
        _rows(d, -56, -84, (44, 30, 38), "#9fe4ff", 8, 3.4)
    d.stroke("M-58 -94h60", "#5d6a86", 0.7)


def laptop(d: Drawing) -> None:
    d.box(-60, -86, 120, 78, "#3a4256", r=6)
    with d.shining():
        d.rect(-54, -80, 108, 66, "#eaf4fb")
        d.rect(-54, -80, 108, 11, "#5a9be0")
        d.rect(-48, -62, 34, 42, "#cfe0f2")
        _rows(d, -6, -62, (52, 40, 48, 30), "#8fb0d0", 10, 5)
        d.oval(-31, -48, 9, fill="#ffb84d")
    d.shape("M-74 0L-64 -10H64L74 0Q74 4 66 4H-66Q-74 4 -74 0Z", METAL)
    d.stroke("M-18 -3h36", STEEL, 1)


def phone(d: Drawing) -> None:
    d.box(-26, -100, 52, 100, "#23283a", r=9)
    with d.shining():
        d.rect(-22, -93, 44, 84, "#dff0fb", r=3)
        d.rect(-22, -93, 44, 26, "#4f8fe6", r=3)
        for i in range(6):
            d.rect(
                -18 + (i % 3) * 13,
                -60 + (i // 3) * 14,
                10,
                10,
                (RED, GOLD, GREEN, BLUE, "#9a6ad0", "#ef7da8")[i],
                r=2.5,
            )
        _rows(d, -18, -28, (36, 26), "#9cb8d4", 8, 4)
    d.oval(0, -4.5, 2.2, fill="#5d6a86")


def tablet(d: Drawing) -> None:
    d.box(-38, -100, 76, 100, "#2a3042", r=7)
    with d.shining():
        d.rect(-33, -93, 66, 86, "#f2f7fb")
        d.rect(-28, -88, 56, 34, "#6fb3e8")
        d.path("M-28 -54L-10 -74L2 -62L12 -70L28 -54Z", "#3f8f6a")
        _rows(d, -28, -44, (56, 46, 52, 30), "#a9bfd2", 9, 4)


def robot(d: Drawing) -> None:
    d.stroke("M0 -92V-100", STEEL, 2)
    with d.shining():
        d.oval(0, -100, 3.6, fill="#ff6a5a")
    for s in (-1, 1):
        d.box(s * 24 - 4 if s > 0 else -28, -54, 8, 28, METAL, r=4)
        d.oval(s * 25, -22, 5, fill=STEEL, line=d.ink)
        d.box(s * 10 - 6, -20, 12, 18, STEEL, r=3)
        d.box(s * 11 - 9, -5, 18, 6, DARK, r=3)
    d.box(-20, -56, 40, 38, WHITE, r=8)
    d.box(-11, -46, 22, 15, "#31405c", r=3)
    with d.shining():
        d.stroke("M-8 -38h4l2 -5l3 8l2 -3h5", "#58e0ff", 1.2)
    d.box(-25, -92, 50, 34, WHITE, r=14)
    d.box(-19, -85, 38, 21, "#1d2740", r=9)
    with d.shining():
        d.oval(-8, -75, 4, 5, "#58e0ff")
        d.oval(8, -75, 4, 5, "#58e0ff")
        d.stroke("M-4 -68q4 2.6 8 0", "#58e0ff", 1)
    for s in (-1, 1):
        d.box(s * 27 - 3, -80, 6, 12, BLUE, r=3)


def drone(d: Drawing) -> None:
    for s in (-1, 1):
        d.stroke(f"M0 -50L{s * 50} -66", STEEL, 2.6)
        d.oval(s * 52, -70, 26, 4, "#dfe6ee", line=d.ink, width=0.6)
        d.box(s * 52 - 3, -70, 6, 9, DARK, r=2)
    d.box(-24, -62, 48, 24, METAL, r=11)
    d.oval(0, -38, 9, fill=DARK, line=d.ink)
    with d.shining():
        d.oval(0, -38, 4, fill="#4fd0ff")
        d.oval(16, -52, 2.6, fill="#ff5a4a")
    d.stroke("M-18 -38l-8 14M18 -38l8 14", None, 1.4)


def vending(d: Drawing) -> None:
    d.box(-30, -100, 60, 100, RED, r=3)
    d.rect(-30, -100, 9, 100, "#b83730")
    with d.shining():
        d.rect(-22, -92, 34, 62, "#e9fbff")
        for row in range(4):
            for i in range(4):
                tone = (BLUE, GOLD, GREEN, "#ef7da8", "#8a5fd0")[(row * 2 + i) % 5]
                d.rect(-20 + i * 8, -89 + row * 15, 6, 10, tone, r=1.5)
            d.rect(-22, -78 + row * 15, 34, 1.6, "#8fa8b8")
        d.rect(15, -82, 11, 8, "#58e0ff")
    for i in range(6):
        d.rect(15 + (i % 2) * 6, -68 + (i // 2) * 6, 4, 4, "#f3d9d6")
    d.box(-22, -22, 34, 14, "#3a2228", width=0.8)
    d.rect(17, -44, 7, 12, "#3a2228")


def streetlamp(d: Drawing) -> None:
    d.shape("M-2 0L-1.4 -88Q-1 -98 12 -98L20 -96L20 -94Q4 -96 2 -87L2 0Z", "#465064")
    d.box(-5, -4, 10, 4, "#465064")
    with d.shining():
        d.oval(20, -93, 9, 3.4, "#ffe7a6", line=d.ink, width=0.6)
        d.path("M11 -92L-4 -50H44L29 -92Z", "#ffe7a6", alpha=0.16)


def signal(d: Drawing) -> None:
    d.box(-2, -60, 4, 60, "#465064")
    d.box(-8, -100, 16, 42, "#22283a", r=3)
    with d.shining():
        for i, c in enumerate(("#ff4d43", "#ffc43d", "#3fdd77")):
            d.oval(0, -92 + i * 13, 5, fill=c)


def sign(d: Drawing) -> None:
    d.box(-62, -84, 124, 60, "#241c3a", r=8)
    with d.shining():
        d.path("M-54 -76H54V-32H-54Z", None, line="#ff5fc8", width=max(d.pen * 1.6, 2.2))
        d.path("M-40 -54H4M-12 -68L6 -54L-12 -40", None, line="#5ff2ff", width=max(d.pen * 1.8, 3.4))
        d.path("M22 -62H42M22 -46H36", None, line="#ffe36a", width=max(d.pen * 1.8, 3.4))
    d.stroke("M-40 -84v-12M40 -84v-12", None, 1.2)


def car(d: Drawing) -> None:
    d.shape(
        "M-108 -18C-112 -40 -98 -46 -76 -50C-60 -74 -44 -82 -4 -82C34 -82 52 -72 70 -50C98 -46 "
        "110 -42 110 -18L102 -12H-102Z",
        RED,
    )
    d.shape("M-64 -50C-52 -68 -42 -73 -10 -73V-50Z", GLASS, width=0.8)
    d.shape("M-2 -73C28 -73 42 -66 56 -50H-2Z", GLASS, width=0.8)
    d.path("M-50 -53L-36 -70H-26L-40 -53Z", "#ffffff", alpha=0.6)
    d.stroke("M-104 -32H106M-6 -50V-16", "#8e2d28", 0.9)
    with d.shining():
        d.oval(100, -36, 8, 6, "#fff2b8", line=d.ink, width=0.7)
        d.rect(-110, -40, 8, 9, "#ff6a4a", r=2)
    for x in (-62, 64):
        d.oval(x, -12, 21, fill="#23252e", line=d.ink)
        d.oval(x, -12, 11, fill=METAL, line=d.ink, width=0.6)
    d.path("M-70 -46C-60 -70 -40 -78 -4 -78", None, line="#f28a7e", width=d.pen * 0.8)


def bike(d: Drawing) -> None:
    for x in (-44, 44):
        d.oval(x, -28, 27, line="#2a2d38", width=2.2)
        d.stroke(f"M{x} -55V-1M{x - 27} -28h54", "#8f98a8", 0.5)
    d.stroke("M-44 -28L-20 -66L26 -66L-4 -28H-44M-4 -28L-22 -72M44 -28L24 -76", BLUE, 2.4)
    d.shape("M-34 -74h22q2 6 -4 6h-14Z", DARK)
    d.stroke("M18 -78h16q6 2 4 8", DARK, 2)


def train(d: Drawing) -> None:
    d.shape("M-140 -6V-76Q-140 -92 -124 -92H96Q128 -92 140 -40V-6Z", WHITE)
    d.rect(-140, -30, 280, 12, BLUE)
    for i in range(6):
        d.box(-128 + i * 34, -78, 26, 26, GLASS, r=4, width=0.7)
    d.shape("M84 -80H100Q118 -76 126 -52H84Z", "#2b4a6a", width=0.8)
    d.rect(-140, -6, 280, 6, DARK)


def boat(d: Drawing) -> None:
    d.shape("M-70 -22H70L50 0H-48Z", "#8a5236")
    d.stroke("M-64 -14H60", "#5b3524", 0.8)
    d.box(-2.5, -100, 5, 78, "#6b4a34")
    d.shape("M6 -98Q54 -60 54 -30H6Z", WHITE)
    d.shape("M-6 -88Q-40 -56 -42 -30H-6Z", "#f2d9b4")


def rocket(d: Drawing) -> None:
    with d.shining():
        d.shape("M-9 -16Q-14 -2 0 8Q14 -2 9 -16Z", "#ffb13d")
        d.path("M-4 -16Q-6 -6 0 0Q6 -6 4 -16Z", "#fff0a8")
    for s in (-1, 1):
        d.shape(f"M{s * 13} -44L{s * 28} -22L{s * 26} -12L{s * 11} -22Z", RED)
    d.shape("M-14 -20C-20 -60 -12 -86 0 -100C12 -86 20 -60 14 -20Z", WHITE)
    d.shape("M-10.4 -82C-7 -92 -3 -97 0 -100C3 -97 7 -92 10.4 -82Z", RED)
    d.oval(0, -64, 7, fill="#4fb2e0", line=d.ink)
    d.box(-12, -22, 24, 6, STEEL)


def satellite(d: Drawing) -> None:
    for s in (-1, 1):
        d.box(s * 20 if s > 0 else -70, -62, 50, 26, "#3b66b0")
        for i in range(1, 4):
            d.stroke(f"M{s * (20 + i * 12.5)} -62v26", "#9cc0f0", 0.6)
    d.box(-18, -68, 36, 38, "#d9c17a")
    d.shape("M-14 -68Q0 -92 14 -68Z", WHITE)
    d.stroke("M0 -80V-92", None, 1)


def camera(d: Drawing) -> None:
    d.box(-18, -78, 36, 16, "#343a4a", r=4)
    d.box(-52, -66, 104, 62, "#2f3544", r=9)
    d.rect(-52, -50, 104, 10, "#464e60")
    d.oval(0, -34, 27, fill="#565f74", line=d.ink)
    d.oval(0, -34, 18, fill="#1a2740", line=d.ink)
    d.oval(-6, -41, 6, 5, "#8fd0f5")
    d.rect(30, -62, 14, 8, RED, r=2)


def microphone(d: Drawing) -> None:
    d.stroke("M0 -40V-6M-20 -3H20", "#4a5266", 3)
    d.stroke("M-24 -62Q-24 -34 0 -34T24 -62", "#4a5266", 2)
    d.box(-15, -100, 30, 56, METAL, r=15)
    for y in (-86, -77, -68):
        d.stroke(f"M-13 {y}H13", STEEL, 0.8)


def speaker(d: Drawing) -> None:
    d.box(-30, -100, 60, 100, "#343a4a", r=14)
    d.oval(0, -32, 20, fill="#4c556a", line=d.ink)
    d.oval(0, -32, 8, fill="#20242f")
    d.oval(0, -74, 11, fill="#4c556a", line=d.ink)
    with d.shining():
        d.path("M-20 -96H20", None, line="#58e0ff", width=3)


def headset(d: Drawing) -> None:
    d.stroke("M-40 -36C-42 -110 42 -110 40 -36", "#343a4a", 4)
    for s in (-1, 1):
        d.box(s * 40 - 12, -50, 24, 44, RED, r=11)


def chip(d: Drawing) -> None:
    for i in range(5):
        k = -32 + i * 16
        d.stroke(f"M{k} -100V0M-50 {k - 50}H50", "#caa64a", 1.6)
    d.box(-38, -88, 76, 76, "#22304a", r=6)
    d.box(-22, -72, 44, 44, "#33517c", r=4)
    with d.shining():
        d.path("M-12 -40L-4 -60L4 -40M-9 -47H1M11 -60V-40", None, line="#6ff0ff", width=max(2.4, d.pen))


def gear(d: Drawing) -> None:
    for i in range(8):
        with d.at(0, -50, tilt=i * 45):
            d.box(-9, -48, 18, 18, STEEL, r=3)
    d.oval(0, -50, 36, fill=METAL, line=d.ink)
    d.oval(0, -50, 15, fill="#58627a", line=d.ink)


GEAR: dict[str, Callable[[Drawing], None]] = {
    "screen": screen,
    "laptop": laptop,
    "phone": phone,
    "tablet": tablet,
    "robot": robot,
    "drone": drone,
    "vending": vending,
    "streetlamp": streetlamp,
    "signal": signal,
    "sign": sign,
    "car": car,
    "bike": bike,
    "train": train,
    "boat": boat,
    "rocket": rocket,
    "satellite": satellite,
    "camera": camera,
    "microphone": microphone,
    "speaker": speaker,
    "headset": headset,
    "chip": chip,
    "gear": gear,
}
