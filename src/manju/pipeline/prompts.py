"""The prompts of pictures and clips: what stays the same in every one (seed 004 §4.2) and what is this shot's.

A prompt is: the film's style prefix; then subject, place, camera, light, details and style (seed 003's order). Every
character in the shot is there with all of its immutable features, and the place with its palette, light and landmarks,
so that no prompt depends on another one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from manju.domain.casting import Character
from manju.domain.order import Figure, ImageRequest, Reference
from manju.domain.screenplay import Language, Prop, Scene, Screenplay, Shot
from manju.domain.storyboard import Angle, Movement, Size

SHEET_SIZE = (1536, 1024)
"""Width and height of a turnaround: three figures side by side."""

SIZE_WORDS: dict[Size, dict[Language, str]] = {
    "extreme_wide": {"zh": "大远景", "en": "extreme wide shot"},
    "wide": {"zh": "远景", "en": "wide shot"},
    "full": {"zh": "全景，人物全身", "en": "full shot, whole figure"},
    "medium": {"zh": "中景", "en": "medium shot"},
    "close": {"zh": "近景", "en": "close-up"},
    "extreme_close": {"zh": "特写", "en": "extreme close-up"},
}
ANGLE_WORDS: dict[Angle, dict[Language, str]] = {
    "eye": {"zh": "平视机位", "en": "eye-level angle"},
    "low": {"zh": "仰拍", "en": "low angle"},
    "high": {"zh": "俯拍", "en": "high angle"},
    "top": {"zh": "顶拍", "en": "top-down angle"},
    "dutch": {"zh": "斜角构图", "en": "tilted dutch angle"},
    "over_shoulder": {"zh": "过肩镜头", "en": "over-the-shoulder"},
}
MOVEMENT_WORDS: dict[Movement, dict[Language, str]] = {
    "static": {"zh": "固定镜头", "en": "static camera"},
    "push_in": {"zh": "镜头缓慢推近", "en": "camera slowly pushes in"},
    "pull_out": {"zh": "镜头缓慢拉远", "en": "camera slowly pulls out"},
    "pan_left": {"zh": "镜头向左摇", "en": "camera pans left"},
    "pan_right": {"zh": "镜头向右摇", "en": "camera pans right"},
    "tilt_up": {"zh": "镜头上摇", "en": "camera tilts up"},
    "tilt_down": {"zh": "镜头下摇", "en": "camera tilts down"},
    "track": {"zh": "镜头跟随主体", "en": "camera tracks the subject"},
    "handheld": {"zh": "手持镜头，轻微晃动", "en": "handheld camera, slight sway"},
}
_FEATURES_ZH = {
    "hair": "发型发色",
    "eyes": "眼睛",
    "build": "体型",
    "outfit": "服装",
    "accessories": "配饰",
    "shoes": "鞋子",
    "proportions": "身形比例",
}
_GENDERS_ZH = {"female": "女性", "male": "男性", "neutral": ""}
_AGES_ZH = {"child": "儿童", "young": "青年", "adult": "成年", "elder": "老年"}
_AGES_EN = {"child": "child", "young": "young", "adult": "adult", "elder": "elderly"}


def frame_prompt(screenplay: Screenplay, shot: Shot) -> str:
    """The whole prompt of a shot's first frame; the shot's own ``frame_prompt`` replaces it where there is one."""
    if shot.frame_prompt:
        return shot.frame_prompt
    zh = screenplay.language == "zh"
    scene = _scene(screenplay, shot)
    cast = [_described(screenplay.character(uid), screenplay.language) for uid in shot.characters]
    props = [_prop(prop) for prop in screenplay.props if prop.uid in shot.props]
    camera = (SIZE_WORDS[shot.size][screenplay.language], ANGLE_WORDS[shot.angle][screenplay.language])
    parts = [
        ("主体", "Subject", [shot.description, shot.action, *cast, *props]),
        ("场景", "Scene", [scene.name, scene.description] if scene else []),
        ("镜头", "Camera", camera),
        ("光照", "Light", [scene.light] if scene else []),
        ("细节", "Details", [_palette(scene, zh), _landmarks(scene, zh)] if scene else []),
        ("风格", "Style", [screenplay.style]),
    ]
    body = _labelled(parts, screenplay.language)
    bare = "画面中不出现字幕、水印与标志" if zh else "no subtitles, watermarks or logos in the picture"
    return _sentences([screenplay.style_prompt, *body, bare], screenplay.language)


def shot_prompt(screenplay: Screenplay, shot: Shot) -> str:
    """The prompt of a shot's clip: its camera move and action over what the frame shows; the shot's own
    ``shot_prompt`` replaces it where there is one."""
    if shot.shot_prompt:
        return shot.shot_prompt
    zh = screenplay.language == "zh"
    moving = MOVEMENT_WORDS[shot.movement][screenplay.language]
    first = f"运镜：{moving}" if zh else f"Camera move: {moving}"
    action = (f"动作：{shot.action}" if zh else f"Action: {shot.action}") if shot.action else ""
    return _sentences([first, action, frame_prompt(screenplay, shot)], screenplay.language)


def frame_request(
    screenplay: Screenplay,
    shot: Shot,
    width: int,
    height: int,
    *,
    seed: int,
    references: Sequence[Reference] = (),
    layers: bool = False,
) -> ImageRequest:
    """The order for a shot's first frame of ``width`` x ``height`` pixels, in ``layers`` if they are of use."""
    scene = _scene(screenplay, shot)
    return ImageRequest(
        prompt=frame_prompt(screenplay, shot),
        width=width,
        height=height,
        purpose="frame",
        style=screenplay.style or screenplay.style_prompt,
        size=shot.size,
        angle=shot.angle,
        palette=scene.palette if scene else "",
        light=scene.light if scene else "",
        landmarks=scene.landmarks if scene else (),
        figures=tuple(figure(screenplay.character(uid)) for uid in shot.characters),
        references=tuple(references),
        seed=seed,
        layers=layers,
    )


