"""From style words (Chinese or English) to what a band needs to know: tempo, mode, chords, who plays what."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace

from manju.providers.music.offline.instruments import loudness

MODES = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "phrygian": (0, 1, 3, 5, 7, 8, 10),
}
"""Semitones of a scale's seven degrees above its root."""
SLOWEST, FASTEST = 40, 220


@dataclass(frozen=True, slots=True)
class Style:
    """How to play. Progressions are scale degrees from 0, one chord a bar; rhythms are 16 steps a bar, ``x`` a stroke,
    ``o`` a soft one."""

    name: str
    bpm: int
    mode: str
    verse: tuple[tuple[int, ...], ...]
    chorus: tuple[tuple[int, ...], ...]
    cadence: tuple[int, int]
    """The two chords before the last tonic."""
    pad: str
    arp: str
    lead: str
    bass: str
    arp_rhythm: str
    bass_rhythm: str
    drums: tuple[tuple[str, str], ...] = ()
    """(instrument, rhythm) of each drum."""
    pad_db: float = -10.0
    arp_db: float = -8.0
    lead_db: float = -8.0
    bass_db: float = -6.0
    drums_db: float = -8.0
    seventh: bool = False
    pentatonic: bool = False
    """Chords of root, fifth and ninth, and nothing but the five tones of the major scale without semitones."""
    swing: float = 0.0
    """How late the off-beat sixteenths come, as a part of a sixteenth."""
    room: float = 0.25
    """Reverberation against the direct sound."""
    roots: tuple[int, ...] = (57, 60, 62, 65)
    """MIDI notes one of which becomes the key."""
    second: str = ""
    """Who plays the contrasting melody of the middle section; empty: the lead."""
    roll: str = "shaker"
    """What rolls before the climax; empty: nothing."""


