"""Print the ``dev`` group of pyproject.toml for pip (older pips have no ``--group``)."""

import tomllib
from pathlib import Path

project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
print(*(line.replace(" ", "") for line in project["dependency-groups"]["dev"]))
