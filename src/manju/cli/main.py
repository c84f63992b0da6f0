"""Entry point of the ``manju`` program. It imports next to nothing, so that Ctrl-C is answered well from the first
moment on; the commands are in `manju.cli.commands`.
"""

from __future__ import annotations

from manju.cli.ending import guarded, leave_on_interrupt


def main() -> None:
    """Run the command line."""
    leave_on_interrupt()
    guarded(_command)


def _command() -> None:
    from manju.cli.commands import run

    run()
