"""From a figure's words to what is drawn of it: hair, face, clothes, accessories.

What the words leave open is chosen by a hash of the name, so a character looks the same in every picture.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from manju.domain.order import Figure
from manju.providers.image.offline.colour import dark, light, mix
from manju.providers.image.offline.wardrobe import (
    FRINGES,
    GARMENTS,
    ITEMS,
    LENGTHS,
    PATTERNS,
    SHOES,
    SKIN_WORDS,
    SKINS,
    STYLES,
)
from manju.providers.image.offline.words import COLOURS, Hit, choose


@dataclass(frozen=True, slots=True)
class Item:
    """An accessory: what it is, and its colour."""

    kind: str
    colour: str


@dataclass(frozen=True, slots=True)
class Look:
    """Everything that stays the same about a figure from picture to picture. ``height`` is in cm, ``girth`` a factor
    on widths."""

    name: str
    species: str
    """``"human"``, or what `creature` draws."""
    gender: str
    age: str
    height: float
    girth: float
    skin: str
    eyes: str
    hair: str
    length: str
    style: str
    fringe: str
    top: str
    top_colour: str
    inner: str
    bottom: str
    bottom_colour: str
    shoes: str
    shoe_colour: str
    pattern: str
    items: tuple[Item, ...]
    dressed: bool
    """Whether a garment was named."""
    carries: str
    """What the accessories say is in the hand (a word for `props.find_props`), or empty."""

    def has(self, kind: str) -> Item | None:
        """The accessory of this kind, if the figure wears one."""
        return next((item for item in self.items if item.kind == kind), None)


_KEYS = {
    "hair": re.compile(r"^(hair\w*|头发|发型|发色|毛发)$"),
    "eyes": re.compile(r"^(eyes?|eye colou?r|眼睛|眼|瞳色|瞳孔|眼瞳)$"),
    "build": re.compile(r"^(build|body|figure|proportions?|体型|身材|身形|体态|比例|头身比)$"),
    "skin": re.compile(r"^(skin|complexion|肤色|皮肤)$"),
    "outfit": re.compile(r"^(outfit|clothes|clothing|costume|wear|服装|服饰|衣着|穿着|着装|衣服|衣装)$"),
    "accessories": re.compile(r"^(accessor(y|ies)|props?|配饰|饰品|装饰|道具|随身物品|配件)$"),
    "shoes": re.compile(r"^(shoes?|footwear|鞋|鞋子|鞋履|靴子)$"),
}
_SLIM = re.compile(r"slim|slender|thin|lean|petite|skinny|纤|瘦|苗条|娇小|清瘦")
_WIDE = re.compile(r"stout|fat|chubby|plump|heavy|burly|muscular|broad|round|stocky|strong|胖|壮|魁梧|结实|圆|强壮")
_TALL = re.compile(r"\btall|lanky|高大|高挑|修长|身材高|个子高")
_SMALL = re.compile(r"\bshort\b|petite|\bsmall\b|tiny|娇小|矮|小巧")
_HAIRY = re.compile(r"hair|ponytail|braid|bangs|发|刘海|马尾|辫|丸子头|头$")
_EYED = re.compile(r"\beyes?\b|eyed|瞳|眼睛|眼眸|双眼|[^睛]眼$|色眼")
_SKIN = re.compile(r"skin|complexion|肤|皮肤")
_FEMALE = re.compile(
    r"\b(woman|girl|lady|female|she|her|mother|queen|princess|grandma)\b|女|姑娘|少女|妈|奶奶|公主|姐|妹"
)
_MALE = re.compile(r"\b(man|boy|guy|male|he|his|father|king|prince|grandpa)\b|男|少年|小伙|爸|爷爷|先生|哥|弟|大叔")
_SPECIES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"机器人|机身|外壳|履带|robot|android|\bshell\b|chassis|tread"), "robot"),
    (re.compile(r"兔|rabbit|bunny"), "rabbit"),
    (re.compile(r"小狗|狗|犬|\bdog\b|puppy|corgi"), "dog"),
    (re.compile(r"小猫|猫(?!耳)|\bcat\b(?!.?ear)|kitten|tabby"), "cat"),
    (re.compile(r"绒毛|耳尖"), "rabbit"),
    (re.compile(r"卷毛|棕白相间|尾巴尖"), "dog"),
    (re.compile(r"短毛|虎斑|脚掌|爪|\bfur\b|\bpaws?\b|whisker|\btail\b"), "cat"),
)
_HAND = re.compile(r"手里|手中|手上拿|手的|in (?:the|his|her|one) (?:left |right )?hand|held|holding|手持|拿着|捧")
_HAIR_CHOICES = ("#2a2430", "#3a2a2c", "#5a3a2a", "#7a4a2c", "#22303f", "#8d3b2f", "#c9a05a", "#4b4a78")
_OUTFIT_CHOICES = ("#3a6ea5", "#c4553f", "#4f8a5b", "#d9a13b", "#6d5aa8", "#2f8f95", "#b8486e", "#54627a")


def _sort(figure: Figure) -> dict[str, str]:
    """The features by subject. A feature without a key is sorted by what its words are about."""
    sorted_: dict[str, list[str]] = {key: [] for key in (*_KEYS, "other")}
    for feature in figure.features:
        key, colon, value = re.sub("：", ":", feature).partition(":")
        subject = next((s for s, p in _KEYS.items() if p.match(key.strip().lower())), None) if colon else None
        if subject is not None:
            sorted_[subject].append(value)
            continue
        for phrase in re.split(r"[,，、;；。\n]", feature):
            sorted_[_subject(phrase.lower())].append(phrase)
    return {key: "; ".join(values) for key, values in sorted_.items()}


def _subject(phrase: str) -> str:
    checks = (
        (bool(SHOES.find(phrase)), "shoes"),
        (
            any(h.meaning in ("hairpin", "ribbon", "headphones", "glasses", "sunglasses") for h in ITEMS.find(phrase)),
            "accessories",
        ),
        (bool(_SKIN.search(phrase)), "skin"),
        (bool(_EYED.search(phrase)), "eyes"),
        (bool(_HAIRY.search(phrase)) and not GARMENTS.find(phrase), "hair"),
        (bool(GARMENTS.find(phrase)), "outfit"),
        (bool(ITEMS.find(phrase)), "accessories"),
    )
    return next((subject for holds, subject in checks if holds), "other")


def _colour_before(hits: list[Hit[str]], start: int, floor: int) -> str | None:
    """The last colour named between ``floor`` and ``start``."""
    near = [h.meaning for h in hits if floor <= h.start and h.end <= start + 1]
    return near[-1] if near else None


def _clothes(words: str, name: str) -> dict[str, tuple[str, str | None]]:
    """Slot (top, shirt, bottom) -> (kind, colour or None)."""
    found: dict[str, tuple[str, str | None]] = {}
    colours, floor = COLOURS.find(words), 0
    for hit in GARMENTS.find(words):
        slot, kind = hit.meaning
        colour = _colour_before(colours, hit.start, floor)
        floor = hit.end
        if slot == "top" and slot in found:
            if found["top"][0] in ("jacket", "blazer", "coat", "labcoat", "vest", "apron"):
                found.setdefault("shirt", (kind, colour))
            elif kind in ("jacket", "blazer", "coat", "labcoat", "vest", "apron"):
                found["shirt"], found["top"] = found["top"], (kind, colour)
            continue
        found.setdefault(slot, (kind, colour))
    if "top" in found and found["top"][1] is None and colours and not any(c for _, c in found.values()):
        found["top"] = (found["top"][0], colours[0].meaning)
    if "top" not in found and "shirt" in found:
        found["top"] = found.pop("shirt")
    if "top" not in found and colours:
        kind = choose(("hoodie", "jacket", "tshirt", "sweater"), name, "top")
        found["top"] = (kind, colours[0].meaning)
    return found


def _gender(figure: Figure, words: str) -> str:
    if figure.gender in ("female", "male"):
        return figure.gender
    text = f"{figure.name} {words}".lower()
    if _FEMALE.search(text) or "dress" in text or "裙" in text:
        return "female"
    if _MALE.search(text):
        return "male"
    return choose(("female", "male"), figure.name, "gender")


_DEFAULT_TOPS = {
    "female": ("hoodie", "jacket", "sweater", "shirt", "dress", "blazer"),
    "male": ("hoodie", "jacket", "shirt", "tshirt", "sweater", "blazer"),
}
_LONG_TOPS = ("dress", "robe", "spacesuit", "armour")


def read_look(figure: Figure) -> Look:
    """The look that the figure's words describe, completed by its name."""
    name = figure.name
    said = _sort(figure)
    words = " ".join(figure.features)
    species = _species(f"{name} {words}".lower())
    gender = _gender(figure, words)
    build = said["build"] + " " + said["other"]
    clothes = _clothes(f"{said['outfit']}", name)
    top, top_colour = clothes.get("top", (choose(_DEFAULT_TOPS[gender], name, "top"), None))
    top_colour = top_colour or _usual(top) or choose(_OUTFIT_CHOICES, name, "outfit")
    inner_kind = clothes.get("shirt")
    inner = (inner_kind[1] if inner_kind else None) or ("#f4f3ef" if top_colour != "#f6f6f4" else "#b9c7d8")
    skirted = gender == "female" and (top == "uniform" or choose((False, False, True), name, "skirt"))
    bottom, bottom_colour = clothes.get("bottom", ("skirt" if skirted else "trousers", None))
    if top in _LONG_TOPS and "bottom" not in clothes:
        bottom, bottom_colour = "none", top_colour
    if bottom_colour is None:
        bottom_colour = (
            dark(top_colour, 0.35)
            if top in ("blazer", "uniform")
            else choose(("#39404f", "#4b5568", "#2f3b52", "#5b4a42"), name, "bottom")
        )
    shoe_text = said["shoes"]
    height, girth = _measure(figure.age, gender, build.lower()) if species == "human" else (106.0, 1.0)
    skin_words = said["skin"] + (" " + build if "skin" in build or "肤" in build else "")
    return Look(
        name=name,
        species=species,
        gender=gender,
        age=figure.age if figure.age in ("child", "young", "adult", "elder") else "adult",
        height=height,
        girth=girth,
        skin=SKINS[SKIN_WORDS.first(skin_words) or choose(("fair", "light", "light"), name, "skin")],
        eyes=COLOURS.first(said["eyes"]) or choose(("#4a3527", "#3b5a78", "#3f6b4f", "#5a3a6a"), name, "eyes"),
        **_hair(said["hair"], name, gender, figure.age),
        top=top,
        top_colour=top_colour,
        inner=inner,
        bottom=bottom,
        bottom_colour=bottom_colour,
        shoes=SHOES.first(shoe_text) or choose(("sneakers", "shoes", "boots"), name, "shoes"),
        shoe_colour=COLOURS.first(shoe_text) or choose(("#f1f1ee", "#3a3438", "#7a4a35", "#c4453f"), name, "shoe"),
        pattern=PATTERNS.first(said["outfit"]) or "",
        items=_items(f"{said['accessories']}; {said['other']}; {said['hair']}; {said['outfit']}", top_colour, name),
        dressed=any(hit.meaning[0] != "bottom" for hit in GARMENTS.find(said["outfit"])),
        carries=" ".join(part for part in re.split(r"[;,，、；。]", said["accessories"]) if _HAND.search(part.lower())),
    )


