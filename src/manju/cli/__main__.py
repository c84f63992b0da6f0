"""``python -m manju.cli``."""

from manju.cli.main import main

main()
