"""Direction of locked words: pictures for shots whose text may not change."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random
from typing import Any

from manju.domain.casting import NARRATOR
from manju.domain.screenplay import Language
from manju.errors import ModelError
from manju.providers.text.offline.ask import Ask
from manju.providers.text.offline.bank import BeatPlan, Words, words
from manju.providers.text.offline.cast import Casting
from manju.providers.text.offline.materials import json_values
from manju.providers.text.offline.outline import Figure, Location
from manju.providers.text.offline.shapes import figure, location
from manju.providers.text.offline.staging import Camera, lead_setting, locations
from manju.providers.text.offline.story import style_prompt
from manju.providers.text.offline.topic import language_of, quoted, read

_NARRATORS = {"", NARRATOR, "旁白", "解说", "voiceover", "voice-over", "none", "null"}
_SHOTS_PER_PLACE = 4
_FEMALE = re.compile(
    r"女|妈|奶奶|姐|妹|娘|婆|妇|嫂|姑|阿姨|小姐|公主|她|\b(?:mrs?s|miss|girl|woman|mother|lady|queen|anna|mary)\b",
    re.IGNORECASE,
)
_MALE = re.compile(
    r"男|爸|爷|哥|弟|叔|伯|夫|翁|汉|大爷|将军|先生|公子|国王|\b(?:mr|boy|man|father|king|sir|john|tom)\b", re.IGNORECASE
)
_ELDER = re.compile(r"奶奶|爷爷|外婆|老人|老|\b(?:old|grand\w*)\b", re.IGNORECASE)
_CHILD = re.compile(r"小孩|孩子|小朋友|女孩|男孩|童|\b(?:child|kid|boy|girl)\b", re.IGNORECASE)
_BEINGS = {
    "zh": "(?:小|老|年轻|中年)?(?:男孩|女孩|男生|女生|少年|少女|姑娘|小伙子?|女人|男人|女子|男子|孩子|老人|老?爷爷"
    "|老?奶奶|学生|老师|侦探|警察|医生|厨师|程序员|宇航员|画家|猫咪?|狗|兔子|机器人)",
    "en": "(?:boy|girl|man|woman|child|student|teacher|detective|doctor|chef|programmer|astronaut|painter|cat|kitten"
    "|dog|puppy|rabbit|robot)",
}
_INTRODUCED = {
    "zh": re.compile(rf"(?:名叫|叫做|叫)[“「]?(?P<name>[\u4e00-\u9fff]{{2,3}}?)[”」]?的(?P<being>{_BEINGS['zh']})"),
    "en": re.compile(rf"(?P<being>{_BEINGS['en']})\s+(?:named|called)\s+(?P<name>[A-Z][a-z]+)\b"),
}
"""A name that the words give to somebody: 一个叫阿宝的男孩, a boy named Tom."""

_FRAMES = ("wide eye push_in", "medium eye track", "close eye push_in", "medium over_shoulder static",
           "full low pan_right", "close low push_in", "wide high pull_out")  # fmt: skip
_ACTS = {
    "zh": (
        "开口说话，手势轻轻抬起",
        "侧身倾听，眉头微动",
        "向前走了一步，目光坚定",
        "停下手中的动作，抬眼望去",
        "低头沉思，手指轻轻摩挲衣角",
    ),
    "en": (
        "speaking with one hand slightly raised",
        "turning to listen with a small frown",
        "taking one step forward with a firm gaze",
        "pausing and looking up",
        "thinking with lowered eyes, one hand at the sleeve",
    ),
}
_EMPTY = {
    "zh": ("画面安静，只有光影缓缓移动", "风轻轻吹过，细小的尘埃浮在光里", "空空的一角静静立着，等人走近"),
    "en": (
        "all is quiet and only the light moves",
        "a breeze passes and dust floats in the light",
        "the frame rests on an empty spot",
    ),
}
_LANGUAGE = re.compile(r"^(?:Language|语言)\s*[:：]", re.MULTILINE)
_STOP = {"zh": "。", "en": ". "}
_ROLES = {"zh": ("主角", "角色"), "en": ("lead", "character")}
_ABOUT = {"zh": "画面讲述：{}", "en": " The picture tells: {}"}


def write(ask: Ask, rng: Random) -> dict[str, Any]:
    """Pictures for exactly the given shots.

    Raises:
        ModelError: the message holds no list of shots with uids.
    """
    shots = _shots(ask.user)
    known = _facts(ask.instructions, "Character")
    said = [_lines(shot, known) for shot in shots]
    text = " ".join(line for spoken in said for _, _, line in spoken)
    language = ask.language if _LANGUAGE.search(ask.instructions) else language_of(text)
    named = {name for name, _ in known.values()} | {name for spoken in said for who, name, _ in spoken if who}
    introduced = _introduced(text, language, named)
    bank = words(language)
    topic = read(text, language, "story")
    setting = lead_setting(topic.settings, bank)
    hero = "person" if introduced else topic.hero  # the kitten that the text is about has a name of its own then
    figures = _cast([line for spoken in said for line in spoken], known | introduced, bank, hero, rng)
    places = _places(ask.instructions, locations(topic.settings, bank, 8))
    usual = max(1, min(len(places), -(-len(shots) // _SHOTS_PER_PLACE)))
    camera = Camera(bank, rng)
    by_id = {who.id: who for who in figures}
    rows: list[dict[str, Any]] = []
    at = 0
    for index, (shot, spoken) in enumerate(zip(shots, said, strict=True)):
        words_said = " ".join(line for _, _, line in spoken)
        present = [who for who, _, _ in spoken if who in by_id]
        present += [who.id for who in figures if who.name in words_said]
        present = list(dict.fromkeys(present)) or (["hero"] if "hero" in by_id and index % 3 != 2 else [])
        place = next((spot for spot in places if _names(words_said, spot.name)), places[at])
        if place is places[at] and index and index % _SHOTS_PER_PLACE == 0:
            place = places[(at + 1) % usual]
        moved = index > 0 and place is not places[at]
        at = places.index(place)
        acts = _ACTS[language] if present else _EMPTY[language]
        plan = BeatPlan(
            kind="line", say=("",), act=acts[index % len(acts) :] + acts[: index % len(acts)], frame=_FRAMES
        )
        framing = camera.frame(plan)
        lead = by_id[present[0]] if present else None
        others = [by_id[who] for who in present[1:3]]
        marks = place.landmarks[index % len(place.landmarks) :] + place.landmarks[: index % len(place.landmarks)]
        action, description = camera.picture(plan, framing, place, lead, others, {}, marks)
        told = quoted(words_said, 40 if language == "zh" else 45)
        rows.append(
            {
                "uid": shot["uid"],
                "visual_description": description + (_ABOUT[language].format(told) if told else ""),
                "characters": present,
                "location": place.id,
                "size": framing[0],
                "angle": framing[1],
                "movement": framing[2],
                "transition": camera.transition(index, len(shots), "line", moved),
                "text_overlay": "",
                "action": action,
            }
        )
    used = {row["location"] for row in rows}
    name = quoted(text, 16 if language == "zh" else 24) or topic.title
    return {
        "title": _title(ask.instructions) or name,
        "logline": quoted(text, 60 if language == "zh" else 80) or name,
        "style": ask.style or setting.style,
        "style_prompt": style_prompt(ask.style, setting.style, setting.palette, bank),
        "music_style": setting.music,
        "language": language,
        "characters": [figure(who) for who in figures],
        "locations": [location(place) for place in places if place.id in used],
        "shots": rows,
    }


def _names(text: str, place: str) -> bool:
    """Whether a text names a place: a lighthouse is meant by 灯塔 as much as by 白色灯塔."""
    last = place.split()[-1] if place.isascii() else place[-2:]
    return place in text or re.search(rf"(?<![A-Za-z]){re.escape(last)}(?![A-Za-z])", text) is not None


def _places(instructions: str, drawn: tuple[Location, ...]) -> tuple[Location, ...]:
    """The film's own places first, dressed with palette, light and landmarks; then drawn ones."""
    own = [
        replace(
            drawn[index % len(drawn)], id=id_, name=name, description=about or drawn[index % len(drawn)].description
        )
        for index, (id_, (name, about)) in enumerate(_facts(instructions, "Location").items())
    ]
    taken = {place.id for place in own}
    return (*own, *(place for place in drawn if place.id not in taken))


