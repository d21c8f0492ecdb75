"""Who does what with whom: chasing, looking, eating, riding, holding; and that what belongs together moves as one."""

import pytest

from daemon.scene.glyphs import shape
from daemon.scene.layout import compose
from daemon.scene.model import Placed, Scene
from daemon.scene.moving import pose
from daemon.scene.parse import parse

SECONDS = 4.0


def scene_of(prompt: str, seed: int = 1) -> Scene:
    return compose(parse(prompt), seed, shape)


def one(scene: Scene, name: str) -> Placed:
    return next(placed for placed in scene.placed if placed.item.thing.name == name and not placed.front)


@pytest.mark.parametrize(
    ("prompt", "link"),
    [
        ("a dog chasing a cat", "chase"),
        ("собака гонится за котом", "chase"),
        ("лев охотится на зебру", "chase"),
        ("a cat looking at a fish", "face"),
        ("кот смотрит на рыбку", "face"),
        ("рыцарь сражается с драконом", "face"),
        ("a rabbit eating a carrot", "eat"),
        ("корова ест траву", "eat"),
        ("дети играют в мяч", "with"),
    ],
)
def test_verbs_are_understood(prompt: str, link: str) -> None:
    request = parse(prompt)
    assert [relation.kind.value for relation in request.relations] == [link]
    assert request.missing == ()


@pytest.mark.parametrize("seed", range(4))
def test_what_flees_is_ahead_and_both_look_where_they_run(seed: int) -> None:
    scene = scene_of("a horse chasing a cat", seed)
    hunter, prey = one(scene, "horse"), one(scene, "cat")
    assert hunter.gaze == prey.gaze != 0
    assert (prey.x - hunter.x) * hunter.gaze > 0


@pytest.mark.parametrize("seed", range(4))
def test_two_who_look_at_each_other_are_turned_to_each_other(seed: int) -> None:
    scene = scene_of("кот смотрит на рыбку", seed)
    cat, fish = one(scene, "cat"), one(scene, "fish")
    assert cat.gaze == -fish.gaze != 0
    assert (fish.x - cat.x) * cat.gaze > 0
    assert abs(fish.y - cat.y) < 20


def test_a_meal_is_small_and_at_the_mouth() -> None:
    scene = scene_of("корова ест яблоко")
    cow, apple = one(scene, "cow"), one(scene, "apple")
    assert apple.x < cow.x - 0.3 * shape("🐄").width * cow.box
    assert apple.box < 0.5 * cow.box
    assert apple.z > cow.z


def test_a_rider_sits_on_the_back_with_legs_behind_it() -> None:
    scene = scene_of("a boy riding a horse")
    boy, horse = one(scene, "boy"), one(scene, "horse")
    back = horse.y - (1 - shape("🐎").seat) * shape("🐎").height * horse.box
    assert back < boy.y < horse.y
    assert boy.z < horse.z


def test_what_looks_at_the_moon_stands_below_it() -> None:
    scene = scene_of("волк воет на луну")
    assert scene.time == "night"
    assert one(scene, "moon").y < one(scene, "wolf").y - 300


def test_birds_over_a_field_fly() -> None:
    scene = scene_of("стая птиц над полем")
    assert len(scene.placed) == 9
    assert all(bird.y < 620 and not bird.grounded for bird in scene.placed)


def test_what_is_in_something_looks_out_over_its_rim() -> None:
    scene = scene_of("three apples in a basket")
    basket = one(scene, "basket")
    tall = shape("🧺").height * basket.box
    rim = basket.y - tall * (1 - basket.item.thing.rim)
    apples = [placed for placed in scene.placed if placed.item.thing.name == "apple"]
    assert len(apples) == 3
    for apple in apples:
        assert apple.y - 0.7 * shape("🍎").height * apple.box < rim < apple.y


def test_sizes_as_said_outdo_sizes_in_nature() -> None:
    scene = scene_of("a huge mouse and a tiny elephant")
    assert one(scene, "mouse").box > 1.2 * one(scene, "elephant").box


def test_people_are_not_all_alike() -> None:
    scene = scene_of("люди на улице")
    assert len(scene.placed) == 5
    assert len({placed.item.thing.name for placed in scene.placed}) == 5


