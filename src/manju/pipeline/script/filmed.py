"""A script that was read becomes a screenplay: action is what is seen, dialogue what is said, to the letter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from manju.domain.casting import NARRATOR
from manju.domain.screenplay import Language, Line, Screenplay, Shot
from manju.domain.storyboard import Angle, Size, Transition
from manju.errors import InputError
from manju.pipeline.findings import Finding
from manju.pipeline.limits import Limits
from manju.pipeline.script import vocabulary
from manju.pipeline.script.build import Draft, People, Places
from manju.pipeline.script.formats import cues, features, transitions
from manju.pipeline.script.formats.headings import time_of
from manju.pipeline.script.formats.reading import Block, Inside, Part, Reading, Time, Unread, Wish
from manju.pipeline.script.gate import LONGEST_MS
from manju.pipeline.script.grouping import Paragraph, Piece, grouped, ideal_ms, lines_of, meter, pieces_of
from manju.pipeline.script.language import detect
from manju.pipeline.script.lengths import fitted_ms
from manju.pipeline.script.prose import titled
from manju.pipeline.script.shape import CharacterPart, LocationPart

MOST_PEOPLE = 300
"""Characters of a script; where there are more, it was not meant so."""
SHOWN = 20
"""Findings about single lines; those of the other lines share one."""

_LIGHT: Mapping[Language, Mapping[Time, tuple[str, str]]] = {
    "zh": {
        "dawn": ("清晨微光从窗口斜照进来", "天边初亮的微光从左侧照来"),
        "morning": ("清晨的阳光从左侧窗口照进来", "清晨的阳光从左侧斜照"),
        "day": ("日光从左侧窗口照进来", "日光从左上方照来"),
        "noon": ("正午的日光从窗口照进来", "正午的阳光从头顶照下"),
        "afternoon": ("午后暖光从右侧窗口照进来", "午后暖光从右上方照来"),
        "dusk": ("黄昏的暖光从左侧窗口照进来", "黄昏的暖光从左侧低照"),
        "night": ("夜里，一盏灯从左上方照亮，窗外是黑夜", "夜里，路灯从左上方照亮，四周是夜色"),
    },
    "en": {
        "dawn": ("first light of dawn through the window", "first light of dawn from the left"),
        "morning": ("morning sun through the window on the left", "low morning sun from the left"),
        "day": ("daylight through the window on the left", "daylight from the upper left"),
        "noon": ("noon light through the window", "noon sun from above"),
        "afternoon": (
            "warm afternoon light through the window on the right",
            "warm afternoon sun from the upper right",
        ),
        "dusk": ("warm dusk light through the window on the left", "low warm light of dusk from the left"),
        "night": ("night, one lamp from the upper left, dark windows", "night, a street lamp from the upper left"),
    },
}
"""Light of a place that a heading gives a time of day: inside and outside."""
_TIMES: Mapping[Language, Mapping[Time, str]] = {
    "zh": dict(zip(_LIGHT["zh"], ("黎明", "清晨", "白天", "正午", "下午", "黄昏", "夜"), strict=True)),
    "en": {time: time for time in _LIGHT["en"]},
}
_SIDES: Mapping[Language, Mapping[Inside, str]] = {
    "zh": {"inside": "内景", "outside": "外景", "both": "内外景"},
    "en": {"inside": "interior", "outside": "exterior", "both": "interior and exterior"},
}
_FLASHBACK: Mapping[Language, str] = {"zh": "闪回", "en": "flashback"}
_ANGLES: Mapping[str, Angle] = {
    word: angle
    for word, angle in vocabulary.ANGLES.items()
    if word.endswith(("拍", "视", "肩", "瞰", "angle", "shoulder"))
}


@dataclass
class _Moment:
    """What becomes a shot, or several where its words are too many for one."""

    part: int
    counted: bool = False
    """The script itself counts it as one shot: it is never cut in two."""
    seen: str = ""
    wish: Wish = field(default_factory=Wish)
    said: list[Block] = field(default_factory=list)
    overlays: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    into: Transition | None = None


def film(
    reading: Reading, limits: Limits, *, language: Language | None = None, speed: float = 1.0, target_ms: int = 0
) -> tuple[Draft, tuple[Finding, ...]]:
    """A locked draft of a script, and what its user should know of how it was read.

    Args:
        reading: what stands in it.
        limits: the recipe's; they fill lengths that nobody gave.
        language: the user's choice, or None to tell it from the words.
        speed: the narrator's.
        target_ms: asked length of the film, or 0 for that of its words.

    Raises:
        InputError: there is nothing to be seen or heard in it.
    """
    blocks = [block for part in reading.parts for block in part.blocks]
    words = "\n".join(block.text for block in blocks if block.kind == "speech")
    seen = "\n".join(block.text for block in blocks if block.kind in ("action", "shot"))
    if not any(c.isalnum() for c in words + seen):
        raise InputError(
            f"nothing in the script can be seen or heard (read as {reading.format})",
            hint="Write action and dialogue below its headings.",
        )
    language = language or detect(words or seen)
    script = _Script(reading, limits, language, speed)
    draft = script.draft(words, seen, target_ms)
    return draft, tuple(_findings(reading, draft.screenplay, script.doubts))


class _Script:
    """Cast, places and shots of one script."""

    def __init__(self, reading: Reading, limits: Limits, language: Language, speed: float) -> None:
        self._reading, self._limits, self._language, self._speed = reading, limits, language, speed
        self.doubts: list[Unread] = []
        self.people = People(self._cast(), strict=False)
        self._known = {character.name.lower() for character in self.people.cast}
        self.places = Places((), strict=False)
        self._scenes = self._placed()

    def _cast(self) -> list[CharacterPart]:
        """Everybody who is named as a character, in the order of the list, then of entrance."""
        found: dict[str, CharacterPart] = {}
        listed = {entry.name.lower(): entry for entry in reversed(self._reading.cast)}
        entries = list(reversed(listed.values()))
        for entry in entries[: MOST_PEOPLE + 1]:
            found[entry.name.lower()] = features.described(entry.name, entry.about)
        blocks = [(part, block) for part in self._reading.parts for block in part.blocks]
        spoken: list[str] = [name for part in self._reading.parts for name in part.present]
        for _, block in blocks:
            spoken += [*([block.who] if block.kind == "speech" and block.who else ()), *block.wish.characters]
        spoken = list(dict.fromkeys(spoken))
        single = {*found, *(name.lower() for name in spoken if len(cues.voices(name)) == 1)}
        joint = [one for name in spoken for one in self._voices(name, single)]
        known = frozenset({*(part.name for part in found.values()), *joint})
        if len(known) > MOST_PEOPLE:
            raise InputError(
                f"the script names {len(known)} people; a film has {MOST_PEOPLE} at most",
                hint="Split it into episodes, a file each.",
            )
        told: dict[str, str] = {}
        newcomers: list[str] = []
        for _, block in blocks:
            if block.kind in ("action", "shot"):
                for name, about in features.introduced(block.text, known):
                    told.setdefault(name.lower(), about)
                    newcomers.append(name)
        for name in (*joint, *newcomers):
            key = name.lower()
            part = found.get(key)
            if part is None:
                found[key] = features.described(name, told.get(key, ""))
            elif not part.description and key in told:
                found[key] = features.described(part.name, told[key])
        alone: dict[str, list[str]] = {}
        for _, block in blocks:
            if block.kind in ("action", "shot"):
                low = block.text.lower()
                named = [name for name in found if name in low]
                if len(named) == 1:
                    alone.setdefault(named[0], []).append(block.text)
        return [self._gendered(part, alone.get(key, [])) for key, part in found.items()]

    @staticmethod
    def _gendered(part: CharacterPart, alone: Sequence[str]) -> CharacterPart:
        """The character with the gender of the pronouns where nobody else is named, if nothing else tells it."""
        found = features.pronouns(" ".join(alone)) if part.gender is None else None
        return part.model_copy(update={"gender": found}) if found else part

    @staticmethod
    def _voices(name: str, known: set[str]) -> tuple[str, ...]:
        """The people of a joint name; a name such as 林和平 is one where its parts are nobody's."""
        parts = cues.voices(name)
        sure = any(mark in name for mark in "、&＆/") or all(part.lower() in known for part in parts)
        return parts if sure else (name,)

    def _placed(self) -> list[str]:
        """uid of the place of each part, the same for the same place at the same time of day."""
        known: dict[tuple[str, str], str] = {}
        uids: list[str] = []
        names: set[str] = set()
        for part in self._reading.parts:
            at = part.heading
            name = at.place or (_FLASHBACK[self._language] if at.flashback else "")
            if not name:
                uids.append("")
                continue
            key = (name.lower(), at.time)
            if key not in known:
                label = name
                if name.lower() in names and at.time_text:
                    label = f"{name}（{at.time_text}）" if self._language == "zh" else f"{name} ({at.time_text})"
                names.add(name.lower())
                before = {scene.uid for scene in self.places.scenes}
                self.places.add(self._location(label, part))
                known[key] = next(s.uid for s in self.places.scenes if s.uid not in before)
            uids.append(known[key])
        return uids

    def _location(self, name: str, part: Part) -> LocationPart:
        at = part.heading
        side = _SIDES[self._language].get(at.inside, "")
        time = at.time_text if time_of(at.time_text) or not at.time else _TIMES[self._language][at.time]
        said = [side, time, _FLASHBACK[self._language] if at.flashback and at.place else ""]
        comma = "，" if self._language == "zh" else ", "
        light = _LIGHT[self._language].get(at.time)
        return LocationPart(
            name=name,
            description=comma.join(text for text in said if text),
            light=(light[0] if at.inside != "outside" else light[1]) if light else "",
            landmarks=tuple(dict.fromkeys(part.props))[:6],
        )

    # Shots.

    def draft(self, words: str, seen: str, target_ms: int) -> Draft:
        """The screenplay of it all."""
        measure = meter(self._language, self._speed)
        ideal = ideal_ms(sum(measure(line) for line in words.splitlines()), target_ms)
        shots: list[Shot] = []
        given: dict[str, frozenset[str]] = {}
        moments = list(self._moments())
        for moment in moments:
            for shot, fields in self._shots(moment, len(shots), ideal):
                shots.append(shot)
                given[shot.uid] = fields
        if self._closing == "fade_out":
            shots[-1] = shots[-1].model_copy(update={"transition": "fade_out"})
            given[shots[-1].uid] |= {"transition"}
        reading = self._reading
        title = " ".join(reading.title.split())
        screenplay = Screenplay(
            title=title or titled(words or seen),
            logline=" ".join(reading.logline.split()),
            language=self._language,
            duration_target_ms=min(max(1000, sum(shot.duration_ms for shot in shots)), LONGEST_MS),
            locked=True,
            characters=self.people.cast,
            scenes=self.places.scenes,
            shots=tuple(shots),
        )
        head = {name for name, value in (("title", title), ("logline", reading.logline)) if value}
        return Draft(screenplay, given, frozenset(head))

    def _moments(self) -> Iterator[_Moment]:
        """The blocks of all scenes, gathered: a new picture begins with a scene, an action, or a shot of the script."""
        self._closing: Transition | None = None
        pending: Transition | None = None
        for index, part in enumerate(self._reading.parts):
            if (
                not any(block.kind in ("action", "shot", "speech", "overlay") for block in part.blocks)
                and part.heading.text
            ):
                self.doubts.append(Unread(part.line, part.heading.text, "is a heading with nothing to film under it"))
            if part.heading.flashback:
                pending = pending or "dissolve"
            now: _Moment | None = None
            for block in part.blocks:
                if block.kind == "transition":
                    if now is not None:
                        yield now
                    now, pending = None, transitions.asked(block.text) or "cut"
                    continue
                if block.kind == "note" and now is None:
                    now = _Moment(index)
                fresh = now is None or (block.kind in ("action", "shot") and bool(now.seen or now.said or now.counted))
                if block.kind == "action" and now is not None and now.counted and not (now.seen or now.said):
                    fresh = False
                if fresh:
                    if now is not None:
                        yield now
                    now = _Moment(index)
                assert now is not None
                if pending is not None:
                    now.into, pending = pending, None
                self._gather(now, block)
            if now is not None:
                yield now
        self._closing = pending

    @staticmethod
    def _gather(now: _Moment, block: Block) -> None:
        if block.kind == "shot":
            now.counted, now.seen, now.wish = True, block.text, block.wish
            now.into = block.wish.transition or now.into
        elif block.kind == "action":
            now.seen = block.text
        elif block.kind == "speech":
            now.said.append(block)
        elif block.kind == "overlay":
            now.overlays.append(block.text)
        else:
            now.notes.append(block.text)

    def _shots(self, moment: _Moment, before: int, ideal: int) -> Iterator[tuple[Shot, frozenset[str]]]:
        """The shots of a moment: one, or where its words are too many as many as they need, closer each time."""
        paragraphs, cast = self._paragraphs(moment.said)
        pieces = pieces_of(paragraphs, cast, self._limits, meter(self._language, self._speed))
        whole = moment.counted or not pieces
        groups: list[list[Piece]] = [pieces] if whole else grouped(pieces, self._limits, ideal)
        size = self._size(moment, before)
        for number, group in enumerate(groups):
            lines = lines_of(paragraphs, group)
            if number:
                size = vocabulary.CLOSER[size]
            shot = self._shot(moment, before + number, lines, size, [moment.said[piece.paragraph] for piece in group])
            fields = {"location"} if shot.scene else set()
            fields |= {"visual_description"} if moment.seen else set()
            wish = moment.wish
            asked = (
                ("size", wish.size or vocabulary.size_in(moment.seen)),
                ("angle", wish.angle), ("movement", wish.movement), ("characters", wish.characters),
                ("duration", wish.duration_ms), ("action", wish.action),
                ("transition", number == 0 and moment.into), ("text_overlay", shot.text_overlay),
            )  # fmt: skip
            yield shot, frozenset(fields | {name for name, value in asked if value})

    def _paragraphs(self, said: Sequence[Block]) -> tuple[list[Paragraph], dict[str, str]]:
        paragraphs: list[Paragraph] = []
        cast: dict[str, str] = {}
        for block in said:
            voices = self._voices(block.who, self._known) if block.who else ("",)
            if len(voices) > 1:
                self.doubts.append(Unread(block.line, block.who, f"speak at once; the voice is that of {voices[0]}"))
            if block.who:
                cast[block.who] = self.people.find(voices[0], "")
            paragraphs.append(Paragraph(block.text, block.who or NARRATOR, block.manner))
        return paragraphs, cast

    def _size(self, moment: _Moment, before: int) -> Size:
        wished = moment.wish.size or vocabulary.size_in(moment.seen)
        return wished or vocabulary.SIZE_CYCLE[before % len(vocabulary.SIZE_CYCLE)]

    def _shot(self, moment: _Moment, index: int, lines: tuple[Line, ...], size: Size, said: Sequence[Block]) -> Shot:
        wish, first = moment.wish, not said or said[0] is moment.said[0]
        speaking = [
            self.people.find(name, "")
            for block in said
            if block.who and not block.away
            for name in self._voices(block.who, self._known)
        ]
        wished = [self.people.find(name, "") for name in wish.characters]
        seen = self.people.seen_in(f"{moment.seen} {wish.action}")
        names = {character.uid: character.name for character in self.people.cast}
        shot = Shot(
            uid=f"s{index + 1:02d}",
            scene=self._scenes[moment.part],
            characters=tuple(dict.fromkeys(who for who in (*wished, *seen, *speaking) if who != NARRATOR)),
            size=size,
            angle=wish.angle or vocabulary.snap(moment.seen, Angle, _ANGLES) or "eye",
            movement=wish.movement
            or vocabulary.movement_in(moment.seen)
            or vocabulary.MOVEMENT_CYCLE[index % len(vocabulary.MOVEMENT_CYCLE)],
            action=wish.action,
            description=moment.seen or self._talking(moment.part, [names[who] for who in dict.fromkeys(speaking)]),
            lines=lines,
            duration_ms=wish.duration_ms or 500,
            text_overlay=" ".join(moment.overlays) if first else "",
            transition=self._into(moment.into, index) if first else "cut",
            notes="; ".join(moment.notes) if first else "",
        )
        if not wish.duration_ms:
            length = fitted_ms(shot, self._limits, self._language, self._speed)
            shot = shot.model_copy(update={"duration_ms": length})
        return shot

    def _talking(self, part: int, names: Sequence[str]) -> str:
        """The picture to words without action: who speaks where. Empty where the script does not say where."""
        place = next((scene for scene in self.places.scenes if scene.uid == self._scenes[part]), None)
        if place is None:
            return ""
        if self._language == "zh":
            who = f"{'、'.join(names)}在{place.name}说话" if names else f"{place.name}，空镜"
            return "，".join(text for text in (who, place.description) if text)
        who = f"{' and '.join(names)} talking" if names else "an empty view"
        return ", ".join(text for text in (who, place.name, place.description) if text)

    @staticmethod
    def _into(asked: Transition | None, index: int) -> Transition:
        """The transition into a shot; what goes to black before a shot comes back from it."""
        if index == 0:
            return asked if asked in ("cut", "fade_in") else "fade_in"
        if asked in ("fade_in", "fade_out"):
            return "fade"
        return asked or "cut"


