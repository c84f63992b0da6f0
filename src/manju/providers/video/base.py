"""Clips: the main artefact is an MP4 (H.264, yuv420p, BT.709) of the asked size, rate and length (within one frame).

Facts: ``width``, ``height``, ``duration_ms``, ``fps``, ``audio`` (bool).
"""

from __future__ import annotations

from manju.domain.order import VideoRequest
from manju.providers.base import Model

VideoModel = Model[VideoRequest]
