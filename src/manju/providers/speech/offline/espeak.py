"""The process that speaks: runs as a program of its own, loads espeak-ng there, answers one job and ends.

espeak-ng is a GPL library with process-wide state, and what it says may depend on what it said before; a fresh
process a job keeps both out of ours (it is up in about 25 ms). Only the standard library is used, so that it starts
without site packages.

Input: one JSON object ``{"library", "data", "most", "runs": [{"voice", "text", "rate", "pitch", "range"}]}``; with more
than ``most`` samples it stops and exits with `TOO_LONG`. Output: the
length of a JSON text (4 bytes, big-endian), the text ``{"rate": Hz, "runs": [{"samples", "events": [[position,
sample]]}]}`` (position: 0-based character of the run's text where a word starts), then the samples of all runs, 16 bit
mono in the machine's byte order. Constants and the event's layout are those of ``speak_lib.h`` 1.52.
"""

from __future__ import annotations

import ctypes
import json
import sys
from typing import Any

SYNCHRONOUS = 2
DONT_EXIT = 0x8000
UTF8 = 1
PHONEMES = 0x100
"""Text within ``[[`` and ``]]`` is espeak-ng's own names of sounds."""
RATE, VOLUME, PITCH, RANGE = 1, 2, 3, 4
EVENT_LIST_END, EVENT_WORD = 0, 1
SEED = 1
"""Of the noise in breathy voices, which is otherwise seeded by the clock."""

LOUDNESS = 60
"""Percent; at 100 some voices clip."""

TOO_LONG = 3
"""Exit code: there is more to say than was allowed."""
GO_ON, STOP = 0, 1
"""What ``t_espeak_callback`` may answer."""


class TooLongError(Exception):
    """More was to be said than was allowed."""


class Event(ctypes.Structure):
    """``espeak_EVENT``."""

    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),  # 1-based, in characters
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", ctypes.c_char * 8),
    )


class Speaker:
    """The library, initialised once in this process.

    Raises:
        RuntimeError: it cannot be loaded, or refuses.
    """

    def __init__(self, library: str, data: str, most: int) -> None:
        self._library = ctypes.CDLL(library)
        self._left = most * 2  # bytes
        self.rate: int = self._library.espeak_Initialize(SYNCHRONOUS, 0, data.encode(), DONT_EXIT)
        if self.rate <= 0:
            raise RuntimeError(f"espeak-ng does not start with the data in {data}")
        self._samples = bytearray()
        self._events: list[tuple[int, int]] = []
        receiver = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(Event))
        self._receiver = receiver(self._receive)  # must live as long as the library may call it
        self._library.espeak_SetSynthCallback(self._receiver)

    def _receive(self, wave: int | None, count: int, events: Any) -> int:
        if wave and count > 0:
            self._left -= count * 2
            if self._left < 0:
                return STOP
            self._samples += ctypes.string_at(wave, count * 2)
        index = 0
        while events[index].type != EVENT_LIST_END:
            if events[index].type == EVENT_WORD:
                self._events.append((events[index].text_position - 1, events[index].sample))
            index += 1
        return GO_ON

    def say(
        self, text: str, voice: str, *, rate: int, pitch: int, intonation: int
    ) -> tuple[bytes, list[tuple[int, int]]]:
        """Samples, and the characters at which words start with their first samples.

        Raises:
            RuntimeError: there is no such voice, or the synthesis failed.
            TooLongError: all that was said is longer than may be.
        """
        if self._library.espeak_SetVoiceByName(voice.encode()):
            raise RuntimeError(f"espeak-ng has no voice {voice}")
        self._library.espeak_ng_SetRandSeed(ctypes.c_long(SEED))
        for parameter, value in ((RATE, rate), (VOLUME, LOUDNESS), (PITCH, pitch), (RANGE, intonation)):
            self._library.espeak_SetParameter(parameter, value, 0)
        self._samples.clear()
        self._events.clear()
        data = text.encode() + b"\0"
        failed = self._library.espeak_Synth(data, ctypes.c_size_t(len(data)), 0, 1, 0, UTF8 | PHONEMES, None, None)
        if self._left < 0:
            raise TooLongError
        if failed:
            raise RuntimeError(f"espeak-ng could not speak (error {failed})")
        return bytes(self._samples), list(self._events)


def main() -> int:
    """Answer the job on standard input."""
    job = json.load(sys.stdin.buffer)
    runs, samples = [], []
    try:
        speaker = Speaker(job["library"], job["data"], job["most"])
        for run in job["runs"]:
            sound, events = speaker.say(
                run["text"], run["voice"], rate=run["rate"], pitch=run["pitch"], intonation=run["range"]
            )
            runs.append({"samples": len(sound) // 2, "events": events})
            samples.append(sound)
    except TooLongError:
        return TOO_LONG
    except (OSError, RuntimeError) as error:
        print(error, file=sys.stderr)
        return 1
    head = json.dumps({"rate": speaker.rate, "runs": runs}).encode()
    sys.stdout.buffer.write(len(head).to_bytes(4, "big") + head + b"".join(samples))
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
