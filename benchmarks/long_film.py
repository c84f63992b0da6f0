"""A film of ten minutes from a script, the whole ``manju make``: voices, pictures, render, packages."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from itertools import cycle, islice
from pathlib import Path
from statistics import median
from typing import Any, get_args

from benchmarks.command import manju
from benchmarks.measure import Bench, Memory, Row, Usage, spawn
from manju.domain.storyboard import Angle, Movement, Size, Transition

TARGET, MOST_MEMORY = 1.0, 900
SECONDS, QUICK_SECONDS, SHOT_SECONDS = 600, 28, 7
TIMES = 2
CORES = 2
"""What the target is for."""

CAST = (
    ("lin", "林夏", "female", "young", "黑色长发", "红色风衣"),
    ("chen", "陈默", "male", "adult", "黑色短发", "灰色西装"),
    ("zhou", "周婆婆", "female", "elder", "花白卷发", "蓝色布衫"),
    ("dou", "豆豆", "male", "child", "棕色短发", "黄色雨衣"),
)
PLACES = (
    ("street", "雨夜街道", "街灯的光从左侧照过来", ("路灯", "便利店")),
    ("room", "旧公寓", "台灯的暖光从右侧照过来", ("书架", "窗户")),
    ("school", "教室", "清晨的阳光从左侧窗户照进来", ("黑板", "课桌")),
    ("forest", "森林小路", "阳光穿过树叶洒下来", ("老树", "木桥")),
    ("office", "办公室", "柔和的顶灯从上方照下", ("电脑", "文件柜")),
    ("sea", "海边", "夕阳从右侧照过来", ("灯塔", "礁石")),
    ("shop", "街角小店", "橱窗的光从左侧照过来", ("货架", "柜台")),
)
WHO = ("邻居家的老人", "三年前的那封信", "楼下的便利店", "那把生锈的铜钥匙", "学校后面的旧仓库", "一张没有署名的照片")
WHAT = (
    "其实一直都在等我们",
    "和我们想的完全不一样",
    "在第12天的晚上忽然不见了",
    "藏着2026年最大的秘密",
    "只有她一个人知道",
)
THEN = (
    "可是没有人愿意说出来",
    "所以我们必须马上出发",
    "而时间只剩下25分钟",
    "直到GPT-4o给出了答案",
    "这一次谁也不能回头",
)
DOES = ("慢慢转过身", "低头看着手里的信", "推开了门", "指着远处的光", "快步向前走", "坐在桌边想事情")


def script(seconds: int) -> dict[str, Any]:
    """A script whose shots differ in who, where, how near, from where and with what words; the same at each call."""
    sizes, moves = cycle(get_args(Size)), cycle(get_args(Movement))
    angles = cycle(get_args(Angle))
    turns = cycle(turn for turn in get_args(Transition) if turn != "fade_out")
    return {
        "title": "十分钟的长片",
        "duration_target": seconds,
        "language": "zh",
        "music_style": "warm piano, 84 BPM",
        "characters": [
            {"id": uid, "name": name, "gender": gender, "age": age, "look": {"hair": hair, "outfit": outfit}}
            for uid, name, gender, age, hair, outfit in CAST
        ],
        "locations": [
            {"id": uid, "name": name, "light": light, "landmarks": list(landmarks)}
            for uid, name, light, landmarks in PLACES
        ],
        "scenes": [
            _scene(number, size, angle, move, turn)
            for number, size, angle, move, turn in islice(
                zip(range(seconds), sizes, angles, moves, turns, strict=False), -(-seconds // SHOT_SECONDS)
            )
        ],
    }


def _scene(number: int, size: str, angle: str, move: str, turn: str) -> Mapping[str, Any]:
    uid, name, *_ = CAST[number % len(CAST)]
    place = PLACES[number // 3 % len(PLACES)]
    said = f"{WHO[number % 6]}{WHAT[number * 3 % 5]}，{THEN[number * 2 % 5]}。"
    spoken: dict[str, Any] = {"narration": said}
    if number % 3:
        spoken = {"dialogue": [{"character": uid, "line": said}]}
    return {
        "scene_id": number + 1,
        "location": place[0],
        "characters": [uid],
        "size": size,
        "angle": angle,
        "movement": move,
        "transition": turn,
        "duration": SHOT_SECONDS,
        "visual_description": f"{name}在{place[1]}，{DOES[number % 6]}，{place[2]}，旁边是{place[3][number % 2]}。",
        "text_overlay": f"第{number // 10 + 1}章" if number % 10 == 0 else "",
        **spoken,
    }


def rows(bench: Bench) -> Iterator[Row]:
    """Each film with a cold cache, in a data folder of its own."""
    seconds = QUICK_SECONDS if bench.quick else SECONDS
    peak = Memory()
    made = [_film(bench, seconds, peak) for _ in range(min(TIMES, bench.times))]
    walls = tuple(usage.wall / played for usage, played, _ in made)
    cpus = tuple(usage.cpu / CORES / played for usage, played, _ in made)
    usage, played, stages = made[-1]
    told = ", ".join(f"{name} {took:.0f}" for name, took in stages.items())
    note = f"{usage.wall:.0f} s, {usage.cpu:.0f} CPU s for {played:.0f} s of film; stages: {told} s"
    name = f"manju make of a {seconds // 60 or seconds} {'min' if seconds >= 60 else 's'} film from a script, offline"
    yield Row(f"{name} ÷ its playing time", median(walls), "×", bench.goal(TARGET), False, note, walls)
    yield Row(f"the same in CPU time ÷ {CORES}, long", median(cpus), "×", None, False, "", cpus)
    yield Row("peak memory of it", peak.pss, "MiB", MOST_MEMORY, False, f"sum of RSS {peak.rss:.0f} MiB")


def _film(bench: Bench, seconds: int, peak: Memory) -> tuple[Usage, float, dict[str, float]]:
    work = bench.fresh("long")
    source = work / "script.json"
    source.write_text(json.dumps(script(seconds), ensure_ascii=False, indent=1), encoding="utf-8")
    usage = spawn(manju("make", source, "--out", work / "film", "--data", work / "data"), watch=peak)
    stages, played = _told(work / "film")
    shutil.rmtree(work)
    return usage, played, stages


def _told(film: Path) -> tuple[dict[str, float], float]:
    """Seconds of each stage, and how long the film plays."""
    manifest = json.loads((film / "manifest.json").read_text("utf-8"))
    timeline = json.loads((film / "timeline.json").read_text("utf-8"))
    frames = sum(shot["frames"] for shot in timeline["shots"])
    return {name: each["seconds"] for name, each in manifest["stages"].items()}, frames / 30
