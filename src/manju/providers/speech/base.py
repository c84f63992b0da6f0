"""Speech: the main artefact is a WAV (16 bit PCM, mono) of the spoken line and nothing else before or after it than
a breath (at most 0.25 s of silence at either end).

Facts: ``duration_ms``; ``words``: a list of ``{"text", "start_ms", "end_ms"}`` whose texts join to the request's text
to the letter (punctuation and spaces belong to the word before them), in order, not overlapping, within the sound;
``timing``: ``"measured"`` where the times came from the synthesiser, ``"estimated"`` otherwise. A vendor's have
``characters``: 0 where there was nothing to say, so that it was not asked, and ``left_out``: what of the request it is
not told (``emotion``).
"""

from __future__ import annotations

from typing import Protocol

from manju.domain.order import SpeechRequest
from manju.providers.base import Model


class SpeechModel(Model[SpeechRequest], Protocol):
    """A model that speaks."""

    def check_voice(self, name: str) -> None:
        """Refuse a voice before anything is made with it.

        Raises:
            InputError: there is no such voice; the hint lists those there are.
        """
        ...
