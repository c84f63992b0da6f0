"""Music: the main artefact is a FLAC, WAV or MP3, stereo, 48 kHz, of the asked length (within 50 ms), peak at most
-1 dBFS, starting and ending without a click.

Facts: ``duration_ms``, ``bpm``, ``key`` (for example ``"A minor"``).
"""

from __future__ import annotations

from manju.domain.order import MusicRequest
from manju.providers.base import Model

MusicModel = Model[MusicRequest]
