"""Blocking (调度): from what a shot says to its camera, who stands where in it, and what it is a picture of."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from manju.domain.order import ImageRequest
from manju.providers.image.offline.body import head_place
from manju.providers.image.offline.cast import Player, toward
from manju.providers.image.offline.clearance import OUTWARD, crossing, face, shown, ways
from manju.providers.image.offline.lens import EYE, EYES, Camera, Mark, Spot, frame, spot
from manju.providers.image.offline.palette import Palette
from manju.providers.image.offline.pose import POSES
from manju.providers.image.offline.props import KINDS, find_props
from manju.providers.image.offline.sets import SETS
from manju.providers.image.offline.setting import Setting
from manju.providers.image.offline.words import chance, choose

_VIEWER = re.compile(r"主观视角|主观镜头|第一人称|主观|\bpov\b|first[- ]person|point of view", re.I)
_FACE = re.compile(r"脸|面容|面部|眼|表情|神情|目光|泪|嘴|眉|face|eyes?\b|expression|tear", re.I)
_APART = re.compile(r"对视|对峙|面对面|相对|对立|隔着|facing|face to face|across from|confront", re.I)
_BEHIND = re.compile(r"身后|背后|跟在|跟着|尾随|追|站在后|画面一侧|behind|follow|chas", re.I)
_YAWS = {
    "extreme_wide": (-14, -7, 8, 15), "wide": (-18, -9, 9, 18), "full": (-24, -12, 12, 24),
    "medium": (-30, -17, 17, 30),
    "close": (-36, -22, 22, 36), "extreme_close": (-36, -22, 22, 36),
}  # fmt: skip
_WIDE_ACTIONS = frozenset(
    ("run", "chase", "fight", "kick", "punch", "strike", "sword", "fall", "slip", "jump", "dance")
)
"""Poses that reach far to the sides."""
_ONE_SIDED = frozenset(
    (
        "abstract",
        "station",
        "stage",
        "concert",
        "beach",
        "harbour",
        "lake",
        "lighthouse",
        "watertown",
        "vehicle",
        "train",
    )
)
"""Sets that are looked at from one side."""


@dataclass(frozen=True, slots=True)
class Part:
    """A player in his place; ``back`` shows him from behind."""

    player: Player
    spot: Spot
    mark: Mark
    back: bool = False


@dataclass(frozen=True, slots=True)
class Blocking:
    """What is to be drawn."""

    camera: Camera
    parts: tuple[Part, ...]
    front: Part | None
    """Whoever is looked at over his shoulder."""
    insert: str | None
    """The thing that the shot is about and nothing else."""
    viewer: Player | None
    """Whose eyes we look through."""
    side: int
    """The emptier side of the picture: -1 left, 1 right."""


def block(request: ImageRequest, setting: Setting, cast: tuple[Player, ...], palette: Palette) -> Blocking:
    """Place camera and players for a shot."""
    players = list(cast)
    viewer = players.pop(0) if players and _VIEWER.search(setting.words) else None
    insert = _insert(request, setting, players)
    front = players.pop() if request.angle == "over_shoulder" and len(players) > 1 else None
    alone_behind = request.angle == "over_shoulder" and front is None and len(players) == 1
    size = request.size if request.size in _YAWS else "medium"
    if alone_behind and size in ("close", "extreme_close"):
        size = "medium"
    lead = players[0] if players else None
    side = _side(request, lead, len(players), front is not None or alone_behind)
    portrait = request.width < request.height
    marks = _marks(players, size, setting.subject, portrait, request)
    players = toward(players, [mark.right for mark in marks])
    eye, grow = _measure(players, size)
    if size == "extreme_wide" and (room := SETS[setting.place].room) and room[0] < 9.5:
        size, grow = "wide", grow * 0.78  # farther off there is only wall
    shift = (
        0.0 if len(players) != 1 else {"extreme_wide": 0.16, "wide": 0.15, "full": 0.1, "medium": 0.09}.get(size, 0.06)
    )
    if portrait:
        shift *= 0.62
    if front is not None or alone_behind:
        shift = 0.13 if portrait else 0.17
    camera = frame(
        request.width, request.height, size, request.angle, marks or (Mark(),), at=0.5 - side * shift,
        yaw=_yaw(request, setting, size), eye=eye, grow=grow, reach=_reach(players),
    )  # fmt: skip

    def put(player: Player, mark: Mark) -> Spot:
        at = spot(camera, mark, _eye(player))
        if size in EYES:  # the head, not the feet, is what is framed
            at = replace(at, x=at.x - head_place(player.look, player.pose, player.action)[0] / 100 * at.scale)
        if player.look.species != "human" and eye > 1.0 and size in EYES and at.y > request.height:
            at = Spot(at.x, at.y - 0.55 * at.scale, at.scale * 0.8)  # a small creature is lifted into the picture
        elif player.look.species != "human" and size not in EYES:
            at = replace(at, scale=at.scale * _beside(player, players))
        return at

    placed = [Part(player, put(player, mark), mark, alone_behind) for player, mark in zip(players, marks, strict=True)]
    parts = placed if alone_behind else _clear(placed, put, camera.tilt, request.width)
    back = None
    if front is not None:
        scale = min(1.45 * request.height, 2.2 * request.width) / 1.7
        x = request.width * (0.5 + side * (0.38 if portrait else 0.34))
        still = replace(front, pose=POSES["stand"], held=None)
        back = Part(still, Spot(x, request.height * 0.37 + 1.5 * scale, scale), Mark(), back=True)
    return Blocking(camera, tuple(parts), back, insert, viewer, side)


def _clear(parts: list[Part], put: Callable[[Player, Mark], Spot], down: float, width: int) -> list[Part]:
    """``parts`` with no arm over another's face."""
    out = list(parts)
    for i in [*range(len(out))] * 2:  # a figure that turns moves its face a little
        part = out[i]
        past = part.player.action in OUTWARD
        faces = [c for k, o in enumerate(out) if k != i for c in face(o.player, o.spot, down, trunk=past)]
        if not (sides := crossing(part.player, part.spot, faces, down)):
            continue
        good: list[Part] = []
        for pose in ways(part.player, sides):
            player = replace(part.player, pose=pose)
            at = put(player, part.mark)
            if not crossing(player, at, faces, down):
                good.append(replace(part, player=player, spot=at))
                if shown(player, at, down, width):  # what points out of the picture points at nothing
                    good.insert(0, good.pop())
                    break
        out[i] = good[0] if good else part
    return out


