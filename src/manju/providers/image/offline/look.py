"""From a figure's words to what is drawn of it: hair, face, clothes, accessories.

What the words leave open is chosen by a hash of the name, so a character looks the same in every picture.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TypedDict

from manju.domain.order import Figure
from manju.providers.image.offline.colour import dark
from manju.providers.image.offline.outfit import (
    OLD,
    Item,
    default_bottom,
    default_shoes,
    read_clothes,
    read_items,
    read_leggings,
    usual_colour,
)
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
from manju.providers.image.offline.words import COLOURS, Vocabulary, choose, several


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
    eye_shape: str
    """``round``, ``almond``, ``sharp`` or ``droopy``."""
    waist_long: bool
    """Whether long hair reaches the hips."""
    leggings: str
    """Colour of stockings, or empty for bare legs."""
    dressed: bool
    """Whether a garment was named."""
    carries: str = ""
    """What the accessories say is in the hand (a word for `props.find_props`), or empty."""

    chibi: bool = False
    """Whether it is drawn as a chibi, three heads tall."""

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
    (re.compile(r"机器人|机身|外壳|履带|机甲人|仿生人|robot|android|\bshell\b|chassis|tread"), "robot"),
    (
        re.compile(r"猫头鹰|小鸟|麻雀|乌鸦|鹦鹉|鸽|仙鹤|企鹅|小鸡|羽毛|\bbird\b|parrot|\bowl\b|crow\b|penguin|feather"),
        "bird",
    ),
    (re.compile(r"兔|rabbit|bunny"), "rabbit"),
    (re.compile(r"狐(?!耳)|\bfox\b"), "fox"),
    (re.compile(r"熊猫|\bpanda\b"), "panda"),
    (re.compile(r"小熊|棕熊|白熊|北极熊|\bbear\b"), "bear"),
    (re.compile(r"神龙|巨龙|小龙(?![女虾包])|龙宝|龙鳞|\bdragon\b"), "dragon"),
    (re.compile(r"骏马|白马(?!王)|小马驹|马驹|鬃毛|\bhorse\b|\bpony\b|\bmane\b"), "horse"),
    (re.compile(r"锦鲤|金鱼|鲤鱼|小鱼|鱼鳍|\bfish\b|\bfins?\b"), "fish"),
    (re.compile(r"小狗|狗|犬|\bdog\b|puppy|corgi"), "dog"),
    (re.compile(r"老虎|小虎(?!牙)|虎崽|\btiger\b"), "tiger"),
    (re.compile(r"小猫|猫(?!耳)|\bcat\b(?!.?ear)|kitten|tabby"), "cat"),
    (re.compile(r"绒毛|耳尖"), "rabbit"),
    (re.compile(r"卷毛|棕白相间|尾巴尖"), "dog"),
    (re.compile(r"短毛|虎斑|脚掌|爪|\bfur\b|\bpaws?\b|whisker|\btail\b"), "cat"),
)
_HAND = re.compile(r"手里|手中|手上拿|手的|in (?:the|his|her|one) (?:left |right )?hand|held|holding|手持|拿着|捧")
_GATHERED = frozenset(("twintails", "braid", "braids", "ponytail", "sidetail", "updo", "topknot", "half", "bun"))
_CROPPED = frozenset(("crew", "slick", "mullet", "wolf", "afro"))
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
_FORMAL = ("blazer", "officer", "coat", "labcoat", "chef", "robe", "qipao", "tangzhuang", "armour", "vest")
_EYE_SHAPES: Vocabulary[str] = Vocabulary(
    several(
        {
            "sharp": "sharp eyes,phoenix eyes,narrow eyes,丹凤眼,凤眼,狭长,锐利,细长,凌厉,鹰",
            "round": "round eyes,big eyes,doe eyes,杏眼,大眼,圆眼,圆圆,水汪汪,清澈",
            "droopy": "droopy,gentle eyes,下垂眼,温柔,无辜,柔和",
            "almond": "almond,桃花眼,杏仁",
        }
    )
)


def read_look(figure: Figure) -> Look:
    """The look that the figure's words describe, completed by its name."""
    name = figure.name
    said = _sort(figure)
    words = " ".join(figure.features)
    species = _species(f"{name} {said['hair']} {said['build']} {said['skin']} {said['other']} {said['shoes']}".lower())
    gender = _gender(figure, words)
    build = said["build"] + " " + said["other"]
    clothes = read_clothes(f"{said['outfit']}", name)
    top, top_colour = clothes.get("top", (choose(_DEFAULT_TOPS[gender], name, "top"), None))
    top_colour = _dyed(top_colour, top) or usual_colour(top) or choose(_OUTFIT_CHOICES, name, "outfit")
    inner_kind = clothes.get("shirt")
    inner = (inner_kind[1] if inner_kind else None) or ("#f4f3ef" if top_colour != "#f6f6f4" else "#b9c7d8")
    skirted = gender == "female" and (top == "uniform" or choose((False, False, True), name, "skirt"))
    given = clothes.get("bottom")
    usual = default_bottom(top, top_colour, gender, name)
    if given and top in OLD and given[0] in ("jeans", "skirt", "trousers"):  # of that age
        given = ("longskirt" if given[0] == "skirt" else "bound", given[1] or (usual[1] if usual else None))
    bottom, bottom_colour = given or usual or ("skirt" if skirted else "trousers", None)
    if bottom_colour is None:
        bottom_colour = (
            dark(top_colour, 0.35)
            if top in ("blazer", "uniform")
            else choose(("#39404f", "#4b5568", "#2f3b52", "#5b4a42"), name, "bottom")
        )
    shoe_text = said["shoes"]
    formal = top in _FORMAL or figure.age == "elder"
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
        **_hair(said["hair"] or (said["other"] if species != "human" else ""), name, gender, figure.age),
        top=top,
        top_colour=top_colour,
        inner=inner,
        bottom=bottom,
        bottom_colour=bottom_colour,
        shoes=SHOES.first(shoe_text) or default_shoes(top, formal, name)[0],
        shoe_colour=_dyed(COLOURS.first(shoe_text), top) or default_shoes(top, formal, name)[1],
        pattern=PATTERNS.first(said["outfit"]) or "",
        items=read_items(
            f"{said['accessories']}; {said['other']}; {said['hair']}; {said['outfit']}", clothes, top_colour, name
        ),
        eye_shape=_EYE_SHAPES.first(said["eyes"])
        or choose(("round", "almond", "sharp", "droopy", "almond"), name, "eye"),
        waist_long=bool(re.search(r"及腰|过腰|及膝|waist|hip-length|very long", said["hair"].lower())),
        leggings=read_leggings(said["outfit"] + said["shoes"], gender, bottom, figure.age),
        dressed=any(hit.meaning[0] != "bottom" for hit in GARMENTS.find(said["outfit"])),
        carries=" ".join(part for part in re.split(r"[;,，、；。]", said["accessories"]) if _HAND.search(part.lower())),
    )


