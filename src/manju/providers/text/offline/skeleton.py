"""Reading the skeleton of an unknown JSON shape from a prompt, and filling it with sensible text."""

from __future__ import annotations

import re
from typing import Any

from manju.providers.text.offline.ask import Ask
from manju.providers.text.offline.outline import Outline

_TOKEN = re.compile(r'\s*(?:(?P<mark>[{}\[\],:：，])|"(?P<text>(?:[^"\\]|\\.)*)"|(?P<bare>[^\s{}\[\],:：，"]+))')
_LIST_ROWS = 3


def read(prompt: str) -> dict[str, Any]:
    """Field names of the largest ``{...}`` in a prompt, nested as they stand; empty when there is none.

    Tolerant: names may lack quotes, values may be missing, ``name[]`` is a list, rows may trail off in dots.
    """
    best: dict[str, Any] = {}
    for match in re.finditer(r"\{", prompt):
        found = _Reader(prompt[match.start() :]).value()
        if isinstance(found, dict) and _size(found) > _size(best):
            best = found
    return best


def _size(value: Any) -> int:
    if isinstance(value, dict):
        return sum(1 + _size(inner) for inner in value.values())
    return sum(_size(inner) for inner in value) if isinstance(value, list) else 0


class _Reader:
    def __init__(self, text: str) -> None:
        self._tokens = [match for match in _TOKEN.finditer(text[:20_000]) if match.group().strip()]
        self._at = 0

    def _peek(self) -> str:
        return self._tokens[self._at].group().strip() if self._at < len(self._tokens) else "}"

    def _take(self) -> str:
        token = self._tokens[self._at] if self._at < len(self._tokens) else None
        self._at += 1
        if token is None:
            return "}"
        return token["mark"] or token["bare"] or token["text"] or ""

    def value(self) -> Any:
        if self._peek() == "{":
            return self._object()
        if self._peek() == "[":
            return self._list()
        return self._take()

    def _object(self) -> dict[str, Any]:
        self._take()
        out: dict[str, Any] = {}
        while self._at < len(self._tokens) and self._peek() != "}":
            name = self._take()
            if name in {",", "，", "]", ":", "："} or not re.match(r"[\w\u4e00-\u9fff]", name):
                continue
            value: Any = ""
            if self._peek() == "[" and self._second() == "]":
                self._at += 2
                value = []
            if self._peek() in {":", "："}:
                self._at += 1
                value = self.value()
            out[name] = value
        self._take()
        return out

    def _second(self) -> str:
        at = self._at + 1
        return self._tokens[at].group().strip() if at < len(self._tokens) else ""

    def _list(self) -> list[Any]:
        self._take()
        out = []
        while self._at < len(self._tokens) and self._peek() != "]":
            if self._peek() in {",", "，", ":", "："} or self._peek().startswith((".", "…")):
                self._at += 1
                continue
            if self._peek() == "}":
                break
            out.append(self.value())
        self._take()
        return out


def fill(skeleton: dict[str, Any], film: Outline, ask: Ask) -> dict[str, Any]:
    """The skeleton with text of an outline in its fields. Choices ``a|b`` take the first, numbers stay numbers."""
    return {name: _filled(name, value, film, ask, 0) for name, value in skeleton.items()}


def _filled(name: str, value: Any, film: Outline, ask: Ask, row: int) -> Any:
    if isinstance(value, dict):
        return {inner: _filled(inner, part, film, ask, row) for inner, part in value.items()}
    if isinstance(value, list):
        pattern = value[0] if value else ""
        return [_filled(name, pattern, film, ask, index) for index in range(min(_LIST_ROWS, len(film.shots)))]
    text = str(value)
    if re.fullmatch(r"-?\d+(\.\d+)?|number|int(eger)?|float|数字", text):
        return float(text) if "." in text else int(text) if re.fullmatch(r"-?\d+", text) else row + 1
    if text.lower() in {"true", "false", "bool", "boolean"}:
        return text.lower() != "false"
    if "|" in text:
        return text.split("|")[0].strip()
    return _text(name.lower(), film, ask, row)


def _text(name: str, film: Outline, ask: Ask, row: int) -> str | int | float:
    shot = film.shots[row % len(film.shots)]
    who = film.figures[row % len(film.figures)]
    if name in {"id", "index", "no", "number", "scene_id", "shot_id", "序号", "编号"}:
        return row + 1
    if re.search(r"duration|seconds|时长", name):
        return shot.ms / 1000
    if re.search(r"title|headline|标题|片名|subject", name):
        return film.title
    if re.search(r"name|character|角色|姓名|名称", name):
        return who.name
    if re.search(r"summary|logline|abstract|梗概|简介|摘要", name):
        return film.logline
    if re.search(r"language|语言", name):
        return film.language
    if re.search(r"style|风格", name):
        return film.style
    if re.search(r"tag|keyword|标签|关键词", name):
        return (film.title, film.style, shot.kind)[row % 3]
    if re.search(r"prompt|visual|picture|image|description|画面|描述|scene|shot|镜头", name):
        return shot.description
    if re.search(r"topic|theme|主题", name):
        return ask.topic
    return shot.narration or shot.description
