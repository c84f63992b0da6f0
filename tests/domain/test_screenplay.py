"""The screenplay: lines get uids that stay theirs, and references are checked with their places."""

from __future__ import annotations

import random
from typing import Any

import pytest
from pydantic import ValidationError

from manju.domain.screenplay import Screenplay


def film(*shots: Any, **fields: Any) -> Screenplay:
    """Shots s01, s02 ... from lists of lines: a text, or (uid, text)."""
    return Screenplay.model_validate(
        {
            "schema": "manju.screenplay",
            "title": "t",
            "duration_target_ms": 5000,
            "shots": [
                shot
                if isinstance(shot, dict)
                else {
                    "uid": f"s{number:02d}",
                    "duration_ms": 5000,
                    "lines": [
                        {"text": line} if isinstance(line, str) else {"uid": line[0], "text": line[1]} for line in shot
                    ],
                }
                for number, shot in enumerate(shots, 1)
            ],
            **fields,
        }
    )


def uids(screenplay: Screenplay) -> list[list[str]]:
    return [[line.uid for line in shot.lines] for shot in screenplay.shots]


def places(document: Any) -> list[tuple[Any, ...]]:
    with pytest.raises(ValidationError) as caught:
        Screenplay.model_validate(document)
    return [error["loc"] for error in caught.value.errors()]


class TestNaming:
    def test_lines_are_named_by_shot_and_place(self) -> None:
        assert uids(film(["a", "b"], [], ["c"]).named()) == [["s01-1", "s01-2"], [], ["s03-1"]]

    def test_naming_is_done_once(self) -> None:
        named = film(["a", "b"], ["c"]).named()
        assert named.named() is named
        assert Screenplay.model_validate_json(named.to_json()) == named

    def test_a_new_line_takes_nobodys_uid(self) -> None:
        assert uids(film(["new", ("s01-1", "a"), ("s01-2", "b")]).named()) == [["s01-3", "s01-1", "s01-2"]]

    def test_nor_that_of_a_line_in_another_shot_or_of_one_that_is_gone(self) -> None:
        earlier = film([("s01-1", "a"), ("s01-2", "b")], [("s01-3", "c")])
        assert uids(film([("s01-1", "a"), "new"], [("s01-3", "c")]).named([earlier])) == [["s01-1", "s01-4"], ["s01-3"]]
        long_ago = film([("s01-1", "a"), ("s01-4", "x")])
        assert uids(film([("s01-1", "a"), "new"]).named([long_ago, earlier])) == [["s01-1", "s01-5"]]

    def test_a_file_that_was_written_anew_without_uids_keeps_them(self) -> None:
        earlier = film(["好。", "再见。"], ["好。"]).named()
        again = film(["新的。", "再见。", "好。"], ["好。"]).named([earlier])
        assert uids(again) == [["s01-3", "s01-2", "s01-1"], ["s02-1"]]

    def test_a_line_is_known_by_its_speaker_too(self) -> None:
        cast = {"characters": [{"uid": "lin", "name": "林"}]}
        earlier = film([("s01-1", "好。")], **cast)
        said = {"uid": "s01", "duration_ms": 5000, "lines": [{"speaker": "lin", "text": "好。"}]}
        assert uids(film(said, **cast).named([earlier])) == [["s01-2"]]

    def test_a_line_that_moved_without_its_uid_is_known_again(self) -> None:
        earlier = film(["a"], ["b"]).named()
        assert uids(film([], ["b", "a"]).named([earlier])) == [[], ["s02-1", "s01-1"]]

    def test_of_two_that_say_the_same_each_is_known_by_its_shot(self) -> None:
        earlier = film(["好。"], ["好。"]).named()
        one, two = ({**shot.model_dump(), "lines": [{"text": "好。"}]} for shot in earlier.shots)
        assert uids(film(two, one).named([earlier])) == [["s02-1"], ["s01-1"]]

    @pytest.mark.parametrize("seed", range(50))
    def test_whatever_is_edited_no_uid_changes_hands(self, seed: int) -> None:
        """Lines are added, removed and moved at random, with or without their uids in the file: a line that is still
        there keeps its uid, and no two lines of all revisions share one."""
        chance = random.Random(seed)
        history = [film(*([f"{shot}{line}" for line in "abc"] for shot in "xyz")).named()]
        owner = {line.uid: line.text for shot in history[0].shots for line in shot.lines}
        for step in range(8):
            lines = [(line.uid, line.text) for shot in history[-1].shots for line in shot.lines]
            known = {text: uid for uid, text in lines}
            del lines[chance.randrange(len(lines))]
            chance.shuffle(lines)
            shots: list[list[Any]] = [[], [], []]
            for uid, text in lines:
                chance.choice(shots).append(text if chance.random() < 0.3 else (uid, text))
            for number in range(2):
                chance.choice(shots).insert(0, f"new{step}-{number}")
            now = film(*shots).named(history)
            for line in (line for shot in now.shots for line in shot.lines):
                assert known.get(line.text, line.uid) == line.uid
                assert owner.setdefault(line.uid, line.text) == line.text
            assert now == film(*shots).named(history)
            history.append(now)


class TestReferences:
    def test_a_line_named_twice_or_like_the_music(self) -> None:
        document = film([("a", "1"), ("b", "2")], [("c", "3")]).model_dump(by_alias=True)
        document["shots"][1]["lines"][0]["uid"] = "a"
        document["shots"][0]["lines"][1]["uid"] = "music"
        assert places(document) == [("shots", 0, "lines", 1, "uid"), ("shots", 1, "lines", 0, "uid")]

    @pytest.mark.parametrize("name", ["shots", "scenes", "characters", "props"])
    def test_things_named_twice(self, name: str) -> None:
        thing = {"uid": "x", "duration_ms": 5000} if name == "shots" else {"uid": "x", "name": "x"}
        other = {**thing, "uid": "y"}
        assert places({**film([]).model_dump(by_alias=True), name: [thing, other, thing]}) == [(name, 2, "uid")]

    def test_a_copied_shot_is_told_once_and_its_lines_when_it_has_a_name(self) -> None:
        document = film([("a", "1"), ("b", "2")]).model_dump(by_alias=True)
        (shot,) = document["shots"]
        document["shots"] = [shot, shot]
        assert places(document) == [("shots", 1, "uid")]
        document["shots"] = [shot, {**shot, "uid": "s02"}]
        assert places(document) == [("shots", 1, "lines", 0, "uid"), ("shots", 1, "lines", 1, "uid")]

    def test_what_is_not_in_the_film(self) -> None:
        shot = {
            "uid": "s01",
            "duration_ms": 5000,
            "scene": "hall",
            "characters": ["lin"],
            "props": ["sword"],
            "lines": [{"text": "a"}, {"speaker": "lin", "text": "b"}],
        }
        assert places({**film([]).model_dump(by_alias=True), "shots": [shot]}) == [
            ("shots", 0, "scene"),
            ("shots", 0, "characters", 0),
            ("shots", 0, "props", 0),
            ("shots", 0, "lines", 1, "speaker"),
        ]
