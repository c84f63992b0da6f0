"""Pictures: the main artefact is a PNG, JPEG or WebP of the asked size; ``source`` may hold what it was made from.

Facts: ``width`` and ``height`` in pixels, ``prompt`` as it was sent upstream (left to the gateway by vendors that work
in tasks). A vendor may add ``revised_prompt`` (what it made of it), ``seed`` and ``thought_signatures``.
"""

from __future__ import annotations

from manju.domain.order import ImageRequest
from manju.providers.base import Model

ImageModel = Model[ImageRequest]
