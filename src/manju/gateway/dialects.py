"""Storyboard prompts (故事板) in the words of each family of video models.

A storyboard is written as Sora 2 reads it (seed 000, step 3)::

    Shot 1:
    duration: 1.0sec
    Scene: ...

Other models were taught other forms, and read this one as a text about shots. What each of them documents (read on
2026-11-21 in public copies of the vendors' prompt guides):

* Veo (Google's guide to Veo 3.1): ``[00:00-00:02] ...``, a line a shot. For Gemini Omni nothing else was found.
* Wan (Alibaba Model Studio, text-to-video prompt guide): ``Shot 1 [0-3s] ...``, ``第1个镜头[0-3秒]...``.
* Seedance 2.5 (Volcengine Ark, prompt guide): ``[0s-3s] ...``, ``0-3秒：...``, best in whole seconds.
* Seedance 2.0 and before (the same): shots by number; exact times are ignored or do harm, so lengths are only "about".
* Kling (Kling 3.0 guide): labelled shots with their lengths, up to six of at least 3 s; exclusions as sentences.
* MiniMax (H3 prompting guide): a timeline of beats, ``0-3s: ...``, and cuts in words ("the camera cuts to").

Lengths are scaled to the length that is made, and where there are more shots than a model takes, neighbours are told as
one. Every word of the prompt is kept: what stands before the first shot stays in front, other fields of a shot stay
(``Dialogue: ...``; ``VO: ...`` is ``旁白：...`` if Chinese is said in it), and ``Negative: ...`` becomes a sentence,
since none of these forms has a place for it. A prompt that is no storyboard is not touched.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from manju.domain.order import ImageRequest, Request, VideoRequest
from manju.gateway.snapping import FRAMES

Dialect = Literal["", "sora", "veo", "wan", "seedance", "seedance-2.5", "kling", "hailuo"]
"""How a model wants a storyboard to be written; empty and ``sora``: as it is."""

VENDORS: dict[str, Dialect] = {
    "ark": "seedance",
    "kling": "kling",
    "dashscope": "wan",
    "minimax": "hailuo",
    "minimax2": "hailuo",
    "veo": "veo",
    "gemini": "veo",
}
"""The dialect behind vendors that serve one family, whatever the model is called there (``ep-2026...``)."""
FAMILIES: dict[str, Dialect] = {
    "seedance": "seedance",
    "kling": "kling",
    "wan": "wan",
    "minimax": "hailuo",
    "hailuo": "hailuo",
    "veo": "veo",
    "omni": "veo",
    "sora": "sora",
}
"""The dialect of a model that no list has, by a word in its name (relays: ``veo3.1-fast``)."""

MOST: dict[Dialect, int] = {"kling": 6}
"""Most shots of a clip."""

_SHOT = re.compile(r"(?:^|(?<=[\s。；;]))[#*]*(?:shot|镜头|分镜)\s*(\d{1,3})\s*[:：][ \t*]*", re.IGNORECASE)
_FIELD = re.compile(r"^[ \t*-]*([A-Za-z][A-Za-z/ ]{0,20}?|[\u4e00-\u9fff/]{1,6})[ \t*]*[:：][ \t*]*", re.MULTILINE)
_INLINE = re.compile(r"(?<=\S)[ \t]+(?=(?:duration|scene|时长|画面)\s*[:：])", re.IGNORECASE)
_LENGTH = re.compile(r"(\d{1,4}(?:\.\d{1,4})?)\s*(ms|毫秒|s|sec|secs|second|seconds|秒|秒钟)?\.?", re.IGNORECASE)
_DURATION = ("duration", "length", "时长")
_SCENE = ("scene", "画面", "场景")
_LABELS = {"vo": "旁白", "voiceover": "旁白", "narration": "旁白", "dialogue": "台词", "sound": "声音", "sfx": "音效"}
"""How fields of seed 000's form are called where Chinese is said in them."""
_NEGATIVE = ("negative", "negative prompt", "avoid", "反向提示词", "负面", "禁止", "避免")
_HANZI = re.compile(r"[\u4e00-\u9fff]")
_NO_PICTURES = ("mask", "video", "audio")
_ENDS = tuple(".!?。！？…\"”’')）】}")


@dataclass(frozen=True, slots=True)
class Shot:
    """A shot of a storyboard: what is to be seen and heard, and its length in seconds, None if it does not say."""

    text: str
    seconds: Fraction | None