ELECTRONIC = Style(
    "electronic", 120, "minor", ((0, 5, 2, 6), (0, 3, 5, 6)), ((5, 6, 0, 2), (5, 2, 6, 0)), (5, 6),
    "pad", "pluck", "pluck", "synth_bass", "x.xox.xox.xox.ox", "x.x.x.x.x.x.x.xx",
    (("kick", "x...x...x...x..."), ("clap", "....x.......x..."), ("hat", "..x...x...x...xo")),
    pad_db=-12, arp_db=-3, lead_db=-4, bass_db=-13, drums_db=-5, room=0.18,
)  # fmt: skip
LIGHT = Style(
    "light", 112, "major", ((0, 4, 5, 3), (0, 5, 3, 4)), ((3, 4, 0, 5), (3, 0, 4, 5)), (3, 4),
    "pad", "marimba", "bell", "bass", "x..x..x.x..x..x.", "x.....x.x.......",
    (("kick", "x.......x......."), ("clap", "....x.......x..."), ("shaker", "x.o.x.o.x.o.x.o.")),
    pad_db=-16, arp_db=-2, lead_db=-6, bass_db=-14, drums_db=-9,
)  # fmt: skip
PIANO = Style(
    "piano", 68, "major", ((0, 5, 3, 4), (0, 2, 3, 4)), ((3, 4, 2, 5), (5, 3, 0, 4)), (1, 4),
    "warm_pad", "piano", "piano", "soft_bass", "x.x.x.x.x.x.x.x.", "x...............",
    pad_db=-17, arp_db=-5, lead_db=-2, bass_db=-17, room=0.35,
)  # fmt: skip
SUSPENSE = Style(
    "suspense", 84, "phrygian", ((0, 0, 1, 0), (0, 5, 1, 0)), ((0, 1, 0, 6), (5, 1, 0, 1)), (1, 1),
    "dark_pad", "low_strings", "bell", "soft_bass", "x...x...x...x.x.", "x.....x.........",
    (("heart", "x..o............"), ("tick", "x...o...x...o...")),
    pad_db=-9, arp_db=-6, lead_db=-14, bass_db=-14, drums_db=-8, room=0.45, roots=(50, 52, 48),
)  # fmt: skip
GUOFENG = Style(
    "guofeng", 76, "major", ((0, 5, 4, 0), (0, 1, 5, 4)), ((5, 4, 1, 0), (5, 1, 4, 5)), (1, 4),
    "warm_pad", "guzheng", "flute", "soft_bass", "x..xx.x.x..xx...", "x...............",
    (("block", "........x.....o."), ("tom", "x...............")),
    pad_db=-15, arp_db=-5, lead_db=-9, bass_db=-17, drums_db=-16, pentatonic=True, room=0.4, roots=(62, 60, 57),
    second="erhu", roll="tom",
)  # fmt: skip
EPIC = Style(
    "epic", 92, "minor", ((0, 5, 2, 6), (0, 6, 5, 6)), ((0, 2, 6, 3), (5, 2, 6, 4)), (5, 6),
    "strings", "low_strings", "horn", "synth_bass", "x.xxx.x.x.xxx.x.", "x.......x.......",
    (("taiko", "x.....x.x...x..."), ("hat", "..o...o...o...o.")),
    pad_db=-6, arp_db=-5, lead_db=-8, bass_db=-14, drums_db=-4, room=0.45, roots=(50, 52, 57, 48),
)  # fmt: skip
LOFI = Style(
    "lofi", 78, "major", ((1, 4, 0, 5), (3, 2, 1, 0)), ((3, 4, 2, 5), (1, 4, 2, 5)), (1, 4),
    "warm_pad", "electric_piano", "bell", "bass", "x.....x...x.....", "x.....x...x.....",
    (("kick", "x......x..x....."), ("rim", "....x.......x..."), ("shaker", "x.x.x.x.x.x.x.x.")),
    pad_db=-18, arp_db=-3, lead_db=-11, bass_db=-13, drums_db=-6, seventh=True, swing=0.3,
)  # fmt: skip
AMBIENT = Style(
    "ambient", 64, "major", ((0, 3, 0, 4), (0, 2, 3, 0)), ((5, 3, 0, 4), (3, 0, 5, 4)), (3, 4),
    "pad", "bell", "bell", "soft_bass", "x.....x.....x...", "x...............",
    pad_db=-8, arp_db=-9, lead_db=-8, bass_db=-17, room=0.5,
)  # fmt: skip
WARM = Style(
    "warm", 88, "major", ((0, 3, 5, 4), (0, 4, 5, 3)), ((3, 0, 4, 5), (3, 4, 5, 0)), (3, 4),
    "warm_pad", "guitar", "piano", "bass", "x.x.xxx.x.x.xxx.", "x.......x.......",
    (("shaker", "..o...o...o...o."),),
    pad_db=-17, arp_db=-3, lead_db=-6, bass_db=-15, drums_db=-10, room=0.28,
)  # fmt: skip
SAD = Style(
    "sad", 62, "minor", ((0, 5, 3, 4), (0, 3, 5, 6)), ((5, 6, 2, 0), (3, 0, 5, 4)), (3, 4),
    "strings", "piano", "piano", "soft_bass", "x...x...x...x...", "x...............",
    pad_db=-14, arp_db=-5, lead_db=-3, bass_db=-17, room=0.42,
)  # fmt: skip
CYBER = Style(
    "cyber", 100, "minor", ((0, 0, 5, 6), (0, 5, 0, 6)), ((5, 6, 0, 2), (3, 5, 0, 6)), (5, 6),
    "dark_pad", "synth_bass", "saw", "synth_bass", "x.xxx.xxx.xxx.xx", "x.......x.......",
    (("kick", "x.......x......."), ("snare", "....x.......x..."), ("hat", "x.o.x.o.x.o.x.o.")),
    pad_db=-9, arp_db=-8, lead_db=-14, bass_db=-13, drums_db=-6, room=0.42, roots=(45, 48, 50), roll="snare",
)  # fmt: skip
ROCK = Style(
    "rock", 116, "major", ((0, 4, 5, 3), (0, 3, 4, 3)), ((5, 3, 0, 4), (3, 4, 5, 4)), (3, 4),
    "organ", "guitar", "brass", "bass", "x.xxx.xxx.xxx.xx", "x.x.x.x.x.x.x.x.",
    (("kick", "x.....x.x......."), ("snare", "....x.......x..."), ("hat", "x.x.x.x.x.x.x.x.")),
    pad_db=-17, arp_db=-2, lead_db=-12, bass_db=-12, drums_db=-4, room=0.16, roots=(52, 55, 57), roll="snare",
)  # fmt: skip
PLAYFUL = Style(
    "playful", 104, "major", ((0, 0, 4, 0), (0, 3, 4, 0)), ((3, 0, 1, 4), (5, 1, 4, 0)), (1, 4),
    "warm_pad", "pizzicato", "whistle", "pizzicato", "x...x...x.x.x...", "x.......x.......",
    (("block", "....x.......x.o."), ("shaker", "x.x.x.x.x.x.x.x.")),
    pad_db=-24, arp_db=-4, lead_db=-12, bass_db=-7, drums_db=-13, swing=0.28, room=0.14, roots=(60, 62, 65),
    second="marimba", roll="block",
)  # fmt: skip
JAZZ = Style(
    "jazz", 108, "major", ((0, 5, 1, 4), (0, 1, 2, 5)), ((3, 4, 2, 5), (1, 4, 0, 5)), (1, 4),
    "warm_pad", "guitar", "electric_piano", "bass", "x..x..x..x..x...", "x.....x.x.....x.",
    (("rim", "x..x..x...x..x.."), ("hat", "x.x.x.x.x.x.x.x.")),
    pad_db=-20, arp_db=-4, lead_db=-6, bass_db=-11, drums_db=-9, seventh=True, room=0.2, roots=(60, 62, 57),
    second="flute", roll="hat",
)  # fmt: skip
FESTIVE = Style(
    "festive", 126, "major", ((0, 4, 5, 4), (0, 5, 1, 4)), ((5, 4, 0, 4), (1, 5, 4, 0)), (1, 4),
    "warm_pad", "guzheng", "erhu", "bass", "x.xxx.x.x.xxx.x.", "x.......x.......",
    (("taiko", "x.....x.x...x..."), ("gong", "x..............."), ("block", "x.xxx.xxx.xxx.x.")),
    pad_db=-18, arp_db=-4, lead_db=-9, bass_db=-16, drums_db=-8, pentatonic=True, room=0.24, roots=(62, 60, 67),
    second="flute", roll="taiko",
)  # fmt: skip
STYLES = (
    CYBER, SUSPENSE, GUOFENG, FESTIVE, PLAYFUL, JAZZ, LOFI, AMBIENT, SAD, ELECTRONIC, LIGHT, WARM, ROCK, PIANO, EPIC,
)  # fmt: skip
"""Of several that the words speak for equally, the first is played."""
CALM = (AMBIENT, WARM, PIANO, LOFI)
"""Played when the words say nothing that is known: they suit any film."""

