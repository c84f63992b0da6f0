"""How figures are read aloud in Mandarin: 60% is 百分之六十, 2025年 is 二零二五年, 12:30 is 十二点三十分."""

from __future__ import annotations

import re
from collections.abc import Callable

_DIGITS = "零一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_GROUPS = ("", "万", "亿", "万亿")
_COUNTED = "个只位次名天年种条张份倍岁层道间部台辆颗块双件座所家"
"""Measure words before which 2 is 两."""
_UNITS = {
    "%": "",  # 百分之 before the number
    "‰": "",
    "°C": "摄氏度",
    "°F": "华氏度",
    "°": "度",
    "km/h": "公里每小时",
    "km": "公里",
    "cm": "厘米",
    "mm": "毫米",
    "kg": "公斤",
    "ml": "毫升",
    "m": "米",
    "g": "克",
    "s": "秒",
}
_CURRENCIES = {"¥": "元", "$": "美元", "€": "欧元", "£": "英镑"}

FIGURES = re.compile(
    r"""
    (?P<year>\d{4})-(?P<month>1[0-2]|0?[1-9])-(?P<day>3[01]|[12]\d|0?[1-9])(?!\d)
    | (?P<hour>2[0-3]|[01]?\d):(?P<minute>[0-5]\d)(?![\d:])
    | (?P<currency>[¥$€£])\s?(?P<amount>\d[\d,]*(?:\.\d+)?)(?P<scale>[十百千万亿]*)
    | (?P<from>\d+(?:\.\d+)?)%?[-~](?P<to>\d+(?:\.\d+)?)(?P<span_unit>%|(?=年))?(?![\d-])
    | (?P<top>\d{1,3})/(?P<bottom>\d{1,4})(?![\d/])
    | (?P<minus>(?<![\w)])[-\u2212])?(?P<number>\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?P<decimals>\.\d+)?
      (?P<unit>%|‰|°[CF]?|(?:km/h|km|cm|mm|kg|ml|m|g|s)(?![A-Za-z]))?
    """,
    re.VERBOSE,
)
"""Every figure in a text that went through NFKC."""


def digits(figures: str) -> str:
    """Digit by digit: 2025 is 二零二五."""
    return "".join(_DIGITS[int(digit)] for digit in figures)


def _group(value: int) -> str:
    """1..9999, every place spoken: 1024 is 一千零二十四."""
    out = ""
    for place in (3, 2, 1, 0):
        digit = value // 10**place % 10
        if digit:
            if out and value // 10 ** (place + 1) % 10 == 0:
                out += "零"
            out += _DIGITS[digit] + _PLACES[place]
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
            out += _group(part) + _GROUPS[index]
    return out[1:] if out.startswith("一十") else out


def _decimal(figures: str) -> str:
    whole, _, decimals = figures.replace(",", "").partition(".")
    return cardinal(whole) + (f"点{digits(decimals)}" if decimals else "")


def _date(match: re.Match[str], after: str) -> str:
    return f"{digits(match['year'])}年{cardinal(str(int(match['month'])))}月{cardinal(str(int(match['day'])))}日"


def _time(match: re.Match[str], after: str) -> str:
    minute = match["minute"]
    if minute == "00":
        return f"{cardinal(str(int(match['hour'])))}点"
    return f"{cardinal(str(int(match['hour'])))}点{cardinal(minute) if minute[0] != '0' else digits(minute)}分"


def _money(match: re.Match[str], after: str) -> str:
    return _decimal(match["amount"]) + match["scale"] + _CURRENCIES[match["currency"]]


def _span(match: re.Match[str], after: str) -> str:
    if after.startswith("年") or (len(match["from"]) == 4 == len(match["to"])):
        return f"{digits(match['from'])}到{digits(match['to'])}"
    percent = "百分之" if match["span_unit"] == "%" else ""
    return f"{percent}{_decimal(match['from'])}到{percent}{_decimal(match['to'])}"


def _number(match: re.Match[str], after: str) -> str:
    figures, decimals, unit = match["number"], match["decimals"] or "", match["unit"] or ""
    if not decimals and not unit and after.startswith("年") and len(figures) == 4:
        return digits(figures)
    if figures == "2" and not decimals and not match["minus"] and after[:1] in tuple(_COUNTED):
        return "两"
    before = {"%": "百分之", "‰": "千分之"}.get(unit, "")
    return ("负" if match["minus"] else "") + before + _decimal(figures + decimals) + _UNITS.get(unit, "")


def read(match: re.Match[str], after: str) -> str:
    """The Hanzi for a match of `FIGURES`; ``after`` is the text that follows it."""
    kinds: tuple[tuple[str, Callable[[re.Match[str], str], str]], ...] = (
        ("year", _date),
        ("hour", _time),
        ("currency", _money),
        ("from", _span),
    )
    for group, say in kinds:
        if match[group]:
            return say(match, after)
    if match["top"]:
        return f"{_decimal(match['bottom'])}分之{_decimal(match['top'])}"
    return _number(match, after)


def spoken(text: str) -> str:
    """The text with every figure written as it is read aloud."""
    return FIGURES.sub(lambda match: read(match, text[match.end() : match.end() + 2]), text)
