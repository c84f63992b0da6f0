"""The script stage: from what the user gave to a screenplay that passes the gate."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from manju.domain.film import FilmSpec
from manju.domain.order import TextRequest
from manju.domain.screenplay import Screenplay, Shot
from manju.pipeline.findings import Finding
from manju.pipeline.limits import Limits
from manju.pipeline.replies import ReplyError
from manju.pipeline.script import reply
from manju.pipeline.script.build import Draft, build
from manju.pipeline.script.complete import complete, honour
from manju.pipeline.script.direct import merge, undirected
from manju.pipeline.script.gate import check
from manju.pipeline.script.mend import described, mend, shorten
from manju.pipeline.script.prompts import direct_request, write_request
from manju.pipeline.script.shape import Direction, Script
from manju.pipeline.script.sources import read_draft
from manju.pipeline.script.timing import fit

TRIES = 3
"""The first try and two with the problems fed back."""

_OURS = frozenset({"LATIN", "CJK", "IDEOGRAPHIC", "BOPOMOFO"})
_CALLED = {"HANGUL": "Korean", "HIRAGANA": "Japanese", "KATAKANA": "Japanese", "KATAKANA-HIRAGANA": "Japanese"}
"""Scripts by the first word of their letters' Unicode names: those that the film's languages use, and those whose
readers call them otherwise."""

BATCH = 60
"""Shots whose pictures are asked for in one request: about seven minutes of film, a reply of some 10 000 tokens."""


class ScriptContext(Protocol):
    """What the stage needs from its surroundings."""

    async def ask(self, subject: str, request: TextRequest, /) -> str:
        """The text model's whole reply. ``subject`` names the try for the order's key (``"screenplay/try-1"``).

        Raises:
            ReplyError: the reply was cut off (see `manju.pipeline.script.whole`); the stage asks again.
        """
        ...

    def report(self, finding: Finding, /) -> None:
        """Tell the user what the gate saw."""
        ...


async def write(context: ScriptContext, spec: FilmSpec, limits: Limits | None = None) -> Screenplay:
    """The film's screenplay.

    A topic is written by the text model, measured, mended, and asked for again with its problems at most twice. A
    script or text of the user's keeps its words; the model is asked only for pictures that nobody described. Options
    of the spec win over the script's fields, and those over the model's.

    Raises:
        InputError: the source cannot be used.
        ReplyError: no try gave a usable script; ``raw`` is the last reply.
    """
    limits = limits or Limits()
    if spec.source.kind == "topic":
        screenplay = await _written(context, spec, limits)
    else:
        draft, notes = read_draft(spec, limits)
        for note in notes:
            context.report(note)
        screenplay = await _directed(context, spec, draft, limits)
    if not spec.language and (letters := _foreign(spec, screenplay)):
        spoken, other = ("Chinese", "en") if screenplay.language == "zh" else ("English", "zh")
        told = "the film is in" if spec.source.kind == "topic" else "it is spoken as"
        context.report(
            Finding(
                "note",
                "",
                "language",
                f"The {spec.source.kind} is written in {letters} letters; {told} {spoken}, because manju writes and "
                "speaks Chinese and English only.",
                f"Use --language {other} for the other of the two.",
            )
        )
    review(context, spec, screenplay, limits)
    return screenplay


def review(context: ScriptContext, spec: FilmSpec, screenplay: Screenplay, limits: Limits | None = None) -> None:
    """Report what the gate sees in a screenplay, for example in one that a person edited. Nothing is changed."""
    for finding in check(screenplay, limits or Limits(), speed=spec.speed):
        context.report(finding)


def _foreign(spec: FilmSpec, screenplay: Screenplay) -> str:
    """The script that a good part of the user's words is written in, if neither Chinese nor English is: Korean."""
    said = "\n".join(line.text for shot in screenplay.shots for line in shot.lines)
    text = unicodedata.normalize("NFKC", said if spec.source.kind == "script" else spec.source.text)
    letters = Counter(unicodedata.name(char, "").split(" ")[0] for char in text if char.isalpha())
    foreign = Counter({name: count for name, count in letters.items() if name and name not in _OURS})
    if not foreign or 10 * foreign.total() <= 3 * letters.total():  # 平假名の, π and the like are everywhere
        return ""
    name = foreign.most_common(1)[0][0]
    return _CALLED.get(name, name.title())


