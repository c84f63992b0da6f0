"""The lint report: a finished film, as it was measured, held against what a platform takes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from manju.domain.cues import Cue
from manju.domain.delivery import ratio_name
from manju.domain.platforms import GB, MB, Platform
from manju.domain.timeline import Label
from manju.media.linebreaks import width as width_of
from manju.media.measure import LABEL_MS, Measured
from manju.platforms.base import Check, Level, Post
from manju.platforms.post import length

LOUDNESS_LUFS, LOUDNESS_LU, PEAK_DBTP = -14.0, 1.0, -1.0
"""What our mixes aim at, and most platforms play at; they turn down what is louder."""
REACH = 2
"""Pixels that a text may reach out of the safe area: boxes of text are even, margins are rounded."""
LINES, READABLE = 2, 12.0
"""Most lines of a subtitle, and full-width characters a second that a quick reader still follows."""
RATES = 24
"""Frames a second below which a film stutters."""


def lint(
    platform: Platform, found: Measured, post: Post, label: Label, cues: Sequence[Cue] = (), *, own: bool = False
) -> tuple[Check, ...]:
    """Every rule, in the order in which an upload form would complain. ``cues`` are the subtitles in the picture.
    ``own``: the film is a person's, and nobody knows where the texts in it are."""
    return tuple(_checks(platform, found, post, label, cues, own))


def _checks(
    platform: Platform, found: Measured, post: Post, label: Label, cues: Sequence[Cue], own: bool
) -> Iterator[Check]:
    seconds = found.duration_ms / 1000
    yield _check(
        "duration",
        seconds <= platform.max_seconds,
        f"{seconds:.1f} s",
        f"at most {platform.max_seconds} s",
        "Make it shorter (--seconds), or tell it in episodes.",
    )
    yield _check(
        "size",
        found.bytes <= platform.max_bytes,
        _bytes(found.bytes),
        f"at most {_bytes(platform.max_bytes)}",
        "Render with --profile standard or draft, or make it shorter.",
    )
    yield from _picture(platform, found)
    yield from _sound(found)
    yield _check(
        "safe area",
        found.outside <= REACH and not own,
        "not known: the film is your own"
        if own
        else f"{found.texts} texts, {found.outside} px outside"
        if found.outside > REACH
        else f"{found.texts} texts, all inside",
        f"margins of {', '.join(f'{side} {most}' for side, most in platform.safe)} per mille",
        "See that no text of it lies there."
        if own
        else "Move or shorten what was laid over the picture (timeline.json), or delete timeline.json.",
        "warn" if own else "fail",
    )
    if cues and not own:
        yield _subtitles(cues)
    yield from _words(platform, post)
    width, height = found.cover
    told = f"{width}x{height}, {_bytes(found.cover_bytes)}"
    wanted = f"{platform.cover[0]}x{platform.cover[1]}, " if platform.cover[0] else ""
    fits = not platform.cover[0] or found.cover == platform.cover
    level: Level = "fail" if not width or found.cover_bytes > platform.cover_bytes else "ok" if fits else "warn"
    advice = "Replace cover.jpg by a picture of that size, or delete it to have it made anew."
    yield Check(
        rule="cover",
        level=level,
        value=told if width else "no picture",
        limit=f"{wanted}at most {_bytes(platform.cover_bytes)}",
        advice="" if level == "ok" else advice,
    )
    yield from _label(found, label)


def _picture(platform: Platform, found: Measured) -> Iterator[Check]:
    ratio = ratio_name(found.width, found.height)
    ratios = platform.ratios
    yield Check(
        rule="ratio",
        level="ok" if not ratios or ratio == ratios[0] else "warn" if ratio in ratios else "fail",
        value=f"{found.width}x{found.height} ({ratio})",
        limit=f"{ratios[0]} best; also {', '.join(ratios[1:])}" if ratios else "any",
        advice="" if not ratios or ratio == ratios[0] else "Delete film.mp4 here and render again to have it composed.",
    )
    if platform.size[0]:
        yield _check(
            "resolution",
            min(found.width, found.height) >= min(platform.size),
            f"{found.width}x{found.height}",
            f"{platform.size[0]}x{platform.size[1]}",
            "Make it without a small --resolution: this is a draft.",
            "warn",
        )
    yield _check(
        "codec",
        (found.container, found.video, found.pixels) == ("mov", "h264", "yuv420p"),
        f"{'mp4' if found.container == 'mov' else found.container}, {found.video} {found.pixels}",
        "mp4, h264 yuv420p",
        "Export it as H.264 in an MP4, or delete film.mp4 here and render again.",
    )
    yield _check(
        "colours",
        set(found.colours) == {"bt709"},
        "/".join(each or "untagged" for each in found.colours),
        "bt709/bt709/bt709",
        "Tag it as BT.709: players guess otherwise.",
        "warn",
    )
    yield _check(
        "frame rate",
        RATES <= found.rate <= platform.max_rate,
        f"{float(found.rate):g}/s",
        f"{RATES} to {platform.max_rate}/s",
        "Choose another --fps.",
        "warn" if found.rate < RATES else "fail",
    )


