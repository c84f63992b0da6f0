"""What every vendor of speech is on loopback: a line comes back as tones, one for each sign, with rests at marks.

A vendor's emulator subclasses `SpeechEmulator`: it adds its routes, reads its own wire format in `fields`, and says in
its own words how it refuses. `tests/conformance/test_speech_adapters.py` knows nothing but this class.
"""

from __future__ import annotations

import io
from dataclasses import dataclass
from typing import ClassVar, Literal

import av
import numpy as np

from manju.domain.casting import Voice
from manju.domain.order import SpeechRequest
from vendors.emulator import KEY, Emulator, Fault, Seen

RATE = 24_000
LEAD_MS, SIGN_MS, REST_MS, TAIL_MS = 400, 120, 260, 700


@dataclass(frozen=True)
class Fields:
    """An order as the vendor understood it. None: the vendor has no place for this, or the order did not say."""

    text: str
    voice: str
    model: str | None = None
    speed: float | None = None
    seed: int | None = None
    token: str | None = None


class SpeechEmulator(Emulator):
    """Strict, as every emulator."""

    key: ClassVar[str] = KEY
    """What a channel has as its key."""
    secrets: ClassVar[tuple[str, ...]] = (KEY,)
    """What must never stand in a message."""
    model: ClassVar[str]
    request: ClassVar[SpeechRequest] = SpeechRequest(
        text="深夜，霓虹灯下2025年的校园空无一人！", voice=Voice(gender="female"), speaker="lin", speed=1.1, seed=7
    )
    """An order that the vendor can serve."""
    refusing: ClassVar[tuple[str, ...]] = ("auth", "credit", "moderation", "rate", "busy", "invalid")
    """The refusals that `refusal` has a body for."""
    timing: ClassVar[Literal["measured", "estimated"]]
    """Whether it tells when words are heard."""
    written_out: ClassVar[bool] = False
    """It tells the times of 二零二五 instead of those of 2025."""
    slower: ClassVar[float] = 0.4
    """A speed that the vendor does not have, though we do; out of our own range where it has all of ours."""
    free_probe: ClassVar[bool] = True
    """Whether anything can be asked for free."""
    submit_path: ClassVar[str]
    probe_path: ClassVar[str] = ""

    def signed(self, seen: Seen) -> bool:
        """Whether a request carries the vendor's authorisation."""
        raise NotImplementedError

    def fields(self, seen: Seen) -> Fields:
        """What an order says."""
        raise NotImplementedError

    def refusal(self, kind: str) -> Fault:
        """How the vendor refuses an order: its own status and body."""
        raise NotImplementedError

    def silent(self) -> tuple[Fault, ...]:
        """Answers with a good status that have no sound in them."""
        return (Fault("status", 200),)


def spoken(text: str, speed: float = 1.0) -> tuple[bytes, list[tuple[str, float, float]]]:
    """16 bit mono samples at `RATE`, and each sign with its time in seconds (marks have none of their own)."""
    at = LEAD_MS
    parts, times = [_rest(LEAD_MS)], []
    for sign in text:
        ms = round(SIGN_MS / speed) if sign.isalnum() else 0
        rest = REST_MS if sign in "，。！？,.!?" else 0
        parts += [_tone(ms, 200 + ord(sign) % 50 * 8), _rest(rest)]
        times.append((sign, at / 1000, (at + ms) / 1000))
        at += ms + rest
    return b"".join([*parts, _rest(TAIL_MS)]), times


def _rest(ms: int) -> bytes:
    return bytes(RATE * ms // 1000 * 2)


def _tone(ms: int, hertz: int) -> bytes:
    wave = np.sin(np.arange(RATE * ms // 1000) * 2 * np.pi * hertz / RATE)
    return np.rint(12_000 * wave).astype("<i2").tobytes()


def packed(samples: bytes, kind: str) -> bytes:
    """Samples as a file: ``wav``, ``mp3``, ``flac``, ``ogg`` (Opus) or ``adts`` (AAC)."""
    codecs = {"wav": "pcm_s16le", "mp3": "libmp3lame", "flac": "flac", "ogg": "libopus", "adts": "aac"}
    out = io.BytesIO()
    with av.open(out, "w", format=kind) as container:
        stream = container.add_stream(codecs[kind], RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.frombuffer(samples, "<i2")[np.newaxis], format="s16", layout="mono")
        frame.sample_rate = RATE
        frame.pts = 0
        resampler = av.AudioResampler(stream.format, "mono", stream.rate, stream.codec_context.frame_size or None)
        for part in (*resampler.resample(frame), *resampler.resample(None)):
            container.mux(stream.encode(part))
        container.mux(stream.encode(None))
    return out.getvalue()


def streamed_wav(samples: bytes) -> bytes:
    """A WAV whose header was sent before anybody knew how long it would be, as OpenAI's are."""
    head = packed(samples, "wav").partition(b"data")[0]
    return head[:4] + b"\xff\xff\xff\xff" + head[8:] + b"data\xff\xff\xff\xff" + samples