def turnaround_prompt(screenplay: Screenplay, character: Character) -> str:
    """The prompt of a character's turnaround (三视图): one figure from front, side and back, the same thrice."""
    who = _described(character, screenplay.language)
    if screenplay.language == "zh":
        wanted = [
            f"角色三视图：同一角色的正面、侧面、背面三个全身视图并排，角色名标注“{character.name}”",
            f"不可变特征：{who}",
            "白色背景，线稿加上色，三个视图的发型、服装、配饰、鞋子与身形比例完全一致",
            "禁止：真人写真、摄影、复杂背景",
        ]
    else:
        wanted = [
            "Character turnaround sheet: full-body front, side and back views of one character side by side, "
            f'labelled "{character.name}"',
            f"Immutable features: {who}",
            "white background, coloured line art; same hair, outfit, accessories, shoes and proportions in each view",
            "Forbidden: real people, photography, complex background",
        ]
    return _sentences([screenplay.style_prompt, *wanted], screenplay.language)


def turnaround_request(
    screenplay: Screenplay,
    character: Character,
    width: int = SHEET_SIZE[0],
    height: int = SHEET_SIZE[1],
    *,
    seed: int,
) -> ImageRequest:
    """The order for a character's turnaround."""
    return ImageRequest(
        prompt=turnaround_prompt(screenplay, character),
        width=width,
        height=height,
        purpose="turnaround",
        title=character.name,
        style=screenplay.style or screenplay.style_prompt,
        size="full",
        figures=(figure(character),),
        seed=seed,
    )


def figure(character: Character) -> Figure:
    """A character for models that take structured input."""
    return Figure(
        name=character.name,
        gender=character.voice.gender,
        age=character.voice.age,
        features=character.look.features(),
    )


def _scene(screenplay: Screenplay, shot: Shot) -> Scene | None:
    return next((scene for scene in screenplay.scenes if scene.uid == shot.scene), None)


def _described(character: Character, language: Language) -> str:
    """``林澈（女性，青年，发型发色：银色短发，...）``: name and every immutable feature."""
    zh = language == "zh"
    ages, voice = (_AGES_ZH if zh else _AGES_EN), character.voice
    gender = _GENDERS_ZH[voice.gender] if zh else voice.gender.replace("neutral", "")
    features = [f"{_FEATURES_ZH[name]}：{text}" if zh else f"{name}: {text}" for name, text in character.look if text]
    inner = [
        text.strip().rstrip("。. ") for text in (gender, ages[voice.age], character.description, *features) if text
    ]
    return f"{character.name}（{'，'.join(inner)}）" if zh else f"{character.name} ({', '.join(inner)})"


def _prop(prop: Prop) -> str:
    return f"{prop.name}: {prop.description}" if prop.description else prop.name


def _palette(scene: Scene, zh: bool) -> str:
    return (f"色调：{scene.palette}" if zh else f"palette: {scene.palette}") if scene.palette else ""


def _landmarks(scene: Scene, zh: bool) -> str:
    marks = ("、" if zh else ", ").join(scene.landmarks)
    return (f"标志性道具：{marks}" if zh else f"landmark props: {marks}") if marks else ""


def _labelled(parts: Iterable[tuple[str, str, Sequence[str]]], language: Language) -> list[str]:
    """``主体：...`` for every part that has something."""
    zh = language == "zh"
    labelled = []
    for chinese, english, texts in parts:
        filled = [text.strip().rstrip("。.;； ") for text in texts if text.strip()]
        if filled:
            labelled.append(f"{chinese}：{'；'.join(filled)}" if zh else f"{english}: {'; '.join(filled)}")
    return labelled


def _sentences(parts: Iterable[str], language: Language) -> str:
    filled = [" ".join(part.split()).rstrip("。. ") for part in parts if part.strip()]
    return "。".join(filled) + "。" if language == "zh" else ". ".join(filled) + "."
