"""Labelled files stay the same pictures and sounds, in every reader at hand, and the label comes back."""

from __future__ import annotations

import io
import json
import shutil
import struct
import tempfile
import wave
import zlib
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import av
import numpy as np
import pytest
from PIL import Image, PngImagePlugin

from manju.errors import MediaError, NotFoundError
from manju.media import label
from manju.media.label import Mark
from manju.media.process import ffmpeg

MARK = Mark(producer='演示 <producer> & "co"', produce_id="film-1/shot-2/take-1")
FIELDS = (
    "Label",
    "ContentProducer",
    "ProduceID",
    "ReservedCode1",
    "ContentPropagator",
    "PropagateID",
    "ReservedCode2",
)


def picture(kind: str, **options: object) -> bytes:
    pixels = np.random.default_rng(1).integers(0, 255, (38, 54, 3), dtype=np.uint8)
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind, **options)
    return out.getvalue()


def tone(*, width: int = 2, samples: int = 4001) -> bytes:
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, width, 22050, 0, "NONE", ""))
        file.writeframes(bytes(i % 251 for i in range(width * samples)))
    return out.getvalue()


def clip(options: dict[str, str], metadata: dict[str, str], container: str = "mp4") -> bytes:
    """Half a second of picture (with B-frames, so with an edit list) and sound."""
    file = Path(tempfile.mkdtemp()) / "clip"  # fast start reads its own output again, so no memory file
    with av.open(str(file), "w", format=container, options=options) as muxer:
        muxer.metadata.update(metadata)
        video = muxer.add_stream("libx264", rate=Fraction(25))
        video.width, video.height, video.pix_fmt = 64, 48, "yuv420p"
        video.options = {"bf": "2", "g": "6"}
        audio = muxer.add_stream("aac", rate=44100)
        for index in range(13):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), index * 19, np.uint8), format="rgb24")
            muxer.mux(video.encode(frame))
        sound = (np.sin(np.arange(22050) / 20) * 0.5).astype(np.float32)[None]
        samples = av.AudioFrame.from_ndarray(sound, format="fltp", layout="mono")
        samples.rate = 44100
        muxer.mux(audio.encode(samples))
        muxer.mux(video.encode(None))
        muxer.mux(audio.encode(None))
    data = file.read_bytes()
    shutil.rmtree(file.parent)
    return data


def descriptions(packet: str | bytes) -> list[ElementTree.Element]:
    """The RDF descriptions of an XMP packet (its processing instructions aside)."""
    rdf = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
    return ElementTree.fromstring(packet).findall(f"{rdf}RDF/{rdf}Description")


def packets(data: bytes) -> list[tuple[int, int | None, int | None, int | None, bytes]]:
    with av.open(io.BytesIO(data)) as demuxer:
        return [(p.stream_index, p.pts, p.dts, p.duration, bytes(p)) for p in demuxer.demux() if p.size]


def decoded(data: bytes) -> list[bytes]:
    with av.open(io.BytesIO(data)) as demuxer:
        return [frame.to_ndarray().tobytes() for frame in demuxer.decode()]


def tags(data: bytes) -> dict[str, str]:
    with av.open(io.BytesIO(data)) as demuxer:
        return {**demuxer.metadata, **demuxer.streams[0].metadata}


def xmp(image: Image.Image) -> str | bytes:
    return image.info["xmp"] if "xmp" in image.info else image.info["XML:com.adobe.xmp"]


def test_the_field_is_the_standards_object() -> None:
    text = MARK.json()
    assert tuple(json.loads(text)) == FIELDS
    assert json.loads(text)["Label"] == "1"
    assert text.isascii() and ": " not in text
    assert label.metadata(MARK) == {"AIGC": text}


@pytest.mark.parametrize(
    ("suffix", "kind", "options"),
    [
        (".png", "PNG", {}),
        (".jpg", "JPEG", {"quality": 90}),
        (".JPEG", "JPEG", {"quality": 90, "progressive": True, "exif": Image.Exif()}),
        (".webp", "WEBP", {"lossless": True}),
        (".webp", "WEBP", {"quality": 80}),
    ],
)
def test_pictures(suffix: str, kind: str, options: dict[str, object], tmp_path: Path) -> None:
    plain = picture(kind, **options)
    assert label.read(plain) is None
    marked = label.mark(plain, suffix, MARK)
    assert label.read(marked) == json.loads(MARK.json())
    assert label.mark(plain, suffix, MARK) == marked
    before, after = Image.open(io.BytesIO(plain)), Image.open(io.BytesIO(marked))
    assert np.array_equal(np.asarray(before), np.asarray(after))
    (description,) = descriptions(xmp(after))
    assert description[0].tag == "{http://www.tc260.org.cn/ns/AIGC/1.0/}AIGC" and description[0].text == MARK.json()
    assert decoded(marked) == decoded(plain)
    path = tmp_path / f"file{suffix}"
    path.write_bytes(marked)
    assert label.read(path) == json.loads(MARK.json())
    ffmpeg(["-xerror", "-i", str(path), "-f", "null", "-"])


