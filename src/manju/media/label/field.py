"""The ``AIGC`` field itself, and the XMP packet in which pictures carry it."""

from __future__ import annotations

import html
import json
import mmap
import re

from manju.errors import MediaError

Buffer = bytes | mmap.mmap
"""A whole file, in memory or mapped."""

KEY = "AIGC"
NAMESPACE = "http://www.tc260.org.cn/ns/AIGC/1.0/"
"""XML namespace of the field in XMP (TC260-PG-20258A)."""

_ELEMENT = re.compile(r"<TC260:AIGC\b[^>]*>(.*?)</TC260:AIGC>", re.DOTALL)
_ATTRIBUTE = re.compile(r"""\bTC260:AIGC\s*=\s*("[^"]*"|'[^']*')""")
_END = re.compile(r"</(?:\w+:)?RDF>")


def damaged(kind: str, why: str) -> MediaError:
    """The error for a file that cannot be labelled or read."""
    return MediaError(f"damaged or not a {kind} file: {why}", hint="Make or fetch the file again.")


def parse(value: str | None) -> dict[str, str] | None:
    """The label in a field's value. Some producers wrap the object once more (``{"AIGC": {...}}``, or as a text)."""
    for _ in range(3):
        if value is None:
            return None
        try:
            found = json.loads(value)
        except ValueError:
            return None
        if not isinstance(found, dict):
            return None
        if "Label" in found:
            return {str(name): text if isinstance(text, str) else json.dumps(text) for name, text in found.items()}
        inner = found.get(KEY)
        value = json.dumps(inner) if isinstance(inner, dict) else inner if isinstance(inner, str) else None
    return None


def rdf(value: str) -> str:
    """The RDF description that holds the field."""
    return (
        f'<rdf:Description xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" rdf:about="" '
        f'xmlns:TC260="{NAMESPACE}"><TC260:AIGC>{html.escape(value)}</TC260:AIGC></rdf:Description>'
    )


def packet(value: str, before: str = "") -> str:
    """An XMP packet with the field: a new one, or ``before`` (the file's own) with the field added."""
    end = _END.search(before)
    if end:
        return before[: end.start()] + rdf(value) + before[end.start() :]
    return (
        '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
        f'{rdf(value)}</rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    )


def from_packet(text: str) -> str | None:
    """The field's value in an XMP packet, written as an element or as an attribute."""
    element = _ELEMENT.search(text)
    if element:
        return html.unescape(element[1].strip())
    attribute = _ATTRIBUTE.search(text)
    return html.unescape(attribute[1][1:-1]) if attribute else None


def from_exif(data: bytes) -> str | None:
    """The field's value where a producer wrote it as a JSON text into an Exif comment."""
    text = data.replace(b"\0", b"").decode("utf-8", "replace")
    at = text.find(f'"{KEY}"')
    start = text.rfind("{", 0, at)
    if at < 0 or start < 0:
        return None
    try:
        found, _ = json.JSONDecoder().raw_decode(text[start:])
    except ValueError:
        return None
    return json.dumps(found)
