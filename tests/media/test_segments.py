"""Encoded segments: the same bytes whatever memory held before, closed, and joinable."""

import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from manju.domain.timeline import Timeline
from manju.errors import MediaError
from manju.media.atomic import PARTIAL
from manju.media.encoder import Format
from manju.media.packets import SegmentStore
from manju.media.plan import plan
from manju.media.segments import encode

PROGRAM = """
import sys, hashlib
from pathlib import Path
from test_segments import planned
from manju.media.segments import encode
root = Path(sys.argv[1])
made = planned(root, int(sys.argv[2]), int(sys.argv[3]))
for segment in made.segments:
    encode(segment, made.form, root, root / sys.argv[4], root)
    data = (root / sys.argv[4] / segment.key[:2] / f"{segment.key}.pk").read_bytes()
    print(hashlib.sha256(data).hexdigest())
"""


def planned(root: Path, width: int, height: int):
    """Two shots of a picture with a dissolve, 72 frames."""
    path = root / "picture.png"
    if not path.exists():
        random = np.random.default_rng(5)
        noise = random.integers(0, 255, (height, width, 3)).astype(np.uint8)
        cv2.imwrite(str(path), cv2.GaussianBlur(noise, (0, 0), 4))
    shots = [
        {"uid": "a", "frames": 36, "picture": {"path": "picture.png"}},
        {"uid": "b", "frames": 36, "picture": {"path": "picture.png", "motion": {"zoom": [2, 1]}},
         "transition": "dissolve"},
    ]  # fmt: skip
    film = Timeline.model_validate({"width": width, "height": height, "rate": "12", "shots": shots})
    return plan(film, {"picture.png": "p"}, (), Format(width, height, Fraction(12)))


@pytest.mark.parametrize(("width", "height"), [(136, 240), (270, 480), (256, 144)])
def test_the_same_bytes_whatever_memory_held(tmp_path, width, height):
    """``MALLOC_PERTURB_`` makes glibc fill what it hands out; elsewhere it changes nothing."""
    planned(tmp_path, width, height)
    told = set()
    for fill in ("0", "85", "170"):
        environment = {**os.environ, "MALLOC_PERTURB_": fill, "PYTHONPATH": str(Path(__file__).parent)}
        arguments = [sys.executable, "-c", PROGRAM, str(tmp_path), str(width), str(height), f"store-{fill}"]
        told.add(subprocess.run(arguments, env=environment, check=True, capture_output=True, text=True).stdout)
    assert len(told) == 1 and len(told.pop().split()) == 3


def test_a_segment_is_closed_and_complete(tmp_path):
    made = planned(tmp_path, 136, 240)
    store = SegmentStore(tmp_path / "store")
    found = set()
    for segment in made.segments:
        assert encode(segment, made.form, tmp_path, store.folder, tmp_path) == segment.length
        extradata, packets = store.read(segment.key)
        packets = list(packets)
        found.add(extradata)
        assert packets[0].key
        assert sorted(packet.pts for packet in packets) == list(range(segment.length))
        decoder = av.CodecContext.create("h264", "r")
        decoder.extradata = extradata
        frames = [frame for packet in packets for frame in decoder.decode(av.Packet(packet.data))] + decoder.decode(
            None
        )
        assert len(frames) == segment.length
    assert len(found) == 1


def test_a_damaged_segment_is_found_and_removed(tmp_path):
    made = planned(tmp_path, 136, 240)
    store = SegmentStore(tmp_path / "store")
    segment = made.segments[0]
    encode(segment, made.form, tmp_path, store.folder, tmp_path)
    path = store.path(segment.key)
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(MediaError, match="damaged"):
        store.read(segment.key)
    assert not store.has(segment.key)


def test_the_store_keeps_its_limit(tmp_path):
    store = SegmentStore(tmp_path / "store")
    for number in range(4):
        store.write(f"{number:064d}", b"e", [])
        os.utime(store.path(f"{number:064d}"), (number, number))
    size = store.path(f"{0:064d}").stat().st_size
    assert store.sweep(2 * size) == 2 * size
    assert [store.has(f"{number:064d}") for number in range(4)] == [False, False, True, True]


def test_what_was_used_lately_is_kept(tmp_path):
    store = SegmentStore(tmp_path / "store")
    keys = [f"{number:064d}" for number in range(3)]
    for number, key in enumerate(keys):
        store.write(key, b"e", [])
        os.utime(store.path(key), (number, number))
    assert store.has(keys[1])
    store.read(keys[0])
    store.sweep(2 * store.path(keys[0]).stat().st_size)
    assert [store.has(key) for key in keys] == [True, True, False]


def test_leftovers_of_killed_writers_go(tmp_path):
    store = SegmentStore(tmp_path / "store")
    program = (
        "import os, sys; from pathlib import Path; from manju.media.packets import Packet, SegmentStore;"
        "class Last:\n pts = property(lambda self: os._exit(9))\n"
        "SegmentStore(Path(sys.argv[1])).write('a' * 64, b'e', [Packet(0, 0, True, b'x' * 99_999), Last()])"
    ).replace(";class", "\nclass")
    assert subprocess.run([sys.executable, "-c", program, str(store.folder)], check=False).returncode == 9
    assert all(left.name.startswith(PARTIAL) for left in store.folder.glob("*/*"))
    store.write("b" * 64, b"e", [])
    store.sweep(1 << 30)
    assert [path for path in store.folder.rglob("*") if path.is_file()] == [store.path("b" * 64)]
