"""What a script says of a character's looks: ``17岁，短发，红围巾``; ``17, red braids, yellow raincoat``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from manju.domain.casting import Age, Gender
from manju.pipeline.script.shape import CharacterPart, LookPart

_PARTS = re.compile(r"[，,、；;。/|\n]+\s*|\s+-\s+")
_WORDS: Mapping[str, re.Pattern[str]] = {
    # The order decides where a piece names several: glasses are no eyes, a headscarf is no coat.
    "shoes": re.compile(r"鞋|靴|屐|\b(?:shoes?|boots?|sneakers?|heels|sandals)\b", re.IGNORECASE),
    "accessories": re.compile(
        r"围巾|帽|眼镜|墨镜|项链|耳环|耳钉|手表|手镯|戒指|领带|领结|发卡|发带|头巾|面具|口罩|背包|书包|挎包|腰带|徽章|校徽|胸针|耳机|披肩|"
        r"\b(?:scarf|hat|cap|glasses|goggles|necklace|earrings?|watch|bracelet|ring|tie|backpack|bag|belt|badge|mask|"
        r"headphones|gloves|satchel)\b",
        re.IGNORECASE,
    ),
    "hair": re.compile(
        r"发|辫|马尾|刘海|光头|秃|寸头|髻|胡子|胡须|"
        r"\b(?:hair(?:ed)?|braids?|ponytail|bald|curls|bob|bun|beard(?:ed)?|moustache|fringe|dreadlocks)\b",
        re.IGNORECASE,
    ),
    "eyes": re.compile(r"眼|瞳|眸|\beye[sd]?\b|-eyed\b", re.IGNORECASE),
    "outfit": re.compile(
        r"衣|裙|衫|裤|外套|夹克|校服|西装|西服|制服|长袍|旗袍|袍|恤|马甲|毛线|披风|斗篷|盔甲|铠甲|汉服|工装|背带|装$|"
        r"\b(?:coat|raincoat|jacket|dress|shirt|t-shirt|uniform|suit|hoodie|sweater|skirt|robe|jeans|trousers|overalls|"
        r"vest|cloak|armou?r|gown|apron|blazer|cardigan|kimono)\b",
        re.IGNORECASE,
    ),
    "build": re.compile(
        r"高个|矮个|个子|身材|体型|瘦|胖|壮|魁梧|高大|娇小|苗条|高挑|佝偻|"
        r"\b(?:tall|short|slim|thin|lean|stocky|sturdy|slender|petite|burly|plump|lanky|heavyset)\b",
        re.IGNORECASE,
    ),
}
_YEARS = re.compile(
    r"(\d{1,3}|[一二三四五六七八九]?十[一二三四五六七八九]?)\s*(?:多|来|几)?\s*(?:岁|years? old|-year-old|y/?o\b)",
    re.IGNORECASE,
)
_BARE_AGE = re.compile(r"(?:(early|mid|late)[\s-]*)?(\d{1,3})(?:['’]?s)?(?:ish)?|(\d{1,2})[-–~]\d{1,2}", re.IGNORECASE)
_AGES: tuple[tuple[Age, re.Pattern[str]], ...] = (
    (
        "elder",
        re.compile(
            r"老人|老年|奶奶|爷爷|外婆|外公|老头|老太|老者|老伯|\b(?:elderly|old (?:man|woman|lady)|grand\w+)\b", re.I
        ),
    ),
    (
        "child",
        re.compile(
            r"儿童|小孩|孩子|男童|女童|幼|小男孩|小女孩|小学生|\b(?:child|kid|little (?:boy|girl)|toddler)\b", re.I
        ),
    ),
    (
        "young",
        re.compile(r"少年|少女|青年|年轻|高中生|初中生|大学生|女孩|男孩|\b(?:young|teen\w*|girl|boy|student)\b", re.I),
    ),
    ("adult", re.compile(r"中年|成年|\b(?:middle[\s-]aged|adult)\b", re.I)),
)
_FEMALE = re.compile(
    r"(?:^|[，,、；;\s（(])女(?:$|[，,、；;\s）)性])|女孩|少女|女人|女子|女士|女生|女学生|女[^，,、；;]{0,6}[员师生长人]|姑娘|母亲|妈妈|奶奶|外婆|姐姐|妹妹|阿姨|"
    r"\b(?:female|woman|girl|lady|mother|daughter|sister|grandmother|wife|she|her)\b",
    re.IGNORECASE,
)
_MALE = re.compile(
    r"(?:^|[，,、；;\s（(])男(?:$|[，,、；;\s）)性])|男孩|男人|男子|先生|男生|男学生|男[^，,、；;]{0,6}[员师生长人]|小伙|父亲|爸爸|爷爷|外公|哥哥|弟弟|大叔|"
    r"\b(?:male|man|boy|gentleman|father|son|brother|grandfather|husband|he|his)\b",
    re.IGNORECASE,
)
_INTRODUCED = re.compile(r"[（(]([^（()）]{2,80})[）)]")
_CHINESE_NAME = re.compile(r"(?:^|[，。！？；：:、\s△▲])([\u3400-\u9fff·]{2,4})$")
_LATIN_NAME = re.compile(r"\b([A-Z][A-Z'’.-]+(?:\s+[A-Z][A-Z'’.-]+){0,2})\s*,?\s*$")


def described(name: str, about: str) -> CharacterPart:
    """A character with the features that ``about`` names; the whole of it is the description."""
    look: dict[str, str] = {}
    age: Age | None = None
    for piece in (part.strip() for part in _PARTS.split(about)):
        if not piece:
            continue
        age = age or _age(piece)
        field = next((field for field, words in _WORDS.items() if words.search(piece)), "")
        if field:
            comma = "，" if not piece.isascii() else ", "
            look[field] = f"{look[field]}{comma}{piece}" if field in look else piece
    age = age or next((found for found, words in _AGES if words.search(about)), None)
    return CharacterPart(name=name, description=about.strip(), gender=_gender(about), age=age, look=LookPart(**look))


def _age(piece: str) -> Age | None:
    match = _YEARS.search(piece)
    years = _number(match[1]) if match else None
    if years is None and (bare := _BARE_AGE.fullmatch(piece)):
        years = int(bare[2] or bare[3])
    if years is None or years > 150:
        return None
    return "child" if years < 13 else "young" if years < 30 else "adult" if years < 60 else "elder"


def _number(text: str) -> int:
    """``17``, ``五十``, ``十七``"""
    if text.isdecimal():
        return int(text)
    tens, _, ones = text.partition("十")
    digits = " 一二三四五六七八九"
    return (digits.index(tens) if tens else 1) * 10 + (digits.index(ones) if ones else 0)


def _gender(about: str) -> Gender | None:
    female, male = _FEMALE.search(about), _MALE.search(about)
    if female and male:
        return "female" if female.start() < male.start() else "male"
    return "female" if female else "male" if male else None


def pronouns(text: str) -> Gender | None:
    """The gender of most of a text's pronouns, or None where they do not tell."""
    female = len(re.findall(r"她(?!们)|\b(?:she|her|hers)\b", text, re.IGNORECASE))
    male = len(re.findall(r"他(?!们|人)|\b(?:he|his|him)\b", text, re.IGNORECASE))
    return "female" if female > male else "male" if male > female else None


def tells(about: str) -> bool:
    """Whether words in brackets describe a person: they name an age or a feature."""
    pieces = [part.strip() for part in _PARTS.split(about) if part.strip()]
    return any(_age(piece) or any(words.search(piece) for words in _WORDS.values()) for piece in pieces)


def introduced(text: str, known: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Names with what is said of them at their first entrance: ``林晓（17岁，短发，红围巾）推门进来``.

    ``known`` names are found wherever they stand before the bracket; others only as a name by themselves.
    """
    for match in _INTRODUCED.finditer(text):
        if not tells(match[1]):
            continue
        before = text[max(0, match.start() - 40) : match.start()].rstrip()
        name = max((name for name in known if before.lower().endswith(name.lower())), key=len, default="")
        if not name:
            found = _CHINESE_NAME.search(before) or _LATIN_NAME.search(before)
            name = found[1].strip() if found else ""
        if name:
            yield name, match[1]
