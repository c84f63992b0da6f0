"""A story: a hero with a name, a companion, someone who stands in the way, and an end that was earned."""

from __future__ import annotations

import re
from random import Random

from manju.providers.text.offline.bank import Words
from manju.providers.text.offline.cast import Casting
from manju.providers.text.offline.outline import Outline
from manju.providers.text.offline.phrase import fill, join
from manju.providers.text.offline.staging import lead_setting, locations
from manju.providers.text.offline.telling import Beat, Pacing, sequence, stage, tell, used_places
from manju.providers.text.offline.topic import Topic

_TURNING = ("low", "climax", "end")
"""Beats that play elsewhere than the one before, besides those that say so."""


def write(topic: Topic, words: Words, count: int, pacing: Pacing, style: str, rng: Random) -> Outline:
    """A story of ``count`` shots."""
    form = words.story
    setting = lead_setting(topic.settings, words)
    plot = form.plots[topic.plot]
    kinds = sequence(form, count)
    plans = [form.beat(kind) for kind in kinds]
    casting = Casting(words, rng)
    hero = casting.figure("hero", topic.hero, name=topic.hero_name, role=words.cast.heroes[topic.role].role)
    pal_kind = next((kind for kind in setting.pals if kind != topic.hero), "friend")
    pal = casting.figure("pal", pal_kind)
    figures = [hero, pal]
    if any(plan.rival for plan in plans):
        figures.append(casting.figure("rival", "rival", name=plot.rival, role=words.cast.heroes["rival"].role))
    places = locations(topic.settings, words, max(2, min(8, count // 2)))
    slots = {
        "hero": hero.name, "pal": pal.name, "role": hero.role, "palrole": pal.role, "rival": plot.rival,
        "theme": topic.theme, "title": topic.title, "topic": topic.title,
        "thing": rng.choice(plot.thing), "hook": rng.choice(plot.hooks), "lesson": rng.choice(plot.lesson),
        "place": places[0].name, "lastplace": places[-1].name,
    }  # fmt: skip
    for name, choices in (("trouble", plot.trouble), ("want", plot.want), ("truth", plot.truth)):
        slots[name] = fill(rng.choice(choices), slots)
    clues, obstacles = list(plot.clue), list(plot.obstacle)
    rng.shuffle(clues)
    rng.shuffle(obstacles)
    beats: list[Beat] = []
    at = clue = obstacle = 0
    for index, plan in enumerate(plans):
        if index and (plan.move or plan.kind in _TURNING):
            at = 0 if plan.kind == "end" and count < 20 else at + 1
        clue += plan.kind == "clue"
        obstacle += plan.kind == "obstacle"
        place = places[at % len(places)]
        found = clues[max(0, clue - 1) % len(clues)]
        beats.append(
            Beat(
                plan,
                {
                    **slots,
                    "place": place.name,
                    "mark": place.landmarks[index % len(place.landmarks)],
                    "clue": found,
                    "clueshort": re.sub(r"^(一.|an? )", "", found),
                    "obstacle": obstacles[max(0, obstacle - 1) % len(obstacles)],
                },
                place,
            )
        )
    said, lengths = tell(beats, form, words, figures, pacing, rng)
    shots = stage(beats, said, lengths, words, figures, rng)
    return Outline(
        title=topic.title,
        logline=join([fill(form.logline, {**slots, "lastplace": beats[-2 if count > 1 else -1].place.name})],
                     words.language),
        language=words.language,
        style=style or setting.style,
        style_prompt=style_prompt(style, setting.style, setting.palette, words),
        music_style=setting.music,
        figures=tuple(figures),
        locations=used_places(shots, places),
        shots=shots,
    )  # fmt: skip


def style_prompt(style: str, look: str, palette: str, words: Words) -> str:
    """The style prefix of every picture: the wished style, the setting's look, its palette, and what holds always."""
    mark = "，" if words.language == "zh" else ", "
    return mark.join(part for part in dict.fromkeys((style, look, palette, words.camera.base)) if part)
