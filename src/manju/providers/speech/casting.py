"""Which of a vendor's voices speaks: the channel's option ``voices``, a table such as

    narrator:nova, zh-female:xiaohe, female:shimmer, male:onyx, male:echo, male-elder:fable

An entry's words (a language ``zh`` or ``en``; ``female``, ``male`` or ``neutral``; ``child``, ``young``, ``adult`` or
``elder``; ``low`` or ``high``; ``narrator``) say for whom its voice is; what it does not mention, it fits. The entry
with the most words that fit wins, a narrator's own before all; among several such, each speaker keeps one, and the
first is the narrator's.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from manju.domain.casting import NARRATOR, Voice
from manju.domain.order import SpeechRequest
from manju.errors import InputError

_KINDS: tuple[tuple[str, ...], ...] = (
    ("zh", "en"),
    ("female", "male", "neutral"),
    ("child", "young", "adult", "elder"),
    ("low", "high"),
    (NARRATOR,),
)
_LOW, _HIGH = 0.9, 1.1
"""Pitch factors from which on a voice counts as low or high."""


@dataclass(frozen=True, slots=True)
class _Entry:
    words: frozenset[str]
    voice: str


class Casting:
    """A vendor's voices as a channel has them."""

    def __init__(self, table: str, shape: str) -> None:
        """``shape``: a regular expression that every voice name of the vendor matches.

        Raises:
            InputError: the table cannot be read.
        """
        self._shape = re.compile(shape)
        self._entries = tuple(self._entry(part) for part in table.split(",") if part.strip())

    def _entry(self, part: str) -> _Entry:
        key, _, voice = part.strip().partition(":")
        words = frozenset(key.strip().split("-"))
        known = {word for kind in _KINDS for word in kind}
        voice = voice.strip()
        if not words <= known or any(len(words.intersection(kind)) > 1 for kind in _KINDS) or not self._is_one(voice):
            raise InputError(
                f"the channel's option voices has an entry {part.strip()!r} that cannot be read",
                hint="Write entries such as female:NAME or zh-male-elder:NAME, with commas in between.",
            )
        return _Entry(words, voice)

    def _is_one(self, voice: str) -> bool:
        return self._shape.fullmatch(voice) is not None

    def check(self, name: str) -> None:
        """Refuse what cannot be a voice of this vendor. Whether there is one of that name, only the vendor knows.

        Raises:
            InputError: the hint lists those of the table.
        """
        if not self._is_one(name):
            known = ", ".join(dict.fromkeys(entry.voice for entry in self._entries))
            raise InputError(f"{name!r} cannot be a voice of this vendor", hint=f"Voices of this channel: {known}.")

    def choose(self, request: SpeechRequest) -> str:
        """The voice for a speaker; ``model_voice`` if one was asked for by name.

        Raises:
            InputError: the table has none, or the name is none.
        """
        if request.voice.model_voice:
            self.check(request.voice.model_voice)
            return request.voice.model_voice
        fits = _traits(request)
        pool = [(_weight(entry.words), entry.voice) for entry in self._entries if entry.words <= fits]
        if not pool:
            who = f"{request.voice.gender} {request.voice.age} who speaks {request.language}"
            hint = "Add an entry for it to the option voices of the channel in manju.toml."
            raise InputError(f"the channel has no voice for a {who}", hint=hint)
        most = max(weight for weight, _ in pool)
        names = list(dict.fromkeys(voice for weight, voice in pool if weight == most))
        if request.speaker == NARRATOR or len(names) == 1:
            return names[0]
        return names[1:][hashlib.sha256(request.speaker.encode()).digest()[0] % (len(names) - 1)]


def _weight(words: frozenset[str]) -> int:
    return len(words) + len(_KINDS) * (NARRATOR in words) + ("neutral" in words)


def _traits(request: SpeechRequest) -> set[str]:
    """Every word that fits a speaker. A voice of any gender fits one that has none."""
    voice: Voice = request.voice
    genders = {"female", "male", "neutral"} if voice.gender == "neutral" else {voice.gender}
    pitch = {"low"} if voice.pitch <= _LOW else {"high"} if voice.pitch >= _HIGH else set()
    narrator = {NARRATOR} if request.speaker == NARRATOR else set()
    return {request.language, voice.age} | genders | pitch | narrator


def emotion_of(table: str, emotion: str) -> str:
    """The vendor's word for an emotion by the channel's option ``emotions``, a table such as ``怒:angry, 悲:sad``: the
    first entry whose key stands in the emotion. Empty if there is none.

    Raises:
        InputError: the table cannot be read.
    """
    for part in (part.strip() for part in table.split(",") if part.strip()):
        key, _, word = part.partition(":")
        if not key.strip() or not re.fullmatch(r"[A-Za-z][\w-]*", word.strip()):
            hint = "Write entries such as 怒:angry, with commas in between."
            raise InputError(f"the channel's option emotions has an entry {part!r} that cannot be read", hint=hint)
        if emotion and key.strip().lower() in emotion.lower():
            return word.strip()
    return ""
