"""What a resume asks for differently, how it is told, and what a person's edit has decided."""

from __future__ import annotations

import pytest

from manju.domain.film import FilmSpec, Models, Music, Source
from manju.errors import InputError
from manju.pipeline.changes import admit, changes, merged

CAT = Source(kind="topic", text="猫")
BEFORE = FilmSpec(source=CAT, seconds=20, voice="male", music=Music(kind="file", path="/a.wav"), seed=3)


def test_only_what_was_set_is_changed() -> None:
    assert merged(FilmSpec(source=CAT), BEFORE) == BEFORE
    assert merged(FilmSpec(source=CAT, seconds=30, seed=0), BEFORE) == BEFORE.model_copy(
        update={"seconds": 30, "seed": 0}
    )


def test_music_is_one_choice_and_models_are_one_each() -> None:
    asked = FilmSpec(source=CAT, music=Music(kind="none"), models=Models(video="offline:animatic"))
    spec = merged(asked, BEFORE.model_copy(update={"models": Models(text="a:b")}))
    assert spec.music == Music(kind="none")
    assert spec.models == Models(text="a:b", video="offline:animatic")


def test_changes_are_told_as_a_user_says_them() -> None:
    asked = FilmSpec(source=CAT, style="水墨", music=Music(style="calm"), seed=0, models=Models(video="a:b"))
    assert changes(merged(asked, BEFORE), BEFORE) == {
        "style": "style 水墨 (was default)",
        "music": "music calm (was /a.wav)",
        "seed": "seed 0 (was 3)",
        "video model": "video model a:b (was default)",
    }
    assert changes(BEFORE, BEFORE) == {}


@pytest.mark.parametrize(
    ("changed", "screenplay", "timeline", "says"),
    [
        (["voice", "resolution", "text model"], False, False, ""),
        (["voice", "resolution"], True, False, ""),
        (["voice", "style"], True, False, "screenplay.json was edited by hand: another style"),
        (["text model"], True, False, "another text model"),
        (["budget", "profile"], True, True, ""),
        (["voice"], False, True, "timeline.json was edited by hand: another voice"),
    ],
)
def test_what_a_person_edited_has_the_last_word(
    changed: list[str], screenplay: bool, timeline: bool, says: str
) -> None:
    if not says:
        admit(changed, own_screenplay=screenplay, own_timeline=timeline)
        return
    with pytest.raises(InputError, match=says) as caught:
        admit(changed, own_screenplay=screenplay, own_timeline=timeline)
    assert "delete" in caught.value.hint
