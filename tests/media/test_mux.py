"""The mux: packets joined as they are, a film whole or not at all, what is damaged found and made anew."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import av
import numpy as np
import pytest
from test_segments import planned

from manju.errors import MediaError
from manju.media.mux import mux
from manju.media.packets import SegmentStore
from manju.media.segments import encode
from manju.media.sound import SAMPLE_RATE, write_m4a
from manju.storage.folder import FilmFolder

DIES = """
import os, signal, sys
from pathlib import Path
from test_mux import parts
from manju.media.mux import mux
from manju.media.packets import SegmentStore

read = SegmentStore.read
keys = []

def dying(self, key):
    keys.append(key)
    if len(keys) == 2:
        os.kill(os.getpid(), signal.SIGKILL)
    return read(self, key)

SegmentStore.read = dying
root = Path(sys.argv[1])
plan, store, sound = parts(root)
mux(plan, store, sound, root / "film/film.mp4", {})
"""


def parts(root: Path):
    """A plan, a store with its segments, and a mix of its length."""
    plan = planned(root, 136, 240)
    store = SegmentStore(root / "store")
    for segment in plan.segments:
        if not store.has(segment.key):
            encode(segment, plan.form, root, store.folder, root)
    sound = root / "mix.m4a"
    if not sound.exists():
        noise = np.random.default_rng(1).normal(0, 0.1, (2, SAMPLE_RATE * plan.frames // 12)).astype(np.float32)
        with sound.open("wb") as file:
            write_m4a(file, [noise])
    return plan, store, sound


def test_packets_are_joined_as_they_are(tmp_path):
    plan, store, sound = parts(tmp_path)
    mux(plan, store, sound, tmp_path / "film.mp4", {"AIGC": "x"})
    with av.open(str(tmp_path / "film.mp4")) as film:
        assert film.metadata["AIGC"] == "x"
        pictures = list(film.decode(video=0))
        assert [frame.pts * frame.time_base * 12 for frame in pictures] == list(range(plan.frames))
    with av.open(str(tmp_path / "film.mp4")) as film, av.open(str(sound)) as mix:
        film_sound, mix_sound = ([bytes(packet) for packet in each.demux(audio=0)] for each in (film, mix))
        assert film_sound == mix_sound


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs POSIX signals")
def test_a_kill_in_the_middle_leaves_the_old_film_and_rubbish_that_is_known_as_such(tmp_path):
    (tmp_path / "film").mkdir()
    old = tmp_path / "film/film.mp4"
    old.write_bytes(b"old")
    parts(tmp_path)
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    died = subprocess.run([sys.executable, "-c", DIES, str(tmp_path)], env=environment, check=False)
    assert died.returncode == -signal.SIGKILL
    assert old.read_bytes() == b"old"
    assert len(list((tmp_path / "film").iterdir())) == 2
    FilmFolder(tmp_path / "film").clean()
    assert list((tmp_path / "film").iterdir()) == [old]


@pytest.mark.parametrize("keep", [0, 900, 20_000])
def test_a_mix_that_was_damaged_on_the_disk_is_removed_to_be_made_anew(tmp_path, keep):
    plan, store, sound = parts(tmp_path)
    sound.write_bytes(sound.read_bytes()[:keep])
    (tmp_path / "film.mp4").write_bytes(b"old")
    with pytest.raises(MediaError, match="mix in the cache is damaged") as caught:
        mux(plan, store, sound, tmp_path / "film.mp4", {})
    assert caught.value.hint == "Render again."
    assert not sound.exists()
    assert (tmp_path / "film.mp4").read_bytes() == b"old"


def test_a_segment_that_was_damaged_on_the_disk_is_removed_to_be_made_anew(tmp_path):
    plan, store, sound = parts(tmp_path)
    key = plan.segments[1].key
    store.path(key).write_bytes(store.path(key).read_bytes()[:-1])
    with pytest.raises(MediaError, match="damaged and was removed"):
        mux(plan, store, sound, tmp_path / "film.mp4", {})
    assert not store.has(key)
    assert not (tmp_path / "film.mp4").exists()
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".partial")] == []
