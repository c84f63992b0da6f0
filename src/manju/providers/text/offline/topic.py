"""A topic in words, read: what kind of film it asks for, about what, set where, with whom."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from manju.domain.screenplay import Language
from manju.media.wrapping import shortened
from manju.providers.text.offline.bank import keys, words

Kind = Literal["story", "explainer", "advert"]

_BEINGS = ("cat", "dog", "fox", "bear", "panda", "bird", "mouse", "dragon", "fish", "rabbit", "robot")
_TRADES = ("detective", "chef", "swordsman", "astronaut", "hacker", "princess")

_CJK = re.compile(r"[\u3400-\u9fff]")
_LETTER = re.compile(r"[A-Za-z]")
_ZH_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10}
_EN_DIGITS = {
    word: value
    for value, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), start=1
    )
}
_MEASURE = "个種种条件大招步款部本项点样道家位类句首座"
_ZH_COUNT = re.compile(rf"(\d{{1,3}}|[一二两三四五六七八九十])\s*[{_MEASURE}](?!人|月|小时|晚|世|星期|学期)")
_EN_COUNT = re.compile(
    rf"\b(\d{{1,3}}|{'|'.join(_EN_DIGITS)})\b\s+(?:[\w-]+\s+){{0,4}}?"
    r"(?:tools?|ways?|tips?|things?|apps?|habits?|steps?|reasons?|mistakes?|facts?|ideas?|tricks?|rules?|secrets?"
    r"|places?|foods?|books?|recipes?|lessons?|points?|hacks?|meals?|dishes|exercises|breakfasts)\b",
    re.IGNORECASE,
)
_LIST_WORDS = re.compile(
    r"工具|方法|技巧|习惯|理由|原因|步|招|建议|误区|知识|软件|app|网站|地方|菜|书|电影|景点|好物|秘密|要点|瞬间|真相",
    re.IGNORECASE,
)
_ZH_NAMED = re.compile(
    r"(?:名叫|名为|叫做|叫)\s*[“「\"']?([\u4e00-\u9fff]{2,3}?)(?=[”」\"'的，,。！!\s]|在|和|与|去|来|$)"
)
_EN_NAMED = re.compile(r"\b(?:named|called)\s+([A-Z][a-z]{1,11})\b")
_QUESTION = re.compile(
    r"^(?:带你|一文|一次|三分钟)?(?:了解|看懂|读懂|解读|讲透)|^(?:如何|怎么样?|怎样|为什么|什么是"
    r"|教你|科普一?下?[:：]?|揭秘|how to|how do(?: you| i)?|why (?:do|does|is|are)?"
    r"|what (?:is|are)|a guide to|guide to|the basics of)\s*|(?:是什么|怎么办|指南|教程|入门|explained)[?？]?$",
    re.IGNORECASE,
)
_STORY_OF = re.compile(
    r"^(?:请?(?:写|做|拍|讲|生成|创作))?(?:一个|一段|一部|一条|一支)?(?:关于|有关)|(?<=.)的(?:故事|短片|短视频|视频)$"
    r"|^(?:an?\s+|the\s+)?(?:short\s+)?(?:story|film|video|movie)\s+(?:about|of)\s+",
    re.IGNORECASE,
)
_FULL_STOP = re.compile(r"(?<![.A-Z])[。.，,、；;：:]$")
_GOAL_ZH = re.compile(
    r"(?:想要?|要|去|来|我?)((?:寻找|找|拯救|成为|当上|当|赢得|打败|守护|保护|夺回|回到|重建|参加|考上|学会|开)"
    r"[^，。！？,!?的了着]{1,7})$"
)
_GOAL_EN = re.compile(
    r"\b(?:to|wants? to|must)\s+"
    r"((?:find|save|win|become|protect|rebuild|learn|open|reach|build|beat|cook|write)\b[^,.!?]{2,28})$",
    re.IGNORECASE,
)
_URL = re.compile(r"https?://(?:www\.)?([\w-]+)\S*")
_COUNTED_EN = re.compile(
    rf"(?:\d{{1,3}}|{'|'.join(_EN_DIGITS)})\s+(.+?)(?:\s+(?:that|which|for|to|in|of|every)\s+(.{{2,28}}))?$",
    re.IGNORECASE,
)
_WAYS_EN = frozenset(
    ("ways", "tips", "steps", "reasons", "rules", "tricks", "things", "secrets", "ideas", "facts", "mistakes", "habits")
)
_KEY_EN = 22
_GLUE_ZH = re.compile(r"[的了在里和与之是我你他她它这那有让把被到从给为吗呢吧着过一个\W]+")
_GLUE_EN = re.compile(
    r"(?:an?|the|of|in|on|at|to|and|or|is|are|was|were|my|your|h?is|hers?|our|their|this|that|with|for|from|by|as|its?"
    r"|who|what|why|how|when|where|story|tale|film|about|i|you|s?he|we|they|me|not?|do|does|did|be|been|has|have)",
    re.IGNORECASE,
)
_ENDS = " ，。、,.!?！？：:'-"
_AD_SPLIT = re.compile(r"\s+[-–—|]+\s+|[—–]{1,2}|[:：|｜]|，|,")
_AD_NOISE = re.compile(
    r"^(?:一支|一个|一条)?(?:给|为|送给).{1,8}?的|(?:的)?(?:tvc|电视|产品|品牌|创意|视频|短片|带货)*(?:广告片?|宣传片|短片|推广|发布)$|^(?:一支|一个|一条|为|给)"
    r"|^(?:an?\s+)?(?:tvc\s+)?(?:commercial|advert(?:isement)?|ad|promo|brand film)\s+(?:for|about)\s+"
    r"|\s+(?:commercial|advert|ad|promo|tvc|brand film|product launch)$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic as the writers use it. ``settings`` are bank ids, the leading one first; ``count`` is 0 if unnamed."""

    text: str
    title: str
    theme: str
    language: Language
    kind: Kind
    settings: tuple[str, ...]
    hero: str
    role: str
    items: str
    product: str
    product_name: str
    count: int
    subject: str
    slogan: str
    hero_name: str
    genre: str = "drama"
    found: tuple[str, ...] = ()
    """The settings that the words name, before any is supposed."""
    place: str = ""
    """A place of the bank's ``spots``, as the topic names it."""
    kin: str = ""
    kin_gender: str = ""
    kin_age: str = ""
    role_name: str = ""
    craft: str = ""
    top: str = ""
    goal: str = ""
    time: str = ""
    key: str = ""
    """The topic's own core in a word or two."""