def _species(words: str) -> str:
    return next((species for pattern, species in _SPECIES if pattern.search(words)), "human")


def _usual(top: str) -> str | None:
    usual = {"labcoat": "#f3f5f6", "spacesuit": "#eceff2", "armour": "#8a94a6", "uniform": "#2d3a5e"}
    return usual.get(top)


def _measure(age: str, gender: str, build: str) -> tuple[float, float]:
    height = {"child": 122.0, "young": 165.0, "adult": 170.0, "elder": 162.0}.get(age, 170.0)
    if gender == "male" and age != "child":
        height += 8
    height *= 1.05 if _TALL.search(build) else 0.94 if _SMALL.search(build) else 1.0
    girth = 1.2 if _WIDE.search(build) else 0.93 if _SLIM.search(build) else 1.0
    return height, girth


def _hair(words: str, name: str, gender: str, age: str) -> dict[str, str]:
    colour = COLOURS.first(words)
    if colour is None:
        colour = "#c9ccd2" if age == "elder" else choose(_HAIR_CHOICES, name, "hair")
    style = STYLES.first(words)
    length = LENGTHS.first(words)
    if length is None:
        lengths = ("bob", "medium", "long", "long") if gender == "female" else ("short", "short")
        length = "long" if style in ("twintails", "braid", "ponytail") else choose(lengths, name, "length")
    if style is None:
        styles = ("straight", "wavy", "ponytail") if gender == "female" else ("straight", "messy", "spiky")
        style = "straight" if words.strip() else choose(styles, name, "style")
    fringe = FRINGES.first(words)
    if fringe is None:
        fringes = ("straight", "side", "centre") if gender == "female" else ("side", "messy", "side")
        fringe = "messy" if style in ("spiky", "messy") else choose(fringes, name, "fringe")
    return {"hair": colour, "length": length, "style": style, "fringe": fringe}


