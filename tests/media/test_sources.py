"""What is told of a film's clips and voices before anything is encoded, and that the good ones are shown right."""

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from manju.domain.timeline import Timeline
from manju.errors import InputError, UnusableFileError
from manju.media.mix import mix
from manju.media.planes import Clip, allocate
from manju.media.process import ffmpeg
from manju.media.sound import SAMPLE_RATE
from manju.media.sources import inspect

SIZE = (90, 160)
RATE = Fraction(30)
BARS = (
    "color=red:s=180x80:r=25:d=4[r];color=lime:s=90x240:r=25:d=4[g];color=blue:s=90x240:r=25:d=4[b];"
    "[g][b]hstack[low];[r][low]vstack,format=yuv420p"
)
"""Red above, green below on the left, blue below on the right; 180x320."""


def made(path: Path, *options: str, graph: str = BARS) -> Path:
    ffmpeg(["-y", "-f", "lavfi", "-i", graph, *options, str(path)])
    return path


def timeline(path: Path, *, seconds: float = 3, trim_ms: int = 0, kind: str = "clip", size=SIZE) -> Timeline:
    picture = {"kind": kind, "path": path.name, "trim_ms": trim_ms}
    return Timeline.model_validate(
        {
            "width": size[0],
            "height": size[1],
            "rate": str(RATE),
            "shots": [{"uid": "s01", "frames": round(seconds * RATE), "picture": picture}],
        }
    )


def notes(path: Path, **options) -> list[str]:
    return inspect(timeline(path, **options), path.parent)


def refusal(path: Path, **options) -> InputError:
    with pytest.raises(InputError) as caught:
        notes(path, **options)
    assert path.name in caught.value.message and str(path.parent) not in caught.value.message
    assert caught.value.hint and "\n" not in caught.value.message
    return caught.value


def shown(path: Path, index: int = 0, size=SIZE) -> np.ndarray:
    """A frame of a clip as RGB."""
    source, out = Clip(path, *size, RATE, 0), allocate(*size)
    source.frame(index, out)
    source.close()
    luma = (out[0].astype(np.float32) - 16) / 219
    u, v = ((cv2.resize(plane, size).astype(np.float32) - 128) / 224 for plane in out[1:])
    rgb = np.dstack([luma + 1.5748 * v, luma - 0.1873 * u - 0.4681 * v, luma + 1.8556 * u])  # BT.709
    return np.clip(np.rint(rgb * 255), 0, 255).astype(int)


def colours(path: Path) -> list[str]:
    """What is at the top, below on the left, and below on the right."""
    picture = shown(path)
    names = {"red": (255, 0, 0), "green": (0, 255, 0), "blue": (0, 0, 255)}
    spots = (picture[20, 45], picture[120, 20], picture[120, 70])
    return [next((name for name, rgb in names.items() if np.abs(spot - rgb).max() < 24), str(spot)) for spot in spots]


UPRIGHT = ["red", "green", "blue"]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("plain.mp4", ()),
        ("sound.mp4", ("-f", "lavfi", "-i", "sine=duration=4")),
        ("hevc.mp4", ("-c:v", "libx265", "-pix_fmt", "yuv420p10le", "-x265-params", "log-level=error:pools=1")),
        ("ten-bits.mp4", ("-c:v", "libx264", "-pix_fmt", "yuv420p10le")),
        ("whole-range.mp4", ("-vf", "scale=out_range=full", "-color_range", "pc", "-pix_fmt", "yuv420p")),
        ("4-4-4.mkv", ("-c:v", "libx264", "-pix_fmt", "yuv444p")),
        ("vp9.webm", ("-c:v", "libvpx-vp9", "-b:v", "300k")),
        ("prores.mov", ("-c:v", "prores_ks")),
        ("motion-jpeg.avi", ("-c:v", "mjpeg", "-q:v", "3")),
    ],
)
def test_usual_clips_are_shown_in_their_colours(tmp_path, name, options):
    path = made(tmp_path / name, *options)
    assert notes(path) == []
    assert colours(path) == UPRIGHT


@pytest.mark.parametrize("angle", [90, 180, 270])
def test_clips_of_a_turned_camera_stand_upright(tmp_path, angle):
    """Coded lying, with a display matrix that turns it back by ``angle``."""
    lying = {90: "transpose=clock", 180: "hflip,vflip", 270: "transpose=cclock"}[angle]
    made(tmp_path / "lying.mp4", graph=f"{BARS},{lying}")
    path = tmp_path / "turned.mp4"
    ffmpeg(["-display_rotation", str(angle), "-i", str(tmp_path / "lying.mp4"), "-c", "copy", str(path)])
    assert notes(path) == []
    assert colours(path) == UPRIGHT