@pytest.mark.parametrize(
    ("prompt", "bearer", "load"),
    [
        ("a boy riding a horse", "horse", "boy"),
        ("a cat with a hat", "cat", "top hat"),
        ("a bird on a cow", "cow", "bird"),
        ("кот в лодке на озере", "sailboat", "cat"),
    ],
)
def test_what_is_carried_moves_with_what_carries_it(prompt: str, bearer: str, load: str) -> None:
    scene = scene_of(prompt)
    under, over = one(scene, bearer), one(scene, load)
    start, end = (pose(scene, under, t, SECONDS) for t in (1.1, 2.9))
    assert abs(end.dx - start.dx) > 25
    for t in (0.2, 1.0, 2.7, 3.6):
        a, b = pose(scene, under, t, SECONDS), pose(scene, over, t, SECONDS)
        assert abs(under.x + a.dx - over.x - b.dx) < 0.5 * under.box
        assert (a.angle, a.facing) == (b.angle, b.facing)


def test_chasers_run_and_never_catch_their_prey() -> None:
    scene = scene_of("a wolf chasing a horse")
    wolf, horse = one(scene, "wolf"), one(scene, "horse")
    between = [
        wolf.x + pose(scene, wolf, t / 4, SECONDS).dx - horse.x - pose(scene, horse, t / 4, SECONDS).dx
        for t in range(16)
    ]
    assert len({gap > 0 for gap in between}) == 1
    assert max(between) - min(between) > 30


def test_smoke_rises_from_the_roof() -> None:
    scene = scene_of("дом с дымом из трубы")
    house, smoke = one(scene, "house"), one(scene, "smoke")
    top = house.y - shape("🏠").height * house.box
    assert abs(smoke.y - top) < 0.3 * house.box
    assert smoke.x < house.x


def test_a_giant_is_someone_and_a_giant_cat_is_a_cat() -> None:
    assert [item.thing.name for item in parse("a giant and a gnome").items] == ["giant", "dwarf"]
    (cat,) = parse("a giant cat").items
    assert cat.size > 1.5


def test_boots_are_two_and_on_the_feet() -> None:
    scene = scene_of("кот в сапогах")
    cat = one(scene, "cat")
    boots = [placed for placed in scene.placed if placed.item.thing.name == "boot"]
    assert len(boots) == 2
    assert all(abs(boot.y - cat.y) < 0.1 * cat.box and abs(boot.x - cat.x) < 0.4 * cat.box for boot in boots)


def test_a_dragon_in_the_air_has_its_meal_at_its_mouth() -> None:
    scene = scene_of("a dragon eating a pizza")
    dragon, pizza = one(scene, "dragon"), one(scene, "pizza")
    assert pizza.box < 0.6 * dragon.box
    assert dragon.y - dragon.box < pizza.y < dragon.y


def test_whoever_is_in_a_boat_is_on_the_water() -> None:
    assert scene_of("an elephant in a boat").place == "sea"
    assert scene_of("an elephant in a boat on a lake").place == "lake"
    scene = scene_of("a fish in an aquarium on the table")
    assert scene.place == "room"


def test_birds_on_a_fence_sit_in_a_row() -> None:
    scene = scene_of("five birds on a fence")
    heights = [placed.y for placed in scene.placed if placed.item.thing.name == "bird"]
    assert len(heights) == 5
    assert max(heights) - min(heights) < 40


def test_a_thing_named_twice_is_there_once() -> None:
    for prompt in ("a dog under a table and a cat on the table", "под столом лежит собака, на столе сидит кошка"):
        scene = scene_of(prompt)
        table, dog, cat = one(scene, "table"), one(scene, "dog"), one(scene, "cat")
        top = table.y - shape("table").height * table.box
        assert cat.y < top + 0.3 * table.box < dog.y
        assert len(scene.placed) == 3


def test_who_eats_on_a_tree_sits_there_with_the_meal() -> None:
    scene = scene_of("a monkey eating a banana on a tree")
    tree, monkey, banana = one(scene, "tree"), one(scene, "monkey"), one(scene, "banana")
    assert monkey.y < tree.y - 0.3 * tree.box
    assert abs(banana.x - monkey.x) < monkey.box


def test_one_drinks_from_the_bowl_before_ones_face() -> None:
    for prompt in ("a cat drinking milk from a bowl", "кот пьёт молоко из миски"):
        scene = scene_of(prompt)
        cat, bowl = one(scene, "cat"), one(scene, "bowl")
        assert len(scene.placed) == 2
        assert (bowl.x - cat.x) * cat.gaze > 0.2 * cat.box


