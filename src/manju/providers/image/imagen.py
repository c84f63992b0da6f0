"""Pictures over Imagen's ``:predict``.

Sources: google-genai 3.4.0 (2026-11, models.py: sampleCount, aspectRatio, sampleImageSize, personGeneration,
includeRaiReason; predictions of bytesBase64Encoded, mimeType, raiFilteredReason, prompt) and Google's Imagen API
reference (2025-2026: five ratios, 1K and 2K for Imagen 4). Google itself has ended all Imagen models (2026-06-24 for
Firebase, 2026-08-17 for the rest); relays and the private endpoints of Vertex AI still speak this. Vertex AI takes a
seed only without a watermark, the Gemini API none, so none is sent. It takes no references.

Options: ``auth`` (see `manju.providers.google`); ``ratios``; ``sizes`` (default ``1K,2K``; empty for a model that takes
no ``sampleImageSize``: Imagen 3, Imagen 4 Fast); ``person_generation`` is sent if set; ``extra`` is merged into
``parameters``.
"""

from __future__ import annotations

from typing import Any

from manju.domain.order import ImageRequest
from manju.errors import RejectedError
from manju.providers import google
from manju.providers.answers import nothing
from manju.providers.base import References
from manju.providers.image.wire import given, size_of, unpacked
from manju.providers.shapes import ratio_of
from manju.providers.upstream import Accepted, Answer, AtOnce, Endpoint

_RATIOS = "1:1,3:4,4:3,9:16,16:9"


class ImagenImages(AtOnce):
    """Pictures from ``{base_url}/v1beta/models/{model}:predict``."""

    def __init__(self, endpoint: Endpoint) -> None:
        """
        Raises:
            InputError: an option is not what it must be.
        """
        self._endpoint = endpoint
        self._ratios = endpoint.listed("ratios", _RATIOS)
        self._sizes = endpoint.listed("sizes", "1K,2K")
        self._fixed = endpoint.extra()
        if "person_generation" in endpoint.options:
            self._fixed["personGeneration"] = endpoint.options["person_generation"]
        google.authorisation(endpoint)  # a wrong option is told now

    async def submit(self, request: ImageRequest, references: References, token: str) -> Accepted | Answer:
        given(request, references, most=0)
        parameters: dict[str, Any] = {
            "sampleCount": 1,
            "aspectRatio": ratio_of(request, self._ratios),
            "includeRaiReason": True,
        }
        if self._sizes:
            parameters["sampleImageSize"] = size_of(request, self._sizes)
        order = {"instances": [{"prompt": request.prompt}], "parameters": parameters | self._fixed}
        body = await google.call(self._endpoint, "predict", order)
        predictions = body.get("predictions")
        for each in predictions if isinstance(predictions, list) else []:
            if isinstance(each, dict) and isinstance(data := each.get("bytesBase64Encoded"), str):
                facts: dict[str, Any] = {"prompt": request.prompt, "left_out": ["seed"]}
                if isinstance(revised := each.get("prompt"), str):
                    facts["revised_prompt"] = revised
                return Answer((unpacked(data),), facts, units={"images": 1.0})
            if isinstance(each, dict) and (reason := each.get("raiFilteredReason")):
                raise RejectedError(f"Imagen filtered the picture: {str(reason)[:300]}", refusal="moderation")
        raise nothing("a picture")

    async def probe(self) -> None:
        await google.probe(self._endpoint)
