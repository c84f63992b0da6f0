"""Arithmetic on ``"#rrggbb"`` colours, and the colours that words name in Chinese and English."""

from __future__ import annotations

from functools import lru_cache

RGB = tuple[int, int, int]

NAMES: dict[str, str] = {
    # English (the longest name that fits wins)
    "dark navy": "#141d3f", "navy blue": "#22305e", "navy": "#22305e", "dark blue": "#22366e", "deep blue": "#1f3c88",
    "light blue": "#9ccbf0", "sky blue": "#7cc0ee", "electric blue": "#2f7bff", "royal blue": "#2f55c8",
    "ice blue": "#c3e4f5", "blue": "#3c74d6", "indigo": "#3b3f94", "azure": "#3aa0e8", "cyan": "#25c7d9",
    "teal": "#1f9296", "turquoise": "#38c4b5", "aqua": "#4fd3d6", "mint": "#9fe0c2", "emerald": "#1f9e67",
    "dark green": "#23583c", "light green": "#9bd47f", "olive": "#7c7f3a", "green": "#469b52", "lime": "#a5d33c",
    "jade": "#4aa884", "khaki": "#b7a66f", "light yellow": "#f6e79a", "yellow": "#f2c93b", "gold": "#d9a728",
    "golden": "#e2ac38", "amber": "#efa02e", "orange": "#ee7d2b", "coral": "#f37b63", "peach": "#f7b896",
    "salmon": "#f0907c", "dark red": "#8c1f2a", "red": "#d43a3a", "crimson": "#b51f38", "scarlet": "#d52c25",
    "burgundy": "#6e1d33", "maroon": "#6d2330", "wine": "#71203c", "rose": "#dd5f83", "hot pink": "#f2429c",
    "light pink": "#f7c3d2", "pink": "#f08fb0", "magenta": "#d936a0", "violet": "#8a4fd0", "purple": "#7d47b8",
    "lavender": "#b9a3e3", "lilac": "#c4a5dc", "light brown": "#a97a50", "dark brown": "#4a2f22", "brown": "#7a4f33",
    "chestnut": "#6d3c26", "auburn": "#8a3d24", "chocolate": "#57341f", "bronze": "#a9743a", "copper": "#b86b3d",
    "tan": "#c99f6d", "beige": "#dfcdaa", "cream": "#f3e8cf", "ivory": "#f4efe0", "sand": "#dcc08d",
    "earth tones": "#a5764c", "blonde": "#e8c778", "blond": "#e8c778", "platinum": "#e6e1d2", "silver": "#c3cad6",
    "dark grey": "#4a4e58", "dark gray": "#4a4e58", "light grey": "#c4c8ce", "light gray": "#c4c8ce",
    "charcoal": "#3a3d46", "grey": "#8b9099", "gray": "#8b9099", "black": "#23232b", "off-white": "#f0ede4",
    "white": "#f6f6f4", "ginger": "#d0702e", "raven": "#1d1e28", "neon": "#ff3fb4",
    # Chinese
    "藏青": "#22305e", "深蓝": "#22366e", "海军蓝": "#22305e", "天蓝": "#7cc0ee", "浅蓝": "#9ccbf0", "淡蓝": "#9ccbf0",
    "湖蓝": "#3aa5c8", "宝蓝": "#2f55c8", "冰蓝": "#c3e4f5", "电光蓝": "#2f7bff", "冷蓝": "#5d8fc4", "靛": "#3b3f94",
    "靛蓝": "#2f4a86", "赭红": "#9c4a36", "赭石": "#a0603c", "赭": "#a0603c", "皂色": "#26242b", "皂": "#26242b",
    "土黄": "#b9954e", "草绿": "#7c9a4a", "鸦青": "#2f3d4a", "黛": "#3f4c5e", "藕荷": "#d9b3c4", "月白": "#d6e4ec",
    "蓝白": "#2f62b0", "红白": "#c93a3c",
    "绛红": "#8f2433", "绛紫": "#5a2440",
    "蓝": "#3c74d6", "青绿": "#2aa88f", "青": "#25b4c4", "墨绿": "#23583c", "深绿": "#23583c", "浅绿": "#9bd47f",
    "嫩绿": "#a9d86a", "军绿": "#5d6b3f", "翠绿": "#2fa464", "薄荷": "#9fe0c2", "荧光绿": "#7bf03c", "绿": "#469b52",
    "碧": "#4aa884", "米黄": "#eddcb0", "鹅黄": "#f6e79a", "浅黄": "#f6e79a", "明黄": "#f6cf2f", "暖黄": "#f5c468",
    "琥珀": "#efa02e", "金": "#dcae45", "黄": "#f2c93b", "橙": "#ee7d2b", "橘": "#ee7d2b", "珊瑚": "#f37b63",
    "酒红": "#71203c", "深红": "#8c1f2a", "暗红": "#8c1f2a", "大红": "#d52c25", "朱红": "#d5472c", "玫红": "#dd3f83",
    "洋红": "#d936a0", "品红": "#d936a0", "粉红": "#f08fb0", "粉": "#f3a4bf", "红": "#d43a3a", "绯": "#c8373f",
    "深紫": "#4f2b80", "浅紫": "#b9a3e3", "淡紫": "#b9a3e3", "紫": "#7d47b8", "薰衣草": "#b9a3e3", "深棕": "#4a2f22",
    "浅棕": "#a97a50", "栗": "#6d3c26", "棕": "#7a4f33", "褐": "#6f4a32", "咖啡色": "#6a452d", "驼": "#c39a66",
    "卡其": "#b7a66f", "米白": "#f0e9d8", "米色": "#dfcdaa", "杏": "#eecda6", "奶油": "#f3e8cf", "象牙": "#f4efe0",
    "大地色": "#a5764c", "银灰": "#aab2be", "银": "#c3cad6", "深灰": "#4a4e58", "浅灰": "#c4c8ce", "灰": "#8b9099",
    "炭": "#3a3d46", "乌黑": "#1d1e28", "黑": "#23232b", "雪白": "#fafafa", "白": "#f6f6f4", "霓虹": "#ff3fb4",
    "亚麻": "#c9ad7f", "古铜": "#a9743a", "铜": "#b86b3d",
}  # fmt: skip
"""Colour words. The values are the artist's own choice, tuned to stand side by side."""


