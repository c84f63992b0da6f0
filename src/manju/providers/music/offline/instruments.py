"""Instruments: one note as stereo samples. Additive synthesis of decaying partials, filtered noise for strokes.

A decaying partial is a complex power series, so it is the outer product of a coarse and a fine one: two multiplications
a sample and no sine. Timbres keep to the low mids and the air above: a voice needs 1 to 4 kHz for itself.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from manju.media.sound import SAMPLE_RATE, Samples

LONGEST = 12 * SAMPLE_RATE
"""Samples of the longest note, its release included."""
_FINE = 512

Mono = npt.NDArray[np.float32]
Partial = tuple[float, float, float]
"""(multiple of the fundamental, amplitude, seconds to fall to 1/e)."""


def note(instrument: str, pitch: int, length: int) -> Samples:
    """A note of ``length`` samples plus its release, as an array (2, samples), at most about full scale."""
    frequency = 440.0 * 2.0 ** ((pitch - 69) / 12)
    sound = INSTRUMENTS[instrument](frequency, length)[:, :LONGEST]
    edge = min(480, sound.shape[1])
    sound[:, sound.shape[1] - edge :] *= np.linspace(1, 0, edge, dtype=np.float32)
    return sound


@lru_cache(maxsize=64)
def loudness(instrument: str) -> float:
    """Decibels of half a second of an instrument in the middle of its range."""
    sound = note(instrument, 69, SAMPLE_RATE // 2)[:, : SAMPLE_RATE // 2]
    return float(10 * np.log10(np.mean(np.square(sound, dtype=np.float64)) + 1e-9))


def _partials(frequency: float, samples: int, partials: Sequence[Partial], *, phase: float = 0.0) -> Mono:
    rows = -(-samples // _FINE)
    out = np.zeros((rows, _FINE), np.float32)
    for index, (multiple, amplitude, fall) in enumerate(partials):
        hertz = frequency * multiple
        if hertz > 14_000:
            continue
        power = 2j * np.pi * hertz / SAMPLE_RATE - 1 / (fall * SAMPLE_RATE)
        coarse = np.exp(power * _FINE * np.arange(rows) + 1j * (phase + index * phase)) * amplitude
        fine = np.exp(power * np.arange(_FINE))
        out += np.outer(coarse.astype(np.complex64), fine.astype(np.complex64)).imag
    return out.ravel()[:samples]


def _swell(sound: Mono, attack_s: float, release: int) -> Mono:
    """Smooth rise, and a fall over the last ``release`` samples."""
    attack = min(len(sound), max(1, int(attack_s * SAMPLE_RATE)))
    sound[:attack] *= 0.5 - 0.5 * np.cos(np.linspace(0, np.pi, attack, dtype=np.float32))
    release = min(len(sound), release)
    sound[len(sound) - release :] *= 0.5 + 0.5 * np.cos(np.linspace(0, np.pi, release, dtype=np.float32))
    return sound


def _struck(partials: Sequence[Partial], seconds: float, attack_s: float = 0.004, width: float = 0.3) -> Instrument:
    """A plucked or struck instrument: rings ``seconds`` at middle C, longer below, shorter above."""

    def play(frequency: float, length: int) -> Samples:
        stretch = float(np.clip((261.6 / frequency) ** 0.4, 0.5, 1.8))
        samples = int(min(max(length + 0.35 * SAMPLE_RATE, 0.5 * SAMPLE_RATE), seconds * stretch * SAMPLE_RATE))
        own = [(multiple, amplitude, fall * stretch) for multiple, amplitude, fall in partials]
        sides = [_partials(frequency * (1 + detune), samples, own) for detune in (-0.0006 * width, 0.0006 * width)]
        return np.stack([_swell(side, attack_s, int(0.3 * SAMPLE_RATE)) for side in sides])

    return play


def _sustained(partials: Sequence[tuple[float, float]], attack_s: float, release_s: float, detune: float) -> Instrument:
    """A pad or section: three detuned voices a side, different ones left and right, swelling and overlapping."""

    def play(frequency: float, length: int) -> Samples:
        release = int(release_s * SAMPLE_RATE)
        samples = min(length + release, LONGEST)
        own = [(multiple, amplitude, 60.0) for multiple, amplitude in partials]
        sides = []
        for spread in ((-1.0, 0.3, 0.9), (-0.8, -0.2, 1.0)):
            voices = [_partials(frequency * (1 + detune * by), samples, own, phase=2.4 + by) for by in spread]
            sides.append(_swell((voices[0] + voices[1] + voices[2]) * np.float32(0.4), attack_s, release))
        return np.stack(sides)

    return play


def _low(partials: Sequence[Partial], release_s: float = 0.08) -> Instrument:
    """A bass: in the middle, held for its length."""

    def play(frequency: float, length: int) -> Samples:
        samples = min(length, LONGEST)
        sound = _partials(frequency, samples, partials)
        return np.stack([_swell(sound, 0.012, int(release_s * SAMPLE_RATE))] * 2)

    return play


def _flute(frequency: float, length: int) -> Samples:
    """A bamboo flute: few harmonics, vibrato that comes late, a little breath."""
    samples = min(length + int(0.15 * SAMPLE_RATE), LONGEST)
    t = np.arange(samples) / SAMPLE_RATE
    depth = 0.004 * np.clip((t - 0.25) / 0.5, 0, 1)
    glide = -0.02 * np.exp(-t / 0.05)
    turns = 2 * np.pi * np.cumsum(frequency * (1 + glide + depth * np.sin(2 * np.pi * 5.2 * t))) / SAMPLE_RATE
    tone = np.sin(turns) + 0.22 * np.sin(2 * turns) + 0.06 * np.sin(3 * turns)
    breath = _noise(samples, 2_000, 6_000, 5) * 0.008
    sound = _swell((tone * 0.6 + breath).astype(np.float32), 0.07, int(0.2 * SAMPLE_RATE))
    return np.stack([sound, sound])


def _sung(amplitudes: Sequence[float], vibrato: float, attack_s: float, breath: float) -> Instrument:
    """A melody instrument that is bowed or blown, by the amplitudes of its harmonics: slides into its note, vibrato
    that comes late."""

    def play(frequency: float, length: int) -> Samples:
        samples = min(length + int(0.2 * SAMPLE_RATE), LONGEST)
        t = np.arange(samples, dtype=np.float32) / np.float32(SAMPLE_RATE)
        depth = np.float32(vibrato) * np.clip((t - np.float32(0.2)) / np.float32(0.4), 0, 1)
        bend = depth * np.sin(np.float32(2 * np.pi * 5.6) * t) - np.float32(0.03) * np.exp(t / np.float32(-0.04))
        turns = np.cumsum((1 + bend).astype(np.float64)) * (frequency / SAMPLE_RATE)
        angle = ((turns % 1) * (2 * np.pi)).astype(np.float32)
        # sin kx from the two before it: a multiplication and a subtraction a harmonic.
        twice, before, now = 2 * np.cos(angle), np.zeros(samples, np.float32), np.sin(angle)
        sound = now * np.float32(amplitudes[0])
        for harmonic, amplitude in enumerate(amplitudes[1:], 2):
            if harmonic * frequency > 12_000:
                break
            before, now = now, twice * now - before
            sound += np.float32(amplitude) * now
        if breath:
            sound += _noise(samples, 1_500, 5_000, 6) * np.float32(breath)
        sound = _swell(sound, attack_s, int(0.2 * SAMPLE_RATE))
        return np.stack([sound, sound])

    return play


def _rolled(low: float, high: float, level: float, seed: int) -> Instrument:
    """Noise that rises over the note's length and is gone at its end: what leads into a climax."""

    def play(_: float, length: int) -> Samples:
        samples = min(length, LONGEST)
        shape = np.linspace(0, 1, samples, dtype=np.float32) ** 2.5 * np.float32(level)
        edge = min(samples, 1_200)
        shape[samples - edge :] *= np.linspace(1, 0, edge, dtype=np.float32)
        common = _noise(samples, low, high, seed)
        return np.stack([(0.7 * common + 0.6 * _noise(samples, low, high, seed + side)) * shape for side in (1, 2)])

    return play


