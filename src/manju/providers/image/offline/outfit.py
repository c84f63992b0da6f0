"""What a figure's words say of its clothes, shoes and accessories."""

from __future__ import annotations

import re
from dataclasses import dataclass

from manju.providers.image.offline.colour import dark, light, mix
from manju.providers.image.offline.wardrobe import GARMENTS, ITEM_COLOURS, ITEMS
from manju.providers.image.offline.words import COLOURS, Hit, choose


@dataclass(frozen=True, slots=True)
class Item:
    """An accessory: what it is, and its colour."""

    kind: str
    colour: str
    place: str = ""
    """Where it is worn when that is not the usual place, or its shape: ``forehead``, ``neck``, ``star``."""


def _colour_before(hits: list[Hit[str]], start: int, floor: int) -> str | None:
    """The last colour named between ``floor`` and ``start``."""
    near = [h.meaning for h in hits if floor <= h.start and h.end <= start + 1]
    return near[-1] if near else None


COVERING = ("dress", "gown", "qipao", "robe", "guanfu", "wedding", "changshan")
"""Tops that need nothing below."""
_OUTER = ("jacket", "blazer", "coat", "labcoat", "vest", "overall")


OLD = frozenset(("shortrobe", "beizi", "ruqun", "robe", "guanfu", "wedding", "armour", "changshan"))
"""Tops of an age that knew no jeans and no sneakers."""


def read_clothes(words: str, name: str) -> dict[str, tuple[str, str | None]]:
    """Slot (top, shirt, bottom, apron, cape) -> (kind, colour or None). A colour holds for the garment after it."""
    found: dict[str, tuple[str, str | None]] = {}
    colours, floor = COLOURS.find(words), 0
    for hit in GARMENTS.find(words):
        slot, kind = hit.meaning
        colour = _colour_before(colours, hit.start, floor)
        floor = hit.end
        if slot == "top" and slot in found:
            if kind in ("gown", "dress") and found["top"][0] not in _OUTER:  # a tunic with a skirt
                found.setdefault("bottom", ("longskirt", colour))
                continue
            if found["top"][0] in _OUTER:
                found.setdefault("shirt", (kind, colour))
            elif kind in _OUTER:
                found["shirt"], found["top"] = found["top"], (kind, colour)
            elif kind in OLD and found["top"][0] not in OLD | {"officer"}:
                found["top"] = (kind, colour or found["top"][1])
            continue
        found.setdefault(kind if slot == "over" else slot, (kind, colour))
    bare = [slot for slot in ("top", "shirt", "cape") if slot in found and found[slot][1] is None]
    if bare and colours and not any(c for _, c in found.values()):
        found[bare[0]] = (found[bare[0]][0], colours[0].meaning)
    if "top" not in found and "shirt" in found:
        found["top"] = found.pop("shirt")
    if "top" not in found and "cape" in found:
        base = found["cape"][1] or "#54627a"
        found["top"] = (choose(("tangzhuang", "sweater", "shirt"), name, "top"), mix(dark(base, 0.35), "#3a2f4a", 0.3))
    if "top" not in found and colours:
        kind = choose(("hoodie", "jacket", "tshirt", "sweater"), name, "top")
        found["top"] = (kind, colours[0].meaning)
    return found


def default_bottom(top: str, colour: str, gender: str, name: str) -> tuple[str, str] | None:
    """Kind and colour of what goes below a top where no word says it; None where anything may."""
    if top in ("spacesuit", "overall", *COVERING):
        return "trousers", dark(colour, 0.12 if top in ("spacesuit", "overall") else 0.3)
    if top == "exosuit":
        return "trousers", dark(colour, 0.3)
    if top in ("shortrobe", "armour"):
        return "bound", choose(("#4a423c", "#3a3d48", "#54493c"), name, "bottom") if top != "armour" else "#3a3438"
    if top in ("ruqun", "beizi"):
        if gender == "male":
            return "wide", dark(colour, 0.35)
        return "longskirt", mix(light(colour, 0.62), choose(("#f3e6d2", "#e2e8ee", "#f0d8d4"), name, "skirt"), 0.5)
    if top in ("chef", "officer", "tracksuit", "tangzhuang"):
        return "trousers", {"chef": "#33353f", "tracksuit": colour}.get(top, dark(colour, 0.3))
    return None


