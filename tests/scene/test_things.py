"""The table of things: complete, drawable, and known by the words that people use."""

from collections import Counter

import numpy as np
import pytest

from daemon.scene import glyphs, vector
from daemon.scene.backdrop import PLACES
from daemon.scene.lexicon import index, things
from daemon.scene.parse import parse

NOUNS = [
    "cat", "dog", "fox", "house", "tree", "rocket", "car", "boat", "ship", "bird", "fish", "flower", "sun", "moon",
    "star", "mountain", "river", "beach", "snow", "castle", "robot", "dragon", "horse", "apple", "banana", "bridge",
    "city", "forest", "lion", "bear", "train", "bicycle", "balloon", "cake", "guitar", "elephant", "owl", "whale",
    "volcano", "island", "pirate", "wizard", "lighthouse", "sunset", "garden", "window", "mouse", "rabbit",
    "turtle", "butterfly", "spaceship", "astronaut", "planet", "waterfall", "desert", "village", "market", "tower",
    "kitchen", "table", "chair", "lamp", "book", "piano", "violin", "drum", "queen", "king", "knight", "princess",
    "monster", "ghost", "pumpkin", "snowman", "penguin", "tiger", "zebra", "giraffe", "monkey", "kangaroo", "camel",
    "wolf", "deer", "eagle", "parrot", "swan", "duck", "frog", "snake", "spider", "bee", "ant", "shark", "dolphin",
    "octopus", "crab", "cloud", "rain", "storm", "rainbow", "lightning", "ocean", "lake", "waves", "field", "farm",
    "barn", "tractor", "truck", "bus", "plane", "helicopter", "submarine", "motorcycle", "street", "road", "park",
    "school", "hospital", "library", "museum", "church", "windmill", "fountain", "statue", "painting", "camera",
    "computer", "phone", "clock", "watch", "ring", "crown", "sword", "shield", "map", "treasure", "bottle", "cup",
    "plate", "pizza", "burger", "bread", "cheese", "egg", "carrot", "tomato", "strawberry", "cherry", "lemon",
    "orange", "grape", "mushroom", "leaf", "rose", "tulip", "cactus", "palm", "baby", "boy", "girl", "man", "woman",
    "doctor", "teacher", "chef", "farmer", "dancer", "singer", "soldier", "clown", "angel", "mermaid", "unicorn",
    "dinosaur", "fire", "candle", "mirror", "door", "wall", "roof", "fence", "path", "stone", "sand", "ice",
    "cow", "pig", "sheep", "goat", "chicken", "goose", "rat", "fly", "snail", "worm", "child", "person",
    "people", "prince", "fisherman", "sailor", "hunter", "policeman", "fireman", "cook", "baker", "musician",
    "painter", "writer", "pilot", "witch", "alien", "fairy", "giant", "dwarf", "vampire", "zombie", "ninja",
    "samurai", "cowboy", "nurse", "driver", "student", "grandma", "grandpa", "mother", "father", "family",
    "friend", "bride", "skeleton", "shop", "factory", "tent", "igloo", "cabin", "hut", "palace", "temple",
    "pyramid", "skyscraper", "station", "airport", "port", "stadium", "restaurant", "cafe", "bakery", "theater",
    "gate", "chimney", "stairs", "well", "bench", "swing", "slide", "playground", "bed", "sofa", "carpet",
    "shelf", "cupboard", "fridge", "stove", "oven", "bath", "toilet", "bucket", "broom", "basket", "box", "bag",
    "glass", "bowl", "spoon", "fork", "knife", "pot", "pan", "kettle", "teapot", "jar", "vase", "pillow",
    "picture", "newspaper", "letter", "pencil", "pen", "brush", "paper", "scissors", "key", "lock", "bell",
    "laptop", "television", "radio", "trumpet", "flute", "ball", "doll", "toy", "kite", "puzzle", "dice",
    "cards", "gift", "butter", "milk", "honey", "salt", "soup", "meat", "sausage", "sandwich", "ice cream",
    "chocolate", "candy", "cookie", "pear", "watermelon", "pineapple", "peach", "cucumber", "potato", "onion",
    "cabbage", "corn", "pea", "sunflower", "daisy", "grass", "bush", "branch", "seed", "log", "rock", "hill",
    "valley", "cave", "sea", "pond", "meadow", "sky", "wind", "smoke", "fog", "comet", "satellite", "ufo",
    "tram", "taxi", "ambulance", "firetruck", "sled", "skateboard", "raft", "wagon", "carriage", "cart",
    "anchor", "wheel", "engine", "hat", "cap", "glasses", "scarf", "coat", "jacket", "shirt", "trousers",
    "dress", "skirt", "shoes", "boots", "socks", "gloves", "umbrella", "necklace", "backpack", "mask", "tie",
    "suit", "helmet", "armor", "bow", "arrow", "spear", "axe", "hammer", "saw", "nail", "screwdriver", "rope",
    "ladder", "cage", "net", "hook", "flag", "torch", "lantern", "coin", "gold", "diamond", "heart", "eye",
    "hand", "foot", "nose", "mouth", "ear", "tooth", "bone", "skull", "feather", "horn", "nest", "web", "shell",
    "pearl", "trap", "gun", "bomb", "crystal", "potion", "wand", "scroll", "compass", "telescope", "microscope",
    "magnet", "battery", "lightbulb", "scarecrow", "campfire", "bonfire", "fireworks",
]  # fmt: skip
RUSSIAN = [
    "кот", "собака", "лиса", "дом", "дерево", "ракета", "машина", "лодка", "корабль", "птица", "рыба", "цветок",
    "солнце", "луна", "звезда", "гора", "река", "пляж", "снег", "замок", "робот", "дракон", "лошадь", "яблоко",
    "мост", "город", "лес", "лев", "медведь", "поезд", "велосипед", "шарик", "торт", "гитара", "слон", "сова",
    "кит", "вулкан", "остров", "пират", "волшебник", "маяк", "закат", "сад", "окно", "мышь", "заяц", "черепаха",
    "бабочка", "космонавт", "планета", "водопад", "пустыня", "деревня", "рынок", "башня", "кухня", "стол", "стул",
    "лампа", "книга", "рояль", "скрипка", "барабан", "королева", "король", "рыцарь", "принцесса", "монстр",
    "призрак", "тыква", "снеговик", "пингвин", "ёжик", "белка", "волк", "олень", "утка", "лягушка", "змея", "паук",
    "пчела", "дельфин", "облако", "дождь", "гроза", "радуга", "море", "озеро", "поле", "ферма", "трактор",
    "автобус", "самолёт", "вертолёт", "школа", "больница", "музей", "церковь", "мельница", "фонтан", "корона",
    "меч", "щит", "сокровище", "пицца", "хлеб", "сыр", "гриб", "роза", "кактус", "пальма", "мальчик", "девочка",
    "бабушка", "дедушка", "врач", "клоун", "ангел", "русалка", "единорог", "динозавр", "костёр", "свеча", "зеркало",
    "дверь", "забор", "камень", "матрёшка",
    "корова", "свинья", "овца", "коза", "курица", "гусь", "кролик", "крыса", "тигр", "жираф", "зебра",
    "обезьяна", "акула", "осьминог", "краб", "орёл", "попугай", "лебедь", "муравей", "муха", "улитка", "червяк",
    "мужчина", "женщина", "младенец", "ребёнок", "человек", "люди", "принц", "солдат", "учитель", "фермер",
    "рыбак", "моряк", "охотник", "полицейский", "пожарный", "повар", "пекарь", "танцор", "певец", "музыкант",
    "художник", "писатель", "лётчик", "ведьма", "инопланетянин", "чудовище", "фея", "великан", "гном", "вампир",
    "зомби", "ниндзя", "самурай", "ковбой", "медсестра", "водитель", "студент", "мама", "папа", "семья", "друг",
    "невеста", "скелет", "царь", "богатырь", "леший", "домовой", "кощей", "водяной", "колобок", "магазин",
    "завод", "дорога", "улица", "сарай", "палатка", "иглу", "избушка", "дворец", "храм", "пирамида",
    "небоскрёб", "вокзал", "аэропорт", "порт", "стадион", "библиотека", "ресторан", "кафе", "пекарня", "театр",
    "памятник", "ворота", "стена", "крыша", "труба", "лестница", "колодец", "скамейка", "качели", "горка",
    "площадка", "кровать", "диван", "часы", "ковёр", "полка", "шкаф", "холодильник", "плита", "печь",
    "раковина", "ванна", "унитаз", "ведро", "метла", "корзина", "коробка", "сумка", "бутылка", "стакан",
    "чашка", "тарелка", "миска", "ложка", "вилка", "нож", "кастрюля", "сковорода", "чайник", "самовар", "банка",
    "ваза", "подушка", "картина", "газета", "письмо", "карандаш", "ручка", "кисть", "бумага", "ножницы", "ключ",
    "колокол", "телефон", "компьютер", "ноутбук", "телевизор", "радио", "фотоаппарат", "пианино", "флейта",
    "мяч", "кукла", "игрушка", "воздушный змей", "пазл", "кубик", "карты", "подарок", "масло", "яйцо", "молоко",
    "мёд", "соль", "суп", "мясо", "колбаса", "бургер", "бутерброд", "мороженое", "шоколад", "конфета",
    "печенье", "груша", "банан", "апельсин", "лимон", "виноград", "вишня", "клубника", "арбуз", "ананас",
    "персик", "помидор", "огурец", "морковь", "картошка", "лук", "капуста", "кукуруза", "горох", "блины",
    "тюльпан", "подсолнух", "ромашка", "трава", "лист", "куст", "ветка", "семя", "бревно", "скала", "песок",
    "холм", "долина", "пещера", "океан", "пруд", "луг", "парк", "небо", "молния", "лёд", "ветер", "огонь",
    "дым", "туман", "комета", "спутник", "нло", "грузовик", "трамвай", "мотоцикл", "подлодка", "такси",
    "скорая помощь", "сани", "скейтборд", "плот", "телега", "карета", "якорь", "колесо", "мотор", "шляпа", "кепка",
    "очки", "шарф", "пальто", "куртка", "рубашка", "брюки", "платье", "юбка", "туфли", "сапоги", "носки",
    "перчатки", "зонт", "кольцо", "ожерелье", "рюкзак", "маска", "галстук", "костюм", "шлем", "доспехи",
    "стрела", "копьё", "топор", "молоток", "пила", "гвоздь", "отвёртка", "верёвка", "клетка", "сеть", "крючок",
    "флаг", "факел", "фонарь", "монета", "золото", "алмаз", "сердце", "глаз", "рука", "нога", "нос", "рот",
    "ухо", "зуб", "кость", "череп", "перо", "рог", "гнездо", "паутина", "ракушка", "жемчужина", "ружьё",
    "бомба", "кристалл", "зелье", "карта", "компас", "телескоп", "микроскоп", "магнит", "лампочка", "пугало",
    "салют", "ёлка", "валенки", "берёза", "дуб", "сосна", "изба", "баня", "гармонь", "балалайка",
]  # fmt: skip