def _noise(samples: int, low: float, high: float, seed: int) -> Mono:
    """Band-limited noise of unit power, the same for the same seed."""
    spectrum = np.fft.rfft(np.random.Generator(np.random.PCG64(seed)).standard_normal(samples))
    hertz = np.fft.rfftfreq(samples, 1 / SAMPLE_RATE)
    spectrum *= 1 / (1 + (low / np.maximum(hertz, 1.0)) ** 4) / (1 + (hertz / high) ** 4)
    noise = np.fft.irfft(spectrum, samples)
    return np.asarray(noise / max(1e-9, float(np.sqrt(np.mean(noise**2)))), np.float32)


def _stroke(seconds: float, fall: float, low: float, high: float, level: float, seed: int) -> Instrument:
    """A noise stroke (clap, hat, shaker ...), slightly different left and right."""

    def play(_: float, __: int) -> Samples:
        samples = int(seconds * SAMPLE_RATE)
        shape = np.exp(-np.arange(samples, dtype=np.float32) / np.float32(fall * SAMPLE_RATE)) * np.float32(level)
        shape[:48] *= np.linspace(0, 1, 48, dtype=np.float32)
        common = _noise(samples, low, high, seed)
        return np.stack([(0.8 * common + 0.4 * _noise(samples, low, high, seed + side)) * shape for side in (1, 2)])

    return play


