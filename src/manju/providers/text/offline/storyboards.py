"""Seed 001 generate-storyboards: a script and its materials become first frames and moves."""

from __future__ import annotations

import re
from random import Random
from typing import Any

from manju.providers.text.offline.ask import Ask
from manju.providers.text.offline.bank import words
from manju.providers.text.offline.materials import Id, Material, find, sections
from manju.providers.text.offline.phrase import sentences
from manju.providers.text.offline.topic import language_of

_MOST_SHOTS = 24
_SHOT_CHARS = {"zh": 30, "en": 90}
_HEADING = re.compile(r"^(?:第\s*\S{1,3}\s*[场幕]|场景\s*\S{1,3}|Scene\s+\w+|(?:INT|EXT)\.)", re.IGNORECASE)
_PICTURE = re.compile(r"^(?:【画面】|\[Picture\]|画面[:：])\s*", re.IGNORECASE)
_ABOUT = re.compile(r"^(?:《[^》]*》$|影视风格[:：]|时长[:：]|故事梗概[:：]|创意[:：]|Style:|Length:|Logline:|Idea:)")
_FRAMES = (
    ("wide", "eye", "push_in"),
    ("medium", "eye", "track"),
    ("close", "low", "push_in"),
    ("full", "high", "pan_right"),
    ("medium", "over_shoulder", "push_in"),
    ("extreme_close", "eye", "static"),
    ("wide", "low", "pull_out"),
)


def write(ask: Ask, rng: Random) -> list[dict[str, Any]]:
    """The storyboard rows. Ids come only from the materials in the prompt."""
    listing, script = sections(ask.user)
    materials = find(listing)
    script = script or ask.topic or listing
    language = language_of(script)
    camera = words(language).camera
    zh = language == "zh"
    start = rng.randrange(len(_FRAMES))
    places = [material for material in materials if material.is_place]
    people = [material for material in materials if not material.is_place]
    here: list[Material] = places[:1]
    rows = []
    for index, text in enumerate(_beats(script, language)):
        size, angle, movement = _FRAMES[(start + index) % len(_FRAMES)]
        named = [material for material in materials if _mentions(text, material)]
        here = [material for material in named if material.is_place] or here
        seen = [material for material in named if not material.is_place] or people[:1]
        used = [*seen, *(place for place in here if place not in seen)]
        cast = ("；" if zh else "; ").join(
            f"{m.name}（{m.text}）" if zh else f"{m.name} ({m.text})" for m in used if m.text
        )
        scene, talk = text, _said(text)
        view = f"{camera.size[size]}{'，' if zh else ', '}{camera.angle[angle]}"
        if zh:
            frame = f"{view}。{_end(scene, '。')}{cast + '。' if cast else ''}{camera.base}。"
            shot = f"{camera.movement[movement]}。{_end(scene, '。')}{'对白：' + talk if talk else ''}"
        else:
            frame = f"{view}: {_end(scene, '.')} {cast + '. ' if cast else ''}{camera.base}."
            shot = f"{camera.movement[movement]}. {_end(scene, '.')}{' Dialogue: ' + talk if talk else ''}"
        ids: list[Id] = [material.id for material in used]
        rows.append({"frame_prompt": frame, "frame_asset_ids": ids, "shot_prompt": shot})
    return rows


def _end(text: str, stop: str) -> str:
    return text if text.endswith(("。", "！", "？", ".", "!", "?", "”", '"')) else text + stop


def _mentions(text: str, material: Material) -> bool:
    name = material.name
    if name.lower() in text.lower():
        return True
    # 小猫咪咪 is also met as 咪咪 or 小猫.
    halves = (name[:2], name[-2:]) if re.fullmatch(r"[\u4e00-\u9fff]{3,6}", name) else ()
    return any(half in text for half in halves)


def _said(text: str) -> str:
    """What stands in quotation marks."""
    quotes = re.findall(r"“([^”]+)”|「([^」]+)」|\"([^\"]+)\"", text)
    return " ".join(next(part for part in quote if part) for quote in quotes)


def _beats(script: str, language: str) -> list[str]:
    """The script in shots. A script with picture lines has a shot for each; in others whole sentences are joined
    while they stay short. Headings and data about the film (style, length) are no shots; the opening of a scene keeps
    the scene's name."""
    lines = [line.strip() for line in script.split("\n") if line.strip()]
    lines = [line for line in lines if not _ABOUT.match(line)] or lines
    space = "" if language == "zh" else " "
    out: list[str] = []
    heading, drawn = "", any(_PICTURE.match(line) for line in lines)
    limit = _SHOT_CHARS[language]
    for line in lines:
        if _HEADING.match(line) and len(line) <= 2 * limit and len(lines) > 1:
            heading = (
                f"{line}{space}" if line.endswith(("。", ".", ":", "：")) else _end(line, "。" if not space else ". ")
            )
            continue
        fresh = _PICTURE.match(line) if drawn else True
        for part in [_PICTURE.sub("", line)] if drawn else sentences(line):
            short = out and not heading and len(out[-1]) + len(part) <= limit
            if out and not heading and (not fresh or (not drawn and short)):
                out[-1] = f"{out[-1]}{space}{part}"
            else:
                out.append(f"{heading}{part}")
                heading = ""
    out = out or [script.strip()]
    while len(out) > _MOST_SHOTS:
        out = [space.join(out[index : index + 2]) for index in range(0, len(out), 2)]
    return out
