"""What a sound studio does to a voice: its melody over a clause, its vocal tract, its tone, its level, a little room.

espeak-ng's own sound is flat over a sentence, perfectly even, bright and dry. All of this is a function of the samples
and the figures given, so the same line always sounds the same.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import numpy.typing as npt

SAMPLE_RATE = 22_050
"""Hz, of espeak-ng's formant voices."""

Sound = npt.NDArray[np.float32]

STEP = 64
"""Samples for which one value of a slow curve stands while a sound is warped."""
_TAPS = 1024
_HOP = 220
"""Samples a measured level stands for (10 ms)."""
TAIL = 2_640
"""Samples for which the room rings on (0.12 s)."""
_ROOM_FALL_S, _WET = 0.025, 0.12
LEVEL = 3000.0
"""Root mean square that every line is brought to (about -21 dB of full scale): voices differ by 6 dB by nature."""
FLOOR = 64
"""Samples below this (-54 dB of full scale) are silence."""
_LOUDEST = 0.7
"""Of `LEVEL`: where compression begins; speech is a few dB above its mean level when it is loud."""
_RATIO = 2.2
_HISS, _HISS_RATIO = 0.16, 3.0
"""Of `LEVEL`: where what is above `_SIBILANT_HZ` is held back."""
_SIBILANT_HZ = 4_500
_EDGE = 66
"""Samples over which a run rises and falls (3 ms): espeak-ng begins and ends in the middle of a wave."""


def warp(
    sound: Sound, tract: float, melody: npt.NDArray[np.float64], drift: float, tremor: float
) -> tuple[Sound, npt.NDArray[np.float64]]:
    """The sound played faster and slower, and for points `STEP` samples apart in it when they are heard (samples).

    Args:
        sound: one run.
        tract: factor on formants, pitch and speed (above 1: a smaller speaker).
        melody: factors on the pitch, evenly spaced from the run's beginning to its end.
        drift: phase (radians) of the slow unsteadiness that every voice has.
        tremor: how far the pitch shakes (0.02 is 2 % either way).
    """
    at = np.arange(0, len(sound) + STEP, STEP, dtype=np.float64)
    seconds = at / SAMPLE_RATE
    speed = tract * np.interp(at / max(1, len(sound)), np.linspace(0, 1, len(melody)), melody)
    speed *= 1 + 0.006 * np.sin(2 * np.pi * 1.7 * seconds + drift) + 0.004 * np.sin(2 * np.pi * 4.3 * seconds - drift)
    if tremor:
        speed *= 1 + tremor * np.sin(2 * np.pi * 6.1 * seconds + drift)
    heard = np.concatenate(([0.0], np.cumsum(STEP / (0.5 * (speed[1:] + speed[:-1])))))
    length = int(np.interp(len(sound), at, heard))
    padded = np.concatenate((np.zeros(1, np.float32), sound, np.zeros(3, np.float32)))
    whence = np.interp(np.arange(length), heard, at)
    whole = np.minimum(whence.astype(np.int64), len(sound))
    part = (whence - whole).astype(np.float32)
    before, one, two, after = (padded[whole + shift] for shift in range(4))
    # Catmull-Rom: a straight line between samples would take the air out of the voice.
    bend = two - before + part * (2 * before - 5 * one + 4 * two - after + part * (3 * (one - two) + after - before))
    return one + np.float32(0.5) * part * bend, heard


