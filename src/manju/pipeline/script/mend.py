"""Mending a script whose text is ours. What a person wrote does not come here."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from manju.domain.casting import Character
from manju.domain.screenplay import Line, Screenplay, Shot
from manju.domain.speech import speech_ms
from manju.pipeline.limits import BREATH_MS, Limits
from manju.pipeline.script.gate import drawable
from manju.pipeline.script.language import columns, substance
from manju.pipeline.script.lengths import spoken_ms
from manju.pipeline.script.names import uid
from manju.pipeline.script.sentences import clause_ends, cut, first_sentence, sentence_spans
from manju.pipeline.script.timing import fit
from manju.pipeline.script.vocabulary import CLOSER


def mend(screenplay: Screenplay, limits: Limits, *, speed: float = 1.0) -> Screenplay:
    """The screenplay with its fixable problems fixed: words that overflow a shot get a second one, too many short shots
    become fewer, lengths follow the words and add up to the target, descriptions say who and where, overlays are short,
    transitions fit their place. No sentence is lost or reworded."""
    shots = tuple(part for shot in screenplay.shots for part in _split(shot, screenplay, limits, speed))
    screenplay = screenplay.model_copy(update={"shots": _renamed(shots)})
    screenplay = _merged(screenplay, limits, speed)
    screenplay = fit(screenplay, limits, speed=speed)
    last = len(screenplay.shots) - 1
    shots = tuple(
        shot.model_copy(
            update={
                "description": described(shot, screenplay, limits),
                "text_overlay": _short(shot.text_overlay, limits.overlay_columns),
                "transition": _transition(shot, index, last),
            }
        )
        for index, shot in enumerate(screenplay.shots)
    )
    return screenplay.model_copy(update={"shots": shots})


def shorten(screenplay: Screenplay, limits: Limits, *, speed: float = 1.0) -> Screenplay:
    """The last resort for text of ours that no retry has cured: sentences are left out, from the fullest shots, until
    the words fit the film; and an opening sentence that is no hook ends at its first clause."""
    screenplay = _hooked(screenplay, limits, speed)
    budget = screenplay.duration_target_ms + limits.total_tolerance_ms
    while True:
        mended = mend(screenplay, limits, speed=speed)
        candidates = [
            (spoken_ms(shot.lines, screenplay.language, speed), -index)
            for index, shot in enumerate(screenplay.shots)
            if _sentences(shot.lines) > 1
        ]
        if sum(shot.duration_ms for shot in mended.shots) <= budget or not candidates:
            return mended
        fullest = -max(candidates)[1]
        shots = list(screenplay.shots)
        shots[fullest] = _without_last_sentence(shots[fullest])
        screenplay = screenplay.model_copy(update={"shots": tuple(shots)})


def _sentences(lines: Sequence[Line]) -> int:
    return sum(len(sentence_spans(line.text)) for line in lines)


def _without_last_sentence(shot: Shot) -> Shot:
    *head, last = shot.lines
    spans = sentence_spans(last.text)
    if len(spans) > 1:
        head.append(last.model_copy(update={"text": last.text[: spans[-2][1]]}))
    return shot.model_copy(update={"lines": tuple(head)})


def _hooked(screenplay: Screenplay, limits: Limits, speed: float) -> Screenplay:
    first = next((i for i, shot in enumerate(screenplay.shots) if shot.lines), None)
    if first is None:
        return screenplay
    line = screenplay.shots[first].lines[0]
    hook = first_sentence(line.text)
    if speech_ms(hook, screenplay.language, speed) <= limits.hook_ms or "\n" in line.text:
        return screenplay
    ends = [end for end in clause_ends(hook) if speech_ms(hook[:end], screenplay.language, speed) <= limits.hook_ms]
    if not ends:
        return screenplay
    stop = "。" if screenplay.language == "zh" else "."
    head, tail = hook[: ends[-1]].rstrip("，、；：,;: "), hook[ends[-1] :].lstrip()
    if screenplay.language == "en":
        tail = f" {tail[:1].upper()}{tail[1:]}"
    text = line.text.replace(hook, f"{head}{stop}{tail}", 1)
    shot = screenplay.shots[first]
    shots = list(screenplay.shots)
    shots[first] = shot.model_copy(update={"lines": (line.model_copy(update={"text": text}), *shot.lines[1:])})
    return screenplay.model_copy(update={"shots": tuple(shots)})


def _split(shot: Shot, screenplay: Screenplay, limits: Limits, speed: float) -> list[Shot]:
    """The shot, or as many as its words need, cut between sentences or else at clauses."""
    language = screenplay.language

    def measure(text: str) -> int:
        return speech_ms(text, language, speed)

    if spoken_ms(shot.lines, language, speed) <= limits.speech_max_ms:
        return [shot]
    pieces: list[Line] = []
    for line in shot.lines:
        for start, end in sentence_spans(line.text):
            sentence = line.text[start:end]
            pieces += [
                line.model_copy(update={"text": sentence[a:b]})
                for a, b in cut(sentence, limits.speech_max_ms - 800, measure)
            ]
    total = sum(measure(piece.text) + BREATH_MS for piece in pieces)
    count = -(-total // limits.speech_max_ms)
    parts: list[list[Line]] = [[]]
    for piece in pieces:
        # A part is full at its even share, and never goes over what a shot can hold.
        now = spoken_ms(parts[-1], language, speed)
        full = spoken_ms([*parts[-1], piece], language, speed) > limits.speech_max_ms or now >= total / count
        if parts[-1] and full:
            parts.append([])
        parts[-1].append(piece)
    return [_part(shot, number, _joined(part, screenplay)) for number, part in enumerate(parts)]


def _part(shot: Shot, number: int, lines: tuple[Line, ...]) -> Shot:
    if number == 0:
        return shot.model_copy(update={"lines": lines, "transition": _entering(shot)})
    size = shot.size
    for _ in range(number):
        size = CLOSER[size]
    return shot.model_copy(
        update={
            "uid": f"{shot.uid}{_letter(number)}",
            "lines": lines,
            "text_overlay": "",
            "size": size,
            "transition": "fade_out" if shot.transition == "fade_out" else "cut",
        }
    )


def _entering(shot: Shot) -> str:
    return "cut" if shot.transition == "fade_out" else shot.transition


def _letter(number: int) -> str:
    return chr(ord("a") + number) if number < 26 else f"-{number + 1}"


def _joined(pieces: Sequence[Line], screenplay: Screenplay) -> tuple[Line, ...]:
    """Neighbouring pieces of the same speaker as one line again."""
    space = "" if screenplay.language == "zh" else " "
    lines: list[Line] = []
    for piece in pieces:
        if lines and lines[-1].speaker == piece.speaker and lines[-1].emotion == piece.emotion:
            lines[-1] = piece.model_copy(update={"text": lines[-1].text + space + piece.text})
        else:
            lines.append(piece)
    return tuple(lines)


def _renamed(shots: Sequence[Shot]) -> tuple[Shot, ...]:
    """The shots with unique uids (a split shot's part may have met another's name)."""
    taken: list[str] = []
    renamed: list[Shot] = []
    for number, shot in enumerate(shots, 1):
        own = uid(shot.uid, "s", number, taken)
        taken.append(own)
        renamed.append(shot if own == shot.uid else shot.model_copy(update={"uid": own}))
    return tuple(renamed)


def _merged(screenplay: Screenplay, limits: Limits, speed: float) -> Screenplay:
    """Fewer shots where even the shortest lengths add up to more than the film: the neighbours with the fewest words
    become one."""
    shots = list(screenplay.shots)
    most = screenplay.duration_target_ms + limits.total_tolerance_ms
    while len(shots) > 1 and len(shots) * limits.shot_min_ms > most:
        pairs = [
            (spoken_ms([*a.lines, *b.lines], screenplay.language, speed), a.scene != b.scene, index)
            for index, (a, b) in enumerate(pairwise(shots))
        ]
        words, _, index = min(pairs)
        if words > limits.speech_max_ms:
            break
        one, two = shots[index], shots[index + 1]
        shots[index : index + 2] = [
            one.model_copy(
                update={
                    "lines": _joined([*one.lines, *two.lines], screenplay),
                    "characters": tuple(dict.fromkeys((*one.characters, *two.characters))),
                    "text_overlay": one.text_overlay or two.text_overlay,
                    "duration_ms": min(one.duration_ms + two.duration_ms, limits.shot_max_ms),
                    "transition": "fade_out"
                    if two.transition == "fade_out" and one.transition == "cut"
                    else one.transition,
                }
            )
        ]
    return screenplay.model_copy(update={"shots": tuple(shots)})


def described(shot: Shot, screenplay: Screenplay, limits: Limits) -> str:
    """The shot's description; where it is too thin to be drawn, with who is there, where, and what is said added."""
    said = " ".join(part for part in (shot.description, shot.action) if part)
    if substance(said) >= limits.description_min and drawable(said):
        return shot.description
    zh = screenplay.language == "zh"
    parts = [shot.description.rstrip("。.!！ ")] if shot.description.strip() else []
    parts += [_who(screenplay.character(who), zh) for who in shot.characters]
    place = next((scene for scene in screenplay.scenes if scene.uid == shot.scene), None)
    if place is not None:
        parts.append(f"在{place.name}" if zh else f"at {place.name}")
        parts += [text for text in (place.description, "，".join(place.landmarks), place.light, place.palette) if text]
    if shot.lines and (substance("，".join(parts)) < limits.description_min or not drawable(" ".join(parts))):
        about = " ".join(" ".join(line.text for line in shot.lines).split())[:80]
        parts.append(f"画面表现这句话的具体情景：{about}" if zh else f"a concrete moment that shows: {about}")
    if shot.text_overlay and substance("，".join(parts)) < limits.description_min:
        parts.append(shot.text_overlay)
    if substance("，".join(parts)) < limits.description_min:
        parts.append(
            f"《{screenplay.title}》里一个安静的空镜，近处有物件，远处有天空"
            if zh
            else f"a quiet view without people from {screenplay.title}, things near, the sky far away"
        )
    return "，".join(parts) if zh else ", ".join(parts)


def _who(character: Character, zh: bool) -> str:
    texts = [text for _, text in character.look if text][:3]
    if not texts:
        return character.name
    return f"{character.name}（{'，'.join(texts)}）" if zh else f"{character.name} ({', '.join(texts)})"


def _short(overlay: str, width: int) -> str:
    """The overlay, or its first clause that fits; empty where not even that does."""
    if columns(overlay) <= width:
        return overlay
    fitting = [end for end in clause_ends(overlay) if columns(overlay[:end]) <= width]
    return overlay[: fitting[-1]].strip("，、；：,;:—– ") if fitting else ""


def _transition(shot: Shot, index: int, last: int) -> str:
    if index == 0 and shot.transition not in ("cut", "fade_in", "fade_out"):
        return "fade_in"
    if shot.transition == "fade_out" and index < last:
        return "fade" if index else "fade_in"
    return shot.transition
