"""Who is in the picture and what each does: figures from the request, or from the people its words mention."""

from __future__ import annotations

import re
from dataclasses import dataclass

from manju.domain.order import Figure, ImageRequest
from manju.providers.image.offline.body import HELD
from manju.providers.image.offline.look import Look, read_look
from manju.providers.image.offline.pose import POSES, Pose, pick_pose, vary
from manju.providers.image.offline.props import find_props
from manju.providers.image.offline.setting import Setting
from manju.providers.image.offline.words import ACTIONS, EXPRESSIONS, Vocabulary, choose, several

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
_MANY = re.compile(
    r"\b(two|both|couple|friends|team|people|crowd|students|colleagues)\b|两个?人|两位|一对|情侣|团队|众人|人们|同事们|朋友们"
)


@dataclass(frozen=True, slots=True)
class Player:
    """One figure of a picture: looks, pose, expression, and the thing in the hand (a key of `body.HELD`) or None."""

    look: Look
    pose: Pose
    action: str
    expression: str
    held: str | None


def people(request: ImageRequest, setting: Setting) -> tuple[Figure, ...]:
    """The request's figures; without any, those whom its words mention (not for pictures of a thing)."""
    if request.figures:
        return request.figures
    if request.purpose == "asset":
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


def players(request: ImageRequest, setting: Setting) -> tuple[Player, ...]:
    """Poses and expressions from the words where they say something, else by the seed."""
    figures = people(request, setting)
    action, feeling = ACTIONS.first(setting.subject), EXPRESSIONS.first(setting.subject)
    things = [kind for kind in find_props(setting.subject) if kind in HELD]
    out = []
    for index, figure in enumerate(figures):
        look = read_look(figure)
        key = (figure.name, request.seed, request.prompt)
        carried = next((kind for kind in find_props(look.carries) if kind in HELD), None)
        in_hand = (
            things[0] if index == 0 and things and action not in ("type", "cheer", "fight", "crossed") else carried
        )
        name = pick_pose(
            action if index == 0 or action in ("walk", "run", "sit", "fight", "cheer") else None,
            in_hand is not None,
            *key,
            index,
        )
        if request.size in ("close", "extreme_close") and POSES[name].view == "side":
            name = "reach" if name == "run" else "stand"
        pose = vary(POSES[name], name, *key, index)
        if pose.view == "front" and len(figures) > 1:
            pose = _facing(pose, index, len(figures))
        mood = feeling if feeling and (index == 0 or feeling in ("happy", "surprised", "worried")) else None
        mood = mood or choose(("calm", "smile", "determined", "smile", "calm"), "mood", *key, index)
        out.append(Player(look, pose, name, mood, in_hand if pose.hand else None))
    return tuple(out)


def _facing(pose: Pose, index: int, count: int) -> Pose:
    """Figures of a group turn to its middle."""
    middle = (count - 1) / 2
    turn = 0.0 if index == middle else 0.55 if index < middle else -0.55
    return Pose(
        pose.left_arm,
        pose.right_arm,
        pose.left_leg,
        pose.right_leg,
        pose.lean,
        pose.over,
        pose.seated,
        pose.view,
        turn,
        pose.hand,
        pose.near,
    )
