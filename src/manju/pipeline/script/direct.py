"""Pictures merged into locked words by uid: what a model says can dress a shot, never change or move its words."""

from __future__ import annotations

from collections.abc import Sequence

from manju.domain.casting import Look, Voice
from manju.domain.screenplay import Screenplay, Shot
from manju.pipeline.script.build import Draft, People, Places, visuals
from manju.pipeline.script.shape import CharacterPart, DirectedShot, Direction, LocationPart


def undirected(screenplay: Screenplay) -> tuple[Shot, ...]:
    """The shots of which nobody has said what is seen."""
    return tuple(shot for shot in screenplay.shots if not shot.description and not shot.frame_prompt)


def merge(draft: Draft, direction: Direction) -> tuple[Draft, tuple[str, ...]]:
    """The draft with the pictures of a direction, and what the direction left out (one problem a shot).

    Taken from the direction are only fields that the user left open, of shots that the draft has. Lines, order, uids,
    lengths, names and the user's own fields come from the draft whatever the direction says.
    """
    screenplay = draft.screenplay
    people = People([_character_part(screenplay, c.uid) for c in screenplay.characters], strict=False)
    places = Places(
        [
            LocationPart(
                id=scene.uid,
                name=scene.name,
                description=scene.description,
                palette=scene.palette,
                light=scene.light,
                landmarks=scene.landmarks,
            )
            for scene in screenplay.scenes
        ],
        strict=False,
    )
    for character in direction.characters:
        people.add(_known(character, screenplay))
    for location in direction.locations:
        places.add(location)
    answers: dict[str, DirectedShot] = {}
    for answer in direction.shots:
        answers.setdefault(answer.uid.strip().lower(), answer)
    shots: list[Shot] = []
    problems: list[str] = []
    open_shots = {shot.uid for shot in undirected(screenplay)}
    for number, shot in enumerate(screenplay.shots, 1):
        found = answers.get(shot.uid)
        if shot.uid not in open_shots:
            shots.append(shot)
            continue
        if found is None or not found.visual_description.strip():
            problems.append(f"shots: the picture of {shot.uid!r} is missing.")
        shots.append(
            shot
            if found is None
            else _dressed(shot, found, number, people, places, draft.given.get(shot.uid, frozenset()))
        )
    merged = screenplay.model_copy(
        update={
            "shots": tuple(shots),
            "characters": _completed(screenplay, people, direction.characters),
            "scenes": places.scenes,
            **_head(draft, direction),
        }
    )
    # Checked again as a whole: copies are not validated by themselves.
    checked = Screenplay.model_validate(merged.model_dump(by_alias=True))
    if checked.words != screenplay.words:
        raise AssertionError("a direction changed locked words")
    return Draft(checked, draft.given, draft.head), tuple(problems)


def _head(draft: Draft, direction: Direction) -> dict[str, str]:
    """Fields of the film that are still open."""
    new: dict[str, str] = {}
    for field in ("logline", "style", "style_prompt", "music_style"):
        value = str(getattr(direction, field)).strip()
        if value and not getattr(draft.screenplay, field):
            new[field] = value
    title = " ".join(direction.title.split())
    if title and "title" not in draft.head and len(title) <= 60:
        new["title"] = title
    return new


def _character_part(screenplay: Screenplay, who: str) -> CharacterPart:
    character = screenplay.character(who)
    return CharacterPart(id=character.uid, name=character.name)


def _known(part: CharacterPart, screenplay: Screenplay) -> CharacterPart:
    """The part under the uid of the character with the same name, if there is one."""
    own = next((c for c in screenplay.characters if c.name == part.name.strip()), None)
    return part if own is None else part.model_copy(update={"id": own.uid})


def _completed(screenplay: Screenplay, people: People, parts: Sequence[CharacterPart]) -> tuple[object, ...]:
    """The draft's characters with their empty fields filled, then those who are new."""
    by_uid: dict[str, CharacterPart] = {}
    for part in parts:
        by_uid.setdefault(_known(part, screenplay).id.strip().lower(), part)
    done: list[object] = []
    for character in screenplay.characters:
        if character.uid in by_uid:
            part = by_uid[character.uid]
            look = {name: own or getattr(part.look, name).strip() for name, own in character.look}
            voice = character.voice
            if voice == Voice():
                voice = Voice(gender=part.gender or voice.gender, age=part.age or voice.age)
            character = character.model_copy(
                update={
                    "role": character.role or part.role.strip(),
                    "description": character.description or part.description.strip(),
                    "look": Look(**look),
                    "voice": voice,
                }
            )
        done.append(character)
    own = {c.uid for c in screenplay.characters}
    return (*done, *(c for c in people.cast if c.uid not in own))


def _dressed(
    shot: Shot, found: DirectedShot, number: int, people: People, places: Places, given: frozenset[str]
) -> Shot:
    """The shot with a direction's picture in the fields that the user left open."""
    new = visuals(found, number, people, places, shot.uid)
    new["description"] = shot.description or new["description"]
    fields = {"location": "scene", "visual_description": "description"}
    if not new["characters"]:
        new["characters"] = people.seen_in(" ".join((str(new["description"]), *(line.text for line in shot.lines))))
    for written in given:
        new.pop(fields.get(written, written), None)
    if shot.characters and "characters" in new:
        seen = new["characters"]
        new["characters"] = tuple(dict.fromkeys((*(seen if isinstance(seen, tuple) else ()), *shot.characters)))
    return shot.model_copy(update=new)
