"""Outlines in the shapes of the seeds and of manju's own script stage."""

from __future__ import annotations

import re
from typing import Any

from manju.providers.text.offline.ask import Ask
from manju.providers.text.offline.bank import words
from manju.providers.text.offline.outline import Figure, Location, Outline, OutlineShot
from manju.providers.text.offline.phrase import sentences


def seconds(ms: int) -> int | float:
    """Milliseconds as JSON seconds: whole where they are."""
    return ms // 1000 if ms % 1000 == 0 else ms / 1000


def figure(who: Figure) -> dict[str, Any]:
    """A character of the write and direct shapes."""
    return {
        "id": who.id,
        "name": who.name,
        "role": who.role,
        "description": who.description,
        "gender": who.gender,
        "age": who.age,
        "look": who.look,
    }


def location(place: Location) -> dict[str, Any]:
    """A location of the write and direct shapes."""
    return {
        "id": place.id,
        "name": place.name,
        "description": place.description,
        "palette": place.palette,
        "light": place.light,
        "landmarks": list(place.landmarks),
    }


def _talk(shot: OutlineShot) -> list[dict[str, str]]:
    return [{"character": said.speaker, "line": said.line, "emotion": said.emotion} for said in shot.talk]


def write(film: Outline, ask: Ask) -> dict[str, Any]:
    """manju's own script shape: seed 004 §2.1 and what the other seeds ask of a script."""
    return {
        "title": film.title,
        "logline": film.logline,
        "duration_target": seconds(sum(shot.ms for shot in film.shots)),
        "style": film.style,
        "style_prompt": film.style_prompt,
        "music_style": ask.music or film.music_style,
        "target_platform": ask.platform or "douyin",
        "language": film.language,
        "characters": [figure(who) for who in film.figures],
        "locations": [location(place) for place in film.locations],
        "scenes": [
            {
                "scene_id": number,
                "narration": shot.narration,
                "dialogue": _talk(shot),
                "visual_description": shot.description,
                "duration": seconds(shot.ms),
                "text_overlay": shot.overlay,
                "transition": shot.transition,
                "location": shot.location,
                "characters": list(shot.figures),
                "size": shot.size,
                "angle": shot.angle,
                "movement": shot.movement,
                "action": shot.action,
            }
            for number, shot in enumerate(film.shots, start=1)
        ],
    }


def short_video(film: Outline, ask: Ask) -> dict[str, Any]:
    """Seed 004 §2.1: exactly its fields (its film is told without dialogue)."""
    return {
        "title": film.title,
        "duration_target": seconds(sum(shot.ms for shot in film.shots)),
        "style": film.style,
        "scenes": [
            {
                "scene_id": number,
                "narration": shot.narration,
                "visual_description": shot.description,
                "duration": seconds(shot.ms),
                "text_overlay": shot.overlay,
                "transition": shot.transition,
            }
            for number, shot in enumerate(film.shots, start=1)
        ],
        "music_style": ask.music or film.music_style,
        "target_platform": ask.platform or "douyin",
    }


def drama(film: Outline) -> dict[str, Any]:
    """Seed 000: ``{title, logline, characters[], scenes[], shots[]}``."""
    return {
        "title": film.title,
        "logline": film.logline,
        "characters": [
            {
                "id": who.id,
                "name": who.name,
                "role": who.role,
                "gender": who.gender,
                "age": who.age,
                "description": who.description,
                **who.look,
            }
            for who in film.figures
        ],
        "scenes": [
            {
                "id": place.id,
                "name": place.name,
                "description": place.description,
                "light": place.light,
                "palette": place.palette,
                "props": list(place.landmarks),
            }
            for place in film.locations
        ],
        "shots": [
            {
                "id": number,
                "scene": shot.location,
                "characters": list(shot.figures),
                "duration": seconds(shot.ms),
                "size": shot.size,
                "angle": shot.angle,
                "movement": shot.movement,
                "action": shot.action,
                "dialogue": _talk(shot),
                "narration": shot.narration,
                "description": shot.description,
            }
            for number, shot in enumerate(film.shots, start=1)
        ],
    }


def tvc_scenes(film: Outline, ask: Ask) -> list[dict[str, Any]]:
    """Seed 002: scenes SC1..SC9. A given voice-over is shared out over them in order, its words unchanged."""
    camera = words(film.language).camera
    given = _share(sentences(ask.voiceover), len(film.shots)) if ask.voiceover else None
    return [
        {
            "id": f"SC{number}",
            "title": shot.kind,
            "description": shot.description,
            "camera": camera.movement[shot.movement],
            "size": shot.size,
            "angle": shot.angle,
            "movement": shot.movement,
            "action": shot.action,
            "voiceover": given[number - 1] if given else shot.narration,
            "text_overlay": shot.overlay,
            "duration": seconds(shot.ms),
        }
        for number, shot in enumerate(film.shots, start=1)
    ]


