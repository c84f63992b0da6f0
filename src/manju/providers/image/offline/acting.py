"""What the words have each figure do and feel: whose words they are, the posture they ask for, the face."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, replace
from importlib.resources import files

from manju.domain.order import Figure
from manju.providers.image.offline.pose import ACTIONS, ANSWERS, PAIRED, POSES, Pose
from manju.providers.image.offline.words import Vocabulary, several

_WORDS = tomllib.loads(files(__package__).joinpath("feelings.toml").read_text("utf-8"))
_HIDDEN: dict[str, list[str]] = _WORDS["hidden"]
FEELINGS: Vocabulary[str] = Vocabulary({**several(_WORDS["faces"]), **dict.fromkeys(_HIDDEN["feelings"])})
ACTS: Vocabulary[str] = Vocabulary({**ACTIONS.terms, **dict.fromkeys(_HIDDEN["actions"])})
_SCENERY = re.compile(
    r"(?:前景|背景|旁边|一旁|远处|身旁|面前)(?:是|有|放着|为)[^，。,；]*|(?:foreground|background)[^,.;]*", re.I
)
_BRACKETS = re.compile(r"（[^（）]*）|\([^()]*\)")
_SUBJECT = re.compile(
    r"(?:主体[：:]|subject:)\s*(.*?)(?=。\s*(?:场景|镜头|光照|细节|风格)|\.\s+(?:scene|camera|light|details|style):|$)",
    re.I | re.S,
)
_REST = re.compile(r"(?:场景|镜头|光照|细节|风格|禁止|不要)[：:]?|\b(?:scene|camera|style|forbidden|avoid):", re.I)
_ACTOR = re.compile(
    r"(?:^|[，,。；;！!？?：:、的]|而|然后|接着|这时|此时|当|只见|\b(?:while|and|as|then|but|when|where)\b)\s*$", re.I
)
"""What stands before the name of one who acts; elsewhere a name is whom the action is done to."""
_AND = re.compile(r"[、和与跟及同，,]|以及|and|&", re.I)
_WEAK = ("stand", "gaze", "lookup", "lookdown", "hold", "explain")
_POSTURES = (
    "sit", "walk", "run", "crouch", "kneel", "kneel_one", "lotus", "sit_floor", "slump", "lean_wall", "type",
    "ride", "chase", "sneak",
)  # fmt: skip
_JOINT = frozenset(
    (
        "walk",
        "run",
        "sit",
        "fight",
        "cheer",
        "dance",
        "eat",
        "toast",
        "jump",
        "chase",
        "crouch",
        "lookup",
        "bow",
        "sneak",
    )
)
"""What all figures do when the words name nobody in particular."""
_TOGETHER = re.compile(
    r"两人|二人|三人|四人|俩|一起|一同|并肩|彼此|互相|相互|众人|大家|他们|她们|对视|相视|围坐|对坐|同坐|"
    r"相对而坐|[和与跟]某人|with someone|"
    r"both|together|each other|they\b|around (?:a|the) (?:table|fire)",
    re.I,
)
_EACH_OTHER = re.compile(
    r"对视|相视|四目相对|对峙|面对面|相对|看着对方|互相看|look(?:s|ing)? at each other|face to face|facing each other",
    re.I,
)
_PASSIVE = re.compile(r"被[^，,。；;的]{1,8}")
"""What is done to somebody, by the other one."""
_AWAY = re.compile(r"背影|背对|背过身|from behind|back to (?:us|the camera|camera)|walk(?:s|ing)? away", re.I)
_CAMERA = re.compile(
    r"看向镜头|面向镜头|对着镜头|向镜头|直视镜头|面对观众|(?:to|at|into|towards?) the camera|facing us", re.I
)
_BACK_TO_BACK = re.compile(r"背靠背|背对背|back to back", re.I)


@dataclass(frozen=True, slots=True)
class Part:
    """What one figure does: a pose with its name, and a feeling or None."""

    action: str
    pose: Pose
    feeling: str | None
    told: bool
    """Whether the words said it."""


def shares(prompt: str, subject: str, figures: tuple[Figure, ...]) -> list[str]:
    """The words about each figure. What comes before any name, and what is said of nobody, is the first one's."""
    found = _SUBJECT.search(prompt)
    told = found.group(1) if found else _REST.split(prompt)[0] if figures else subject
    text = _SCENERY.sub(" ", _BRACKETS.sub(" ", told))
    for figure in figures:
        for feature in figure.features:
            value = re.split(r"[:：]", feature, maxsplit=1)[-1].strip()
            if len(value) > 1:
                text = text.replace(value, " ")
    if not any(len(f.name) > 1 and f.name in text for f in figures):
        return [text if i == 0 else "" for i in range(len(figures))]
    out = ["" for _ in figures]
    names = {f.name: i for i, f in enumerate(figures) if len(f.name) > 1}
    who, before = 0, ""
    group, acting = [0], True
    for piece in re.split("(" + "|".join(re.escape(n) for n in sorted(names, key=len, reverse=True)) + ")", text):
        if piece in names:
            if acting and before and _AND.fullmatch(before.strip()):  # of several the same is said
                group.append(names[piece])
            elif _ACTOR.search(before):
                who, acting = names[piece], True
                group = [who]
            elif before:  # whom the action is done to
                acting = False
                out[who] = out[who].removesuffix("，") + ("someone" if before[-1:].isspace() else "某人")
            continue
        cut = re.search(r"[。；;]|\.\s", piece)
        if not _AND.fullmatch(piece.strip()):
            for each in group:
                out[each] += (piece[: cut.start()] if cut else piece) + "，"
            acting = acting and not piece.strip()
        elif not acting:
            out[who] += piece
        if cut:  # another sentence
            who, group = 0, [0]
            out[0] += piece[cut.end() :]
        before = piece
    return out


