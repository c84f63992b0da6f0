"""Pacing: measured speech sets the lengths of shots; nobody is cut off, nobody speaks over another."""

from __future__ import annotations

import random
from itertools import pairwise
from typing import get_args

import pytest
from studio import saying, screenplay

from manju.domain.speech import speech_ms
from manju.domain.storyboard import TRANSITION_MS, Transition
from manju.pipeline.limits import BREATH_MS, LEAD_MS, TAIL_MS, Limits
from manju.pipeline.pacing import ANSWER_MS, TRAIL_MS, Paced, pace
from manju.pipeline.script.lengths import spoken_ms

LIMITS = Limits()


def length(wished: int, *lines: int) -> int:
    """What becomes of one shot, in milliseconds."""
    film = screenplay({**saying(*("字" for _ in lines)), "duration_ms": wished})
    (paced,) = pace(film, [lines], LIMITS, fit=False)
    assert isinstance(paced, Paced)
    return paced.duration


@pytest.mark.parametrize(
    ("wished", "speech", "wanted"),
    [
        (6000, 7001, 7501),  # more than a second over: extended to speech + 0.5 s
        (6000, 9000, 9500),
        (10000, 7999, 9499),  # more than two seconds under: shortened to speech + 1.5 s
        (10000, 4000, 5500),
        (10000, 1000, 5000),  # but not below what a shot should last
        (10000, 8000, 10000),  # in between the shot is left alone
        (8000, 7500, 8000),
        (8000, 7600, 8100),  # unless somebody would be cut off
    ],
)
def test_the_rule_of_seed_004(wished: int, speech: int, wanted: int) -> None:
    assert length(wished, speech) == wanted


def test_breaths_count_as_speech() -> None:
    assert length(6000, 3500, 3500) == 3500 + BREATH_MS + 3500 + 500


def gaps(*lines: tuple[str, str]) -> list[int]:
    """Silence after each of some (speaker, text) of a second each, except the last."""
    people = [{"uid": who, "name": who} for who in sorted({who for who, _ in lines})]
    film = screenplay({"lines": [{"speaker": who, "text": text} for who, text in lines]}, characters=people)
    (paced,) = pace(film, [[1000] * len(lines)], LIMITS)
    return [two.start - one.start - 1000 for one, two in pairwise(paced.lines)]


def test_an_answer_takes_a_moment_and_so_do_words_that_trail_off() -> None:
    assert gaps(("a", "走吧。"), ("a", "快。"), ("b", "好。")) == [BREATH_MS, BREATH_MS + ANSWER_MS]
    for text in ("可是……", "“可是……”", "可是——", "But..."):
        assert gaps(("a", text), ("a", "好。"), ("b", "好。"))[0] == BREATH_MS + TRAIL_MS


def test_the_gate_counts_the_same_silence_as_the_pacing() -> None:
    film = screenplay(saying("走吧。", "可是……", "好。"))
    lines = film.shots[0].lines
    assert spoken_ms(lines, "zh") == sum(speech_ms(line.text, "zh") for line in lines) + 2 * BREATH_MS + TRAIL_MS


def test_a_silent_shot_keeps_its_length() -> None:
    assert length(3000) == 3000
    assert length(20_000) == 20_000


def _lead(transition: Transition, first: bool) -> int:
    """The least silence that a transition into a shot needs after its cut."""
    return 0 if first or transition in ("fade_in", "fade_out") else TRANSITION_MS[transition] // 2


@pytest.mark.parametrize("block", range(10))
def test_nobody_is_cut_off_whatever_the_screenplay(block: int) -> None:
    for seed in range(block * 30, block * 30 + 30):
        chance = random.Random(seed)
        spoken = [
            [chance.randint(200, 9000) for _ in range(chance.choice((0, 1, 1, 1, 2, 3)))]
            for _ in range(chance.randint(1, 14))
        ]
        film = screenplay(
            *(
                {
                    **saying(*("字" for _ in lines)),
                    "duration_ms": chance.randint(500, 16_000),
                    "transition": chance.choice(get_args(Transition)),
                }
                for lines in spoken
            ),
            duration_target_ms=chance.randint(5, 200) * 1000,
        )
        fit = chance.random() < 0.7
        paced = pace(film, spoken, LIMITS, fit=fit)
        told = f"seed {seed}"

        assert [each.shot for each in paced] == [shot.uid for shot in film.shots], told
        shortest, natural, longest = [], [], []
        for index, (shot, lines, got) in enumerate(zip(film.shots, spoken, paced, strict=True)):
            assert [(placed.line, placed.duration) for placed in got.lines] == list(enumerate(lines)), told
            for one, two in pairwise(got.lines):
                assert two.start >= one.start + one.duration + BREATH_MS, told
            lead = max(LEAD_MS, _lead(shot.transition, index == 0))
            following = film.shots[index + 1].transition if index + 1 < len(film.shots) else "cut"
            tail = max(TAIL_MS, _lead(following, False), 500 if shot.transition == "fade_out" else 0)
            speech = sum(lines) + BREATH_MS * (len(lines) - 1)
            if lines:
                assert got.lines[0].start >= lead, told
                assert got.duration - got.lines[-1].start - got.lines[-1].duration >= tail, told
            wanted = shot.duration_ms
            if lines and speech > wanted + 1000:
                wanted = speech + 500
            elif lines and speech < wanted - 2000:
                wanted = max(speech + 1500, LIMITS.shot_min_ms)
            least = lead + speech + tail if lines else 500
            natural.append(max(wanted, least))
            shortest.append(min(natural[-1], max(least, LIMITS.shot_min_ms)))
            longest.append(max(natural[-1], LIMITS.shot_max_ms))

        durations = [each.duration for each in paced]
        target, tolerance = film.duration_target_ms, LIMITS.total_tolerance_ms
        if not fit or abs(sum(natural) - target) <= tolerance:
            assert durations == natural, told
        else:
            reachable = min(max(target, sum(shortest)), sum(longest))
            assert abs(sum(durations) - reachable) <= len(durations), told
            for low, got_ms, high in zip(shortest, durations, longest, strict=True):
                assert low <= got_ms <= high, told


def test_the_same_again() -> None:
    film = screenplay(saying("一"), saying("二"), duration_target_ms=20_000)
    assert pace(film, [[900], [1200]], LIMITS) == pace(film, [[900], [1200]], LIMITS)
