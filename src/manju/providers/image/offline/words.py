"""Reading Chinese and English prompts: vocabularies, and what a picture's words ask for."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from manju.providers.image.offline.colour import NAMES

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Hit(Generic[T]):
    """A term found in a text: where, and what it means."""

    start: int
    end: int
    meaning: T


class Vocabulary(Generic[T]):
    """Terms and their meanings. English terms match whole words (plurals too), Chinese ones anywhere; of terms that
    start at the same place the longest wins. A term that means None only hides what it contains (黑板 is not black)."""

    def __init__(self, terms: Mapping[str, T | None]) -> None:
        self.terms = {term.lower(): meaning for term, meaning in terms.items()}
        ordered = sorted(self.terms, key=lambda term: (-len(term), term))
        parts = [rf"(?<![a-z]){re.escape(t)}(?:e?s)?(?![a-z])" if t.isascii() else re.escape(t) for t in ordered]
        self._pattern = re.compile("|".join(parts))

    def find(self, text: str) -> list[Hit[T]]:
        """All terms in ``text``, left to right, not overlapping."""
        found: list[Hit[T]] = []
        for match in self._pattern.finditer(text.lower()):
            meaning = self._meaning(match.group())
            if meaning is not None:
                found.append(Hit(match.start(), match.end(), meaning))
        return found

    def first(self, text: str) -> T | None:
        """Meaning of the first term in ``text``, or None."""
        hits = self.find(text)
        return hits[0].meaning if hits else None

    def all(self, text: str) -> tuple[T, ...]:
        """Meanings of all terms in ``text``, each once, in order of appearance."""
        return tuple(dict.fromkeys(hit.meaning for hit in self.find(text)))

    def _meaning(self, word: str) -> T | None:
        for form in (word, word.removesuffix("s"), word.removesuffix("es")):
            if form in self.terms:
                return self.terms[form]
        return None


def several(table: Mapping[T, str]) -> dict[str, T | None]:
    """``{meaning: "term, term"}`` turned round into ``{term: meaning}``."""
    return {term.strip(): meaning for meaning, terms in table.items() for term in terms.split(",")}


NOT_COLOURS = (
    "织金,黑板,白板,白天,明白,白领,黄昏,金属,现金,银行,银河,青年,青春,年青,粉笔,红绿灯,网红,黑客,红外,绿幕,蓝牙,"
    "金融,基金,资金,黄金时段,orange juice,goldfish,greenhouse,blackboard,whiteboard,white background,blue hour,"
    "golden hour,golden retriever,gold price,red carpet"
)
COLOURS: Vocabulary[str] = Vocabulary({**NAMES, **dict.fromkeys(NOT_COLOURS.split(","))})

TIMES: Vocabulary[str] = Vocabulary(
    several(
        {
            "night": "night,midnight,moonlight,nighttime,starry,夜,夜晚,深夜,午夜,月光,夜色,星空,凌晨,晚上",
            "sunset": "sunset,dusk,golden hour,twilight,evening,sundown,夕阳,黄昏,傍晚,日落,晚霞,余晖",
            "morning": "morning,dawn,sunrise,清晨,早晨,晨,朝阳,日出,黎明,早上",
            "day": "noon,daylight,midday,afternoon,sunny,bright day,白天,正午,中午,下午,阳光,晴",
        }
    )
)
WEATHER: Vocabulary[str] = Vocabulary(
    several(
        {
            "rain": "rain,rainy,storm,drizzle,downpour,雨,暴雨,细雨,雨夜,雷雨",
            "thunder": "thunder,lightning,雷,闪电,雷电,雷雨夜",
            "wind": "wind,windy,gale,狂风,大风,风沙,寒风,风吹",
            "snow": "snow,snowy,blizzard,snowfall,雪,下雪,飘雪",
            "fog": "fog,foggy,mist,misty,haze,smoke,雾,薄雾,烟雾,雾气,烟",
            "petals": "petal,cherry blossom,sakura,樱花,花瓣,落花,桃花",
            "leaves": "falling leaves,autumn leaves,落叶,秋叶,枫叶",
            "sparks": "spark,ember,firefly,fireflies,particles,火花,萤火虫,萤火,粒子,光点",
        }
    )
)
SIDES: Vocabulary[int] = Vocabulary(
    several(
        {
            -1: "left,左,左侧,左边,west,西",
            1: "right,右,右侧,右边,east,东",
            0: "overhead,above,top,ceiling,front,顶,上方,头顶,天花板,正面,正前",
            2: "behind,back light,backlight,backlit,rim,rim light,背后,逆光,背光,轮廓光,身后",
        }
    )
)
SOURCES: Vocabulary[str] = Vocabulary(
    several(
        {
            "#ff5fc8": "neon,霓虹",
            "#8fe3ff": "screen,monitor,hologram,led,computer glow,屏幕,显示器,全息,荧光灯,fluorescent,冷光",
            "#ffd28a": "lamp,candle,lantern,tungsten,bulb,台灯,灯笼,烛光,灯泡,暖光,暖灯,路灯,street light,warm",
            "#ff9a4a": "fire,flame,campfire,篝火,火,炉火,sunset,golden hour,dusk,夕阳,黄昏,晚霞",
            "#bcd0ff": "moon,moonlight,月,月光,星光",
            "#fff0c9": "sun,sunlight,daylight,morning,window,阳光,日光,晨光,窗,自然光,晨",
        }
    )
)


def chance(*parts: object) -> float:
    """A number in [0, 1) that depends on nothing but ``parts`` (SHA-256, so the same on every machine)."""
    data = "\x1f".join(str(part) for part in parts).encode("utf-8", "replace")
    return int.from_bytes(hashlib.sha256(data).digest()[:6], "big") / 2**48


def choose(options: Sequence[T], *parts: object) -> T:
    """One of ``options``, by `chance`."""
    return options[int(chance(*parts) * len(options))]
