"""Who is in the picture and what each does: figures from the request, or from the people its words mention."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from manju.domain.order import Figure, ImageRequest
from manju.providers.image.offline.acting import FEELINGS, answer, done_to, facing, read_part, shares, turned
from manju.providers.image.offline.body import head_place
from manju.providers.image.offline.held import HELD
from manju.providers.image.offline.look import Look, as_chibi, read_look
from manju.providers.image.offline.palette import treatment
from manju.providers.image.offline.pose import PAIRED, POSES, Pose, pick_pose, vary
from manju.providers.image.offline.props import find_props
from manju.providers.image.offline.setting import Setting
from manju.providers.image.offline.words import Vocabulary, chance, choose, several

PEOPLE: Vocabulary[tuple[str, str]] = Vocabulary(
    several(
        {
            ("female", "young"): (
                "girl,young woman,schoolgirl,heroine,princess,少女,女孩,姑娘,女生,女主,女学生,公主,小姐姐"
            ),
            ("male", "young"): "boy,young man,hero,少年,男孩,男生,男主,小伙,男学生,侠客,剑客,王子",
            ("female", "adult"): (
                "woman,lady,businesswoman,mother,mom,actress,waitress,nurse,女人,女士,妈妈,女子,阿姨,她,女性,女上班族"
            ),
            ("male", "adult"): (
                "man,businessman,father,dad,gentleman,guy,king,waiter,男人,男士,先生,爸爸,男子,大叔,他,男性"
            ),
            ("neutral", "child"): "child,kid,toddler,baby,孩子,小孩,儿童,小朋友,宝宝",
            ("neutral", "elder"): (
                "old man,old woman,elder,grandma,grandpa,grandmother,grandfather,老人,奶奶,爷爷,老奶奶,老爷爷,老者"
            ),
            (
                "neutral",
                "adult",
            ): "person,people,someone,somebody,user,worker,student,teacher,designer,engineer,developer,"
            "programmer,"
            "doctor,chef,detective,host,presenter,youtuber,creator,blogger,employee,freelancer,team,"
            "couple,crowd,"
            "traveller,traveler,athlete,runner,customer,scientist,artist,writer,manager,driver,human,"
            "人物,有人,一个人,人们,众人,路人,年轻人,上班族,白领,员工,学生,老师,医生,厨师,侦探,主播,"
            "博主,主持人,设计师,"
            "程序员,工程师,用户,同事,团队,情侣,朋友,旅人,司机,顾客,作家,画家,科学家,运动员,宇航员,"
            "职场人,打工人,创作者",
        }
    )
)
_NOT_PEOPLE = re.compile(
    r"机器人|人工智能|人生|人气|其他|吉他|无人|personal|manual|management|human-like|human "
    r"resources"
)
_NOBODY = re.compile(
    r"空无一人|空荡荡|无人的|没有(?:一个)?人(?=$|[\s，,。；;、！!的])|不见人影|"
    r"no ?one\b|nobody|no people|without people|deserted",
    re.I,
)
_MANY = re.compile(
    r"\b(two|both|couple|friends|team|people|crowd|students|colleagues)\b|两个?人|两位|一对|情侣|团队|众人|人们|同事们|朋友们"
)


@dataclass(frozen=True, slots=True)
class Player:
    """One figure of a picture: looks, pose, expression, and the thing in the hand (a key of `held.HELD`) or None.
    ``apart`` is how far it wants to be from the next one, in metres (0: as it comes); ``turn`` how they stand to each
    other (``each other``, ``back to back``, ``same`` or empty)."""

    look: Look
    pose: Pose
    action: str
    expression: str
    held: str | None
    apart: float = 0.0
    turn: str = ""


def people(request: ImageRequest, setting: Setting) -> tuple[Figure, ...]:
    """The request's figures; without any, those whom its words mention (not for pictures of a thing)."""
    if request.figures:
        return request.figures
    if request.purpose == "asset" or _NOBODY.search(setting.subject):
        return ()
    text = _NOT_PEOPLE.sub(" ", setting.subject)
    found = PEOPLE.find(text)
    if not found:
        return ()
    phrases = tuple(
        p.strip()
        for p in re.split(r"[,，、;；。.]|\bwith\b|\bin\b|\bwearing\b|穿着|身穿|留着|戴着|的", text)[:12]
        if p.strip()
    )
    kinds = list(dict.fromkeys(hit.meaning for hit in found))[:3]
    if len(kinds) == 1 and _MANY.search(text.lower()):
        kinds = [kinds[0], (kinds[0][0], "young")]
    clues = tuple(p for p in phrases if len(p) < 60)
    return tuple(
        Figure(
            name=f"{text[found[0].start : found[0].end]} {i}", gender=gender, age=age, features=clues if i == 0 else ()
        )
        for i, (gender, age) in enumerate(kinds)
    )


