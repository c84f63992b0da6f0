"""What a chat asks for: the shape of the answer and the facts in it, read from the messages' own text.

The instructions decide the shape (system messages first), by the field names that they show; the user's own words are
data and are cut out by the labels around them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

from manju.domain.order import TextRequest
from manju.domain.screenplay import Language
from manju.providers.text.offline.topic import language_of


class Shape(Enum):
    """The answers that the outline writer knows."""

    DIRECT = "direct"
    WRITE = "write"
    SHORT_VIDEO = "short_video"
    DRAMA = "drama"
    SCRIPT_AND_ASSETS = "script_and_assets"
    STORYBOARDS = "storyboards"
    TVC = "tvc"
    OTHER_JSON = "other_json"
    PROSE = "prose"


@dataclass(frozen=True, slots=True)
class Ask:
    """A chat, read. ``topic`` is the user's own text; ``shots`` is the wished range of shots, (0, 0) if unnamed."""

    shape: Shape
    instructions: str
    user: str
    topic: str
    language: Language
    seconds: float
    shots: tuple[int, int] = (0, 0)
    style: str = ""
    music: str = ""
    platform: str = ""
    voiceover: str = ""
    problems: str = ""
    wants_json: bool = False


_FIELDS: tuple[tuple[Shape, tuple[str, ...]], ...] = (
    (Shape.WRITE, ("scene_id", "locations", "visual_description", "characters")),
    (Shape.STORYBOARDS, ("frame_prompt", "frame_asset_ids", "shot_prompt")),
    (Shape.SCRIPT_AND_ASSETS, ("full_script", "assets")),
    (Shape.DRAMA, ("characters", "scenes", "shots", "logline")),
    (Shape.TVC, ("SC1", "SC9")),
    (Shape.SHORT_VIDEO, ("narration", "visual_description")),
)
"""A shape is asked for when all of its names are there; the first that fits counts."""

_SECONDS = r"(\d+(?:\.\d+)?)\s*(?:s\b|sec|秒|seconds?)"
_LABELS = ("Topic", "Duration", "Style", "Language", "Music", "Platform", "Ratio", "Problems with the last draft")
_ZH_LABELS = {"主题": "Topic", "时长": "Duration", "总时长": "Duration", "风格": "Style", "语言": "Language",
              "平台": "Platform", "比例": "Ratio", "音乐": "Music"}  # fmt: skip
_STOP = re.compile(
    r"[。.]?\s*\n?\s*(?:请(?:生成|输出|返回|根据|按)|要求[:：]|返回|输出|Please |Return |Respond |Output |Generate:)"
    r"|[。，,；;]\s*(?:生成|制作|设计|总?时长|(?:duration|length)\b)"
)
_LINES = re.compile(
    r"^[ \t]*(" + "|".join((*_LABELS, *_ZH_LABELS)) + r")[ \t]*[:：][ \t]*", re.MULTILINE | re.IGNORECASE
)
_IDEA = re.compile(
    r"(?:创意/剧本|创意或剧本|创意|剧本|故事|主题|想法|idea/script|script or idea|idea|story|topic|theme|script)"
    r"\s*[:：]\s*",
    re.IGNORECASE,
)
_ADVERT = re.compile(r"(?:广告主题|adTheme|ad theme|产品|product|主题|theme|topic)\"?\s*[:：]\s*", re.IGNORECASE)
_VOICE = re.compile(
    r"(?:广告配音脚本|配音脚本|配音文案|旁白脚本|voiceoverScript|voice-?over(?: script)?)\"?\s*[:：]\s*", re.IGNORECASE
)
_COUNT = re.compile(r"(\d{1,3})\s*(?:[-–—~～至到]\s*(\d{1,3}))?\s*(?:个|组|shots?|scenes?)?\s*(?:镜头|分镜|shots?\b)")


def read(request: TextRequest) -> Ask:
    """Read a chat."""
    system = "\n".join(message.content for message in request.messages if message.role == "system")
    users = [message.content for message in request.messages if message.role == "user"]
    user = users[-1] if users else ""
    shape = _shape(system, user)
    # In the seeds' templates the user message holds instructions and data together.
    instructions = f"{system}\n{user}" if system else user
    wants_json = request.json_reply or "json" in instructions.lower()
    if shape is Shape.PROSE and wants_json:
        shape = Shape.OTHER_JSON
    # Locked words fill the whole user message, so their film's data stand in the system message.
    labels = _labelled(system if shape is Shape.DIRECT else user)
    topic, voiceover = _topic(shape, user, labels)
    outside = instructions.replace(topic, " ") if topic else instructions
    return Ask(
        shape=shape,
        instructions=instructions,
        user=user,
        topic=topic,
        language=_language(labels.get("Language", ""), topic, outside),
        seconds=_seconds(shape, labels, outside),
        shots=_shots(outside),
        style=labels.get("Style", ""),
        music=labels.get("Music", ""),
        platform=labels.get("Platform", ""),
        voiceover=voiceover,
        problems=labels.get("Problems with the last draft", ""),
        wants_json=wants_json,
    )


