"""Real files of every kind, whole and broken, seen through the probe."""

from __future__ import annotations

import io
import struct
import wave
import zlib
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from manju.errors import MediaError, NotFoundError
from manju.media.probe import accept, probe
from manju.media.process import ffmpeg

COLOURS = ["-vf", "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv"]


def film(
    path: Path, *, seconds: str = "2", size: str = "160x90", rate: str = "25", extra: tuple[str, ...] = ()
) -> Path:
    ffmpeg(
        [
            *("-f", "lavfi", "-i", f"testsrc2=s={size}:r={rate}:d={seconds}"),
            *("-f", "lavfi", "-i", f"sine=r=44100:d={seconds}"),
            *("-pix_fmt", "yuv420p", "-g", "12", *extra, str(path)),
        ]
    )
    return path


def tone(seconds: float = 0.5) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, 22050, 0, "NONE", ""))
        file.writeframes((np.sin(np.arange(int(22050 * seconds)) / 9) * 9000).astype("<i2").tobytes())
    return out.getvalue()


def picture(kind: str, mode: str = "RGB") -> bytes:
    pixels = np.random.default_rng(2).integers(0, 255, (45, 80, len(mode)), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels, mode if mode != "L" else None).save(out, kind)
    return out.getvalue()


def test_a_film(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", rate="30000/1001", extra=("-c:v", "libx264", *COLOURS, "-movflags", "faststart"))
    found = probe(path)
    assert found.format == "mov" and found.video and found.audio
    assert found.video.codec == "h264" and found.video.pix_fmt == "yuv420p"
    assert (found.video.width, found.video.height) == (160, 90)
    assert found.video.rate == Fraction(30000, 1001)
    assert found.video.frames == 60
    assert found.video.duration_ms == 2002
    assert (found.video.primaries, found.video.transfer, found.video.matrix) == ("bt709", "bt709", "bt709")
    assert not found.video.full_range and found.video.rotation == 0 and found.video.pixel_aspect == 1
    assert (found.audio.rate, found.audio.channels, found.audio.codec) == (44100, 1, "aac")
    assert abs(found.audio.samples - 88200) <= 1024
    assert probe(path.read_bytes()) == found
    facts = accept(path.read_bytes(), ".mp4", "video")
    assert facts == {
        "duration_ms": found.duration_ms,
        "width": 160,
        "height": 90,
        "fps": "30000/1001",
        "frames": 60,
        "has_audio": True,
    }


def test_colours_that_are_not_given_are_not_guessed(tmp_path: Path) -> None:
    found = probe(film(tmp_path / "film.mp4"))
    assert found.video and found.video.matrix == ""


@pytest.mark.parametrize(("suffix", "codec"), [(".webm", "libvpx"), (".mkv", "libx264"), (".mov", "libx264")])
def test_other_containers(tmp_path: Path, suffix: str, codec: str) -> None:
    path = film(tmp_path / f"film{suffix}", extra=("-c:v", codec))
    found = probe(path)
    assert found.video and found.video.frames == 50 and found.video.duration_ms == 2000 and found.video.rate == 25
    assert accept(path.read_bytes(), suffix, "video")["duration_ms"] == found.duration_ms


def test_a_turned_film_of_long_pixels(tmp_path: Path) -> None:
    plain = film(tmp_path / "plain.mp4", extra=("-vf", "setsar=4/3"))
    turned = tmp_path / "turned.mp4"
    ffmpeg(["-display_rotation", "90", "-i", str(plain), "-c", "copy", str(turned)])
    found = probe(turned)
    assert found.video and found.video.rotation == 90 and found.video.pixel_aspect == Fraction(4, 3)
    assert (found.video.width, found.video.height) == (160, 90)


def test_a_film_without_sound(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", extra=("-an",))
    assert probe(path).audio is None
    assert accept(path.read_bytes(), ".mp4", "video")["has_audio"] is False
    with pytest.raises(MediaError, match="no sound"):
        accept(path.read_bytes(), ".mp4", "speech")


def test_sound_without_a_film(tmp_path: Path) -> None:
    path = film(tmp_path / "sound.m4a", extra=("-vn",))
    assert probe(path).video is None
    with pytest.raises(MediaError, match="no picture"):
        accept(path.read_bytes(), ".m4a", "video")


def test_a_cover_picture_does_not_make_a_song_a_film(tmp_path: Path) -> None:
    cover, song = tmp_path / "cover.png", tmp_path / "song.mp3"
    cover.write_bytes(picture("PNG"))
    inputs = ["-f", "lavfi", "-i", "sine=d=1", "-i", str(cover)]
    ffmpeg([*inputs, "-map", "0", "-map", "1", "-disposition:v", "attached_pic", str(song)])
    found = probe(song)
    assert found.video is None and found.audio and found.audio.codec.startswith("mp3")


@pytest.mark.parametrize("suffix", [".wav", ".mp3", ".flac", ".ogg", ".opus", ".m4a", ".aac"])
def test_sound(tmp_path: Path, suffix: str) -> None:
    source, path = tmp_path / "in.wav", tmp_path / f"sound{suffix}"
    source.write_bytes(tone(1.5))
    codec = ["-c:a", "libvorbis"] if suffix == ".ogg" else []
    if suffix == ".wav":
        path.write_bytes(source.read_bytes())
    else:
        ffmpeg(["-i", str(source), *codec, str(path)])
    found = probe(path)
    assert found.video is None and found.audio
    exact = suffix in (".wav", ".flac")
    assert abs(found.audio.duration_ms - 1500) <= (0 if exact else 80)
    facts = accept(path.read_bytes(), suffix, "music")
    assert facts["duration_ms"] == found.duration_ms and facts["channels"] == 1
    if exact:
        assert found.audio.samples == 33075 and found.audio.rate == 22050


def test_the_length_of_an_mp3_is_counted(tmp_path: Path) -> None:
    path = tmp_path / "sound.mp3"
    # Loud, then nothing, at a variable rate and without a header: an estimate from the first frames would be far off.
    source = "aevalsrc='if(lt(t,1),random(0)-0.5,0)':d=8"
    ffmpeg(["-f", "lavfi", "-i", source, "-q:a", "2", "-write_xing", "0", str(path)])
    assert abs(probe(path).duration_ms - 8000) <= 80


@pytest.mark.parametrize(
    ("suffix", "kind", "mode"), [(".png", "PNG", "RGBA"), (".jpg", "JPEG", "RGB"), (".webp", "WEBP", "RGB")]
)
def test_pictures(suffix: str, kind: str, mode: str) -> None:
    data = picture(kind, mode)
    assert accept(data, suffix, "image") == {"width": 80, "height": 45}
    for cut in (0, 20, len(data) // 2):
        with pytest.raises(MediaError):
            accept(data[:cut], suffix, "image")
    with pytest.raises(MediaError):
        accept(data, ".jpg" if suffix == ".png" else ".png", "image")


def test_a_picture_is_no_film(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    path.write_bytes(picture("PNG"))
    with pytest.raises(MediaError, match="neither a film nor a sound"):
        probe(path)


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    for side in (9000, 12_000, 60_000):
        header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
        bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(9999)))
        with pytest.raises(MediaError, match="pixels"):
            accept(bomb + chunk(b"IEND", b""), ".png", "image")


def test_a_film_of_giant_pictures_is_refused(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mkv", size="9000x16", seconds="0.2", extra=("-c:v", "mjpeg"))
    with pytest.raises(MediaError, match="8192"):
        probe(path)


@pytest.mark.parametrize(
    "playlist",
    [
        b"ffconcat version 1.0\nfile /etc/hostname\n",
        b"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n",
        b"<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011'></MPD>",
        b"[playlist]\nFile1=/etc/hostname\n",
        b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nm=video 5004 RTP/AVP 96\n",
    ],
)
@pytest.mark.parametrize("suffix", [".mp4", ".wav", ".mkv"])
def test_what_opens_other_files_is_not_opened(tmp_path: Path, playlist: bytes, suffix: str) -> None:
    path = tmp_path / f"film{suffix}"
    path.write_bytes(playlist)
    with pytest.raises(MediaError, match="neither a film nor a sound"):
        probe(path)
    with pytest.raises(MediaError):
        accept(playlist, suffix, "video")


def test_a_film_cut_short(tmp_path: Path) -> None:
    data = film(tmp_path / "film.mp4", extra=("-movflags", "faststart")).read_bytes()
    for part in (0.05, 0.5, 0.9):
        with pytest.raises(MediaError):
            accept(data[: int(len(data) * part)], ".mp4", "video")


def test_a_film_of_noise(tmp_path: Path) -> None:
    data = bytearray(film(tmp_path / "film.mp4", extra=("-an",)).read_bytes())
    start = data.index(b"mdat") + 4
    data[start : start + 30_000] = np.random.default_rng(3).bytes(30_000)
    with pytest.raises(MediaError):
        accept(bytes(data), ".mp4", "video")


@pytest.mark.parametrize("suffix", [".wav", ".mp3", ".flac", ".mp4", ".png", ".txt", ".svg"])
@pytest.mark.parametrize("data", [b"", bytes(100), b"\xff\xfe junk that is nothing at all" * 9])
def test_what_is_nothing(suffix: str, data: bytes) -> None:
    modality = {".mp4": "video", ".png": "image", ".svg": "image", ".txt": "text"}.get(suffix, "speech")
    with pytest.raises(MediaError):
        if data == bytes(100) and suffix == ".txt":
            data = b" \n"
        accept(data, suffix, modality)  # type: ignore[arg-type]


def test_sound_without_length() -> None:
    with pytest.raises(MediaError):
        accept(tone(0), ".wav", "speech")


def test_a_wrong_suffix() -> None:
    with pytest.raises(MediaError, match="wav"):
        accept(tone(), ".mp3", "music")


def test_text() -> None:
    assert accept("故事".encode(), ".txt", "text") == {"characters": 2}


@pytest.mark.parametrize(
    ("drawing", "size"),
    [
        ('<svg xmlns="http://www.w3.org/2000/svg" width="640" height="360px"><path fill="url(#a)"/></svg>', (640, 360)),
        ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 160"/>', (90, 160)),
        ('<svg xmlns="http://www.w3.org/2000/svg"/>', None),
        ('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><image href="file:///etc/passwd"/></svg>', None),
        ('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><path fill="url(http://a/b)"/></svg>', None),
        (
            '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><style>@import "a.css"</style></svg>',
            None,
        ),
        ('<!DOCTYPE svg><svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', None),
        ("<html/>", None),
        ('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">', None),
    ],
)
def test_drawings(drawing: str, size: tuple[int, int] | None) -> None:
    if size:
        assert accept(drawing.encode(), ".svg", "image") == {"width": size[0], "height": size[1]}
    else:
        with pytest.raises(MediaError):
            accept(drawing.encode(), ".svg", "image")


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        probe(tmp_path / "missing.mp4")
    with pytest.raises(MediaError):
        probe(tmp_path)
