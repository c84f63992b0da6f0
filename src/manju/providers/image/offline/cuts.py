"""How clothes are cut: a table, each made of the same few pieces (trunk, sleeves, drape, collar, front)."""

from __future__ import annotations

from dataclasses import dataclass

from manju.providers.image.offline.look import Look
from manju.providers.image.offline.outfit import COVERING as COVERING


@dataclass(frozen=True, slots=True)
class Cut:
    """How a garment is cut. ``hem`` is where the trunk's part ends (a ring of `form`), ``drape`` how far cloth falls
    round the legs (0 none, 1 knee, 2 ankle), ``flare`` how wide it falls."""

    sleeve: str = "long"
    """``long``, ``short``, ``none``, ``puff``, ``plate``, ``wide`` (hanging) or ``wrapped`` (bound at the wrist)."""
    ease: float = 1.06
    hem: float = 0.7
    drape: float = 0.0
    flare: float = 1.1
    open: bool = False
    collar: str = "crew"
    front: str = ""
    parts: tuple[str, ...] = ()


TOPS: dict[str, Cut] = {
    "tshirt": Cut("short", 1.07, 0.6),
    "tank": Cut("none", 1.03, 0.7, collar="scoop"),
    "shirt": Cut("long", 1.06, 0.55, collar="shirt", front="buttons"),
    "polo": Cut("short", 1.07, 0.6, collar="shirt", front="placket"),
    "sweater": Cut("long", 1.11, 0.6, collar="rib", parts=("ribs",)),
    "hoodie": Cut("long", 1.16, 0.6, collar="hood", front="pouch", parts=("ribs",)),
    "jacket": Cut("long", 1.15, 0.75, open=True, collar="stand", front="zip", parts=("ribs", "pockets")),
    "tracksuit": Cut("long", 1.1, 0.6, collar="stand", front="zip", parts=("stripes", "ribs")),
    "blazer": Cut("long", 1.1, 0.2, collar="lapel", front="suit", parts=("pockets",)),
    "coat": Cut("long", 1.13, 1.85, 1.35, 1.16, open=True, collar="lapel", front="coat", parts=("pockets", "seamless")),
    "raincoat": Cut("long", 1.2, 1.85, 1.0, 1.3, collar="hood", front="snaps", parts=("pockets", "seamless")),
    "labcoat": Cut(
        "long", 1.12, 1.85, 1.05, 1.1, open=True, collar="lapel", front="coat", parts=("pockets", "seamless")
    ),
    "uniform": Cut("long", 1.07, 0.6, collar="sailor", front="", parts=("cuffs",)),
    "officer": Cut("long", 1.09, 0.25, collar="stand", front="buttons", parts=("belt", "epaulettes", "pockets")),
    "chef": Cut("long", 1.1, 0.25, collar="stand", front="double", parts=("cuffs", "kerchief")),
    "vest": Cut("shirt", 1.08, 0.6, collar="vee", front="suit"),
    "overall": Cut("shirt", 1.06, 0.3, collar="shirt", front="bib"),
    "dress": Cut("short", 1.03, 1.7, 1.05, 1.5, collar="crew", front="waist"),
    "gown": Cut("none", 1.02, 1.7, 1.95, 1.75, collar="scoop", front="waist"),
    "qipao": Cut("short", 1.02, 1.6, 1.55, 1.0, collar="stand", front="slant", parts=("seamless",)),
    "robe": Cut("wide", 1.06, 1.9, 1.9, 1.3, collar="cross", front="sash"),
    "shortrobe": Cut("wrapped", 1.1, 1.9, 0.5, 1.24, collar="cross", front="sash"),
    "beizi": Cut("wide", 1.08, 1.85, 1.5, 1.16, open=True, collar="facing", front="facing", parts=("seamless",)),
    "ruqun": Cut("wide", 1.04, 1.95, collar="cross", front="ribbon"),
    "guanfu": Cut("wide", 1.1, 1.9, 1.9, 1.22, collar="round", front="rank", parts=("belt",)),
    "wedding": Cut("wide", 1.05, 1.9, 1.95, 1.5, collar="cross", front="sash", parts=("cloud",)),
    "changshan": Cut("long", 1.06, 1.7, 1.85, 1.04, collar="stand", front="slant", parts=("seamless",)),
    "tangzhuang": Cut("long", 1.1, 0.3, collar="stand", front="knots"),
    "armour": Cut("plate", 1.12, 1.2, 0.55, 1.25, collar="stand", front="plate", parts=("pauldrons", "belt")),
    "exosuit": Cut("plate", 1.06, 0.4, collar="stand", front="core", parts=("pauldrons",)),
    "spacesuit": Cut("puff", 1.26, 0.3, collar="ring", front="pack", parts=("belt",)),
}
TOPS["fur"] = Cut("none", 1.0, 0.0, collar="bare", front="belly")
TOPS["shell"] = Cut("plate", 1.08, 0.5, collar="bare", front="panel")
"""What animals and robots have instead of clothes."""
BOTTOMS: dict[str, Cut] = {
    "trousers": Cut(drape=2, flare=1.0),
    "jeans": Cut(drape=2, flare=0.94),
    "wide": Cut(drape=2, flare=1.5),
    "bound": Cut(drape=2, flare=1.28),
    "shorts": Cut(drape=0.62, flare=1.14),
    "skirt": Cut(drape=0.72, flare=1.5, front="pleats"),
    "longskirt": Cut(drape=1.7, flare=1.4, front="folds"),
    "none": Cut(),
}


def cut_of(look: Look) -> Cut:
    """The cut of a look's top."""
    return TOPS.get(look.top, TOPS["tshirt"])


def sleeve_colour(look: Look) -> str:
    """Under a vest or an overall's bib it is the shirt's."""
    return look.inner if cut_of(look).sleeve == "shirt" else look.top_colour
