"""The film for each platform: the cut composed anew at its size, its texts laid out anew inside its safe area. Pure.

Pictures, voices, music and their times are the cut's; a picture that does not fit is shown whole over its own ground
(`manju.media.planes`). Only subtitles may be parted differently: lines are narrower in an upright film.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from manju.domain.cues import Cue
from manju.domain.delivery import NEAR
from manju.domain.film import FilmSpec
from manju.domain.platforms import ANYWHERE, NOWHERE, Platform, SafeArea, chosen
from manju.domain.screenplay import Language
from manju.domain.timeline import Timeline, TimelineShot
from manju.media.cueing import columns, cues, pieces
from manju.media.planes import placed
from manju.media.wrapping import wrap

DRAFT = 1080
"""A film whose shorter side is smaller is a draft, and so are its variants: a preview costs no 2160p."""
LONGEST_CUE_MS = 6000
_BROKEN = re.compile(r"(?<=[!-~])\n(?=[!-~])")


def targets_of(spec: FilmSpec, target_platform: str) -> tuple[Platform, ...]:
    """Where a film goes: to the platforms that the user names, else to the script's, else to nobody in particular.

    Raises:
        InputError: one of them is not known.
    """
    return chosen(spec.platform or target_platform) or (ANYWHERE,)


def size_for(platform: Platform, size: tuple[int, int]) -> tuple[int, int]:
    """Width and height of a platform's variant of a film of ``size``: the platform's own, smaller for a draft."""
    if not platform.size[0]:
        return size
    least = min(size)
    if least >= min(DRAFT, *platform.size):
        return platform.size
    if _alike(platform.size, size):
        return size
    short = min(platform.size)
    width, height = (round(side * least / short / 2) * 2 for side in platform.size)
    return width, height


def safe_for(platforms: Sequence[Platform], size: tuple[int, int]) -> SafeArea:
    """The safe area of a film of ``size`` that goes to these platforms: the first one's, if the film has its shape.
    The film itself and that platform's variant are the same then."""
    if platforms and platforms[0].size[0] and _alike(platforms[0].size, size):
        return platforms[0].safe
    return NOWHERE


def composed(timeline: Timeline, platform: Platform) -> Timeline:
    """The timeline of a platform's variant; the cut itself where that has all that the platform asks for."""
    width, height = size_for(platform, (timeline.width, timeline.height))
    if not platform.size[0] or (width, height, platform.safe) == (timeline.width, timeline.height, timeline.safe):
        return timeline
    room = columns(width, height, timeline.subtitles.size, timeline.language, platform.safe.side)
    laid = tuple(part for cue in timeline.cues for part in _laid(cue, room, timeline.language))
    shots = timeline.shots
    if crops_top((timeline.width, timeline.height), (width, height)):
        shots = tuple(_lowered(shot) for shot in shots)
    page = {"width": width, "height": height, "safe": platform.safe, "cues": laid, "shots": shots}
    return timeline.model_copy(update=page)


def crops_top(size: tuple[int, int], variant: tuple[int, int]) -> bool:
    """Whether pictures of a film of ``size`` lose their upper edge in a variant, so that faces lie higher in it."""
    place = placed(size[0] / size[1], *variant)
    return (
        (place.width, place.height) == variant
        and not _alike(size, variant)
        and size[0] * variant[1] < size[1] * variant[0]
    )


def _lowered(shot: TimelineShot) -> TimelineShot:
    """The shot with its texts below the faces."""
    overlays = (
        each.model_copy(update={"position": "bottom"}) if each.position == "top" else each for each in shot.overlays
    )
    return shot.model_copy(update={"overlays": tuple(overlays)})


def _alike(one: tuple[int, int], other: tuple[int, int]) -> bool:
    return abs(Fraction(*one) / Fraction(*other) - 1) <= NEAR


def _laid(cue: Cue, room: int, language: Language) -> Iterator[Cue]:
    """A subtitle in lines of at most ``room`` columns: its own text where its words are not known (a person wrote it),
    else one subtitle or more, in its time."""
    if not pieces(cue):
        text = _BROKEN.sub(" ", cue.text).replace("\n", "")
        yield cue.model_copy(update={"text": wrap(text, columns=room, max_lines=2) or cue.text})
        return
    longest = max(LONGEST_CUE_MS, cue.end_ms - cue.start_ms)
    parts = cues(cue.words, language=language, speaker=cue.speaker, columns=room, max_ms=longest)
    starts = [cue.start_ms]
    for part in parts[1:]:
        starts.append(min(max(part.start_ms, starts[-1] + 1), cue.end_ms - 1))
    if any(after <= before for before, after in pairwise(starts)):
        yield cue  # shorter than its parts: left as it is
        return
    for part, start, end in zip(parts, starts, [*starts[1:], cue.end_ms], strict=True):
        yield part.model_copy(update={"start_ms": start, "end_ms": end})
