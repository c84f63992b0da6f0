"""The offline voice: espeak-ng, kept in a process of its own."""

from manju.providers.speech.offline.model import EspeakVoice

__all__ = ["EspeakVoice"]
