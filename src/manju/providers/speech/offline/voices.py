"""Who speaks: an espeak-ng variant with a pitch and a vocal tract for every speaker, the same one every time."""

from __future__ import annotations

import hashlib
import math
import re
from dataclasses import dataclass

from manju.domain.casting import NARRATOR, Age, Gender, Voice
from manju.domain.screenplay import Language
from manju.errors import InputError

ACCENTS: dict[str, tuple[Language, str]] = {"cmn": ("zh", "cmn"), "en-us": ("en", "en-us"), "en-gb": ("en", "en")}
"""Accents that can be asked for: what each reads, and espeak-ng's name of it (its plain English is British)."""

HERTZ: dict[str, tuple[float, float]] = {
    "f1": (159, 181), "f2": (168, 197), "f3": (175, 214), "f4": (159, 181), "f5": (181, 206), "Annie": (197, 240),
    "aunty": (184, 172), "belinda": (212, 230), "grandma": (163, 202), "linda": (212, 230),
    "m1": (84, 94), "m2": (91, 101), "m3": (91, 105), "m4": (81, 94), "m5": (89, 104), "m6": (89, 102),
    "m7": (90, 108), "m8": (76, 87), "Michael": (92, 108), "grandpa": (94, 107), "max": (90, 103),
}  # fmt: skip
"""Variants that can be asked for by name: median pitch of Chinese and of English at espeak-ng's middle pitch."""

FEMALE = ("f1", "f3", "linda", "f4", "belinda")
MALE = ("m1", "m6", "Michael", "m2", "m7", "m4", "max")
"""Cast for characters. f5 and m8 hiss (their sibilants are 5 dB louder than the others'), and Annie's
pitch moves half as far as it is told to: these must be asked for."""
_MONOTONOUS = {"linda": 1.4, "belinda": 1.4, "aunty": 1.3}
"""Factors that bring the tones of variants with little melody to those of the others."""

NARRATORS: dict[Gender, str] = {"female": "f2", "male": "m3", "neutral": "m3"}
"""Kept for narrators, so that no character sounds like one."""

_SPEAKS: dict[Gender, dict[Age, tuple[float, float, float]]] = {
    "female": {
        "child": (285, 1.17, 1.05), "young": (238, 1.05, 1.04), "adult": (203, 1.0, 1.0), "elder": (170, 0.95, 0.9),
    },
    "male": {
        "child": (255, 1.2, 1.05), "young": (134, 1.06, 1.04), "adult": (114, 1.0, 1.0), "elder": (91, 0.91, 0.9),
    },
}  # fmt: skip
"""Hertz, vocal tract and rate (factors) of a sex and age."""
_NARRATES: dict[Gender, tuple[float, float, float]] = {
    "female": (186, 0.98, 1.0), "male": (106, 0.97, 1.0), "neutral": (106, 0.97, 1.0),
}  # fmt: skip
_ROBOT = (1.02, 0.97, 0.12)
"""Vocal tract, rate and melody of a robot, whose pitch is between a man's and a woman's."""
_ROBOT_HERTZ: dict[Age, float] = {"child": 190, "young": 160, "adult": 140, "elder": 122}

_TRACT_BY_PITCH = 0.3
"""A voice that is told to be lower also has a longer vocal tract: by this power of the pitch."""

_MOODS: tuple[tuple[str, tuple[float, float, float, float, float]], ...] = (
    ("低声|小声|轻声|耳语|悄声|压低|神秘|低语|whisper|quiet|soft|myster|low", (0.94, 0.94, 0.7, -4.5, 0)),
    ("哭|哽咽|含泪|泣|流泪|cry|sob|tear", (0.86, 1.06, 0.9, -1.0, 0.016)),
    ("冷笑|讥|嘲|不屑|轻蔑|sneer|scorn|mock", (0.95, 0.96, 1.2, 0, 0)),
    ("怒|愤|吼|喊|大声|咆哮|angry|anger|furious|shout|yell", (1.08, 1.1, 1.45, 2.5, 0)),
    ("惊|恐|怕|慌|颤|抖|fear|afraid|scared|surpris|panic|shock|startl|alarm", (1.1, 1.18, 1.4, 1.0, 0.006)),
    ("紧张|急|匆|催|警|担心|担忧|焦|tense|nervous|urgent|anxious|hurr|worr", (1.16, 1.06, 1.15, 1.0, 0)),
    (
        "悲|伤|失落|低落|难过|疲|累|无奈|绝望|叹|沮丧|虚弱|喘|痛|疼|闷哼|犹豫|迟疑"
        "|sad|sorrow|grief|tired|weary|weak|broken|sigh|hesita|unsure|lost",
        (0.88, 0.93, 0.65, -1.5, 0),
    ),
    ("平静|冷静|沉稳|沉着|沉声|冷|严肃|认真|坚定|calm|cold|serious|firm|stern|sure", (0.95, 0.95, 0.75, 0, 0)),
    ("温柔|温和|温暖|慈祥|安慰|鼓励|gentle|tender|kind|warm|reliev", (0.94, 1.0, 0.95, -1.5, 0)),
    (
        "激动|兴奋|开心|高兴|喜|欢|笑|热血|得意|自信|期待|调皮|俏皮|爽快|轻松"
        "|excit|happy|joy|cheer|laugh|smil|proud|teas|eager|bright|play",
        (1.06, 1.1, 1.35, 1.0, 0),
    ),
    ("好奇|疑|困惑|抱怨|curious|puzzl|doubt|wonder", (0.98, 1.05, 1.25, 0, 0)),
)
"""Words of an emotion, and what they do to rate, pitch, melody (factors) and loudness (dB), and how the voice shakes.
The first that fits counts; an English one where a word begins with it."""
_WORDS_OF_MOODS = tuple(
    (re.compile(r"(?<![a-z])(?:" + words + ")", re.IGNORECASE), factors) for words, factors in _MOODS
)


