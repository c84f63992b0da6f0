"""Who speaks: an espeak-ng variant with a pitch for every speaker, the same one every time."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from manju.domain.casting import NARRATOR, Gender, Voice
from manju.domain.screenplay import Language
from manju.errors import InputError

ACCENTS: dict[str, tuple[Language, str]] = {"cmn": ("zh", "cmn"), "en-us": ("en", "en-us"), "en-gb": ("en", "en")}
"""Accents that can be asked for: what each reads, and espeak-ng's name of it (its plain English is British)."""

FEMALE = ("f1", "f3", "f4", "Annie", "belinda")
MALE = ("m1", "m2", "m4", "m6", "m7", "Michael")
"""Cast for characters. f5 and m8 hiss (their sibilants are 5 dB louder than the others') and must be asked for."""

NARRATORS: dict[Gender, str] = {"female": "f2", "male": "m3", "neutral": "m3"}
"""Kept for narrators, so that no character sounds like one."""

VARIANTS = (*FEMALE, *MALE, "f2", "f5", "m3", "m5", "m8", "grandma", "grandpa")
"""Every variant that can be asked for by name."""


_AGE_PITCH = {"child": 1.35, "young": 1.06, "adult": 1.0, "elder": 0.94}
_AGE_RATE = {"child": 1.03, "young": 1.0, "adult": 1.0, "elder": 0.93}

_MOODS: tuple[tuple[tuple[str, ...], tuple[float, float, float]], ...] = (
    (("怒", "愤", "吼", "angry", "anger", "furious", "shout"), (1.06, 1.05, 1.4)),
    (("惊", "恐", "怕", "慌", "fear", "afraid", "scared", "surpris", "panic"), (1.08, 1.1, 1.3)),
    (("紧张", "急", "tense", "nervous", "urgent", "anxious"), (1.07, 1.04, 1.1)),
    (("悲", "伤", "哭", "失落", "低落", "难过", "sad", "sorrow", "grief", "cry"), (0.92, 0.95, 0.7)),
    (("低声", "轻声", "耳语", "神秘", "whisper", "soft", "myster"), (0.94, 0.96, 0.75)),
    (("平静", "冷静", "沉稳", "温柔", "calm", "gentle", "serious"), (0.97, 0.98, 0.85)),
    (("激动", "兴奋", "开心", "高兴", "喜", "欢", "热血", "excit", "happy", "joy", "cheer"), (1.05, 1.07, 1.35)),
)
"""Words of an emotion and what they do to rate, pitch and melody (factors)."""


@dataclass(frozen=True, slots=True)
class Timbre:
    """A speaker's voice: factors on the natural rate, on the variant's own pitch, and on how far its melody moves."""

    variant: str
    accents: dict[Language, str]
    rate: float
    pitch: float
    melody: float


def choose(voice: Voice, speaker: str, emotion: str) -> Timbre:
    """The voice for a speaker in a mood.

    Raises:
        InputError: ``voice.model_voice`` is no voice of ours; the hint lists them.
    """
    accents: dict[Language, str] = {"zh": "cmn", "en": "en-us"}
    digest = hashlib.sha256(speaker.encode()).digest()
    own_pitch = 1.0
    if voice.model_voice:
        variant = _named(voice.model_voice, accents)
    elif speaker == NARRATOR:
        variant = NARRATORS[voice.gender]
    else:
        variant = _cast(voice, digest)
        own_pitch = 0.9 + 0.2 * digest[1] / 255  # a tenth either way tells two speakers of one variant apart
    rate, pitch, melody = next(
        (factors for words, factors in _MOODS if any(word in emotion.lower() for word in words)), (1.0, 1.0, 1.0)
    )
    age_pitch = 1.0 if voice.model_voice else _AGE_PITCH[voice.age]
    return Timbre(variant, accents, rate * _AGE_RATE[voice.age], pitch * voice.pitch * own_pitch * age_pitch, melody)


def _cast(voice: Voice, digest: bytes) -> str:
    if voice.age == "child":
        pool: tuple[str, ...] = FEMALE  # boys too: a child's vocal tract is nearer to a woman's
    elif voice.age == "elder":
        pool = {"female": ("grandma", "f1"), "male": ("grandpa", "m4"), "neutral": ("grandma", "grandpa")}[voice.gender]
    else:
        pool = {"female": FEMALE, "male": MALE, "neutral": (*FEMALE, *MALE)}[voice.gender]
    return pool[digest[0] % len(pool)]


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
    if variant not in VARIANTS or (plus and accent not in ACCENTS):
        raise InputError(
            f"there is no offline voice {name!r}",
            hint=f"Write ACCENT+VARIANT (cmn+f3) or VARIANT; accents: {', '.join(ACCENTS)}; "
            f"variants: {', '.join(VARIANTS)}.",
        )
    if accent:
        language, name = ACCENTS[accent]
        accents[language] = name
    return variant
