"""How fast espeak-ng must be told to speak to reach a number of syllables a second.

Its rate parameter (80..450, "words per minute") is not proportional to what is heard. The tables were measured with
espeak-ng 1.52, voice m3, over 28 sentences (16 Chinese, 12 English), silence at clause ends left out.
"""

from __future__ import annotations

import numpy as np

from manju.domain.screenplay import Language
from manju.domain.speech import SYLLABLES_PER_SECOND

_PARAMETER = (80, 100, 130, 160, 200, 240, 280, 320, 360, 400, 450)
_HEARD: dict[Language, tuple[float, ...]] = {
    "zh": (1.81, 2.16, 2.88, 3.61, 4.65, 5.74, 6.91, 7.90, 8.68, 9.76, 10.08),
    "en": (2.49, 2.94, 3.81, 4.62, 5.70, 6.75, 7.69, 8.62, 9.63, 10.52, 12.08),
}
_BORROWED = 1.12
"""English words inside a Chinese line keep nearer to its pace than English does by itself."""


def parameter(tongue: str, line: Language, factor: float) -> int:
    """The rate parameter for a run in ``tongue`` inside a line in ``line``, ``factor`` times as fast as natural."""
    language: Language = "zh" if tongue == "zh" else "en"
    borrowed = _BORROWED if language == "en" and line == "zh" else 1.0
    heard = SYLLABLES_PER_SECOND[language] * borrowed * factor
    return round(float(np.interp(heard, _HEARD[language], _PARAMETER)))
