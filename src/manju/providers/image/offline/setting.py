"""Which place a request is set in, and its parts by subject: scene, action, things."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from manju.domain.order import ImageRequest
from manju.providers.image.offline.places_city import CITY
from manju.providers.image.offline.places_indoor import INDOOR
from manju.providers.image.offline.places_more import MORE
from manju.providers.image.offline.places_outdoor import OUTDOOR
from manju.providers.image.offline.places_public import PUBLIC
from manju.providers.image.offline.stage import Stage
from manju.providers.image.offline.words import Vocabulary, several

PLACES: dict[str, Callable[[Stage], None]] = {**INDOOR, **PUBLIC, **OUTDOOR, **CITY, **MORE}
INSIDE = frozenset({*INDOOR, *PUBLIC, "library", "ship", "cave"})

NAMES: Vocabulary[str] = Vocabulary(
    several(
        {
            "corridor": "corridor,hallway,hospital,clinic,elevator,lift,走廊,过道,楼道,医院,病房,电梯,楼梯间",
            "classroom": "classroom,class,lecture,club room,blackboard,教室,课堂,讲台,活动室,考场,黑板,自习室",
            "office": "office,workplace,meeting room,conference room,coworking,cubicle,desk with laptop,"
            "desk,workstation,boardroom,startup,办公,办公室,"
            "会议室,工位,职场,写字楼,公司,工作台,办公桌",
            "room": "bedroom,living room,apartment,home,dorm,bedside,basement,cellar,attic,sofa,couch,房间,卧室,"
            "客厅,家里,家中,宿舍,公寓,出租屋,屋内,"
            "书房,阁楼,地下室,沙发,床边,室内,衣帽间,浴室",
            "kitchen": "kitchen,cooking,stove,厨房,后厨,灶台,做饭,烹饪",
            "cafe": "cafe,coffee shop,restaurant,bar,diner,bakery,tea house,shop,store,noodle shop,mall,"
            "咖啡馆,咖啡店,餐厅,饭馆,面馆,酒吧,茶馆,"
            "小店,商店,便利店,面包店,奶茶店,餐馆,食堂,商场,柜台,理发店",
            "lab": "lab,laboratory,server,data center,control room,factory,workshop,studio set,machine room,"
            "实验室,机房,控制室,数据中心,工厂,车间,"
            "服务器,基地,研究所,警局,监控室",
            "train": (
                "train car,subway,metro,carriage,bus interior,on the bus,train interior,地铁,车厢,列车上,"
                "公交,高铁上,末班车,机舱"
            ),
            "hall": "palace,throne,temple hall,great hall,ballroom,castle,church,museum,theatre,theater,"
            "stage,宫殿,大殿,皇宫,殿,朝堂,城堡,教堂,博物馆,"
            "剧院,舞台,礼堂,展厅,大厅,宗门",
            "street": "street,city,downtown,alley,neon,urban,sidewalk,crosswalk,skybridge,cyberpunk,"
            "intersection,corner,station,road side,街,城市,都市,"
            "霓虹,街头,巷,路口,马路,赛博,街区,闹市,天桥,公路边,车站,街角,广场,夜景,十字路口",
            "market": (
                "market,bazaar,fair,night market,stall,festival,carnival,市场,集市,夜市,菜市场,小摊,摊位,"
                "庙会,美食街,游乐"
            ),
            "forest": (
                "forest,woods,woodland,jungle,bamboo,stream,river bank,creek,森林,树林,丛林,竹林,林间,"
                "林中,溪,河边,小河,密林,小径"
            ),
            "park": "park,campus,garden,lawn,field,playground,meadow,yard,farm,school gate,backyard,"
            "grassland,greenhouse,stadium,公园,校园,学校,花园,草地,"
            "操场,草坪,田野,院子,农场,校门,后院,小区,草原,庭院,温室,麦田,稻田,村,球场,果园",
            "beach": "beach,sea,ocean,coast,shore,harbor,harbour,pier,island,lighthouse,lake,dock,sand,"
            "seaside,underwater,wave,海边,沙滩,大海,海滩,海,湖,"
            "码头,港,礁石,岛,灯塔,岸边,海岸,渔,浪",
            "mountain": "mountain,hill,valley,cliff,peak,snowfield,glacier,ridge,summit,camp,snowy,山,山顶,悬崖,"
            "峡谷,山谷,雪地,雪原,峰,山坡,冰川,营地,"
            "云海,雪",
            "desert": (
                "desert,road,highway,dune,wasteland,plain,driving,沙漠,公路,荒野,戈壁,旷野,荒原,高速,"
                "平原,战场,沙丘,废墟"
            ),
            "space": "outer space,galaxy,moon surface,asteroid,lunar,mars,cosmos,universe,planet surface,"
            "crater,太空,宇宙,星际,银河,月球,火星,陨石,"
            "星球表面,环形山,外太空",
            "rooftop": (
                "rooftop,roof,balcony,terrace,skyline,tower deck,signal tower,high deck,天台,屋顶,楼顶,"
                "阳台,露台,天际线,塔顶,高楼上,高处"
            ),
            "town": "old town,ancient,village,courtyard,temple,dynasty,stone town,cobbled,city gate,night "
            "gate,古镇,古城,古风,古代,寺,客栈,城楼,城门,"
            "青石,江南,武侠,江湖,仙侠,水乡,胡同,镇,古寺,府,衙门,道观",
            "library": "library,bookshop,bookstore,bookshelves,archive,图书馆,书店,藏书,书架,档案室,书阁",
            "ship": "spaceship,spacecraft,cockpit,space station,starship,bridge of,orbital,porthole,airlock,"
            "capsule,飞船,驾驶舱,空间站,舱,舷窗,太空船,"
            "星舰,航天器",
            "cave": "cave,cavern,tunnel,dungeon,mine,sewer,grotto,洞穴,山洞,隧道,地牢,洞,矿井,下水道,密室,溶洞",
            "studio": "split screen,plain background,studio,infographic,white background,gradient background,"
            "motion graphics,abstract,分屏,纯色背景,"
            "信息图,演播室,影棚,抽象,图形",
        }
    )
)
_HINTS = (
    "neon,city,urban,campus,cyberpunk,orbital,home,house,ancient,赛博,霓虹,城市,都市,校园,"
    "学校,夜景,古风,古代,江湖,宇宙,太空,职场,公司,家里,村,镇,"
    "山,海,洞,舱,雪,街,巷,府,港,岛,路口,广场,溪,阳台"
)
_GENERIC = frozenset(_HINTS.split(","))
"""Names that only hint at a place: beside 走廊 (corridor) the word 校园 (campus) says where the corridor is."""
_IMPLIED: dict[str, frozenset[str]] = {
    "corridor": frozenset({"locker", "door", "window"}),
    "classroom": frozenset({"board", "desk", "chair"}),
    "office": frozenset({"desk", "chair", "window"}),
    "room": frozenset({"bed", "sofa", "window", "shelf"}),
    "kitchen": frozenset({"pot", "locker"}),
    "cafe": frozenset({"desk", "chair"}),
    "train": frozenset({"train", "chair", "window"}),
    "forest": frozenset({"tree", "pine"}),
    "park": frozenset({"tree"}),
    "market": frozenset({"stall", "lantern"}),
    "town": frozenset({"house", "door", "lantern"}),
    "library": frozenset({"shelf"}),
    "ship": frozenset({"window", "rocket", "planet"}),
    "space": frozenset({"planet", "moon"}),
    "mountain": frozenset({"pine"}),
    "beach": frozenset({"palm"}),
    "hall": frozenset({"lantern", "door"}),
    "street": frozenset({"streetlamp", "sign"}),
}
"""Things that a place has of itself."""
_SECTION = {
    "scene": re.compile(r"(?:场景[：:]|scene:)\s*(.*?)(?=。|\.\s+[a-z]+:|\.$|$)", re.I | re.S),
    "subject": re.compile(r"(?:主体[：:]|subject:)\s*(.*?)(?=。|\.\s+[a-z]+:|\.$|$)", re.I | re.S),
}
_FORBIDDEN = re.compile(r"(?:禁止|不要|避免|不出现|forbidden:?|avoid|without|\bno\b)[^。.;；\n]*", re.I)
_BRACKETS = re.compile(r"（[^（）]*）|\([^()]*\)")


@dataclass(frozen=True, slots=True)
class Setting:
    """What a request's words say, by subject. ``words`` is the prompt without features, style and what it forbids."""

    place: str
    words: str
    subject: str


