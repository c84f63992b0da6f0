"""Chat over Gemini's own ``generateContent``.

Sources: google-genai 3.4.0 (2026-11), types.GenerateContentConfig and models.py, and Firebase's reference of
GenerationConfig (2026) for ``responseJsonSchema`` (JSON Schema as it is; excludes ``responseSchema``, needs
``responseMimeType``); for the rest `manju.providers.google`.

What the endpoint refuses with 400 to be told is left out from then on, as in `manju.providers.text.openai`:
``responseJsonSchema``, then ``responseMimeType``, and ``seed``. Facts tell it as ``left_out``.

Options: ``auth`` (see `manju.providers.google`); ``max_tokens`` is sent as ``maxOutputTokens`` if set; ``extra`` is
merged into ``generationConfig`` (``{"thinkingConfig": {"thinkingBudget": 0}}`` for a model that is not to think).
"""

from __future__ import annotations

from typing import Any

from manju.domain.order import Message, TextRequest
from manju.providers import google
from manju.providers.base import References
from manju.providers.text.wire import answer, apart, instructed, objection, wants_json
from manju.providers.upstream import Accepted, Answer, AtOnce, Endpoint

_COMPLAINTS = {
    "responseJsonSchema": ("responsejsonschema", "response_json_schema", "schema"),
    "responseMimeType": ("responsemimetype", "response_mime_type", "json mode"),
    "seed": ("seed",),
}
_SEEDS = 1 << 31
"""Seeds are 32 bit and signed."""


class GeminiChat(AtOnce):
    """Replies from ``{base_url}/v1beta/models/{model}:generateContent``."""

    def __init__(self, endpoint: Endpoint) -> None:
        """
        Raises:
            InputError: an option is not what it must be.
        """
        self._endpoint = endpoint
        self._fixed = endpoint.extra()
        if (most := endpoint.number("max_tokens")) is not None:
            self._fixed["maxOutputTokens"] = most
        google.authorisation(endpoint)  # a wrong option is told now
        self._left_out: set[str] = set()

    async def submit(self, request: TextRequest, references: References, token: str) -> Accepted | Answer:
        while True:
            optional = self._optional(request)
            response = await google.send(self._endpoint, "generateContent", self._body(request, optional))
            told = {name: _COMPLAINTS[name] for name in optional}
            if not (name := objection(response, told)):
                break
            self._left_out.add(name)
        body = google.answered(response, self._endpoint.key)
        parts, finish = google.candidate(body)
        text = "".join(part["text"] for part in parts if isinstance(part.get("text"), str))
        return answer(
            request,
            text,
            cut=finish == "MAX_TOKENS",
            tokens=google.tokens(body),
            model=str(body.get("modelVersion") or ""),
            left_out=self._left_out & self._wanted(request).keys(),
        )

    async def probe(self) -> None:
        await google.probe(self._endpoint)

    def _wanted(self, request: TextRequest) -> dict[str, Any]:
        wanted: dict[str, Any] = {"seed": request.seed % _SEEDS}
        if wants_json(request):
            wanted["responseMimeType"] = "application/json"
        if request.json_schema is not None:
            wanted["responseJsonSchema"] = dict(request.json_schema)
        return wanted

    def _optional(self, request: TextRequest) -> dict[str, Any]:
        told = {name: value for name, value in self._wanted(request).items() if name not in self._left_out}
        if "responseMimeType" not in told:
            told.pop("responseJsonSchema", None)  # it goes with the type only
        return told

    def _body(self, request: TextRequest, optional: dict[str, Any]) -> dict[str, Any]:
        system, turns = apart(instructed(request))
        config = {"temperature": request.temperature, **optional, **self._fixed}
        if request.max_tokens is not None:
            config["maxOutputTokens"] = request.max_tokens
        body: dict[str, Any] = {"contents": [_content(turn) for turn in turns], "generationConfig": config}
        if system:
            body["systemInstruction"] = {"parts": [{"text": system}]}
        return body


def _content(turn: Message) -> dict[str, Any]:
    return {"role": "model" if turn.role == "assistant" else "user", "parts": [{"text": turn.content}]}
