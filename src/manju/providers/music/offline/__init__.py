"""The offline music model: style words to a scored, synthesised and mastered piece."""

from manju.providers.music.offline.model import Synthesiser as Synthesiser