def language_of(text: str, default: Language = "zh") -> Language:
    """Chinese when a fair part of the letters is Chinese; ``default`` without any letters."""
    chinese, latin = len(_CJK.findall(text)), len(_LETTER.findall(text))
    if not chinese and not latin:
        return default
    return "zh" if chinese * 4 >= latin else "en"


def quoted(text: str, columns: int) -> str:
    """The first words of a user's text as they stand in a sentence: to the letter, without the marks at its ends."""
    return shortened(" ".join(text.split()).strip(_ENDS), columns).strip(_ENDS)


def _score(text: str, table: dict[str, tuple[str, ...]]) -> list[str]:
    """Ids of a table that the text names: most words first, then the earliest word, then the table's order."""
    found = []
    for rank, (name, hints) in enumerate(table.items()):
        places = [place for hint in hints if (place := _find(text, hint)) >= 0]
        if places:
            found.append((-len(places), min(places), rank, name))
    return [name for *_, name in sorted(found)]


def _find(text: str, hint: str) -> int:
    """Where a word begins in the text, or -1. Latin words stand alone or with a common ending; ``word*`` is a stem."""
    if not hint[0].isascii():
        return text.find(hint)
    stem = hint.endswith("*")
    ending = "" if stem else r"(?:s|es|ing|er|ers|ed|y)?(?![a-z])"
    match = re.search(rf"(?<![a-z]){re.escape(hint.rstrip('*'))}{ending}", text)
    return match.start() if match else -1


