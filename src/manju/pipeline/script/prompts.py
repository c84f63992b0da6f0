"""What the text model is asked: a whole script from a topic, or pictures for words that are fixed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from manju.domain.casting import NARRATOR
from manju.domain.film import FilmSpec
from manju.domain.order import Message, TextRequest
from manju.domain.platforms import chosen, names
from manju.domain.screenplay import Language, Screenplay, Shot
from manju.pipeline.limits import Limits
from manju.pipeline.script.language import detect

DEFAULT_RATIO = "9:16"
"""Short videos are upright where neither the user nor the platform says otherwise."""

_PEOPLE = (
    '"characters":[{"id":"","name":"","role":"","description":"","gender":"female|male|neutral",'
    '"age":"child|young|adult|elder","look":{"hair":"","eyes":"","build":"","outfit":"","accessories":"","shoes":"",'
    '"proportions":""}}],"locations":[{"id":"","name":"","description":"","palette":"","light":"","landmarks":[""]}]'
)
_SIZES = "extreme_wide|wide|full|medium|close|extreme_close"
_ANGLES = "eye|low|high|top|dutch|over_shoulder"
_MOVEMENTS = "static|push_in|pull_out|pan_left|pan_right|tilt_up|tilt_down|track|handheld"
_TRANSITIONS = "fade_in|cut|fade|slide_left|slide_right|dissolve|wipe_right|zoom_in|fade_out"
_PICTURE = f'"size":"{_SIZES}","angle":"{_ANGLES}","movement":"{_MOVEMENTS}","action":""'

WRITE_SHAPE = (
    '{"title":"","logline":"","duration_target":60,"style":"","style_prompt":"","music_style":"","target_platform":"",'
    f'"language":"zh|en",{_PEOPLE},"scenes":[{{"scene_id":1,"narration":"","dialogue":[{{"character":"<id>","line":"",'
    '"emotion":""}],"visual_description":"","duration":8,"text_overlay":"",'
    f'"transition":"{_TRANSITIONS}","location":"<id>","characters":["<id>"],{_PICTURE}}}]}}'
)
DIRECT_SHAPE = (
    f'{{"title":"","logline":"","style":"","style_prompt":"","music_style":"","language":"zh|en",{_PEOPLE},'
    '"shots":[{"uid":"","visual_description":"","characters":["<id>"],"location":"<id>",'
    f'{_PICTURE},"transition":"{_TRANSITIONS}","text_overlay":""}}]}}'
)

_LOOKS = """- Every character has a whole, unchanging look (hair, eyes, build, outfit, accessories, shoes, proportions).
- Every location has a palette, a light source with its direction, and landmark props.
- style_prompt holds for all pictures: palette, lighting direction, artistic style, camera."""


def write_system(limits: Limits) -> str:
    """The system prompt for writing a script (the rules of seed 004 §2.2, and manju's shape)."""
    low, high = limits.shot_min_ms // 1000, limits.shot_max_ms // 1000
    return f"""You write scripts for short animated films and direct their pictures. Reply with one JSON
object and nothing else.

Rules
- Each scene has narration (what the voice-over says), dialogue (what characters say), or both; and visual_description.
- The durations of all scenes add up to the asked duration, in seconds. One scene lasts {low} to {high} s; use about
  one scene per {(low + high) // 2 - 1} s of film, more scenes for a longer film.
- Words must fit their scene: about 4 Chinese characters or 2.5 English words a second, with a second to spare.
- The narration is conversational. The first sentence is a hook that takes less than {limits.hook_ms // 1000} s to say.
- visual_description is concrete enough to be drawn (at least {limits.description_min} characters): who, where,
  doing what, light. No written text in the picture, no abstract ideas.
- text_overlay holds the key words of a scene (at most {limits.overlay_columns // 2} Chinese characters), or is empty.
- The first scene's transition is fade_in; the last one may be fade_out.
{_LOOKS}
- narration, dialogue, names and text_overlay are in the asked language.

JSON shape (choose one of the words between |; refer to characters and locations by id)
{WRITE_SHAPE}"""


def write_request(spec: FilmSpec, limits: Limits | None = None, *, problems: Sequence[str] = ()) -> TextRequest:
    """Ask for a script about the spec's topic; ``problems`` are those of the draft before."""
    limits = limits or Limits()
    seconds = spec.seconds or limits.target_ms // 1000
    lines = [f"Topic: {spec.source.text.strip()}", f"Duration: {seconds}s"]
    if spec.style:
        lines.append(f"Style: {spec.style}")
    lines.append(f"Language: {spec.language or detect(spec.source.text)}")
    if spec.music.kind == "style" and spec.music.style:
        lines.append(f"Music: {spec.music.style}")
    if spec.platform:  # the first one: another added to it asks for no other script
        lines.append(f"Platform: {names(spec.platform)[0]}")
    lines.append(f"Ratio: {ratio_of(spec)}")
    if problems:
        lines += ["", "Problems with the last draft:", *(f"- {problem}" for problem in problems)]
    return TextRequest(
        messages=(
            Message(role="system", content=write_system(limits)),
            Message(role="user", content="\n".join(lines)),
        ),
        json_reply=True,
        temperature=0.8,
        seed=spec.seed,
    )


def ratio_of(spec: FilmSpec, platform: str = "") -> str:
    """The film's ratio: the asked one, else the first platform's favourite, else upright."""
    found = chosen(spec.platform or platform)
    return spec.ratio or (found[0].preferred_ratio if found else DEFAULT_RATIO)


def direct_system(screenplay: Screenplay, spec: FilmSpec, problems: Sequence[str]) -> str:
    """The system prompt for finding pictures to words that are fixed."""
    speech = "Chinese" if screenplay.language == "zh" else "English"
    facts = [f"Title: {screenplay.title}", f"Language: {screenplay.language}"]
    if spec.style or screenplay.style:
        facts.append(f"Style: {spec.style or screenplay.style}")
    facts.append(f"Ratio: {ratio_of(spec, screenplay.target_platform)}")
    facts += [f"Character {c.uid}: {c.name}{_brief(c.description)}" for c in screenplay.characters]
    facts += [f"Location {s.uid}: {s.name}{_brief(s.description)}" for s in screenplay.scenes]
    text = f"""You direct the pictures of a short animated film. Reply with one JSON object and nothing else.

The words are locked: they belong to the author and are spoken exactly as they stand. The user message is the list of
the shots as JSON. Give each shot, by its uid, a picture; give no words to be spoken.

Rules
- One entry in shots for every uid, the same uids, none added.
- visual_description is concrete enough to be drawn (at least 30 characters): who, where, doing what, light. No written
  text in the picture, no abstract ideas.
- A character whom the words name is in the picture. A speaker keeps its uid as the character's id. Use the characters
  and locations below, and add those that are missing.
{_LOOKS}
- Vary size, angle and movement from shot to shot. Names and text_overlay are in {speech}.

{chr(10).join(facts)}

JSON shape (choose one of the words between |; refer to characters and locations by id)
{DIRECT_SHAPE}"""
    if problems:
        text += "\n\nProblems with the last reply:\n" + "\n".join(f"- {problem}" for problem in problems)
    return text


def _brief(description: str) -> str:
    return f", {description}" if description else ""


def direct_request(
    screenplay: Screenplay, spec: FilmSpec, *, shots: Sequence[Shot] | None = None, problems: Sequence[str] = ()
) -> TextRequest:
    """Ask for the pictures of some shots (default: all) of a screenplay whose words are locked."""
    names = {c.uid: c.name for c in screenplay.characters} | {NARRATOR: _narrator(screenplay.language)}
    rows = [_row(shot, names) for shot in (screenplay.shots if shots is None else shots)]
    return TextRequest(
        messages=(
            Message(role="system", content=direct_system(screenplay, spec, problems)),
            Message(role="user", content=json.dumps(rows, ensure_ascii=False, indent=1)),
        ),
        json_reply=True,
        temperature=0.5,
        seed=spec.seed,
    )


def _narrator(language: Language) -> str:
    return "旁白" if language == "zh" else "Narrator"


def _row(shot: Shot, names: dict[str, str]) -> dict[str, Any]:
    """A shot for the model: its words and who says them. Where several speak, ``speaker`` is the first character among
    them and ``speakers`` names them line by line."""
    spoken = [line.speaker for line in shot.lines]
    speaker = next((who for who in spoken if who != NARRATOR), NARRATOR)
    row: dict[str, Any] = {
        "uid": shot.uid,
        "speaker": speaker,
        "speaker_name": names[speaker],
        "text": "\n".join(line.text for line in shot.lines),
    }
    if len(set(spoken)) > 1:
        row["speakers"] = [names[who] for who in spoken]
    return row
