"""``offline:espeak``: a spoken line with measured word times, from espeak-ng in a process of its own."""

from __future__ import annotations

import asyncio
import io
import json
import os
import subprocess
import sys
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import espeakng_loader
import numpy as np
import numpy.typing as npt

from manju.domain.order import Artefact, Generated, SpeechRequest
from manju.errors import InputError, ModelError
from manju.providers.base import References
from manju.providers.speech.offline import espeak, studio, voices
from manju.providers.speech.offline.pace import parameter
from manju.providers.speech.offline.reading import Run, Tongue, read
from manju.providers.speech.offline.studio import SAMPLE_RATE, Sound
from manju.providers.speech.offline.voices import HERTZ, Timbre, choose

LONGEST_TEXT, LONGEST_S = 20_000, 1800
"""Signs and seconds of one line: more is refused, for a line is held in memory as a whole (80 MB at the most)."""
PATIENCE_S, PATIENCE_A_SIGN_S = 60.0, 0.02
"""How long espeak-ng may take: in all, and more for each sign (on a busy machine it says 20 a millisecond)."""
BLOCK = 1 << 20
"""Samples that are measured at once."""

_LEAD_MS, _TAIL_MS, _JOINT_MS, _SILENCE_MS = 50, 120, 25, 400
_MARGIN = 66
"""Samples kept before and after what is loud in a run: they hold the breath of a consonant."""
_PEAK = 29_000.0
_MOST_RAISED = 4.0
"""Factor: a run that is all breath is not blown up to a shout."""

_RANGE = {"zh": 72, "en": 50}
"""espeak-ng's pitch range (0..99): at its usual 50 the tones of Mandarin span 4 semitones, people's span 8."""
_PITCHES = (0.64, 0.69, 0.745, 0.815, 0.895, 1.0, 1.114, 1.25, 1.41, 1.585, 1.775)
"""Pitch at espeak-ng's parameter 0, 10 ... 100 against that at 50; measured over m3, f2, m6 and linda."""

_MELODY = {
    ".": (1.03, 1.01, 0.99, 0.96),
    "!": (1.04, 1.03, 1.01, 0.97),
    "?": (1.0, 0.99, 1.0, 1.03, 1.1),
    ",": (1.02, 1.0, 0.99, 1.0),
    "": (1.0, 1.0),
}
"""How the pitch of a clause moves, by the mark at its end: espeak-ng says every clause of Mandarin level."""
_OPENING = 1.025
"""The first clause of a sentence is a little higher."""

Samples = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Spoken:
    """One run as it sounds: its samples without the room that follows them, all samples, and (sign of the run's text,
    first sample) of each word."""

    length: int
    sound: Sound
    events: tuple[tuple[int, int], ...]


class EspeakVoice:
    """Speaks Chinese and English (and what is mixed in), free and offline. It has no randomness: any seed gives the
    same sound."""

    name = "offline:espeak"

    def check_voice(self, name: str) -> None:
        """
        Raises:
            InputError: there is no such voice.
        """
        voices.check(name)

    async def generate(self, request: SpeechRequest, references: References) -> Generated:
        """Speak the line; see `manju.providers.speech.base` for what comes back.

        Raises:
            InputError: the voice that was asked for by name does not exist, or the line is too long.
            ModelError: espeak-ng failed, or did not answer in time.
        """
        return await asyncio.to_thread(speak, request)