_WORDS = {
    "cyber": "cyber cyberpunk synthwave retrowave outrun neon hacker dystopian future futuristic 赛博 赛博朋克 霓虹"
    " 未来 黑客 合成器浪潮",
    "electronic": "electronic electro edm synth techno house tech technology digital trance dance funk disco"
    " 电子 电音 科技 动感 节奏感 合成器 数码 舞曲",
    "light": "light cheerful happy upbeat fun bright corporate pop joyful 轻快 欢快 活泼 愉快 快乐 明快 流行 开心 阳光",
    "playful": "playful quirky funny comedy comic cartoon cute silly mischievous whimsical 俏皮 可爱 搞笑 滑稽 调皮"
    " 诙谐 幽默 童趣",
    "jazz": "jazz jazzy bossa nova swing lounge latin 爵士 波萨诺瓦 摇摆 拉丁",
    "piano": "piano gentle tender romantic romance soft 钢琴 舒缓 温柔 浪漫 抒情 轻柔 柔和 爱情",
    "suspense": "suspense suspenseful tense tension mystery mysterious thriller dark horror noir detective ominous"
    " crime eerie drone 悬疑 紧张 神秘 惊悚 恐怖 黑暗 侦探 诡异 压抑 悬念 阴森",
    "guofeng": "chinese guofeng oriental traditional guzheng guqin xiao pipa erhu bamboo wuxia xianxia ancient asian"
    " 古风 国风 中国风 古筝 琵琶 二胡 武侠 仙侠 古代 笛 民乐 国潮 水墨",
    "festive": "festive festival carnival holiday celebration celebratory 喜庆 节日 过年 春节 新年 热闹 锣鼓 庆祝",
    "epic": "epic cinematic orchestral heroic trailer battle war adventure action dramatic powerful"
    " 史诗 宏大 震撼 激昂 热血 战斗 电影感 大气 恢弘 燃",
    "lofi": "lofi lo-fi chill chillhop hip-hop study cafe coffee 低保真 咖啡 慵懒 学习 嘻哈",
    "ambient": "ambient calm peaceful relaxing meditation dreamy space atmospheric 氛围 平静 宁静 冥想 空灵 放松 梦幻"
    " 治愈 太空",
    "warm": "warm acoustic guitar folk inspiring hopeful inspirational uplifting family nature 温暖 温馨 吉他 民谣 励志"
    " 希望 木吉他 亲情 自然 清新",
    "sad": "sad melancholy melancholic emotional lonely sorrow nostalgic 悲伤 伤感 忧伤 忧郁 孤独 催泪 哀伤 怀旧",
    "rock": "rock punk indie guitar-rock band energetic-rock 摇滚 朋克 乐队",
}
_HALF = (
    "acoustic guitar folk piano soft synth pop indie band cinematic orchestral nature 吉他 木吉他 民谣 钢琴 合成器 流行"
)
"""Words that say more of who plays than of what mood it is: they count half."""
_DRUMS = "drums drum percussion taiko timpani 鼓 大鼓 战鼓 打击乐"
_PLAYERS: tuple[tuple[str, str, str], ...] = (
    ("arp", "guzheng", "guzheng guqin zither koto 古琴 古筝 筝"),
    ("arp", "pipa", "pipa lute 琵琶"),
    ("arp", "guitar", "guitar ukulele 吉他 尤克里里"),
    ("arp", "harp", "harp 竖琴 箜篌"),
    ("arp", "music_box", "celesta music_box 八音盒 音乐盒"),
    ("arp", "marimba", "marimba xylophone 马林巴 木琴"),
    ("arp", "pizzicato", "pizzicato 拨弦"),
    ("arp", "electric_piano", "rhodes 电钢琴"),
    ("arp", "piano", "piano 钢琴"),
    ("lead", "flute", "flute bamboo dizi xiao woodwinds woodwind 笛 笛子 竹笛 箫 长笛"),
    ("lead", "erhu", "erhu violin fiddle cello 二胡 小提琴 大提琴 胡琴"),
    ("lead", "whistle", "whistle whistling ocarina 口哨 陶笛"),
    ("lead", "brass", "brass trumpet sax saxophone 铜管 小号 萨克斯 唢呐"),
    ("lead", "horn", "horn horns 圆号"),
    ("lead", "bell", "bell bells glockenspiel 钟琴 铃"),
    ("pad", "strings", "strings orchestra 弦乐 管弦乐"),
    ("pad", "choir", "choir vocals 合唱 人声"),
    ("pad", "organ", "organ accordion 管风琴 手风琴"),
)
"""What an instrument that is asked for by name plays (part, our instrument, words)."""
_ALONE = ("solo", "独奏")
_NO_DRUMS = re.compile(r"(?:no|without)\s+(?:drums?|percussion|beat)|(?:无|没有|不要)(?:鼓|打击乐|节拍)")
_FASTER = "fast energetic upbeat driving quick lively 快节奏 快速 激烈 强劲"
_SLOWER = "slow relaxed laid-back 慢 缓慢 慢节奏"