def _items(words: str, top_colour: str, name: str) -> tuple[Item, ...]:
    found: dict[str, Item] = {}
    colours, floor = COLOURS.find(words), 0
    for hit in ITEMS.find(words):
        colour = _colour_before(colours, hit.start, max(floor, hit.start - 24))
        floor = hit.end
        found.setdefault(hit.meaning, Item(hit.meaning, colour or _item_colour(hit.meaning, top_colour)))
    if not found:
        kind = choose(("none", "badge", "watch", "scarf", "bag", "necklace", "glasses"), name, "item")
        if kind != "none":
            found[kind] = Item(kind, _item_colour(kind, top_colour))
    return tuple(found.values())


def _item_colour(kind: str, top_colour: str) -> str:
    fixed = {
        "glasses": "#2b2f3c",
        "sunglasses": "#1e1f28",
        "goggles": "#39d0e8",
        "headphones": "#e8504a",
        "scarf": "#d2493f",
        "tie": "#b23a3a",
        "ribbon": "#e0485a",
        "badge": "#f0c040",
        "backpack": "#8a5a3c",
        "bag": "#8a5a3c",
        "watch": "#2b2f3c",
        "gloves": "#3a3438",
        "mask": "#eef2f5",
        "halfmask": "#c3cad6",
        "cape": "#8c1f2a",
        "belt": "#4a2f22",
        "crown": "#f0c040",
        "necklace": "#f0c040",
        "earring": "#f0c040",
        "hairpin": "#f0c040",
        "beard": "#c9ccd2",
        "moustache": "#3a2a2c",
        "catears": "#3a2a2c",
        "flower": "#f08fb0",
    }
    return fixed.get(kind) or mix(dark(top_colour, 0.2), light("#c9a06a"), 0.3)
