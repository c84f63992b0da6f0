"""The label in WAV (a RIFF chunk ``AIGC``), FLAC (a Vorbis comment) and MP3 (an ID3v2 ``TXXX`` frame)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

from manju.media.label.field import KEY, Buffer, damaged

_UNKNOWN_SIZES = (0, 0xFFFFFFFF)
"""What a program that writes WAV into a pipe leaves as sizes."""


def is_wav(data: Buffer) -> bool:
    return data[:4] == b"RIFF" and data[8:12] == b"WAVE"


def is_flac(data: Buffer) -> bool:
    at = _id3_end(data)
    return data[at : at + 4] == b"fLaC"


def is_mp3(data: Buffer) -> bool:
    at = _id3_end(data)
    # Behind a tag some programs leave a stretch of padding that the tag does not count.
    return any(_is_frame(data, start) for start in range(at, at + (4096 if at else 1)))


def _is_frame(data: Buffer, at: int) -> bool:
    """Eleven bits of frame sync, then a version, then 01 for layer III."""
    return len(data) >= at + 4 and data[at] == 0xFF and data[at + 1] & 0xE6 == 0xE2


def _wav_chunks(data: Buffer) -> Iterator[tuple[bytes, int, int]]:
    """Name, start of the content and its end; sound of unknown size goes to the end of the file."""
    if not is_wav(data):
        raise damaged("WAV", "wrong signature")
    size = int.from_bytes(data[4:8], "little")
    stop = len(data) if size in _UNKNOWN_SIZES else min(len(data), 8 + size)
    at = 12
    while at + 8 <= stop:
        name, size = struct.unpack("<4sI", data[at : at + 8])
        end = at + 8 + size
        if name == b"data" and (size == 0xFFFFFFFF or (size == 0 and stop == len(data) and at + 8 < stop)):
            end = len(data)
        if end > len(data):
            raise damaged("WAV", f"it ends inside its {name.decode('latin-1')!r} part")
        yield name, at + 8, end
        at = end + (end - at) % 2


def write_wav(data: bytes, value: str) -> bytes:
    chunks = list(_wav_chunks(data))
    sound = next(((start, end) for name, start, end in chunks if name == b"data"), None)
    if sound is None or not any(name == b"fmt " for name, _, _ in chunks):
        raise damaged("WAV", "no sound in it")
    body = value.encode()
    stop = chunks[-1][2]
    out = bytearray(data[:stop] + b"\0" * (stop % 2))
    out += KEY.encode() + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
    if len(out) - 8 > 0xFFFFFFFF:
        raise damaged("WAV", "it is larger than 4 GB")
    struct.pack_into("<I", out, sound[0] - 4, sound[1] - sound[0])
    struct.pack_into("<I", out, 4, len(out) - 8)
    return bytes(out)


def read_wav(data: Buffer) -> str | None:
    for name, start, end in _wav_chunks(data):
        if name == b"AIGC":
            return data[start:end].rstrip(b"\0").decode("utf-8", "replace")
        if name == b"LIST" and data[start : start + 4] == b"INFO":
            at = start + 4
            while at + 8 <= end:
                field, size = struct.unpack("<4sI", data[at : at + 8])
                if field == b"AIGC":
                    return data[at + 8 : min(at + 8 + size, end)].rstrip(b"\0").decode("utf-8", "replace")
                at += 8 + size + size % 2
    return None


def _flac_blocks(data: Buffer) -> Iterator[tuple[int, int, int, bool]]:
    """Type, start of the content, its end, and whether it is the last, of each metadata block."""
    if not is_flac(data):
        raise damaged("FLAC", "wrong signature")
    at, last = _id3_end(data) + 4, False
    while not last:
        if at + 4 > len(data):
            raise damaged("FLAC", "it ends too early")
        last, kind = bool(data[at] & 0x80), data[at] & 0x7F
        end = at + 4 + int.from_bytes(data[at + 1 : at + 4], "big")
        if end > len(data):
            raise damaged("FLAC", "it ends too early")
        yield kind, at + 4, end, last
        at = end


def _comments(body: bytes) -> tuple[bytes, list[bytes]]:
    """Vendor and comments of a Vorbis comment block (lengths are 32 bit, little-endian)."""
    try:
        size = int.from_bytes(body[:4], "little")
        vendor, at = body[4 : 4 + size], 8 + size
        (count,) = struct.unpack_from("<I", body, 4 + size)
        texts: list[bytes] = []
        for _ in range(count):
            (size,) = struct.unpack_from("<I", body, at)
            if at + 4 + size > len(body):
                raise damaged("FLAC", "broken comments")
            texts.append(body[at + 4 : at + 4 + size])
            at += 4 + size
    except struct.error as error:
        raise damaged("FLAC", "broken comments") from error
    return vendor, texts


def write_flac(data: bytes, value: str) -> bytes:
    out = bytearray()
    vendor, texts = b"manju", list[bytes]()
    rest = len(data)
    blocks = []
    for kind, start, end, _ in _flac_blocks(data):
        rest = end
        if kind == 4:
            vendor, texts = _comments(data[start:end])
        else:
            blocks.append((kind, data[start:end]))
    if not blocks or blocks[0][0] != 0:
        raise damaged("FLAC", "no stream information")
    texts.append(f"{KEY}={value}".encode())
    body = struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", len(texts))
    blocks.insert(1, (4, body + b"".join(struct.pack("<I", len(text)) + text for text in texts)))
    for index, (kind, content) in enumerate(blocks):
        last = 0x80 if index == len(blocks) - 1 else 0
        if len(content) >= 1 << 24:
            raise damaged("FLAC", "its comments are full, the AI label does not fit")
        out += bytes((kind | last,)) + len(content).to_bytes(3, "big") + content
    return data[: _id3_end(data) + 4] + bytes(out) + data[rest:]


def read_flac(data: Buffer) -> str | None:
    for kind, start, end, _ in _flac_blocks(data):
        if kind == 4:
            for text in _comments(data[start:end])[1]:
                name, _, value = text.partition(b"=")
                if name.upper() == KEY.encode():
                    return value.decode("utf-8", "replace")
    return None


def _syncsafe(data: bytes) -> int:
    """28 bits in four bytes of seven (ID3v2)."""
    return data[0] << 21 | data[1] << 14 | data[2] << 7 | data[3]


def _safe(size: int) -> bytes:
    return bytes((size >> 21 & 0x7F, size >> 14 & 0x7F, size >> 7 & 0x7F, size & 0x7F))


def _tags(data: Buffer) -> Iterator[tuple[int, int]]:
    """Start and end of each ID3v2 tag at the head of the file."""
    at = 0
    while data[at : at + 3] == b"ID3" and len(data) >= at + 10:
        footer = 10 if data[at + 5] & 0x10 else 0
        end = at + 10 + _syncsafe(data[at + 6 : at + 10]) + footer
        yield at, end
        at = end


def _id3_end(data: Buffer) -> int:
    return max((end for _, end in _tags(data)), default=0)


def _frames(data: Buffer, start: int, end: int) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and end of the content of each frame of an ID3v2.3 or 2.4 tag."""
    version, flags = data[start + 3], data[start + 5]
    at = start + 10
    if flags & 0x40:  # extended header; its size counts itself in 2.4 only
        raw = data[at : at + 4]
        at += _syncsafe(raw) if version == 4 else 4 + int.from_bytes(raw, "big")
    while version in (3, 4) and at + 10 <= end and data[at]:
        raw = data[at + 4 : at + 8]
        size = _syncsafe(raw) if version == 4 else int.from_bytes(raw, "big")
        if at + 10 + size > end:
            raise damaged("MP3", "broken ID3 tag")
        yield data[at : at + 4], at + 10, at + 10 + size
        at += 10 + size


