"""How figures are read aloud in Mandarin: 60% is 百分之六十, 2025年 is 二零二五年, 12:30 is 十二点三十分."""

from __future__ import annotations

import re
from collections.abc import Callable

_DIGITS = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_GROUPS = ("", "万", "亿", "万亿")
_COUNTED = (
    "个只位次名天年种条张份倍岁层道间部台辆颗块双件座所家点小分秒元人万千亿周集首本把句页杯碗瓶斤吨米公厘毫升克组套"
    "群队排串根匹朵棵片幅场遍趟声步口面扇盏封对盒包袋箱滴段支枚架艘栋顶篇章节届期轮代星里寸尺门"
)
"""Measure words before which 2 is 两."""
_UNITS = {
    "%": "",  # 百分之 before the number
    "‰": "",
    "°C": "摄氏度",
    "°F": "华氏度",
    "°": "度",
    "km/h": "公里每小时",
    "m/s": "米每秒",
    "km2": "平方公里",
    "m2": "平方米",
    "m3": "立方米",
    "km": "公里",
    "KM": "公里",
    "cm": "厘米",
    "CM": "厘米",
    "mm": "毫米",
    "MM": "毫米",
    "nm": "纳米",
    "m": "米",
    "kg": "公斤",
    "KG": "公斤",
    "Kg": "公斤",
    "mg": "毫克",
    "g": "克",
    "t": "吨",
    "ml": "毫升",
    "mL": "毫升",
    "L": "升",
    "min": "分钟",
    "ms": "毫秒",
    "h": "小时",
    "s": "秒",
    "kWh": "千瓦时",
    "kW": "千瓦",
    "W": "瓦",
    "V": "伏",
    "mAh": "毫安时",
    "GHz": "吉赫兹",
    "MHz": "兆赫兹",
    "kHz": "千赫兹",
    "Hz": "赫兹",
    "dB": "分贝",
    "kcal": "千卡",
    "fps": "帧每秒",
}
_CURRENCIES = {"¥": "元", "$": "美元", "€": "欧元", "£": "英镑"}
_UNIT = "|".join(
    [
        r"[%‰]|°[CF]?",
        r"\s?(?:" + "|".join(sorted((u for u in _UNITS if u[0].isalpha()), key=len, reverse=True)) + ")(?![A-Za-z0-9])",
    ]
)

FIGURES = re.compile(
    rf"""
    (?P<phone>(?<!\d)(?:
        1[3-9]\d(?P<dash>[- ]?)\d{{4}}(?P=dash)\d{{4}} | 0\d{{2,3}}-\d{{7,8}} | [48]00-\d{{3,4}}-\d{{3,4}}
        | (?<=[打拨])1[12]\d(?![分个次]) | (?<=[打拨话线码])\d{{5,8}}
      )(?![\d.,%万亿元个人]))
    | (?P<year>\d{{4}})(?P<stroke>[-/.])(?P<month>1[0-2]|0?[1-9])(?P=stroke)(?P<day>3[01]|[12]\d|0?[1-9])(?!\d)
    | (?<!\d)(?P<hour>2[0-3]|[01]?\d):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d))?(?![\d:])
    | (?P<left>\d+(?:\.\d+)?):(?P<right>\d+(?:\.\d+)?)(?![\d:])
    | (?P<currency>[¥$€£])\s?(?P<amount>\d[\d,]*(?:\.\d+)?)(?:[-~–](?P<most>\d[\d,]*(?:\.\d+)?))?
      (?P<scale>[十百千万亿]*)
    | (?P<version>\d+(?:\.\d+){{2,}})
    | (?P<from>\d+(?:\.\d+)?)(?P<from_unit>%|°C?)?[-~–](?P<to>\d+(?:\.\d+)?)(?P<span_unit>{_UNIT})?(?![\d-])
    | (?P<top>\d{{1,3}})/(?P<bottom>\d{{1,4}})(?![\d/])
    | [Nn][Oo]\.(?P<ranked>\d+)
    | (?P<era>(?:1[89]|20)\d0)s(?![A-Za-z])
    | (?<!\d)(?P<decade>[05-9]0)(?=后(?![来面期天又才就还]))
    | (?<!\d)(?P<room>\d{{3,4}})(?=号?(?:室|房间|教室|病房|宿舍|航班)|路(?:公交|车|站|巴士))
    | (?:(?<=[A-Z])|(?<=[A-Z]-))(?P<code>\d{{3,5}})(?![\d.%,])
    | (?P<till>(?:(?<=[\d%元块岁米年月日号点分秒天周个度万亿])|(?<=°C)|(?<=\dm)|(?<=[k\d]g)|(?<=km))[-~–](?=[-¥$€£]?\d))
    | (?P<minus>(?<![\w)])[-\u2212])?(?P<number>\d{{1,3}}(?:,\d{{3}})+(?!\d)|\d+)(?P<decimals>\.\d+)?
      (?P<big>[wW](?![A-Za-z])|[万亿](?=\+))?(?P<unit>{_UNIT})?(?P<more>\+(?![\s\d+]))?
    """,
    re.VERBOSE,
)
"""Every figure in a text that went through NFKC."""


def digits(figures: str) -> str:
    """Digit by digit: 2025 is 二零二五."""
    return "".join(_DIGITS[int(digit)] for digit in figures)


def _dialled(figures: str) -> str:
    """A telephone, room or train number: digit by digit, 1 as 幺."""
    return "".join("幺" if sign == "1" else _DIGITS[int(sign)] for sign in figures if sign.isdigit())


