"""Telling: beats with their slots become an outline whose words fit its exact length."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from random import Random

from manju.domain.casting import NARRATOR
from manju.domain.screenplay import Language
from manju.domain.speech import speech_ms
from manju.media.wrapping import shortened
from manju.providers.text.offline import pace
from manju.providers.text.offline.bank import BeatPlan, Form, Words
from manju.providers.text.offline.outline import Figure, Location, OutlineShot
from manju.providers.text.offline.pace import Spoken, Wording, wording
from manju.providers.text.offline.phrase import fill, join, tidy
from manju.providers.text.offline.playscript import Turn
from manju.providers.text.offline.staging import Camera

SHORTEST_MS, LONGEST_MS = 5000, 12000
"""Length of a shot in the short-video form (seed 004 §2.2)."""
OVERLAY_COLUMNS = 20
"""Two lines of large type on a phone, in Chinese characters; a Latin letter is half of one."""
HOOK_MS = 2900
"""The first sentence must be sayable in three seconds (seed 004 §2.3), with a little to spare."""
_MOST_CHOICES = 80
"""Wordings weighed for a shot; more are sampled."""
_POOR = 0.6
"""When nothing unsaid fills so much of a shot, a joining phrase may lengthen what is left."""
_SILENT_MS = 1500
"""A figure who is seen and never speaks is as bad as so much misfit."""
_LOADS = (1.0, 0.96, 1.04, 0.92, 1.08, 0.98, 0.94, 0.88, 0.9, 0.84, 0.96, 0.8)
_WEIGHTS = {"tease": 0.85, "climax": 1.12, "item": 1.12}
_STRETCH = 1.2
"""How much longer than its share a shot may become for its words, unless all shots are as short as can be."""
_SLACK = 0.3
"""How much worse than the best fit one of a scene's exchanges may be: chance shall have something to choose from."""
_STALE_AT = 3
"""Words heard so often are as stale as can be: in a long film the fit counts for more."""
HOOK_CHARS = 50
"""Seed 004 §2.3 measures the opening narration in characters."""


@dataclass(frozen=True, slots=True)
class Beat:
    """A beat to tell: its plan, what its slots stand for, where it plays."""

    plan: BeatPlan
    slots: dict[str, str]
    place: Location
    exchanges: tuple[tuple[Turn, ...], ...] = ()
    """What a plot's scene says, where it is one."""


@dataclass(frozen=True, slots=True)
class Pacing:
    """How time is shared: all lengths are multiples of ``step_ms``; without limits every shot gets its share."""

    total_ms: int
    step_ms: int = 500
    limited: bool = True
    fill: float = 0.86
    talk: bool = True
    """False: everything is narration."""


@dataclass(slots=True)
class _Memory:
    whole: set[tuple[str, ...]] = field(default_factory=set)
    pieces: dict[str, int] = field(default_factory=dict)

    def new(self, choice: Wording) -> bool:
        """Whether a wording says something that was not said as a whole before."""
        return not choice.pieces or choice.pieces not in self.whole

    def keep(self, chosen: Wording) -> None:
        self.whole.add(chosen.pieces)
        for piece in chosen.pieces:
            self.pieces[piece] = self.pieces.get(piece, 0) + 1

    def stale(self, choice: Wording) -> int:
        """How often parts of a wording were heard before."""
        return sum(self.pieces.get(piece, 0) for piece in choice.pieces)