def _sound(found: Measured) -> Iterator[Check]:
    yield _check(
        "sound",
        (found.audio, found.sample_rate, found.channels) in (("aac", 48000, 2), ("aac", 44100, 2)),
        f"{found.audio}, {found.sample_rate} Hz, {found.channels} channels" if found.audio else "none",
        "aac, 48000 Hz, 2 channels",
        "Export it with AAC stereo sound.",
        "fail" if found.audio not in ("aac", "") else "warn",
    )
    heard = found.lufs > float("-inf")
    yield _check(
        "loudness",
        heard and abs(found.lufs - LOUDNESS_LUFS) <= LOUDNESS_LU,
        f"{found.lufs:.1f} LUFS" if heard else "silent",
        f"{LOUDNESS_LUFS:g} LUFS, give or take {LOUDNESS_LU:g}",
        "Nobody speaks and nothing plays in it." if not heard else "Bring its sound to that loudness.",
        "warn",
    )
    yield _check(
        "true peak",
        found.true_peak_db <= PEAK_DBTP,
        f"{found.true_peak_db:.1f} dBTP" if heard else "silent",
        f"at most {PEAK_DBTP:g} dBTP",
        "Limit its sound: players clip what is higher.",
        "warn",
    )


def _subtitles(cues: Sequence[Cue]) -> Check:
    fastest = max(1000 * width_of(cue.text) / (cue.end_ms - cue.start_ms) for cue in cues)
    lines = max(cue.text.count("\n") + 1 for cue in cues)
    return _check(
        "subtitles",
        fastest <= READABLE and lines <= LINES,
        f"{len(cues)}, {lines} {'line' if lines == 1 else 'lines'} at most, up to {fastest:.1f} characters/s",
        f"{LINES} lines, {READABLE:g} Chinese characters (two letters count as one) a second",
        "Let it be spoken more slowly (--speed), or shorten the subtitles (timeline.json).",
        "warn",
    )


def _words(platform: Platform, post: Post) -> Iterator[Check]:
    for rule, text, limit in (
        ("title", post.title, platform.post_title),
        ("description", post.description, platform.description),
    ):
        count = length(text, limit)
        short = count < limit.least
        level: Level = "fail" if count > limit.count or not count else "warn" if short or rule in post.cut else "ok"
        yield Check(
            rule=rule,
            level=level,
            value=f"{count} characters{', shortened' if rule in post.cut else ''}",
            limit=f"{limit.least} to {limit.count} characters",
            advice=""
            if level == "ok"
            else f"Fill in {rule}.txt."
            if not count
            else f"Write a {'longer' if short else 'shorter'} one in {rule}.txt.",
        )
    count = post.tags.count(",") + 1 if platform.tags.style == "comma" else len(post.tags.split())
    count = count if post.tags else 0
    yield _check(
        "tags",
        "tags" not in post.cut,
        f"{count} tags{', others left out' if 'tags' in post.cut else ''}",
        f"at most {platform.tags.count}, of {platform.tags.each} characters",
        "See that the best ones are in tags.txt.",
        "warn",
    )


def _label(found: Measured, label: Label) -> Iterator[Check]:
    limit = f"in the picture for the first {LABEL_MS / 1000:g} s"
    if label.visible:
        advice = "The law asks for it (GB 45438-2025): render again."
        yield _check("visible AI label", found.label_seen, "seen" if found.label_seen else "not seen", limit, advice)
    else:
        yield Check(
            rule="visible AI label",
            level="warn",
            value=f"left out: {label.reason}",
            limit=limit,
            advice="Declare it in the upload form, and keep the record of the reason for six months.",
        )
    yield _check(
        "AI label in the metadata",
        found.marked,
        "there" if found.marked else "missing",
        "the AIGC field of GB 45438-2025",
        "An editing program has dropped it: deliver the film that manju made.",
    )


def _check(rule: str, ok: bool, value: str, limit: str, advice: str, level: Level = "fail") -> Check:
    return Check(rule=rule, level="ok" if ok else level, value=value, limit=limit, advice="" if ok else advice)


def _bytes(count: int) -> str:
    return f"{count / GB:g} GB" if count >= GB else f"{count / MB:.1f} MB"
