"""What the user gave, as a source: a topic, a script file or a text file; and a source as a draft."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Callable
from pathlib import Path

from manju.domain.film import FilmSpec, Source
from manju.domain.screenplay import Language, Screenplay
from manju.errors import InputError
from manju.pipeline.findings import Finding
from manju.pipeline.limits import Limits
from manju.pipeline.script import filmed, formats, prose, seed004
from manju.pipeline.script.build import Draft
from manju.pipeline.script.gate import LONGEST_MS, SIGNS_PER_SECOND, admit, refuse_longer, voiced_ms
from manju.pipeline.script.language import CJK
from manju.pipeline.script.lengths import LONGEST_SHOT_MS

LARGEST = 2 * 1024 * 1024
"""Bytes of a script or text file."""

LARGEST_MARKED = 8 * 1024 * 1024
"""Bytes of a Final Draft file, most of which is marks."""

LARGEST_PACKED = 64 * 1024 * 1024
"""Bytes of a Word document, most of which is pictures."""

LONGEST_TOPIC = 500

MOST_SCENES = LONGEST_MS // 500
"""Scenes of a script: as many as a film holds of the shortest shots (`manju.domain.screenplay.Shot`)."""

MOST_SIGNS = 4 * SIGNS_PER_SECOND * LONGEST_MS // 1000
"""Characters of a script, spaces aside: what can be said in the longest film, and three times that to be seen."""

_UNREADABLE = (".doc", ".pdf", ".rtf", ".odt", ".pages", ".wps", ".xls", ".xlsx", ".ppt", ".pptx", ".epub")
"""What people keep scripts in and nobody reads here."""
_SUFFIXES = (
    *(".json", ".txt", ".md", ".markdown", ".text", ".fountain", ".spmd", ".fdx", ".docx", ".srt"),
    *_UNREADABLE,
)
_PACKED, _OLD = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_ROOTED = re.compile(r"^(?:[/\\~]|\.{1,2}[/\\]|[A-Za-z]:[/\\])")


def read_source(argument: str, speed: float = 1.0) -> Source:
    """The source that a command line argument means. ``speed`` is that of the speech, for what a text takes to say.

    A file that exists is read: ``.json`` is a script of manju's own, anything else a text, whose format its ending or
    what stands in it tells (`manju.pipeline.script.formats`). Otherwise the argument is a topic of 1 to
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
    suffix = path.suffix.lower()
    if suffix in _UNREADABLE:
        raise InputError(
            f"{path} cannot be read: {suffix} is none of manju's formats",
            hint="Save it as .docx, .fountain, .fdx, .md, .srt or .txt and give that file.",
        )
    data = _bytes(path, {".fdx": LARGEST_MARKED, ".docx": LARGEST_PACKED}.get(suffix, LARGEST))
    if data.startswith(_PACKED) and (suffix == ".docx" or zipfile.is_zipfile(path)):
        suffix, text = ".docx", formats.docx.text_of(path)
        if len(text.encode("utf-8", "surrogatepass")) > LARGEST:
            raise _too_large(path, len(text.encode("utf-8", "surrogatepass")), LARGEST)
    elif suffix == ".docx":
        raise InputError(
            f"{path} is no Word document" + (" of today (it is protected or an old .doc)" if _OLD in data[:8] else ""),
            hint="Open it in Word and save it as .docx without a password, or as plain text (.txt).",
        )
    else:
        text = _decoded(data, path)
    if not text.strip():
        raise InputError(f"{path} is empty", hint="Write the script or the story into it.")
    if suffix == ".json":
        # Read once now, so that a slip is told before anything is made.
        _script(text, Limits(), speed)
        return Source(kind="script", text=text)
    bad = next((c for c in text if unicodedata.category(c) == "Cc" and c not in "\t\n\r\f\v\x85"), "")
    if bad:
        raise InputError(f"{path} is not a text file (it holds U+{ord(bad):04X})", hint="Save it as plain UTF-8 text.")
    source = Source(kind="text", text=text, format=formats.format_of(suffix, text))
    _text(source, Limits(), speed=speed)
    return source


def _bytes(path: Path, most: int) -> bytes:
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= most else b""
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}", hint="Check the file's permissions.") from error
    if max(size, len(data)) > most:
        raise _too_large(path, max(size, len(data)), most)
    return data


def _too_large(path: Path, size: int, most: int) -> InputError:
    return InputError(
        f"{path} has {size / 1024 / 1024:.1f} MB; {most // 1024 // 1024} MB is the most",
        hint="Split it into episodes, a file each.",
    )


def _text(
    source: Source, limits: Limits, *, language: Language | None = None, speed: float = 1.0, target_ms: int = 0
) -> tuple[Draft, tuple[Finding, ...]]:
    """The draft of a text: of a script's scenes, or of a story's words."""
    if source.format == "prose":
        return prose.read(source.text, limits, language=language, speed=speed, target_ms=target_ms)
    if source.format != "fdx" and (signs := sum(map(len, source.text.split()))) > MOST_SIGNS:
        raise InputError(
            f"the script has {signs} characters; a film of {LONGEST_MS // 60_000} minutes has {MOST_SIGNS} at most",
            hint="Split it into episodes, a file each.",
        )
    reading = formats.read(source.text, source.format)
    if reading is None:
        return prose.read(source.text, limits, language=language, speed=speed, target_ms=target_ms)
    draft, notes = filmed.film(reading, limits, language=language, speed=speed, target_ms=target_ms)
    _fits(draft.screenplay, speed)
    return draft, notes


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
        return _text(
            spec.source, limits, language=spec.language, speed=spec.speed, target_ms=(spec.seconds or 0) * 1000
        )
    raise InputError("a topic is no text to be read", hint="Ask the text model to write one.")