def test_there_are_many_things_and_each_only_once() -> None:
    assert len(things()) >= 500
    assert max(Counter(thing.glyph for thing in things()).values()) == 1


def test_every_emoji_is_one_glyph_with_ink() -> None:
    face = glyphs.font()
    for thing in things():
        if thing.glyph.isascii():
            continue
        assert 130 <= face.getlength(thing.glyph) <= 142, thing
        ink = np.asarray(glyphs.strike(thing.glyph).getchannel("A")) > 128
        assert ink.mean() > 0.03, thing


@pytest.mark.slow
def test_every_drawing_of_ours_has_ink_and_is_used() -> None:
    used = {thing.glyph for thing in things() if thing.glyph.isascii()}
    assert used == set(vector.DRAWINGS)
    for name in vector.DRAWINGS:
        assert (np.asarray(glyphs.master(name).getchannel("A")) > 128).mean() > 0.03, name


def test_every_scene_and_place_has_a_painter() -> None:
    assert {thing.scene for thing in things()} <= set(PLACES)
    places = {meaning.value for meanings in index().values() for meaning in meanings if meaning.kind == "place"}
    assert places <= set(PLACES)


@pytest.mark.parametrize("word", [*NOUNS, *RUSSIAN])
def test_the_nouns_people_use_can_be_drawn(word: str) -> None:
    request = parse(word)
    assert not request.missing
    assert not request.nothing


def test_no_word_means_two_things() -> None:
    seen: dict[str, str] = {}
    from daemon.scene.lexicon import _phrases, _read

    for section in _read("things").values():
        for glyph, row in section.items():
            words, russian, _ = row.split("|")
            for phrase in _phrases(f"{words}|{russian}"):
                word = " ".join(phrase)
                assert seen.setdefault(word, glyph) == glyph, word
