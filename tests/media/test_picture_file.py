"""Stills as people have them: upright and in their colours in the film, or refused at once."""

import io
import struct
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image

from manju.errors import MediaError
from manju.media.picture_file import inspect, load

RED, GREEN, BLUE, GREY = (230, 30, 30), (30, 200, 30), (30, 60, 160), (128, 128, 128)
ORIENTATION = 0x0112
CORNERS = ((5, 5), (-5, 5), (5, -5), (-5, -5))


def card() -> Image.Image:
    """Red, green, blue and grey quarters, taller than wide."""
    picture = Image.new("RGB", (120, 200), GREY)
    picture.paste(RED, (0, 0, 60, 100))
    picture.paste(GREEN, (60, 0, 120, 100))
    picture.paste(BLUE, (0, 100, 60, 200))
    return picture


def saved(picture, path, **options):
    picture.save(path, **options)
    return path


def seen(path):
    """RGB of the four quarters."""
    inspect(path)
    pixels = load(path)
    assert pixels.shape == (200, 120, 3) and pixels.dtype == np.uint8
    return [tuple(int(value) for value in pixels[y, x, ::-1]) for x, y in CORNERS]


def alike(found, wanted, most=6):
    return all(
        abs(a - b) <= most for one, other in zip(found, wanted, strict=True) for a, b in zip(one, other, strict=True)
    )


@pytest.mark.parametrize(
    ("name", "mode", "options"),
    [
        ("a.png", "RGB", {}),
        ("a.png", "P", {}),
        ("a.jpg", "RGB", {"quality": 95}),
        ("a.jpg", "RGB", {"quality": 95, "progressive": True}),
        ("a.jpg", "CMYK", {"quality": 95}),
        ("a.webp", "RGB", {"quality": 95}),
        ("a.bmp", "RGB", {}),
        ("a.tiff", "RGB", {}),
        ("a.tiff", "CMYK", {"compression": "tiff_lzw"}),
        ("a.gif", "P", {}),
    ],
)
def test_every_usual_kind_keeps_its_colours(tmp_path, name, mode, options):
    picture = card().quantize(16) if mode == "P" else card().convert(mode)
    assert alike(seen(saved(picture, tmp_path / name, **options)), [RED, GREEN, BLUE, GREY])


def test_the_kind_is_told_by_the_content(tmp_path):
    path = tmp_path / "really-a-jpeg.png"
    card().save(path, "JPEG", quality=95)
    assert alike(seen(path), [RED, GREEN, BLUE, GREY])


@pytest.mark.parametrize("shape", ["rgb", "rgba", "grey"])
def test_sixteen_bits(tmp_path, shape):
    path = tmp_path / "deep.png"
    bgr = np.asarray(card())[:, :, ::-1].astype(np.uint16) * 257
    deep = {
        "rgb": bgr,
        "rgba": np.dstack([bgr, np.full(bgr.shape[:2], 65535, np.uint16)]),
        "grey": np.asarray(card().convert("L")).astype(np.uint16) * 257,
    }[shape]
    assert cv2.imwrite(str(path), deep)
    wanted = [RED, GREEN, BLUE, GREY]
    if shape == "grey":
        wanted = [(round(0.299 * r + 0.587 * g + 0.114 * b),) * 3 for r, g, b in wanted]
    assert alike(seen(path), wanted, 1)


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.tiff"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_pictures_stand_upright(tmp_path, name, orientation):
    """The file holds what the camera saw; its orientation says how to turn it (Exif 2.3, table 6)."""
    turns = Image.Transpose
    back = {2: turns.FLIP_LEFT_RIGHT, 3: turns.ROTATE_180, 4: turns.FLIP_TOP_BOTTOM, 5: turns.TRANSPOSE,
            6: turns.ROTATE_90, 7: turns.TRANSVERSE, 8: turns.ROTATE_270}.get(orientation)  # fmt: skip
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    stored = card() if back is None else card().transpose(back)
    assert alike(seen(saved(stored, tmp_path / name, exif=exif)), [RED, GREEN, BLUE, GREY], 12)


def transparent() -> Image.Image:
    """The card with its lower half half and wholly transparent."""
    picture = card().convert("RGBA")
    alpha = Image.new("L", picture.size, 255)
    alpha.paste(128, (0, 100, 60, 200))
    alpha.paste(0, (60, 100, 120, 200))
    picture.putalpha(alpha)
    return picture


@pytest.mark.parametrize("name", ["a.png", "a.webp", "a.tiff", "palette.png"])
def test_transparent_parts_lie_on_white(tmp_path, name):
    picture = transparent().quantize(64) if name == "palette.png" else transparent()
    if name == "a.webp":
        saved(picture, tmp_path / name, lossless=True)
    else:
        saved(picture, tmp_path / name)
    assert alike(seen(tmp_path / name), [RED, GREEN, (142, 157, 207), (255, 255, 255)])


@pytest.mark.parametrize(("mode", "key"), [("RGB", BLUE), ("L", None), ("P", None)])
def test_a_transparent_colour_lies_on_white(tmp_path, mode, key):
    picture = card().convert(mode)
    key = picture.getpixel((5, 195)) if key is None else key
    assert seen(saved(picture, tmp_path / "a.png", transparency=key))[2] == (255, 255, 255)


