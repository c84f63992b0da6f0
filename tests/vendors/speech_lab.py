"""One vendor of speech on loopback with the adapter that speaks to it: what tests of such adapters are given."""

from __future__ import annotations

import io
import wave
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from manju.domain.cues import Word
from manju.domain.order import Artefact, SpeechRequest
from manju.errors import ManjuError, NotFoundError
from manju.media.probe import accept
from manju.net.client import Http
from manju.providers.speech.wire import SpeechVendor
from manju.providers.upstream import Answer, Endpoint
from vendors.speech_lines import SpeechEmulator

TOKEN = "0192a1b2c3d4-attempt-1"


@dataclass(frozen=True)
class Vendor:
    """One row: the adapter, who plays its vendor, and the channel's options."""

    adapter: Callable[[Endpoint], SpeechVendor]
    emulator: type[SpeechEmulator]
    options: Mapping[str, str] = field(default_factory=dict)


class NoReferences:
    def read(self, sha256: str) -> bytes:
        raise NotFoundError(f"nothing is stored under {sha256}")


@dataclass
class Lab:
    """A vendor on loopback and the adapter that speaks to it."""

    vendor: Vendor
    http: Http
    emulator: Any

    def adapter(self, **changes: Any) -> SpeechVendor:
        """A new adapter; ``changes`` are to its endpoint, ``options`` are added to the row's."""
        options = {**self.vendor.options, **changes.pop("options", {})}
        endpoint = Endpoint(self.emulator.url, self.emulator.key, self.emulator.model, self.http, options)
        return self.vendor.adapter(replace(endpoint, **changes))

    async def speak(self, request: SpeechRequest | None = None, **changes: Any) -> Answer:
        """Have a line spoken: the vendor's own, or this one."""
        adapter = self.adapter(**changes)
        answer = await adapter.submit(request or self.emulator.request, NoReferences(), TOKEN)
        assert isinstance(answer, Answer)
        return answer

    async def say(self, text: str, **changes: Any) -> Answer:
        """Have this text spoken by the vendor's own speaker, at normal speed."""
        return await self.speak(self.emulator.request.model_copy(update={"text": text, "speed": 1.0, **changes}))

    @contextmanager
    def refused(self, kind: type[ManjuError], refusal: str = "") -> Iterator[pytest.ExceptionInfo[ManjuError]]:
        """The call fails so, in one line, and without a key in what it says."""
        with pytest.raises(kind) as caught:
            yield caught
        assert type(caught.value) is kind, caught.value
        said = f"{caught.value} {caught.value.hint}"
        assert "\n" not in said
        assert not any(secret in said for secret in self.emulator.secrets), said
        if refusal:
            assert getattr(caught.value, "refusal", "") == refusal, said


@asynccontextmanager
async def opened(vendor: Vendor) -> AsyncIterator[Lab]:
    """A laboratory for a vendor."""
    async with Http() as http, vendor.emulator() as emulator:
        yield Lab(vendor, http, emulator)


def heard(answer: Answer, text: str) -> list[Word]:
    """The words of an answer, after all that `manju.providers.speech.base` promises was checked of it."""
    (main,) = answer.files
    assert isinstance(main, Artefact) and (main.role, main.suffix) == ("main", ".wav")
    found = accept(main.data, main.suffix, "speech")
    assert found["channels"] == 1 and abs(found["duration_ms"] - answer.facts["duration_ms"]) <= 1
    words = [Word.model_validate(word) for word in answer.facts["words"]]
    assert "".join(word.text for word in words) == text
    assert all(word.text for word in words)
    assert all(one.end_ms <= two.start_ms for one, two in pairwise(words))
    assert words[-1].end_ms <= answer.facts["duration_ms"]
    return words


def samples(answer: Answer) -> tuple[np.ndarray, float]:
    """16 bit samples of an answer, and how many there are in a millisecond."""
    (main,) = answer.files
    assert isinstance(main, Artefact)
    with wave.open(io.BytesIO(main.data)) as file:
        assert file.getsampwidth() == 2 and file.getnchannels() == 1
        return np.frombuffer(file.readframes(file.getnframes()), "<i2").astype(int), file.getframerate() / 1000