def _drum(start: float, end: float, sweep: float, fall: float, skin: float, seconds: float) -> Instrument:
    """A drum: a sine that falls from ``start`` to ``end`` hertz, and noise from its skin."""

    def play(_: float, __: int) -> Samples:
        t = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
        turns = 2 * np.pi * (end * t + (start - end) * sweep * (1 - np.exp(-t / sweep)))
        body = np.sin(turns) * np.exp(-t / fall)
        body += skin * _noise(len(t), 150, 900, 11) * np.exp(-t / 0.03)
        sound = body.astype(np.float32)
        sound[:96] *= np.linspace(0, 1, 96, dtype=np.float32)
        return np.stack([sound, sound])

    return play


def _string(count: int, pluck_at: float, fall: float, tilt: float) -> list[Partial]:
    """Partials of a string plucked at a part of its length: the higher, the shorter; slightly sharp by stiffness."""
    amplitudes = [abs(np.sin(np.pi * k * pluck_at)) / k**tilt for k in range(1, count + 1)]
    scale = 0.7 / sum(amplitudes)
    return [
        (k * (1 + 0.0002 * k * k) ** 0.5, amplitude * scale, fall / k**0.7) for k, amplitude in enumerate(amplitudes, 1)
    ]


Instrument = Callable[[float, int], Samples]
INSTRUMENTS: dict[str, Instrument] = {
    "pad": _sustained(
        ((1, 0.3), (2, 0.18), (3, 0.11), (4, 0.07), (5, 0.05), (6, 0.035), (8, 0.025), (10, 0.015)), 0.5, 0.9, 0.003
    ),
    "warm_pad": _sustained(((1, 0.4), (2, 0.15), (3, 0.07), (4, 0.03), (6, 0.015)), 0.7, 1.2, 0.002),
    "dark_pad": _sustained(
        ((0.5, 0.4), (1, 0.3), (1.5, 0.08), (2, 0.1), (3, 0.07), (5, 0.04), (7, 0.025)), 0.9, 1.2, 0.005
    ),
    "strings": _sustained(
        ((1, 0.3), (2, 0.2), (3, 0.14), (4, 0.08), (5, 0.05), (6, 0.03), (8, 0.02)), 0.25, 0.6, 0.004
    ),
    "horn": _sustained(((1, 0.35), (2, 0.3), (3, 0.14), (4, 0.06), (5, 0.02)), 0.12, 0.35, 0.0012),
    "low_strings": _struck([(k, 0.4 / k**0.8, 0.35 / k**0.3) for k in range(1, 15)], 0.9, 0.015, 4.0),
    "piano": _struck(_string(10, 0.12, 1.6, 1.25), 4.5, 0.003),
    "electric_piano": _struck(
        [(1, 0.45, 1.3), (2, 0.2, 0.8), (3, 0.12, 0.5), (4, 0.07, 0.35), (5, 0.04, 0.2), (14, 0.02, 0.06)],
        3.0,
        0.004,
        2.0,
    ),
    "guitar": _struck(_string(12, 0.22, 0.9, 1.2), 2.5, 0.002),
    "guzheng": _struck(_string(16, 0.09, 1.3, 0.85), 3.5, 0.0015, 0.5),
    "pluck": _struck([(k, 0.5 / k**0.9, 0.24 / k**0.6) for k in range(1, 13)], 0.9, 0.002, 3.0),
    "marimba": _struck([(1, 0.6, 0.32), (3.93, 0.2, 0.12), (9.2, 0.07, 0.04)], 1.1, 0.002),
    "bell": _struck(
        [(1, 0.5, 1.1), (2.0, 0.15, 0.8), (2.76, 0.12, 0.5), (5.4, 0.07, 0.25), (8.9, 0.03, 0.1)], 3.0, 0.003, 2.0
    ),
    "flute": _flute,
    "erhu": _sung((0.3, 0.2, 0.13, 0.07, 0.05, 0.03, 0.015), 0.011, 0.09, 0.006),
    "whistle": _sung((0.5, 0.03), 0.007, 0.05, 0.012),
    "saw": _sung([0.45 / k**1.15 for k in range(1, 13)], 0.004, 0.03, 0.0),
    "brass": _sung([0.36 / k**0.85 for k in range(1, 8)], 0.004, 0.06, 0.0),
    "pipa": _struck(_string(18, 0.06, 0.55, 0.8), 1.6, 0.001, 0.5),
    "harp": _struck(_string(9, 0.3, 1.8, 1.5), 4.0, 0.004),
    "music_box": _struck([(2, 0.45, 0.9), (5.9, 0.12, 0.35), (8.2, 0.08, 0.2), (11.3, 0.04, 0.08)], 2.2, 0.001, 1.5),
    "pizzicato": _struck([(k, 0.6 / k**1.2, 0.16 / k**0.5) for k in range(1, 9)], 0.7, 0.003, 1.5),
    "organ": _sustained(((1, 0.35), (2, 0.22), (3, 0.1), (4, 0.1), (6, 0.03), (8, 0.03)), 0.04, 0.1, 0.0012),
    "choir": _sustained(((1, 0.3), (2, 0.26), (3, 0.14), (4, 0.03), (5, 0.02), (6, 0.03)), 0.45, 0.9, 0.005),
    "bass": _low([(1, 0.6, 0.9), (2, 0.3, 0.6), (3, 0.14, 0.35), (4, 0.06, 0.2)]),
    "soft_bass": _low([(1, 0.7, 2.5), (2, 0.08, 1.2)], 0.3),
    "synth_bass": _low([(k, 0.5 / k**0.9, 0.7 / k**0.6) for k in range(1, 9)]),
    "kick": _drum(120, 46, 0.035, 0.14, 0.05, 0.5),
    "taiko": _drum(105, 62, 0.06, 0.32, 0.25, 1.2),
    "heart": _drum(64, 42, 0.05, 0.16, 0.0, 0.6),
    "tom": _drum(150, 84, 0.05, 0.2, 0.15, 0.8),
    "gong": _struck(
        [(1.5, 0.3, 1.4), (2.27, 0.2, 1.1), (3.61, 0.16, 0.8), (5.13, 0.12, 0.6), (7.7, 0.1, 0.4)], 3.5, 0.01
    ),
    "cymbal": _stroke(2.2, 0.5, 4_000, 14_000, 0.14, 71),
    "riser": _rolled(1_200, 9_000, 0.2, 81),
    "snare": _stroke(0.25, 0.05, 400, 8_000, 0.35, 91),
    "clap": _stroke(0.3, 0.06, 800, 7_000, 0.3, 21),
    "rim": _stroke(0.12, 0.018, 1_000, 6_000, 0.4, 31),
    "hat": _stroke(0.12, 0.022, 7_000, 15_000, 0.3, 41),
    "shaker": _stroke(0.14, 0.035, 5_500, 13_000, 0.2, 51),
    "tick": _stroke(0.05, 0.006, 4_000, 10_000, 0.5, 61),
    "block": _struck([(4.2, 0.6, 0.05), (6.6, 0.2, 0.03)], 0.4),
}
