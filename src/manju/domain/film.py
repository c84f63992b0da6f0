"""What a user asks for: the source of a film and every option of it."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from pydantic import Field, model_validator

from manju.domain.document import Value
from manju.domain.screenplay import Language
from manju.domain.time import Rate

Stage = Literal["script", "voice", "storyboard", "render", "publish"]
STAGES: tuple[Stage, ...] = ("script", "voice", "storyboard", "render", "publish")

Profile = Literal["draft", "standard", "high", "archive"]
"""Encoder setting: see `manju.media.encoder`."""

LONGEST_S = 3600
"""Seconds of the longest film. What is longer is told in episodes."""


Format = Literal["prose", "fountain", "fdx", "markdown", "srt", "docx"]
"""What a text is: a story, or a script of one of these formats (``docx``: the paragraphs of a Word document)."""


class Source(Value):
    """Where the film comes from. ``topic``: a few words; ``script``: the text of a JSON script (seed 004 §2.1) or of a
    screenplay; ``text``: prose or dialogue whose words stay exactly as written, in one of the formats."""

    kind: Literal["topic", "script", "text"]
    text: str = Field(min_length=1)
    format: Format = "prose"


class Models(Value):
    """A model per modality as ``"vendor:model"``. ``video`` may be empty: stills under a camera move."""

    text: str = "offline:outline"
    image: str = "offline:sketch"
    speech: str = "offline:espeak"
    music: str = "offline:synth"
    video: str = ""


class Music(Value):
    """The film's music: a file of the user's, a style in words for the model, or none."""

    kind: Literal["style", "file", "none"] = "style"
    style: str = ""
    """Empty: the screenplay's own ``music_style``."""
    path: str = ""


class FilmSpec(Value):
    """Everything that shapes a film. Empty or None means: the script's own wish, else the recipe's default."""

    source: Source
    seconds: int | None = Field(default=None, ge=5, le=LONGEST_S)
    ratio: str = ""
    resolution: str = "1080p"
    fps: Rate = Fraction(30)
    style: str = ""
    language: Language | None = None
    voice: str = ""
    """Narrator: ``female``, ``male`` or a voice name of the speech model."""
    speed: float = Field(default=1.0, ge=0.5, le=2.0)
    music: Music = Music()
    subtitles: Literal["burn", "files", "none"] = "burn"
    """``burn``: in the picture and as files; ``files``: only as files; ``none``: no subtitles at all."""
    karaoke: bool = True
    """Words of subtitles take another colour as they are spoken."""
    profile: Profile = "standard"
    models: Models = Models()
    platform: str = ""
    """Names of `manju.domain.platforms` with commas between them; the first decides on the film's own ratio."""
    visible_label: bool = True
    """False leaves the AI label out of the picture; the metadata stays."""
    label_reason: str = ""
    """Why it is left out: asked for where it is, and kept on record."""
    budget: str = ""
    """Decimal amount that this film may cost, or empty for no limit."""
    seed: int = Field(default=0, ge=0, lt=2**31)

    @model_validator(mode="after")
    def _reasoned(self) -> FilmSpec:
        if not self.visible_label and not self.label_reason.strip():
            raise ValueError("no visible AI label without a reason: say why with --label-reason")
        return self