_NO_HANDS = frozenset(("type", "fight", "crossed", "punch", "kick", "cover_face"))
_MOODS = ("calm", "smile", "determined", "smile", "calm", "talk")
_ANSWERING = {
    "angry": "worried", "shout": "surprised", "cry": "sad", "sad": "worried",
    "tearful": "worried", "happy": "smile", "laugh": "happy",
    "smile": "smile",
    "tender": "smile", "fear": "fear", "surprised": "surprised", "worried": "worried", "embarrassed": "smile",
}  # fmt: skip
"""What others show when one of them feels that."""


def players(request: ImageRequest, setting: Setting) -> tuple[Player, ...]:
    """Poses and expressions from the words where they say something, else by the seed."""
    figures = people(request, setting)
    if not figures:
        return ()
    bare = request.figures or tuple(f.model_copy(update={"features": ()}) for f in figures)
    texts = shares(request.prompt, setting.subject, bare)
    parts = [read_part(text) for text in texts]
    if len(parts) > 1 and parts[1] is None:
        parts[1] = done_to(texts[0])
    lead = parts[0]
    whole = " ".join(texts)
    chibi = treatment(request).name == "chibi"
    out: list[Player] = []
    for index, figure in enumerate(figures):
        look = as_chibi(read_look(figure)) if chibi else read_look(figure)
        key = (figure.name, request.seed, request.prompt, index)
        part = parts[index]
        action = part.action if part else None
        if part is None and index and lead is not None:
            action = answer(lead, whole)
        if action is None and setting.place == "vehicle":
            action = "sit"
        in_hand = _in_hand(look, texts[index], action)
        name = pick_pose(action, in_hand is not None, *key)
        pose = part.pose if part and name == action else turned(POSES[name], texts[index] if part else whole)
        if part is not None and name == "hold" != action:
            pose = POSES["hold"]
        pose = _for_size(vary(pose, *key), name, request.size)
        if not (part and part.told) and chance("way", *key) < 0.5:
            pose = pose.mirrored()
        feeling = FEELINGS.first(texts[index])
        if feeling is None and index:
            feeling = _ANSWERING.get(out[0].expression if FEELINGS.first(texts[0]) else "")
        if feeling is None:
            feeling = _ACTED.get(name) or choose(_MOODS, "mood", *key)
        out.append(Player(look, pose, name, feeling, in_hand if pose.hold else None))
    return tuple(_together(out, whole))


_ACTED = {
    "fight": "determined", "punch": "angry", "kick": "determined", "strike": "angry", "accuse": "angry",
    "run": "determined",
    "chase": "determined", "cheer": "happy", "jump": "happy", "cover_face": "cry", "hurt": "pain", "slip": "surprised",
    "fall": "fear", "lie": "sleep", "hug_knees": "sad", "hug_self": "worried", "hold_head": "worried", "block": "fear",
    "exhausted": "tired", "wave": "happy", "hug": "tender", "sneak": "worried", "lotus": "sleep", "sword": "determined",
    "explain": "talk", "whisper": "sly", "aim": "determined", "cast": "determined", "sing": "laugh", "slump": "tired",
}  # fmt: skip
"""The face that goes with a pose."""


def _in_hand(look: Look, text: str, action: str | None) -> str | None:
    if action in _NO_HANDS:
        return None
    things = [kind for kind in find_props(text) if kind in HELD]
    wanted = _NEEDED.get(action or "")
    if things and (action in (None, *_WITH_THINGS) or wanted):
        return things[0]
    if wanted:
        return wanted
    carried = next((kind for kind in find_props(look.carries) if kind in HELD), None)
    return carried if action in (None, "stand", "walk", "hold", "gaze", "lookback") else None


