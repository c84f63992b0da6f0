"""From a topic to an outline: which writer, how many shots, how long each."""

from __future__ import annotations

import re
from random import Random

from manju.errors import InputError
from manju.providers.text.offline import advert, explainer, story
from manju.providers.text.offline.ask import Ask, Shape
from manju.providers.text.offline.bank import words
from manju.providers.text.offline.outline import Outline
from manju.providers.text.offline.telling import Pacing, shot_count
from manju.providers.text.offline.topic import Kind, Topic, read

QUARTER_MS = 250
"""Shots of a storyboard that is shorter than a short video are cut to quarter seconds (exact in binary)."""

_MOST_SHOTS = 400
_STORY = re.compile("故事|剧本|冒险|小说|童话|漫剧|story|tale|script|screenplay|adventure", re.IGNORECASE)


def outline(ask: Ask, rng: Random) -> Outline:
    """A film for the asked topic and length, in shots of five to twelve seconds.

    Raises:
        InputError: there is no word in the topic.
    """
    # A question or an unknown form is no wish for a story unless it says so.
    loose = ask.shape in (Shape.PROSE, Shape.OTHER_JSON) and not _STORY.search(ask.user)
    topic = _topic(ask, "explainer" if loose else None)
    bank = words(ask.language)
    total = max(1000, round(ask.seconds * 1000))
    count = min(_MOST_SHOTS, shot_count(total))
    pacing = Pacing(total, fill=0.86 + _correction(ask.problems), talk=ask.shape is not Shape.SHORT_VIDEO)
    if topic.kind == "explainer":
        return explainer.write(
            topic, bank, min(_MOST_SHOTS, explainer.fitting_count(topic, total, count)), pacing, ask.style, rng
        )
    if topic.kind == "advert":
        return advert.write(topic, bank, count, pacing, ask.style, rng)
    return story.write(topic, bank, count, pacing, ask.style, rng)


def board(ask: Ask, rng: Random) -> Outline:
    """A film in a wished number of shots that share the length, however short (seed 000: 9-12 shots in 10 s).

    Raises:
        InputError: there is no word in the topic.
    """
    topic = _topic(ask)
    bank = words(ask.language)
    total = max(1000, round(ask.seconds * 1000))
    low, high = ask.shots if ask.shots[1] else (9, 12)
    most = max(1, total // QUARTER_MS)
    count = min(most, _MOST_SHOTS, max(1, rng.randint(low, high)))
    pacing = Pacing(total, step_ms=QUARTER_MS, limited=False)
    if topic.kind == "explainer":
        return explainer.write(topic, bank, count, pacing, ask.style, rng)
    if topic.kind == "advert":
        return advert.write(topic, bank, count, pacing, ask.style, rng)
    return story.write(topic, bank, count, pacing, ask.style, rng)


def commercial(ask: Ask, rng: Random) -> Outline:
    """A commercial in the nine scenes of seed 002.

    Raises:
        InputError: there is no word in the topic.
    """
    topic = _topic(ask, "advert")
    bank = words(ask.language)
    total = max(1000, round(ask.seconds * 1000))
    kinds = bank.advert.tvc
    pacing = Pacing(total, step_ms=QUARTER_MS, limited=False)
    return advert.write(topic, bank, len(kinds), pacing, ask.style, rng, kinds)


def _topic(ask: Ask, kind: Kind | None = None) -> Topic:
    if ask.topic and not any(char.isalnum() for char in ask.topic):
        raise InputError(
            f"the offline writer finds no word in the topic {ask.topic!r}",
            hint="Say in words what the film is about, or choose another text model.",
        )
    return read(ask.topic, ask.language, kind)


def _correction(problems: str) -> float:
    """How much fuller (or emptier) shots should be after a draft with these problems."""
    if re.search(r"too long|longer than|overrun|exceed|over by|太长|过长|超出|超过", problems, re.IGNORECASE):
        return -0.12
    if re.search(r"too short|shorter than|silen|too little|太短|过短|不足|空白", problems, re.IGNORECASE):
        return 0.06
    return 0.0