def sequence(form: Form, count: int) -> list[str]:
    """The kinds of ``count`` beats in order: by rank what a short film keeps, by cycle what a long one adds."""
    kept = list(form.rank[:count])
    extra = kept.count("*") + max(0, count - len(form.rank))
    episodes = [form.cycle[index % len(form.cycle)] for index in range(extra)]
    stars = form.order.count("*")
    share = -(-extra // stars) if stars else 0
    out: list[str] = []
    for kind in form.order:
        if kind == "*":
            out += [episodes.pop(0) for _ in range(min(share, len(episodes)))]
        elif kind in kept:
            out.append(kind)
    return out


def shot_count(total_ms: int) -> int:
    """How many shots a film of this length has: about 5.8 s each in a short one, 6.4 s in a longer one, within 5..12 s
    where the length allows."""
    most = max(1, total_ms // SHORTEST_MS)
    usual = 5800 if total_ms <= 75_000 else 6400
    return min(most, max(round(total_ms / usual), min(3, most)))


def _narrations(beat: Beat, words: Words, room: int) -> Iterator[str]:
    """Ways to say a beat, from one sentence to four, those that come near the room they have."""
    language = words.language
    tails = [(text, speech_ms(text, language)) for text in (fill(more, beat.slots) for more in beat.plan.more)]
    for template in beat.plan.say:
        core = fill(template, beat.slots)
        ms = speech_ms(core, language)
        yield join([core], language)
        usable = [tail for tail in tails if tail[0].strip("。. ") not in core]
        for size in (1, 2, 3) if beat.plan.kind != "hook" else (1, 2):
            for group in combinations(usable, size):
                about = ms + sum(tail_ms for _, tail_ms in group) + 350 * size
                if about <= room * 1.1 and (size == 1 or about >= room * 0.6):
                    yield join([core, *(text for text, _ in group)], language)


def _joined(choice: Wording, form: Form, words: Words) -> Iterator[Wording]:
    """The same words after a joining phrase, for what would else be said twice."""
    for start in form.joins:
        text = choice.narration
        # A name keeps its capital; what follows a colon keeps it too.
        if not start.endswith(": ") and re.match(
            r"(?:The|A|An|In|On|At|One|For|If|This|What|So|No|With|And|Then)\b", text
        ):
            text = text[:1].lower() + text[1:]
        yield wording(start + text, choice.talk, words.language)


def _exchanged(beat: Beat, words: Words, talk_too: bool, room: float) -> list[Wording]:
    """The wordings of a plot's scene: each exchange without its extra turns, then with one more of them at a time;
    where all are longer than ``room``, also their first turns alone."""
    whole = _turns(beat, words, talk_too, starts=False)
    return whole if any(choice.ms <= room for choice in whole) else whole + _turns(beat, words, talk_too, starts=True)


def _turns(beat: Beat, words: Words, talk_too: bool, *, starts: bool) -> list[Wording]:
    out = []
    for number, exchange in enumerate(beat.exchanges):
        core = [turn for turn in exchange if not turn.extra]
        more = [turn for turn in exchange if turn.extra]
        kept = [core + more[:count] for count in range(len(more) + 1)]
        for wanted in [core[:count] for count in range(1, len(core))] if starts else kept:
            turns = [turn for turn in exchange if turn in wanted]
            said = [(turn, tidy(fill(turn.text, beat.slots), words.language)) for turn in turns]
            if talk_too:
                first = next((at for at, (turn, _) in enumerate(said) if turn.speaker), len(said))
                told = join([text for _, text in said[:first]], words.language)
                talk = tuple(Spoken(turn.speaker or NARRATOR, text, turn.mood) for turn, text in said[first:])
                out.append(wording(told, talk, words.language, number))
            else:
                parts = [_reported(beat.slots, turn, text, words.language) for turn, text in said]
                out.append(wording(join(parts, words.language), (), words.language, number))
    return out


def _reported(slots: Mapping[str, str], turn: Turn, text: str, language: Language) -> str:
    """A turn as a narrator tells it."""
    if not turn.speaker:
        return text
    name = slots[turn.speaker]
    return f"{name}说，“{text}”" if language == "zh" else f"{name} says: {text}"


def _wordings(
    beat: Beat, words: Words, cast: frozenset[str], room: int, brief: bool, most: float, rng: Random
) -> list[Wording]:
    """Ways to tell a beat: those that take about ``room`` milliseconds, and at most ``most`` where there are any."""
    language = words.language
    if brief:
        out = [Wording()]
        for speaker, line in beat.plan.brief:
            text = fill(line, beat.slots)
            if not speaker:
                out.append(wording(text, (), language))
            elif speaker in cast:
                out.append(wording("", (Spoken(speaker, text),), language))
        return out
    if beat.exchanges:
        return _exchanged(beat, words, bool(cast), most)
    plain = [wording(text, (), language) for text in dict.fromkeys(_narrations(beat, words, room))]
    talks = [
        tuple(Spoken(who, fill(line, beat.slots), feeling) for who, line, feeling in talk)
        for talk in beat.plan.talk
        if all(speaker in cast for speaker, _, _ in talk)
    ]
    alone = [wording("", talk, language) for talk in talks]
    spoken = [
        wording(base.narration, talk, language)
        for talk in talks
        for base in plain
        if base.ms < room * 0.75 and len(base.pieces) <= 2
    ]
    if beat.plan.spoken and talks:
        fitting = [choice for choice in alone if choice.ms <= most]
        return fitting or alone + plain
    out = plain + [choice for choice in (*alone, *spoken) if room * 0.6 <= choice.ms <= room * 1.1]
    return out if len(out) <= _MOST_CHOICES else [out[0], *rng.sample(out[1:], _MOST_CHOICES - 1)]


def _first(choices: list[Wording], words: Words) -> list[Wording]:
    """Wordings fit to open a film: a hook that is said within three seconds, and not too much after it."""
    hooks = [
        choice
        for choice in choices
        if choice.pieces
        and wording(choice.pieces[0], (), words.language).ms <= HOOK_MS
        and len(choice.narration) <= HOOK_CHARS
    ]
    return hooks or choices


def _pick(
    choices: list[Wording],
    room: int,
    share: float,
    memory: _Memory,
    form: Form,
    words: Words,
    rng: Random,
    *,
    slack: float,
    ceiling: float,
) -> Wording:
    """The wording that fills a shot best and was heard least; never one that was said before, and none of more than
    ``ceiling`` milliseconds, while there are others."""
    fresh = [choice for choice in choices if memory.new(choice)]
    fitting = [choice for choice in fresh if choice.ms <= ceiling]
    if not any(choice.ms >= _POOR * room for choice in fitting) and any(choice.narration for choice in choices):
        joined = [longer for choice in choices for longer in _joined(choice, form, words)]
        again = [choice for choice in joined if memory.new(choice)]
        fitting += [choice for choice in again if choice.ms <= ceiling]
        fresh = fresh or again
    fitting = fitting or [min(fresh or choices, key=lambda choice: choice.ms)]
    target = room * share
    scored = [
        (abs(choice.ms - target) / target + 0.09 * min(_STALE_AT, memory.stale(choice)), choice) for choice in fitting
    ]
    best = min(score for score, _ in scored)
    return rng.choice([choice for score, choice in scored if score <= best + slack])


def _silent(beats: Sequence[Beat], chosen: Sequence[Wording], cast: frozenset[str]) -> set[str]:
    """Who is seen in a film and never says a word, though others do."""
    seen = {who for beat in beats if beat.exchanges for who in beat.plan.who} & cast
    return seen - {said.speaker for choice in chosen for said in choice.talk}


def tell(
    beats: Sequence[Beat], form: Form, words: Words, figures: Sequence[Figure], pacing: Pacing, rng: Random
) -> tuple[list[Wording], list[int]]:
    """Choose every beat's words and every shot's length. Tries a few loads and keeps the one that fits best."""
    count = len(beats)
    cast = frozenset(figure.id for figure in figures if pacing.talk)
    loose = pacing.total_ms >= count * (SHORTEST_MS + 500)
    stretch = _STRETCH if pacing.limited and loose else 0.97
    weights = [_WEIGHTS.get(beat.plan.kind, 1.0) if loose or not pacing.limited else 1.0 for beat in beats]
    step = pacing.step_ms
    shares = pace.lengths(pacing.total_ms, count, weights, step)
    brief = pacing.total_ms / count < 3000
    rooms = [pace.room(max(share, SHORTEST_MS) if pacing.limited and not brief else share) for share in shares]
    options: list[list[Wording]] = []
    for index, beat in enumerate(beats):
        choices = _wordings(beat, words, cast, rooms[index], brief, rooms[index] * stretch, rng)
        options.append(_first(choices, words) if index == 0 and not brief else choices)
    best: tuple[int, list[Wording], list[int]] | None = None
    for load in _LOADS:
        memory, chosen = _Memory(), []
        for beat, choices, room in zip(beats, options, rooms, strict=True):
            wanted = 0.95 if brief else min(0.93, pacing.fill * load)
            played = bool(beat.exchanges) and not brief
            slack, most = (_SLACK, room * stretch) if played else (0.05, room * 0.97)
            pick = _pick(choices, room, wanted, memory, form, words, rng, slack=slack, ceiling=most)
            memory.keep(pick)
            chosen.append(pick)
        spoken = [choice.ms for choice in chosen]
        if pacing.limited:
            low = min(SHORTEST_MS, pacing.total_ms // count)
            lengths = pace.settle(spoken, pacing.total_ms, step, low, LONGEST_MS)
        else:
            lengths = shares
        wrong = 0 if brief else pace.misfit(spoken, lengths) + _SILENT_MS * len(_silent(beats, chosen, cast))
        if best is None or wrong < best[0]:
            best = (wrong, chosen, lengths)
        if wrong == 0:
            break
    assert best is not None
    return best[1], best[2]


def stage(
    beats: Sequence[Beat], said: Sequence[Wording], lengths: Sequence[int], words: Words,
    figures: Sequence[Figure], rng: Random,
) -> tuple[OutlineShot, ...]:  # fmt: skip
    """The shots: framing, people, picture and transition for every beat with its words and length."""
    camera = Camera(words, rng)
    by_id = {figure.id: figure for figure in figures}
    shots: list[OutlineShot] = []
    for index, (beat, words_said, ms) in enumerate(zip(beats, said, lengths, strict=True)):
        plan = beat.plan
        people = [] if plan.empty else list(plan.who)
        people += [spoken.speaker for spoken in words_said.talk if spoken.speaker != NARRATOR]
        present = [who for who in dict.fromkeys(people) if who in by_id]
        if beat.exchanges:
            plan = plan.model_copy(update={"act": (plan.act[words_said.exchange % len(plan.act)],)})
        framing = camera.frame(plan)
        lead = by_id[present[0]] if present else None
        others = [by_id[who] for who in present[1:]]
        slots = {**beat.slots, "who": lead.name if lead else ""}
        marks = beat.place.landmarks[index % 3 :] + beat.place.landmarks[: index % 3]
        action, description = camera.picture(plan, framing, beat.place, lead, others, slots, marks)
        moved = index > 0 and beats[index - 1].place is not beat.place
        shots.append(
            OutlineShot(
                kind=plan.kind,
                narration=words_said.narration,
                talk=words_said.talk,
                ms=ms,
                location=beat.place.id,
                figures=tuple(present),
                size=framing[0],
                angle=framing[1],
                movement=framing[2],
                transition=camera.transition(index, len(beats), plan.kind, moved),
                action=action,
                description=description,
                overlay=shortened(fill(plan.overlay, beat.slots), OVERLAY_COLUMNS),
            )
        )
    return tuple(shots)


def used_places(shots: Sequence[OutlineShot], places: Sequence[Location]) -> tuple[Location, ...]:
    """The places in which a shot is set."""
    used = {shot.location for shot in shots}
    return tuple(place for place in places if place.id in used)
