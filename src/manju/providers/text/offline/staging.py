"""Staging: places, framing, transitions, and the picture of a shot in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from manju.providers.text.offline.bank import BeatPlan, Place, Setting, Words
from manju.providers.text.offline.cast import short_look
from manju.providers.text.offline.outline import Figure, Location
from manju.providers.text.offline.phrase import fill

_BLEND = ("cyber", "space", "night", "ancient")
"""Settings whose air can lie over another's places: a neon school, a midnight kitchen."""

_INTO_PLACE = ("dissolve", "slide_left", "wipe_right", "fade", "slide_right")


def lead_setting(names: Sequence[str], words: Words) -> Setting:
    """The setting that gives a film its style, palette and music."""
    return words.settings[next((name for name in names[:2] if name in _BLEND), names[0])]


def locations(names: Sequence[str], words: Words, most: int) -> tuple[Location, ...]:
    """Up to ``most`` places for settings of the bank, the leading one first; mixed where two settings go together."""
    lead = lead_setting(names, words)
    rest = [words.settings[name] for name in names[:2] if words.settings[name] is not lead]
    if names[0] in _BLEND or (len(names) > 1 and names[1] in _BLEND):
        mixed = [
            (lead, place.model_copy(update={"light": own.light}), lead.prefix)
            for setting in rest
            for place, own in zip(setting.places, lead.places, strict=False)
        ]
        own = [(lead, place, "") for place in lead.places]
        rows = [row for pair in zip(mixed, own, strict=False) for row in pair] or own
    else:
        rows = [(setting, place, "") for setting in (lead, *rest) for place in setting.places]
    return tuple(_location(index, *row, words) for index, row in enumerate(rows[:most], start=1))


def _location(number: int, setting: Setting, place: Place, prefix: str, words: Words) -> Location:
    space = " " if prefix and words.language == "en" else ""
    marks = (*place.landmarks[:2], setting.signature[number % 3]) if prefix else place.landmarks
    stop = "。" if words.language == "zh" else "."
    return Location(
        id=f"loc{number}",
        name=f"{prefix}{space}{place.name}",
        description=f"{place.see}{stop}",
        palette=setting.palette,
        light=place.light,
        landmarks=tuple(dict.fromkeys(marks)),
    )


def spot(name: str, row: str, palette: str, words: Words) -> Location:
    """A place that is written as ``"what is seen | light | landmark、landmark"``."""
    see, light, marks = (part.strip() for part in row.split("|"))
    comma, stop = ("、", "。") if words.language == "zh" else (", ", ".")
    landmarks = tuple(mark.strip() for mark in marks.split(comma.strip()))
    return Location("loc1", name, f"{see}{stop}", palette, light, landmarks)


class Camera:
    """Chooses framing and transitions shot by shot, and never the same camera move three times running."""

    def __init__(self, words: Words, rng: Random) -> None:
        self._words = words
        self._rng = rng
        self._moves: list[str] = []
        self._frames: list[str] = []
        self._seen: set[str] = set()
        self._cuts = 0

    def frame(self, plan: BeatPlan) -> tuple[str, str, str]:
        """Size, angle and movement for a beat."""
        choices = [
            frame
            for frame in plan.frame
            if frame not in self._frames[-1:] and self._moves[-2:] != [frame.split()[2]] * 2
        ]
        frame = self._rng.choice(choices or list(plan.frame))
        size, angle, movement = frame.split()
        if self._moves[-2:] == [movement] * 2:
            movement = "pull_out" if movement != "pull_out" else "pan_right"
        self._frames.append(frame)
        self._moves.append(movement)
        return size, angle, movement

    def transition(self, index: int, count: int, kind: str, moved: bool) -> str:
        """The transition into a shot; the last one closes the film."""
        if index == 0:
            return "fade_in"
        if index == count - 1:
            return "fade_out"
        if moved:
            self._cuts += 1
            return _INTO_PLACE[(self._cuts - 1) % len(_INTO_PLACE)]
        return "zoom_in" if kind in ("truth", "climax", "reveal", "gain") else "cut"

    def picture(
        self, plan: BeatPlan, framing: tuple[str, str, str], place: Location, lead: Figure | None,
        others: Sequence[Figure], slots: Mapping[str, str], marks: Sequence[str],
    ) -> tuple[str, str]:  # fmt: skip
        """Action and description of a shot: one that was not used before while there is another."""
        camera = self._words.camera
        action = text = ""
        usual = camera.picture if lead else camera.empty
        tries = [(act, mark, template) for mark in marks for act in plan.act for template in usual]
        self._rng.shuffle(tries)
        if plan.plain:
            tries = [(act, marks[0], template) for act in plan.act for template in camera.plain] + tries
        for act, mark, template in tries:
            action = fill(act, {**slots, "mark": mark})
            text = fill(
                template,
                {
                    "size": camera.size[framing[0]],
                    "angle": camera.angle[framing[1]],
                    "subject": short_look(lead, self._words) if lead else "",
                    "act": action,
                    "place": place.name,
                    "mark": mark,
                    "light": place.light,
                    "palette": place.palette,
                },
            )
            if others:
                names = ("、" if self._words.language == "zh" else " and ").join(
                    short_look(figure, self._words) for figure in others
                )
                behind = framing[1] == "over_shoulder"
                text += fill(camera.shoulder if behind else self._rng.choice(camera.others), {"others": names})
            if text not in self._seen:
                break
        self._seen.add(text)
        return action, text
