"""Stage Voice: every line is spoken, measured, and given its place; measured speech sets the shots' lengths."""

from __future__ import annotations

from collections.abc import Sequence

from manju.domain.casting import NARRATOR, Voice
from manju.domain.cues import Word
from manju.domain.film import FilmSpec
from manju.domain.order import SpeechRequest
from manju.domain.screenplay import Line, Screenplay
from manju.media.probe import probe
from manju.pipeline.context import Context, gather
from manju.pipeline.cut import Spoken, Voiced
from manju.pipeline.pacing import Paced, pace
from manju.pipeline.voices import voices


async def speak(context: Context, screenplay: Screenplay) -> Voiced:
    """Have every line spoken. A voice file that a person replaced is used: its length counts, and the words' times are
    stretched to it."""
    total = sum(len(shot.lines) for shot in screenplay.shots)
    cast = {**voices(screenplay), NARRATOR: narrator(context.spec)}
    done = 0

    async def one(line: Line) -> Spoken:
        nonlocal done
        spoken = await _speak(context, screenplay, line, cast[line.speaker])
        done += 1
        context.progress("voice", done, total)
        return spoken

    flat = await gather([one(line) for shot in screenplay.shots for line in shot.lines])
    spoken: list[tuple[Spoken, ...]] = []
    for shot in screenplay.shots:
        spoken.append(tuple(flat[: len(shot.lines)]))
        del flat[: len(shot.lines)]
    lengths = [[line.duration_ms for line in lines] for lines in spoken]
    paced = pace(screenplay, lengths, context.limits, fit=not screenplay.locked)
    _tell(context, screenplay, paced)
    return Voiced(tuple(spoken), paced)


def narrator(spec: FilmSpec) -> Voice:
    """The narrator's voice as the user asked for it."""
    if spec.voice in ("female", "male"):
        return Voice(gender="female" if spec.voice == "female" else "male")
    return Voice(gender="female", model_voice=spec.voice)


async def _speak(context: Context, screenplay: Screenplay, line: Line, voice: Voice) -> Spoken:
    spec = context.spec
    request = SpeechRequest(
        text=line.text,
        language=screenplay.language,
        voice=voice,
        speaker=line.speaker,
        emotion=line.emotion,
        speed=spec.speed,
        seed=spec.seed,
    )
    take = await context.take(line.uid, "voice", request)
    name = f"audio/{line.uid}{take.main.suffix}"
    file = await context.keep(take, name)
    words = tuple(Word.model_validate(word) for word in take.facts["words"])
    duration = int(take.facts["duration_ms"])
    if file.own:
        length = probe(context.folder.locate(name)).duration_ms
        words = _stretched(words, duration, length)
        duration = length
    return Spoken(name, duration, words)


def _stretched(words: Sequence[Word], old: int, new: int) -> tuple[Word, ...]:
    return tuple(
        Word(text=word.text, start_ms=word.start_ms * new // old, end_ms=word.end_ms * new // old) for word in words
    )


def _tell(context: Context, screenplay: Screenplay, paced: Sequence[Paced]) -> None:
    for shot in paced:
        if shot.duration > context.limits.shot_max_ms and screenplay.locked:
            context.note(f"shot {shot.shot}: its words take {shot.duration / 1000:.1f} s, longer than a shot should be")
    total = sum(shot.duration for shot in paced)
    if abs(total - screenplay.duration_target_ms) > context.limits.total_tolerance_ms:
        context.note(
            f"the film is {total / 1000:.1f} s long, the target was {screenplay.duration_target_ms / 1000:.0f} s: "
            + ("your words are kept as they are" if screenplay.locked else "the words leave no other length")
        )
