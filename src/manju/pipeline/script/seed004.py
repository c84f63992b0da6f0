"""The JSON script of seed 004 §2.1 and manju's extensions of it, read strictly and written back.

A file may also be a ``screenplay.json`` of ours (taken as it is) or have the shape of seed 000
(``{title, logline, characters, scenes, shots}``).
"""

from __future__ import annotations

import json
from typing import Any

from pydantic import ValidationError

from manju.domain.casting import NARRATOR
from manju.domain.screenplay import Screenplay, Shot
from manju.errors import InputError
from manju.pipeline.limits import Limits
from manju.pipeline.script import seed000
from manju.pipeline.script.build import Draft, build
from manju.pipeline.script.complaints import complaints
from manju.pipeline.script.shape import STRICT, Script, show

_EXAMPLE = 'Its shape is {"title": ..., "scenes": [{"narration": ..., "visual_description": ..., "duration": 8}]}.'


def load(text: str) -> dict[str, Any]:
    """The JSON object of a script file.

    Raises:
        InputError: not JSON (with line and column), a field given twice, not an object.
    """
    try:
        data = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise InputError(
            f"the script is not valid JSON: line {error.lineno}, column {error.colno}: {error.msg}",
            hint="Correct the file at that place; quotes, commas and brackets are the usual causes.",
        ) from error
    except RecursionError as error:
        raise InputError("the script is nested too deeply", hint=_EXAMPLE) from error
    except ValueError as error:
        # Raised by json for an integer of thousands of digits.
        raise InputError(f"the script holds a number that cannot be used: {error}", hint=_EXAMPLE) from error
    if not isinstance(data, dict):
        raise InputError(f"a script is a JSON object in braces, got {show(data)}", hint=_EXAMPLE)
    return data


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise InputError(f"the script gives {key!r} twice in one object", hint="Keep one of the two.")
        found[key] = value
    return found


def _no_constant(name: str) -> Any:
    raise InputError(f"the script holds {name}, which is not JSON", hint="Write a number.")


def read(text: str, limits: Limits, *, speed: float = 1.0) -> Draft:
    """The draft that a script file holds; its words are locked.

    Raises:
        InputError: the text is no script; the message names scene and field of every slip.
    """
    data = load(text)
    if str(data.get("schema", "")).startswith("manju."):
        return _ours(data)
    if isinstance(data.get("shots"), list):
        data = seed000.as_script(data)
    elif "scenes" not in data:
        raise InputError("the script has no 'scenes'", hint=_EXAMPLE)
    try:
        script = Script.model_validate(data, context=STRICT)
    except ValidationError as error:
        raise _refusal(complaints(error, Script)) from error
    return build(script, limits, strict=True, speed=speed)


def _ours(data: dict[str, Any]) -> Draft:
    try:
        screenplay = Screenplay.model_validate_json(json.dumps(data))
    except ValidationError as error:
        raise _refusal(complaints(error, Screenplay)) from error
    except UnicodeEncodeError as error:
        raise InputError("the screenplay holds half of a surrogate pair", hint="Save the file as UTF-8.") from error
    every = frozenset(Script.model_fields) | frozenset({"duration", "visual_description"})
    return Draft(screenplay, {shot.uid: every for shot in screenplay.shots}, every)


def _refusal(problems: tuple[str, ...]) -> InputError:
    shown = "; ".join(problems[:5])
    more = f"; and {len(problems) - 5} more" if len(problems) > 5 else ""
    return InputError(f"the script cannot be used: {shown}{more}", hint="Correct these fields in the file.")


def to_script(screenplay: Screenplay) -> dict[str, Any]:
    """A screenplay in the shape of seed 004 §2.1 with the extensions that it needs; `read` takes it back.

    Dialogue that is spoken before narration cannot be told in this shape: lines are written narration first.
    """
    script: dict[str, Any] = {
        "title": screenplay.title,
        "logline": screenplay.logline,
        "duration_target": _seconds(screenplay.duration_target_ms),
        "style": screenplay.style,
        "style_prompt": screenplay.style_prompt,
        "language": screenplay.language,
        "characters": [
            {
                "id": c.uid,
                "name": c.name,
                "role": c.role,
                "description": c.description,
                "gender": c.voice.gender,
                "age": c.voice.age,
                "look": c.look.model_dump(),
            }
            for c in screenplay.characters
        ],
        "locations": [
            {
                "id": s.uid,
                "name": s.name,
                "description": s.description,
                "palette": s.palette,
                "light": s.light,
                "landmarks": list(s.landmarks),
            }
            for s in screenplay.scenes
        ],
        "scenes": [_scene(shot) for shot in screenplay.shots],
        "music_style": screenplay.music_style,
        "target_platform": screenplay.target_platform,
    }
    return {key: value for key, value in script.items() if value not in ("", [])}


def _scene(shot: Shot) -> dict[str, Any]:
    numbered = shot.uid[1:] if shot.uid[0] == "s" and shot.uid[1:].isdecimal() else ""
    scene: dict[str, Any] = {
        "scene_id": int(numbered) if numbered else shot.uid,
        "narration": "\n".join(line.text for line in shot.lines if line.speaker == NARRATOR),
        "dialogue": [{"character": line.speaker, "line": line.text, "emotion": line.emotion} for line in shot.dialogue],
        "visual_description": shot.description,
        "duration": _seconds(shot.duration_ms),
        "text_overlay": shot.text_overlay,
        "transition": shot.transition,
        "location": shot.scene,
        "characters": list(shot.characters),
        "size": shot.size,
        "angle": shot.angle,
        "movement": shot.movement,
        "action": shot.action,
    }
    required = ("narration", "visual_description", "text_overlay")
    return {key: value for key, value in scene.items() if value not in ("", []) or key in required}


def _seconds(ms: int) -> int | float:
    return ms // 1000 if ms % 1000 == 0 else ms / 1000
