"""A process that places one order: FOLDER PROJECT MODEL TEXT. Prints the order's id, or the error's class."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import lab

from manju.errors import ManjuError


async def main(folder: str, project: str, model: str, text: str) -> None:
    async with lab.opened(Path(folder)) as here:
        here.project = project
        try:
            print((await here.take(text, model=model)).order_id)
        except ManjuError as error:
            print(type(error).__name__)


lab.register()
asyncio.run(main(*sys.argv[1:]))
