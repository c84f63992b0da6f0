"""What the user gave, as a source: a topic, a script file or a text file; and a source as a draft."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

from manju.domain.film import FilmSpec, Source
from manju.domain.screenplay import Screenplay
from manju.errors import InputError
from manju.pipeline.findings import Finding
from manju.pipeline.limits import Limits
from manju.pipeline.script import prose, seed004
from manju.pipeline.script.build import Draft
from manju.pipeline.script.gate import LONGEST_MS, admit, refuse_longer, voiced_ms
from manju.pipeline.script.language import CJK
from manju.pipeline.script.lengths import LONGEST_SHOT_MS

LARGEST = 2 * 1024 * 1024
"""Bytes of a script or text file."""

LONGEST_TOPIC = 500

MOST_SCENES = LONGEST_MS // 500
"""Scenes of a script: as many as a film holds of the shortest shots (`manju.domain.screenplay.Shot`)."""

_SUFFIXES = (".json", ".txt", ".md", ".markdown", ".text")
_ROOTED = re.compile(r"^(?:[/\\~]|\.{1,2}[/\\]|[A-Za-z]:[/\\])")


def read_source(argument: str, speed: float = 1.0) -> Source:
    """The source that a command line argument means. ``speed`` is that of the speech, for what a text takes to say.

    A file that exists is read: ``.json`` is a script, anything else a text. Otherwise the argument is a topic of 1 to
    500 characters, unless it looks like a path: then the file is missing.

    Raises:
        InputError: a missing, unreadable, empty, too large or non-text file; a script with errors; no usable topic.
    """
    if _is(Path.is_file, argument):
        return _file(Path(argument), speed)
    if _like_path(argument):
        if "://" in argument:
            raise InputError(f"{argument!r} is an address", hint="Save the text as a file and give its name.")
        if _is(Path.is_dir, argument):
            raise InputError(f"{argument!r} is a folder", hint="Give the script or text file in it.")
        raise InputError(
            f"there is no file {argument!r}",
            hint="Check the name; a topic is written without slashes or a file ending.",
        )
    return Source(kind="topic", text=_topic(argument))


def _is(question: Callable[[Path], bool], argument: str) -> bool:
    """Whether there is such a file or folder; a name that no file system takes (too long, with a NUL) is none."""
    try:
        return question(Path(argument))
    except (OSError, ValueError):
        return False


def _like_path(argument: str) -> bool:
    text = argument.strip()
    if text.lower().endswith(_SUFFIXES) or _ROOTED.match(text):
        return True
    if "/" not in text and "\\" not in text:
        return False
    # "AI/ML 入门" is a topic; "films/story" and anything in a folder that exists are paths.
    return (not CJK.search(text) and not re.search(r"\s", text)) or _is(Path.is_dir, str(Path(text).parent))


def _topic(argument: str) -> str:
    text = argument.strip()
    bad = next((c for c in text if unicodedata.category(c) in ("Cc", "Cs")), "")
    if bad:
        raise InputError(f"the topic holds the control character U+{ord(bad):04X}", hint="Write it on one line.")
    if not any(unicodedata.category(c)[0] in "LNS" for c in text):
        raise InputError("the topic is empty", hint='Say what the film is about: manju make "赛博校园侦探"')
    if len(text) > LONGEST_TOPIC:
        raise InputError(
            f"the topic has {len(text)} characters; {LONGEST_TOPIC} is the most",
            hint="Save a longer text as a .txt file and give its name.",
        )
    return text


def _file(path: Path, speed: float) -> Source:
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= LARGEST else b""
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}", hint="Check the file's permissions.") from error
    if max(size, len(data)) > LARGEST:
        raise InputError(
            f"{path} has {size / 1024 / 1024:.1f} MB; {LARGEST // 1024 // 1024} MB is the most",
            hint="Split it into episodes, a file each.",
        )
    text = _decoded(data, path)
    if not text.strip():
        raise InputError(f"{path} is empty", hint="Write the script or the story into it.")
    if path.suffix.lower() == ".json":
        # Read once now, so that a slip is told before anything is made.
        _script(text, Limits(), speed)
        return Source(kind="script", text=text)
    bad = next((c for c in text if unicodedata.category(c) == "Cc" and c not in "\t\n\r\f\v\x85"), "")
    if bad:
        raise InputError(f"{path} is not a text file (it holds U+{ord(bad):04X})", hint="Save it as plain UTF-8 text.")
    prose.read(text, Limits(), speed=speed)
    return Source(kind="text", text=text)


def _script(text: str, limits: Limits, speed: float = 1.0) -> Draft:
    """The draft of a script that is not too long for one film."""
    scenes = max((len(part) for part in seed004.load(text).values() if isinstance(part, list)), default=0)
    if scenes > MOST_SCENES:  # told before they are looked at, which takes a while
        raise InputError(
            f"the script has a list of {scenes} entries; a film has {MOST_SCENES} scenes at most",
            hint="Split it into episodes, a file each.",
        )
    draft = seed004.read(text, limits, speed=speed)
    _fits(draft.screenplay, speed)
    return draft


def _fits(screenplay: Screenplay, speed: float) -> None:
    admit("\n".join(line.text for shot in screenplay.shots for line in shot.lines), speed)
    total = 0
    for number, shot in enumerate(screenplay.shots, 1):
        spoken = sum(voiced_ms(line.text, screenplay.language, speed) for line in shot.lines)
        if spoken > LONGEST_SHOT_MS:
            raise InputError(
                f"the words of scene {number} take more than {spoken // 60_000} minutes to say; "
                f"a scene is {LONGEST_SHOT_MS // 60_000} minutes at most",
                hint="Split it into several scenes.",
            )
        total += max(spoken, shot.duration_ms)
    refuse_longer(total, "the script's scenes last more than {} minutes")


def _decoded(data: bytes, path: Path) -> str:
    """UTF-8 (with or without a byte order mark), UTF-16 with one, or else GB18030."""
    encodings = ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InputError(f"{path} is neither UTF-8 nor GB18030 text", hint="Save it as plain UTF-8 text.")


def read_draft(spec: FilmSpec, limits: Limits) -> tuple[Draft, tuple[Finding, ...]]:
    """The locked draft of a spec whose source is a script or a text, and notes on how it was read.

    Raises:
        InputError: the source cannot be used.
    """
    if spec.source.kind == "script":
        return _script(spec.source.text, limits, spec.speed), ()
    if spec.source.kind == "text":
        return prose.read(
            spec.source.text, limits, language=spec.language, speed=spec.speed, target_ms=(spec.seconds or 0) * 1000
        )
    raise InputError("a topic is no text to be read", hint="Ask the text model to write one.")
