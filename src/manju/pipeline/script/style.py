"""The style prefix of every picture (seed 004 §4.2): palette, lighting direction, artistic style, camera."""

from __future__ import annotations

from dataclasses import dataclass

from manju.domain.screenplay import Language


@dataclass(frozen=True, slots=True)
class Look:
    """How a style is drawn, in one language."""

    palette: str
    light: str
    drawing: str
    camera: str


_STYLES: dict[str, tuple[tuple[str, ...], Look, Look]] = {
    "cyberpunk": (
        ("cyberpunk", "赛博", "neon", "霓虹", "sci-fi", "科幻"),
        Look(
            "青、品红与靛蓝，深色底",
            "霓虹侧光从左侧打来，雨夜反光",
            "赛博朋克动画，干净线稿，赛璐璐上色",
            "35mm 电影镜头，浅景深",
        ),
        Look(
            "cyan, magenta and indigo on dark ground",
            "neon side light from the left, wet reflections",
            "cyberpunk animation, clean line art, cel shading",
            "35mm cinema lens, shallow depth of field",
        ),
    ),
    "ink": (
        ("ink", "水墨", "国风", "古风", "国画", "wuxia", "武侠", "仙侠"),
        Look(
            "墨黑、宣纸米白，朱砂点缀",
            "清晨柔光从左上方照来，薄雾",
            "水墨国风，写意笔触，留白",
            "平视远景构图，画面安静",
        ),
        Look(
            "ink black and rice-paper white with cinnabar accents",
            "soft morning light from the upper left, thin mist",
            "Chinese ink painting, free brushwork, open space",
            "level camera, calm wide compositions",
        ),
    ),
    "realistic": (
        ("realistic", "photoreal", "写实", "真实", "纪录", "documentary", "live action"),
        Look("自然大地色，低饱和", "黄昏暖光从左侧照来", "写实电影画面，真实材质", "35mm 胶片颗粒，浅景深"),
        Look(
            "natural earth tones, low saturation",
            "warm late-afternoon light from the left",
            "realistic film picture, true materials",
            "35mm film grain, shallow depth of field",
        ),
    ),
    "noir": (
        ("noir", "黑色电影", "悬疑", "侦探", "mystery", "detective", "thriller", "horror", "恐怖"),
        Look(
            "深蓝、炭黑与一点琥珀色",
            "单一硬光从左侧高处打来，长影子",
            "悬疑动画，强对比线稿，块面阴影",
            "低机位，35mm 镜头",
        ),
        Look(
            "deep blue and charcoal with a touch of amber",
            "one hard light from high on the left, long shadows",
            "mystery animation, high-contrast line art, blocked shadows",
            "low camera, 35mm lens",
        ),
    ),
    "watercolour": (
        ("watercolor", "watercolour", "水彩", "绘本", "治愈", "healing", "童话", "fairy", "storybook", "storytelling"),
        Look("奶油白、浅绿与蜜桃色", "午后柔光从右上方照来", "水彩绘本，柔和边缘，纸张纹理", "平视中景，构图舒展"),
        Look(
            "cream, pale green and peach",
            "soft afternoon light from the upper right",
            "watercolour storybook, soft edges, paper grain",
            "level medium shots, open compositions",
        ),
    ),
    "informative": (
        (
            "informative",
            "explainer",
            "education",
            "科普",
            "知识",
            "教程",
            "资讯",
            "tutorial",
            "news",
            "minimal",
            "简约",
        ),
        Look(
            "米白底，海军蓝与橙色点缀",
            "明亮均匀的晨光从左侧照来",
            "现代扁平插画，线条干净，层次分明",
            "平视，50mm 镜头，主体居中",
        ),
        Look(
            "off-white ground with navy and orange accents",
            "bright even morning light from the left",
            "modern flat illustration, clean lines, clear layers",
            "level camera, 50mm lens, subject in the middle",
        ),
    ),
    "comedy": (
        ("comedy", "funny", "humorous", "搞笑", "喜剧", "幽默", "沙雕", "cartoon", "卡通"),
        Look("明黄、天蓝与番茄红", "明亮正面光略偏左上", "夸张卡通，粗线条，平涂", "广角镜头，构图活泼"),
        Look(
            "bright yellow, sky blue and tomato red",
            "bright front light from slightly upper left",
            "exaggerated cartoon, bold outlines, flat colour",
            "wide-angle lens, lively compositions",
        ),
    ),
    "anime": (
        ("anime", "manga", "动漫", "漫剧", "二次元", "日漫", "manju", "comic", "漫画"),
        Look("暖橙与青蓝对比", "黄昏侧光从左侧照来，边缘光", "动画漫剧，干净线稿，赛璐璐上色", "35mm 电影镜头，浅景深"),
        Look(
            "warm orange against teal",
            "dusk side light from the left with a rim light",
            "animated comic drama, clean line art, cel shading",
            "35mm cinema lens, shallow depth of field",
        ),
    ),
}
_DEFAULT = "anime"


def named(text: str) -> str:
    """The known style that a text names, or empty."""
    return next((key for key, (names, _, _) in _STYLES.items() if any(name in text.lower() for name in names)), "")


def look(*said: str, language: Language) -> Look:
    """The look that the first of some texts to name a known style asks for; the house style where none does."""
    key = next((found for text in said if (found := named(text))), _DEFAULT)
    _, zh, en = _STYLES[key]
    return zh if language == "zh" else en


def prefix(style: str, found: Look, language: Language) -> str:
    """The style prefix that every prompt of the film begins with; the film's own style words come first."""
    if language == "zh":
        parts = [f"全片统一画风：{style}" if style else "全片统一画风", found.drawing]
        return "，".join(parts) + f"；色调：{found.palette}；光照：{found.light}；镜头：{found.camera}"
    head = (
        f"One visual style throughout: {style}, {found.drawing}"
        if style
        else f"One visual style throughout: {found.drawing}"
    )
    return f"{head}; palette: {found.palette}; lighting: {found.light}; camera: {found.camera}"
