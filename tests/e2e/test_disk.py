"""A disk that takes no more: one message, nothing half-written, and a resume when there is room again."""

import sys

import pytest
from program import SMALL, Program, contents

MAKE = ("make", "小猫", "--seconds", "6", "--out", "film", *SMALL)


@pytest.mark.skipif(sys.platform == "win32", reason="limits of a process")
@pytest.mark.parametrize("largest", [20_000, 700_000])
def test_no_file_may_grow_beyond_a_limit(program, largest):
    import resource

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))

    process = program.start(*MAKE, preexec_fn=limit)
    out, err = process.communicate(timeout=240)
    assert process.returncode == 1, err
    assert out == ""
    *_, told, hint = err.splitlines()
    assert told.startswith("manju: ") and "Traceback" not in err
    assert hint.startswith("       ")
    left = [path for path in program.root.rglob("*") if path.name.startswith((".partial", ".manju-lock"))]
    assert left == []
    program.run(*MAKE, "--resume")
    other = Program(program.root / "other")
    other.root.mkdir()
    other.run(*MAKE)
    assert contents(program.root / "film") == contents(other.root / "film")