def _title(instructions: str) -> str:
    match = re.search(r"^(?:Title|标题)\s*[:：]\s*(.+)$", instructions, re.MULTILINE)
    return match.group(1).strip() if match else ""


def _facts(instructions: str, what: str) -> dict[str, tuple[str, str]]:
    """Lines ``Character <id>: name, description`` (or ``Location ...``): what the film already has."""
    rows = re.findall(rf"^{what} ([\w-]+)[:：] ?([^,，\n]+)(?:[,，] ?(.*))?$", instructions, re.MULTILINE)
    return {id_: (name.strip(), about.strip()) for id_, name, about in rows}


def _shots(user: str) -> list[dict[str, Any]]:
    for value in json_values(user):
        rows = value.get("shots") if isinstance(value, dict) else value
        if isinstance(rows, list) and rows and all(isinstance(row, dict) and row.get("uid") for row in rows):
            return rows
    raise ModelError(
        "the message holds no shots to direct", hint='Send them as a JSON array: [{"uid": "s1", "text": "..."}].'
    )


def _lines(shot: dict[str, Any], known: dict[str, tuple[str, str]]) -> list[tuple[str, str, str]]:
    """``(speaker id, speaker name, text)`` of a shot; narration has an empty id.

    A shot says its words itself (``speaker``, ``speaker_name``, ``text``), or in ``lines``; where several speak,
    ``speakers`` names them for each line of ``text``.
    """
    ids = {name: id_ for id_, (name, _) in known.items()}
    own = str(shot.get("speaker_name") or shot.get("name") or "")
    ids.setdefault(own, str(shot.get("speaker") or own))
    speakers = shot.get("speakers")
    rows: list[Any] = shot["lines"] if isinstance(shot.get("lines"), list) else [shot]
    if isinstance(speakers, list):
        texts = str(shot.get("text") or "").split("\n")
        rows = [{"speaker": ids.get(str(who), str(who)), "name": who, "text": text}
                for who, text in zip(speakers, texts, strict=False)]  # fmt: skip
    out = []
    for row in rows:
        if not isinstance(row, dict):
            out.append(("", "", str(row)))
            continue
        who = str(row.get("speaker") or row.get("speaker_id") or "").strip()
        name = str(row.get("speaker_name") or row.get("name") or who).strip()
        text = str(row.get("text") or row.get("line") or row.get("narration") or "")
        out.append(("", "", text) if who.lower() in _NARRATORS else (who, name, text))
    return out