def _insert(request: ImageRequest, setting: Setting, players: list[Player]) -> str | None:
    """The thing of an insert shot: a close shot of something held, taken up or lying there."""
    if request.size != "extreme_close" or _FACE.search(setting.subject):
        return None
    kinds = [k for k in find_props(setting.subject) if KINDS[k].mount in ("table", "wall") or KINDS[k].height <= 1.0]
    held = players[0].held if players else None
    return held or (kinds[0] if kinds else None)


def _side(request: ImageRequest, lead: Player | None, count: int, beside: bool) -> int:
    """Which side of the picture stays free: where the figure looks, else by who it is."""
    turn = lead.pose.yaw + lead.pose.head if lead else 0.0
    if count == 1 and not beside and abs(turn) > 9:
        return 1 if turn > 0 else -1
    name = request.figures[0].name if request.figures else request.prompt
    return choose((-1, 1), "side", name, request.palette)


def _yaw(request: ImageRequest, setting: Setting, size: str) -> float:
    """Where the camera stands round the figures, in degrees. Near shots of two people look at opposite walls."""
    key = (request.prompt, request.seed)
    yaw = float(choose(_YAWS[size], "yaw", *key))
    if setting.place in _ONE_SIDED:
        return yaw * 0.6
    name = request.figures[0].name if len(request.figures) == 1 else ""
    if name and size in ("medium", "close", "extreme_close") and chance("reverse", name, request.palette) < 0.4:
        return 180.0 + yaw * 0.8
    return yaw


def _eye(player: Player) -> float:
    if player.look.species != "human":
        return 0.72
    return max(0.3, -head_place(player.look, player.pose, player.action)[1] / 100)


def _beside(player: Player, players: list[Player]) -> float:
    """How much smaller than by itself a creature is drawn beside people."""
    people = [p for p in players if p.look.species == "human"]
    small = _STATURE.get(player.look.species, 0.6) * (0.75 if people and people[0].look.chibi else 1.0)
    return small if people else 1.0


_STATURE = {"robot": 1.0, "horse": 1.5, "dragon": 1.3, "panda": 0.9}
"""Heights beside that of small animals, which are drawn about as tall as a child."""


def _measure(players: list[Player], size: str) -> tuple[float, float]:
    """Height of the eyes that are framed, and how much larger than a grown person everybody is shown: children and
    small creatures fill the frame like adults."""
    people = [_eye(p) for p in players if p.look.species == "human"]
    if people:
        stature = max(p.look.height for p in players if p.look.species == "human") / 100 - 0.14
        eye = max(people) if max(people) - people[0] < 0.35 else (people[0] + max(people)) / 2
        if players[0].look.chibi:  # a large head on a small body: the head is framed as any other
            return eye, 1.0 if size in EYES else 1.3
        return (eye, (EYE / stature) ** 0.75) if size in EYES else (stature, min(1.0, EYE / stature))
    if players:
        return 0.72, {"full": 1.25, "medium": 1.0, "close": 0.66, "extreme_close": 0.6}.get(size, 1.1)
    return EYE, 1.0


def _marks(players: list[Player], size: str, words: str, portrait: bool, request: ImageRequest) -> tuple[Mark, ...]:
    """Who stands where, as the camera looks. Seen from above, nobody stands far behind: he would be far up."""
    count = len(players)
    if count < 2:
        return (Mark(),) * count
    near = size in EYES
    depth = {"top": 0.1, "high": 0.5}.get(request.angle, 1.0)
    gap = {"extreme_wide": 0.85, "wide": 0.8, "full": 0.74, "medium": 0.66, "close": 0.52}.get(size, 0.5)
    if not portrait:
        gap *= 1.35
    if count == 2:
        if _APART.search(words):
            return (Mark(-gap * 0.66, 0.0), Mark(gap * 0.66, 0.0))
        order = 1 if chance("order", players[0].look.hair, request.palette) < 0.5 else -1
        if apart := players[0].apart:
            return (Mark(-order * apart * 0.5), Mark(order * apart * 0.5))
        if _BEHIND.search(words) or (near and portrait):
            return (Mark(-order * gap * 0.42), Mark(order * gap * 0.5, (0.42 if near else 0.8) * depth))
        return (Mark(-order * gap * 0.5), Mark(order * gap * 0.5, 0.22 * depth))
    gap *= 0.8
    return tuple(Mark((i - (count - 1) / 2) * gap, 0.4 * depth if i % 2 else 0.0) for i in range(count))


def _reach(players: list[Player]) -> float:
    """Metres that figures take beyond their marks on both sides together."""
    return 1.35 if any(p.action in _WIDE_ACTIONS for p in players) else 0.8