def _dyed(colour: str | None, top: str) -> str | None:
    """A colour as old times dyed it: 青 was the blue-green of plants, not cyan."""
    return "#3f7078" if top in OLD and colour == COLOURS.first("青色") else colour


def _species(words: str) -> str:
    return next((species for pattern, species in _SPECIES if pattern.search(words)), "human")


def _measure(age: str, gender: str, build: str) -> tuple[float, float]:
    height = {"child": 122.0, "young": 165.0, "adult": 170.0, "elder": 162.0}.get(age, 170.0)
    if gender == "male" and age != "child":
        height += 8
    height *= 1.05 if _TALL.search(build) else 0.94 if _SMALL.search(build) else 1.0
    girth = 1.2 if _WIDE.search(build) else 0.93 if _SLIM.search(build) else 1.0
    return height, girth


class _Hair(TypedDict):
    hair: str
    length: str
    style: str
    fringe: str


def _hair(words: str, name: str, gender: str, age: str) -> _Hair:
    colour = COLOURS.first(words)
    if colour is None:
        colour = "#c9ccd2" if age == "elder" else choose(_HAIR_CHOICES, name, "hair")
    style = STYLES.first(words)
    length = LENGTHS.first(words)
    if length is None:
        lengths = ("bob", "medium", "long", "long") if gender == "female" else ("short", "short")
        length = "long" if style in _GATHERED else "short" if style in _CROPPED else choose(lengths, name, "length")
    if style is None:
        styles = ("straight", "wavy", "ponytail") if gender == "female" else ("straight", "messy", "spiky")
        style = "straight" if words.strip() else choose(styles, name, "style")
    if length == "short" and style == "topknot":
        length = "medium"
    fringe = FRINGES.first(words) or {"topknot": "back", "slick": "back", "crew": "none", "updo": "centre"}.get(style)
    if gender == "male" and length in ("long", "medium") and style not in ("messy", "wolf", "curly", "mullet"):
        # A man's long hair leaves his forehead free, or he passes for a woman.
        fringe = fringe if fringe in ("back", "none", "side") else choose(("centre", "back", "side"), name, "fringe")
    if fringe is None:
        fringes = ("straight", "side", "centre", "wisps") if gender == "female" else ("side", "messy", "centre", "side")
        fringe = "messy" if style in ("spiky", "messy", "wolf", "curly") else choose(fringes, name, "fringe")
    return {"hair": colour, "length": length, "style": style, "fringe": fringe}


def as_chibi(look: Look) -> Look:
    """``look`` as a chibi (Q版): a person three heads tall."""
    return look if look.species != "human" else replace(look, height=look.height * 0.66, chibi=True)