@dataclass(frozen=True, slots=True)
class Storyboard:
    """A prompt that is written shot by shot; ``preface`` is what stands before the first."""

    preface: str
    shots: tuple[Shot, ...]


def spoken(request: Request, dialect: Dialect) -> Request:
    """A request as it is put to a model of this dialect: the storyboard of a clip in its form, and who is to be seen
    on the reference pictures that have names. Nothing but the prompt is changed."""
    if not isinstance(request, ImageRequest | VideoRequest):
        return request
    prompt = request.prompt
    if isinstance(request, VideoRequest):
        prompt = translated(prompt, dialect, request.duration_ms)
    if names := _names(request):
        prompt = f"{prompt}\n{names}"
    return request if prompt == request.prompt else request.model_copy(update={"prompt": prompt})


def _names(request: ImageRequest | VideoRequest) -> str:
    """Who is on the reference pictures, by their numbers as the model sees them; empty if none has a name."""
    frames = FRAMES if isinstance(request, VideoRequest) else ()
    shown = [each for each in request.references if each.role not in (*frames, *_NO_PICTURES)]
    named = [(number, each.name) for number, each in enumerate(shown, 1) if each.name]
    if not named:
        return ""
    if _HANZI.search(request.prompt):
        who = "，".join(f"参考图{number}是{name}" for number, name in named)
        return f"{who}：外观以参考图为准，但不要照搬参考图的版式。"
    who = ", ".join(f"reference picture {number} shows {name}" for number, name in named)
    return f"{who[0].upper()}{who[1:]}: keep their looks, not the layout of these pictures."


def named(model: str, vendor: str = "") -> Dialect:
    """The dialect of a model by its name upstream and its vendor; empty if neither tells."""
    words = re.findall(r"[a-z]+", model.lower())
    known = next((FAMILIES[word] for word in words if word in FAMILIES), VENDORS.get(vendor, ""))
    if known == "seedance" and re.search(r"2[.-]5", model):
        return "seedance-2.5"
    return known


def translated(prompt: str, dialect: Dialect, duration_ms: int) -> str:
    """A prompt in a dialect, its shots scaled to a clip of ``duration_ms``; unchanged if it is no storyboard."""
    if dialect in ("", "sora"):
        return prompt
    board = storyboard(prompt)
    if board is None:
        return prompt
    chinese = _HANZI.search(prompt) is not None
    shots = _together(board.shots, MOST[dialect]) if dialect in MOST else board.shots
    times = _times([shot.seconds for shot in shots], Fraction(duration_ms, 1000))
    lines = [board.preface] if board.preface else []
    for number, (shot, (begin, end)) in enumerate(zip(shots, pairwise(times), strict=True), 1):
        lines.append(_line(dialect, chinese, number, begin, end, shot.text).rstrip())
    return "\n".join(lines)


def storyboard(prompt: str) -> Storyboard | None:
    """A prompt read as a storyboard; None if it is none: no shot in it has a ``duration`` or a ``Scene``."""
    heads: list[re.Match[str]] = []
    for head in _SHOT.finditer(prompt):
        at_start = not prompt[: head.start()].rpartition("\n")[2].strip()
        if at_start or int(head[1]) == (int(heads[-1][1]) if heads else 0) + 1:
            heads.append(head)  # not "... as in shot 1: ..."
    read = [_block(block) for _, block in _under(heads, prompt)]
    if not any(told for _, told in read):
        return None
    return Storyboard(_joined(prompt[: heads[0].start()].splitlines()), tuple(shot for shot, _ in read))


def _block(text: str) -> tuple[Shot, bool]:
    """A shot from what stands under its head, and whether it has the fields of a storyboard."""
    text = _INLINE.sub("\n", text)
    fields = list(_FIELD.finditer(text))
    parts = [text[: fields[0].start() if fields else len(text)]]
    seconds: Fraction | None = None
    told = False
    for field, value in _under(fields, text):
        name = field[1].strip().lower()
        length = _LENGTH.fullmatch(value.rstrip(",，;；")) if name in _DURATION else None
        if length and Fraction(length[1]) > 0 and seconds is None:
            seconds = Fraction(length[1]) / (1000 if (length[2] or "").lower() in ("ms", "毫秒") else 1)
            told = True
        elif name in _SCENE:
            parts.append(value)
            told = True
        elif name in _NEGATIVE:
            parts.append((f"避免：{value}" if _HANZI.search(value) else f"Avoid: {value}") if value else "")
        else:
            label = f"{_LABELS[name]}：" if name in _LABELS and _HANZI.search(value) else f"{field[1].strip()}: "
            parts.append(label + value)
    return Shot(_joined(parts), seconds), told


