"""Which place a request is set in, and its parts by subject: scene, action, things."""

from __future__ import annotations

import re
from dataclasses import dataclass

from manju.domain.order import ImageRequest
from manju.providers.image.offline.sets import INSIDE, SETS
from manju.providers.image.offline.words import Vocabulary, several

PLACES = SETS
"""Every place there is (see `place`)."""
__all__ = ["INSIDE", "NAMES", "PLACES", "Setting", "read_setting"]

NAMES: Vocabulary[str] = Vocabulary(several({name: described.words for name, described in SETS.items()}))
_HINTS = (
    "教学楼,写字楼,neon,city,urban,campus,cyberpunk,orbital,home,house,ancient,赛博,霓虹,城市,都市,校园,"
    "学校,夜景,古风,古代,江湖,宇宙,太空,职场,公司,家里,村,镇,"
    "山,海,洞,舱,雪,街,巷,府,港,岛,路口,广场,溪,阳台"
)
_GENERIC = frozenset(_HINTS.split(","))
"""Names that only hint at a place: beside 走廊 (corridor) the word 校园 (campus) says where the corridor is."""
_SECTION = {
    "scene": re.compile(r"(?:场景[：:]|scene:)\s*(.*?)(?=。|\.\s+[a-z]+:|\.$|$)", re.I | re.S),
    "subject": re.compile(
        r"(?:主体[：:]|subject:)\s*(.*?)(?=。\s*(?:场景|镜头|光照|细节|风格)[：:]|\.\s+[a-z]+:|\.$|。?$)", re.I | re.S
    ),
}
_ASIDE = re.compile(
    r"^(?:大远景|远景|全景|中景|近景|特写)[^。；]{0,14}$|色调|"
    r"^(?:an? )?(?:extreme |medium |full )?(?:wide|close|medium|full|close-up)[^.;]{0,40}$|\b(?:light|palette|tones)\b",
    re.I,
)
"""A sentence of a subject that says how it is taken or lit, not what is there."""
_FORBIDDEN = re.compile(r"(?:禁止|不要|避免|不出现|forbidden:?|avoid|without|\bno\b)[^。.;；\n]*", re.I)
_BRACKETS = re.compile(r"（[^（）]*）|\([^()]*\)")


@dataclass(frozen=True, slots=True)
class Setting:
    """What a request's words say, by subject. ``words`` is the prompt without features, style and what it forbids."""

    place: str
    words: str
    subject: str


def _without_features(request: ImageRequest) -> str:
    text = request.prompt
    for figure in request.figures:
        for feature in figure.features:
            value = re.split(r"[:：]", feature, maxsplit=1)[-1].strip()
            if len(value) > 1:
                text = text.replace(value, " ")
        if len(figure.name) > 1:
            text = text.replace(figure.name, " ")
    if len(request.style) > 1:
        text = text.replace(request.style, " ")
    return _FORBIDDEN.sub(" ", text)


def read_setting(request: ImageRequest) -> Setting:
    """The place and the words of a request. A prompt that is divided into subject, scene ... is read by its parts."""
    words = _without_features(request)
    scene = _SECTION["scene"].search(words)
    part = _SECTION["subject"].search(words)
    subject = _subject(part.group(1), request.light) if part else _BRACKETS.sub(" ", words)
    name, _, told = (scene.group(1) if scene else "").replace(";", "；").partition("；")
    place = _place(name, 3.0, head_last=True)
    for text, weight in (
        (told, 1.0),
        (subject, 1.0),
        (" ".join(request.landmarks), 0.6),
        ("" if part else words, 0.3),
        (request.style, 0.25),
    ):
        for kind, score in _place(text, weight).items():
            place[kind] = place.get(kind, 0.0) + score
    best = max(place, key=lambda kind: (place[kind], kind)) if place else "abstract"
    return Setting(best, words, subject)


def _subject(text: str, light: str) -> str:
    """What is there and done: each sentence once, without those on camera and ``light``."""
    sentences = re.split(r"[。；;]|\.(?:\s+|$)", _BRACKETS.sub(" ", text))
    told: list[str] = []
    for sentence in (s.strip() for s in sentences):
        if (
            sentence
            and not (len(light) > 1 and light in sentence)
            and not _ASIDE.search(sentence)
            and not any(sentence in before for before in told)
        ):
            told.append(sentence)
    return "；".join(told) or text


def _place(text: str, weight: float, *, head_last: bool = False) -> dict[str, float]:
    """Scores of the places that a text names: longer names count for more, and earlier ones (in a scene's name, whose
    head noun is its last, later ones)."""
    scores: dict[str, float] = {}
    hits = NAMES.find(text)
    for order, hit in enumerate(reversed(hits) if head_last else hits):
        length = min(hit.end - hit.start, 8) if text[hit.start : hit.end].isascii() else (hit.end - hit.start) * 2.5
        if text[hit.start : hit.end].lower() in _GENERIC:
            length *= 0.3
        scores[hit.meaning] = scores.get(hit.meaning, 0.0) + weight * length / (1 + 0.3 * order)
    return scores
