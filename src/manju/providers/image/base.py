"""Pictures: the main artefact is a PNG, JPEG or WebP of the asked size; ``source`` may hold what it was made from.

Facts: ``width`` and ``height`` in pixels, ``prompt`` as it was sent upstream.
"""

from __future__ import annotations

from manju.domain.order import ImageRequest
from manju.providers.base import Model

ImageModel = Model[ImageRequest]
