"""The render plan: no gaps, transitions around their cuts, and keys that change only with what is seen."""

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from manju.domain.storyboard import TRANSITION_MS
from manju.domain.timeline import Timeline, TimelineShot
from manju.errors import InputError
from manju.media.encoder import Format
from manju.media.plan import MAX_FRAMES, plan

FORM = Format(320, 180, Fraction(30))


def shot(uid, frames=120, transition="cut", **picture):
    return TimelineShot.model_validate(
        {"uid": uid, "frames": frames, "picture": {"path": f"{uid}.png", **picture}, "transition": transition}
    )


def timeline(*shots):
    return Timeline(width=320, height=180, rate=30, shots=shots)


def planned(film, form=FORM, **changed):
    digests = {each.picture.path: each.picture.path for each in film.shots} | changed
    return plan(film, digests, (), form)


def keys(film, **changed):
    return [segment.key for segment in planned(film, **changed).segments]


@given(
    st.lists(st.tuples(st.integers(1, 400), st.sampled_from(sorted(TRANSITION_MS))), min_size=1, max_size=8),
)
@settings(deadline=None)
def test_segments_cover_the_film_without_gap_or_overlap(shots):
    film = timeline(*(shot(f"s{n}", frames, kind) for n, (frames, kind) in enumerate(shots)))
    made = planned(film)
    at = 0
    for segment in made.segments:
        assert segment.start == at and segment.length > 0
        assert segment.blend or segment.length <= MAX_FRAMES
        assert len(segment.layers) == (2 if segment.blend else 1)
        at += segment.length
    assert at == film.total_frames == made.frames


def test_a_transition_is_a_segment_around_its_cut():
    segments = planned(timeline(shot("a"), shot("b", transition="dissolve"))).segments
    (window,) = [segment for segment in segments if segment.blend]
    assert (window.start, window.length) == (108, 24)
    assert [layer.first for layer in window.layers] == [108, -12]


def test_fades_in_and_out_lie_inside_their_shot():
    segments = planned(timeline(shot("a", transition="fade_in"), shot("b", transition="fade_out"))).segments
    fades = [(segment.start, segment.length, segment.layers[0].kind) for segment in segments if segment.blend]
    assert fades == [(0, 15, "black"), (225, 15, "still")]


def test_moving_a_shot_in_time_changes_no_key():
    before = timeline(shot("a"), shot("b"), shot("c"))
    after = timeline(shot("a", frames=120 + 37), shot("b"), shot("c"))
    assert keys(before)[-4:] == keys(after)[-4:]


@pytest.mark.parametrize("change", ["picture", "motion", "length", "transition"])
def test_an_edit_changes_only_the_keys_it_is_seen_in(change):
    shots = [shot("a"), shot("b", transition="slide_left"), shot("c", transition="wipe_right"), shot("d")]
    before = keys(timeline(*shots))
    other = {
        "picture": shots[1],
        "motion": shot("b", transition="slide_left", motion={"zoom": [1.2, 1.0]}),
        "length": shot("b", frames=130, transition="slide_left"),
        "transition": shot("b", transition="zoom_in"),
    }[change]
    changed = {"b.png": "another"} if change == "picture" else {}
    after = keys(timeline(shots[0], other, *shots[2:]), **changed)
    same = set(before) & set(after)
    assert len(before) - len(same) in ({1, 2} if change == "transition" else {4})
    assert before[-2:] == after[-2:]


def test_an_edited_layer_changes_the_keys_of_its_shot_alone():
    layers = [{"path": "b.far.png", "nearness": 0.8}, {"path": "b.near.png", "nearness": 1.2}]
    deeper = [{**layers[0], "nearness": 0.7}, layers[1]]
    digests = {"b.far.png": "far", "b.near.png": "near"}
    before, *others = (
        keys(timeline(shot("a"), shot("b", layers=each), shot("c")), **{**digests, **changed})
        for each, changed in (
            (layers, {}),
            (layers, {"b.near.png": "another"}),
            (deeper, {}),
            (layers[::-1], {}),
            ([], {}),
        )
    )
    assert len({tuple(each) for each in (before, *others)}) == 5
    for each in others:
        assert [index for index, (a, b) in enumerate(zip(before, each, strict=True)) if a != b] == [2, 3]


def test_the_encoder_and_the_size_are_part_of_every_key():
    film = timeline(shot("a"))
    one = {segment.key for segment in planned(film).segments}
    for form in (
        Format(320, 180, Fraction(30), "high"),
        Format(640, 360, Fraction(30)),
        Format(320, 180, Fraction(25)),
    ):
        assert not one & {segment.key for segment in planned(film, form).segments}


def test_a_missing_picture_is_named():
    film = timeline(shot("a"), TimelineShot.model_validate({"uid": "b", "frames": 30, "picture": {"kind": "missing"}}))
    with pytest.raises(InputError, match="without a picture: b"):
        plan(film, {"a.png": ""}, (), FORM)
