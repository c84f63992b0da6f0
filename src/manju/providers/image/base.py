"""Pictures: the main artefact is a PNG, JPEG or WebP of the asked size; ``source`` may hold what it was made from.

Facts: ``width`` and ``height`` in pixels, ``prompt`` as it was sent upstream (left to the gateway by vendors that work
in tasks). A vendor may add ``revised_prompt`` (what it made of it), ``seed``, ``thought_signatures``, and ``left_out``:
what of the request it is not told (``seed``).

A model that is asked for ``layers`` and draws in them adds each as an artefact, from behind to the front, and to the
facts ``layers``: pairs of its role and how much of a camera's move it makes (`manju.domain.timeline.PictureLayer`). The
first is opaque and of the whole size, the others are cut out of it (`manju.media.cutout`).
"""

from __future__ import annotations

from manju.domain.order import ImageRequest
from manju.providers.base import Model

ImageModel = Model[ImageRequest]
