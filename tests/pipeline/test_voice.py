"""The voice stage: a take belongs to its line, wherever the line stands."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest
from studio import Studio, saying, screenplay

from manju.domain.screenplay import Screenplay
from manju.pipeline import voice
from manju.pipeline.cut import Voiced


def record(path: Path, seconds: float) -> bytes:
    """A person's own recording."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(bytes(int(seconds * 8000) * 2))
    return path.read_bytes()


async def spoken(studio: Studio) -> tuple[Screenplay, Voiced]:
    """What a new run makes of the screenplay in the folder."""
    context = await studio.context()
    kept = await context.documents.load("screenplay", Screenplay)
    assert kept is not None
    return kept.document, await voice.speak(context, kept.document)


async def calls(studio: Studio) -> list[tuple[str, int]]:
    return sorted((call.subject, call.take) for call in await studio.gateway.calls(studio.project_id))


@pytest.fixture
async def said(studio: Studio) -> Studio:
    await studio.documents().save("screenplay", screenplay(saying("你好。", "再见。"), saying("下雨了。")))
    await spoken(studio)
    return studio


async def test_files_are_called_by_shot_and_line(said: Studio) -> None:
    assert said.folder.names() == ["audio/s01-1.wav", "audio/s01-2.wav", "audio/s02-1.wav", "screenplay.json"]
    assert await calls(said) == [("s01-1", 1), ("s01-2", 1), ("s02-1", 1)]


async def test_only_a_line_put_before_others_is_spoken(said: Studio) -> None:
    before = {name: said.folder.digest(name) for name in said.folder.names() if name.startswith("audio")}
    await said.edit("screenplay", lambda film: film["shots"][0]["lines"].insert(0, {"text": "早上。"}))
    _, voiced = await spoken(said)
    assert [line.path for line in voiced.spoken[0]] == ["audio/s01-3.wav", "audio/s01-1.wav", "audio/s01-2.wav"]
    assert await calls(said) == [("s01-1", 1), ("s01-2", 1), ("s01-3", 1), ("s02-1", 1)]
    assert {name: said.folder.digest(name) for name in before} == before


async def test_lines_that_change_places_keep_a_persons_own_voice(said: Studio) -> None:
    mine = record(said.folder.locate("audio/s01-2.wav"), 4.0)
    await said.edit("screenplay", lambda film: film["shots"][0]["lines"].reverse())
    document, voiced = await spoken(said)
    assert [line.text for line in document.shots[0].lines] == ["再见。", "你好。"]
    assert [line.path for line in voiced.spoken[0]] == ["audio/s01-2.wav", "audio/s01-1.wav"]
    assert voiced.spoken[0][0].duration_ms == 4000 > voiced.spoken[0][1].duration_ms
    assert "".join(word.text for word in voiced.spoken[0][0].words) == "再见。"
    assert said.folder.read("audio/s01-2.wav") == mine
    assert {take for _, take in await calls(said)} == {1}


async def test_a_line_that_moves_to_another_shot_keeps_its_voice(said: Studio) -> None:
    await said.edit("screenplay", lambda film: film["shots"][1]["lines"].append(film["shots"][0]["lines"].pop()))
    _, voiced = await spoken(said)
    assert [line.path for line in voiced.spoken[1]] == ["audio/s02-1.wav", "audio/s01-2.wav"]
    assert len(await calls(said)) == 3


async def test_a_new_line_does_not_inherit_the_voice_of_a_removed_one(said: Studio) -> None:
    mine = record(said.folder.locate("audio/s01-2.wav"), 4.0)
    await said.edit("screenplay", lambda film: film["shots"][0]["lines"].__setitem__(1, {"text": "走吧。"}))
    _, voiced = await spoken(said)
    assert voiced.spoken[0][1].path == "audio/s01-3.wav"
    assert voiced.spoken[0][1].duration_ms < 4000
    assert said.folder.read("audio/s01-2.wav") == mine


async def test_a_replaced_voice_sets_the_pace_and_the_words_are_stretched_to_it(said: Studio) -> None:
    _, before = await spoken(said)
    record(said.folder.locate("audio/s02-1.wav"), 9.0)
    _, after = await spoken(said)
    old, new = before.spoken[1][0], after.spoken[1][0]
    assert new.duration_ms == 9000
    assert new.words[-1].end_ms == old.words[-1].end_ms * 9000 // old.duration_ms
    assert after.paced[1].duration >= 9500
    said.folder.remove("audio/s02-1.wav")
    assert (await spoken(said))[1] == before
