"""Who speaks: ``MIRA (V.O.)``, ``林晓（低声）：走吧。``, ``陈默OS：``, ``旁白：``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from manju.pipeline.script.names import is_narrator
from manju.pipeline.script.prose import INTRODUCTIONS

_PAREN = r"[（(\[【]([^（()）\[\]【】]{1,40})[）)\]】]"
_CUE = re.compile(
    rf"\s*(?P<name>[^\s:：（(【\[][^:：（()）\[\]【】]{{0,23}}?)\s*(?P<parens>(?:{_PAREN}\s*)*)[:：]\s*(?=\S)"
)
_SPLIT = re.compile(_PAREN)
_LEADING = re.compile(r"[（(][^（()）]{1,20}[）)](?=\s*\S)")
_OFF = re.compile(
    r"(?i:v\.?\s?o\.?|o\.?\s?s\.?|o\.?\s?c\.?|voice[\s-]?over|off[\s-]?screen)|画外音?|旁白|内心|内心独白|独白|心声|心理|电话中"
)
_CONTINUED = re.compile(r"(?i:cont(?:inue)?['’]?d?\.?)|续|继续")
_GLUED = re.compile(r"(?<=[\u3400-\u9fff])\s*(?:(?i:os|vo|v\.o\.|o\.s\.)|画外音?|内心独白|独白|心声|旁白)$")
_NO_NAME = re.compile(
    r"[,，。．!！?？;；…~—\"“”‘’「」『』《》<>/\\@#*|=+△▲]|^第|[说道问喊叫答想着了的是把被]$|^\d+$|^\d{1,2}点|http"
)
_JOINT = re.compile(r"[、&＆/]|\s+and\s+|(?<=[\u3400-\u9fff])[和与](?=[\u3400-\u9fff])", re.IGNORECASE)
_LATIN_CUE = re.compile(
    r"(?P<name>[^a-z（()）]*[A-Z][^a-z（()）]*?)\s*(?P<parens>(?:[（(][^（()）]{1,40}[）)]\s*)*)(?P<dual>\^?)"
)
_SHOT_WORDS = re.compile(
    r"(?:CLOSE|ANGLE|INSERT|POV|WIDE|MONTAGE|SERIES OF|BACK TO|THE END|TITLE|SUPER|FADE|CUT|DISSOLVE|SMASH|INTERCUT|"
    r"END|LATER|FLASHBACK|ACT|CONTINUED)\b"
)
LONGEST_CHINESE, LONGEST_LATIN = 10, 24


@dataclass(frozen=True, slots=True)
class Cue:
    """Who speaks, how, and what on the same line."""

    who: str
    """Empty for the narrator."""
    manner: str = ""
    away: bool = False
    said: str = ""
    dual: bool = False


def inline(line: str) -> Cue | None:
    """The cue of a line ``name：words``, or None where it names nobody who could speak."""
    match = _CUE.match(line)
    if match is None:
        return None
    said = line[match.end() :].strip()
    parens = match["parens"]
    if leading := _LEADING.match(said):  # 林晓：（低声）走吧。
        parens, said = f"{parens}{leading[0]}", said[leading.end() :].strip()
    name, manner, away = _who(match["name"].strip(), parens)
    if is_narrator(name):
        return Cue("", manner, False, said)
    return Cue(name, manner, away, said) if is_name(name) else None


def is_name(name: str) -> bool:
    """Whether a text can be somebody's name."""
    latin = name.isascii()
    if _NO_NAME.search(name) or len(name) > (LONGEST_LATIN if latin else LONGEST_CHINESE):
        return False
    if not any(c.isalpha() for c in name) or name.lower() in INTRODUCTIONS:
        return False
    return not latin or (name[0].isupper() and len(name.split()) <= 4)


def latin(line: str) -> Cue | None:
    """The cue of a line of capitals that stands over its dialogue (Fountain's rule), or None."""
    match = _LATIN_CUE.fullmatch(line.strip()) if len(line) <= 60 else None
    if match is None or line.rstrip().endswith((":", "：", "!", "?", ".", "。")):
        return None
    name = match["name"].strip()
    if _SHOT_WORDS.match(name) or not name:
        return None
    return named(name, match["parens"], dual=bool(match["dual"]))


def named(name: str, parens: str = "", *, dual: bool = False) -> Cue:
    """The cue of a name that is known to be one, with its extensions in brackets."""
    who, manner, away = _who(name.strip(), parens)
    return Cue("" if is_narrator(who) else who, manner, away, dual=dual)


def forced(text: str) -> Cue:
    """The cue of a line that its writer marked as one: ``McAVOY (V.O.) ^``."""
    dual = text.rstrip().endswith("^")
    bare = text.rstrip().rstrip("^").strip()
    start = _SPLIT.search(bare)
    return named(bare[: start.start()] if start else bare, bare[start.start() :] if start else "", dual=dual)


def manner_of(parenthetical: str) -> tuple[str, bool]:
    """What a parenthetical says of how something is said, and whether it says that the speaker is not seen."""
    _, manner, away = _who("x", f"（{parenthetical}）")
    return manner, away


def _who(name: str, parens: str) -> tuple[str, str, bool]:
    """Name, manner and whether the speaker is out of the picture, from a name and the brackets behind it."""
    away = False
    glued = _GLUED.search(name)
    if glued and glued.start():
        name, away = name[: glued.start()].strip(), True
    manners: list[str] = []
    for said in _SPLIT.findall(parens):
        for part in re.split(r"[,，、;；/]\s*", said.strip()):
            if _OFF.fullmatch(part):
                away = True
            elif part and not _CONTINUED.fullmatch(part):
                manners.append(part)
    comma = "，" if any(not m.isascii() for m in manners) else ", "
    return name, comma.join(manners), away


def voices(name: str) -> tuple[str, ...]:
    """The names in a joint one: ``林晓、陈默``."""
    return tuple(part.strip() for part in _JOINT.split(name) if part.strip()) or (name,)
