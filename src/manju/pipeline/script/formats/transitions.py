"""Transitions as scripts write them: ``CUT TO:``, ``FADE OUT.``, ``（淡出）``, ``【闪回】``, ``切至：``."""

from __future__ import annotations

import re
from collections.abc import Mapping

from manju.domain.storyboard import Transition
from manju.pipeline.script import vocabulary

_NAMES: Mapping[Transition, str] = {
    "fade_in": "淡入 渐显 fade-in fade-up fade-in-from-black slow-fade-in",
    "fade_out": "淡出 渐隐 黑场 渐黑 黑屏 切黑 fade-out fade-to-black cut-to-black",
    "fade": "淡出淡入 淡入淡出 闪白 闪黑 fade-to fade-to-white",
    "dissolve": "叠化 叠 溶 溶入 溶出 化 化入 化出 闪回 闪回开始 闪回始 闪回结束 闪回完 回忆 回忆结束 回到现实 现实 "
    "dissolve dissolve-to match-dissolve-to ripple-dissolve-to flashback flashback-to begin-flashback end-flashback "
    "end-of-flashback back-to-present",
    "cut": "切 切至 切到 切回 切入 硬切 跳切 跳接 闪切 闪出 闪入 转场 转 cut-to hard-cut-to smash-cut-to jump-cut-to "
    "match-cut-to quick-cut-to back-to intercut-with time-cut later",
    "wipe_right": "划 划像 wipe-to",
}
_TABLE = {word.replace("-", " "): into for into, words in _NAMES.items() for word in words.split()}
_RETURNS = frozenset({"闪回结束", "闪回完", "回忆结束", "回到现实", "现实"})
_RETURNS_LATIN = frozenset({"end flashback", "end of flashback", "back to present"})
_FLASHBACKS = frozenset({"闪回", "闪回开始", "闪回始", "回忆", "flashback", "flashback to", "begin flashback"})
_WRAP = re.compile(r"^[\s（(【\[—–\-…·~]+|[\s）)】\]—–\-…·~:：.。,，!！]+$")


LONGEST = 60
"""Characters of a line that can be a transition."""


def bare(text: str) -> str:
    """The words of a transition without brackets and dots, in lower case."""
    return " ".join(_WRAP.sub("", text).lower().split())


def alone(text: str) -> Transition | None:
    """The transition that a whole line names by itself, or None."""
    return _TABLE.get(bare(text)) if len(text) <= LONGEST else None


def asked(text: str) -> Transition | None:
    """The transition that words ask for where they are known to ask for one, or None."""
    if len(text) > LONGEST:
        return None
    found = alone(text)
    if found is None:
        words: Transition | None = vocabulary.snap(bare(text).removesuffix(" to"), Transition, vocabulary.TRANSITIONS)
        found = words
    if found is None and bare(text).endswith("cut to"):
        found = "cut"
    return found


def flashback(text: str) -> bool:
    """Whether a transition opens a flashback."""
    return bare(text) in _FLASHBACKS


def returning(text: str) -> bool:
    """Whether a transition ends a flashback."""
    return bare(text) in _RETURNS | _RETURNS_LATIN
