from __future__ import annotations

import io
import wave
from pathlib import Path

import av
import numpy as np
import pytest

from manju.errors import MediaError
from manju.media.process import ffmpeg
from manju.media.sound import SAMPLE_RATE, Reader, Samples, ahead, encode, read, stream, write_m4a


def tone(hertz: float, seconds: float, channels: int = 2, level: float = 0.3) -> Samples:
    t = np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return np.stack([level * np.sin(2 * np.pi * hertz * t)] * channels).astype(np.float32)


@pytest.mark.parametrize("kind", ["wav", "flac"])
@pytest.mark.parametrize("channels", [1, 2])
def test_lossless_files_give_back_every_sample(kind: str, channels: int) -> None:
    sound = tone(440, 0.7, channels)
    back = read(encode([sound[:, :10_000], sound[:, 10_000:]], kind))  # type: ignore[arg-type]
    assert back.shape == sound.shape
    assert np.abs(back - sound).max() < 1 / 32_000


def test_samples_beyond_full_scale_are_clipped_not_wrapped() -> None:
    back = read(encode([tone(100, 0.1, 1, level=2.0)], "wav"))
    assert back.max() > 0.999 and back.min() < -0.999
    assert np.abs(np.diff(back[0])).max() < 0.1


@pytest.mark.parametrize(
    ("suffix", "codec"), [("mp3", "libmp3lame"), ("m4a", "aac"), ("flac", "flac"), ("ogg", "vorbis")]
)
def test_compressed_files_at_other_rates_keep_pitch_length_and_place(tmp_path: Path, suffix: str, codec: str) -> None:
    sound = tone(1000, 1.0, 2)
    sound[:, : SAMPLE_RATE // 2] = 0
    (tmp_path / "in.wav").write_bytes(encode([sound], "wav"))
    out = tmp_path / f"out.{suffix}"
    ffmpeg(["-i", str(tmp_path / "in.wav"), "-ar", "44100", "-c:a", codec, "-strict", "-2", str(out)])
    back = read(out)
    assert back.shape[0] == 2
    assert abs(back.shape[1] - SAMPLE_RATE) < 0.06 * SAMPLE_RATE
    onset = int(np.flatnonzero(np.abs(back[0]) > 0.15)[0])
    assert abs(onset - SAMPLE_RATE // 2) < 0.003 * SAMPLE_RATE
    spectrum = np.abs(np.fft.rfft(back[0, 26_000:46_000]))
    assert abs(int(spectrum.argmax()) * SAMPLE_RATE / 20_000 - 1000) < 5


def test_resampling_does_not_move_sound() -> None:
    file = io.BytesIO()
    with wave.open(file, "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(22_050)
        pcm = np.zeros(22_050, np.int16)
        pcm[11_025] = 20_000
        out.writeframes(pcm.tobytes())
    back = read(file.getvalue())
    assert back.shape == (1, SAMPLE_RATE)
    assert abs(int(np.abs(back[0]).argmax()) - SAMPLE_RATE // 2) <= 1


def test_more_than_two_channels_are_mixed_down(tmp_path: Path) -> None:
    out = tmp_path / "surround.flac"
    ffmpeg(["-f", "lavfi", "-i", "sine=440:duration=0.3", "-ac", "6", str(out)])
    assert read(out).shape[0] == 2


def test_metadata_stays_in_flac() -> None:
    data = encode([tone(300, 0.1)], "flac", metadata={"AIGC": '{"Label":"1"}', "title": "配乐"})
    with av.open(io.BytesIO(data)) as file:
        assert file.metadata["AIGC"] == '{"Label":"1"}'
        assert file.metadata["title"] == "配乐"


def test_m4a_is_aac_with_metadata_and_exact_duration() -> None:
    file = io.BytesIO()
    write_m4a(file, [tone(300, 0.5), tone(300, 0.321)], metadata={"AIGC": "标识"})
    with av.open(io.BytesIO(file.getvalue())) as container:
        track = container.streams.audio[0]
        assert track.codec_context.name == "aac"
        assert (track.rate, track.channels) == (SAMPLE_RATE, 2)
        assert container.metadata["AIGC"] == "标识"
        assert track.duration == 24_000 + 15_408


def test_reader_takes_any_number() -> None:
    sound = tone(50, 0.5, 1)
    reader = Reader(iter([sound[:, :100], sound[:, 100:7_000], sound[:, 7_000:]]))
    parts = [reader.take(count) for count in (1, 99, 5_000, 20_000)]
    assert [part.shape[1] for part in parts] == [1, 99, 5_000, 18_900]
    assert np.array_equal(np.concatenate(parts, axis=1), sound)
    assert reader.take(10).shape[1] == 0


def test_ahead_gives_the_same_blocks_and_passes_errors_on(tmp_path: Path) -> None:
    blocks = [np.full((1, 4), value, np.float32) for value in range(9)]
    assert [float(block[0, 0]) for block in ahead(iter(blocks))] == list(range(9))
    with pytest.raises(MediaError, match=r"absent\.wav"):
        list(ahead(stream(tmp_path / "absent.wav")))
    first = ahead(iter(blocks))
    next(first)
    first.close()  # must not hang with blocks left


def test_what_is_not_sound_is_a_media_error_that_names_the_file(tmp_path: Path) -> None:
    text = tmp_path / "song.mp3"
    text.write_text("this is not music " * 100)
    with pytest.raises(MediaError, match=r"song\.mp3") as caught:
        read(text)
    assert caught.value.hint
    with pytest.raises(MediaError, match="cannot be read"):
        read(tmp_path / "absent.wav")
    with pytest.raises(MediaError, match="cannot be read"):
        read(tmp_path)


def test_a_picture_or_a_silent_clip_is_not_sound(tmp_path: Path) -> None:
    clip = tmp_path / "clip.mp4"
    ffmpeg(["-f", "lavfi", "-i", "testsrc=duration=0.2:size=64x64", "-pix_fmt", "yuv420p", str(clip)])
    with pytest.raises(MediaError, match=r"clip\.mp4 has no sound"):
        read(clip)


def test_a_playlist_cannot_name_other_files(tmp_path: Path) -> None:
    secret = tmp_path / "secret.wav"
    secret.write_bytes(encode([tone(440, 0.2)], "wav"))
    playlist = tmp_path / "list.m3u8"
    playlist.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\n{secret}\n#EXT-X-ENDLIST\n")
    with pytest.raises(MediaError, match=r"list\.m3u8"):
        read(playlist)


def test_nothing_to_encode_is_an_error() -> None:
    with pytest.raises(MediaError, match="no sound"):
        encode([], "flac")


def test_ffmpeg_reads_our_files(tmp_path: Path) -> None:
    for kind in ("wav", "flac"):
        path = tmp_path / f"x.{kind}"
        path.write_bytes(encode([tone(440, 0.25)], kind))  # type: ignore[arg-type]
        pcm = ffmpeg(["-xerror", "-i", str(path), "-f", "f32le", "-"])
        assert len(pcm) == 12_000 * 2 * 4
