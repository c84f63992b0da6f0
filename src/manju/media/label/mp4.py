"""The label in MP4, M4A and MOV files: an ``mdta`` key in a ``meta`` box (ISO 14496-12, QuickTime File Format).

The boxes are edited in place of a remux: samples, time stamps, edit lists and other tags stay to the bit. The ``moov``
box goes to the front (fast start) and every absolute offset in it is moved with the data that it points to.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from manju.media.label.field import KEY, Buffer, damaged

_PARENTS = frozenset((b"moov", b"trak", b"mdia", b"minf", b"stbl", b"udta", b"moof", b"traf", b"mfra"))
_TEXT = struct.pack(">II", 1, 0)
"""Type 1 (UTF-8) and no locale: the head of a text in a ``data`` box."""


@dataclass(frozen=True, slots=True)
class Box:
    """One box: ``start`` .. ``end`` is all of it, its content begins at ``body``."""

    kind: bytes
    start: int
    body: int
    end: int


def _boxes(data: Buffer | bytearray, start: int, end: int) -> Iterator[Box]:
    at = start
    while at + 8 <= end:
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        body = at + 8
        if size == 1:
            size, body = int.from_bytes(data[at + 8 : at + 16], "big"), at + 16
        elif size == 0:
            size = end - at
        if size < body - at or at + size > end:
            raise damaged("MP4", f"it ends inside its {kind.decode('latin-1')!r} part")
        yield Box(kind, at, body, at + size)
        at += size


def recognise(data: Buffer) -> bool:
    if data[8:12] in (b"avif", b"avis", b"heic", b"heix", b"mif1", b"msf1"):  # pictures in the same boxes
        return False
    return data[4:8] in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip") and len(data) >= 16


def _top(data: Buffer) -> list[Box]:
    if not recognise(data):
        raise damaged("MP4", "wrong signature")
    boxes = list(_boxes(data, 0, len(data)))
    if sum(box.kind == b"moov" for box in boxes) != 1:
        raise damaged("MP4", "no index (moov) in it")
    return boxes


def _child(data: Buffer | bytearray, parent: Box, kind: bytes) -> Box | None:
    return next((box for box in _boxes(data, parent.body, parent.end) if box.kind == kind), None)


def _metas(data: Buffer, moov: Box) -> Iterator[tuple[Box, Box, bytes, list[Box]]]:
    """Each ``meta`` of the film as a whole: its parent, itself, handler (``mdta``, ``mdir``), children."""
    udta = _child(data, moov, b"udta")
    for parent in (moov, udta) if udta else (moov,):
        for box in _boxes(data, parent.body, parent.end):
            if box.kind == b"meta":
                # In ISO files the box has four bytes of version and flags first, in QuickTime's it has not.
                body = box.body if data[box.body + 4 : box.body + 8] == b"hdlr" else box.body + 4
                children = list(_boxes(data, body, box.end))
                handler = next((data[c.body + 8 : c.body + 12] for c in children if c.kind == b"hdlr"), b"")
                yield parent, box, handler, children


def _keys(data: Buffer, box: Box) -> list[bytes]:
    return [data[key.body : key.end] for key in _boxes(data, box.body + 8, box.end)]


def _text(data: Buffer, item: Box) -> str | None:
    found = _child(data, item, b"data")
    return data[found.body + 8 : found.end].decode("utf-8", "replace") if found else None


def read(data: Buffer) -> str | None:
    moov = next(box for box in _top(data) if box.kind == b"moov")
    for _, _, handler, children in _metas(data, moov):
        parts = {box.kind: box for box in children}
        if b"ilst" not in parts:
            continue
        names = _keys(data, parts[b"keys"]) if handler == b"mdta" and b"keys" in parts else []
        for item in _boxes(data, parts[b"ilst"].body, parts[b"ilst"].end):
            index = int.from_bytes(item.kind, "big")
            if names and 0 < index <= len(names) and names[index - 1] == KEY.encode():
                return _text(data, item)
            if item.kind == b"----":  # iTunes' free form, which some producers of M4A use
                name = _child(data, item, b"name")
                if name and data[name.body + 4 : name.end] == KEY.encode():
                    return _text(data, item)
    return None


def _box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I4s", len(body) + 8, kind) + body


def _meta(keys: list[bytes], items: list[bytes]) -> bytes:
    handler = _box(b"hdlr", bytes(8), b"mdta", bytes(13))
    names = _box(b"keys", bytes(4), struct.pack(">I", len(keys)), *(_box(b"mdta", key) for key in keys))
    return _box(b"meta", bytes(4), handler, names, _box(b"ilst", *items))


def _labelled(data: bytes, moov: Box, value: str) -> bytes:
    """The ``moov`` box with the label in it; offsets not yet moved."""
    udta = _child(data, moov, b"udta")
    old: Box | None = None
    keys: list[bytes] = []
    items: list[bytes] = []
    holders = []  # a box holds at most one meta, and those of another handler stay
    for parent, box, handler, children in _metas(data, moov):
        parts = {child.kind: child for child in children}
        holders.append(parent)
        if handler == b"mdta" and b"keys" in parts and b"ilst" in parts:
            old, place = box, parent
            keys = _keys(data, parts[b"keys"])
            items = [data[item.start : item.end] for item in _boxes(data, parts[b"ilst"].body, parts[b"ilst"].end)]
            break
    else:
        place = moov if udta in holders and moov not in holders else udta or moov
    keys.append(KEY.encode())
    items.append(_box(struct.pack(">I", len(keys)), _box(b"data", _TEXT, value.encode())))
    meta = _meta(keys, items)
    if place is moov:
        added = meta if udta or old else _box(b"udta", meta)
        return _box(b"moov", *_others(data, moov, old), added)
    # Old QuickTime files may end udta with four zero bytes, which are no box.
    return _box(b"moov", *_others(data, moov, place), _box(b"udta", *_others(data, place, old), meta))


def _others(data: bytes, parent: Box, without: Box | None) -> Iterator[bytes]:
    return (data[box.start : box.end] for box in _boxes(data, parent.body, parent.end) if box != without)


def write(data: bytes, value: str) -> bytes:
    top = _top(data)
    moov = next(box for box in top if box.kind == b"moov")
    if _child(data, moov, b"trak") is None:
        raise damaged("MP4", "no track in it")
    index = bytearray(_labelled(data, moov, value))
    first = next((i for i, box in enumerate(top) if box.kind in (b"mdat", b"moof", b"moov")), 0)
    order = [*top[:first], moov, *(box for box in top[first:] if box is not moov)]
    moves: list[tuple[int, int, int]] = []  # start and end before, how far it moves
    at = 0
    for box in order:
        if moves and moves[-1][1] == box.start and moves[-1][2] == at - box.start:
            moves[-1] = (moves[-1][0], box.end, at - box.start)
        else:
            moves.append((box.start, box.end, at - box.start))
        at += len(index) if box is moov else box.end - box.start
    _move(index, 0, len(index), moves)
    parts: list[bytes | bytearray | memoryview] = []
    for box in order:
        if box is moov:
            parts.append(index)
        elif box.kind in (b"moof", b"mfra"):
            part = bytearray(data[box.start : box.end])
            _move(part, 0, len(part), moves)
            parts.append(part)
        else:
            parts.append(memoryview(data)[box.start : box.end])  # pictures and sound: not copied until joined
    return b"".join(parts)


def _moved(offset: int, moves: list[tuple[int, int, int]]) -> int:
    return next((offset + by for start, end, by in moves if start <= offset < end), offset)


def _move(data: bytearray, start: int, end: int, moves: list[tuple[int, int, int]]) -> None:
    """Rewrite every absolute file offset: chunk tables, fragments' base offsets, the random access table."""
    for box in _boxes(data, start, end):
        if box.kind in _PARENTS:
            if box.kind != b"udta":
                _move(data, box.body, box.end, moves)
            continue
        wide = 8 if box.kind == b"co64" else 4
        places: list[int] = []
        if box.kind in (b"stco", b"co64"):
            count = int.from_bytes(data[box.body + 4 : box.body + 8], "big")
            places = [box.body + 8 + wide * i for i in range(count)]
        elif box.kind == b"tfhd" and data[box.body + 3] & 1:
            wide, places = 8, [box.body + 8]
        elif box.kind == b"tfra":
            long = data[box.body] == 1
            wide = 8 if long else 4
            sizes = int.from_bytes(data[box.body + 8 : box.body + 12], "big")
            entry = 2 * wide + sum((sizes >> shift & 3) + 1 for shift in (0, 2, 4))
            count = int.from_bytes(data[box.body + 12 : box.body + 16], "big")
            places = [box.body + 16 + entry * i + wide for i in range(count)]
        for place in places:
            if place + wide > box.end:
                raise damaged("MP4", "a broken table of offsets")
            target = _moved(int.from_bytes(data[place : place + wide], "big"), moves)
            try:
                data[place : place + wide] = target.to_bytes(wide, "big")
            except OverflowError as error:
                raise damaged("MP4", "it grows past 4 GB of 32 bit offsets") from error
