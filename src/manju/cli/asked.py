"""From the command line's options to what is asked of a film. An option that was not given is not set."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from manju.domain.delivery import frame_size
from manju.domain.film import FilmSpec
from manju.domain.money import micros
from manju.domain.order import Modality
from manju.domain.platforms import PLATFORMS, listed, names
from manju.errors import InputError, MediaError
from manju.pipeline.script import read_source
from manju.providers import registry

SOUND = (".wav", ".mp3", ".flac", ".m4a", ".aac", ".ogg", ".opus")
MODALITIES: tuple[Modality, ...] = ("text", "image", "speech", "music", "video")
MUSIC_HINT = "Give a sound file, a style in words, or none."
PLAIN = (
    *("seconds", "ratio", "fps", "resolution", "style", "language", "voice", "speed"),
    *("subtitles", "karaoke", "profile"),
)


def film_spec(options: Mapping[str, Any]) -> FilmSpec:
    """The spec for a ``make`` or ``estimate``.

    Raises:
        InputError: an option's value cannot be used; the message names the option.
    """
    given = {name: value for name, value in options.items() if value is not None}
    asked: dict[str, Any] = {"source": read_source(given["source"], given.get("speed", 1.0))}
    asked |= {name: given[name] for name in (*PLAIN, "seed") if name in given}
    if "platform" in given:
        asked["platform"] = _platforms(given["platform"])
    asked |= _label(given)
    if "budget" in given:
        micros(given["budget"])
        asked["budget"] = given["budget"]
    if "music" in given:
        asked["music"] = _music(given["music"])
    models = {each: _model(each, given[f"{each}_model"]) for each in MODALITIES if f"{each}_model" in given}
    if models:
        asked["models"] = models
    try:
        spec = FilmSpec.model_validate(asked)
    except ValidationError as error:
        first = error.errors()[0]
        place = str(first["loc"][0]).replace("_", "-")
        said = first["msg"].removeprefix("Value error, ")
        raise InputError(f"--{place}: {said}", hint="See 'manju make --help'.") from error
    if spec.voice not in ("", "female", "male") and spec.models.speech in registry.names("speech"):
        registry.check_voice(spec.models.speech, spec.voice)
    if "ratio" in given or "resolution" in given:
        frame_size(spec.ratio or ("" if "x" in spec.resolution.lower() else "9:16"), spec.resolution)
    return spec


def _platforms(text: str) -> str:
    found = names(text)
    if not found:
        raise InputError("--platform names no platform", hint=f"Leave it out, or choose of: {', '.join(PLATFORMS)}.")
    return listed(found)


def _label(given: Mapping[str, Any]) -> dict[str, Any]:
    visible, reason = given.get("label"), given.get("label_reason", "").strip()
    if visible is False and not reason:
        raise InputError(
            "--no-label needs a reason: the law asks for a visible AI label (GB 45438-2025)",
            hint="Say why the film goes without: --label-reason TEXT. It is kept in manifest.json and label.txt.",
        )
    if reason and visible is not False:
        raise InputError("--label-reason is for --no-label", hint="Leave it out, or add --no-label.")
    return {} if visible is None else {"visible_label": visible, "label_reason": reason}


def _model(modality: Modality, name: str) -> str:
    """``name`` itself if it is a model of the catalogue that makes this."""
    from manju.gateway.catalogue import shipped

    entry = shipped().entry(name)
    if entry.modality != modality:
        raise InputError(f"{name} makes {entry.modality}, not {modality}", hint=f"Choose another --{modality}-model.")
    return name


def _music(text: str) -> dict[str, str]:
    if text.strip().lower() == "none":
        return {"kind": "none"}
    path = Path(text)
    if path.is_file():
        from manju.media.probe import probe  # heavy, and seldom needed

        try:
            audio = probe(path).audio
        except MediaError as error:
            raise InputError(f"{text} cannot be used as music: {error.message}", hint=MUSIC_HINT) from error
        if audio is None:
            raise InputError(f"{text} holds no sound", hint=MUSIC_HINT)
        return {"kind": "file", "path": str(path.resolve())}
    if path.suffix.lower() in SOUND:
        raise InputError(f"there is no music file {text}", hint=MUSIC_HINT)
    if not text.strip():
        raise InputError("--music is empty", hint=MUSIC_HINT)
    return {"kind": "style", "style": text.strip()}
