"""A list or an explanation: N numbered items, each seen from as many sides as the length allows."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from manju.providers.text.offline.bank import Words
from manju.providers.text.offline.cast import Casting
from manju.providers.text.offline.outline import Location, Outline
from manju.providers.text.offline.phrase import capital, fill
from manju.providers.text.offline.staging import lead_setting, locations, spot
from manju.providers.text.offline.story import style_prompt
from manju.providers.text.offline.telling import Beat, Pacing, stage, tell, used_places
from manju.providers.text.offline.topic import Topic

Item = tuple[str, str, str, str, str, str]
"""Name, what it does, how, gain, what the picture shows, where."""

_REASONS = ("concept", "sky", "hunger", "blackhole", "rainbow", "dream", "tide")
"""Lists that say why."""

_STAY = 6
"""After so many shots the place changes in any case."""

_PER_GROUP = 3
"""At most so many items are named in one shot."""


def fitting_count(topic: Topic, total_ms: int, count: int) -> int:
    """Shots for a list: enough to give each item its own where five seconds a shot allow it."""
    if not topic.count:
        return count
    return max(count, min(total_ms // 5000, topic.count + 2))


def write(topic: Topic, words: Words, count: int, pacing: Pacing, style: str, rng: Random) -> Outline:
    """A list or explanation of ``count`` shots."""
    form = words.explainer
    bank = words.lists[topic.items]
    items, plan = _plan(topic, words, count)
    names = tuple(dict.fromkeys((bank.setting, *topic.settings)))
    setting = lead_setting(names[:1], words)
    casting = Casting(words, rng)
    friend = "朋友" if words.language == "zh" else "friend"
    figures = [casting.figure("hero", "host"), casting.figure("pal", "person", role=friend)]
    hook = "hook_why" if topic.items in _REASONS else "hook_list" if topic.count else "hook_how"
    places = locations(names, words, max(1, min(6, count // 2)))
    mark = "、" if words.language == "zh" else ", "
    personas = list(form.personas)
    rng.shuffle(personas)
    slots = {
        "key": topic.key, "theme": topic.theme, "title": topic.title, "topic": topic.title, "subject": topic.subject,
        "n": str(len(items)), "items": _all(items, words), "see": items[0][4],
    }  # fmt: skip
    beats: list[Beat] = []
    at = since = 0
    for index, (kind, first, size) in enumerate(plan):
        since += 1
        if index > 1 and ((kind in ("item", "group") and first % 2 == 1) or since >= _STAY):
            at, since = at + 1, 0
        name, what, how, gain, see, where = items[first]
        shown = kind not in ("hook", "promise", "sum", "end") and where in words.spots
        place = _shown(where, first, setting.palette, words) if shown else places[at % len(places)]
        part = items[first : first + size] or items
        spread = f"{first + 1}-{first + len(part)}"
        beats.append(
            Beat(
                form.beat(hook if kind == "hook" else kind),
                {
                    **slots,
                    "item": name, "what": what, "how": how, "gain": gain, "see": see,
                    "i": str(first + 1),
                    "o": form.numbers[first] if first < len(form.numbers) else str(first + 1),
                    "persona": personas[index % len(personas)],
                    "range": f"{spread} {mark.join(item[0] for item in part)}" if kind == "group" else "",
                    **({"items": mark.join(item[0] for item in part)} if kind == "group" else {}),
                    "place": place.name,
                },
                place,
            )
        )  # fmt: skip
    said, lengths = tell(beats, form, words, figures, pacing, rng)
    shots = stage(beats, said, lengths, words, figures, rng)
    return Outline(
        title=topic.title,
        logline=capital(fill(form.logline, slots)),
        language=words.language,
        style=style or setting.style,
        style_prompt=style_prompt(style, setting.style, setting.palette, words),
        music_style=setting.music,
        figures=tuple(figures),
        locations=used_places(shots, tuple(dict.fromkeys((*places, *(beat.place for beat in beats))))),
        shots=shots,
    )


def _items(topic: Topic, words: Words, count: int) -> list[Item]:
    """``count`` items: the topic's own list first, then the general ones."""
    order = dict.fromkeys((topic.items, "howto", "concept"))
    subject = {"subject": topic.subject}
    rows = [
        (*(fill(part, subject) for part in item), words.lists[name].at[index % len(words.lists[name].at)])
        for name in order
        for index, item in enumerate(words.lists[name].item)
    ]
    return [(name, what, how, gain, see, where) for name, what, how, gain, see, where in rows[:count]]


def _shown(where: str, number: int, palette: str, words: Words) -> Location:
    """The place of an item."""
    return replace(spot(where, words.spots[where], palette, words), id=f"item{number + 1}")


def _all(items: list[Item], words: Words) -> str:
    """All items in a few words."""
    if len(items) <= _PER_GROUP:
        return ("、" if words.language == "zh" else ", ").join(item[0] for item in items)
    first, last = items[0][0], items[-1][0]
    return f"从{first}到{last}" if words.language == "zh" else f"from {first} to {last}"


def _plan(topic: Topic, words: Words, count: int) -> tuple[list[Item], list[tuple[str, int, int]]]:
    """Items, and for every shot its kind, its first item and how many items it names."""
    form = words.explainer
    frame = 0 if count == 1 else 1 if count == 2 else 2
    own = len(words.lists[topic.items].item)
    asked = topic.count or max(2, min(5 if count < 40 else own, own, round((count - 2) / 2)))
    body = count - frame
    wanted = _items(topic, words, min(asked, body * _PER_GROUP))
    more: list[str] = []
    for kind in ("sum", "promise"):
        if body > len(wanted) and count >= 6:
            more.append(kind)
            body -= 1
    rows: list[tuple[str, int, int]] = []
    if body < len(wanted):
        sizes = [len(wanted) // body + (index < len(wanted) % body) for index in range(body)]
        first = 0
        for size in sizes:
            rows.append(("group" if size > 1 else "item", first, size))
            first += size
    else:
        for index in range(len(wanted)):
            sides = body // len(wanted) + (index < body % len(wanted))
            rows += [(form.cycle[side % len(form.cycle)], index, 1) for side in range(sides)]
    rows = [("promise", 0, 1)] * ("promise" in more) + rows + [("sum", 0, 0)] * ("sum" in more)
    rows = [("hook", 0, 1)] * (frame >= 1) + rows + [("end", len(wanted) - 1, 0)] * (frame >= 2)
    return wanted, rows