def _count(text: str) -> int:
    if match := _ZH_COUNT.search(text):
        number = match.group(1)
        return int(number) if number.isdigit() else _ZH_DIGITS[number]
    if match := _EN_COUNT.search(text):
        number = match.group(1).lower()
        return int(number) if number.isdigit() else _EN_DIGITS[number]
    return 0


def _kind(text: str, count: int) -> Kind:
    table = keys().kinds
    hits = {name: any(_find(text, hint) >= 0 for hint in hints) for name, hints in table.items()}
    if hits["advert"]:
        return "advert"
    if count and (_LIST_WORDS.search(text) or _EN_COUNT.search(text)) and not re.search("故事|story", text):
        return "explainer"
    if hits["explainer"] and not hits["story"] and not hits["drama"]:
        return "explainer"
    return "story"


def read(text: str, language: Language | None = None, kind: Kind | None = None) -> Topic:
    """Read a topic. ``language`` and ``kind`` win over what its words suggest."""
    spoken = language or language_of(text)
    low = text.lower()
    count = _count(low)
    chosen = kind or _kind(low, count)
    table = keys()
    whole = " ".join(text.split())
    named = _FULL_STOP.sub("", _STORY_OF.sub("", whole).strip()) or whole
    title = shortened(named, 24 if spoken == "zh" else 30)
    settings = _score(low, table.settings)
    found = tuple(settings)
    hero, role = _hero(low)
    bank = words(spoken)
    kin = _longest(low, [word for word in table.kin if word.isascii() == (spoken == "en")])
    kin_gender, kin_age = table.kin.get(kin, " ").split(" ")[:2] if kin else ("", "")
    place = _longest(low, list(bank.spots))
    roles = [word for word in table.roles[spoken] if word.isascii() == (spoken == "en")]
    role_name = _longest(low, roles)
    craft = (_score(low, table.crafts) or [""])[0]
    top = _longest(low, [bank.crafts[craft].top, *table.roles["tops"]] if craft else [])
    goal = _goal(whole, spoken)
    if "home" in settings:
        # A mother may be anywhere: any place that is named comes before the home.
        settings = [*(name for name in settings if name != "home"), "home"]
    if not settings and hero in _BEINGS:
        settings = ["home"]
    if not settings or (len(settings) == 1 and chosen == "story" and settings[0] == "office"):
        settings = [*settings, "city"]
    lists = _score(low, table.lists)
    facts = _score(low, table.facts)
    concept = any(word in low for word in table.concept["words"])
    hero_name = _ZH_NAMED.search(text) or _EN_NAMED.search(text)
    product, slogan = _product(text, spoken) if chosen == "advert" else ("", "")
    subject = quoted(_QUESTION.sub("", title.rstrip(_ENDS)), 12 if spoken == "zh" else 16)
    nothing = "这个故事" if spoken == "zh" else "this story"
    return Topic(
        text=text,
        title=title or nothing,
        theme=_inside(quoted(_URL.sub(r"\1", title), 12 if spoken == "zh" else 18)) or nothing,
        language=spoken,
        kind=chosen,
        settings=tuple(settings),
        hero=hero,
        role=role,
        items=facts[0]
        if facts
        else lists[0]
        if lists and not (concept and not count)
        else ("concept" if concept or (kind and not count) else "howto"),
        product=(_score(product.lower(), table.products) or _score(low, table.products) or ["thing"])[0],
        product_name=product,
        count=count if chosen == "explainer" else 0,
        subject=subject or ("它" if spoken == "zh" else "it"),
        slogan=slogan,
        hero_name=hero_name.group(1) if hero_name else "",
        genre=_genre(low, craft, place),
        found=found,
        place=place,
        kin=kin,
        kin_gender=kin_gender,
        kin_age=kin_age,
        role_name=role_name,
        craft=craft,
        top=top,
        goal=goal,
        time=_longest(low, list(table.times)),
        key=_key(
            _QUESTION.sub("", _URL.sub(r"\1", named)),
            [] if chosen == "explainer" else [top, role_name, kin, place],
            spoken,
        ),
    )


