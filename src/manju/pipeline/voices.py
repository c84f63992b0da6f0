"""Which voice each character of a film has: what the screenplay says, completed by what its name and role tell, and no
two speakers alike."""

from __future__ import annotations

import re
from collections.abc import Iterator

from manju.domain.casting import Age, Character, Voice
from manju.domain.screenplay import Screenplay

SEMITONES = (0, -2.5, 2.5, -5, 5, -7.5, 7.5)
"""How far voices that are described alike are moved apart, the first of the cast first."""
MOST = 140
"""Speakers who are described alike and still sound different. Nobody could tell so many apart."""

_ROBOT = re.compile(
    r"机器人|机器狗|机器猫|机甲|仿生人|人工智能|智能助手|智能音箱|\brobots?\b(?!['’]s)|\bandroid\b|\bcyborg\b|\bdroid\b"
    r"|(?<![A-Za-z])AI(?![A-Za-z])(?!工程|专家|研究)",
    re.IGNORECASE,
)
_WOMAN = re.compile(
    r"奶奶|外婆|姥姥|婆婆|老太|大妈|大婶|阿姨|姑姑|妈妈|母亲|妻子|太太|女士|小姐|姐|妹|女孩|女生|女人|少女|女儿|公主|王后|女王|女巫|娘|^女|女$"
    r"|\b(?:girl|woman|lady|mother|mom|mum|grandma|grandmother|aunt|sister|daughter|wife|queen|princess|witch|mrs|ms)\b",
    re.IGNORECASE,
)
_MAN = re.compile(
    r"爷爷|外公|姥爷|老头|大爷|大叔|叔叔|伯伯|爸|父亲|丈夫|先生|哥|弟|男孩|男生|男人|少年|儿子|国王|王子|和尚|道士|^男|男$"
    r"|\b(?:boy|man|gentleman|father|dad|grandpa|grandfather|uncle|brother|son|husband|king|prince|wizard|mr)\b",
    re.IGNORECASE,
)
_AGES: tuple[tuple[Age, re.Pattern[str]], ...] = (
    (
        "elder",
        re.compile(
            r"奶奶|爷爷|外婆|外公|姥姥|姥爷|婆婆|老太|老头|老人|老者|大爷|老爷|长老|老师傅"
            r"|\b(?:grandma|grandpa|grandmother|grandfather|old|elder|elderly)\b",
            re.IGNORECASE,
        ),
    ),
    (
        "child",
        re.compile(
            r"小孩|孩子|儿童|小男孩|小女孩|男孩|女孩|小朋友|宝宝|童|\b(?:child|kid|boy|girl|baby|toddler)\b",
            re.IGNORECASE,
        ),
    ),
    ("young", re.compile(r"少年|少女|学生|青年|同学|小姐|\b(?:student|teen|teenager|young)\b", re.IGNORECASE)),
)


def voices(screenplay: Screenplay) -> dict[str, Voice]:
    """The voice of every character, by uid. Those who speak never have equal ones."""
    speaking = {line.speaker for shot in screenplay.shots for line in shot.lines}
    cast = {character.uid: _told(character) for character in screenplay.characters}
    taken: set[Voice] = set()
    for uid in (character.uid for character in screenplay.characters if character.uid in speaking):
        cast[uid] = next((voice for voice in _shifted(cast[uid]) if voice not in taken), cast[uid])
        taken.add(cast[uid])
    return cast


def _told(character: Character) -> Voice:
    """The character's voice; where nothing is said of it (neutral, adult), what name and role tell."""
    voice = character.voice
    # Descriptions tell of other people too, so they are not read.
    about = f"{character.role} {character.name}".strip()
    update: dict[str, object] = {}
    if _ROBOT.search(about):
        update["kind"] = "robot"
    elif voice.gender == "neutral":
        woman, man = _WOMAN.search(about), _MAN.search(about)
        if (woman is None) != (man is None):
            update["gender"] = "female" if woman else "male"
    if voice.age == "adult" and (age := next((age for age, words in _AGES if words.search(about)), None)):
        update["age"] = age
    return voice.model_copy(update=update)


def _shifted(voice: Voice) -> Iterator[Voice]:
    """The voice itself, then the same at other pitches; when these are used up, between them."""
    yield voice
    for round_ in range(MOST // len(SEMITONES)):
        for step in SEMITONES[int(round_ == 0) :]:
            pitch = voice.pitch * 2 ** (step / 12) * 0.99**round_
            yield voice.model_copy(update={"pitch": round(min(2.0, max(0.5, pitch)), 3)})
