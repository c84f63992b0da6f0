from __future__ import annotations

import re
import subprocess
import tracemalloc
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO

import av
import imageio_ffmpeg
import numpy as np
import pytest

from manju.domain.timeline import MissingPicture, MusicClip, Timeline, TimelineShot, VoiceClip
from manju.errors import MediaError
from manju.media import atomic
from manju.media import mix as mixing
from manju.media.mix import MixReport, length, mix, mix_key
from manju.media.sound import SAMPLE_RATE, Samples, encode, read

RANDOM = np.random.Generator(np.random.PCG64(3))


def ebur128(path: Path) -> tuple[float, float]:
    """Integrated loudness and true peak of the decoded file, as ffmpeg measures them."""
    argv = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostats", "-nostdin", "-i", str(path)]
    done = subprocess.run([*argv, "-af", "ebur128=peak=true", "-f", "null", "-"], capture_output=True, check=True)
    text = done.stderr.decode()
    return float(re.findall(r"I:\s+(\S+) LUFS", text)[-1]), float(re.findall(r"Peak:\s+(\S+) dBFS", text)[-1])


def speech(seconds: float, level: float = 0.1, hertz: float = 150.0) -> Samples:
    """Syllables: a harmonic tone with a crest like a voice's."""
    t = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    voice = sum(np.cos(2 * np.pi * hertz * k * t + k * k) / k for k in range(1, 20))
    return np.asarray(level * voice * np.abs(np.sin(2 * np.pi * 2.1 * t)), np.float32)[None]


def band(seconds: float, level: float = 0.1, hertz: float = 440.0) -> Samples:
    t = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    left, right = np.sin(2 * np.pi * hertz * t), np.sin(2 * np.pi * hertz * 1.5 * t)
    return np.asarray(level * np.stack([left, right]), np.float32)


def save(folder: Path, name: str, sound: Samples) -> str:
    kind = "wav" if name.endswith("wav") else "flac"
    (folder / name).write_bytes(encode([sound], kind))  # type: ignore[arg-type]
    return name


def voice(path: str, start_ms: int, duration_ms: int, speaker: str = "甲", gain_db: float = 0) -> VoiceClip:
    return VoiceClip(path=path, shot="s1", speaker=speaker, start_ms=start_ms, duration_ms=duration_ms, gain_db=gain_db)


def film(
    frames: int, voices: Sequence[VoiceClip] = (), music: MusicClip | None = None, rate: Fraction = Fraction(30)
) -> Timeline:
    shots = (TimelineShot(uid="s1", frames=frames, picture=MissingPicture()),)
    return Timeline(width=64, height=64, rate=rate, shots=shots, voice=tuple(voices), music=music)


def decoded(path: Path) -> Samples:
    return read(path)


def power_db(sound: Samples, start: float, end: float) -> float:
    part = sound[:, int(start * SAMPLE_RATE) : int(end * SAMPLE_RATE)]
    return float(10 * np.log10(np.mean(part.astype(np.float64) ** 2) + 1e-20))


def tone_db(sound: Samples, hertz: float, start: float, end: float) -> float:
    """Level of one tone, whatever else sounds."""
    part = sound[0, int(start * SAMPLE_RATE) : int(end * SAMPLE_RATE)].astype(np.float64)
    wave = np.exp(-2j * np.pi * hertz * np.arange(len(part)) / SAMPLE_RATE) * np.hanning(len(part)) * 4
    return float(20 * np.log10(abs(np.mean(part * wave)) + 1e-12))


