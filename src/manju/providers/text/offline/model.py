"""``offline:outline``: a writer without key or network that answers a chat in the shape that its prompt asks for."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from manju.domain.casting import NARRATOR
from manju.domain.document import digest
from manju.domain.order import Generated, TextRequest
from manju.providers.base import References
from manju.providers.text.base import reply
from manju.providers.text.offline import direct, film, shapes, skeleton, storyboards
from manju.providers.text.offline.ask import Ask, Shape, read
from manju.providers.text.offline.outline import Outline


class OutlineWriter:
    """The offline text model. The same messages and seed give the same bytes; temperature has no meaning here, since
    nothing is sampled."""

    name = "offline:outline"

    async def generate(self, request: TextRequest, references: References) -> Generated:
        """Answer a chat: one strict JSON value where the prompt asks for JSON, else text.

        Raises:
            InputError: there is no word in the topic.
            ModelError: the prompt asks for pictures of given shots and gives none.
        """
        ask = read(request)
        rng = Random(_seed(request))
        if ask.shape is Shape.TVC and not ask.wants_json:
            return reply(shapes.tvc_text(film.commercial(ask, rng), ask))
        if ask.shape is Shape.PROSE:
            return reply(_prose(film.outline(ask, rng)))
        return reply(json.dumps(_answer(ask, rng), ensure_ascii=False, indent=2), json_reply=True)


def _seed(request: TextRequest) -> int:
    messages = [[message.role, message.content] for message in request.messages]
    return int(digest([messages, request.seed])[:16], 16)


def _answer(ask: Ask, rng: Random) -> Any:
    match ask.shape:
        case Shape.DIRECT:
            return direct.write(ask, rng)
        case Shape.STORYBOARDS:
            return storyboards.write(ask, rng)
        case Shape.DRAMA:
            return shapes.drama(film.board(ask, rng))
        case Shape.SHORT_VIDEO:
            return shapes.short_video(film.outline(ask, rng), ask)
        case Shape.SCRIPT_AND_ASSETS:
            return shapes.script_and_assets(film.outline(ask, rng), ask)
        case Shape.TVC:
            return {"scenes": shapes.tvc_scenes(film.commercial(ask, rng), ask)}
        case Shape.WRITE:
            return shapes.write(film.outline(ask, rng), ask)
        case _:
            story = film.outline(ask, rng)
            fields = skeleton.read(ask.instructions)
            if not fields:
                return {"title": story.title, "summary": story.logline, "text": _prose(story)}
            return skeleton.fill(fields, story, ask)


def _prose(story: Outline) -> str:
    """A treatment: title, logline, then the film told in paragraphs."""
    quote, gap = ("{}：“{}”", "") if story.language == "zh" else ('{}: "{}"', " ")
    paragraphs = [story.title, story.logline]
    for shot in story.shots:
        lines = [
            said.line if said.speaker == NARRATOR else quote.format(story.speaker(said.speaker), said.line)
            for said in shot.talk
        ]
        paragraphs.append(gap.join(part for part in (shot.narration, *lines) if part))
    return "\n\n".join(part for part in paragraphs if part)