def test_a_clip_that_is_turned_by_half_a_quarter_is_refused(tmp_path):
    made(tmp_path / "straight.mp4")
    path = tmp_path / "tilted.mp4"
    ffmpeg(["-display_rotation", "45", "-i", str(tmp_path / "straight.mp4"), "-c", "copy", str(path)])
    assert "45 degrees" in refusal(path).message


def test_pixels_that_are_not_square(tmp_path):
    """The same picture squeezed to half its width, with a tag that says so."""
    path = made(tmp_path / "squeezed.mp4", graph=f"{BARS},scale=90:320,setsar=2/1")
    assert notes(path) == []
    assert colours(path) == UPRIGHT


def test_a_clip_of_changing_rate_keeps_its_times(tmp_path):
    """White from 1 s on; 25 frames a second before it, 5 after it."""
    graph = (
        "color=black:s=180x320:r=25:d=1[a];color=white:s=180x320:r=25:d=3,select='not(mod(n,5))'[b];"
        "[a][b]concat=n=2:v=1,setpts='if(lt(N,25),N,25+(N-25)*5)/25/TB'"
    )
    path = made(tmp_path / "varying.mp4", "-fps_mode", "vfr", graph=graph)
    lightness = [shown(path, index).mean() for index in (0, 15, 29, 30, 31, 75, 100)]
    assert [value > 128 for value in lightness] == [False, False, False, True, True, True, True]


def test_what_cannot_be_mended_here_is_told(tmp_path):
    fields = made(tmp_path / "fields.mp4", "-vf", "interlace", "-flags", "+ilme+ildct", "-x264opts", "tff=1")
    assert ["interlaced" in note for note in notes(fields, seconds=1.5)] == [True]
    bright = made(tmp_path / "bright.mp4", "-color_trc", "smpte2084", "-x264opts", "transfer=smpte2084")
    assert ["HDR" in note for note in notes(bright)] == [True]
    assert ["ends 1.0 s early" in note for note in notes(made(tmp_path / "short.mp4"), seconds=5)] == [True]


def test_the_picture_and_not_the_sound_says_how_long_a_clip_is(tmp_path):
    path = tmp_path / "long-sound.mp4"
    ffmpeg(["-f", "lavfi", "-i", BARS, "-f", "lavfi", "-i", "sine=duration=9", str(path)])
    assert ["early" in note for note in notes(path, seconds=6)] == [True]
    assert "trim_ms 5000" in refusal(path, trim_ms=5000).message


def cut(path: Path, share: float = 0.5) -> Path:
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    return path


@pytest.mark.parametrize("options", [(), ("-movflags", "+faststart"), ("-movflags", "frag_keyframe+empty_moov")])
def test_a_film_that_is_cut_short_is_refused(tmp_path, options):
    noise = "nullsrc=s=64x96:r=25:d=4,geq=lum='random(1)*255':cb=128:cr=128"
    path = cut(made(tmp_path / "clip.mp4", "-pix_fmt", "yuv420p", "-g", "10", *options, graph=noise))
    assert "cut short" in (told := refusal(path).message) or "damaged" in told


def test_what_is_no_clip_is_refused(tmp_path):
    for name, data in (
        ("text.mp4", b"hello, I am a text"),
        ("nothing.mp4", b""),
        ("list.mp4", b"ffconcat version 1.0\n"),
    ):
        (tmp_path / name).write_bytes(data)
        refusal(tmp_path / name)
    cv2.imwrite(str(tmp_path / "picture.png"), np.zeros((40, 40, 3), np.uint8))
    (tmp_path / "picture.png").rename(tmp_path / "picture.mp4")
    refusal(tmp_path / "picture.mp4")
    sound = tmp_path / "sound.mp4"
    ffmpeg(["-f", "lavfi", "-i", "sine=duration=2", str(sound)])
    assert "no picture" in refusal(sound).message


def test_a_ribbon_is_no_picture_of_a_film(tmp_path):
    ribbon = made(tmp_path / "ribbon.mp4", "-pix_fmt", "yuv420p", graph="color=red:s=4000x32:r=25:d=1")
    assert "4000x32" in refusal(ribbon, seconds=0.5).message


def test_a_clip_is_no_still(tmp_path):
    refusal(made(tmp_path / "clip.mp4"), kind="still")


def sounding(folder: Path, **parts) -> Timeline:
    """A film of three seconds with a voice or music."""
    cv2.imwrite(str(folder / "still.png"), np.zeros((160, 90, 3), np.uint8))
    film = timeline(folder / "still.png", kind="still").model_dump(mode="json", by_alias=True)
    return Timeline.model_validate({**film, **parts})


def voice(path: str, start_ms: int = 0, duration_ms: int = 1000) -> dict:
    line = {"path": path, "shot": "s01", "speaker": "narrator", "start_ms": start_ms, "duration_ms": duration_ms}
    return {"voice": [line]}


