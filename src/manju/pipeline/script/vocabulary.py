"""The declared tables that snap what people and models write onto the storyboard's words.

Order of a look-up: the word itself, an entry of the table, the longest entry that the text contains.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeVar, cast, get_args

from manju.domain.casting import Age, Gender
from manju.domain.storyboard import Angle, Movement, Size, Transition

Word = TypeVar("Word", bound=str)

SIZES: Mapping[str, Size] = {
    "大远景": "extreme_wide", "极远景": "extreme_wide", "establishing": "extreme_wide", "aerial": "extreme_wide",
    "extreme long": "extreme_wide", "ews": "extreme_wide", "els": "extreme_wide",
    "远景": "wide", "long shot": "wide", "wide shot": "wide", "wide angle": "wide", "wide-angle": "wide", "ws": "wide",
    "全景": "full", "full shot": "full", "full body": "full", "fs": "full",
    "中景": "medium", "半身": "medium", "medium shot": "medium", "mid shot": "medium", "ms": "medium", "mid": "medium",
    "中近景": "close", "近景": "close", "close up": "close", "closeup": "close", "close shot": "close", "cu": "close",
    "mcu": "close", "medium close": "close",
    "特写": "extreme_close", "大特写": "extreme_close", "extreme close": "extreme_close", "macro": "extreme_close",
    "ecu": "extreme_close",
}  # fmt: skip

ANGLES: Mapping[str, Angle] = {
    "平视": "eye", "正面": "eye", "eye level": "eye", "straight on": "eye", "front": "eye",
    "仰": "low", "低机位": "low", "低角度": "low", "仰拍": "low", "仰视": "low", "low angle": "low", "worm": "low",
    "俯": "high", "高机位": "high", "高角度": "high", "俯拍": "high", "俯视": "high", "high angle": "high",
    "顶拍": "top", "鸟瞰": "top", "航拍": "top", "overhead": "top", "top down": "top", "bird": "top",
    "斜角": "dutch", "倾斜": "dutch", "荷兰角": "dutch", "dutch angle": "dutch", "tilted": "dutch",
    "过肩": "over_shoulder", "over the shoulder": "over_shoulder", "over shoulder": "over_shoulder",
    "ots": "over_shoulder",
}  # fmt: skip

MOVEMENTS: Mapping[str, Movement] = {
    "固定": "static", "静止": "static", "定镜": "static", "still": "static", "fixed": "static", "locked off": "static",
    "none": "static",
    "推": "push_in", "推近": "push_in", "推轨": "push_in", "拉近": "push_in", "zoom in": "push_in",
    "dolly in": "push_in", "push in": "push_in", "pushes in": "push_in", "pushing in": "push_in",
    "拉": "pull_out", "拉远": "pull_out", "后拉": "pull_out", "zoom out": "pull_out", "dolly out": "pull_out",
    "pull back": "pull_out", "pulls back": "pull_out", "pulls out": "pull_out", "pull out": "pull_out",
    "左摇": "pan_left", "左移": "pan_left", "向左": "pan_left", "pan left": "pan_left", "pans left": "pan_left",
    "摇": "pan_right", "右摇": "pan_right", "右移": "pan_right", "横移": "pan_right", "向右": "pan_right",
    "pan right": "pan_right", "pans right": "pan_right", "pan": "pan_right",
    "上摇": "tilt_up", "升": "tilt_up", "tilt up": "tilt_up", "tilts up": "tilt_up", "crane up": "tilt_up",
    "下摇": "tilt_down", "降": "tilt_down", "tilt down": "tilt_down", "tilts down": "tilt_down",
    "crane down": "tilt_down",
    "跟": "track", "跟拍": "track", "跟随": "track", "环绕": "track", "tracking": "track", "follows": "track",
    "follow": "track", "orbit": "track", "truck": "track",
    "手持": "handheld", "晃动": "handheld", "hand held": "handheld", "hand-held": "handheld", "shaky": "handheld",
}  # fmt: skip

TRANSITIONS: Mapping[str, Transition] = {
    "none": "cut", "硬切": "cut", "切": "cut", "直切": "cut", "hard cut": "cut", "jump cut": "cut", "match cut": "cut",
    "淡入": "fade_in", "fade from black": "fade_in", "淡出": "fade_out", "fade to black": "fade_out",
    "黑场": "fade", "淡入淡出": "fade", "crossfade": "dissolve", "cross fade": "dissolve", "cross dissolve": "dissolve",
    "叠化": "dissolve", "溶解": "dissolve", "左滑": "slide_left", "slide": "slide_left", "push left": "slide_left",
    "右滑": "slide_right", "push right": "slide_right",
    "wipe": "wipe_right", "擦除": "wipe_right", "划像": "wipe_right",
    "zoom": "zoom_in", "放大": "zoom_in",
}  # fmt: skip

GENDERS: Mapping[str, Gender] = {
    "女": "female", "女性": "female", "woman": "female", "girl": "female", "f": "female",
    "男": "male", "男性": "male", "man": "male", "boy": "male", "m": "male",
    "中性": "neutral", "未知": "neutral", "unknown": "neutral", "nonbinary": "neutral", "none": "neutral",
}  # fmt: skip

AGES: Mapping[str, Age] = {
    "儿童": "child", "小孩": "child", "孩子": "child", "kid": "child", "boy": "child", "girl": "child",
    "青年": "young", "少年": "young", "少女": "young", "年轻": "young", "teen": "young", "teenager": "young",
    "youth": "young",
    "成年": "adult", "中年": "adult", "middle": "adult", "middle aged": "adult",
    "老年": "elder", "老人": "elder", "old": "elder", "elderly": "elder", "senior": "elder",
}  # fmt: skip

MOVEMENT_CYCLE: Sequence[Movement] = ("push_in", "pan_right", "pull_out", "pan_left")
"""Camera moves given in turn to shots for which nobody said one, so that a film of stills does not repeat itself."""

SIZE_CYCLE: Sequence[Size] = ("wide", "medium", "close", "full")

CLOSER: Mapping[Size, Size] = {
    "extreme_wide": "wide", "wide": "medium", "full": "medium", "medium": "close", "close": "extreme_close",
    "extreme_close": "medium",
}  # fmt: skip
"""The size for a second picture of the same moment: never the same again."""

_CAMERA_HINT = re.compile(r"camera|shot|lens|镜头|机位", re.IGNORECASE)


def _plain(text: str) -> str:
    return re.sub(r"[\s_-]+", " ", text.strip().lower())


def _contains(text: str, entry: str) -> bool:
    """Whether ``entry`` stands in ``text``; Latin entries only as whole words."""
    if entry.isascii():
        return re.search(rf"(?<![a-z]){re.escape(entry)}(?![a-z])", text) is not None
    return entry in text


def snap(value: str, kind: object, table: Mapping[str, Word]) -> Word | None:
    """``value`` as one of the words of the Literal ``kind``, or None where the tables do not know it."""
    known: tuple[str, ...] = get_args(kind)
    text = _plain(value)
    word = text.replace(" ", "_")
    if word in known:
        return cast(Word, word)
    spaced = {_plain(entry): meaning for entry, meaning in table.items()}
    if text in spaced:
        return spaced[text]
    for entry in sorted(spaced, key=lambda e: (-len(e), e)):
        # One letter or one word such as "ms" says nothing inside a longer text.
        if (len(entry) > 3 or not entry.isascii()) and _contains(text, entry):
            return spaced[entry]
    return cast(
        "Word | None", next((w for w in sorted(known, key=len, reverse=True) if _contains(text, _plain(w))), None)
    )


def movement_in(description: str) -> Movement | None:
    """The camera move that a description of a picture asks for (``"Camera slowly pushes in"``), or None."""
    for clause in re.split(r"[.。;；!！\n]", description):
        if _CAMERA_HINT.search(clause):
            found: Movement | None = snap(clause, Movement, {k: v for k, v in MOVEMENTS.items() if len(k) > 1})
            if found:
                return found
    return None


def size_in(description: str) -> Size | None:
    """The shot size that a description asks for (``"Close-up of"``, ``"远景"``), or None."""
    text = _plain(description)
    for entry in sorted(SIZES, key=lambda e: (-len(e), e)):
        if (len(entry) > 3 or not entry.isascii()) and _contains(text, _plain(entry)):
            return SIZES[entry]
    return None


def known(kind: object) -> str:
    """The words of a Literal for a message: ``"cut, fade"``."""
    return ", ".join(get_args(kind))