@dataclass(frozen=True, slots=True)
class Timbre:
    """A speaker's voice in a mood.

    ``hertz`` is the median pitch wished for in Chinese and in English, in that order; ``tract`` a factor on the
    formants; ``rate`` and ``melody`` factors on the natural rate and on how far the pitch moves; ``loudness_db`` how
    much louder than in no mood; ``tremor`` how far the pitch shakes; ``drift`` a phase of its own.
    """

    variant: str
    accents: dict[Language, str]
    hertz: tuple[float, float]
    tract: float
    rate: float
    melody: float
    loudness_db: float
    tremor: float
    drift: float
    robot: bool


def choose(voice: Voice, speaker: str, emotion: str) -> Timbre:
    """The voice for a speaker in a mood.

    Raises:
        InputError: ``voice.model_voice`` is no voice of ours; the hint lists them.
    """
    accents: dict[Language, str] = {"zh": "cmn", "en": "en-us"}
    digest = hashlib.sha256(speaker.encode()).digest()
    robot = voice.kind == "robot" and not voice.model_voice
    melody = 1.0
    if voice.model_voice:
        variant = _named(voice.model_voice, accents)
        hertz, tract, rate = HERTZ[variant][0], 1.0, _SPEAKS["male"][voice.age][2]
    else:
        gender = voice.gender
        if speaker == NARRATOR:
            variant = NARRATORS[gender]
            hertz, tract, rate = _NARRATES[gender]
        else:
            if gender == "neutral":
                gender = "female" if digest[2] % 2 else "male"
            variant = _cast(voice, gender, digest)
            hertz, tract, rate = _SPEAKS[gender][voice.age]
            tract *= 0.98 + 0.04 * digest[1] / 255
            rate *= 0.97 + 0.06 * digest[3] / 255
        if robot:
            tract, rate, melody = _ROBOT
            hertz = _ROBOT_HERTZ[voice.age]
    mood_rate, mood_pitch, mood_melody, loudness, tremor = next(
        (factors for words, factors in _WORDS_OF_MOODS if words.search(emotion)), (1.0, 1.0, 1.0, 0, 0)
    )
    factor = voice.pitch * (1 + (mood_pitch - 1) * (0.5 if robot else 1))
    own = HERTZ[variant]
    return Timbre(
        variant=variant,
        accents=accents,
        hertz=(hertz * factor, hertz * factor * (own[1] / own[0]) ** 0.5),
        tract=tract * voice.pitch**_TRACT_BY_PITCH,
        rate=rate * mood_rate,
        melody=melody * mood_melody * _MONOTONOUS.get(variant, 1.0),
        loudness_db=loudness,
        tremor=0.0 if robot else tremor,
        drift=2 * math.pi * digest[4] / 256,
        robot=robot,
    )


def _cast(voice: Voice, gender: Gender, digest: bytes) -> str:
    if voice.age == "child":
        pool: tuple[str, ...] = FEMALE  # boys too: a child's vocal tract is nearer to a woman's
    elif voice.age == "elder":
        pool = ("grandma", "f1", "aunty") if gender == "female" else ("grandpa", "m4", "max")
    else:
        pool = FEMALE if gender == "female" else MALE
    # Two of a kind are told apart by pitch (`manju.pipeline.voices`): then they have not the same variant either.
    return pool[(digest[0] + round(6 * math.log2(voice.pitch))) % len(pool)]


def check(name: str) -> None:
    """
    Raises:
        InputError: there is no such voice; the hint lists those there are.
    """
    _named(name, {"zh": "", "en": ""})


def _named(name: str, accents: dict[Language, str]) -> str:
    """The variant of ``"en-gb+f3"`` or ``"f3"``; an accent is noted for the language that it reads."""
    accent, plus, variant = name.partition("+")
    if not plus:
        accent, variant = "", name
    if variant not in HERTZ or (plus and accent not in ACCENTS):
        raise InputError(
            f"there is no offline voice {name!r}",
            hint=f"Write ACCENT+VARIANT (cmn+f3) or VARIANT; accents: {', '.join(ACCENTS)}; "
            f"variants: {', '.join(HERTZ)}.",
        )
    if accent:
        language, name = ACCENTS[accent]
        accents[language] = name
    return variant