def music(path: str) -> dict:
    return {"music": {"path": path}}


def tone(path: Path, *options: str, seconds: float = 2) -> Path:
    ffmpeg(["-f", "lavfi", "-i", f"sine=duration={seconds}", *options, str(path)])
    return path


def infinite(path: Path) -> Path:
    tone(path, "-c:a", "pcm_f32le")
    data = bytearray(path.read_bytes())
    data[-4000:-3996] = np.array([np.inf], "<f4").tobytes()
    path.write_bytes(data)
    return path


def damaged(path: Path) -> Path:
    """Noise in the middle, so that its frames are not found any more."""
    data = bytearray(tone(path).read_bytes())
    third = len(data) // 3
    data[third : 2 * third] = np.random.default_rng(1).integers(0, 255, third).astype(np.uint8).tobytes()
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("part", [voice, music])
@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.mp3", b"", "empty"),
        ("a.mp3", b"hello, I am a text\n", "neither"),
        ("a.wav", b"RIFF\x24\0\0\0WAVEfmt ", "damaged"),
        ("a.mp3", damaged, "decoded"),
        ("a.wav", infinite, "no sound"),
        ("a.flac", lambda path: cut(tone(path), 0.4), "decoded"),
        ("a.m4a", lambda path: cut(tone(path), 0.4), "damaged"),
        ("a.mp4", lambda path: made(path, "-pix_fmt", "yuv420p"), "no sound"),
    ],
)
def test_sound_that_is_none_is_refused(tmp_path, part, name, data, says):
    path = tmp_path / name
    if isinstance(data, bytes):
        path.write_bytes(data)
    else:
        data(path)
    with pytest.raises(UnusableFileError, match=says) as caught:
        inspect(sounding(tmp_path, **part(name)), tmp_path)
    assert name in caught.value.message and str(tmp_path) not in caught.value.message
    assert caught.value.hint and "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("deep.wav", ("-c:a", "pcm_f64le")),
        ("telephone.wav", ("-ar", "8000", "-ac", "1", "-c:a", "pcm_mulaw")),
        ("telephone.mp3", ("-ar", "8000", "-ac", "1")),
        ("studio.flac", ("-ar", "192000")),
        ("around.wav", ("-af", "pan=5.1|FL=c0|FR=c0|FC=c0|LFE=c0|BL=c0|BR=c0")),
        ("around.m4a", ("-af", "pan=5.1|FL=c0|FR=c0|FC=c0|LFE=c0|BL=c0|BR=c0", "-c:a", "aac")),
        ("silence.mp3", ("-af", "volume=0")),
        ("speech.opus", ("-c:a", "libopus")),
        ("film.mp4", ("-f", "lavfi", "-i", BARS, "-map", "0", "-map", "1", "-shortest")),
    ],
)
def test_usual_music_is_taken_and_gives_a_mix(tmp_path, name, options):
    """Whatever its rate, channels and container: as long as the film, and as loud as a film is."""
    tone(tmp_path / name, *options)
    film = sounding(tmp_path, **music(name))
    assert inspect(film, tmp_path) == []
    report = mix(film, tmp_path, tmp_path / "mix.m4a")
    assert report.samples == 3 * SAMPLE_RATE
    assert report.lufs == (-np.inf if name == "silence.mp3" else pytest.approx(-14, abs=0.5))


def test_a_click_is_no_music(tmp_path):
    tone(tmp_path / "click.wav", seconds=0.3)
    with pytest.raises(UnusableFileError, match=r"only 0\.30 s"):
        inspect(sounding(tmp_path, **music("click.wav")), tmp_path)


def test_a_voice_must_end_before_the_film(tmp_path):
    tone(tmp_path / "voice.wav")
    assert inspect(sounding(tmp_path, **voice("voice.wav", 1000, 2000)), tmp_path) == []
    with pytest.raises(InputError, match=r"voice\.wav ends 0.50 s after the film"):
        inspect(sounding(tmp_path, **voice("voice.wav", 1500, 2000)), tmp_path)


def test_a_layer_that_cannot_be_used_is_named(tmp_path):
    for name in ("a.png", "far.png", "near.png"):
        cv2.imwrite(str(tmp_path / name), np.zeros((160, 90, 3), np.uint8))
    page = timeline(tmp_path / "a.png", kind="still").model_dump(mode="json", by_alias=True)
    page["shots"][0]["picture"]["layers"] = [{"path": "far.png"}, {"path": "near.png"}]
    film = Timeline.model_validate(page)
    assert inspect(film, tmp_path) == []
    (tmp_path / "near.png").write_bytes(b"no picture")
    with pytest.raises(UnusableFileError, match=r"^near\.png: "):
        inspect(film, tmp_path)
