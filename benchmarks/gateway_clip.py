"""A clip for emulated upstreams."""

from __future__ import annotations

import io

import av
import numpy as np


def clip(width: int = 64, height: int = 36, seconds: float = 1.0, rate: int = 8) -> bytes:
    """A real MP4 of one grey that grows lighter."""
    out = io.BytesIO()
    frames = round(seconds * rate)
    with av.open(out, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=rate)
        stream.width, stream.height, stream.pix_fmt = width, height, "yuv420p"
        for index in range(frames):
            picture = np.full((height, width, 3), 32 + 160 * index // frames, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    return out.getvalue()
