"""SIGKILL inside the writes of a render, at points that are chosen and not hit by chance, and a full disk: nothing
half-written is later taken for whole. A later render gives the same film, byte for byte, as an undisturbed one.

Whatever appears under its name was renamed to it, so the places to die at are renames. The program is the shipped one:
a ``sitecustomize`` of this test kills the process that is at work when a file's turn comes, and before it the program
that a worker works for; the other workers see that it is gone.
"""

import json
import shutil
import signal
import subprocess
import sys

import cv2
import numpy as np
import pytest
from program import SMALL, Program

TOPIC = ("make", "小猫的冒险", "--seconds", "10", "--out", "film", *SMALL)

HOOK = """
import fnmatch, os, signal, sys

pattern, turn, how = os.environ["DIE_AT"].split()
rename, seen = os.replace, 0

def replace(source, target, **options):
    global seen
    if fnmatch.fnmatch(os.fspath(target), pattern):
        seen += 1
        if seen == int(turn):
            if how == "half":
                os.truncate(source, os.path.getsize(source) // 2)
            if how == "done":
                rename(source, target, **options)
            if "manju.cli" not in sys.orig_argv:
                os.kill(os.getppid(), signal.SIGKILL)
            os.kill(os.getpid(), signal.SIGKILL)
    rename(source, target, **options)

os.replace = replace
"""

FULL = """
import resource, sys

from manju.cli.main import main
from manju.media import film

mux = film.mux

def full(*arguments):
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, resource.RLIM_INFINITY))
    try:
        mux(*arguments)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))

film.mux = full
sys.argv = ["manju", "render", "film"]
main()
"""

pytestmark = pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs POSIX signals")


class Prepared:
    """Two films in the making, to be put back before each death: one whose voices and pictures are there, and a
    finished one whose second picture was replaced. ``wanted`` is the film that each becomes undisturbed."""

    def __init__(self, root):
        self.root, self.kept = root / "work", root / "kept"
        self.root.mkdir()
        self.program = Program(self.root)
        (self.root / "hook").mkdir()
        (self.root / "hook/sitecustomize.py").write_text(HOOK)
        self.wanted = {}
        self.program.run(*TOPIC, "--stop-after", "storyboard")
        self.keep("drawn")
        self.program.run(*TOPIC, "--resume")
        self.wanted["drawn"] = self.film.read_bytes()
        picture = np.full((240, 136, 3), (40, 40, 220), np.uint8)
        assert cv2.imwrite(str(self.root / "film/shots/s02.png"), picture)
        self.keep("edited")
        self.program.run("render", "film")
        self.wanted["edited"] = self.film.read_bytes()
        assert self.wanted["edited"] != self.wanted["drawn"]

    @property
    def film(self):
        return self.root / "film/film.mp4"

    def keep(self, name):
        shutil.copytree(self.root, self.kept / name)

    def put_back(self, name):
        shutil.rmtree(self.root)
        shutil.copytree(self.kept / name, self.root)

    def die(self, where, *arguments):
        """Run until the program dies at ``where``."""
        program = Program(self.root)
        program.environment |= {"DIE_AT": where, "PYTHONPATH": str(self.root / "hook")}
        process = program.start(*arguments)
        _, err = process.communicate(timeout=240)  # until the last worker has let go of it
        assert process.returncode == -signal.SIGKILL, f"it did not die: {process.returncode}\n{err}"


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    return Prepared(tmp_path_factory.mktemp("kill"))


def unfinished(folder):
    return [path.name for path in folder.rglob(".partial-*")]


@pytest.mark.parametrize(
    ("where", "film_was_there"),
    [
        ("*.pk 2 half", False),  # a segment, in the middle of its write
        ("*/mixes/*.m4a 1 half", False),  # the mix
        ("*/mixes/*.json 1 whole", False),  # between the mix and its figures
        ("*/film.mp4 1 done", True),  # between the mux and all that comes after the film
        ("*/manifest.json 1 whole", True),  # between the film and its manifest
    ],
)
def test_a_make_that_dies_in_its_render_goes_on_to_the_same_film(prepared, where, film_was_there):
    prepared.put_back("drawn")
    before = (prepared.root / "film/manifest.json").read_bytes()
    prepared.die(where, *TOPIC, "--resume")
    assert prepared.film.exists() == film_was_there
    assert not film_was_there or prepared.film.read_bytes() == prepared.wanted["drawn"]
    assert (prepared.root / "film/manifest.json").read_bytes() == before
    prepared.program.run(*TOPIC, "--resume")
    assert prepared.film.read_bytes() == prepared.wanted["drawn"]
    assert unfinished(prepared.root) == []
    manifest = json.loads((prepared.root / "film/manifest.json").read_text("utf-8"))
    assert "film.mp4" in manifest["files"] and "render" in manifest


def test_a_render_that_dies_in_its_mux_leaves_the_old_film(prepared):
    prepared.put_back("edited")
    prepared.die("*/film.mp4 1 half", "render", "film")
    assert prepared.film.read_bytes() == prepared.wanted["drawn"]
    prepared.program.run("render", "film")
    assert prepared.film.read_bytes() == prepared.wanted["edited"]
    assert unfinished(prepared.root) == []


def test_a_disk_that_is_full_in_the_mux_keeps_the_old_film(prepared):
    """The mux takes most of a render's room, and is the last to do so."""
    prepared.put_back("edited")
    run = [sys.executable, "-c", FULL]
    environment = prepared.program.environment
    done = subprocess.run(run, cwd=prepared.root, env=environment, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 1, done.stderr
    (told,) = [line for line in done.stderr.splitlines() if line.startswith("manju: ")]
    assert "film.mp4 cannot be written" in told and "Traceback" not in done.stderr
    assert prepared.film.read_bytes() == prepared.wanted["drawn"]
    assert unfinished(prepared.root) == []
    prepared.program.run("render", "film")
    assert prepared.film.read_bytes() == prepared.wanted["edited"]
