"""The segment store: encoded segments on disk, addressed by key.

One file a segment, little-endian: magic ``MJP1``, packet count and length of ``extradata`` (SPS and PPS) as uint32,
``extradata``, then for each packet pts and dts in frames (int32), key-frame flag and length in bytes (uint32), then the
packets' bytes (H.264 Annex B). A file appears whole or not at all.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from manju.errors import MediaError
from manju.media import atomic

MAGIC = b"MJP1"
_HEAD = struct.Struct("<4sII")
_ROW = struct.Struct("<iiII")


@dataclass(frozen=True, slots=True)
class Packet:
    """An encoded picture. ``pts`` and ``dts`` count frames from the start of its segment."""

    pts: int
    dts: int
    key: bool
    data: bytes


class SegmentStore:
    """Segments in a folder; any number of processes may use it at once."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, key: str) -> Path:
        """Where the segment with this key is or will be."""
        return self.folder / key[:2] / f"{key}.pk"

    def has(self, key: str) -> bool:
        """Whether the segment is there; if so it counts as used now."""
        return atomic.found(self.path(key))

    def write(self, key: str, extradata: bytes, packets: Sequence[Packet]) -> None:
        """Store a segment; a second writer of the same key wins harmlessly, the bytes are the same."""
        path = self.path(key)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with atomic.partial(path) as unfinished:
                with unfinished.open("wb") as file:
                    file.write(_HEAD.pack(MAGIC, len(packets), len(extradata)))
                    file.write(extradata)
                    for packet in packets:
                        file.write(_ROW.pack(packet.pts, packet.dts, packet.key, len(packet.data)))
                    for packet in packets:
                        file.write(packet.data)
                atomic.publish(unfinished, path)
        except OSError as error:
            raise MediaError(f"cannot write to {path.parent}: {error.strerror}", hint="Is the disk full?") from error

    def read(self, key: str) -> tuple[bytes, Iterator[Packet]]:
        """``extradata`` and the packets of a segment, in decoding order; it counts as used now.

        Raises:
            MediaError: it is not there, or the file is damaged (it is removed, so that the next render makes it anew).
        """
        path = self.path(key)
        try:
            data = path.read_bytes()
            atomic.found(path)
        except OSError as error:
            raise MediaError(f"segment {key[:12]} is not in the cache", hint="Render again.") from error
        try:
            magic, count, length = _HEAD.unpack_from(data)
            body = _HEAD.size + length + count * _ROW.size
            rows = [_ROW.unpack_from(data, _HEAD.size + length + k * _ROW.size) for k in range(count)]
        except struct.error:
            magic, rows, body, length = b"", [], 0, 0
        if magic != MAGIC or len(data) != body + sum(row[3] for row in rows):
            path.unlink(missing_ok=True)
            raise MediaError(f"segment {key[:12]} in the cache is damaged and was removed", hint="Render again.")

        def packets() -> Iterator[Packet]:
            at = body
            for pts, dts, is_key, size in rows:
                yield Packet(pts, dts, bool(is_key), data[at : at + size])
                at += size

        return data[_HEAD.size : _HEAD.size + length], packets()

    def sweep(self, limit: int) -> int:
        """Delete the least recently used segments until the store takes at most ``limit`` bytes, and leftovers of
        killed writers. Returns the bytes freed."""
        return atomic.sweep(self.folder, limit)
