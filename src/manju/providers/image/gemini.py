"""Pictures over Gemini's own ``generateContent`` (the nano-banana family).

Sources: ../shared/research/relay-gateway.md §3 (2026-11-20), google-genai 3.4.0 (types.ImageConfig: aspectRatio,
imageSize 1K/2K/4K with a capital K), model cards of 2.5 Flash, 3 Pro and 3.1 Flash Image (2026: ten ratios, 3.1 also
1:4, 4:1, 1:8, 8:1; 14 references, 7 MB each inline); for the rest `manju.providers.google`. Whether picture models
heed a seed is not documented, so none is sent. A mask has no place here.

Facts: ``thought_signatures``, what Gemini 3 wants to see again with its picture in a further turn.

Options: ``auth`` (see `manju.providers.google`); ``ratios``; ``sizes`` (default ``1K,2K,4K``; empty for a model that
takes no ``imageSize``, such as 2.5 Flash Image); ``most`` (default 14) references; ``extra`` is merged into
``generationConfig``.
"""

from __future__ import annotations

from base64 import b64encode
from typing import Any

from manju.domain.order import Artefact, ImageRequest
from manju.providers import google
from manju.providers.answers import nothing
from manju.providers.base import References
from manju.providers.image.wire import RATIOS, SIZES, given, size_of, unpacked
from manju.providers.shapes import ratio_of
from manju.providers.upstream import Accepted, Answer, AtOnce, Endpoint


class GeminiImages(AtOnce):
    """Pictures from ``{base_url}/v1beta/models/{model}:generateContent``."""

    def __init__(self, endpoint: Endpoint) -> None:
        """
        Raises:
            InputError: an option is not what it must be.
        """
        self._endpoint = endpoint
        self._ratios = endpoint.listed("ratios", RATIOS)
        self._sizes = endpoint.listed("sizes", SIZES)
        self._most = endpoint.number("most", 14) or 0
        self._fixed = endpoint.extra()
        google.authorisation(endpoint)  # a wrong option is told now

    async def submit(self, request: ImageRequest, references: References, token: str) -> Accepted | Answer:
        shown = given(request, references, most=self._most)
        parts: list[dict[str, Any]] = [{"text": request.prompt}]
        for each in shown.pictures:
            parts.append({"inlineData": {"mimeType": each.type, "data": b64encode(each.data).decode()}})
        shape = {"aspectRatio": ratio_of(request, self._ratios)}
        if self._sizes:
            shape["imageSize"] = size_of(request, self._sizes)
        config = {"responseModalities": ["TEXT", "IMAGE"], "imageConfig": shape, **self._fixed}
        body = await google.call(
            self._endpoint,
            "generateContent",
            {"contents": [{"role": "user", "parts": parts}], "generationConfig": config},
        )
        return _answer(request, body)

    async def probe(self) -> None:
        await google.probe(self._endpoint)


def _answer(request: ImageRequest, body: dict[str, Any]) -> Answer:
    parts, finish = google.candidate(body)
    pictures = [picture for part in parts if (picture := _picture(part)) is not None]
    if not pictures:
        texts = [part["text"] for part in parts if isinstance(part.get("text"), str)]
        raise nothing(f"a picture ({finish})" if finish else "a picture", " ".join(texts))
    facts: dict[str, Any] = {"prompt": request.prompt, "left_out": ["seed"]}
    signatures = [part[key] for part in parts for key in ("thoughtSignature", "thought_signature") if key in part]
    if signatures:
        facts["thought_signatures"] = signatures
    units = {"images": 1.0}
    if (tokens := google.tokens(body)) is not None:
        units |= {"input_tokens": float(tokens[0]), "output_tokens": float(tokens[1])}
    return Answer((pictures[0],), facts, str(body.get("modelVersion") or ""), units)


def _picture(part: dict[str, Any]) -> Artefact | None:
    """The picture of a part; some relays write names the other way."""
    inline = part.get("inlineData") or part.get("inline_data")
    data = inline.get("data") if isinstance(inline, dict) else None
    return unpacked(data) if isinstance(data, str) else None