def default_shoes(top: str, formal: bool, name: str) -> tuple[str, str]:
    """Kind and colour of shoes that no word describes."""
    if top in OLD or top == "tangzhuang":
        kind = "boots" if top in ("armour", "guanfu") else choose(("cloth", "boots", "cloth"), name, "shoes")
        return kind, choose(("#26242b", "#33302f", "#2f3440"), name, "shoe")
    if top in ("spacesuit", "exosuit"):
        return "boots", "#b9c0cc"
    if top in ("gown", "qipao"):
        return "heels", choose(("#2f2b30", "#8c1f2a", "#c9b8a4"), name, "shoe")
    if formal:
        return "shoes", choose(("#2f2b30", "#3a3438", "#4a342c"), name, "shoe")
    kind = "sneakers" if top == "tracksuit" else choose(("sneakers", "shoes", "boots"), name, "shoes")
    return kind, choose(("#f1f1ee", "#3a3438", "#7a4a35", "#c4453f"), name, "shoe")


def read_leggings(words: str, gender: str, bottom: str, age: str) -> str:
    """The colour of stockings, or empty."""
    if not re.search(r"tights|stocking|knee socks|丝袜|长袜|裤袜|打底|过膝袜|小腿袜", words.lower()):
        return ""
    return "#f4f3ef" if re.search(r"白|white", words.lower()) else "#2b2b33"


def usual_colour(top: str) -> str | None:
    """The colour that a garment has by nature, if it has one."""
    usual = {
        "labcoat": "#f3f5f6", "spacesuit": "#eceff2", "armour": "#8a94a6", "uniform": "#2d3a5e", "chef": "#f3f4f2",
        "exosuit": "#4a5568", "wedding": "#c3202c", "guanfu": "#7c1f2c", "shortrobe": "#9a7a52",
        "officer": "#2c3e63", "raincoat": "#f2c93b", "overall": "#3f5f8f",
    }  # fmt: skip
    return usual.get(top)


def read_items(words: str, clothes: dict[str, tuple[str, str | None]], top_colour: str, name: str) -> tuple[Item, ...]:
    """The accessories that words name; one by ``name`` where there are no words."""
    found: dict[str, Item] = {}
    for kind in ("apron", "cape"):
        if kind in clothes:
            found[kind] = Item(kind, clothes[kind][1] or _item_colour(kind, top_colour))
    text = words.lower()
    for slot, kind in GARMENTS.all(words):  # named among the accessories
        if slot == "over" and kind not in found:
            found[kind] = Item(kind, _item_colour(kind, top_colour))
    colours, floor = COLOURS.find(words), 0
    for hit in ITEMS.find(words):
        start = max(floor, hit.start - 24, *(text.rfind(mark, 0, hit.start) for mark in ";；,，"))
        colour = _colour_before(colours, hit.start, start)
        floor = hit.end
        clause = text[max(start, 0) : hit.end + 8]
        place = (
            "forehead" if hit.meaning == "goggles" and re.search(r"额|头顶|头上|forehead|on (?:her|his) head", clause)
            else "neck" if re.search(r"脖|颈|neck", clause)
            else "star" if re.search(r"星|star", clause) and hit.meaning == "hairpin"
            else ""
        )  # fmt: skip
        found.setdefault(hit.meaning, Item(hit.meaning, colour or _item_colour(hit.meaning, top_colour), place))
    if not words.replace(";", "").strip():
        kind = choose(("none", "badge", "watch", "scarf", "bag", "necklace", "glasses"), name, "item")
        if kind != "none":
            found[kind] = Item(kind, _item_colour(kind, top_colour))
    return tuple(found.values())


def _item_colour(kind: str, top_colour: str) -> str:
    return ITEM_COLOURS.get(kind) or mix(dark(top_colour, 0.2), light("#c9a06a"), 0.3)
