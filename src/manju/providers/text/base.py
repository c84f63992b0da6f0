"""Chat: the reply is the UTF-8 text of the main artefact (``.txt``, or ``.json`` for a JSON reply).

Facts: ``finish_reason`` (``"stop"`` or ``"length"``), ``input_tokens`` and ``output_tokens`` (0 where unknown); an
adapter may add ``left_out``: what of the request its endpoint does not take, by the vendor's names.
To add a model: one file here with a class that has ``name`` and ``generate``, one row in `manju.providers.registry`,
and its place in the conformance suite ``tests/conformance/test_text_models.py``.
"""

from __future__ import annotations

from manju.domain.order import Artefact, Generated, TextRequest
from manju.providers.base import Model

TextModel = Model[TextRequest]


def reply(text: str, *, json_reply: bool = False, finish_reason: str = "stop") -> Generated:
    """Wrap a chat reply as `Generated`."""
    suffix = ".json" if json_reply else ".txt"
    return Generated(
        (Artefact("main", text.encode("utf-8"), suffix),),
        {"finish_reason": finish_reason, "input_tokens": 0, "output_tokens": 0},
    )
