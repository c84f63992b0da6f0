"""Whose voice speaks: the table that a channel has."""

from __future__ import annotations

import pytest

from manju.domain.casting import Voice
from manju.domain.order import SpeechRequest
from manju.errors import InputError
from manju.providers.speech.casting import Casting, emotion_of

TABLE = """
    narrator:nora, female:fay, female:fern, female:flora, male:max, zh-male:mao, male-elder:old, child:kit,
    male-low:deep, neutral:noel
"""


def cast(table: str = TABLE, **fields: object) -> str:
    voice = Voice(**{name: fields.pop(name) for name in ("gender", "age", "pitch", "model_voice") if name in fields})
    request = SpeechRequest(text="好", voice=voice, **fields)
    return Casting(table, r"[\w:/-]+").choose(request)


def test_the_most_particular_entry_wins() -> None:
    assert cast(gender="male", speaker="bo", language="en") == "max"
    assert cast(gender="male", speaker="bo", language="zh") == "mao"
    assert cast(gender="male", age="elder", speaker="bo", language="en") == "old"
    assert cast(gender="male", pitch=0.8, speaker="bo", language="en") == "deep"
    assert cast(gender="female", pitch=0.8, speaker="bo") in ("fern", "flora")
    assert cast(gender="neutral", speaker="it") == "noel"
    assert cast(gender="female", age="child", speaker="kid") in ("fern", "flora", "kit")


def test_a_narrator_has_its_own_voice_and_characters_do_not_get_it() -> None:
    assert cast(gender="male", age="elder", speaker="narrator") == "nora"
    table = "female:a, female:b, female:c"
    assert cast(table, gender="female", speaker="narrator") == "a"
    voices = {speaker: cast(table, gender="female", speaker=speaker) for speaker in map(str, range(20))}
    assert set(voices.values()) == {"b", "c"}
    assert all(cast(table, gender="female", speaker=speaker) == voice for speaker, voice in voices.items())


def test_names_may_hold_colons() -> None:
    assert cast("female:vendor/model:anna", gender="female") == "vendor/model:anna"


def test_a_voice_that_is_missing_is_told() -> None:
    with pytest.raises(InputError, match="male adult") as caught:
        cast("female:a", gender="male")
    assert "voices" in caught.value.hint


def test_emotions_are_looked_up_by_their_words() -> None:
    table = "怒:angry, 悲:sad, calm:calm"
    assert emotion_of(table, "愤怒地") == "angry"
    assert emotion_of(table, "CALM") == "calm"
    assert emotion_of(table, "喜") == emotion_of(table, "") == emotion_of("", "愤怒") == ""
    for broken in ("怒", "怒:", ":angry", '怒:"/><x'):
        with pytest.raises(InputError):
            emotion_of(broken, "")