def test_a_transparent_webp_stays_transparent() -> None:
    out = io.BytesIO()
    pixels = np.random.default_rng(1).integers(0, 255, (20, 30, 4), dtype=np.uint8)
    Image.fromarray(pixels).save(out, "WEBP", lossless=True, exact=True)
    after = Image.open(io.BytesIO(label.mark(out.getvalue(), ".webp", MARK)))
    assert after.mode == "RGBA" and np.array_equal(np.asarray(after), pixels)


@pytest.mark.parametrize(("suffix", "kind"), [(".png", "PNG"), (".jpg", "JPEG"), (".webp", "WEBP")])
def test_a_files_own_xmp_is_kept(suffix: str, kind: str) -> None:
    packet = (
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        '<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:format="own"/>'
        "</rdf:RDF></x:xmpmeta>"
    )
    if kind == "PNG":
        info = PngImagePlugin.PngInfo()
        info.add_itxt("XML:com.adobe.xmp", packet, zip=True)
        plain = picture(kind, pnginfo=info)
    else:
        plain = picture(kind, xmp=packet.encode())
    marked = label.mark(plain, suffix, MARK)
    own, ours = descriptions(xmp(Image.open(io.BytesIO(marked))))
    assert own.get("{http://purl.org/dc/elements/1.1/}format") == "own" and ours[0].text == MARK.json()
    assert label.read(marked) == json.loads(MARK.json())
    assert marked.count(b"<rdf:RDF") == 1


@pytest.mark.parametrize("samples", [4000, 4001])
def test_wav_stays_playable_everywhere(samples: int) -> None:
    plain = tone(width=1, samples=samples)
    marked = label.mark(plain, ".wav", MARK)
    assert label.read(marked) == json.loads(MARK.json())
    assert len(marked) % 2 == 0 and struct.unpack("<I", marked[4:8])[0] == len(marked) - 8
    with wave.open(io.BytesIO(plain)) as before, wave.open(io.BytesIO(marked)) as after:
        assert after.getparams() == before.getparams()
        assert after.readframes(9999) == before.readframes(9999)
    assert packets(marked)[0][4] == packets(plain)[0][4]
    assert ffmpeg(["-f", "wav", "-i", "-", "-f", "u8", "-"], stdin=marked) == ffmpeg(
        ["-f", "wav", "-i", "-", "-f", "u8", "-"], stdin=plain
    )


def test_a_streamed_wav_gets_its_sizes() -> None:
    streamed = ffmpeg(["-f", "wav", "-i", "-", "-f", "wav", "-"], stdin=tone())
    assert streamed[4:8] == b"\xff" * 4
    with wave.open(io.BytesIO(label.mark(streamed, ".wav", MARK))) as file:
        assert file.getnframes() == 4001


def encoded(suffix: str) -> bytes:
    if suffix == ".mp3":
        return ffmpeg(["-f", "wav", "-i", "-", "-write_id3v2", "0", "-f", "mp3", "-"], stdin=tone())
    return ffmpeg(["-f", "wav", "-i", "-", "-f", suffix[1:], "-"], stdin=tone())


@pytest.mark.parametrize("suffix", [".flac", ".mp3"])
def test_music_files(suffix: str) -> None:
    plain = encoded(suffix)
    marked = label.mark(plain, suffix, MARK)
    assert label.read(plain) is None
    assert label.read(marked) == json.loads(MARK.json())
    assert tags(marked)["AIGC"] == MARK.json()
    assert decoded(marked) == decoded(plain)
    assert ffmpeg(["-xerror", "-i", "-", "-f", "s16le", "-"], stdin=marked)


@pytest.mark.parametrize("version", [3, 4])
def test_mp3_keeps_its_tags(version: int) -> None:
    plain = ffmpeg(
        ["-f", "wav", "-i", "-", "-metadata", "title=片名", "-id3v2_version", str(version), "-f", "mp3", "-"],
        stdin=tone(),
    )
    marked = label.mark(plain, ".mp3", MARK)
    assert marked.count(b"ID3") == 1
    assert tags(marked)["title"] == "片名" and tags(marked)["AIGC"] == MARK.json()


def test_mp3_with_a_tag_of_an_old_version_gets_a_second() -> None:
    frame = b"TT2\0\0\x06\0title"
    plain = b"ID3\x02\0\0\0\0\0" + bytes((len(frame),)) + frame + encoded(".mp3")
    marked = label.mark(plain, ".mp3", MARK)
    assert label.read(marked) == json.loads(MARK.json())
    assert tags(marked)["title"] == "title" and tags(marked)["AIGC"] == MARK.json()


def test_flac_keeps_its_comments() -> None:
    plain = ffmpeg(["-f", "wav", "-i", "-", "-metadata", "title=片名", "-f", "flac", "-"], stdin=tone())
    marked = label.mark(plain, ".flac", MARK)
    assert tags(marked)["title"] == "片名" and tags(marked)["AIGC"] == MARK.json()


