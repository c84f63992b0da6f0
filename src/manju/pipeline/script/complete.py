"""What every screenplay carries in the end: the spec's options, a style prefix, lit places, recognisable characters."""

from __future__ import annotations

from manju.domain.casting import Character, Look
from manju.domain.film import FilmSpec
from manju.domain.screenplay import Language, Scene, Screenplay
from manju.pipeline.script import style

DEFAULT_MUSIC = "gentle cinematic underscore, 90 BPM"

_LOOKS: dict[Language, tuple[dict[str, str], ...]] = {
    "zh": (
        {"hair": "黑色短发", "eyes": "深棕色眼睛", "outfit": "藏青色夹克配白色T恤", "shoes": "白色运动鞋"},
        {"hair": "栗色长发", "eyes": "琥珀色眼睛", "outfit": "米色风衣配红色围巾", "shoes": "棕色短靴"},
        {"hair": "银灰色头发", "eyes": "灰色眼睛", "outfit": "墨绿色毛衣", "shoes": "黑色皮鞋"},
        {"hair": "深红色马尾", "eyes": "绿色眼睛", "outfit": "橙色连帽衫", "shoes": "黄色帆布鞋"},
        {"hair": "蓝黑色卷发", "eyes": "蓝色眼睛", "outfit": "紫色衬衫配灰色马甲", "shoes": "灰色运动鞋"},
    ),
    "en": (
        {"hair": "short black hair", "eyes": "dark brown", "outfit": "navy jacket over a white T-shirt",
         "shoes": "white sneakers"},
        {"hair": "long chestnut hair", "eyes": "amber", "outfit": "beige coat with a red scarf",
         "shoes": "brown ankle boots"},
        {"hair": "silver grey hair", "eyes": "grey", "outfit": "dark green sweater", "shoes": "black leather shoes"},
        {"hair": "dark red ponytail", "eyes": "green", "outfit": "orange hoodie", "shoes": "yellow canvas shoes"},
        {"hair": "blue-black curly hair", "eyes": "blue", "outfit": "purple shirt with a grey vest",
         "shoes": "grey sneakers"},
    ),
}  # fmt: skip
"""Features given in turn to characters whom nobody described, so that no two of them look alike."""


def honour(screenplay: Screenplay, spec: FilmSpec) -> Screenplay:
    """The screenplay with the options of the spec in place of its own fields."""
    wishes: dict[str, str] = {}
    if spec.style:
        wishes["style"] = spec.style
    if spec.language:
        wishes["language"] = spec.language
    if spec.platform or spec.source.kind == "topic":  # a model that wrote it does not decide where it goes
        wishes["target_platform"] = spec.platform
    if spec.music.kind == "style" and spec.music.style:
        wishes["music_style"] = spec.music.style
    if spec.style and screenplay.style_prompt:
        wishes["style_prompt"] = _restyled(screenplay.style_prompt, spec.style)
    return screenplay.model_copy(update=wishes)


def _restyled(style_prompt: str, wanted: str) -> str:
    """The style prefix under the wanted style: dropped where it names another known one, else headed by it."""
    if wanted.lower() in style_prompt.lower():
        return style_prompt
    if style.named(wanted) and style.named(style_prompt) not in ("", style.named(wanted)):
        return ""
    return f"{wanted}, {style_prompt}" if wanted.isascii() else f"{wanted}，{style_prompt}"


def complete(screenplay: Screenplay) -> Screenplay:
    """The screenplay with what its makers left out of its looks: style prefix, light and colours of its places,
    features of its characters, music. Nothing that is filled changes."""
    language = screenplay.language
    found = style.look(
        screenplay.style, screenplay.style_prompt, screenplay.title, screenplay.logline, language=language
    )
    return screenplay.model_copy(
        update={
            "style_prompt": screenplay.style_prompt or style.prefix(screenplay.style, found, language),
            "music_style": screenplay.music_style or DEFAULT_MUSIC,
            "scenes": tuple(_lit(scene, found) for scene in screenplay.scenes),
            "characters": tuple(_dressed(c, index, language) for index, c in enumerate(screenplay.characters)),
        }
    )


def _lit(scene: Scene, found: style.Look) -> Scene:
    return scene.model_copy(update={"palette": scene.palette or found.palette, "light": scene.light or found.light})


def _dressed(character: Character, index: int, language: Language) -> Character:
    """A character without a single feature gets some; a half described one is left as its writer meant it."""
    if character.look.features() or character.description:
        return character
    looks = _LOOKS[language]
    return character.model_copy(update={"look": Look(**looks[index % len(looks)])})
