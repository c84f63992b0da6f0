"""A line that a vendor spoke: one form, cut out of its silence."""

from __future__ import annotations

import io
import wave

import numpy as np
import pytest

from manju.errors import MediaError
from manju.media.probe import accept
from manju.media.voice_file import silence, spoken_line


def tone(ms: int, rate: int, level: float = 0.5) -> np.ndarray:
    return np.rint(level * 32767 * np.sin(np.arange(rate * ms // 1000) * 2 * np.pi * 220 / rate)).astype("<i2")


def raw(*parts: tuple[int, float], rate: int = 24_000) -> bytes:
    return b"".join(tone(ms, rate, level).tobytes() for ms, level in parts)


def test_a_line_is_cut_out_of_its_silence() -> None:
    line = spoken_line(raw((800, 0), (400, 0.5), (300, 0.001), (500, 0.4), (1200, 0)), raw_rate=24_000)
    with wave.open(io.BytesIO(line.wav)) as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        sound = np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(int)
        rate = file.getframerate()
        assert abs(len(sound) * 1000 / rate - line.duration_ms) < 1
    loud = np.flatnonzero(np.abs(sound) > 200)
    assert loud[0] <= 0.25 * rate and len(sound) - loud[-1] <= 0.25 * rate
    assert (line.cut_ms, line.start_ms) == (740, 60)
    assert line.end_ms == pytest.approx(line.start_ms + 1200, abs=20)
    assert len(line.pauses) == 1 and line.pauses[0] == pytest.approx((460, 760), abs=20)


def test_quiet_voices_are_heard_and_nothing_is_not() -> None:
    assert spoken_line(raw((300, 0.01)), raw_rate=16_000).duration_ms > 250
    for silent in (raw((500, 0)), b"", b"\x01"):
        with pytest.raises(MediaError):
            spoken_line(silent, raw_rate=24_000)
    with pytest.raises(MediaError):
        spoken_line(b"<html>busy</html>")


def test_silence_is_a_sound_of_that_length() -> None:
    assert accept(silence(400), ".wav", "speech")["duration_ms"] == 400