def test_two_hats_are_worn_one_on_the_other() -> None:
    scene = scene_of("a cat with two hats")
    hats = sorted((placed for placed in scene.placed if placed.item.thing.name == "top hat"), key=lambda hat: hat.y)
    assert len(hats) == 2
    assert hats[0].y < hats[1].y - 0.2 * hats[0].box


@pytest.mark.parametrize("prompt", ["people with umbrellas", "a street with people and umbrellas"])
def test_umbrellas_of_which_nobody_said_how_many_are_one_for_each(prompt: str) -> None:
    scene = scene_of(prompt)
    assert sum(placed.item.thing.glyph == "☂️" for placed in scene.placed) == 5


def test_building_is_a_deed_behind_a_noun_and_a_house_by_itself() -> None:
    assert [item.thing.name for item in parse("children building a sandcastle").items] == ["children", "sandcastle"]
    assert [item.thing.name for item in parse("a tall building").items] == ["office building"]


def test_the_window_of_a_room_is_the_one_in_its_wall() -> None:
    assert [placed.item.thing.name for placed in scene_of("кот на столе у окна").placed] == ["table", "cat"]
    assert len(scene_of("кот в окне").placed) == 3


def test_who_is_in_a_mortar_over_the_forest_flies() -> None:
    scene = scene_of("баба-яга в ступе над лесом")
    assert all(not placed.grounded for placed in scene.placed)
    assert len(scene.placed) == 3


def test_words_with_a_hyphen_are_two_where_they_are_not_one() -> None:
    assert {item.thing.name for item in parse("кот-космонавт").items} == {"cat", "astronaut"}
    assert [item.thing.name for item in parse("баба-яга").items] == ["witch"]


def test_a_snowy_village_lies_in_snow() -> None:
    assert parse("a snowy village at night").season == "winter"


def test_what_a_basket_is_full_of_lies_in_it_and_a_cup_of_tea_is_one_cup() -> None:
    scene = scene_of("a basket of apples and a cup of tea")
    basket, cup = one(scene, "basket"), one(scene, "teacup")
    apples = [placed for placed in scene.placed if placed.item.thing.name == "apple"]
    assert len(apples) == 5
    rim = basket.y - (1 - basket.item.thing.rim) * shape("🧺").height * basket.box
    assert all(abs(apple.x - basket.x) < 0.5 * basket.box and apple.y - apple.box < rim for apple in apples)
    assert abs(cup.x - basket.x) > 0.5 * basket.box


def test_flowers_are_in_their_vase_not_held_by_it() -> None:
    scene = scene_of("ваза с цветами")
    vase = next(placed for placed in scene.placed if placed.item.thing.glyph == "🏺")
    flowers = [placed for placed in scene.placed if placed.item.thing.name == "flower"]
    assert len(flowers) == 5
    assert all(flower.y < vase.y - 0.5 * vase.box for flower in flowers)


def test_a_clause_of_its_own_has_a_place_of_its_own() -> None:
    request = parse("a bookshelf, a cat on a chair")
    chair = next(at for at, item in enumerate(request.items) if item.thing.name == "chair")
    assert [
        request.items[relation.subject].thing.name for relation in request.relations if relation.anchor == chair
    ] == ["cat"]


def test_a_red_roof_makes_a_red_house() -> None:
    (house,) = parse("a house with a red roof").items
    assert (house.thing.name, house.colour) == ("house", "red")
    assert [item.thing.name for item in parse("аист на крыше дома").items] == ["stork", "house"]


def test_who_fishes_from_a_boat_is_in_it() -> None:
    request = parse("старик ловит рыбу в лодке")
    assert not any("running" in item.traits for item in request.items)
    names = [item.thing.name for item in request.items]
    assert ("old man", "sailboat") in {(names[one.subject], names[one.anchor]) for one in request.relations}


def test_a_witch_on_a_broom_has_it_before_her_and_a_child_a_sledge_below() -> None:
    scene = scene_of("a witch flying on a broom")
    assert one(scene, "witch").z < one(scene, "broom").z
    scene = scene_of("a boy on a sled")
    assert one(scene, "boy").z > one(scene, "sled").z