async def _written(context: ScriptContext, spec: FilmSpec, limits: Limits) -> Screenplay:
    problems: tuple[str, ...] = ()
    best: tuple[tuple[int, int], Screenplay] | None = None
    failure: ReplyError | None = None
    before, raw = "", ""
    for number in range(1, TRIES + 1):
        try:
            raw = await context.ask(f"screenplay/try-{number}", write_request(spec, limits, problems=problems))
            script = reply.read(raw, Script)
        except ReplyError as error:
            failure, problems = error, error.problems
            continue
        if raw == before:
            break  # A model that repeats itself will not do better.
        before = raw
        draft = build(script, limits, strict=False, speed=spec.speed, topic=spec.source.text)
        screenplay = _aimed(complete(honour(draft.screenplay, spec)), spec, limits)
        found = check(mend(screenplay, limits, speed=spec.speed), limits, speed=spec.speed)
        rank = _rank(found)
        if best is None or rank < best[0]:
            best = rank, screenplay
        if not found:
            break
        problems = tuple(str(finding) for finding in found)
    if best is None:
        raise failure or ReplyError("the text model gave no script", raw=raw)
    rank, screenplay = best
    if rank == (0, 0):
        return mend(screenplay, limits, speed=spec.speed)
    screenplay = shorten(screenplay, limits, speed=spec.speed)
    errors = [str(f) for f in check(screenplay, limits, speed=spec.speed) if f.level == "error"]
    if errors:
        raise ReplyError(
            f"the text model's script does not fit the film: {errors[0]}",
            raw=raw,
            problems=tuple(errors),
            hint="Ask for another length with --seconds, or choose another text model with --text-model.",
        )
    return screenplay


def _aimed(screenplay: Screenplay, spec: FilmSpec, limits: Limits) -> Screenplay:
    """The screenplay with the length that was asked for as its target; a model has no say in it."""
    target = spec.seconds * 1000 if spec.seconds else limits.target_ms
    return screenplay.model_copy(update={"duration_target_ms": target})


def _rank(findings: Sequence[Finding]) -> tuple[int, int]:
    return sum(f.level == "error" for f in findings), sum(f.level == "warning" for f in findings)


async def _directed(context: ScriptContext, spec: FilmSpec, draft: Draft, limits: Limits) -> Screenplay:
    target = spec.seconds * 1000 if spec.seconds else draft.screenplay.duration_target_ms
    draft = Draft(
        honour(draft.screenplay, spec).model_copy(update={"duration_target_ms": target}), draft.given, draft.head
    )
    open_shots = undirected(draft.screenplay)
    for part, start in enumerate(range(0, len(open_shots), BATCH), 1):
        draft = await _batch(context, spec, draft, open_shots[start : start + BATCH], part)
    screenplay = fit(draft.screenplay, limits, fixed=draft.timed, speed=spec.speed)
    screenplay = complete(screenplay)
    shots = tuple(
        shot if shot.description or shot.frame_prompt else shot.model_copy(
            update={"description": described(shot, screenplay, limits)}
        )
        for shot in screenplay.shots
    )  # fmt: skip
    return screenplay.model_copy(update={"shots": shots})


async def _batch(context: ScriptContext, spec: FilmSpec, draft: Draft, shots: Sequence[Shot], part: int) -> Draft:
    """The draft with the pictures of some shots; what a model still leaves out after its tries stays open."""
    problems: tuple[str, ...] = ()
    failure: ReplyError | None = None
    before, wanted = "", {shot.uid for shot in shots}
    for number in range(1, TRIES + 1):
        missing = [shot for shot in draft.screenplay.shots if shot.uid in wanted and not shot.description]
        if not missing:
            break
        subject = f"screenplay/try-{number}" if part == 1 else f"screenplay/part-{part}/try-{number}"
        try:
            raw = await context.ask(subject, direct_request(draft.screenplay, spec, shots=missing, problems=problems))
            direction = reply.read(raw, Direction)
        except ReplyError as error:
            failure, problems = error, error.problems
            continue
        if raw == before:
            break
        before, failure = raw, None
        draft, problems = merge(draft, direction)
    if failure is not None and all(not s.description for s in draft.screenplay.shots if s.uid in wanted):
        raise failure
    return draft
