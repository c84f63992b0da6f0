"""Subtitles (字幕) with the times of their words."""

from __future__ import annotations

from pydantic import Field, model_validator

from manju.domain.document import Value


class Word(Value):
    """A piece of spoken text with its time. ``text`` keeps punctuation and spaces, so words join to the whole."""

    text: str
    start_ms: int = Field(ge=0)
    end_ms: int = Field(ge=0)

    @model_validator(mode="after")
    def _order(self) -> Word:
        if self.end_ms < self.start_ms:
            raise ValueError(f"word {self.text!r} ends before it starts")
        return self

    def shifted(self, by_ms: int) -> Word:
        """The same word later (or earlier) by ``by_ms``."""
        return Word(text=self.text, start_ms=self.start_ms + by_ms, end_ms=self.end_ms + by_ms)


class Cue(Value):
    """One subtitle on screen, relative to the start of the film. ``words`` join to its text (line breaks aside)."""

    text: str = Field(min_length=1)
    """May hold ``\\n`` where the line is broken on screen."""
    start_ms: int = Field(ge=0)
    end_ms: int = Field(gt=0)
    words: tuple[Word, ...] = ()
    speaker: str = ""

    @model_validator(mode="after")
    def _order(self) -> Cue:
        if self.end_ms <= self.start_ms:
            raise ValueError(f"subtitle {self.text!r} has no length")
        return self
