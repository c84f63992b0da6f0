"""What is wrong with a document, without what only follows from it."""

from __future__ import annotations

from pydantic import ValidationError
from pydantic_core import ErrorDetails


def slips(error: ValidationError) -> list[ErrorDetails]:
    """The errors of a validation, in the order of the document. That a list is too short is left out where its items
    are wrong: pydantic counts only those that are right."""
    found = error.errors(include_url=False)
    places = [each["loc"] for each in found]

    def follows(each: ErrorDetails) -> bool:
        place = each["loc"]
        return each["type"] == "too_short" and any(p != place and p[: len(place)] == place for p in places)

    return [each for each in found if not follows(each)]
