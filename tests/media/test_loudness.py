from __future__ import annotations

import re
import subprocess
from pathlib import Path

import imageio_ffmpeg
import numpy as np
import pytest

from manju.media.loudness import SILENCE, Meter, integrated, measure
from manju.media.sound import SAMPLE_RATE, Samples, encode, stream

SECONDS = 4
T = np.arange(SECONDS * SAMPLE_RATE + 333) / SAMPLE_RATE
RANDOM = np.random.Generator(np.random.PCG64(7))
SOUNDS = {
    "997 Hz": 0.5 * np.sin(2 * np.pi * 997 * T),
    "60 Hz": 0.6 * np.sin(2 * np.pi * 60 * T),
    "quarter of the rate between samples": 0.7 * np.sin(2 * np.pi * 12_000 * T + np.pi / 4),
    "noise": 0.05 * RANDOM.standard_normal(len(T)),
    "bursts, gated": 0.1 * RANDOM.standard_normal(len(T)) * (T % 2 < 0.7),
    "quiet tail, gated": 0.3 * np.sin(2 * np.pi * 400 * T) * np.where(T < 2, 1, 0.003),
}


def ebur128(path: Path) -> tuple[float, float]:
    """Integrated loudness and true peak as ffmpeg measures them."""
    argv = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostats", "-nostdin", "-i", str(path)]
    done = subprocess.run([*argv, "-af", "ebur128=peak=true", "-f", "null", "-"], capture_output=True, check=True)
    text = done.stderr.decode()
    return float(re.findall(r"I:\s+(\S+) LUFS", text)[-1]), float(re.findall(r"Peak:\s+(\S+) dBFS", text)[-1])


@pytest.mark.parametrize(("name", "channels"), [*((name, 2) for name in SOUNDS), ("noise", 1), ("997 Hz", 1)])
def test_agrees_with_ffmpeg(tmp_path: Path, name: str, channels: int) -> None:
    sound = np.stack([SOUNDS[name], 0.4 * SOUNDS[name]][:channels]).astype(np.float32)
    path = tmp_path / "x.wav"
    path.write_bytes(encode([sound], "wav"))
    lufs, peak = ebur128(path)
    ours = measure(stream(path))
    assert ours.lufs == pytest.approx(lufs, abs=0.1)
    assert ours.true_peak_db == pytest.approx(peak, abs=0.2)


def test_reference_tone_of_the_recommendation() -> None:
    # BS.1770: a full-scale 997 Hz sine in one front channel reads -3.01 LKFS.
    sound = np.sin(2 * np.pi * 997 * T).astype(np.float32)
    assert measure([sound[None]]).lufs == pytest.approx(-3.01, abs=0.03)
    assert measure([np.stack([sound, sound])]).lufs == pytest.approx(0.0, abs=0.03)


def test_true_peak_sees_between_the_samples() -> None:
    sound = SOUNDS["quarter of the rate between samples"].astype(np.float32)[None] * np.minimum(
        1, np.minimum(T, T[::-1]) * 10
    ).astype(np.float32)
    assert 20 * np.log10(np.abs(sound).max()) == pytest.approx(-6.1, abs=0.05)
    assert measure([sound]).true_peak_db == pytest.approx(20 * np.log10(0.7), abs=0.1)


def test_silence_and_nothing() -> None:
    assert measure([]).lufs == SILENCE
    silent = measure([np.zeros((2, 50_000), np.float32)])
    assert (silent.lufs, silent.true_peak_db) == (SILENCE, SILENCE)
    assert measure([np.full((2, 50_000), 1e-6, np.float32)]).lufs == SILENCE


def test_how_the_sound_is_cut_does_not_matter() -> None:
    sound = np.stack([SOUNDS["noise"], SOUNDS["997 Hz"]]).astype(np.float32)
    whole, parts = Meter(), Meter()
    whole.add(sound)
    for at in range(0, sound.shape[1], 7_001):
        parts.add(sound[:, at : at + 7_001])
    one, other = whole.finish(), parts.finish()
    assert one.samples == other.samples == sound.shape[1]
    assert len(one.energy) == len(one.peak) == -(-sound.shape[1] // 48)
    assert np.array_equal(one.energy, other.energy)
    assert np.array_equal(one.peak, other.peak)


def test_a_peak_on_the_last_sample_counts() -> None:
    for samples in (14_400, 14_399, 48_000, 100):
        sound: Samples = np.zeros((1, samples), np.float32)
        sound[0, -1] = 0.5
        assert measure([sound]).true_peak_db == pytest.approx(-6.02, abs=0.1)


def test_a_short_sound_counts_as_one_block() -> None:
    energy = np.full(100, 1.0, np.float32)
    assert integrated(energy) == pytest.approx(-0.691 + 10 * np.log10(100 / (0.4 * SAMPLE_RATE)), abs=0.01)