def softened(sound: Sound) -> Sound:
    """In place: a run that begins and ends without a click."""
    edge = min(_EDGE, len(sound) // 2)
    ramp = np.sin(np.linspace(0, np.pi / 2, edge, dtype=np.float32)) ** 2
    sound[:edge] *= ramp
    sound[len(sound) - edge :] *= ramp[::-1]
    return sound


def robotic(sound: Sound, hertz: float) -> Sound:
    """A voice out of a small loudspeaker in a metal body: a comb at the voice's own pitch, and short echoes."""
    delay = max(1, round(SAMPLE_RATE / hertz))
    out = sound.copy()
    for times, gain in ((1, -0.45), (3, 0.3)):
        shift = times * delay // 2
        out[shift:] += np.float32(gain) * sound[: max(0, len(sound) - shift)]
    return out


def level(sounds: Iterable[Sound]) -> float:
    """Root mean square of where there is sound (above `FLOOR`); 0 if there is none."""
    energy, count = 0.0, 0
    for sound in sounds:
        loud = sound[np.abs(sound) >= FLOOR]
        energy, count = energy + float(np.square(loud).sum(dtype=np.float64)), count + len(loud)
    return float(np.sqrt(energy / count)) if count else 0.0


def polished(sound: Sound) -> Sound:
    """A run at the level of `LEVEL` with a tone that is easy to hear, compressed, its hiss held back, in a small room
    that rings on for `TAIL` samples more."""
    whole, hiss = _filtered(sound)
    body = whole - hiss
    hiss *= _curve(_envelope(hiss), _HISS * LEVEL, _HISS_RATIO, len(hiss))
    body += hiss
    body *= _curve(_envelope(body), _LOUDEST * LEVEL, _RATIO, len(body))
    fade = np.linspace(1, 0, TAIL // 4, dtype=np.float32)
    body[len(body) - len(fade) :] *= fade
    return body


def _envelope(sound: Sound) -> Sound:
    hops = np.concatenate((sound, np.zeros(-len(sound) % _HOP, np.float32))).reshape(-1, _HOP)
    power = np.convolve(np.square(hops).mean(axis=1), np.full(3, 1 / 3), "same")
    return np.asarray(np.sqrt(power), np.float32)


def _curve(envelope: Sound, threshold: float, ratio: float, samples: int) -> Sound:
    """Gain a sample that brings what is above the threshold down by the ratio."""
    over = np.maximum(envelope / np.float32(threshold), 1.0) ** (1 / ratio - 1)
    padded = np.concatenate((over[:1], over, over[-1:]))
    smooth = np.convolve(padded, np.full(3, 1 / 3), "valid")
    return np.interp(np.arange(samples), (np.arange(len(smooth)) + 0.5) * _HOP, smooth).astype(np.float32)


def _fast(length: int) -> int:
    """At least ``length``, one of few, and quick to transform: a power of two, or three quarters of one."""
    power = 1 << (length - 1).bit_length()
    return power * 3 // 4 if power * 3 // 4 >= length else power


def _filtered(sound: Sound) -> tuple[Sound, Sound]:
    """Tone and room, and of that what is above `_SIBILANT_HZ`."""
    length = _fast(len(sound) + _TAPS + TAIL)
    spectrum = np.fft.rfft(sound, length)
    both = [np.fft.irfft(spectrum * response, length) for response in _spectra(length)]
    first, last = _TAPS // 2, _TAPS // 2 + len(sound) + TAIL
    whole, hiss = (np.asarray(one[first:last], np.float32) for one in both)
    return whole, hiss


@lru_cache(maxsize=4)
def _spectra(length: int) -> tuple[npt.NDArray[np.complex64], npt.NDArray[np.complex64]]:
    whole, hiss = (np.asarray(np.fft.rfft(taps, length), np.complex64) for taps in _responses())
    return whole, hiss


@lru_cache(maxsize=1)
def _responses() -> tuple[Sound, Sound]:
    """Impulse responses: tone and room, and the same above `_SIBILANT_HZ`; each `_TAPS` // 2 samples late."""
    hertz = np.maximum(np.fft.rfftfreq(_TAPS, 1 / SAMPLE_RATE), 1.0)
    decibels = 1.5 * np.exp(-((np.log2(hertz / 190) / 0.8) ** 2))  # warmth
    decibels -= 3.5 * np.exp(-((np.log2(hertz / 3_000) / 0.75) ** 2))  # the buzz of formant synthesis
    decibels -= 2.5 / (1 + (6_800 / hertz) ** 6)
    tone = 10 ** (decibels / 20) / (1 + (70 / hertz) ** 4)
    high = tone / (1 + (_SIBILANT_HZ / hertz) ** 8)
    whole, hiss = (
        np.convolve(np.roll(np.fft.irfft(response, _TAPS), _TAPS // 2) * np.hanning(_TAPS), _room())
        for response in (tone, high)
    )
    return whole.astype(np.float32), hiss.astype(np.float32)


def _room() -> npt.NDArray[np.float64]:
    """The sound itself, and a small furnished room."""
    t = np.arange(TAIL) / SAMPLE_RATE
    dark = np.fft.rfft(np.random.Generator(np.random.PCG64(7)).standard_normal(TAIL))
    hertz = np.maximum(np.fft.rfftfreq(TAIL, 1 / SAMPLE_RATE), 1.0)
    dark *= 1 / (1 + (hertz / 2_600) ** 2) / (1 + (200 / hertz) ** 2)
    room = np.fft.irfft(dark, TAIL) * np.exp(-t / _ROOM_FALL_S) * np.clip((t - 0.004) / 0.006, 0, 1)
    room *= _WET / np.sqrt(np.sum(room**2))
    room[0] = 1.0
    return np.asarray(room, np.float64)
