"""A process that places orders: FOLDER PROJECT MODEL TEXT... for the subjects s1, s2 ... at once.

Says ``ready`` and waits for a line, then prints each order's id, or the error's class.
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import lab

from manju.errors import ManjuError


async def main(folder: str, project: str, model: str, *texts: str) -> None:
    async with lab.opened(Path(folder)) as here:
        here.project = project
        print("ready", flush=True)
        sys.stdin.readline()
        asked = (here.take(text, f"s{number}", model=model) for number, text in enumerate(texts, 1))
        for answer in await asyncio.gather(*asked, return_exceptions=True):
            if isinstance(answer, ManjuError):
                print(type(answer).__name__)
            elif isinstance(answer, BaseException):
                raise answer
            else:
                print(answer.order_id)


lab.register()
asyncio.run(main(*sys.argv[1:]))