def _shape(system: str, user: str) -> Shape:
    if re.search(r"\blocked\b", system, re.IGNORECASE) and "uid" in system and "shots" in system:
        return Shape.DIRECT
    for text in (system, f"{system}\n{user}"):
        for shape, fields in _FIELDS:
            if all(re.search(rf"(?<![A-Za-z_]){field}(?![A-Za-z_0-9])", text) for field in fields):
                return shape
    if re.search(r"SC1\s*[-–—~～至到]\s*SC9|(?:9|九)\s*个?场景|\b(?:9|nine)[- ]scenes?", system + user) and re.search(
        r"广告|tvc|\bad\b|advert|commercial", system + user, re.IGNORECASE
    ):
        return Shape.TVC
    return Shape.PROSE


def _labelled(user: str) -> dict[str, str]:
    """The values of ``Label: value`` lines. The topic may hold lines that look like labels: it starts at its first
    label, and every other label counts where it stands last."""
    found = list(_LINES.finditer(user))
    first: dict[str, re.Match[str]] = {}
    last: dict[str, re.Match[str]] = {}
    for match in found:
        raw = match.group(1)
        name = _ZH_LABELS.get(raw) or next(label for label in _LABELS if label.lower() == raw.lower())
        first.setdefault(name, match)
        last[name] = match
    marks = {name: (first if name == "Topic" else last)[name] for name in last}
    out = {}
    for name, match in marks.items():
        after = [other.start() for other in marks.values() if other.start() > match.start()]
        out[name] = user[match.end() : min(after, default=len(user))].strip()
        if name not in ("Topic", "Problems with the last draft"):
            out[name] = out[name].split("\n")[0].strip()
    return out


def _topic(shape: Shape, user: str, labels: dict[str, str]) -> tuple[str, str]:
    """The user's own text, and a voice-over script if there is one."""
    if shape in (Shape.WRITE, Shape.SHORT_VIDEO) and "Topic" in labels:
        return labels["Topic"], ""
    if shape is Shape.TVC:
        voice = _after(user, _VOICE)
        head = user.replace(voice, " ") if voice else user
        return _one_line(_after(head, _ADVERT)) or _plain(head), voice
    if shape is Shape.SCRIPT_AND_ASSETS:
        return _after(user, _IDEA) or _plain(user), ""
    if shape is Shape.DIRECT:
        return "", ""
    if "Topic" in labels:
        return _until_stop(labels["Topic"]), ""
    return _after(user, _ADVERT) or _plain(user), ""


def _after(text: str, label: re.Pattern[str]) -> str:
    """What follows a label, up to the instructions that come after it."""
    match = label.search(text)
    return _until_stop(text[match.end() :]) if match else ""


def _until_stop(text: str) -> str:
    match = _STOP.search(text)
    if not match:
        return text.strip().strip("`")
    # The full stop before the instructions belongs to the user's words.
    end = match.start() + (match.group()[:1] in ("。", "."))
    return text[:end].strip().strip("`")


def _one_line(text: str) -> str:
    return text.split("\n")[0].strip().strip("\",'“”")


def _plain(user: str) -> str:
    """A request without labels, less its instructions: what is quoted, else the first line that says something."""
    user = re.sub(r"\{.*\}", " ", user, flags=re.DOTALL)
    quoted = re.search(r"[「“《]([^」”》]{2,200})[」”》]|\"([^\"{}:]{4,200})\"", user)
    if quoted:
        return quoted.group(1) or quoted.group(2)
    lines = [line.strip() for line in user.split("\n") if line.strip()]
    subject = re.search(
        r"(?:关于|以|\babout\b|\bfor\b)\s*(.{2,80}?)(?:的(?:故事|短片|视频|剧本|广告)|为主题|[。.\n,，]|$)", user
    )
    return subject.group(1).strip() if subject else (lines[0][:200] if lines else user.strip()[:200])


def _language(label: str, topic: str, instructions: str) -> Language:
    word = label.lower()
    if word.startswith(("zh", "chinese", "中", "汉", "普通话")):
        return "zh"
    if word.startswith(("en", "英")):
        return "en"
    return language_of(topic, default=language_of(instructions))


def _seconds(shape: Shape, labels: dict[str, str], text: str) -> float:
    usual = {Shape.DRAMA: 10.0, Shape.TVC: 10.0}.get(shape, 60.0)
    if match := re.match(r"(\d+(?:\.\d+)?)", labels.get("Duration", "")):
        return float(match.group(1)) or usual
    # A range such as 30~90 s means its middle.
    if match := re.search(r"(\d+)\s*[-–—~～至到]\s*" + _SECONDS, text):
        return (float(match.group(1)) + float(match.group(2))) / 2
    named = re.search(
        r"(?:总时长|时长|duration|videoDuration|length|total)\D{0,12}?(\d+(?:\.\d+)?)", text, re.IGNORECASE
    )
    if match := named or re.search(_SECONDS, text):
        return float(match.group(1)) or usual
    return usual


def _shots(text: str) -> tuple[int, int]:
    match = _COUNT.search(text)
    if not match:
        return (0, 0)
    low = int(match.group(1))
    high = int(match.group(2) or low)
    return (min(low, high), max(low, high))