def _introduced(text: str, language: Language, named: set[str]) -> dict[str, tuple[str, str]]:
    """Those whom the words name and who neither speak nor are known yet, as `_facts` gives them."""
    found = {match["name"]: match["being"] for match in _INTRODUCED[language].finditer(text)}
    new = [(name, being) for name, being in found.items() if name not in named and text.count(name) > 1]
    return {f"named-{number}": pair for number, pair in enumerate(new, len(named) + 1)}


def _cast(
    said: list[tuple[str, str, str]], known: dict[str, tuple[str, str]], bank: Words, hero: str, rng: Random
) -> list[Figure]:
    """A figure for every character that the film has and every named speaker, under its given id; a hero of the
    text's kind where nobody has a name."""
    named = {id_: name for id_, (name, _) in known.items()}
    for who, name, _ in said:
        if who:
            named.setdefault(who, name)
    casting = Casting(bank, rng)
    casting.reserve(*named.values())
    if not named:
        return [casting.figure("hero", hero)] if hero != "person" else []
    out = []
    for index, (who, name) in enumerate(named.items()):
        about = known.get(who, ("", ""))[1]
        hints = f"{name} {about}"
        gender = "female" if _FEMALE.search(hints) else "male" if _MALE.search(hints) else ""
        age = "elder" if _ELDER.search(hints) else "child" if _CHILD.search(hints) else ""
        kind = read(hints, bank.language, "story").hero
        if kind == "person" and index == 0 and bank.cast.heroes[hero].kind == "person":
            kind = hero
        if kind == "person":
            kind = age if age in ("elder", "child") else "friend" if index else "person"
        role = _ROLES[bank.language][0 if index == 0 else 1]
        drawn = casting.figure(who, kind, name=name, gender=gender, age=age, role=role)
        out.append(replace(drawn, description=f"{about}{_STOP[bank.language]}{drawn.description}") if about else drawn)
    return out