def read_part(text: str) -> Part | None:
    """The posture and feeling that words ask for; None if they ask for no posture."""
    acts = list(ACTS.all(_PASSIVE.sub(" ", text)))
    feeling = FEELINGS.first(text)
    strong = [a for a in acts if a not in _WEAK] or [a for a in acts if a in ("explain",)]
    if len([a for a in strong if a not in _POSTURES]) > 1:
        strong = [a for a in strong if a not in ("reach", "wave", "explain")]
    posture = next((a for a in strong if a in _POSTURES), None)
    act = next((a for a in strong if a not in _POSTURES), None)
    weak = next((a for a in acts if a in _WEAK), None)
    name = act or posture or weak
    if name is None:
        return None
    pose = POSES[name]
    if act and posture and act != "lookback" and pose.leg_l in (POSES["stand"].leg_l, POSES["reach"].leg_l):
        base = POSES[posture]
        pose = replace(
            base, arm_l=pose.arm_l, arm_r=pose.arm_r, hand_l=pose.hand_l, hand_r=pose.hand_r, hold=pose.hold,
            nod=pose.nod, head=pose.head * 0.5, tilt=pose.tilt, gaze=pose.gaze, lean=max(base.lean, pose.lean),
            touch_l=pose.touch_l, touch_r=pose.touch_r,
        )  # fmt: skip
    elif posture and weak == "hold":
        arms = POSES["hold"]
        pose = replace(pose, arm_r=arms.arm_r, hand_r="grip", hold=1)
    if "lookup" in acts and name != "lookup":
        pose = replace(pose, nod=-22.0, gaze=(pose.gaze[0], -0.6))
    if "lookdown" in acts and name != "lookdown":
        pose = replace(pose, nod=max(pose.nod, 20.0), gaze=(pose.gaze[0], 0.7))
    if "lookback" in acts and name != "lookback" and abs(pose.yaw) < 100:
        pose = replace(pose, head=-70.0 if pose.yaw > 0 else 70.0)
    return Part(name, turned(pose, text), feeling, True)


def turned(pose: Pose, text: str) -> Pose:
    """``pose`` towards or away from the viewer where the words say so."""
    if _CAMERA.search(text):
        return replace(pose, yaw=max(-14.0, min(14.0, pose.yaw)), head=0.0, gaze=(0.0, 0.0))
    if _AWAY.search(text):
        return replace(pose, yaw=162.0 if pose.yaw > 0 else -162.0, head=0.0)
    return pose


def answer(lead: Part, text: str) -> str | None:
    """What a second figure of whom nothing is said does while the first does that."""
    if lead.action in PAIRED:
        return ANSWERS.get(lead.action, lead.action)
    if lead.action in _JOINT and (
        lead.action in ("walk", "run", "fight", "dance", "chase", "toast") or _TOGETHER.search(text)
    ):
        return lead.action
    return None


def done_to(text: str) -> Part | None:
    """What somebody else does to the figure of whom ``text`` speaks (被拦住: the other one stops it)."""
    found = _PASSIVE.search(text)
    return read_part(found.group()[1:]) if found else None


def facing(text: str) -> str:
    """How two figures stand to each other: ``each other``, ``back to back`` or empty."""
    return "back to back" if _BACK_TO_BACK.search(text) else "each other" if _EACH_OTHER.search(text) else ""
