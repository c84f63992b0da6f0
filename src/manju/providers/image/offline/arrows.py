"""Marks for the crew: arrows of camera and figures, in the layer ``notes`` that only the source shows."""

from __future__ import annotations

import re

from manju.domain.order import ImageRequest
from manju.providers.image.offline.blocking import Blocking
from manju.providers.image.offline.setting import Setting
from manju.providers.image.offline.svg import Drawing, num

_RED, _BLUE = "#d8362f", "#2f6fd8"
_MOVES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"推近|推镜|推进|push(?:es)? in|dolly in|zooms? in", re.I), "in"),
    (re.compile(r"拉远|拉镜|拉开|pulls? out|dolly out|zooms? out", re.I), "out"),
    (re.compile(r"向左摇|左摇|左移|pans? left", re.I), "left"),
    (re.compile(r"向右摇|右摇|右移|pans? right", re.I), "right"),
    (re.compile(r"上摇|上升|tilts? up|crane up", re.I), "up"),
    (re.compile(r"下摇|下降|tilts? down", re.I), "down"),
    (re.compile(r"环绕|orbit", re.I), "round"),
    (re.compile(r"跟随|跟拍|横移|tracks?\b|tracking|truck", re.I), "track"),
    (re.compile(r"手持|handheld|hand-held", re.I), "hand"),
)
_GOES = re.compile(r"走|跑|冲|追|飞|跳|迈步|转身|离开|进入|walk|run|chase|jump|leave|enter|dash", re.I)


def _arrow(d: Drawing, x0: float, y0: float, x1: float, y1: float, tone: str) -> None:
    """A broad arrow from one point to another."""
    dx, dy = x1 - x0, y1 - y0
    long = (dx * dx + dy * dy) ** 0.5 or 1.0
    ux, uy = dx / long, dy / long
    k = min(d.width, d.height) * 0.018
    nx, ny = -uy * k, ux * k
    hx, hy = x1 - ux * k * 3, y1 - uy * k * 3
    pts = (
        (x0 + nx, y0 + ny),
        (hx + nx, hy + ny),
        (hx + nx * 2.4, hy + ny * 2.4),
        (x1, y1),
        (hx - nx * 2.4, hy - ny * 2.4),
        (hx - nx, hy - ny),
        (x0 - nx, y0 - ny),
    )
    d.path("M" + "L".join(f"{num(x)} {num(y)}" for x, y in pts) + "Z", tone, line="#ffffff", width=k * 0.5)


def draw(d: Drawing, request: ImageRequest, setting: Setting, shot: Blocking) -> None:
    """Arrows for what the prompt says of the camera's move and of figures that go somewhere."""
    w, h = d.width, d.height
    with d.layer("notes"), d.graded(str):
        for move in [name for pattern, name in _MOVES if pattern.search(request.prompt)][:1]:
            if move in ("in", "out"):
                for x, y in ((0.06, 0.06), (0.94, 0.06), (0.06, 0.94), (0.94, 0.94)):
                    a, b = (x * w, y * h), ((0.5 + (x - 0.5) * 0.62) * w, (0.5 + (y - 0.5) * 0.62) * h)
                    _arrow(d, *(a if move == "in" else b), *(b if move == "in" else a), _RED)
            elif move in ("left", "right", "track"):
                start, end = (0.72, 0.28) if move == "left" else (0.28, 0.72)
                _arrow(d, start * w, 0.93 * h, end * w, 0.93 * h, _RED)
            elif move in ("up", "down"):
                start, end = (0.7, 0.3) if move == "up" else (0.3, 0.7)
                _arrow(d, 0.93 * w, start * h, 0.93 * w, end * h, _RED)
            elif move == "round":
                d.path(
                    f"M{num(0.2 * w)} {num(0.9 * h)}Q{num(0.5 * w)} {num(0.99 * h)} {num(0.72 * w)} {num(0.92 * h)}",
                    None,
                    line=_RED,
                    width=0.02 * min(w, h),
                )
                _arrow(d, 0.7 * w, 0.925 * h, 0.84 * w, 0.87 * h, _RED)
            else:
                d.path(
                    f"M{num(0.3 * w)} {num(0.93 * h)}"
                    + f"q{num(0.025 * w)} {num(-0.03 * h)} {num(0.05 * w)} 0t{num(0.05 * w)} 0" * 4,
                    None,
                    line=_RED,
                    width=0.012 * min(w, h),
                )
        if shot.parts and _GOES.search(setting.subject):
            at = shot.parts[0].spot
            y = min(at.y, 0.9 * h) - 0.5 * at.scale
            _arrow(d, at.x + shot.side * 0.5 * at.scale, y, at.x + shot.side * (0.5 * at.scale + 0.18 * w), y, _BLUE)
