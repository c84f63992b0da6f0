"""From a drawing to pixels: the whole picture, and each layer of a frame as a picture of its own.

The rasteriser writes PNG only, which takes it a third of its time, so each layer is rasterised once, in front of the
first no more of it than something is painted on, and the whole picture is laid together from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import cv2
import numpy as np
import resvg_py
from numpy.typing import NDArray

from manju.errors import ModelError
from manju.media import cutout
from manju.providers.image.offline.svg import LAYERS, Drawing

SHOWN = tuple(name for name in LAYERS if name != "notes")
GROUND = "#808080"
"""Under everything: seams between anti-aliased shapes must not let transparency through."""
_COARSE = 8
"""Where a layer has anything is looked up in a picture of an eighth of the size."""

Pixels = NDArray[np.uint8]
Part = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Raster:
    """A picture as PNG, and the layers that it was laid together from, from behind to the front; none if it has but
    one. Each but the first is cut out (`manju.media.cutout`)."""

    picture: bytes
    layers: dict[str, bytes] = field(default_factory=dict)


def flat(d: Drawing, fonts: Sequence[str]) -> Raster:
    """The picture of a drawing.

    Raises:
        ModelError: it cannot be rasterised.
    """
    return Raster(_grained(_png(d.svg(SHOWN), fonts, background=GROUND), d.grain))


def layered(d: Drawing, fonts: Sequence[str]) -> Raster:
    """The picture of a drawing, and its layers.

    Raises:
        ModelError: it cannot be rasterised.
    """
    names = [name for name in d.layers if name in SHOWN]
    if len(names) < 2:
        return flat(d, fonts)
    layers = {names[0]: _grained(_png(d.svg(names[:1]), fonts, background=GROUND), d.grain)}
    picture = cv2.cvtColor(_pixels(layers[names[0]]), cv2.COLOR_BGRA2BGR).astype(np.uint8, copy=False)
    for name in names[1:]:
        part = _painted(d, name, fonts)
        if part is None:
            continue
        png = _grained(_png(d.svg([name], part), fonts), d.grain)
        _lay(_pixels(png), picture, part)
        layers[name] = cutout.put(png, *part[:2])
    done, whole = cv2.imencode(".png", picture)
    if not done:
        raise ModelError("the sketch could not be written as a PNG")
    return Raster(whole.tobytes(), layers if len(layers) > 1 else {})


def _painted(d: Drawing, name: str, fonts: Sequence[str]) -> Part | None:
    """The part of the picture (x, y, width, height) outside of which a layer has nothing; None if it has nothing."""
    coarse = _pixels(_png(d.svg([name]), fonts, zoom=1 / _COARSE))
    x, y, across, down = cv2.boundingRect(coarse[:, :, 3])
    if not across or not down:
        return None
    left, top = max(0, (x - 1) * _COARSE), max(0, (y - 1) * _COARSE)
    right, bottom = min(d.width, (x + across + 1) * _COARSE), min(d.height, (y + down + 1) * _COARSE)
    return left, top, right - left, bottom - top


def _lay(top: Pixels, picture: Pixels, part: Part) -> None:
    """Lay pixels with straight alpha over a part of a picture."""
    x, y, across, down = part
    below = picture[y : y + down, x : x + across]
    alpha = cv2.merge([top[:, :, 3]] * 3)
    over = cv2.multiply(np.ascontiguousarray(top[:, :, :3]), alpha, scale=1 / 255)
    cv2.add(cv2.multiply(below, cv2.bitwise_not(alpha), scale=1 / 255), over, dst=below)


def _png(svg: str, fonts: Sequence[str], *, background: str | None = None, zoom: float | None = None) -> bytes:
    try:
        png: bytes = resvg_py.svg_to_bytes(
            svg_string=svg, background=background, zoom=zoom, skip_system_fonts=True, font_files=list(fonts)
        )
    except ValueError as error:
        raise ModelError(f"the sketch could not be rasterised: {error}", hint="Report this prompt as a bug.") from error
    return png


def _grained(png: bytes, grain: int) -> bytes:
    """The picture in squares of ``grain`` pixels, each of one colour, wholly there or not at all."""
    if grain < 2:
        return png
    pixels = _pixels(png).astype(np.float32)
    high, wide = pixels.shape[:2]
    alpha = pixels[:, :, 3:]
    small = cv2.resize(np.dstack((pixels[:, :, :3] * alpha, alpha)), (wide // grain, high // grain),
                       interpolation=cv2.INTER_AREA)  # fmt: skip
    colour = small[:, :, :3] / np.maximum(small[:, :, 3:], 1.0)
    whole = np.dstack((np.rint(colour / 8) * 8, (small[:, :, 3:] > 127) * 255.0)).clip(0, 255).astype(np.uint8)
    large = cv2.resize(whole, (wide, high), interpolation=cv2.INTER_NEAREST)
    done, out = cv2.imencode(".png", large)
    if not done:
        raise ModelError("the sketch could not be written as a PNG")
    return out.tobytes()


def _pixels(png: bytes) -> Pixels:
    """The pixels of a PNG that the rasteriser made, as BGRA."""
    decoded = cv2.imdecode(np.frombuffer(png, np.uint8), cv2.IMREAD_UNCHANGED)
    assert decoded is not None
    return decoded.astype(np.uint8, copy=False)
