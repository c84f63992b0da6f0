"""Named fields of a shot list: columns of a table (``景别``) and lines (``画面：…``), and what their values mean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

FieldName = Literal[
    "number", "size", "angle", "movement", "picture", "action", "dialogue", "narration", "duration", "overlay",
    "transition", "place", "time", "characters", "props", "note",
]  # fmt: skip

_NAMES: Mapping[FieldName, str] = {
    "number": "镜号 镜头号 镜头 镜头序号 分镜 分镜号 序号 编号 镜次 镜 号 no no. # shot shot# number nr scene#",
    "size": "景别 景 size shotsize shottype framing 画幅景别",
    "angle": "角度 机位 机位角度 拍摄角度 视角 angle cameraangle 机位/角度",
    "movement": "运镜 镜头运动 摄法 运动 运镜方式 拍摄手法 拍摄方式 镜头语言 手法 技巧 摄影机运动 camera movement "
    "cameramovement cameramove move 运镜/手法",
    "picture": "画面 画面内容 画面描述 画面说明 画面要点 内容 描述 镜头内容 分镜画面 场景描述 visual visuals picture "
    "description image video visualdescription 画面提示词 画面内容描述",
    "action": "动作 人物动作 动作描述 action",
    "dialogue": "台词 对白 对话 人物台词 台词/旁白 台词/对白 对白/旁白 台词旁白 旁白/台词 旁白/对白 dialogue dialog "
    "lines line dialogue/vo audio 声音 音频",
    "narration": "旁白 解说 解说词 文案 口播 配音 口播文案 旁白文案 配音文案 narration voiceover voice-over vo v.o. "
    "narrator script 旁白/解说 旁白/字幕",
    "duration": "时长 秒数 时间长度 镜头时长 时长(秒) 时长（秒） 时长(s) 时长/秒 时长s duration length seconds sec "
    "secs s duration(s) timing timecode 时间码 时间轴",
    "overlay": "字幕 字卡 屏幕文字 花字 文字 贴字 画面文字 text overlay onscreentext title super textoverlay caption "
    "标题字幕",
    "transition": "转场 过渡 转场方式 transition 切换",
    "place": "场景 地点 场地 拍摄地点 location place set 场",
    "time": "时间 光线时间 time",
    "characters": "人物 角色 出镜人物 出场人物 演员 登场人物 出场角色 characters character cast who 出镜",
    "props": "道具 props",
    "note": "备注 注 注意 提示 音效 音乐 配乐 bgm bgm/音效 音乐/音效 音效/音乐 背景音乐 "
    "sfx music sound note notes remarks remark "
    "说明 特效 后期 光线 灯光 色调 情绪 light lighting 声效 参考 参考图 提示词 prompt",
}
_FIELDS: Mapping[str, FieldName] = {word: field for field, words in _NAMES.items() for word in words.split()}
_LINE_NAMES = """
画面 画面内容 画面描述 画面说明 景别 运镜 镜头运动 时长 字幕 台词 对白 机位 角度 转场 镜头语言 动作 字卡 音效 音乐 配乐
背景音乐 bgm 解说 解说词 文案 口播 配音 花字 屏幕文字 备注 特效 注 注意 提示 说明
visual visuals narration voiceover voice-over duration sfx music overlay camera transition caption
"""
_LINE_FIELDS = frozenset(_LINE_NAMES.split())

EMPTY = frozenset({"", "-", "--", "—", "——", "–", "无", "/", "\\", "n/a", "none", "…", "......", "×", "x"})
"""Cells that say that there is nothing."""


def column(name: str) -> FieldName | None:
    """The field that a table's column holds, or None where nobody knows."""
    plain = re.sub(r"\s+", "", name).lower()
    if plain in _FIELDS:
        return _FIELDS[plain]
    return _FIELDS.get(re.sub(r"[(（\[][^)）\]]*[)）\]]$", "", plain))


def line_field(name: str) -> FieldName | None:
    """The field that a line ``name：value`` holds, or None: fewer names than those of columns, where a name alone is
    less evidence."""
    plain = "".join(name.split()).lower()
    return "movement" if plain == "镜头" else column(plain) if plain in _LINE_FIELDS else None


_CLOCK = r"(?:(\d{1,2}):)?(\d{1,3}):(\d{1,2}(?:[.,]\d{1,3})?)"
_NUMBER = r"(\d{1,4}(?:\.\d{1,3})?)"
_UNIT = r"\s*(?:秒钟|秒|seconds?|secs?|s|\"|″|”)?\s*"
_BETWEEN = r"\s*(?:-|－|—|–|~|～|至|到|to)\s*"
_CLOCKS = re.compile(rf"{_CLOCK}\s*{_BETWEEN}\s*{_CLOCK}")
_ONE_CLOCK = re.compile(_CLOCK)
_RANGE = re.compile(rf"{_NUMBER}{_UNIT}{_BETWEEN}{_NUMBER}{_UNIT}", re.IGNORECASE)
_PLAIN = re.compile(rf"(?:约|大约|~|≈)?\s*{_NUMBER}{_UNIT}", re.IGNORECASE)
_MINUTES = re.compile(r"(\d{1,2})\s*(?:分钟|分|min|m)\s*(?:(\d{1,2})\s*(?:秒|s)?)?", re.IGNORECASE)


def duration_ms(text: str, *, span: bool = False) -> int | None:
    """Milliseconds that a cell asks for, or None where it cannot be read: ``3s``, ``3秒``, ``0:03``, ``00:03-00:08``.

    Args:
        text: the cell.
        span: whether ``3-5`` is a stretch of time (from 3 s to 5 s, so 2 s) rather than a wish of about 4 s.
    """
    text = text.strip().strip("()（）[]【】").strip()
    found: float | None = None
    if match := _CLOCKS.fullmatch(text):
        found = _clock(*match.groups()[3:]) - _clock(*match.groups()[:3])
    elif match := _ONE_CLOCK.fullmatch(text):
        found = _clock(*match.groups())
    elif match := _RANGE.fullmatch(text):
        low, high = float(match[1]), float(match[2])
        found = high - low if span else (low + high) / 2
    elif match := _PLAIN.fullmatch(text):
        found = float(match[1])
    elif match := _MINUTES.fullmatch(text):
        found = int(match[1]) * 60 + int(match[2] or 0)
    return round(found * 1000) if found is not None and found > 0 else None


def _clock(hours: str | None, minutes: str, seconds: str) -> float:
    return int(hours or 0) * 3600 + int(minutes) * 60 + float(seconds.replace(",", "."))
