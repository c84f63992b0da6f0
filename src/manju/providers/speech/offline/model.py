"""``offline:espeak``: a spoken line with measured word times, from espeak-ng in a process of its own."""

from __future__ import annotations

import asyncio
import io
import json
import math
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
from manju.providers.speech.offline import espeak, voices
from manju.providers.speech.offline.pace import parameter
from manju.providers.speech.offline.reading import Run, Tongue, read
from manju.providers.speech.offline.voices import Timbre, choose

SAMPLE_RATE = 22_050
"""Hz, of espeak-ng's formant voices."""

LONGEST_TEXT, LONGEST_S = 20_000, 1800
"""Signs and seconds of one line: more is refused, for a line is held in memory as a whole (80 MB at the most)."""
PATIENCE_S, PATIENCE_A_SIGN_S = 60.0, 0.02
"""How long espeak-ng may take: in all, and more for each sign (on a busy machine it says 20 a millisecond)."""
BLOCK = 1 << 20
"""Samples that are measured at once."""

_LEAD_MS, _TAIL_MS, _JOINT_MS, _SILENCE_MS = 50, 120, 25, 400
_FLOOR = 64
"""Samples below this (-54 dB of full scale) are silence at a run's edge."""

_LOUDNESS = 3000.0
"""Root mean square that every line is brought to (about -21 dB of full scale): voices differ by 6 dB by nature."""

_PEAK = 29_000.0

Samples = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class Spoken:
    """One run as it sounds, trimmed: the samples, and (sign of the run's text, first sample) of each word."""

    samples: Samples
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
        sound, words = _join(request, runs, _synthesise(runs, timbre, request), timbre.rate * request.speed)
    facts = {"duration_ms": len(sound) * 1000 // SAMPLE_RATE, "words": words, "timing": "measured"}
    return Generated((Artefact("main", _wav(sound), ".wav"),), facts)


def _synthesise(runs: Sequence[Run], timbre: Timbre, request: SpeechRequest) -> list[Spoken]:
    pitch = max(0, min(99, round(50 + 50 * math.log2(timbre.pitch))))  # 0 halves the voice's pitch, 100 doubles it
    job = {
        "library": espeakng_loader.get_library_path(),
        "data": espeakng_loader.get_data_path(),
        "most": LONGEST_S * SAMPLE_RATE,
        "runs": [
            {
                "voice": f"{_language(run.tongue, timbre)}+{timbre.variant}",
                "text": run.spoken,
                "rate": parameter(run.tongue, request.language, timbre.rate * request.speed),
                "pitch": pitch,
                "range": max(0, min(99, round(50 * timbre.melody))),
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


def _parse(answer: bytes) -> list[Spoken]:
    size = int.from_bytes(answer[:4], "big")
    head: dict[str, Any] = json.loads(answer[4 : 4 + size])
    if head["rate"] != SAMPLE_RATE:
        raise ModelError(f"espeak-ng answers at {head['rate']} Hz instead of {SAMPLE_RATE}")
    samples = np.frombuffer(answer, np.int16, offset=4 + size)
    out, at = [], 0
    for run in head["runs"]:
        out.append(_trimmed(samples[at : at + run["samples"]], run["events"]))
        at += run["samples"]
    return out


def _trimmed(samples: Samples, events: list[tuple[int, int]]) -> Spoken:
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) >= _FLOOR)
    if not loud.size:
        return Spoken(samples[:0], ())
    start, end = int(loud[0]), int(loud[-1]) + 1
    return Spoken(samples[start:end], tuple((at, min(max(0, sample - start), end - start)) for at, sample in events))


def _join(
    request: SpeechRequest, runs: Sequence[Run], spoken: Sequence[Spoken], factor: float
) -> tuple[Samples, list[dict[str, Any]]]:
    """One sound from the runs and the pauses between them, and the words of the written text with their times."""
    parts = [_silence(_LEAD_MS)]
    at = len(parts[0])
    times: list[tuple[int, int, int]] = []  # written sign, first sample, end of its run
    for index, (run, sound) in enumerate(zip(runs, spoken, strict=True)):
        end = at + len(sound.samples)
        for sign, sample in _starts(run, sound):
            if not times or run.source[sign] > times[-1][0]:
                times.append((run.source[sign], at + sample, end))
        last = index == len(runs) - 1
        gap = _silence(_TAIL_MS if last else max(_JOINT_MS, round(run.pause_ms / factor)))
        parts += (sound.samples, gap)
        at = end + len(gap)
    return _level(np.concatenate(parts)), _words(request.text, times, at)


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


def _silence(ms: int) -> Samples:
    return np.zeros(SAMPLE_RATE * ms // 1000, np.int16)


def _level(samples: Samples) -> Samples:
    """The line at the common loudness, measured where there is sound."""
    energy = count = peak = 0
    for at in range(0, len(samples), BLOCK):
        wide = np.abs(samples[at : at + BLOCK].astype(np.int64))
        loud = wide[wide >= _FLOOR]
        energy, count = energy + int((loud * loud).sum()), count + loud.size
        peak = max(peak, int(loud.max(initial=0)))
    if not count:
        return samples
    gain = np.float32(min(_LOUDNESS / math.sqrt(energy / count), _PEAK / peak))
    level = np.empty_like(samples)
    for at in range(0, len(samples), BLOCK):
        level[at : at + BLOCK] = np.rint(samples[at : at + BLOCK] * gain)
    return level


def _wav(samples: Samples) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(samples.astype("<i2").tobytes())
    return out.getvalue()
