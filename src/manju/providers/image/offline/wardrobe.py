"""The words for hair, clothes, shoes, accessories and skin."""

from __future__ import annotations

from manju.providers.image.offline.words import Vocabulary, several

LENGTHS: Vocabulary[str] = Vocabulary(
    several(
        {
            "bald": "bald,shaved,hairless,no hair,光头,秃,没有头发",
            "short": "short,cropped,buzz,pixie,crew cut,undercut,短发,寸头,板寸,平头,短",
            "bob": "bob,chin-length,波波头,齐耳,学生头,短波波",
            "medium": "medium,shoulder-length,shoulder length,中长,齐肩,披肩",
            "long": "long,waist-length,flowing,长发,及腰,长直,长卷,长",
        }
    )
)
STYLES: Vocabulary[str] = Vocabulary(
    several(
        {
            "ponytail": "ponytail,pony tail,马尾,高马尾",
            "twintails": "twintail,twin tail,pigtail,双马尾,双辫",
            "braid": "braid,braided,plait,辫,麻花",
            "bun": "bun,topknot,updo,丸子头,发髻,盘发,髻,道髻,束发,高髻",
            "spiky": "spiky,spiked,刺猬,刺头,竖起,尖刺",
            "curly": "curly,afro,curls,卷发,卷,爆炸头,自来卷",
            "wavy": "wavy,waves,波浪,微卷",
            "messy": "messy,tousled,unkempt,凌乱,蓬乱,乱发",
            "straight": "straight,sleek,直发,直,柔顺",
        }
    )
)
FRINGES: Vocabulary[str] = Vocabulary(
    several(
        {
            "straight": "bangs,fringe,blunt,齐刘海,刘海",
            "side": "side part,side-parted,side swept,side-swept,偏分,侧分,斜刘海,三七分",
            "centre": "center part,centre part,middle part,中分",
            "back": "slicked back,slicked-back,swept back,combed back,背头,大背头,后梳,露额",
        }
    )
)
GARMENTS: Vocabulary[tuple[str, str]] = Vocabulary(
    several(
        {
            ("top", "hoodie"): "hoodie,hooded sweatshirt,sweatshirt,卫衣,连帽衫,帽衫",
            ("top", "jacket"): (
                "jacket,bomber,windbreaker,leather jacket,parka,夹克,外套,皮衣,冲锋衣,棒球服,羽绒服,机车服"
            ),
            ("top", "blazer"): "blazer,suit,suit jacket,tuxedo,formal wear,西装,西服,正装,制服外套,礼服外套",
            ("top", "coat"): "coat,trench coat,overcoat,trenchcoat,风衣,大衣,长外套,斗篷大衣,呢大衣",
            ("top", "labcoat"): "lab coat,white coat,doctor's coat,白大褂,实验服,医生袍",
            ("top", "uniform"): "school uniform,sailor uniform,sailor suit,校服,水手服,jk制服,jk,制服,uniform",
            ("top", "dress"): "dress,gown,sundress,连衣裙,长裙,礼服,裙装,旗袍,cheongsam,qipao",
            ("top", "robe"): "robe,hanfu,kimono,汉服,长袍,道袍,古装,袍,和服,长衫,唐装",
            ("top", "armour"): (
                "armor,armour,exosuit,mecha suit,combat suit,battle suit,盔甲,铠甲,战甲,机甲,战斗服,作战服"
            ),
            ("top", "spacesuit"): "spacesuit,space suit,astronaut suit,宇航服,太空服,航天服",
            ("top", "sweater"): "sweater,cardigan,knit,turtleneck,jumper,毛衣,针织衫,开衫,高领",
            ("top", "vest"): "vest,waistcoat,马甲,背心,马夹",
            ("top", "tshirt"): (
                "t-shirt,tee,tshirt,polo,jersey,sportswear,tracksuit,T恤,短袖,球衣,运动服,运动衫,衣服,上衣"
            ),
            ("top", "apron"): "apron,围裙",
            ("shirt", "shirt"): "shirt,blouse,衬衫,衬衣,白衬",
            ("bottom", "skirt"): "skirt,pleated skirt,短裙,百褶裙,裙子,格裙,半裙,裙",
            ("bottom", "shorts"): "shorts,短裤",
            ("bottom", "trousers"): "trousers,pants,jeans,slacks,leggings,裤子,长裤,牛仔裤,西裤,工装裤,运动裤,裤",
        }
    )
)
SHOES: Vocabulary[str] = Vocabulary(
    several(
        {
            "boots": "boot,靴,长靴,短靴,马丁靴,雨靴",
            "heels": "heel,high heel,pump,高跟",
            "sneakers": "sneaker,trainer,running shoe,canvas shoe,运动鞋,球鞋,板鞋,帆布鞋,跑鞋",
            "sandals": "sandal,slipper,凉鞋,拖鞋,木屐,人字拖",
            "shoes": "shoe,loafer,oxford,brogue,皮鞋,乐福鞋,小皮鞋,布鞋,鞋",
        }
    )
)
ITEMS: Vocabulary[str] = Vocabulary(
    several(
        {
            "glasses": "glasses,spectacles,eyeglasses,眼镜,圆框,黑框",
            "sunglasses": "sunglasses,shades,墨镜,太阳镜",
            "goggles": "goggles,visor,护目镜,目镜,面罩,AR眼镜,ar glasses",
            "headphones": "headphone,headset,earphone,耳机,头戴式",
            "hat": "hat,fedora,礼帽,草帽,毡帽,斗笠,渔夫帽,帽子",
            "cap": "cap,baseball cap,beret,鸭舌帽,棒球帽,贝雷帽,侦探帽",
            "scarf": "scarf,muffler,围巾,丝巾,领巾,红领巾",
            "tie": "tie,necktie,bow tie,领带,领结",
            "ribbon": "ribbon,hair bow,bow,发带,蝴蝶结,丝带,发绳,头绳",
            "hairpin": "hairpin,hair clip,barrette,hair ornament,发夹,发卡,发簪,簪,发饰",
            "earring": "earring,耳环,耳坠,耳钉",
            "necklace": "necklace,pendant,amulet,项链,吊坠,玉佩,挂坠",
            "backpack": "backpack,rucksack,背包,书包,双肩包",
            "bag": "bag,satchel,messenger,handbag,斜挎包,挎包,手提包,邮差包,单肩包",
            "badge": "badge,pin,emblem,name tag,lanyard,徽章,胸牌,工牌,胸针,校徽,证件",
            "watch": "watch,smartwatch,bracelet,wristband,手表,智能手表,手环,手镯,腕带",
            "gloves": "glove,手套",
            "mask": "face mask,surgical mask,口罩",
            "halfmask": "mask,面具,眼罩,eyepatch,eye patch",
            "cape": "cape,cloak,披风,斗篷",
            "belt": "belt,sash,腰带,皮带,腰封",
            "crown": "crown,tiara,皇冠,王冠,头冠,冠",
            "headband": "headband,bandana,头巾,抹额,头带",
            "beard": "beard,bearded,goatee,stubble,胡子,络腮胡,胡须,白须,长须",
            "moustache": "moustache,mustache,八字胡,小胡子",
            "catears": "cat ear,catears,猫耳,兽耳,fox ear,狐耳",
            "flower": "flower,花,花朵,鲜花",
        }
    )
)
PATTERNS: Vocabulary[str] = Vocabulary(
    several(
        {
            "plaid": "plaid,checkered,tartan,格子,格纹,格裙",
            "stripes": "striped,stripe,条纹,横条",
            "dots": "polka dot,dotted,波点,圆点",
        }
    )
)
SKINS = {"fair": "#fbe0cd", "light": "#f5cfb0", "tan": "#dfa77c", "brown": "#a86f4a", "deep": "#6f4630"}
SKIN_WORDS: Vocabulary[str] = Vocabulary(
    several(
        {
            "fair": "fair,pale,white,porcelain,白,白皙,雪白",
            "tan": "tan,tanned,bronze,olive,wheat,小麦,古铜,晒",
            "brown": "brown,棕,褐",
            "deep": "dark,black,deep,黑,黝黑,深",
        }
    )
)