@pytest.mark.parametrize(
    ("options", "container"),
    [
        ({}, "mp4"),
        ({"movflags": "faststart"}, "mp4"),
        ({"movflags": "faststart+use_metadata_tags"}, "mp4"),
        ({}, "mov"),
        ({"movflags": "frag_keyframe+empty_moov"}, "mp4"),
        ({"movflags": "frag_keyframe+empty_moov+default_base_moof"}, "mp4"),
    ],
)
def test_films(options: dict[str, str], container: str, tmp_path: Path) -> None:
    plain = clip(options, {"title": "片名"}, container)
    marked = label.mark(plain, f".{container}", MARK)
    assert label.read(plain) is None
    assert label.read(marked) == json.loads(MARK.json())
    assert tags(marked)["AIGC"] == MARK.json() and tags(marked)["title"] == "片名"
    assert packets(marked) == packets(plain)
    assert decoded(marked) == decoded(plain)
    assert marked.index(b"moov") < marked.index(b"mdat")
    path = tmp_path / "film"
    path.write_bytes(marked)
    assert label.read(path) == json.loads(MARK.json())
    ffmpeg(["-xerror", "-i", str(path), "-f", "null", "-"])


def test_a_muxed_label_is_read_and_not_written_twice() -> None:
    muxed = clip({"movflags": label.MOVFLAGS}, label.metadata(MARK))
    assert label.read(muxed) == json.loads(MARK.json())
    assert label.mark(muxed, ".mp4", Mark("other", "other")) is muxed


@pytest.mark.parametrize("suffix", [".png", ".wav", ".flac", ".mp3", ".svg"])
def test_an_upstream_label_stays_alone(suffix: str) -> None:
    plain = {".png": picture("PNG"), ".wav": tone(), ".svg": b'<svg xmlns="http://www.w3.org/2000/svg"></svg>'}
    marked = label.mark(plain.get(suffix) or encoded(suffix), suffix, Mark("upstream", "theirs"))
    assert label.mark(marked, suffix, MARK) is marked
    assert (label.read(marked) or {})["ContentProducer"] == "upstream"


def test_other_producers_ways_of_writing_are_read() -> None:
    own = json.loads(MARK.json())
    info = PngImagePlugin.PngInfo()
    info.add_text("AIGC", MARK.json())
    assert label.read(picture("PNG", pnginfo=info)) == own
    exif = Image.Exif()
    exif[0x9286] = json.dumps({"AIGC": own})
    assert label.read(picture("JPEG", exif=exif)) == own
    info = b"INFOAIGC" + struct.pack("<I", len(MARK.json())) + MARK.json().encode()
    body = tone()[8:] + b"LIST" + struct.pack("<I", len(info)) + info
    assert label.read(b"RIFF" + struct.pack("<I", len(body)) + body) == own


@pytest.mark.parametrize(
    "drawing",
    [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 4 4"><title>a &gt; b</title></svg>',
        '<?xml version="1.0" encoding="UTF-8"?>\n<!-- <svg> -->\n<svg xmlns="http://www.w3.org/2000/svg" a=">"/>\n',
        '<s:svg xmlns:s="http://www.w3.org/2000/svg"><s:g/></s:svg>',
    ],
)
def test_svg(drawing: str) -> None:
    marked = label.mark(drawing.encode(), ".svg", MARK)
    root = ElementTree.fromstring(marked)
    found = root.find(".//{http://www.tc260.org.cn/ns/AIGC/1.0/}AIGC")
    assert found is not None and found.text == MARK.json()
    assert root[0].tag == "{http://www.w3.org/2000/svg}metadata"
    assert label.read(drawing.encode()) is None
    assert label.read(marked) == json.loads(MARK.json())


@pytest.mark.parametrize("suffix", [".txt", ".json", ""])
def test_other_files_return_unchanged(suffix: str) -> None:
    data = b'{"Label": "1"}'
    assert label.mark(data, suffix, MARK) is data
    assert label.read(data) is None


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp", ".wav", ".flac", ".mp3", ".mp4", ".mov", ".svg"])
def test_what_is_no_such_file_is_an_error(suffix: str) -> None:
    for data in (b"", b"plain words and nothing else", bytes(64)):
        with pytest.raises(MediaError):
            label.mark(data, suffix, MARK)


@pytest.mark.parametrize("suffix", [".png", ".webp", ".wav", ".flac", ".mp4"])
def test_a_file_cut_short_is_an_error(suffix: str) -> None:
    whole = {
        ".png": picture("PNG"),
        ".webp": picture("WEBP"),
        ".wav": tone(),
        ".flac": encoded(".flac")[:60],
        ".mp4": clip({"movflags": "faststart"}, {}),
    }[suffix]
    with pytest.raises(MediaError):
        label.mark(whole[: len(whole) // 2], suffix, MARK)


def test_a_bomb_in_a_compressed_packet_is_not_unpacked() -> None:
    plain = picture("PNG")
    body = b"iTXtXML:com.adobe.xmp\0\1\0\0\0" + zlib.compress(bytes(1 << 26))
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    assert label.read(plain[:33] + chunk + plain[33:]) is None


def test_a_missing_file() -> None:
    with pytest.raises(NotFoundError):
        label.read(Path("there-is-no-such-file.png"))