def _without_features(request: ImageRequest) -> str:
    text = request.prompt
    for figure in request.figures:
        for feature in figure.features:
            value = re.split(r"[:：]", feature, maxsplit=1)[-1].strip()
            if len(value) > 1:
                text = text.replace(value, " ")
        if len(figure.name) > 1:
            text = text.replace(figure.name, " ")
    if len(request.style) > 1:
        text = text.replace(request.style, " ")
    return _FORBIDDEN.sub(" ", text)


def read_setting(request: ImageRequest) -> Setting:
    """The place and the words of a request. A prompt that is divided into subject, scene ... is read by its parts."""
    words = _without_features(request)
    scene = _SECTION["scene"].search(words)
    part = _SECTION["subject"].search(words)
    subject = _BRACKETS.sub(" ", part.group(1) if part else words)
    name, _, told = (scene.group(1) if scene else "").replace(";", "；").partition("；")
    place = _place(name, 3.0, head_last=True)
    for text, weight in (
        (told, 1.0),
        (subject, 1.0),
        (" ".join(request.landmarks), 0.6),
        ("" if part else words, 0.3),
        (request.style, 0.25),
    ):
        for kind, score in _place(text, weight).items():
            place[kind] = place.get(kind, 0.0) + score
    best = max(place, key=lambda kind: (place[kind], kind)) if place else "studio"
    return Setting(best, words, subject)


def _place(text: str, weight: float, *, head_last: bool = False) -> dict[str, float]:
    """Scores of the places that a text names: longer names count for more, and earlier ones (in a scene's name, whose
    head noun is its last, later ones)."""
    scores: dict[str, float] = {}
    hits = NAMES.find(text)
    for order, hit in enumerate(reversed(hits) if head_last else hits):
        length = min(hit.end - hit.start, 8) if text[hit.start : hit.end].isascii() else (hit.end - hit.start) * 2.5
        if text[hit.start : hit.end].lower() in _GENERIC:
            length *= 0.3
        scores[hit.meaning] = scores.get(hit.meaning, 0.0) + weight * length / (1 + 0.3 * order)
    return scores


def implied(place: str) -> frozenset[str]:
    """Kinds of things that need not be put into ``place``: it has them."""
    return _IMPLIED.get(place, frozenset())
