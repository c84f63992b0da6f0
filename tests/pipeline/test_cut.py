"""The cut: a timeline of whole frames in which every voice lies in its shot, clear of the transitions."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise
from typing import get_args

import pytest
from studio import SPEC, saying, screenplay

from manju.domain.cues import Word
from manju.domain.film import FilmSpec
from manju.domain.screenplay import Screenplay
from manju.domain.storyboard import Transition
from manju.domain.time import milliseconds
from manju.domain.timeline import Picture, Timeline
from manju.pipeline.cut import Spoken, cut, with_music
from manju.pipeline.limits import Limits
from manju.pipeline.pacing import pace


def spoken(text: str, ms: int, path: str) -> Spoken:
    """A line of which every character takes as long as the others."""
    ends = [ms * (number + 1) // len(text) for number in range(len(text))]
    words = zip(text, [0, *ends], ends, strict=False)
    return Spoken(path, ms, tuple(Word(text=char, start_ms=start, end_ms=end) for char, start, end in words))


def timeline(film: Screenplay, lengths: list[list[int]], spec: FilmSpec = SPEC, **pictures: Picture) -> Timeline:
    voices = [
        [spoken(line.text, ms, f"audio/{line.uid}.wav") for line, ms in zip(shot.lines, each, strict=True)]
        for shot, each in zip(film.shots, lengths, strict=True)
    ]
    return cut(spec, (136, 240), film, pace(film, lengths, Limits()), voices, pictures, "")


@pytest.mark.parametrize("seed", range(60))
def test_voices_lie_in_their_shots_and_clear_of_transitions(seed: int) -> None:
    chance = random.Random(seed)
    lengths = [
        [chance.randint(300, 6000) for _ in range(chance.choice((0, 1, 1, 2)))] for _ in range(chance.randint(1, 10))
    ]
    film = screenplay(
        *(
            {
                **saying(*("山坡上有一只猫。" for _ in each)),
                "duration_ms": chance.randint(500, 12_000),
                "transition": chance.choice(get_args(Transition)),
            }
            for each in lengths
        )
    ).named()
    rate = chance.choice((Fraction(12), Fraction(24), Fraction(30000, 1001)))
    made = timeline(film, lengths, SPEC.model_copy(update={"fps": rate}))
    starts = [*made.starts(), made.total_frames]
    index = {shot.uid: number for number, shot in enumerate(made.shots)}
    assert len(made.voice) == sum(map(len, lengths))
    for clip in made.voice:
        number, end = index[clip.shot], clip.start_ms + clip.duration_ms
        coming = made.window(number)[1]
        going = made.window(number + 1)[0] if number + 1 < len(made.shots) else starts[-1]
        assert milliseconds(starts[number], rate) <= clip.start_ms
        assert end <= milliseconds(starts[number + 1], rate)
        # Windows are whole frames, so they may reach one frame further than half their length.
        assert milliseconds(coming - 1, rate) <= clip.start_ms
        assert end <= milliseconds(going + 1, rate)
    for one, two in pairwise(made.voice):
        assert one.start_ms + one.duration_ms < two.start_ms
    for before, after in pairwise(made.cues):
        assert before.end_ms <= after.start_ms
    assert not made.cues or made.cues[-1].end_ms <= milliseconds(made.total_frames, rate)
    assert Timeline.model_validate_json(made.to_json()) == made


def test_what_the_screenplay_says_is_in_the_timeline() -> None:
    film = screenplay(
        {**saying("你好。"), "transition": "fade_in", "text_overlay": "开场"},
        {"transition": "dissolve", "text_overlay": " "},
        {},
        duration_target_ms=15_000,
    ).named()
    still, clip = Picture(path="shots/s01.png"), Picture(kind="clip", path="shots/s02.mp4")
    made = timeline(film, [[900], [], []], s01=still, s02=clip)
    assert [shot.transition for shot in made.shots] == ["fade_in", "dissolve", "cut"]
    assert [[overlay.text for overlay in shot.overlays] for shot in made.shots] == [["开场"], [], []]
    assert [shot.picture.kind for shot in made.shots] == ["still", "clip", "missing"]
    assert made.shots[1].picture == clip
    (voice,) = made.voice
    assert (voice.path, voice.shot, voice.speaker, voice.duration_ms) == ("audio/s01-1.wav", "s01", "narrator", 900)
    assert "".join(cue.text for cue in made.cues).startswith("你好")
    assert (made.width, made.height, made.rate, made.title) == (136, 240, 30, "小猫的冒险")
    assert made.music is None
    music = with_music(made, "audio/music.wav").music
    assert music is not None and music.path == "audio/music.wav"


@pytest.mark.parametrize(
    ("wish", "burnt", "cued"), [("burn", True, True), ("files", False, True), ("none", False, False)]
)
def test_subtitles_as_asked(wish: str, burnt: bool, cued: bool) -> None:
    film = screenplay(saying("你好。")).named()
    made = timeline(film, [[900]], SPEC.model_copy(update={"subtitles": wish}))
    assert (made.subtitles.burn, bool(made.cues)) == (burnt, cued)


@pytest.mark.parametrize(("language", "label"), [("zh", "AI生成"), ("en", "AI生成 AI-generated")])
def test_the_label_says_it_in_the_films_language(language: str, label: str) -> None:
    assert timeline(screenplay({}, language=language), [[]]).label.text == label


@pytest.mark.parametrize(
    ("size", "alone", "with_her"),
    [("full", "top", "top"), ("medium", "top", "top"), ("close", "top", "bottom"), ("extreme_close", "top", "bottom")],
)
def test_a_text_lies_below_a_face_that_fills_the_picture(size: str, alone: str, with_her: str) -> None:
    shot = {"size": size, "text_overlay": "三年前"}
    cast = [{"uid": "mimi", "name": "咪咪"}]
    film = screenplay(shot, {**shot, "characters": ["mimi"]}, characters=cast)
    made = timeline(film, [[], []])
    assert [each.overlays[0].position for each in made.shots] == [alone, with_her]


@pytest.mark.parametrize("karaoke", [True, False])
def test_karaoke_as_asked(karaoke: bool) -> None:
    made = timeline(screenplay(saying("你好。")).named(), [[900]], SPEC.model_copy(update={"karaoke": karaoke}))
    assert made.subtitles.karaoke is karaoke