_NEEDED = {
    "phone": "phone", "call": "phone", "read": "book", "photo": "camera", "drink": "cup", "sing": "microphone",
    "toast": "cup", "draw_sword": "sword", "sword": "sword", "strike": "sword", "eat": "bowl",
}  # fmt: skip
"""What a pose cannot do without."""
_WITH_THINGS = (
    "hold", "carry", "read", "phone", "call", "photo", "drink", "give", "lift_up", "pick_up", "receive", "toast",
    "walk", "stand", "gaze", "lookdown", "sit", "eat", "crouch", "cook", "explain", "run", "think", "kneel_one",
    "reach",
)  # fmt: skip


def _for_size(pose: Pose, name: str, size: str) -> Pose:
    """Near shots are about the face: it is turned to the viewer, and nobody lies or flies."""
    if size not in ("close", "extreme_close"):
        return pose
    if pose.pitch or pose.lift or pose.lean > 40 or pose.roll:
        stand = POSES["stand"]
        pose = replace(
            stand,
            nod=pose.nod,
            gaze=pose.gaze,
            yaw=pose.yaw,
            lean=min(12.0, pose.lean),
            arm_r=pose.arm_r if pose.lean < 30 else stand.arm_r,
        )
    pose = replace(pose, lean=min(14.0, pose.lean))
    most = 40.0 if size == "close" else 32.0
    if name == "lookback" or abs(pose.yaw) > 100:
        return pose
    face = max(-most, min(most, pose.yaw + pose.head))
    body = max(-most - 14, min(most + 14, pose.yaw))
    return replace(pose, yaw=body, head=face - body)


_ABREAST = frozenset(("walk", "run", "chase", "sneak", "hold_hands", "ride"))


def _together(cast: list[Player], text: str) -> list[Player]:
    """Figures that do something with each other."""
    if len(cast) < 2:
        return cast
    apart = max((PAIRED.get(p.action, 0.0) for p in cast[:2]), default=0.0)
    how = facing(text)
    lead = cast[0].action
    same = {lead, cast[1].action} <= _ABREAST
    if not how and apart and not same and cast[0].action != "shoulder":
        how = "each other"
    apart = 0.46 if how == "back to back" else apart
    return [replace(p, apart=apart, turn=how or ("same" if same else "")) for p in cast]


def toward(cast: list[Player], places: list[float]) -> list[Player]:
    """The cast turned as their places from left to right want it: to each other, back to back, all one way; a group
    that does nothing in common turns to its middle."""
    if len(cast) < 2:
        return cast
    middle = sum(places) / len(places)
    way = next((-1 if x > middle else 1 for p, x in zip(cast, places, strict=True) if p.action == "chase"), 1)
    out = []
    for player, x in zip(cast, places, strict=True):
        pose, side = player.pose, -1 if x > middle else 1
        if abs(pose.yaw) > 100 or player.action == "drive":  # whoever drives looks at the road
            out.append(player)
            continue
        if player.turn == "same":
            pose = pose if pose.yaw * way >= 0 else pose.mirrored()
        elif player.turn == "back to back":
            pose = pose if pose.yaw * side <= 0 else pose.mirrored()
            pose = replace(pose, yaw=-side * max(58.0, abs(pose.yaw)))
        else:
            pose = pose if pose.yaw * side >= 0 else pose.mirrored()
            if player.turn == "each other":
                pose = replace(pose, yaw=side * max(54.0, abs(pose.yaw)), head=0.0)
            elif abs(pose.yaw) < 24:
                pose = replace(pose, yaw=side * 26.0)
        out.append(replace(player, pose=pose))
    return _eye_to_eye(out)


def _eye_to_eye(cast: list[Player]) -> list[Player]:
    """Two figures of different height look up and down to each other."""
    if len(cast) != 2 or cast[0].turn in ("same", "back to back"):
        return cast
    high = [-head_place(p.look, p.pose, p.action)[1] for p in cast]
    out = []
    for player, own, other in zip(cast, high, reversed(high), strict=True):
        slope = max(-1.0, min(1.0, (own - other) / 70))
        if abs(slope) > 0.3 and abs(player.pose.nod) < 10 and abs(player.pose.yaw) < 100:
            nod, gaze = player.pose.nod + slope * 17, (player.pose.gaze[0], slope * 0.6)
            player = replace(player, pose=replace(player.pose, nod=nod, gaze=gaze))
        out.append(player)
    return out
