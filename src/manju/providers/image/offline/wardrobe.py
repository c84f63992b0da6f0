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
            "sidetail": "side ponytail,侧马尾,侧边马尾",
            "twintails": "twintail,twin tail,pigtail,双马尾",
            "braids": "two braids,twin braids,双辫,两条辫子,双麻花辫,麻花双辫",
            "braid": "braid,braided,plait,辫,麻花",
            "updo": "updo,高髻,云鬓,云髻,发髻高挽,盘发,凌云髻,飞仙髻,古代发髻,挽髻",
            "topknot": "topknot,top knot,束发,道髻,发冠,玉冠,高束,束起",
            "bun": "bun,丸子头,发髻,髻,团子头,包子头",
            "half": "half-up,half up,半扎,半丸子,半束",
            "spiky": "spiky,spiked,刺猬,刺头,竖起,尖刺",
            "afro": "afro,爆炸头",
            "curly": "curly,curls,卷发,卷,自来卷,羊毛卷",
            "wavy": "wavy,waves,波浪,微卷,大波浪",
            "wolf": "wolf cut,狼尾",
            "mullet": "mullet,鲻鱼头",
            "messy": "messy,tousled,unkempt,凌乱,蓬乱,乱发,乱糟糟",
            "crew": "crew cut,buzz cut,buzz,寸头,板寸,平头,利落短寸,圆寸",
            "slick": "slicked back,slicked-back,背头,大背头,油头",
            "straight": "straight,sleek,直发,直,柔顺",
        }
    )
)
FRINGES: Vocabulary[str] = Vocabulary(
    several(
        {
            "straight": "bangs,fringe,blunt,hime,齐刘海,刘海,姬发式",
            "wisps": "wispy bangs,空气刘海,八字刘海,龙须刘海",
            "side": "side part,side-parted,side swept,side-swept,偏分,侧分,斜刘海,三七分",
            "centre": "center part,centre part,middle part,中分",
            "back": "slicked back,slicked-back,swept back,combed back,背头,大背头,后梳,露额,束发,玉冠,发冠",
        }
    )
)
_NOT_GARMENTS = ("披肩长发", "披肩发", "长发披肩", "披肩卷发", "布袋", "布包")
GARMENTS: Vocabulary[tuple[str, str]] = Vocabulary(
    dict.fromkeys(_NOT_GARMENTS)
    | several(
        {
            ("top", "hoodie"): "hoodie,hooded sweatshirt,sweatshirt,卫衣,连帽衫,帽衫",
            ("top", "jacket"): (
                "jacket,bomber,windbreaker,leather jacket,parka,夹克,校服外套,外套,"
                "皮衣,冲锋衣,棒球服,羽绒服,机车服,飞行服,棉袄"
            ),
            ("top", "blazer"): "blazer,suit,suit jacket,tuxedo,formal wear,西装,西服,正装,制服外套,礼服外套,燕尾服",
            ("top", "coat"): "coat,trench coat,overcoat,trenchcoat,风衣,大衣,长外套,斗篷大衣,呢大衣",
            ("top", "raincoat"): "raincoat,rain coat,poncho,雨衣,雨披",
            ("top", "labcoat"): "lab coat,white coat,doctor's coat,白大褂,实验服,医生袍,研究员长袍",
            ("top", "uniform"): "school uniform,sailor uniform,sailor suit,校服,水手服,jk制服,jk,制服,uniform",
            ("top", "officer"): (
                "police uniform,military uniform,officer uniform,captain's uniform,警服,军装,军服,警察制服,"
                "舰长服,船长服,"
                "立领制服,列车员制服,乘务员制服,保安服,消防服,中山装"
            ),
            (
                "top",
                "chef",
            ): "chef's uniform,chef uniform,chef jacket,chef's jacket,chef whites,chef coat,厨师服,厨师装,厨服",
            (
                "top",
                "overall",
            ): "overalls,dungarees,boiler suit,工装背带裤,背带裤,连体工装,连体工作服,工作服,工装服,工装",
            ("top", "tracksuit"): "tracksuit,track suit,sportswear,运动校服,运动服,运动装,运动衫,训练服",
            ("top", "dress"): "dress,sundress,连衣裙,裙装,洋裙,公主裙",
            ("top", "gown"): "gown,evening dress,wedding dress,ball gown,礼服,晚礼服,婚纱,长裙",
            ("top", "qipao"): "cheongsam,qipao,旗袍",
            ("top", "robe"): (
                "robe,hanfu,kimono,汉服,长袍,道袍,古装,袍,和服,衣袂,青衫,白衣,大袖衫,仙袍,弟子袍,道服,僧袍,袈裟,蟒袍,锦袍,凤袍"
            ),
            ("top", "shortrobe"): (
                "tunic,jerkin,doublet,peasant clothes,coarse cloth,粗布短打,短打,短褐,布衣,粗布衣,粗布麻衣,麻衣,"
                "劲装,侠客服,夜行衣,练功服,武服,短襦,短衫,直裰,交领衣,内侍服"
            ),
            ("top", "beizi"): "褙子,对襟褙子,半臂,对襟长衫,大氅",
            ("top", "ruqun"): (
                "襦裙,交领襦裙,齐胸襦裙,仙裙,宫装,宫女裙,弟子裙,古装裙,广袖裙,广袖仙裙,流仙裙,霓裳,"
                "tunic dress,linen dress"
            ),
            ("top", "guanfu"): "官服,官袍,圆领官服,圆领长袍,圆领袍,朝服,龙袍,official robe,court robe",
            ("top", "wedding"): "嫁衣,喜服,凤冠霞帔,红嫁衣,wedding robe",
            ("top", "changshan"): "长衫,长衫马褂,scholar's gown,changshan",
            ("top", "tangzhuang"): "tang suit,盘扣棉袄,中式棉袄,唐装,马褂,对襟,盘扣",
            ("top", "armour"): "armor,armour,盔甲,铠甲,战甲,甲胄,战袍",
            ("top", "exosuit"): "exosuit,mecha suit,combat suit,battle suit,机甲,战斗服,作战服,机械战衣,紧身战衣",
            ("top", "spacesuit"): "spacesuit,space suit,astronaut suit,宇航服,太空服,航天服",
            ("top", "sweater"): "sweater,cardigan,knit,turtleneck,jumper,毛衣,针织衫,开衫,高领",
            ("top", "vest"): "vest,waistcoat,马甲,背心,马夹",
            ("top", "tank"): "tank top,sleeveless,camisole,运动背心,吊带,无袖",
            ("top", "polo"): "polo,polo衫",
            ("top", "tshirt"): "t-shirt,tee,tshirt,jersey,t恤,短袖,球衣,衣服,上衣,睡衣,病号服,粗布衣",
            ("over", "apron"): "apron,围裙",
            ("over", "cape"): "cape,cloak,mantle,披风,斗篷,披肩",
            ("shirt", "shirt"): "shirt,blouse,衬衫,衬衣,白衬",
            ("bottom", "skirt"): "skirt,pleated skirt,短裙,百褶裙,裙子,格裙,半裙,裙",
            ("bottom", "bound"): "leg wraps,leggings bound,绑腿,裹腿",
            ("bottom", "longskirt"): "配长裙,long skirt,maxi skirt,半身长裙,马面裙,及踝裙",
            ("bottom", "shorts"): "shorts,短裤",
            ("bottom", "jeans"): "jeans,leggings,牛仔裤,紧身裤,打底裤",
            ("bottom", "wide"): "wide trousers,wide-leg,hakama,阔腿裤,灯笼裤",
            ("bottom", "trousers"): "trousers,pants,slacks,裤子,长裤,西裤,工装裤,运动裤,裤",
        }
    )
)
SHOES: Vocabulary[str] = Vocabulary(
    several(
        {
            "boots": "boot,靴,长靴,短靴,马丁靴,雨靴",
            "heels": "heel,high heel,pump,高跟",
            "sneakers": "sneaker,trainer,running shoe,canvas shoe,运动鞋,球鞋,板鞋,帆布鞋,跑鞋",
            "sandals": "sandal,slipper,凉鞋,拖鞋,木屐,人字拖,草鞋,草编鞋",
            "cloth": "cloth shoe,布鞋,绣鞋,锦鞋,软底鞋,云头鞋,云头锦鞋",
            "treads": "tread,caterpillar track,履带",
            "barefoot": "barefoot,bare feet,赤脚,光脚,赤足",
            "shoes": "shoe,loafer,oxford,brogue,皮鞋,乐福鞋,小皮鞋,鞋",
        }
    )
)
_NOT_ITEMS = ("麻花", "老花", "花纹", "花色", "花布", "花边", "碎花", "印花", "绣花", "花白", "毛笔字", "笔直", "笔记")
ITEMS: Vocabulary[str] = Vocabulary(
    dict.fromkeys(_NOT_ITEMS)
    | several(
        {
            "glasses": "glasses,spectacles,eyeglasses,眼镜,圆框,黑框",
            "sunglasses": "sunglasses,shades,墨镜,太阳镜",
            "goggles": "goggles,visor,护目镜,目镜,面罩,风镜,ar眼镜,ar glasses",
            "headphones": "headphone,headset,earphone,耳机,头戴式",
            "hat": "hat,fedora,礼帽,草帽,毡帽,渔夫帽,帽子",
            "conehat": "bamboo hat,conical hat,斗笠,竹笠",
            "cap": "cap,baseball cap,鸭舌帽,棒球帽,侦探帽,警帽,军帽",
            "beret": "beret,贝雷帽",
            "beanie": "beanie,knit hat,毛线帽,针织帽,冷帽",
            "chefhat": "chef hat,chef's hat,toque,厨师帽,高帽",
            "helmet": "helmet,hard hat,头盔,安全帽,盔",
            "scarf": "scarf,muffler,围巾,丝巾,领巾,红领巾",
            "tie": "tie,necktie,领带",
            "bowtie": "bow tie,bowtie,领结",
            "ribbon": "ribbon,hair bow,发带,蝴蝶结,丝带,发绳,头绳",
            "hairpin": "hairpin,hair clip,barrette,hair ornament,发夹,发卡,发簪,簪,发饰,木簪,玉簪,步摇",
            "earring": "earring,耳环,耳坠,耳钉",
            "necklace": "necklace,pendant,amulet,项链,吊坠,挂坠,长命锁",
            "jade": "jade pendant,玉佩,佩玉,腰佩",
            "backpack": "backpack,rucksack,背包,书包,双肩包",
            "booster": "booster,thruster,jetpack,推进器,喷气背包",
            "bag": "bag,satchel,messenger,handbag,斜挎包,挎包,手提包,邮差包,单肩包,布袋,药箱,小包,斜挎,布包,腰包,竹篓",
            "camera": "camera around,相机",
            "badge": "badge,pin,emblem,name tag,lanyard,徽章,胸牌,工牌,胸针,校徽,证件,怀表,哨子",
            "spoon": "wooden spoon,spoon,木勺,勺子,汤勺",
            "pen": "pen,pencil,钢笔,毛笔,画笔,铅笔,笔",
            "mic": "lapel mic,clip-on mic,领夹麦,小麦克风,麦克风",
            "watch": "watch,smartwatch,bracelet,wristband,手表,智能手表,手环,手镯,腕带,手链",
            "gloves": "glove,手套",
            "mask": "face mask,surgical mask,口罩,面纱",
            "eyepatch": "eyepatch,eye patch,眼罩",
            "halfmask": "mask,面具",
            "belt": "belt,sash,腰带,皮带,腰封",
            "sheath": "sword at,佩剑,腰间的剑,剑鞘,背着剑,背上的剑,佩刀,长剑",
            "crown": "crown,tiara,皇冠,王冠,头冠,凤冠,金冠",
            "headband": "headband,bandana,头巾,抹额,头带",
            "beard": "beard,bearded,goatee,胡子,络腮胡,胡须,白须,长须",
            "moustache": "moustache,mustache,八字胡,小胡子",
            "stubble": "stubble,胡茬",
            "bandage": "bandage,plaster,创可贴,绷带",
            "scar": "scar,伤疤,疤痕,刀疤",
            "catears": "cat ear,catears,猫耳,兽耳,fox ear,狐耳",
            "flower": "flower,花,花朵,鲜花",
        }
    )
)
ITEM_COLOURS = {
    "glasses": "#2b2f3c", "sunglasses": "#1e1f28", "goggles": "#39d0e8", "headphones": "#e8504a", "scarf": "#d2493f",
    "tie": "#b23a3a", "ribbon": "#e0485a", "badge": "#f0c040", "backpack": "#8a5a3c", "bag": "#8a5a3c",
    "watch": "#2b2f3c", "gloves": "#3a3438", "mask": "#eef2f5", "halfmask": "#c3cad6", "cape": "#8c1f2a",
    "belt": "#4a2f22", "crown": "#f0c040", "necklace": "#f0c040", "earring": "#f0c040", "hairpin": "#f0c040",
    "beard": "#c9ccd2", "moustache": "#3a2a2c", "catears": "#3a2a2c", "flower": "#f08fb0", "spoon": "#a9743a",
    "pen": "#2b3f6b", "mic": "#2b2f3c", "camera": "#2b2f3c", "booster": "#8b93a4", "chefhat": "#fafaf6",
    "conehat": "#c9a15f", "beret": "#8c1f2a", "beanie": "#4b6a8a", "helmet": "#e0a82e", "bowtie": "#2b2b33",
    "jade": "#7fc4a0", "sheath": "#5a3a2a", "eyepatch": "#23232b", "stubble": "#5a4a44", "bandage": "#f3ece0",
    "scar": "#b0584a", "apron": "#f4f1e8",
}  # fmt: skip
"""The usual colour of an accessory whose words name none."""
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
