"""From style words (Chinese or English) to what a band needs to know: tempo, mode, chords, who plays what."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, replace

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
    open_chords: bool = False
    """Root, fifth and ninth only, and a pentatonic melody: no semitone steps."""
    swing: float = 0.0
    """How late the off-beat sixteenths come, as a part of a sixteenth."""
    room: float = 0.25
    """Reverberation against the direct sound."""
    roots: tuple[int, ...] = (57, 60, 62, 65)
    """MIDI notes one of which becomes the key."""


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
    "guofeng", 76, "major", ((0, 5, 3, 0), (0, 1, 5, 0)), ((3, 4, 5, 0), (5, 3, 1, 4)), (1, 4),
    "warm_pad", "guzheng", "flute", "soft_bass", "x..xx.x.x..xx...", "x...............",
    (("block", "........x.....o."),),
    pad_db=-15, arp_db=-5, lead_db=-9, bass_db=-17, drums_db=-16, open_chords=True, room=0.4, roots=(62, 60, 57),
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
STYLES = (ELECTRONIC, LIGHT, PIANO, SUSPENSE, GUOFENG, EPIC, LOFI, AMBIENT, WARM, SAD)
CALM = (AMBIENT, WARM, PIANO, LOFI)
"""Played when the words say nothing that is known: they suit any film."""

_WORDS = {
    "electronic": "electronic electro edm synth techno house cyber neon tech technology digital future 电子 电音 科技"
    " 赛博 未来 动感 节奏感 合成器 数码",
    "light": "light cheerful happy upbeat playful fun bright quirky corporate pop joyful 轻快 欢快 活泼 愉快 快乐 俏皮"
    " 可爱 明快 搞笑 流行 开心",
    "piano": "piano gentle tender romantic romance soft 钢琴 舒缓 温柔 浪漫 抒情 轻柔 柔和 爱情",
    "suspense": "suspense tense tension mystery mysterious thriller dark horror noir detective ominous crime 悬疑 紧张"
    " 神秘 惊悚 恐怖 黑暗 侦探 诡异 压抑 悬念",
    "guofeng": "chinese guofeng oriental traditional guzheng wuxia xianxia ancient asian 古风 国风 中国风 古筝 武侠"
    " 仙侠 古代 笛 民乐 国潮",
    "epic": "epic cinematic orchestral heroic trailer battle action dramatic powerful 史诗 宏大 震撼 激昂 热血 战斗"
    " 电影感 大气 恢弘 燃",
    "lofi": "lofi lo-fi chill chillhop study jazz jazzy cafe coffee 低保真 咖啡 慵懒 爵士 学习",
    "ambient": "ambient calm peaceful relaxing meditation dreamy space atmospheric 氛围 平静 宁静 冥想 空灵 放松 梦幻"
    " 治愈 太空",
    "warm": "warm acoustic guitar folk inspiring hopeful inspirational uplifting family nature 温暖 温馨 吉他 民谣 励志"
    " 希望 木吉他 亲情 自然 清新",
    "sad": "sad melancholy melancholic emotional lonely sorrow nostalgic 悲伤 伤感 忧伤 忧郁 孤独 催泪 哀伤 怀旧",
}
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
    return replace(style, bpm=min(FASTEST, max(SLOWEST, bpm)))


def _count(words: str, text: str) -> int:
    return sum(_has(word, text) for word in words.split())


def _has(word: str, text: str) -> bool:
    if word.isascii():
        return re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", text) is not None
    return word in text
