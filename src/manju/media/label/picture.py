"""The label in PNG, JPEG and WebP files: an XMP packet, placed by editing chunks."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator

from manju.media.label.field import Buffer, damaged, from_exif, from_packet, packet

_PNG = b"\x89PNG\r\n\x1a\n"
_PNG_XMP = b"XML:com.adobe.xmp\0"
_JPEG_XMP = b"http://ns.adobe.com/xap/1.0/\0"
_XMP_LIMIT = 1 << 22
"""A compressed packet larger than this, unpacked, is not looked into (a decompression bomb)."""
_WEBP_XMP, _WEBP_ALPHA = 0x04, 0x10
"""Flags of the VP8X chunk (WebP container specification)."""


def is_png(data: Buffer) -> bool:
    return data[:8] == _PNG


def is_jpeg(data: Buffer) -> bool:
    return data[:3] == b"\xff\xd8\xff"


def is_webp(data: Buffer) -> bool:
    return data[:4] == b"RIFF" and data[8:12] == b"WEBP"


def _png_chunks(data: Buffer) -> Iterator[tuple[bytes, int, int]]:
    """Type, start and end (length and checksum included) of each chunk up to and with IEND."""
    if not is_png(data):
        raise damaged("PNG", "wrong signature")
    at = 8
    while at + 12 <= len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        end = at + 12 + size
        if end > len(data):
            break
        yield kind, at, end
        if kind == b"IEND":
            return
        at = end
    raise damaged("PNG", "it ends too early")


def _png_packet(data: Buffer) -> tuple[str, int, int] | None:
    """The XMP packet and its chunk's place."""
    for kind, start, end in _png_chunks(data):
        if kind == b"iTXt" and data[start + 8 : start + 8 + len(_PNG_XMP)] == _PNG_XMP:
            body = data[start + 8 + len(_PNG_XMP) : end - 4]
            fields = body[2:].split(b"\0", 2)  # language, translated keyword, text
            if len(fields) != 3:
                raise damaged("PNG", "broken iTXt chunk")
            text: bytes = fields[2]
            if body[0]:
                try:
                    text = zlib.decompressobj().decompress(text, _XMP_LIMIT)
                except zlib.error as error:
                    raise damaged("PNG", f"broken iTXt chunk: {error}") from error
            return text.decode("utf-8", "replace"), start, end
    return None


def write_png(data: bytes, value: str) -> bytes:
    found = _png_packet(data)
    before, start, end = found if found else ("", 33, 33)  # after the signature (8 bytes) and IHDR (25)
    if data[12:16] != b"IHDR":
        raise damaged("PNG", "no header")
    body = b"iTXt" + _PNG_XMP + b"\0\0\0\0" + packet(value, before).encode()
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return data[:start] + chunk + data[end:]


def read_png(data: Buffer) -> str | None:
    found = _png_packet(data)
    if found and (value := from_packet(found[0])):
        return value
    for kind, start, end in _png_chunks(data):
        body = data[start + 8 : end - 4]
        if kind == b"tEXt" and body.startswith(b"AIGC\0"):
            return body[5:].decode("utf-8", "replace")
        if kind == b"eXIf" and (value := from_exif(body)):
            return value
    return None


def _jpeg_segments(data: Buffer) -> Iterator[tuple[int, int, int]]:
    """Marker, start and end of each segment before the picture's data."""
    if not is_jpeg(data):
        raise damaged("JPEG", "wrong signature")
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            raise damaged("JPEG", f"no marker at byte {at}")
        marker = data[at + 1]
        if marker == 0xFF:  # fill byte
            at += 1
            continue
        if marker == 0xDA:  # start of scan
            return
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
        yield marker, at, end
        at = end
    raise damaged("JPEG", "it ends before the picture")


def write_jpeg(data: bytes, value: str) -> bytes:
    before, start, end = "", 2, 2
    for marker, at, stop in _jpeg_segments(data):
        if marker == 0xE1 and data[at + 4 : at + 4 + len(_JPEG_XMP)] == _JPEG_XMP:
            before, start, end = data[at + 4 + len(_JPEG_XMP) : stop].decode("utf-8", "replace"), at, stop
            break
        if marker == 0xE0 or (marker == 0xE1 and data[at + 4 : at + 10] == b"Exif\0\0"):
            start = end = stop  # JFIF and Exif want to be first
    body = _JPEG_XMP + packet(value, before).encode()
    if len(body) > 0xFFFD:
        raise damaged("JPEG", "its XMP packet is full, the AI label does not fit")
    return data[:start] + b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body + data[end:]


def read_jpeg(data: Buffer) -> str | None:
    for marker, at, end in _jpeg_segments(data):
        body = data[at + 4 : end] if marker == 0xE1 else b""
        value = None
        if body.startswith(_JPEG_XMP):
            value = from_packet(body[len(_JPEG_XMP) :].decode("utf-8", "replace"))
        elif body.startswith(b"Exif\0\0"):
            value = from_exif(body)
        if value:
            return value
    return None


def _webp_chunks(data: Buffer) -> Iterator[tuple[bytes, bytes]]:
    if not is_webp(data):
        raise damaged("WebP", "wrong signature")
    at, stop = 12, 8 + int.from_bytes(data[4:8], "little")
    if stop > len(data):
        raise damaged("WebP", "it ends too early")
    while at + 8 <= stop:
        kind, size = struct.unpack("<4sI", data[at : at + 8])
        if at + 8 + size > stop:
            raise damaged("WebP", "it ends too early")
        yield kind, data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def _webp_header(kind: bytes, body: bytes) -> bytes:
    """A VP8X chunk's content for a simple file: flags, then width and height less one in 24 bits each."""
    if kind == b"VP8 " and body[3:6] == b"\x9d\x01\x2a" and len(body) >= 10:
        width = int.from_bytes(body[6:8], "little") & 0x3FFF
        height = int.from_bytes(body[8:10], "little") & 0x3FFF
        flags = 0
    elif kind == b"VP8L" and body[:1] == b"\x2f" and len(body) >= 5:
        bits = int.from_bytes(body[1:5], "little")
        width, height = (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
        flags = _WEBP_ALPHA if bits >> 28 & 1 else 0
    else:
        raise damaged("WebP", "no picture in it")
    if not width or not height:
        raise damaged("WebP", "its picture has no size")
    return bytes((flags, 0, 0, 0)) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")


def write_webp(data: bytes, value: str) -> bytes:
    chunks = list(_webp_chunks(data))
    if not chunks:
        raise damaged("WebP", "no picture in it")
    if chunks[0][0] != b"VP8X":
        chunks.insert(0, (b"VP8X", _webp_header(*chunks[0])))
    header = bytearray(chunks[0][1])
    header[0] |= _WEBP_XMP
    before = next((body for kind, body in chunks if kind == b"XMP "), b"").decode("utf-8", "replace")
    kept = [chunk for chunk in chunks[1:] if chunk[0] != b"XMP "]
    out = bytearray(b"WEBP")
    for kind, body in ((b"VP8X", bytes(header)), *kept, (b"XMP ", packet(value, before).encode())):
        out += kind + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2)
    return b"RIFF" + struct.pack("<I", len(out)) + bytes(out)


def read_webp(data: Buffer) -> str | None:
    for kind, body in _webp_chunks(data):
        value = None
        if kind == b"XMP ":
            value = from_packet(body.decode("utf-8", "replace"))
        elif kind == b"EXIF":
            value = from_exif(body)
        if value:
            return value
    return None
