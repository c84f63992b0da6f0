"""A disk that is full at any byte of a write: one line about it, nothing half-written, and the next try works.

A limit on the size of files stands for the disk (``RLIMIT_FSIZE``: the write that crosses it fails, as it would on a
full disk), set in a process of its own.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("resource")

PROGRAM = """
import resource, sys
from pathlib import Path

import numpy as np
from test_segments import planned

from manju.domain.timeline import Timeline
from manju.errors import MediaError
from manju.media.mix import mix
from manju.media.mux import mux
from manju.media.packets import Packet, SegmentStore
from manju.media.segments import encode
from manju.media.sound import SAMPLE_RATE, write_m4a

root = Path(sys.argv[1])


def limit(size):
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def every(write, out, keeps):
    'Write with a disk that ends at many places; what was there before must stay there.'
    write()
    whole = out.read_bytes()
    size = len(whole)
    for most in sorted({*range(0, size, max(1, size // 12)), *range(size - 6, size)}):
        if keeps:
            out.write_bytes(b'old')
        else:
            out.unlink()
        limit(most)
        try:
            write()
            raise SystemExit(f'{most} of {size} bytes were enough')
        except MediaError as error:
            told = error
        finally:
            limit(resource.RLIM_INFINITY)
        assert chr(10) not in told.message and told.hint, told
        assert out.read_bytes() == b'old' if keeps else not out.exists()
        assert not [path for path in out.parent.iterdir() if path.name.startswith('.partial')]
        write()
        assert out.read_bytes() == whole


store = SegmentStore(root / 'store')
packets = [Packet(n, n, n == 0, bytes(range(200))) for n in range(40)]
every(lambda: store.write('abcdef', b'head', packets), store.path('abcdef'), keeps=False)

with (root / 'music.m4a').open('wb') as file:
    write_m4a(file, [np.random.default_rng(1).normal(0, 0.1, (2, SAMPLE_RATE)).astype(np.float32)])
film = Timeline.model_validate(
    {'width': 136, 'height': 240, 'rate': '12', 'music': {'path': 'music.m4a'},
     'shots': [{'uid': 'a', 'frames': 12, 'picture': {'path': 'picture.png'}}]}
)
every(lambda: mix(film, root, root / 'mix.m4a'), root / 'mix.m4a', keeps=False)

plan = planned(root, 136, 240)
for segment in plan.segments:
    encode(segment, plan.form, root, store.folder, root)
every(lambda: mux(plan, store, root / 'mix.m4a', root / 'film.mp4', {'AIGC': 'x'}), root / 'film.mp4', keeps=True)
print('done')
"""


def test_a_disk_that_is_full_at_any_byte(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parent)}
    run = [sys.executable, "-c", PROGRAM, str(tmp_path)]
    done = subprocess.run(run, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout == "done\n", done.stdout + done.stderr