def choose(text: str, seed: int) -> Style:
    """The style that most of the words speak for; one of `CALM`, by ``seed``, if none is known. A tempo written as
    ``120 BPM`` or ``每分钟120拍`` wins over the style's own, within 40..220."""
    lower = text.lower()
    scores = [(_count(_WORDS[style.name], lower), style) for style in STYLES]
    best = max(score for score, _ in scores)
    if best:
        style = next(style for score, style in scores if score == best)
    else:
        style = random.Random(f"{text}/{seed}").choice(CALM)
    explicit = re.search(r"(\d{2,3})\s*(?:bpm|拍)|bpm\D{0,3}(\d{2,3})", lower)
    if explicit:
        bpm = int(explicit.group(1) or explicit.group(2))
    else:
        change = 1 + 0.12 * (_count(_FASTER, lower) > 0) - 0.12 * (_count(_SLOWER, lower) > 0)
        bpm = round(style.bpm * change)
    style = _with_players(style, lower)
    if _NO_DRUMS.search(lower):
        style = replace(style, drums=(), roll="")
    elif _count(_DRUMS, lower) and style.drums_db <= -8:
        style = replace(style, drums=(("taiko", "x.....x.x...x..."),), drums_db=-7, roll="taiko")
    return replace(style, bpm=min(FASTEST, max(SLOWEST, bpm)))


def _with_players(style: Style, text: str) -> Style:
    """The style played by the instruments that the words name."""
    asked = [(part, instrument) for part, instrument, words in _PLAYERS if _count(words, text)]
    parts: dict[str, str] = {}
    for part, instrument in asked:
        # A second plucked instrument takes the melody, a second singing one the middle section's.
        order = {"arp": ("arp", "lead"), "lead": ("lead", "second"), "pad": ("pad",)}[part]
        free = next((one for one in order if one not in parts), None)
        if free:
            parts[free] = instrument
    if len(parts) == 1 and "arp" in parts and any(word in text for word in _ALONE):
        parts |= {"lead": parts["arp"], "second": parts["arp"]}
    arp, lead, pad = parts.get("arp", style.arp), parts.get("lead", style.lead), parts.get("pad", style.pad)
    return replace(
        style,
        arp=arp,
        lead=lead,
        pad=pad,
        second=parts.get("second", "" if "lead" in parts else style.second),
        arp_db=style.arp_db + loudness(style.arp) - loudness(arp),
        lead_db=style.lead_db + loudness(style.lead) - loudness(lead),
        pad_db=style.pad_db + loudness(style.pad) - loudness(pad),
    )


def _count(words: str, text: str) -> float:
    halves = _HALF.split()
    return sum((0.5 if word in halves else 1.0) * _has(word.replace("_", " "), text) for word in words.split())


def _has(word: str, text: str) -> bool:
    if word.isascii():
        return re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", text) is not None
    return word in text