def _group(value: int) -> str:
    """1..9999, every place spoken: 1024 is 一千零二十四."""
    out = ""
    for place in (3, 2, 1, 0):
        digit = value // 10**place % 10
        if digit:
            if out and value // 10 ** (place + 1) % 10 == 0:
                out += "零"
            out += ("两" if digit == 2 and place == 3 else _DIGITS[digit]) + _PLACES[place]
    return out


def cardinal(figures: str) -> str:
    """A whole number: 105000 is 十万五千. With a leading zero, or beyond 10^16, digit by digit (a code)."""
    if len(figures) > 16 or (len(figures) > 1 and figures[0] == "0"):
        return digits(figures)
    value = int(figures)
    if value == 0:
        return "零"
    out = ""
    for index in (3, 2, 1, 0):
        part = value // 10000**index % 10000
        if part:
            if out and part < 1000:
                out += "零"
            out += ("两" if part == 2 and index else _group(part)) + _GROUPS[index]
    return out[1:] if out.startswith("一十") else out


def _decimal(figures: str) -> str:
    whole, _, decimals = figures.replace(",", "").partition(".")
    return cardinal(whole) + (f"点{digits(decimals)}" if decimals else "")


def _date(match: re.Match[str], after: str) -> str:
    return f"{digits(match['year'])}年{cardinal(str(int(match['month'])))}月{cardinal(str(int(match['day'])))}日"


def _time(match: re.Match[str], after: str) -> str:
    hour, minute, second = match["hour"], match["minute"], match["second"]
    said = f"{_counted(str(int(hour)))}点"
    if minute != "00" or second:
        said += f"{cardinal(minute) if minute[0] != '0' else digits(minute)}分"
    return said + (f"{cardinal(second) if second[0] != '0' else digits(second)}秒" if second else "")


def _ratio(match: re.Match[str], after: str) -> str:
    return f"{_decimal(match['left'])}比{_decimal(match['right'])}"


def _money(match: re.Match[str], after: str) -> str:
    amounts = [re.sub(r"\.0+$", "", amount) for amount in (match["amount"], match["most"]) if amount]
    counts = not match["scale"] or match["scale"][0] in "万千亿"
    said = "到".join(_counted(amount) if counts else _decimal(amount) for amount in amounts)
    return said + match["scale"] + _CURRENCIES[match["currency"]]


def _version(match: re.Match[str], after: str) -> str:
    return "点".join(cardinal(part) for part in match["version"].split("."))


def _span(match: re.Match[str], after: str) -> str:
    low, high, unit = match["from"], match["to"], (match["span_unit"] or "").strip()
    if after.startswith("年") or (len(low) == 4 == len(high)):
        return f"{digits(low)}到{digits(high)}" if "." not in low + high else f"{_decimal(low)}到{_decimal(high)}"
    if float(low) > float(high):  # no range: a score, or a sum
        return f"{_decimal(low)}{'减' if after.startswith('=') else '比'}{_decimal(high)}{_UNITS.get(unit, '')}"
    percent = "百分之" if unit == "%" else ""
    return f"{percent}{_decimal(low)}到{percent}{_decimal(high)}{_UNITS.get(unit, '')}"


def _fraction(match: re.Match[str], after: str) -> str:
    top, bottom = match["top"], match["bottom"]
    if int(top) >= int(bottom):
        return _decimal(top) + _decimal(bottom)
    return f"{_decimal(bottom)}分之{_decimal(top)}"


def _counted(figures: str) -> str:
    """A number before what it counts: 2 is 两."""
    return "两" if figures == "2" else _decimal(figures)


def _number(match: re.Match[str], after: str) -> str:
    figures, decimals, unit = match["number"], match["decimals"] or "", (match["unit"] or "").strip()
    bare = not decimals and not unit
    ranked = match.start() > 0 and match.string[match.start() - 1] in "第初"
    if bare and after[:1] in tuple("年届级款") and len(figures) == 4 and (figures[1:] != "000" or figures == "2000"):
        return digits(figures)
    if figures == "2" and not decimals and not match["minus"] and not ranked:
        counts = after[:1] in tuple(_COUNTED) and not after.startswith(("年级", "分之", "点零"))
        if (not unit and (counts or match["big"])) or (unit and unit[0].isalpha()):
            figures = "两"
    before = {"%": "百分之", "‰": "千分之"}.get(unit, "")
    said = figures if figures == "两" else _decimal(figures + decimals)
    big = {"w": "万", "W": "万"}.get(match["big"] or "", match["big"] or "")
    more = "多" if match["more"] else ""
    return ("负" if match["minus"] else "") + before + said + big + more + _UNITS.get(unit, "")


_READINGS: tuple[tuple[str, Callable[[re.Match[str], str], str]], ...] = (
    ("phone", lambda match, _: _dialled(match["phone"])),
    ("year", _date),
    ("hour", _time),
    ("left", _ratio),
    ("currency", _money),
    ("version", _version),
    ("from", _span),
    ("top", _fraction),
    ("ranked", lambda match, _: f"第{cardinal(match['ranked'])}"),
    ("era", lambda match, _: f"{digits(match['era'])}年代"),
    ("decade", lambda match, _: digits(match["decade"])),
    ("room", lambda match, _: _dialled(match["room"])),
    ("code", lambda match, _: _dialled(match["code"])),
    ("till", lambda match, _: "到"),
)


def read(match: re.Match[str], after: str) -> str:
    """The Hanzi for a match of `FIGURES`; ``after`` is the text that follows it."""
    return next((say for group, say in _READINGS if match[group]), _number)(match, after)


def spoken(text: str) -> str:
    """The text with every figure written as it is read aloud."""
    return FIGURES.sub(lambda match: read(match, text[match.end() : match.end() + 2]), text)
