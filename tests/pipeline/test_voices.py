"""Who has which voice: what a screenplay tells of its people, and nobody like anybody else."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import pytest
from studio import screenplay

from manju.domain.casting import Character, Voice
from manju.domain.screenplay import Screenplay
from manju.pipeline.voices import voices


def film(*people: Character, silent: tuple[str, ...] = ()) -> Screenplay:
    lines = [{"text": "好", "speaker": one.uid} for one in people if one.uid not in silent]
    return screenplay({"lines": lines}, characters=[one.model_dump() for one in people])


def person(uid: str, name: str = "某", role: str = "", **voice: object) -> Character:
    return Character(uid=uid, name=name, role=role, voice=Voice.model_validate(voice))


@pytest.mark.parametrize(
    ("name", "role", "gender", "age", "kind"),
    [
        ("奶奶", "", "female", "elder", "person"),
        ("王大爷", "", "male", "elder", "person"),
        ("小女孩", "", "female", "child", "person"),
        ("陈先生", "老板", "male", "adult", "person"),
        ("林晚", "女学生", "female", "young", "person"),
        ("铁豆", "机器人", "neutral", "adult", "robot"),
        ("AI", "", "neutral", "adult", "robot"),
        ("阿明", "AI工程师", "neutral", "adult", "person"),
        ("妈妈和爸爸", "", "neutral", "adult", "person"),
        ("Old Man", "", "male", "elder", "person"),
        ("Captain", "the robot's owner", "neutral", "adult", "person"),
        ("某", "", "neutral", "adult", "person"),
    ],
)
def test_a_name_and_a_role_tell(name: str, role: str, gender: str, age: str, kind: str) -> None:
    voice = voices(film(person("a", name, role)))["a"]
    assert (voice.gender, voice.age, voice.kind) == (gender, age, kind)


def test_what_the_screenplay_says_wins() -> None:
    own: dict[str, Any] = {"gender": "male", "age": "child", "pitch": 1.3, "model_voice": "m7"}
    assert voices(film(person("a", "奶奶", **own)))["a"] == Voice.model_validate(own)


def test_nobody_who_speaks_sounds_like_another() -> None:
    people = [person(f"c{index}", gender="female", age="young") for index in range(9)]
    cast = voices(film(*people))
    assert cast["c0"] == people[0].voice
    assert len(set(cast.values())) == 9
    for one, other in combinations([cast[f"c{index}"].pitch for index in range(5)], 2):
        assert max(one, other) / min(one, other) > 2 ** (2.4 / 12)


def test_who_says_nothing_takes_no_voice_from_others() -> None:
    people = [person("a", gender="male"), person("b", gender="male")]
    assert voices(film(*people, silent=("a",)))["b"].pitch == 1.0


def test_a_crowd_is_no_problem() -> None:
    cast = voices(film(*(person(f"c{index}", gender="male") for index in range(200))))
    assert all(0.5 <= voice.pitch <= 2.0 for voice in cast.values())
