"""Pictures from SiliconFlow (硅基流动): FLUX, Qwen-Image, Kolors, as in seed 004 §4.1.

Sources: seed 004 §4.1; api-docs.siliconflow.cn and docs.siliconflow.com, images/generations and models (OpenAPI with
error bodies, 2026): ``image_size`` as "WxH", ``seed`` up to 9999999999, ``num_inference_steps`` 1..100 (20 unless
said), ``image``, ``image2``, ``image3`` as data URIs for models that look at pictures; answers are ``images[].url``,
whose addresses live one hour, and ``seed``. A wrong key is 401 ``"Invalid token"``. ``GET /user/info`` ended in
2026-08, so the list of models is the probe. What an empty account and a refusal of content look like is not published:
their statuses and words are read as everywhere. No idempotency and no reference of ours.

FLUX.1-schnell has left the Chinese site; docs.siliconflow.com lists FLUX.2-pro with five fixed sizes.

Options: ``image_size`` is ``send`` (default) or ``omit`` (Qwen-Image-Edit refuses it); ``steps`` and ``most`` (default
0: no references) are numbers; ``extra`` (``guidance_scale``, ``cfg``, ``output_format`` ...) is merged into the body.
"""

from __future__ import annotations

from typing import Any

from manju.domain.order import ImageRequest
from manju.providers import openai
from manju.providers.answers import answered, nothing
from manju.providers.base import References
from manju.providers.files import data_uri
from manju.providers.image.wire import fetched, found, given
from manju.providers.upstream import Accepted, Answer, AtOnce, Endpoint, Remote

_PLACES = ("image", "image2", "image3")
_SEEDS = 9_999_999_999 + 1


class SiliconFlowImages(AtOnce):
    """Pictures from ``{base_url}/v1/images/generations``."""

    def __init__(self, endpoint: Endpoint) -> None:
        """
        Raises:
            InputError: an option is not what it must be.
        """
        self._endpoint = endpoint
        self._sized = endpoint.choice("image_size", "send", "omit") == "send"
        self._most = min(len(_PLACES), endpoint.number("most", 0) or 0)
        self._fixed = endpoint.extra()
        if (steps := endpoint.number("steps")) is not None:
            self._fixed["num_inference_steps"] = steps

    async def submit(self, request: ImageRequest, references: References, token: str) -> Accepted | Answer:
        shown = given(request, references, most=self._most)
        body: dict[str, Any] = {
            "model": self._endpoint.model,
            "prompt": request.prompt,
            "seed": request.seed % _SEEDS,
            **self._fixed,
        }
        if self._sized:
            body["image_size"] = f"{request.width}x{request.height}"
        for place, each in zip(_PLACES, shown.pictures, strict=False):
            body[place] = data_uri(each.data)
        response = await openai.post(self._endpoint, "/images/generations", token, json=body)
        answer = answered(response, self._endpoint.key)
        images = answer.get("images") or answer.get("data")
        first = images[0] if isinstance(images, list) and images else None
        url = first.get("url") if isinstance(first, dict) else None
        if not isinstance(url, str) or not url:
            raise nothing("a picture", str(answer.get("message") or ""))
        facts: dict[str, Any] = {"prompt": request.prompt}
        if isinstance(seed := answer.get("seed"), int):
            facts["seed"] = seed
        return Answer((found(url),), facts, units={"images": 1.0})

    async def fetch(self, file: Remote) -> bytes:
        return await fetched(self._endpoint, file)

    async def probe(self) -> None:
        await openai.probe(self._endpoint)