def _longest(text: str, choices: Sequence[str]) -> str:
    """The longest of the words that stand in a text; of equals the one that stands first in ``choices``."""
    found = [word for word in choices if word and _find(text, word) >= 0]
    return max(found, key=len, default="")


def _genre(text: str, craft: str, place: str) -> str:
    """The first genre of the table (from the narrow to the wide) that the text names; else what a craft or a place
    alone can carry, else the plot that takes any topic."""
    table = keys().genres
    usual = "dream" if craft else "corner" if place else "drama"
    return next((name for name, hints in table.items() if any(_find(text, hint) >= 0 for hint in hints)), usual)


def _goal(text: str, language: Language) -> str:
    """What somebody in the topic is after, as a verb with its object."""
    match = (_GOAL_ZH if language == "zh" else _GOAL_EN).search(text)
    goal = match.group(1).strip(_ENDS) if match else ""
    if language == "zh" and re.match("找(?!到|回)", goal):
        goal = f"找到{goal.removeprefix('找').removeprefix('寻')}"
    return goal


def _key(text: str, named: Sequence[str], language: Language) -> str:
    """The topic's core: a word of the banks that it holds, else what it counts or asks, else its longest run between
    particles."""
    if known := next((word for word in named if word), ""):
        return known
    text = text.strip(_ENDS)
    if language == "en":
        if match := _COUNTED_EN.match(text):
            return match.group(2) if match.group(2) and match.group(1).lower() in _WAYS_EN else match.group(1)
        if 0 < len(text) <= _KEY_EN:
            return _inside(text)
        found = [word for word in re.findall(r"[A-Za-z][\w'-]*", text) if not _GLUE_EN.fullmatch(word)]
        return max(found, key=len, default=quoted(text, 10) or text[:10])
    last = text.rsplit("的", 1)[-1]
    if 2 <= len(last) <= 8 and last != text:
        return last
    runs = [run for run in _GLUE_ZH.split(text) if run]
    best = max(runs, key=lambda run: (min(len(run), 6), -len(run)), default=text)
    return best if len(best) <= 8 else quoted(text, 6)


def _hero(text: str) -> tuple[str, str]:
    """Archetype of the hero, and the one that gives the role: a cat may be a detective."""
    named = [name for name, hints in keys().heroes.items() if any(_find(text, hint) >= 0 for hint in hints)]
    beings = [name for name in named if name in _BEINGS]
    trades = [name for name in named if name not in _BEINGS]
    hero = (beings or trades or ["person"])[0]
    return hero, trades[0] if beings and trades and trades[0] in _TRADES else hero


def _inside(theme: str) -> str:
    """A theme as it stands inside an English sentence."""
    return theme[0].lower() + theme[1:] if re.match(r"(?:A|An|The|How|Why|What) ", theme) else theme


def _product(text: str, language: Language) -> tuple[str, str]:
    """Product and slogan of an advertisement's theme: ``product - slogan``."""
    parts = [part.strip() for part in _AD_SPLIT.split(text.strip(), maxsplit=1)]
    name = _AD_NOISE.sub("", _AD_NOISE.sub("", parts[0])).strip()
    limit = 12 if language == "zh" else 16
    product = quoted(name, limit) or quoted(text, limit)
    slogan = quoted(parts[1], 16 if language == "zh" else 24) if len(parts) > 1 else ""
    return product or ("它" if language == "zh" else "it"), slogan