def speak(request: SpeechRequest) -> Generated:
    """As `EspeakVoice.generate`, blocking."""
    timbre = choose(request.voice, request.speaker, request.emotion)
    if len(request.text) > LONGEST_TEXT:
        raise _too_long(f"has {len(request.text)} characters; the offline voice says {LONGEST_TEXT} at most")
    runs = read(request.text, request.language)
    if not runs:
        sound = np.zeros(SAMPLE_RATE * _SILENCE_MS // 1000, np.int16)
        words = [{"text": request.text, "start_ms": 0, "end_ms": _SILENCE_MS}]
    else:
        spoken = _produced(runs, _synthesise(runs, timbre, request), timbre)
        sound, words = _join(request, runs, spoken, timbre.rate * request.speed)
        _level(sound, 10 ** (timbre.loudness_db / 20))
    facts = {"duration_ms": len(sound) * 1000 // SAMPLE_RATE, "words": words, "timing": "measured"}
    return Generated((Artefact("main", _wav(sound), ".wav"),), facts)


def _synthesise(
    runs: Sequence[Run], timbre: Timbre, request: SpeechRequest
) -> list[tuple[Samples, list[tuple[int, int]]]]:
    job = {
        "library": espeakng_loader.get_library_path(),
        "data": espeakng_loader.get_data_path(),
        "most": LONGEST_S * SAMPLE_RATE,
        "runs": [
            {
                "voice": f"{_language(run.tongue, timbre)}+{timbre.variant}",
                "text": run.spoken,
                # What is played faster to shorten the vocal tract is spoken slower and lower before.
                "rate": parameter(run.tongue, request.language, timbre.rate * request.speed / timbre.tract),
                "pitch": _pitch(run.tongue, timbre),
                "range": max(0, min(99, round(_RANGE["zh" if run.tongue == "zh" else "en"] * timbre.melody))),
            }
            for run in runs
        ],
    }
    argv = [sys.executable, "-I", "-S", espeak.__file__]
    letters = sum(len(run.spoken) for run in runs)
    try:
        done = subprocess.run(
            argv,
            input=json.dumps(job).encode(),
            capture_output=True,
            check=False,
            timeout=PATIENCE_S + letters * PATIENCE_A_SIGN_S,
            # Ctrl-C is ours to handle; it must not look like a failure of the voice.
            start_new_session=os.name == "posix",
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
            | getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError as error:
        raise ModelError(f"espeak-ng could not start: {error}", hint="Run 'manju doctor'.") from error
    except subprocess.TimeoutExpired as error:
        raise ModelError("espeak-ng did not answer in time", hint="Try again.", retryable=True) from error
    if done.returncode == espeak.TOO_LONG:
        raise _too_long(f"takes more than {LONGEST_S // 60} minutes to say, the most for the offline voice")
    if done.returncode:
        why = done.stderr.decode("utf-8", "replace").strip()[-1000:]
        raise ModelError(f"espeak-ng failed with exit code {done.returncode}: {why}", hint="Run 'manju doctor'.")
    return _parse(done.stdout)


def _too_long(why: str) -> InputError:
    return InputError(f"a line {why}", hint="Split it into several lines.")


def _language(tongue: Tongue, timbre: Timbre) -> str:
    return timbre.accents[tongue] if tongue in ("zh", "en") else tongue


def _pitch(tongue: Tongue, timbre: Timbre) -> int:
    """espeak-ng's parameter for the pitch that is wished for."""
    index = 0 if tongue == "zh" else 1
    factor = timbre.hertz[index] / timbre.tract / HERTZ[timbre.variant][index]
    return min(99, round(float(np.interp(factor, _PITCHES, range(0, 101, 10)))))


def _parse(answer: bytes) -> list[tuple[Samples, list[tuple[int, int]]]]:
    """Samples of each run, and its events as espeak-ng gave them."""
    size = int.from_bytes(answer[:4], "big")
    head: dict[str, Any] = json.loads(answer[4 : 4 + size])
    if head["rate"] != SAMPLE_RATE:
        raise ModelError(f"espeak-ng answers at {head['rate']} Hz instead of {SAMPLE_RATE}")
    samples = np.frombuffer(answer, np.int16, offset=4 + size)
    out, at = [], 0
    for run in head["runs"]:
        out.append((samples[at : at + run["samples"]], run["events"]))
        at += run["samples"]
    return out


def _produced(
    runs: Sequence[Run], raw: Sequence[tuple[Samples, list[tuple[int, int]]]], timbre: Timbre
) -> list[Spoken]:
    """The runs as a studio would hand them over: equally loud in every language, with a melody, a tone and a room."""
    cut = [_trimmed(*one) for one in raw]
    gains = {}
    for tongue in dict.fromkeys(run.tongue for run in runs):
        level = studio.level(sound for run, (sound, _) in zip(runs, cut, strict=True) if run.tongue == tongue)
        gains[tongue] = np.float32(min(_MOST_RAISED, studio.LEVEL / level) if level else 1.0)
    out = []
    opens = True
    for run, (sound, events) in zip(runs, cut, strict=True):
        mark = run.spoken[-1] if run.spoken[-1] in ".!?" else "," if run.pause_ms else ""
        melody = np.array(_MELODY[mark]) * (_OPENING if opens else 1.0)
        opens = mark in (".", "!", "?")
        if timbre.robot:
            melody = np.ones(2)
        sound, heard = studio.warp(sound * gains[run.tongue], timbre.tract, melody, timbre.drift, timbre.tremor)
        sound = studio.softened(sound)
        if timbre.robot:
            sound = studio.robotic(sound, timbre.hertz[0])
        places = np.interp([sample for _, sample in events], np.arange(len(heard)) * studio.STEP, heard)
        starts = tuple((at, min(len(sound), int(place))) for (at, _), place in zip(events, places, strict=True))
        out.append(Spoken(len(sound), studio.polished(sound) if len(sound) else sound, starts))
    return out


def _trimmed(samples: Samples, events: list[tuple[int, int]]) -> tuple[Sound, list[tuple[int, int]]]:
    """A run without the silence around it."""
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) >= studio.FLOOR)
    if not loud.size:
        return np.zeros(0, np.float32), []
    start, end = max(0, int(loud[0]) - _MARGIN), min(len(samples), int(loud[-1]) + 1 + _MARGIN)
    return samples[start:end].astype(np.float32), [
        (at, min(max(0, sample - start), end - start)) for at, sample in events
    ]


def _join(
    request: SpeechRequest, runs: Sequence[Run], spoken: Sequence[Spoken], factor: float
) -> tuple[Samples, list[dict[str, Any]]]:
    """One sound from the runs and the pauses between them, and the words of the written text with their times."""
    gaps = [_samples(max(_JOINT_MS, round(run.pause_ms / factor))) for run in runs[:-1]] + [_samples(_TAIL_MS)]
    at = _samples(_LEAD_MS)
    total = at + sum(one.length for one in spoken) + sum(gaps)
    line = np.zeros(total, np.int16)
    times: list[tuple[int, int, int]] = []  # written sign, first sample, end of its run
    for run, one, gap in zip(runs, spoken, gaps, strict=True):
        end = at + one.length
        for sign, sample in _starts(run, one):
            if not times or run.source[sign] > times[-1][0]:
                times.append((run.source[sign], at + sample, end))
        place = line[at : at + len(one.sound)]  # a run's room may still ring when the next one begins
        place[:] = np.clip(np.rint(place + one.sound[: len(place)]), -_PEAK, _PEAK)
        at = end + gap
    return line, _words(request.text, times, total)


def _starts(run: Run, sound: Spoken) -> list[tuple[int, int]]:
    """Where words start, moved to the signs at which one may (espeak-ng's positions drift inside figures)."""
    found: dict[int, int] = {}
    for position, sample in sound.events:
        sign = max((start for start in run.starts if start <= position), default=0)
        found.setdefault(sign, sample)
    found.setdefault(0, 0)
    return sorted(found.items())


def _words(text: str, times: Sequence[tuple[int, int, int]], total: int) -> list[dict[str, Any]]:
    words = []
    last = 0
    for index, (sign, first, run_end) in enumerate(times):
        after = times[index + 1] if index + 1 < len(times) else (len(text), total, run_end)
        start = max(last, round(first * 1000 / SAMPLE_RATE))
        end = max(start, round(min(after[1], run_end) * 1000 / SAMPLE_RATE))
        words.append({"text": text[sign if index else 0 : after[0]], "start_ms": start, "end_ms": end})
        last = end
    return words


def _samples(ms: int) -> int:
    return SAMPLE_RATE * ms // 1000


def _level(line: Samples, loudness: float) -> None:
    """Bring the line to the common level times ``loudness``, in place; measured where there is sound."""
    blocks = [line[at : at + BLOCK] for at in range(0, len(line), BLOCK)]
    level = studio.level(block.astype(np.float32) for block in blocks)
    if not level:
        return
    peak = max(int(np.abs(block.astype(np.int32)).max()) for block in blocks)
    gain = np.float32(min(studio.LEVEL * loudness / level, _PEAK / peak))
    for block in blocks:
        block[:] = np.rint(block * gain)


def _wav(samples: Samples) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(samples.astype("<i2").tobytes())
    return out.getvalue()
