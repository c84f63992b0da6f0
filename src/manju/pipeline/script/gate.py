"""The quality gate (seed 004 §2.3), measured: does the script fit its film, and can it be drawn?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from manju.domain.film import LONGEST_S
from manju.domain.screenplay import Language, Screenplay, Shot
from manju.domain.speech import speech_ms
from manju.domain.storyboard import TRANSITION_MS
from manju.errors import InputError
from manju.pipeline.findings import Finding
from manju.pipeline.limits import Limits
from manju.pipeline.script.language import CJK, columns, substance
from manju.pipeline.script.lengths import needed_ms, spoken_ms
from manju.pipeline.script.sentences import first_sentence

LONGEST_MS = LONGEST_S * 1000
SIGNS_PER_SECOND = 30
"""No voice gets through more signs than this, whatever they are (spaces aside; English has 13, Mandarin 5): the measure
of a text in which words cannot be told apart."""

_IDEAS = """
abstract ambition amazing beautiful concept concepts creativity culture digital dream dreams efficiency emotion energy
faith feeling feelings freedom future great growth happiness hope idea ideas imagination innovation inspiration
inspiring joy journey knowledge life love meaning metaphor modern motivation passion possibilities possibility potential
power productivity progress representing represents showing solution solutions spirit strategy success symbolizing
technology thought time transformation truth value vision wisdom world background image picture scene shot video visual
"""
_GLUE = """
a about an and are as at be by can for from has have how in into is it its of on or our so that the their them this to
very we what when with you your
"""
_NOT_CONCRETE = frozenset((_IDEAS + _GLUE).split())
_ABSTRACT_ZH = re.compile(
    "未来|科技|成功|希望|自由|概念|创新|效率|梦想|人生|生活|意义|价值|力量|智慧|知识|情感|感觉|精神|文化|理念|思想|成长|进步|可能性|可能|"
    "潜力|想象|灵感|激情|幸福|快乐|时代|世界|体现|展现|展示|表达|象征|代表|画面|场景|镜头|美好|美丽|抽象"
)
_STOP_ZH = re.compile("[的了和与在是有着及或把被让为对从到之其这那一种个，。、；：！？]")


def voiced_ms(text: str, language: Language, speed: float = 1.0) -> int:
    """As `speech_ms`, and never less than a voice needs for so many signs (``aaaa…`` has one syllable)."""
    return max(speech_ms(text, language, speed), _least_ms(text, speed))


def admit(text: str, speed: float = 1.0) -> None:
    """Refuse a text that has too many signs for one film, without measuring its words: at once, however long it is.

    Raises:
        InputError: it takes longer to say than a film may last, in any language.
    """
    refuse_longer(_least_ms(text, speed), "the text takes more than {} minutes to say")


def refuse_longer(ms: int, told: str) -> None:
    """Refuse what would last longer than a film may. ``told`` says it, with ``{}`` for the minutes.

    Raises:
        InputError: ``ms`` is more than that.
    """
    if ms > LONGEST_MS:
        raise InputError(
            f"{told.format(ms // 60_000)}; a film is {LONGEST_MS // 60_000} minutes at most",
            hint="Split it into episodes, a file each: an hour holds about 15,000 Chinese characters or 9,000 words.",
        )


def _least_ms(text: str, speed: float) -> int:
    return round(sum(map(len, text.split())) * 1000 / SIGNS_PER_SECOND / speed)


def check(screenplay: Screenplay, limits: Limits, *, speed: float = 1.0) -> tuple[Finding, ...]:
    """Everything about a screenplay that breaks a limit or the craft, in the order of the film.

    Args:
        screenplay: to be looked at; nothing is changed.
        limits: the recipe's numbers.
        speed: the narrator's, as a factor.
    """
    findings = list(_film(screenplay, limits, speed))
    for index, shot in enumerate(screenplay.shots):
        findings.extend(_length(shot, screenplay, limits, speed))
        findings.extend(_picture(shot, screenplay, limits))
        findings.extend(_overlay(shot, limits))
        findings.extend(_transition(screenplay, index))
    return tuple(findings)


def _film(screenplay: Screenplay, limits: Limits, speed: float) -> Iterator[Finding]:
    total, target = sum(shot.duration_ms for shot in screenplay.shots), screenplay.duration_target_ms
    if abs(total - target) > limits.total_tolerance_ms:
        speech = sum(spoken_ms(shot.lines, screenplay.language, speed) for shot in screenplay.shots)
        yield Finding(
            "error",
            "",
            "duration_target",
            f"The shots add up to {_s(total)}, {_s(abs(total - target))} {'over' if total > target else 'under'} the "
            f"target of {_s(target)} (±{_s(limits.total_tolerance_ms)}); the words take {_s(speech)} to say.",
            "Cut words or scenes." if total > target else "Add scenes or words, or lower the target.",
        )
    first = next((shot for shot in screenplay.shots if shot.lines), None)
    if first is None:
        yield Finding("warning", "", "narration", "Nobody says a word in the whole film.")
        return
    hook = first_sentence(first.narration or first.lines[0].text)
    takes = speech_ms(hook, screenplay.language, speed)
    if takes > limits.hook_ms:
        yield Finding(
            "warning",
            first.uid,
            "narration",
            f"The opening sentence takes {_s(takes)} to say; the hook should be out within {_s(limits.hook_ms)}.",
            "Open with a shorter sentence.",
        )


def _length(shot: Shot, screenplay: Screenplay, limits: Limits, speed: float) -> Iterator[Finding]:
    if not limits.shot_min_ms <= shot.duration_ms <= limits.shot_max_ms:
        yield Finding(
            "error",
            shot.uid,
            "duration",
            f"The shot lasts {_s(shot.duration_ms)}; shots last {_s(limits.shot_min_ms)} to {_s(limits.shot_max_ms)}.",
        )
    needed = needed_ms(shot, screenplay.language, speed)
    if needed > shot.duration_ms:
        speech = spoken_ms(shot.lines, screenplay.language, speed)
        yield Finding(
            "error" if needed > limits.shot_max_ms else "warning",
            shot.uid,
            "narration",
            f"The words take {_s(speech)} to say and need a shot of {_s(needed)}; it lasts {_s(shot.duration_ms)}.",
            "Split the scene in two." if needed > limits.shot_max_ms else "The shot will be made as long as its voice.",
        )


def _picture(shot: Shot, screenplay: Screenplay, limits: Limits) -> Iterator[Finding]:
    if shot.frame_prompt:
        return
    description = " ".join(part for part in (shot.description, shot.action) if part)
    # Every prompt says who is in the picture and where: a short "她推开门" in a known place can be drawn.
    place = next((scene for scene in screenplay.scenes if scene.uid == shot.scene), None)
    known = [screenplay.character(who).name for who in shot.characters] if description else []
    known += [place.name, place.description] if description and place is not None else []
    size = substance(" ".join((description, *known)))
    if size < limits.description_min:
        yield Finding(
            "warning",
            shot.uid,
            "visual_description",
            f"The picture's description is too brief to be drawn: {len(description.strip())} characters, "
            f"{limits.description_min} in English or {-(-limits.description_min * 2 // 5)} in Chinese are needed.",
            "Say who is seen, where, doing what, in which light.",
        )
    elif not drawable(description):
        yield Finding(
            "warning",
            shot.uid,
            "visual_description",
            "The picture's description names only ideas; nothing in it can be drawn.",
            "Name people, things and places that can be seen.",
        )


def drawable(description: str) -> bool:
    """Whether a description names enough that can be seen: three words or five Chinese characters that are neither
    ideas nor glue."""
    concrete = [
        word for word in re.findall(r"[a-z]+", description.lower()) if len(word) > 1 and word not in _NOT_CONCRETE
    ]
    hanzi = len(CJK.findall(_STOP_ZH.sub("", _ABSTRACT_ZH.sub("", description))))
    return len(concrete) * 5 + hanzi * 3 >= 15


def _overlay(shot: Shot, limits: Limits) -> Iterator[Finding]:
    width = columns(shot.text_overlay)
    if width > limits.overlay_columns:
        yield Finding(
            "warning",
            shot.uid,
            "text_overlay",
            f"The text overlay is {width} columns wide; more than {limits.overlay_columns} cannot be read at a glance "
            "(a Chinese character takes two).",
            "Shorten it to its key words.",
        )


def _transition(screenplay: Screenplay, index: int) -> Iterator[Finding]:
    shot = screenplay.shots[index]
    if index == 0 and shot.transition not in ("cut", "fade_in", "fade_out"):
        yield Finding(
            "warning",
            shot.uid,
            "transition",
            f"The film opens with {shot.transition!r}, but there is no picture to come from.",
            "Use fade_in or cut.",
        )
    if shot.transition == "fade_out" and index + 1 < len(screenplay.shots):
        yield Finding(
            "warning",
            shot.uid,
            "transition",
            "The picture goes to black in the middle of the film.",
            "Use fade, or keep fade_out for the last shot.",
        )
    if TRANSITION_MS[shot.transition] > shot.duration_ms:
        yield Finding(
            "warning",
            shot.uid,
            "transition",
            f"{shot.transition!r} takes {_s(TRANSITION_MS[shot.transition])}, longer than the shot itself.",
            "Use cut.",
        )


def _s(ms: int) -> str:
    return f"{round(ms / 1000, 1):g} s"