@lru_cache(maxsize=8192)
def channels(colour: str) -> RGB:
    """Red, green and blue, 0..255, of ``"#rrggbb"``."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _hex(r: float, g: float, b: float) -> str:
    return "#" + "".join(f"{min(255, max(0, round(v))):02x}" for v in (r, g, b))


@lru_cache(maxsize=8192)
def mix(a: str, b: str, share: float) -> str:
    """``a`` with ``share`` (0..1) of ``b``."""
    return _hex(*(p + (q - p) * share for p, q in zip(channels(a), channels(b), strict=True)))


def dark(colour: str, share: float = 0.25) -> str:
    """A shade of ``colour``: darker and a little towards blue, as shadows are."""
    return mix(colour, "#10122a", share)


def light(colour: str, share: float = 0.25) -> str:
    """A tint of ``colour``."""
    return mix(colour, "#fffaf0", share)


@lru_cache(maxsize=8192)
def multiply(a: str, b: str) -> str:
    """``a`` as seen in light of colour ``b``."""
    return _hex(*(p * q / 255 for p, q in zip(channels(a), channels(b), strict=True)))


def luma(colour: str) -> float:
    """Brightness 0..1 by the BT.709 weights."""
    r, g, b = channels(colour)
    return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255


@lru_cache(maxsize=8192)
def saturate(colour: str, factor: float) -> str:
    """``colour`` with its distance from grey multiplied by ``factor``."""
    grey = luma(colour) * 255
    return _hex(*(grey + (v - grey) * factor for v in channels(colour)))


@lru_cache(maxsize=8192)
def stretch(colour: str, factor: float) -> str:
    """``colour`` with its distance from a middle grey multiplied by ``factor``."""
    return _hex(*(118 + (v - 118) * factor for v in channels(colour)))


def vivid(colour: str) -> int:
    """How far the colour is from grey, 0..255."""
    return max(channels(colour)) - min(channels(colour))
