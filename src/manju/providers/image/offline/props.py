"""Things that a picture may hold: what they are called, how big they are, and where they stand.

An icon is drawn in a box 100 wide and 100 high whose origin is the middle of its lower edge, y downwards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from manju.providers.image.offline import icons
from manju.providers.image.offline.props_gear import GEAR
from manju.providers.image.offline.props_home import HOME
from manju.providers.image.offline.props_nature import NATURE
from manju.providers.image.offline.props_things import THINGS
from manju.providers.image.offline.svg import Drawing
from manju.providers.image.offline.words import Vocabulary, several

ICONS: dict[str, Callable[[Drawing], None]] = {**GEAR, **NATURE, **HOME, **THINGS, **icons.ICONS}

Mount = Literal["floor", "wall", "table", "air"]


@dataclass(frozen=True, slots=True)
class Kind:
    """``height`` in metres; ``mount`` says whether it stands on the floor or a table, hangs, or flies."""

    height: float
    mount: Mount
    terms: str


KINDS: dict[str, Kind] = {
    "screen": Kind(
        0.9,
        "wall",
        "screen,display,monitor,hologram,holographic,tv,television,dashboard,interface,大屏,屏幕,"
        "显示屏,显示器,电视,全息,界面,看板,投影",
    ),
    "laptop": Kind(0.32, "table", "laptop,computer,notebook computer,macbook,pc,笔记本电脑,电脑,手提电脑"),
    "phone": Kind(0.3, "table", "phone,smartphone,mobile,cellphone,手机,电话,智能手机"),
    "tablet": Kind(0.32, "table", "tablet,ipad,平板"),
    "robot": Kind(1.5, "floor", "robot,android,droid,ai assistant,机器人,机械人,智能助手,智能体,人工智能,ai"),
    "drone": Kind(0.5, "air", "drone,quadcopter,无人机"),
    "vending": Kind(1.9, "floor", "vending machine,自动贩卖机,自动售货机,贩卖机,售货机"),
    "board": Kind(
        1.1,
        "wall",
        "notice board,bulletin board,whiteboard,blackboard,poster board,corkboard,公告栏,布告栏,"
        "公告板,黑板,"
        "白板,线索板,告示",
    ),
    "clock": Kind(0.5, "wall", "clock,timer,wall clock,时钟,挂钟,钟表,闹钟,钟"),
    "chart": Kind(0.8, "wall", "chart,graph,bar chart,statistics,data visualization,curve,图表,曲线,柱状图,数据,走势"),
    "camera": Kind(0.3, "table", "camera,dslr,webcam,相机,摄像机,照相机,摄像头"),
    "microphone": Kind(0.4, "table", "microphone,mic,podcast,麦克风,话筒,录音"),
    "speaker": Kind(0.4, "table", "speaker,smart speaker,音箱,音响,喇叭"),
    "headset": Kind(0.3, "table", "headphones,earphones,耳机"),
    "chip": Kind(0.5, "table", "chip,processor,circuit,cpu,gpu,neural network,芯片,电路,处理器,神经网络"),
    "gear": Kind(0.5, "wall", "gear,cog,settings,machinery,齿轮,机械"),
    "bulb": Kind(0.4, "table", "light bulb,lightbulb,idea,灯泡,灵感,创意"),
    "rocket": Kind(2.6, "floor", "rocket,spaceship,spacecraft,shuttle,火箭,飞船,宇宙飞船"),
    "satellite": Kind(0.8, "air", "satellite,space station,卫星,空间站"),
    "car": Kind(1.5, "floor", "car,taxi,vehicle,suv,van,automobile,electric car,汽车,轿车,车,跑车,出租车,电动车"),
    "bike": Kind(1.1, "floor", "bike,bicycle,motorcycle,scooter,自行车,单车,摩托,电瓶车"),
    "train": Kind(2.4, "floor", "train,subway,metro,tram,火车,地铁,列车,高铁,电车"),
    "boat": Kind(1.4, "floor", "boat,ship,sailboat,yacht,船,帆船,小舟"),
    "streetlamp": Kind(3.4, "floor", "street lamp,streetlight,street light,lamppost,路灯,街灯"),
    "signal": Kind(2.8, "floor", "traffic light,traffic signal,红绿灯,交通灯,信号灯"),
    "sign": Kind(
        0.9, "wall", "neon sign,signboard,signage,billboard,sign,shop sign,招牌,霓虹灯牌,灯牌,广告牌,指示牌,牌匾"
    ),
    "lamp": Kind(0.55, "table", "lamp,desk lamp,table lamp,台灯,灯"),
    "lantern": Kind(0.6, "air", "lantern,paper lantern,灯笼,红灯笼"),
    "candle": Kind(0.25, "table", "candle,蜡烛,烛台"),
    "umbrella": Kind(1.0, "floor", "umbrella,parasol,伞,雨伞,油纸伞"),
    "window": Kind(1.3, "wall", "window,窗,窗户,落地窗,舷窗"),
    "door": Kind(2.1, "floor", "door,gate,doorway,门,大门,铁门"),
    "locker": Kind(1.8, "floor", "locker,cabinet,wardrobe,fridge,refrigerator,储物柜,柜,衣柜,冰箱,文件柜"),
    "shelf": Kind(1.9, "floor", "bookshelf,shelf,bookcase,shelves,书架,书柜,货架,架子"),
    "desk": Kind(0.8, "floor", "desk,table,counter,workbench,桌,书桌,办公桌,桌子,柜台,吧台,课桌"),
    "chair": Kind(1.0, "floor", "chair,armchair,stool,bench,椅,椅子,沙发椅,长椅,凳"),
    "sofa": Kind(0.9, "floor", "sofa,couch,沙发"),
    "bed": Kind(0.8, "floor", "bed,mattress,床,病床"),
    "plant": Kind(0.8, "floor", "plant,potted plant,houseplant,succulent,植物,盆栽,绿植,盆景,发财树"),
    "tree": Kind(4.2, "floor", "tree,oak,maple,willow,cherry tree,树,大树,樱花树,柳树,老槐树,枫树"),
    "pine": Kind(4.6, "floor", "pine,pine tree,christmas tree,fir,松树,松,圣诞树,杉"),
    "palm": Kind(4.4, "floor", "palm,palm tree,coconut tree,椰树,棕榈"),
    "bamboo": Kind(3.6, "floor", "bamboo,竹,竹林"),
    "cactus": Kind(1.6, "floor", "cactus,仙人掌"),
    "flower": Kind(0.5, "table", "flower,bouquet,rose,tulip,sunflower,lotus,花束,花朵,玫瑰,荷花,莲花,鲜花,向日葵,花"),
    "rock": Kind(0.8, "floor", "rock,stone,boulder,石头,岩石,石碑,巨石,礁石"),
    "fire": Kind(0.9, "floor", "campfire,bonfire,fire,flame,篝火,火堆,火焰,炉火"),
    "moon": Kind(1.2, "air", "moon,月球,crescent,月亮,明月,圆月,月牙"),
    "planet": Kind(1.4, "air", "planet,earth,saturn,globe,mars,星球,行星,地球,火星,地球仪"),
    "star": Kind(0.5, "air", "star icon,five-pointed star,medal star,五角星,星标"),
    "heart": Kind(0.5, "air", "heart,love,爱心,心形"),
    "cloudicon": Kind(0.6, "air", "cloud computing,cloud storage,云计算,云端,云服务"),
    "bird": Kind(0.4, "air", "bird,seagull,crow,dove,pigeon,鸟,海鸥,白鸽,乌鸦,燕子,仙鹤"),
    "butterfly": Kind(0.3, "air", "butterfly,蝴蝶"),
    "fish": Kind(0.3, "air", "fish,whale,shark,鱼,鲸鱼,锦鲤,海豚,dolphin"),
    "cat": Kind(0.5, "floor", "cat,kitten,kitty,猫,小猫,猫咪,橘猫,黑猫"),
    "dog": Kind(0.6, "floor", "dog,puppy,corgi,golden retriever,狗,小狗,柴犬,金毛,犬"),
    "rabbit": Kind(0.4, "floor", "rabbit,bunny,hare,兔,兔子"),
    "horse": Kind(1.8, "floor", "horse,pony,马匹,骏马,战马,白马"),
    "dragon": Kind(1.8, "air", "dragon,龙,巨龙,神龙"),
    "book": Kind(0.3, "table", "book,notebook,novel,textbook,manual,diary,书,书本,书籍,笔记本,课本,日记,古籍,秘籍"),
    "papers": Kind(
        0.3,
        "table",
        "paper,document,report,contract,newspaper,scroll,file,scattered papers,文件,报告,合同,报纸,纸,试卷,稿,卷轴",
    ),
    "letter": Kind(0.25, "table", "letter,envelope,email,mail,note,信,信封,邮件,纸条,信件"),
    "cup": Kind(0.22, "table", "cup,coffee,mug,tea,latte,coffee cup,茶,咖啡,杯,茶杯,奶茶,杯子,马克杯"),
    "bowl": Kind(
        0.25,
        "table",
        "bowl,noodle,ramen,soup,food,rice,dumpling,hotpot,meal,breakfast,碗,面条,拉面,米饭,汤,"
        "饺子,火锅,美食,食物,早餐,菜",
    ),
    "cake": Kind(0.35, "table", "cake,dessert,cupcake,birthday cake,蛋糕,甜品,甜点"),
    "fruit": Kind(0.25, "table", "apple,fruit,orange,vegetable,水果,苹果,蔬菜,橙子,桃子"),
    "product": Kind(
        0.35,
        "table",
        "product,bottle,perfume,skincare,serum,lotion,drink,beverage,cosmetic,can,产品,瓶,香水,"
        "精华,护肤,饮料,"
        "饮品,可乐,酒,药水",
    ),
    "box": Kind(0.5, "floor", "box,package,parcel,crate,carton,箱,纸箱,包裹,快递,盒子,木箱,宝箱"),
    "gift": Kind(0.4, "table", "gift,present,礼物,礼盒"),
    "bag": Kind(
        0.4, "floor", "shopping bag,handbag,suitcase,luggage,briefcase,行李箱,购物袋,手提包,公文包,书包,背包,backpack"
    ),
    "key": Kind(0.25, "table", "key,钥匙"),
    "lock": Kind(0.35, "table", "lock,padlock,security,shield,锁,安全,盾牌,盾"),
    "sword": Kind(1.0, "floor", "sword,blade,katana,dagger,剑,刀,长剑,宝剑,匕首"),
    "magnifier": Kind(0.35, "table", "magnifying glass,magnifier,search,clue,放大镜,搜索,线索,检索"),
    "badge": Kind(0.3, "table", "badge,medal,trophy,emblem,award,徽章,奖牌,奖杯,勋章,校徽"),
    "coin": Kind(0.3, "table", "coin,money,cash,gold,dollar,budget,savings,硬币,钱,金币,现金,钞票,红包,存钱"),
    "watch": Kind(0.3, "table", "watch,smartwatch,wristwatch,手表,智能手表,怀表"),
    "bubble": Kind(
        0.5, "air", "speech bubble,chat,chatbot,message,conversation,chatgpt,dialogue box,对话框,聊天,气泡,消息,弹幕"
    ),
    "note": Kind(0.4, "air", "music note,musical,melody,music,song,音符,音乐,歌曲,旋律"),
    "guitar": Kind(1.0, "floor", "guitar,violin,吉他,小提琴,琴,古琴,二胡"),
    "piano": Kind(1.0, "floor", "piano,钢琴,keyboard piano"),
    "ball": Kind(0.28, "floor", "ball,basketball,football,soccer,volleyball,篮球,足球,排球,球"),
    "palette": Kind(
        0.35, "table", "paintbrush,easel,canvas,painting,brush,palette,画笔,画板,画架,颜料,毛笔,调色板,绘画"
    ),
    "film": Kind(0.35, "table", "clapperboard,film reel,movie,video editing,film strip,场记板,电影,胶片,剪辑,视频"),
    "calendar": Kind(0.4, "wall", "calendar,schedule,to-do,checklist,todo list,日历,日程,清单,计划表,待办"),
    "map": Kind(0.6, "wall", "map,treasure map,navigation,地图,藏宝图,导航"),
    "picture": Kind(
        0.7, "wall", "photo,poster,picture frame,portrait,painting on the wall,照片,海报,画框,相框,油画,字画"
    ),
    "flag": Kind(1.8, "floor", "flag,banner,旗,旗帜,横幅,锦旗"),
    "torii": Kind(3.4, "floor", "torii,archway,牌坊,鸟居,拱门,山门"),
    "pagoda": Kind(6.0, "floor", "pagoda,temple,pavilion,宝塔,古塔,寺庙,凉亭,亭子,楼阁"),
    "lighthouse": Kind(6.0, "floor", "lighthouse,灯塔"),
    "house": Kind(3.4, "floor", "house,cottage,cabin,hut,小屋,房子,木屋,茅屋,农舍"),
    "stall": Kind(2.4, "floor", "stall,booth,food cart,food truck,摊,摊位,小吃摊,售货亭,摊贩"),
    "barrel": Kind(0.9, "floor", "barrel,oil drum,trash can,dustbin,桶,油桶,垃圾桶,木桶"),
    "cone": Kind(0.6, "floor", "traffic cone,barricade,cone,路障,锥桶"),
    "tent": Kind(1.5, "floor", "tent,camp,帐篷,营地"),
    "pot": Kind(0.4, "table", "pot,pan,stove,wok,kettle,oven,锅,炉灶,炒锅,水壶,烤箱,灶台"),
    "skull": Kind(0.3, "table", "skull,skeleton,骷髅,头骨"),
    "crystal": Kind(0.5, "table", "crystal,gem,diamond,crystal ball,jewel,水晶,宝石,钻石,水晶球,魔法石"),
    "flask": Kind(0.35, "table", "flask,test tube,beaker,microscope,potion,烧瓶,试管,显微镜,实验,药剂"),
    "stethoscope": Kind(0.4, "table", "stethoscope,medical,first aid,pill,hospital sign,听诊器,急救,药,医疗"),
    "crown": Kind(0.3, "table", "crown,皇冠,王冠"),
}

KINDS |= {
    kind: Kind(row["height"], row["mount"], row.get("terms", ""))
    for kind, row in icons.ROWS.items()
    if row["mount"] != "view"
}
VIEWS: Vocabulary[str] = Vocabulary(
    several({kind: row["terms"] for kind, row in icons.ROWS.items() if row["mount"] == "view"})
)
"""Words of the icons that are pictures of their own and fill a frame."""
_INSTEAD = {kind: frozenset(row["instead"].split()) for kind, row in icons.ROWS.items() if "instead" in row}
"""What is in an icon already: a screen with a chat is no second screen."""

NOT_PROPS = (
    "全球,气球,青花,糖葫芦,水花,蛋花,浪花,窗花,花瓣,樱花,落花,桃花,花店,花丛,花圃,眼花,车厢,车窗,车站,马车,停车,车流,写真,摄影,车站,门口,部门,专门,热门,纸上,花园,"
    "火车站,水果店,书房,书店,图书馆,音乐厅,茶馆,餐厅,琴房,数据中心,cameraman,"
    "camera slowly,camera pushes,camera pans,camera moves,camera tracks,camera tilts,camera move,camera:,"
    "static camera,handheld camera,camera zooms,镜头,球场,明星,地球村,马路,"
    "树林,森林,心情,信息,相信,自信,"
    "信心,信号,安全感,价钱,刀光,龙头,鱼贯,开门,出门,灯光,路灯下,电脑屏幕光,screen left,"
    "screen right,split screen,car park,"
    "fire exit,paper texture,star trek,book store,table of,film grain,35mm film,cinematic "
    "film,bird's eye,eye level,"
    "key light,key visual,fish-eye,musical style,color chart,color palette,colour palette,"
    "warm palette,palette,background music,window light,"
    "flat design,product shot,tree line,high quality,text overlay,camera angle,over the shoulder,dutch angle,"
    "clean line art,line art,film still,火红,书生,怀疑,视频风格,短视频,电影感,电影级,胶片感,"
    "anime style,photo-realistic,"
    "photorealistic,photo realistic,shallow depth of field"
)
"""Camera words of shot descriptions, and words that only contain a thing's name."""

PROPS: Vocabulary[str] = Vocabulary(
    {
        **dict.fromkeys(NOT_PROPS.split(","), None),
        **several({kind: entry.terms for kind, entry in KINDS.items() if entry.terms}),
    }
)
"""The camera words of a shot description and words that only contain a thing's name are hidden first."""


def draw_prop(d: Drawing, kind: str) -> None:
    """The icon of ``kind`` in its box."""
    ICONS[kind](d)


def find_props(text: str) -> tuple[str, ...]:
    """Kinds of the things named in ``text``, in order of appearance."""
    kinds = PROPS.all(text)
    there = frozenset[str]().union(*(_INSTEAD.get(kind, ()) for kind in kinds))
    return tuple(kind for kind in kinds if kind not in there)