def _together(shots: Sequence[Shot], most: int) -> list[Shot]:
    """At most so many shots: neighbours are told as one, with its cuts in words."""
    if len(shots) <= most:
        return list(shots)
    seconds = _seconds([shot.seconds for shot in shots])
    found = []
    for group in range(most):
        first, last = group * len(shots) // most, (group + 1) * len(shots) // most
        texts = [shot.text for shot in shots[first:last]]
        cut = "接着切到：" if any(map(_HANZI.search, texts)) else "Then cut to: "
        found.append(
            Shot(_joined([texts[0], *(cut + text for text in texts[1:])]), sum(seconds[first:last], Fraction(0)))
        )
    return found


def _seconds(lengths: Sequence[Fraction | None]) -> list[Fraction]:
    """A shot without a length is as long as the others are on average."""
    known = [each for each in lengths if each is not None]
    average = sum(known, Fraction(0)) / len(known) if known else Fraction(1)
    return [average if each is None else each for each in lengths]


def _under(marks: Sequence[re.Match[str]], text: str) -> list[tuple[re.Match[str], str]]:
    """What stands between each mark and the next."""
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    return [(mark, text[mark.end() : end].strip()) for mark, end in zip(marks, ends, strict=False)]


def _joined(parts: Sequence[str]) -> str:
    """Texts as one line, each ended like a sentence if another follows."""
    texts = [" ".join(part.split()) for part in parts]
    texts = [text for text in texts if text]
    ended = [text if text.endswith(_ENDS) else text + ("。" if _HANZI.search(text) else ".") for text in texts[:-1]]
    return " ".join([*ended, *texts[-1:]])


def _times(lengths: Sequence[Fraction | None], whole: Fraction) -> list[Fraction]:
    """Where the shots begin, and the end: in whole seconds if that leaves each of them some time, else in tenths."""
    seconds = _seconds(lengths)
    total = sum(seconds, Fraction(0))
    exact = [whole * sum(seconds[:count], Fraction(0)) / total for count in range(len(seconds))]
    for parts in (1, 10, 100):
        times = [_rounded(each, parts) for each in exact] + [whole]
        if all(begin < end for begin, end in pairwise(times)):
            return times
    return [*exact, whole]


def _rounded(value: Fraction, parts: int) -> Fraction:
    return Fraction((value * parts + Fraction(1, 2)).__floor__(), parts)


def _line(dialect: Dialect, chinese: bool, number: int, begin: Fraction, end: Fraction, text: str) -> str:
    """A shot in a dialect."""
    first, last, length = _plain(begin), _plain(end), _plain(end - begin)
    match dialect, chinese:
        case "veo", _:
            return f"[{_clock(begin)}-{_clock(end)}] {text}"
        case "wan", True:
            return f"第{number}个镜头[{first}-{last}秒] {text}"
        case "wan", False:
            return f"Shot {number} [{first}-{last}s] {text}"
        case "seedance-2.5", True:
            return f"{first}-{last}秒：镜头{number}，{text}"
        case "seedance-2.5", False:
            return f"[{first}s-{last}s] Shot {number}: {text}"
        case "seedance", True:
            return f"{'切至' if number > 1 else ''}镜头{number}，约{length}秒：{text}"
        case "seedance", False:
            return f"{'Cut to shot' if number > 1 else 'Shot'} {number}, about {length} s: {text}"
        case "kling", True:
            return f"镜头{number}（{length}秒）：{text}"
        case "kling", False:
            return f"Shot {number} ({length}s): {text}"
        case _, True:
            return f"{first}-{last}秒：{'镜头切至：' if number > 1 else ''}{text}"
        case _:
            return f"{first}-{last}s: {'The camera cuts to: ' if number > 1 else ''}{text}"


def _plain(seconds: Fraction) -> str:
    """``2``, ``1.5``: seconds without zeros at their end."""
    return f"{float(seconds):.2f}".rstrip("0").rstrip(".")


def _clock(seconds: Fraction) -> str:
    """``00:02``, ``00:01.5``."""
    minutes, rest = divmod(seconds, 60)
    text = _plain(rest)
    return f"{int(minutes):02d}:{'0' if rest < 10 else ''}{text}"
