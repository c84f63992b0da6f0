"""XML of strangers: no document type, no entities, no depth, no end without a limit."""

from __future__ import annotations

from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from manju.errors import InputError

DEEPEST = 200
MOST_ELEMENTS = 500_000
LINE = "\ue000line"
"""Attribute in which each element has the number of its line."""


def parse(text: str | bytes, what: str, *, namespaces: bool = False) -> Element:
    """The root of a document.

    Args:
        text: the document. A text is taken as decoded, whatever encoding it declares.
        what: the file, for messages.
        namespaces: names are ``uri}local``.

    Raises:
        InputError: not well formed, with a document type (which could define entities without end), or too deep.
    """
    builder = TreeBuilder()
    depth = count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth, count
        depth, count = depth + 1, count + 1
        if depth > DEEPEST or count > MOST_ELEMENTS:
            raise InputError(
                f"{what} is nested too deeply or has too many elements", hint="Split it into episodes, a file each."
            )
        builder.start(name, {**attributes, LINE: str(parser.CurrentLineNumber)})

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(name)

    def refuse(*_: object) -> None:
        raise InputError(
            f"{what} has a document type (DOCTYPE), which scripts do not have",
            hint="Save it anew with the program that made it.",
        )

    parser = expat.ParserCreate(encoding="utf-8", namespace_separator="}" if namespaces else None)
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(text.encode("utf-8") if isinstance(text, str) else text, True)
    except expat.ExpatError as error:
        raise InputError(
            f"{what} is not valid XML: line {error.lineno}, column {error.offset + 1}: "
            f"{expat.errors.messages.get(error.code, 'unknown error')}",
            hint="It may be cut off: save or download it again.",
        ) from error
    return builder.close()