@pytest.mark.parametrize("kind", ["voice and music", "music only", "voice only", "drums", "noise", "square"])
def test_loudness_and_true_peak_after_aac(tmp_path: Path, kind: str) -> None:
    voices: list[VoiceClip] = []
    music = None
    t = np.arange(12 * SAMPLE_RATE) / SAMPLE_RATE
    if "voice" in kind:
        save(tmp_path, "v.wav", speech(4, 0.08))
        voices = [voice("v.wav", 500, 4000), voice("v.wav", 6000, 4000)]
    else:
        sounds = {
            "music only": band(12),
            "drums": 0.2 * RANDOM.standard_normal((2, len(t))) * np.exp(-(t % 0.4) / 0.15),
            "noise": 0.1 * RANDOM.standard_normal((2, len(t))),
            "square": np.stack([0.2 * np.sign(np.sin(2 * np.pi * 330.3 * t))] * 2),
        }
        save(tmp_path, "m.flac", sounds[kind].astype(np.float32))
        music = MusicClip(path="m.flac")
    if kind == "voice and music":
        save(tmp_path, "m.flac", band(5))
        music = MusicClip(path="m.flac")
    report = mix(film(360, voices, music), tmp_path, tmp_path / "mix.m4a")
    lufs, peak = ebur128(tmp_path / "mix.m4a")
    assert lufs == pytest.approx(-14.0, abs=0.2)
    assert peak <= -1.0
    assert report.lufs == pytest.approx(lufs, abs=0.15)
    assert report.true_peak_db == pytest.approx(peak, abs=0.3)


