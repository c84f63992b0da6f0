"""The label in SVG files: the RDF description in a ``metadata`` element, first in the drawing."""

from __future__ import annotations

import re

from manju.media.label.field import Buffer, damaged, from_packet, rdf

_PROLOGUE = (
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml\b[^>]*\?>\s*)?(?:<!--(?s:.*?)-->\s*|<!DOCTYPE\b[^>\[]*(?:\[(?s:.*?)\])?[^>]*>\s*)*"
)
_ROOT = re.compile(_PROLOGUE + rb"<(?:(\w+):)?svg\b(?:[^>\"'/]|\"[^\"]*\"|'[^']*'|/(?!>))*(/?)>")


def recognise(data: Buffer) -> bool:
    return _ROOT.match(data) is not None


def write(data: bytes, value: str) -> bytes:
    root = _ROOT.match(data)
    if root is None:
        raise damaged("SVG", "no svg element")
    try:
        data.decode()
    except UnicodeDecodeError as error:
        raise damaged("SVG", "it is not UTF-8") from error
    body = (
        '<metadata xmlns="http://www.w3.org/2000/svg">'
        f'<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">{rdf(value)}</rdf:RDF></metadata>'
    ).encode()
    if root[2]:  # an empty drawing, <svg/>
        name = b"svg" if root[1] is None else root[1] + b":svg"
        return data[: root.end() - 2] + b">" + body + b"</" + name + b">" + data[root.end() :]
    if not re.search(rb"</(?:\w+:)?svg\s*>\s*(?:<!--(?s:.*?)-->\s*)*$", data):
        raise damaged("SVG", "the svg element is not closed")
    return data[: root.end()] + body + data[root.end() :]


def read(data: Buffer) -> str | None:
    return from_packet(data[:].decode("utf-8", "replace"))
