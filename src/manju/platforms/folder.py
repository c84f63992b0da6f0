"""A package in the film's folder that can be uploaded by hand: the names in it, and the texts beside the film."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from manju.domain.platforms import Platform
from manju.domain.timeline import Label
from manju.platforms.base import DECLARATION, DECLARATION_EN, Check, Published

FILM_FILE, COVER_FILE = "film.mp4", "cover.jpg"
TITLE, DESCRIPTION, TAGS, LABEL = "title.txt", "description.txt", "tags.txt", "label.txt"
LINT_JSON, LINT_TEXT = "lint.json", "lint.txt"
_NAMES = re.compile(
    r"deliver/[^/]+/(film\.mp4|cover\.jpg|subtitles\.(srt|vtt)|(title|description|tags|label|lint)\.\w+)"
)
_OUTDATED = re.compile(r"deliver/[^/]+/(video\.\w+|post\.(txt|json)|subtitles\.ass)")
_MARKS = {"ok": "ok", "warn": "WARN", "fail": "FAIL"}


def address(platform: Platform) -> str:
    """The folder of a platform's package."""
    return f"deliver/{platform.name}"


def packaged(name: str) -> bool:
    """Whether a file of the film's folder is called like a part of a package."""
    return _NAMES.fullmatch(name) is not None


def delivered_film(name: str) -> bool:
    """Whether a file is called like the film of a package."""
    return packaged(name) and name.endswith(f"/{FILM_FILE}")


def outdated(name: str) -> bool:
    """Whether a file is of a package as earlier versions made them."""
    return _OUTDATED.fullmatch(name) is not None


def statement(platform: Platform, label: Label, mark: str, language: str) -> str:
    """``label.txt``: what to say and to choose at the platform, and what label the film bears. ``mark`` is the file's
    ``AIGC`` field, empty where it has none."""
    shown = (
        f"“{label.text}”, in the picture for the first {label.visible_ms / 1000:g} s"
        if label.visible
        else f"left out of the picture on the publisher's wish. Reason on record: {label.reason}"
    )
    parts = [
        DECLARATION if language == "zh" else DECLARATION_EN,
        "",
        f"Declare it at {platform.title}. {platform.declare}" if platform.title else "Declare it where you publish it.",
        f"Visible label: {shown}.",
        f"Label in the metadata (AIGC): {mark or 'none: this file was not made by manju'}",
        "Rules: 《人工智能生成合成内容标识办法》, GB 45438-2025. Do not remove or forge these labels.",
    ]
    return "\n".join(parts) + "\n"


def lint_json(platform: Platform, checks: Iterable[Check]) -> str:
    """``lint.json``."""
    found = tuple(checks)
    body = {
        "schema": "manju.lint",
        "version": 1,
        "platform": platform.name,
        "ok": all(check.level != "fail" for check in found),
        "checks": [check.model_dump(mode="json") for check in found],
        "sources": [
            {"of": each.of, "place": each.place, "kind": each.kind, "checked": each.checked}
            for each in platform.sources
        ],
    }
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"


def lint_text(platform: Platform, checks: Iterable[Check]) -> str:
    """``lint.txt``: the same to read."""
    found = tuple(checks)
    bad = {level: sum(check.level == level for check in found) for level in ("fail", "warn")}
    lines = [f"{platform.title or 'Film'}: {len(found)} checks, {bad['fail']} failed, {bad['warn']} warnings", ""]
    for check in found:
        lines.append(f"{_MARKS[check.level]:<5} {check.rule}: {check.value} (asked: {check.limit})")
        if check.advice:
            lines.append(f"      {check.advice}")
    return "\n".join(lines) + "\n"


def told(published: Published) -> list[str]:
    """What the user should hear about a package, one line a rule that is not kept."""
    return [
        f"{published.platform}: {check.rule}: {check.value} (asked: {check.limit}). {check.advice}"
        for check in published.checks
        if not check.ok
    ]
