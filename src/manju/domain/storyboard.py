"""The words of the storyboard: shot sizes, angles, camera moves, transitions; and the prompts made of them."""

from __future__ import annotations

from typing import Literal

Size = Literal["extreme_wide", "wide", "full", "medium", "close", "extreme_close"]
"""景别: 大远景, 远景, 全景, 中景, 近景, 特写."""

Angle = Literal["eye", "low", "high", "top", "dutch", "over_shoulder"]
"""机位角度: 平视, 仰拍, 俯拍, 顶拍, 斜角, 过肩."""

Movement = Literal[
    "static", "push_in", "pull_out", "pan_left", "pan_right", "tilt_up", "tilt_down", "track", "handheld"
]
"""运镜: 固定, 推, 拉, 左摇, 右摇, 上摇, 下摇, 跟, 手持."""

Transition = Literal[
    "cut", "fade", "fade_in", "fade_out", "slide_left", "slide_right", "dissolve", "wipe_right", "zoom_in"
]
"""转场 into a shot; ``fade_out`` alone closes it. See `TRANSITION_MS`."""

TRANSITION_MS: dict[Transition, int] = {
    "cut": 0,
    "fade": 1000,
    "fade_in": 500,
    "fade_out": 500,
    "slide_left": 500,
    "slide_right": 500,
    "dissolve": 800,
    "wipe_right": 500,
    "zoom_in": 500,
}
"""Length of each transition's window in milliseconds (seed 004 §5.2). ``fade`` dips through black, 0.5 s on each
side of the cut; ``dissolve`` is the 0.8 s crossfade; ``fade_in`` comes up from black at the start of its shot and
``fade_out`` goes to black at its end."""