def tvc_text(film: Outline, ask: Ask) -> str:
    """Seed 002 as lines: ``SC1: ...``."""
    stop, voice, comma = ("。", "旁白：", "，") if film.language == "zh" else (".", "Voice-over: ", ", ")
    lines = []
    for scene in tvc_scenes(film, ask):
        text = f"{scene['id']}: {scene['description']}{'' if comma == '，' else ' '}{scene['camera']}{stop}"
        if scene["voiceover"]:
            text += f"{'' if comma == '，' else ' '}{voice}{scene['voiceover']}"
        lines.append(text)
    return "\n".join(lines)


def _share(parts: list[str], count: int) -> list[str]:
    """``parts`` spread over ``count`` places in order, joined where there are more parts than places."""
    out = [""] * count
    for index, part in enumerate(parts):
        place = index * count // len(parts)
        out[place] = f"{out[place]}{part}"
    return out


def script_and_assets(film: Outline, ask: Ask) -> dict[str, Any]:
    """Seed 001 generate-script: the script as readable text, and every figure, place and thing to be drawn."""
    return {"full_script": _script(film, ask), "assets": _assets(film)}


def _script(film: Outline, ask: Ask) -> str:
    zh = film.language == "zh"
    total = seconds(sum(shot.ms for shot in film.shots))
    lines = (
        [f"《{film.title}》", f"影视风格：{film.style_prompt}", f"时长：约{total}秒", f"故事梗概：{film.logline}"]
        if zh
        else [film.title, f"Style: {film.style_prompt}", f"Length: about {total} s", f"Logline: {film.logline}"]
    )
    draft = sentences(ask.topic)
    idea = " ".join(ask.topic.split())
    if idea and idea != film.title and len(draft) < 4:
        lines.append(f"创意：{idea}" if zh else f"Idea: {idea}")
    own = _share(draft, len(film.shots)) if len(draft) >= 4 else None
    here, scene = "", 0
    for number, shot in enumerate(film.shots):
        if shot.location != here:
            here, scene = shot.location, scene + 1
            place = film.location(here)
            lines.append("")
            lines.append(
                f"第{scene}场：{place.name}（{place.light}）" if zh else f"Scene {scene}: {place.name} ({place.light})"
            )
        if own and own[number]:
            # A draft that the user wrote is the script; we only add the pictures.
            lines.append(own[number])
            lines.append(f"【画面】{shot.description}" if zh else f"[Picture] {shot.description}")
            continue
        lines.append(f"【画面】{shot.description}" if zh else f"[Picture] {shot.description}")
        if own:
            continue
        if shot.narration:
            lines.append(f"旁白：{shot.narration}" if zh else f"Narrator: {shot.narration}")
        for said in shot.talk:
            name = film.speaker(said.speaker)
            mood = f"（{said.emotion}）" if zh and said.emotion else f" ({said.emotion})" if said.emotion else ""
            lines.append(f"{name}{mood}：{said.line}" if zh else f"{name}{mood}: {said.line}")
    return "\n".join(lines)


def _assets(film: Outline) -> list[dict[str, Any]]:
    zh = film.language == "zh"
    out: list[dict[str, Any]] = []
    for index, who in enumerate(film.figures):
        lead = ("主角" if zh else "lead") if index == 0 else ("配角" if zh else "supporting")
        out.append(
            {
                "name": who.name,
                "description": f"{who.description}{_tail(film)}",
                "tags": ["人物" if zh else "character", lead, who.role],
            }
        )
    props: dict[str, Location] = {}
    for place in film.locations:
        mark = "、" if zh else ", "
        text = (
            f"{place.description}{place.light}，{place.palette}，有{mark.join(place.landmarks)}。"
            if zh
            else f"{place.description} {place.light}, {place.palette}, with {mark.join(place.landmarks)}."
        )
        out.append(
            {
                "name": place.name,
                "description": f"{text}{_tail(film)}",
                "tags": ["场景" if zh else "scene", place.palette],
            }
        )
        props.setdefault(place.landmarks[0], place)
    for name, place in list(props.items())[:4]:
        what = re.sub(r"^(the|an?) ", "", name)
        about = f"{place.name}里的{name}，{place.light}。" if zh else f"{name} in the {place.name}, {place.light}."
        tags = ["道具" if zh else "prop", place.name]
        out.append({"name": what, "description": f"{about}{_tail(film)}", "tags": tags})
    return out


def _tail(film: Outline) -> str:
    return f"风格：{film.style_prompt}。" if film.language == "zh" else f" Style: {film.style_prompt}."
