"""A story: the plot of the topic's genre, told with the topic's own hero, kin, place, craft and goal.

A plot has twelve scenes (`ORDER`) in which two to four people speak. Short films keep the scenes that carry it
(`RANK`); longer ones let a scene take several shots, one for each of its exchanges; the longest go through rounds of
trouble and help between the setback and the quiet scene.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from random import Random

from manju.providers.text.offline import playscript
from manju.providers.text.offline.bank import BeatPlan, Craft, Form, Plot, Words, plot
from manju.providers.text.offline.cast import Casting
from manju.providers.text.offline.outline import Figure, Location, Outline
from manju.providers.text.offline.phrase import fill, join
from manju.providers.text.offline.playscript import PlotScene
from manju.providers.text.offline.staging import lead_setting, locations, spot
from manju.providers.text.offline.telling import Beat, Pacing, stage, tell, used_places
from manju.providers.text.offline.topic import Topic

ORDER = ("hook", "setup", "want", "rival", "try", "snag", "bond", "turn", "low", "plan", "climax", "end")
RANK = ("hook", "end", "climax", "setup", "turn", "rival", "low", "snag", "plan", "want", "try", "bond")
"""What a film of so many shots keeps: the first ones."""

_ONCE = ("hook", "end")
_TOLD_FIRST = ("turn", "plan")
"""Scenes whose first exchange says what everything after it needs."""
_ROUNDS_AFTER = "snag"
_ROUND = ("trouble", "answer", "doing", "argue", "breath")
"""What a round of so many scenes keeps; a single scene is a rest."""
_LIVING = ("cat", "dog", "rabbit", "fox", "bear", "panda", "bird", "mouse", "dragon", "fish", "turtle", "robot")
_AIRS = ("cyber", "space", "deep", "ancient")
"""Settings with a look of their own."""
_OLD = ("ancient", "court", "xian")
"""Worlds without machines."""
_PRONOUNS = {
    "zh": {"female": ("她", "她", "她的"), "male": ("他", "他", "他的"), "neutral": ("它", "它", "它的")},
    "en": {
        "female": ("she", "her", "her"),
        "male": ("he", "him", "his"),
        "neutral": ("it", "it", "its"),
    },
}
_FORM = Form(order=(), rank=(), cycle=(), logline="", joins=(), beats=())


def write(topic: Topic, words: Words, count: int, pacing: Pacing, style: str, rng: Random) -> Outline:
    """A story of ``count`` shots."""
    told = plot(words.language, topic.genre)
    stays = told.world in _OLD and "ancient" in topic.found
    elsewhere = tuple(name for name in topic.found if name in told.roams and not stays)
    setting = lead_setting(elsewhere, words) if elsewhere else None
    places = _places(topic, told, words, elsewhere)
    slots = _slots(topic, told, words, places, rng)
    figures = _cast(topic, told, words, slots, setting.world if setting else told.world, rng)
    for letter, who in zip("HARE", ("hero", "pal", "rival", "elder"), strict=True):
        figure = next((one for one in figures if one.id == who), figures[0])
        he, him, his = _PRONOUNS[words.language][figure.gender]
        slots |= {letter: figure.name, who: figure.name, f"{letter}_role": figure.role}
        slots |= {f"{letter}_he": he, f"{letter}_him": him, f"{letter}_his": his}
    plotted = _sequence(playscript.scenes(told.plot.scenes), words, told.snags, count, rng)
    beats = []
    for index, (scene, more) in enumerate(plotted):
        place = places[scene.place % len(places)]
        mark = place.landmarks[index % len(place.landmarks)]
        own = {**slots, **more, "place": place.name, "mark": mark}
        beats.append(Beat(_plan(scene, figures), {**own, **_filled(told.words, own)}, place, scene.exchanges))
    said, lengths = tell(beats, _FORM, words, figures, pacing, rng)
    shots = stage(beats, said, lengths, words, figures, rng)
    seen = {who for shot in shots for who in shot.figures}
    # A neon street looks like one whatever happens there; an office is drawn as its story needs it.
    air = setting if setting and any(name in _AIRS for name in elsewhere[:2]) else told
    return Outline(
        title=topic.title,
        logline=join([fill(told.logline, slots)], words.language),
        language=words.language,
        style=style or air.style,
        style_prompt=style_prompt(style, air.style, air.palette, words),
        music_style=told.music,
        figures=tuple(figure for figure in figures if figure.id in seen) or (figures[0],),
        locations=used_places(shots, places),
        shots=shots,
    )


def _sequence(
    scenes: tuple[PlotScene, ...], words: Words, snags: str, count: int, rng: Random
) -> list[tuple[PlotScene, dict[str, str]]]:
    """``count`` scenes with the slots of their round."""
    kept = RANK[:count]
    shares = {scene.kind: 1 for scene in scenes if scene.kind in kept}
    spare = count - len(shares)
    most = max(len(scene.exchanges) for scene in scenes)
    for size in range(2, most + 1):
        for kind in RANK:
            room = next((len(scene.exchanges) for scene in scenes if scene.kind == kind), 0)
            if spare > 0 and kind not in _ONCE and room >= size:
                shares[kind] = size
                spare -= 1
    out: list[tuple[PlotScene, dict[str, str]]] = []
    for scene in sorted(scenes, key=lambda scene: ORDER.index(scene.kind)):
        share = shares.get(scene.kind, 0)
        for part in range(share):
            told = scene.exchanges[:1] if share == 1 and scene.kind in _TOLD_FIRST else scene.exchanges[part::share]
            acts = scene.acts[part % len(scene.acts) :: share] or scene.acts
            out.append((replace(scene, exchanges=told, acts=acts), {}))
        if scene.kind == _ROUNDS_AFTER and spare > 0:
            out += _rounds(words, snags, spare, rng)
    return out


def _rounds(words: Words, snags: str, count: int, rng: Random) -> list[tuple[PlotScene, dict[str, str]]]:
    """``count`` scenes of rounds: each round over another snag, with another exchange of its scenes."""
    kinds = list(words.rounds.snags[snags])
    rng.shuffle(kinds)
    scenes = playscript.scenes(words.rounds.plot.scenes)
    out = []
    rounds = -(-count // len(scenes))
    for number in range(rounds):
        snag, _, fix = (text.strip() for text in kinds[number % len(kinds)].partition("|"))
        size = count // rounds + (number < count % rounds)
        kept = _ROUND[:size] if size > 1 else _ROUND[-1:]
        for scene in scenes:
            turn = number % len(scene.exchanges)
            again = replace(
                scene, place=number + 1, exchanges=scene.exchanges[turn:] + scene.exchanges[:turn],
                acts=tuple(scene.acts[(turn + index) % len(scene.acts)] for index in range(len(scene.acts))),
            )  # fmt: skip
            if scene.kind in kept:
                out.append((again, {"snag": snag, "fix": fix}))
    return out


def _plan(scene: PlotScene, figures: list[Figure]) -> BeatPlan:
    cast = {figure.id for figure in figures}
    return BeatPlan(
        kind=scene.kind,
        brief=tuple((turn.speaker, turn.text) for turn in scene.brief if not turn.speaker or turn.speaker in cast),
        act=scene.acts,
        frame=scene.frames,
        overlay=scene.overlay if scene.kind != "hook" else "{title}",
        who=scene.who,
        empty=not scene.who,
    )


def _places(topic: Topic, told: Plot, words: Words, elsewhere: tuple[str, ...]) -> tuple[Location, ...]:
    """The genre's places, or those of the topic's own setting, after the one that the topic names."""
    named = [spot(topic.place, words.spots[topic.place], told.palette, words)] if topic.place in words.spots else []
    if elsewhere:
        return (*named, *locations(elsewhere, words, 6))
    rows = [row.partition("|") for row in told.places]
    places = [spot(name.strip(), rest, told.palette, words) for name, _, rest in rows]
    return tuple(replace(place, id=f"loc{number}") for number, place in enumerate([*named, *places[len(named) :]], 1))


def _slots(topic: Topic, told: Plot, words: Words, places: tuple[Location, ...], rng: Random) -> dict[str, str]:
    """What the topic says, and what the genre puts where it is silent."""
    craft = _craft(topic, told, words)
    slots = {
        "theme": topic.theme, "title": topic.title, "topic": topic.title, "key": topic.key,
        "craft": craft.name, "who": craft.who, "top": topic.top or craft.top, "work": craft.work, "tool": craft.tool,
        "doing": craft.doing, "fault": craft.fault, "praise": craft.praise,
        "kin": topic.kin, "time": topic.time, "home": places[0].name, "place": places[0].name,
        "mark": places[0].landmarks[0], "snag": "", "fix": "", "c": "{c}",
    }  # fmt: skip
    for name, choices in told.words.items():
        if not slots.get(name):
            slots[name] = rng.choice(choices)
    slots["goal"] = topic.goal or fill(told.goal, slots)
    return {**slots, **_filled(told.words, slots)}


def _craft(topic: Topic, told: Plot, words: Words) -> Craft:
    """What the hero is good at: as the topic says, where the plot's age knows it."""
    named = words.crafts.get(topic.craft)
    if named is not None and (named.old or told.world not in _OLD):
        return named
    return words.crafts[told.craft or "life"]


