"""What a person asks for differently when going on with a film, and whether the film still takes it. Pure.

Nothing is thrown away for a change: takes are known by what was asked for, so that what a change leaves as it is
answers from the record. Only a document that a person edited has the last word on what it decides.
"""

from __future__ import annotations

from collections.abc import Iterable

from manju.domain.film import FilmSpec
from manju.errors import InputError

WRITTEN = frozenset({"seconds", "style", "language", "text model"})
"""Options that only the writing of a screenplay applies."""
UNCUT = frozenset({"budget", "profile", "platform"})
"""Options that a cut has no say in."""


def merged(asked: FilmSpec, before: FilmSpec) -> FilmSpec:
    """What was asked ``before``, with the fields that were set in ``asked``; a model is chosen by itself."""
    update = {name: getattr(asked, name) for name in asked.model_fields_set}
    if "models" in update:
        chosen = {name: getattr(asked.models, name) for name in asked.models.model_fields_set}
        update["models"] = before.models.model_copy(update=chosen)
    return before.model_copy(update=update)


def changes(new: FilmSpec, old: FilmSpec) -> dict[str, str]:
    """The options that differ, each with what to tell of it: ``"voice": "voice male (was by default)"``."""
    now, before = _options(new), _options(old)
    return {
        name: f"{name} {said or 'default'} (was {before[name] or 'default'})"
        for name, said in now.items()
        if said != before[name]
    }


def admit(changed: Iterable[str], *, own_screenplay: bool, own_timeline: bool) -> None:
    """See whether changed options can be applied to a film whose documents a person may have edited.

    Raises:
        InputError: a person's edit has decided one of them.
    """
    for name in changed:
        if own_timeline and name not in UNCUT:
            raise _decided(name, "timeline.json", "cut")
        if own_screenplay and name in WRITTEN:
            raise _decided(name, "screenplay.json", "written")


def _decided(name: str, file: str, made: str) -> InputError:
    return InputError(
        f"{file} was edited by hand: another {name} cannot be applied to it",
        hint=f"Leave the option out, edit it there, or delete {file} to have the film {made} anew.",
    )


def _options(spec: FilmSpec) -> dict[str, str]:
    """Every option as a user would say it; empty where nothing was said."""
    plain = {name: getattr(spec, name) for name in FilmSpec.model_fields if name not in ("source", "models")}
    said = {name: _said(value) for name, value in plain.items()}
    said["music"] = {"style": spec.music.style, "file": spec.music.path, "none": "none"}[spec.music.kind]
    return said | {f"{name} model": str(model) for name, model in spec.models.model_dump().items()}


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return "" if value is None else str(value)
