"""The shape of seed 000's step 1, ``{title, logline, characters, scenes, shots}``, as a script.

The seed names the subjects of each list (look, light, colours, props, length, size, angle, action, words, picture) but
not the field names, so writers differ: the tables below map the usual English and Chinese ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from manju.domain.storyboard import Angle, Movement, Size, Transition
from manju.pipeline.script import vocabulary

_HEAD = {
    "title": ("title", "标题", "片名"),
    "logline": ("logline", "梗概", "一句话简介", "summary"),
    "duration_target": ("duration_target", "total_duration", "duration", "总时长"),
    "style": ("style", "风格"),
    "style_prompt": ("style_prompt",),
    "music_style": ("music_style", "音乐"),
    "target_platform": ("target_platform",),
    "language": ("language", "语言"),
}
_CHARACTER = {
    "id": ("id", "character_id", "char_id", "编号"),
    "name": ("name", "姓名", "名字", "角色名"),
    "role": ("role", "身份", "定位", "角色"),
    "description": ("description", "描述", "设定", "性格"),
    "gender": ("gender", "性别"),
    "age": ("age", "年龄"),
}
_LOOK = {
    "hair": ("hair", "hair_color", "hairstyle", "发色", "发型", "头发"),
    "eyes": ("eyes", "eye_color", "瞳色", "眼睛"),
    "build": ("build", "body", "体型", "身材"),
    "outfit": ("outfit", "clothing", "costume", "clothes", "服饰", "服装", "服装标志", "服饰关键点"),
    "accessories": ("accessories", "accessory", "配饰"),
    "shoes": ("shoes", "鞋子", "鞋"),
    "proportions": ("proportions", "body_ratio", "身形比例", "体型比例"),
}
_LOCATION = {
    "id": ("id", "scene_id", "编号"),
    "name": ("name", "title", "location", "名称", "场景名", "场景", "地点"),
    "description": ("description", "描述", "环境"),
    "palette": ("palette", "color_tone", "tone", "color", "colors", "色调", "颜色"),
    "light": ("light", "lighting", "光线", "光源", "光照"),
    "landmarks": ("landmarks", "props", "道具", "标志性道具"),
}
_SHOT = {
    "scene_id": ("shot_id", "id", "shot_number", "number", "index", "镜号", "镜头", "编号"),
    "duration": ("duration", "duration_s", "seconds", "时长"),
    "narration": ("narration", "voiceover", "vo", "旁白"),
    "visual_description": (
        "visual_description", "visual", "description", "picture", "scene_description", "画面要点", "画面", "画面描述",
    ),
    "text_overlay": ("text_overlay",),
    "transition": ("transition", "转场"),
    "location": ("location", "scene", "scene_id", "场景"),
    "characters": ("characters", "角色", "人物"),
    "size": ("size", "shot_size", "shot_type", "framing", "景别"),
    "angle": ("angle", "camera_angle", "机位"),
    "movement": ("movement", "camera_movement", "camera_move", "运镜"),
    "action": ("action", "动作"),
}  # fmt: skip
_SAID = ("dialogue", "lines", "台词", "对白", "台词/旁白", "dialogue_or_vo")
_SAID_BY = ("character", "speaker", "name", "角色", "说话人")
_SAID_WORDS = ("line", "text", "content", "dialogue", "台词", "内容")
_ENUMS: Mapping[str, tuple[object, Mapping[str, str]]] = {
    "size": (Size, vocabulary.SIZES),
    "angle": (Angle, vocabulary.ANGLES),
    "movement": (Movement, vocabulary.MOVEMENTS),
    "transition": (Transition, vocabulary.TRANSITIONS),
}


def as_script(data: Mapping[str, Any]) -> dict[str, Any]:
    """The same film as a script of seed 004 with manju's extensions.

    Values are passed on as they are, so that a wrong one is named as in any script. What the tables do not know is
    kept as a part of the description of its character, place or shot; at the top of the file it stays unknown.
    """
    script = {field: value for field, value, _ in _pairs(data, _HEAD)}
    named = {name for _, _, name in _pairs(data, _HEAD)} | {"characters", "scenes", "shots"}
    script.update({key: value for key, value in data.items() if key not in named and key not in script})
    script["characters"] = [_character(item) for item in _items(data.get("characters"))]
    script["locations"] = [_location(item) for item in _items(data.get("scenes"))]
    script["scenes"] = [_shot(item) for item in data["shots"]]
    return script


def _items(value: Any) -> list[Any]:
    if isinstance(value, Mapping):
        return [{"name": name, **item} for name, item in value.items() if isinstance(item, Mapping)]
    return list(value) if isinstance(value, list) else []


def _pairs(item: Mapping[str, Any], table: Mapping[str, tuple[str, ...]]) -> list[tuple[str, Any, str]]:
    """Field, value and the name that it has in ``item``, for every field of the table that is filled."""
    found: list[tuple[str, Any, str]] = []
    used: set[str] = set()
    for field, names in table.items():
        name = next((n for n in names if n not in used and item.get(n) not in (None, "", [])), None)
        if name is not None:
            found.append((field, item[name], name))
            used.add(name)
    return found


def _taken(
    item: Mapping[str, Any], table: Mapping[str, tuple[str, ...]], besides: Iterable[str] = ()
) -> tuple[dict[str, Any], str]:
    """The known fields of an item, and everything else in words."""
    pairs = _pairs(item, table)
    known = {name for _, _, name in pairs}.union(besides)
    rest = (f"{key}: {_words(value)}" for key, value in item.items() if key not in known and value not in (None, ""))
    return {field: value for field, value, _ in pairs}, "; ".join(text for text in rest if not text.startswith("_"))


def _words(value: Any) -> Any:
    """A list or an object in words; anything else as it is."""
    if isinstance(value, list):
        return ", ".join(str(_words(v)) for v in value)
    if isinstance(value, Mapping):
        return ", ".join(f"{k}: {_words(v)}" for k, v in value.items())
    return value


def _add(item: dict[str, Any], field: str, words: str) -> None:
    if words:
        item[field] = f"{_words(item[field])}; {words}" if item.get(field) else words


def _numbered(item: dict[str, Any], *fields: str) -> None:
    """Ids that are numbers, as texts."""
    for field in fields:
        if isinstance(item.get(field), int):
            item[field] = str(item[field])


def _character(item: Any) -> Any:
    if not isinstance(item, Mapping):
        return {"name": item} if isinstance(item, str) else item
    nests = [
        n for n in ("look", "appearance", "外观", "外观特征", "外观特征与服饰") if isinstance(item.get(n), Mapping)
    ]
    flat = {key: value for key, value in item.items() if key not in nests}
    look: dict[str, Any] = {}
    rest: list[str] = []
    for nest in nests:
        part, words = _taken(item[nest], _LOOK)
        look.update(part)
        rest.append(words)
    look.update({field: value for field, value, _ in _pairs(flat, _LOOK)})
    character, words = _taken(flat, _CHARACTER, (name for _, _, name in _pairs(flat, _LOOK)))
    for more in (*rest, words):
        _add(character, "description", more)
    if look:
        character["look"] = {key: _words(value) for key, value in look.items()}
    if "description" in character:
        character["description"] = _words(character["description"])
    age = character.get("age")
    if isinstance(age, str) and age.rstrip("岁").isdecimal():
        age = int(age.rstrip("岁"))
    if isinstance(age, int) and not isinstance(age, bool):
        character["age"] = "child" if age < 13 else "young" if age < 30 else "adult" if age < 60 else "elder"
    _numbered(character, "id")
    return character


def _location(item: Any) -> Any:
    if not isinstance(item, Mapping):
        return {"name": item} if isinstance(item, str) else item
    location, rest = _taken(item, _LOCATION)
    _add(location, "description", rest)
    for field in ("description", "palette", "light"):
        if field in location:
            location[field] = _words(location[field])
    if isinstance(location.get("landmarks"), str):
        location["landmarks"] = [location["landmarks"]]
    _numbered(location, "id")
    return location


def _shot(item: Any) -> Any:
    if not isinstance(item, Mapping):
        return item
    said = next((n for n in _SAID if item.get(n)), "")
    by = next((n for n in ("speaker", "说话人") if item.get(n)), "")
    shot, rest = _taken(item, _SHOT, (said, by, "emotion"))
    for field, (kind, table) in _ENUMS.items():
        value = shot.get(field)
        if isinstance(value, str) and vocabulary.snap(value, kind, table) is None:
            rest = f"{rest}; {field}: {value}" if rest else f"{field}: {value}"
            del shot[field]
    _add(shot, "visual_description", rest)
    for field in ("visual_description", "action"):
        if field in shot:
            shot[field] = _words(shot[field])
    words = item.get(said)
    if isinstance(words, str):
        shot.update(_said(words, str(item.get(by, "")), bool(shot.get("narration"))))
    elif words:
        shot["dialogue"] = [_line(entry) for entry in ([words] if isinstance(words, Mapping) else words)]
    if isinstance(shot.get("characters"), str):
        shot["characters"] = [shot["characters"]]
    if isinstance(shot.get("characters"), list):
        shot["characters"] = [str(name) if isinstance(name, int) else name for name in shot["characters"]]
    _numbered(shot, "location")
    return shot


def _line(entry: Any) -> Any:
    if isinstance(entry, str):
        name, words = _speaker(entry)
        return {"character": name, "line": words}
    if not isinstance(entry, Mapping):
        return entry
    by = next((entry[n] for n in _SAID_BY if n in entry), "")
    words = next((entry[n] for n in _SAID_WORDS if n in entry), "")
    return {"character": by, "line": words, "emotion": entry.get("emotion", "")}


def _said(text: str, by: str, narrated: bool) -> dict[str, Any]:
    """Words without a list: ``"林澈：走。"`` is dialogue, anything else is spoken by ``by`` or else the narrator."""
    name, words = _speaker(text)
    name = name or by
    if name or narrated:
        return {"dialogue": [{"character": name, "line": words}]}
    return {"narration": words}


def _speaker(text: str) -> tuple[str, str]:
    for mark in ("：", ":"):
        name, found, words = text.partition(mark)
        if found and 0 < len(name.strip()) <= 8 and words.strip() and not any(c in '，。！？,.!?“"' for c in name):
            return name.strip(), words.strip()
    return "", text