@pytest.mark.parametrize(("frames", "rate"), [(100, Fraction(30)), (101, Fraction(24000, 1001)), (1, Fraction(120))])
def test_length_is_exact(tmp_path: Path, frames: int, rate: Fraction) -> None:
    save(tmp_path, "m.flac", band(0.6))
    timeline = film(frames, music=MusicClip(path="m.flac"), rate=rate)
    report = mix(timeline, tmp_path, tmp_path / "mix.m4a")
    assert report.samples == length(timeline) == -(-frames * SAMPLE_RATE * rate.denominator // rate.numerator)
    with av.open(str(tmp_path / "mix.m4a")) as container:
        assert container.streams.audio[0].duration == report.samples


def test_a_voice_stands_where_the_timeline_says(tmp_path: Path) -> None:
    click = np.zeros((1, SAMPLE_RATE), np.float32)
    click[0, :300] = 0.5 * np.hanning(300)
    save(tmp_path, "v.wav", click)
    mix(film(150, [voice("v.wav", 1234, 1000)]), tmp_path, tmp_path / "mix.m4a")
    sound = decoded(tmp_path / "mix.m4a")
    assert abs(int(sound[0].argmax()) - (1234 * 48 + 150)) <= 2
    assert np.abs(sound[0] - sound[1]).max() < 1e-3  # mono stands in the middle
    assert np.abs(sound[:, : 1200 * 48]).max() < 1e-3


def test_speakers_are_levelled_and_gains_are_kept(tmp_path: Path) -> None:
    save(tmp_path, "loud.wav", speech(3, 0.25))
    save(tmp_path, "quiet.wav", speech(3, 0.02, 130))
    save(tmp_path, "same.wav", speech(3, 0.125))
    clips = [
        voice("loud.wav", 0, 3000, "甲"),
        voice("quiet.wav", 3000, 3000, "乙"),
        voice("same.wav", 6000, 3000, "甲"),
        voice("quiet.wav", 9000, 3000, "乙", gain_db=-6),
    ]
    mix(film(360, clips), tmp_path, tmp_path / "mix.m4a")
    sound = decoded(tmp_path / "mix.m4a")
    levels = [power_db(sound, at + 0.2, at + 2.8) for at in (0, 3, 6, 9)]
    assert abs(levels[0] - levels[1]) < 4.0  # 22 dB apart before
    assert levels[0] - levels[2] == pytest.approx(6.0, abs=1.5)  # one speaker's own dynamics stay (less the limiter)
    assert levels[1] - levels[3] == pytest.approx(6.0, abs=1.0)


def test_music_ducks_under_speech_and_comes_back(tmp_path: Path) -> None:
    save(tmp_path, "m.flac", band(12, hertz=3000))
    save(
        tmp_path,
        "v.wav",
        np.concatenate([np.zeros((1, 24_000), np.float32), speech(3), np.zeros((1, 24_000), np.float32)], 1),
    )
    music = MusicClip(path="m.flac", gain_db=-10, duck_db=-15, fade_in_ms=0, fade_out_ms=0)
    mix(film(360, [voice("v.wav", 3500, 4000)], music), tmp_path, tmp_path / "mix.m4a")  # speech at 4..7 s
    sound = decoded(tmp_path / "mix.m4a")
    free = tone_db(sound, 3000, 1.0, 3.5)
    assert tone_db(sound, 3000, 3.6, 3.85) == pytest.approx(free, abs=1.0)  # silence in the clip is not speech
    assert tone_db(sound, 3000, 4.3, 6.8) == pytest.approx(free - 15, abs=1.5)
    assert tone_db(sound, 3000, 8.0, 11.5) == pytest.approx(free, abs=1.0)


def test_music_loops_without_click_or_hole_and_fades(tmp_path: Path) -> None:
    quiet = np.zeros((2, SAMPLE_RATE), np.float32)
    smooth = np.convolve(RANDOM.standard_normal(4 * SAMPLE_RATE), np.hanning(200) / 40, "same")
    smooth *= np.minimum(1, np.minimum(np.arange(len(smooth)), np.arange(len(smooth))[::-1]) / 4800)
    save(tmp_path, "m.flac", np.concatenate([quiet, np.stack([smooth] * 2).astype(np.float32), quiet], axis=1))
    mix(film(600, music=MusicClip(path="m.flac", fade_in_ms=1000, fade_out_ms=3000)), tmp_path, tmp_path / "mix.m4a")
    sound = decoded(tmp_path / "mix.m4a")
    windows = sound[:, SAMPLE_RATE : 17 * SAMPLE_RATE].reshape(2, -1, 9600)
    level = 10 * np.log10((windows**2).mean(axis=(0, 2)))
    assert level.max() - level.min() < 7.0  # the noise itself varies by 5; a hole would be 60
    steps = np.abs(np.diff(sound[0], 2))[SAMPLE_RATE : 17 * SAMPLE_RATE]
    assert steps.max() < 6 * np.sqrt(np.mean(steps**2))
    assert power_db(sound, 0, 0.05) < power_db(sound, 2, 3) - 25
    assert power_db(sound, 19.95, 20) < power_db(sound, 2, 3) - 30
    assert power_db(sound, 18.4, 18.6) == pytest.approx(power_db(sound, 16, 17) - 6, abs=2.5)


@pytest.mark.parametrize("frames", [190, 240, 355, 361, 530, 1000])
def test_looped_music_begins_with_its_beginning_and_ends_with_its_ending(tmp_path: Path, frames: int) -> None:
    piece = np.concatenate([band(1, hertz=500), band(4, hertz=1000), band(1, hertz=2000)], axis=1)
    save(tmp_path, "m.flac", piece)
    clip = MusicClip(path="m.flac", fade_in_ms=0, fade_out_ms=0)
    mix(film(frames, music=clip), tmp_path, tmp_path / "mix.m4a")
    sound = decoded(tmp_path / "mix.m4a")
    end = frames / 30
    assert tone_db(sound, 500, 0.1, 0.9) > tone_db(sound, 1000, 0.1, 0.9) + 20
    assert tone_db(sound, 2000, end - 0.9, end - 0.1) > tone_db(sound, 1000, end - 0.9, end - 0.1) + 20
    windows = sound[:, : sound.shape[1] // 9600 * 9600].reshape(2, -1, 9600)
    level = 10 * np.log10((windows**2).mean(axis=(0, 2)))
    assert level.max() - level.min() < 7.0  # equal tones may weaken each other while they overlap


def test_music_of_the_film_s_length_keeps_its_own_ending(tmp_path: Path) -> None:
    piece = band(6)
    piece[:, 5 * SAMPLE_RATE :] = 0
    save(tmp_path, "m.flac", piece)
    mix(film(180, music=MusicClip(path="m.flac", fade_out_ms=0)), tmp_path, tmp_path / "mix.m4a")
    sound = decoded(tmp_path / "mix.m4a")
    assert power_db(sound, 5.2, 5.9) < -70


def test_silence_stays_silence_and_near_silence_stays_quiet(tmp_path: Path) -> None:
    report = mix(film(90), tmp_path, tmp_path / "none.m4a")
    assert report == MixReport(float("-inf"), float("-inf"), 3 * SAMPLE_RATE)
    assert np.abs(decoded(tmp_path / "none.m4a")).max() == 0
    save(tmp_path, "empty.wav", np.zeros((1, SAMPLE_RATE), np.float32))
    mix(film(90, [voice("empty.wav", 0, 1000)]), tmp_path, tmp_path / "empty.m4a")
    assert np.abs(decoded(tmp_path / "empty.m4a")).max() == 0
    hum = np.asarray(1e-3 * RANDOM.standard_normal((1, 3 * SAMPLE_RATE)), np.float32)
    save(tmp_path, "hum.wav", hum)
    mix(film(90, [voice("hum.wav", 0, 3000)]), tmp_path, tmp_path / "hum.m4a")
    raised = power_db(decoded(tmp_path / "hum.m4a"), 0, 3) - power_db(hum, 0, 3)
    assert 20 < raised < 31


def test_same_inputs_same_bytes_and_metadata_is_kept(tmp_path: Path) -> None:
    save(tmp_path, "v.wav", speech(2))
    save(tmp_path, "m.flac", band(3))
    timeline = film(200, [voice("v.wav", 100, 2000)], MusicClip(path="m.flac"))
    for name in ("a.m4a", "b.m4a"):
        mix(timeline, tmp_path, tmp_path / name, metadata={"AIGC": '{"Label":"1"}'})
    assert (tmp_path / "a.m4a").read_bytes() == (tmp_path / "b.m4a").read_bytes()
    with av.open(str(tmp_path / "a.m4a")) as container:
        assert container.metadata["AIGC"] == '{"Label":"1"}'
        assert container.streams.audio[0].codec_context.name == "aac"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.m4a", "b.m4a", "m.flac", "v.wav"]


def test_two_mixes_of_one_film_at_once_do_not_disturb_each_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    save(tmp_path, "v.wav", speech(1))
    timeline, out = film(60, [voice("v.wav", 100, 1000)]), tmp_path / "key.m4a"
    write, reports, names = mixing.write_m4a, [], set()

    def interrupted(file: BinaryIO, *arguments: Any, **options: Any) -> None:
        """While the first is just written, another process makes the whole of it."""
        names.add(Path(file.name).name)
        write(file, *arguments, **options)
        file.flush()
        if not reports:
            reports.append(None)
            reports[0] = mix(timeline, tmp_path, out)

    monkeypatch.setattr(mixing, "write_m4a", interrupted)
    assert mix(timeline, tmp_path, out) == reports[0]
    assert len(names) == 2
    assert all(name.startswith(atomic.PARTIAL) for name in names)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["key.m4a", "v.wav"]


def test_sound_too_long_to_keep_mixes_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(tmp_path, "v.wav", speech(3))
    save(tmp_path, "m.flac", band(3.3))
    clips = [voice("v.wav", 100, 3000), voice("v.wav", 6000, 3000)]
    timeline = film(300, clips, MusicClip(path="m.flac"))
    mix(timeline, tmp_path, tmp_path / "kept.m4a")
    monkeypatch.setattr(mixing, "KEPT_S", 0)
    mix(timeline, tmp_path, tmp_path / "streamed.m4a")
    assert (tmp_path / "kept.m4a").read_bytes() == (tmp_path / "streamed.m4a").read_bytes()


def test_errors_name_the_file_and_leave_nothing(tmp_path: Path) -> None:
    save(tmp_path, "v.wav", speech(2))
    (tmp_path / "bad.wav").write_bytes(b"RIFF not really a sound")
    before = sorted(tmp_path.iterdir())
    out = tmp_path / "mix.m4a"
    with pytest.raises(MediaError, match=r"bad\.wav"):
        mix(film(90, [voice("bad.wav", 0, 1000)]), tmp_path, out)
    with pytest.raises(MediaError, match=r"absent\.mp3"):
        mix(film(90, music=MusicClip(path="absent.mp3")), tmp_path, out)
    with pytest.raises(MediaError, match=r"v\.wav ends at 3\.50 s.*3\.00 s"):
        mix(film(90, [voice("v.wav", 1500, 2000)]), tmp_path, out)
    save(tmp_path, "tick.wav", speech(0.1))
    with pytest.raises(MediaError, match=r"tick\.wav is only 0\.10 s"):
        mix(film(90, music=MusicClip(path="tick.wav")), tmp_path, out)
    (tmp_path / "tick.wav").unlink()
    for place in (tmp_path / "no such folder" / "mix.m4a", tmp_path / "v.wav" / "mix.m4a", tmp_path):
        with pytest.raises(MediaError, match="cannot be written") as caught:
            mix(film(90), tmp_path, place)
        assert caught.value.hint
    assert sorted(tmp_path.iterdir()) == before


def test_a_file_longer_than_the_timeline_says_is_still_noticed(tmp_path: Path) -> None:
    save(tmp_path, "v.wav", speech(4))
    with pytest.raises(MediaError, match="after the film's end"):
        mix(film(90, [voice("v.wav", 0, 1000)]), tmp_path, tmp_path / "mix.m4a")


def test_key_covers_everything_that_shapes_the_mix(monkeypatch: pytest.MonkeyPatch) -> None:
    digests = {"v.wav": "aa", "m.flac": "bb"}
    base = film(90, [voice("v.wav", 0, 1000)], MusicClip(path="m.flac"))
    clip = base.voice[0]
    variants = [
        film(91, base.voice, base.music),
        film(90, [clip.model_copy(update={"start_ms": 1})], base.music),
        film(90, [clip.model_copy(update={"gain_db": 1.0})], base.music),
        film(90, [clip.model_copy(update={"speaker": "乙"})], base.music),
        film(90, base.voice, None),
        film(90, base.voice, MusicClip(path="m.flac", duck_db=-3)),
        film(90, base.voice, MusicClip(path="m.flac", fade_out_ms=1)),
    ]
    keys = [mix_key(one, digests) for one in (base, *variants)]
    keys.append(mix_key(base, digests, metadata={"AIGC": "x"}))
    keys.append(mix_key(base, {**digests, "v.wav": "cc"}))
    keys.append(mix_key(base, {**digests, "m.flac": "cc"}))
    assert len(set(keys)) == len(keys)
    assert mix_key(base.model_copy(update={"title": "其他"}), digests) == keys[0]
    with pytest.raises(MediaError, match=r"v\.wav"):
        mix_key(base, {})
    monkeypatch.setitem(av.library_versions, "libavcodec", (0, 1, 2))
    assert mix_key(base, digests) != keys[0]


def test_memory_does_not_grow_with_the_film(tmp_path: Path) -> None:
    save(tmp_path, "m.flac", band(2))
    mix(film(60, music=MusicClip(path="m.flac")), tmp_path, tmp_path / "mix.m4a")  # what is loaded once is loaded now
    peaks = []
    for minutes in (0.2, 1.0):
        tracemalloc.start()
        mix(film(int(1800 * minutes), music=MusicClip(path="m.flac")), tmp_path, tmp_path / "mix.m4a")
        peaks.append(tracemalloc.get_traced_memory()[1] / 1e6)
        tracemalloc.stop()
    assert peaks[1] < 50
    assert peaks[1] - peaks[0] < 8  # the sound itself grows by 18 MB