def write_mp3(data: bytes, value: str) -> bytes:
    if not is_mp3(data):
        raise damaged("MP3", "no sound in it")
    # The value is ASCII, so encoding 0 (Latin-1) and no byte 0xFF: the same bytes with and without unsynchronisation.
    text = b"\0" + KEY.encode() + b"\0" + value.encode("ascii")
    first = next(_tags(data), None)
    if first and data[3] in (3, 4) and not data[5] & 0x5F:
        size = _safe(len(text)) if data[3] == 4 else struct.pack(">I", len(text))
        frame = b"TXXX" + size + b"\0\0" + text
        head = data[:6] + _safe(first[1] - 10 + len(frame))
        return head + frame + data[10:]
    frame = b"TXXX" + struct.pack(">I", len(text)) + b"\0\0" + text
    tag = b"ID3\x03\0\0" + _safe(len(frame)) + frame
    at = _id3_end(data)  # after tags of a version, or with an extended header, that we leave alone
    return data[:at] + tag + data[at:]


def read_mp3(data: Buffer) -> str | None:
    for start, end in _tags(data):
        for name, at, stop in _frames(data, start, min(end, len(data))):
            if name != b"TXXX" or stop - at < 2:
                continue
            coding = {0: "latin-1", 1: "utf-16", 2: "utf-16-be", 3: "utf-8"}.get(data[at], "latin-1")
            key, _, value = data[at + 1 : stop].decode(coding, "replace").partition("\0")
            if key == KEY:
                return value.lstrip("\ufeff").rstrip("\0")
    return None