def _filled(names: Mapping[str, object], slots: Mapping[str, str]) -> dict[str, str]:
    """The genre's words may hold slots themselves."""
    return {name: fill(slots[name], slots) for name in names if name in slots and "{" in slots[name]}


def _cast(topic: Topic, told: Plot, words: Words, slots: Mapping[str, str], world: str, rng: Random) -> list[Figure]:
    """The people of the plot; the hero is whom the topic names."""
    casting = Casting(words, rng)
    age = words.worlds[world]
    craft = _craft(topic, told, words)
    worn = "" if not told.worn else craft.old if world in _OLD else craft.new
    out = []
    for letter, row in told.cast.items():
        fields = [fill(part.strip(), slots) for part in row.split("|")]
        spec = dict(zip(("role", "gender", "age", "outfit", "accessories", "shoes"), fields, strict=False))
        if spec["role"].startswith("="):
            spec["name"], spec["role"] = (spec["role"][1:].split("/") + [""])[:2]
            spec["role"] = spec["role"] or spec["name"]
        if spec.get("name") and spec["name"] == topic.kin:
            spec["gender"], spec["age"] = topic.kin_gender, topic.kin_age
        kind = spec.get("gender", "")
        if letter == "H":
            spec["name"] = topic.hero_name or spec.get("name", "")
            if not spec["role"].startswith("!"):
                spec["role"] = topic.role_name or spec["role"]
                kind = topic.hero if topic.hero in _LIVING else kind
            spec["role"] = spec["role"].removeprefix("!")
        if kind in _LIVING:
            drawn = casting.figure(playscript.FIGURES[letter], kind, name=spec.get("name", ""), role=spec["role"])
            out.append(drawn)
            continue
        out.append(casting.dressed(playscript.FIGURES[letter], age, spec, worn if letter == "H" else ""))
    return out


def style_prompt(style: str, look: str, palette: str, words: Words) -> str:
    """The style prefix of every picture: the wished style, the setting's look, its palette, and what holds always."""
    mark = "，" if words.language == "zh" else ", "
    return mark.join(part for part in dict.fromkeys((style, look, palette, words.camera.base)) if part)