def _findings(reading: Reading, screenplay: Screenplay, doubts: Sequence[Unread]) -> Iterator[Finding]:
    """How a script was read, and every line of it that was not understood."""
    names = {c.uid: c.name for c in screenplay.characters}
    lines = [line for shot in screenplay.shots for line in shot.lines]
    speakers = [names[who] for who in dict.fromkeys(line.speaker for line in lines) if who != NARRATOR]
    by = f" by {', '.join(speakers[:8])}{' and others' if len(speakers) > 8 else ''}" if speakers else ""
    counts = f"{_count(len(screenplay.scenes), 'place')}, {_count(len(screenplay.shots), 'shot')}"
    yield Finding(
        "note",
        "",
        "script",
        f"Read as {reading.format}: {counts}, {_count(len(lines), 'line')}{by}. Only these lines are spoken; "
        "the rest of the script is what is seen.",
    )
    unread = sorted((*reading.unread, *doubts), key=lambda one: one.line)
    for one in unread[:SHOWN]:
        shown = one.text if len(one.text) <= 40 else f"{one.text[:39]}…"
        yield Finding("warning", "", "script", f"{reading.unit.capitalize()} {one.line}: {shown!r} {one.why}.")
    if more := unread[SHOWN:]:
        where = ", ".join(str(line) for line in dict.fromkeys(one.line for one in more))
        yield Finding(
            "warning", "", "script", f"{_count(len(more), 'more place')} not understood, in {reading.unit}s {where}."
        )
    whys: dict[str, list[int]] = {}
    for one in reading.aside:
        whys.setdefault(one.why, []).append(one.line)
    if whys:
        told = "; ".join(f"{why}: {reading.unit} {', '.join(map(str, dict.fromkeys(at)))}" for why, at in whys.items())
        yield Finding("note", "", "script", f"Not in the film, because it {told}.")


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
