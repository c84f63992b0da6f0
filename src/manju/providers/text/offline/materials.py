"""Finding the materials (素材) and their ids in a prompt, whatever the layout of the list."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

Id = int | str

_ID = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"
_LAYOUTS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # id: 1, name: ..., description: ...
        rf"^[-*•\s]*(?:素材)?\"?id\"?\s*[:：=]\s*\"?(?P<id>{_ID})\"?\s*[,，;；|\s]+(?:\"?(?:name|名称|名字)\"?\s*[:：=]\s*)?\"?"
        r"(?P<name>[^,，:：;；|\"\n]+)\"?\s*[,，:：;；|-]*\s*(?P<text>.*)$",
        # [1] name: description
        rf"^[-*•\s]*[\[【(（#](?:id\s*[:：=]?\s*|素材\s*)?(?P<id>{_ID})[\]】)）]?\s*[:：.、]?\s*"
        r"(?P<name>[^:：,，|\n-]+)\s*[:：,，|-]*\s*(?P<text>.*)$",
        # name (ID: 1): description
        rf"^[-*•\s]*(?P<name>[^:：(（\[\n]+?)\s*[(（\[]\s*(?:素材)?id\s*[:：=]?\s*(?P<id>{_ID})\s*[)）\]]\s*[:：,，-]*\s*"
        r"(?P<text>.*)$",
        # 1. name: description
        r"^[-*•\s]*(?:素材)?(?P<id>\d{1,9})\s*[.、:：)）|]\s*(?P<name>[^:：,，|\n]+)\s*[:：,，|-]*\s*(?P<text>.*)$",
    )
)
_SECTION = re.compile(
    r"(?:可用)?素材(?:描述|列表|信息)?\s*[:：]|(?:available )?(?:materials?|assets?)[^:\n]{0,30}:", re.IGNORECASE
)
_SCRIPT = re.compile(r"(?:用户)?剧本(?:内容)?\s*[:：]|(?:user )?script\s*:", re.IGNORECASE)
_END = re.compile(r"\n\s*(?:请(?:根据|确保|返回|按)|要求|注意|Please|Based on|Return|Respond|Output)")


@dataclass(frozen=True, slots=True)
class Material:
    """A material that a storyboard may use."""

    id: Id
    name: str
    text: str

    @property
    def is_place(self) -> bool:
        """True when it looks like a place rather than somebody or something."""
        return bool(
            re.search(
                r"场景|背景|环境|景色|scene|background|location|setting", f"{self.name} {self.text}", re.IGNORECASE
            )
        )


def sections(prompt: str) -> tuple[str, str]:
    """The materials' text and the script's text of a generate-storyboards prompt."""
    materials, script = _SECTION.search(prompt), None
    for match in _SCRIPT.finditer(prompt):
        if not materials or match.start() > materials.end():
            script = match
            break
    script = script or _SCRIPT.search(prompt)
    start = materials.end() if materials else 0
    if script and script.start() >= start:
        listing, body = prompt[start : script.start()], prompt[script.end() :]
    elif script:
        listing, body = prompt[start:], prompt[script.end() : materials.start() if materials else None]
    else:
        listing, body = prompt[start:], ""
    return _cut(listing), _cut(body)


def _cut(text: str) -> str:
    match = _END.search(text)
    return (text[: match.start()] if match else text).strip()


def find(text: str) -> tuple[Material, ...]:
    """The materials in a listing: JSON, or one a line in any of the usual layouts; each id once."""
    found: dict[Id, Material] = {}
    for row in _json_rows(text):
        if (id_ := _id(row.get("id"))) is not None:
            tags = " ".join(str(tag) for tag in row.get("tags") or [])
            name, about = str(row.get("name") or id_), str(row.get("description") or "")
            found.setdefault(id_, Material(id_, name, f"{about} {tags}".strip()))
    if found:
        return tuple(found.values())
    for line in text.split("\n"):
        for layout in _LAYOUTS:
            if match := layout.match(line.strip()):
                id_ = _id(match["id"])
                if id_ is not None:
                    about = re.sub(
                        r"^(?:description|描述)\"?\s*[:：=]\s*", "", match["text"].strip(), flags=re.IGNORECASE
                    )
                    found.setdefault(id_, Material(id_, match["name"].strip(" \"'*"), about.strip()))
                break
    return tuple(found.values())


def _id(value: Any) -> Id | None:
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, int):
        return value
    text = str(value)
    return int(text) if text.isdecimal() else text


def json_values(text: str) -> list[Any]:
    """Every JSON array or object that stands in a text, outermost ones only."""
    decoder, out, at = json.JSONDecoder(), [], 0
    while (match := re.compile(r"[\[{]").search(text, at)) is not None:
        try:
            value, at = decoder.raw_decode(text, match.start())
        except json.JSONDecodeError:
            at = match.end()
            continue
        out.append(value)
    return out


def _json_rows(text: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for value in json_values(text):
        parts = value if isinstance(value, list) else [value]
        for part in parts:
            if isinstance(part, dict):
                inner = [row for group in part.values() if isinstance(group, list) for row in group]
                rows += [part] if "id" in part else [row for row in inner if isinstance(row, dict)]
    return rows