def profile(*primaries):
    """An ICC profile (version 2) with these primaries as XYZ under D50, and no curve."""

    def fixed(value):
        return struct.pack(">i", round(value * 65536))

    def xyz(values):
        return b"XYZ " + bytes(4) + b"".join(fixed(value) for value in values)

    text = b"swapped\0"
    tags = {
        b"desc": b"desc" + bytes(4) + struct.pack(">I", len(text)) + text + bytes(78),
        b"wtpt": xyz((0.9642, 1.0, 0.8249)),
        **dict(zip((b"rXYZ", b"gXYZ", b"bXYZ"), map(xyz, primaries), strict=True)),
        **dict.fromkeys(
            (b"rTRC", b"gTRC", b"bTRC"), b"curv" + bytes(4) + struct.pack(">IH", 1, round(2.2 * 256)) + b"\0\0"
        ),
    }
    table, body, at = b"", b"", 128 + 4 + 12 * len(tags)
    for name, data in tags.items():
        data += bytes(-len(data) % 4)
        table += name + struct.pack(">II", at + len(body), len(data))
        body += data
    head = bytes(4) + bytes(4) + struct.pack(">I", 0x02100000) + b"mntrRGB XYZ " + bytes(12) + b"acsp" + bytes(28)
    head += b"".join(map(fixed, (0.9642, 1.0, 0.8249)))
    whole = head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + body
    return struct.pack(">I", len(whole)) + whole[4:]


SRGB = ((0.4361, 0.2225, 0.0139), (0.3851, 0.7169, 0.0971), (0.1431, 0.0606, 0.7141))


def test_colours_are_what_the_profile_says(tmp_path):
    """A profile whose red is sRGB's green and the other way round."""
    swapped = profile(SRGB[1], SRGB[0], SRGB[2])
    found = seen(saved(card(), tmp_path / "a.png", icc_profile=swapped))
    assert alike(found, [(30, 230, 30), (200, 30, 30), (60, 30, 160), GREY], 12)


def test_a_profile_that_is_none_is_passed_over(tmp_path, capfd):
    assert seen(saved(card(), tmp_path / "a.png", icc_profile=b"junk" * 50)) == [RED, GREEN, BLUE, GREY]
    assert capfd.readouterr().err == ""


def test_the_smallest_picture(tmp_path):
    path = saved(Image.new("RGB", (1, 1), RED), tmp_path / "a.png")
    inspect(path)
    assert load(path).tolist() == [[[30, 30, 230]]]


def noise(suffix, **options):
    file = io.BytesIO()
    pixels = np.random.default_rng(3).integers(0, 255, (200, 120, 3)).astype(np.uint8)
    Image.fromarray(pixels).save(file, suffix, **options)
    return file.getvalue()


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, bits=8, colours=2):
    head = struct.pack(">IIBBBBB", width, height, bits, colours, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0" * 1000)) + chunk(b"IEND", b"")
    )


def animation(suffix):
    file = io.BytesIO()
    card().save(file, suffix, save_all=True, append_images=[Image.new("RGB", (120, 200))], duration=100)
    return file.getvalue()


FLIPPED = bytearray(noise("PNG"))
FLIPPED[len(FLIPPED) // 2] ^= 0xFF


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"", "empty"),
        (b"hello, I am a text\n" * 10, "no PNG, JPEG"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>', "no PNG, JPEG"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(2000), "no PNG, JPEG"),
        (noise("PNG")[:-12], "damaged"),
        (noise("PNG")[:40_000], "damaged"),
        (noise("PNG")[:25], "damaged"),
        (bytes(FLIPPED), "damaged"),
        (noise("JPEG")[:-700], "damaged"),
        (noise("JPEG")[:9000], "damaged"),
        (noise("WEBP")[:-100], "damaged"),
        (noise("BMP")[:-1000], "damaged"),
        (noise("TIFF")[:-1000], "damaged"),
        (noise("GIF")[:9000], "damaged"),
        (animation("GIF"), "animation"),
        (animation("WEBP"), "animation"),
        (animation("PNG"), "animation"),
        (png(20_000, 20_000), "more than 67108864 pixels"),
        (png(9000, 9000), "more than 67108864 pixels"),
        (cv2.imencode(".tiff", np.zeros((9, 9), np.float32))[1].tobytes(), "usual kind"),
    ],
)
def test_what_cannot_be_used_is_told_before_it_is_decoded(tmp_path, capfd, data, says):
    path = tmp_path / "picture.png"
    path.write_bytes(data)
    with pytest.raises(MediaError, match=says) as caught:
        inspect(path)
    assert caught.value.hint and "\n" not in caught.value.message
    assert capfd.readouterr().err == ""


def test_pixels_that_are_missing_in_a_whole_file_are_told_by_the_decoder(tmp_path, capfd):
    path = tmp_path / "picture.png"
    path.write_bytes(png(540, 960))
    with pytest.raises(MediaError, match="damaged"):
        load(path)
    assert capfd.readouterr().err == ""


def test_folders_and_links_to_nowhere_are_no_pictures(tmp_path):
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "link.png").symlink_to(tmp_path / "gone.png")
    for name in ("folder.png", "link.png", "nothing.png"):
        with pytest.raises(MediaError, match="cannot be read"):
            inspect(tmp_path / name)
