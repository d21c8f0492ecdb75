"""What is understood of a prompt, in both languages."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.errors import EngineError
from daemon.scene.model import Request
from daemon.scene.parse import clean, parse


def told(request: Request) -> list[tuple[str, int, str | None]]:
    return [(item.thing.name, item.count, item.colour) for item in request.items]


def linked(request: Request) -> list[tuple[int, str, int]]:
    return [(relation.subject, relation.kind.value, relation.anchor) for relation in request.relations]


@pytest.mark.parametrize(
    ("prompt", "items", "links"),
    [
        ("a red fox in the snow", [("fox", 1, "red")], []),
        ("a green dragon over a castle", [("dragon", 1, "green"), ("castle", 1, None)], [(0, "over", 1)]),
        ("три маленькие синие птицы на дереве", [("bird", 3, "blue"), ("tree", 1, None)], [(0, "on", 1)]),
        ("три воздушных шара", [("hot air balloon", 3, None)], []),
        ("hot air balloons", [("hot air balloon", 3, None)], []),
        ("3 mice behind a box", [("mouse", 3, None), ("box", 1, None)], [(0, "behind", 1)]),
        ("под деревом спит рыжая лиса", [("tree", 1, None), ("fox", 1, "ginger")], [(1, "under", 0)]),
        ("дерево, на котором сидят две птицы", [("tree", 1, None), ("bird", 2, None)], [(1, "on", 0)]),
        ("a castle with a dragon over it", [("castle", 1, None), ("dragon", 1, None)], [(1, "over", 0)]),
        ("кот рядом с собакой", [("cat", 1, None), ("dog", 1, None)], [(1, "beside", 0)]),
        ("кошка перед домом", [("cat", 1, None), ("house", 1, None)], [(0, "before", 1)]),
        ("an orange", [("orange", 1, None)], []),
        ("an orange cat", [("cat", 1, "orange")], []),
        ("a cup of coffee", [("coffee", 1, None)], []),
        ("golden horse and silver knight", [("horse", 1, "golden"), ("knight", 1, "silver")], [(1, "and", 0)]),
        (
            "a knight riding a horse with a spear",
            [("knight", 1, None), ("horse", 1, None), ("spear", 1, None)],
            [(0, "on", 1), (2, "with", 0)],
        ),
        ("дом бабушки", [("house", 1, None), ("old woman", 1, None)], [(1, "and", 0)]),
        ("рыбки и кораллы", [("fish", 3, None), ("coral", 3, None)], [(1, "and", 0)]),
        ("плывут синие рыбки", [("fish", 3, "blue")], []),
        ("a goldfish in a bowl", [("tropical fish", 1, None), ("bowl", 1, None)], [(0, "in", 1)]),
        (
            "a cat looking at a goldfish in a bowl",
            [("cat", 1, None), ("tropical fish", 1, None), ("bowl", 1, None)],
            [(1, "in", 2)],
        ),
        (
            "кот в шляпе играет на скрипке",
            [("cat", 1, None), ("top hat", 1, None), ("violin", 1, None)],
            [(0, "in", 1), (2, "with", 0)],
        ),
        ("дом между двумя деревьями", [("house", 1, None), ("tree", 2, None)], [(0, "between", 1)]),
    ],
)
def test_things_and_how_they_stand(
    prompt: str, items: list[tuple[str, int, str | None]], links: list[tuple[int, str, int]]
) -> None:
    request = parse(prompt)
    assert told(request) == items
    assert linked(request) == links
    assert request.missing == ()


@pytest.mark.parametrize(
    ("prompt", "scenery"),
    [
        ("a house on the beach at sunset", ("beach", None, "sunset", None)),
        ("город ночью под дождём", ("city", "rain", "night", None)),
        ("a forest in autumn", ("forest", None, None, "autumn")),
        ("рыба под водой", ("underwater", None, None, None)),
        ("a submarine under the sea", ("underwater", None, None, None)),
        ("ёжик в тумане", (None, "fog", None, None)),
        ("зимняя деревня в метель", ("village", "snowfall", None, "winter")),
        ("a bus on the street in the snow", ("street", None, None, "winter")),
        ("замок в лунном свете", (None, None, "night", None)),
        ("a house by the lake", ("shore", None, None, None)),
        ("домик у моря", ("beach", None, None, None)),
        ("утро в горах", ("mountains", None, "dawn", None)),
    ],
)
def test_scenery(prompt: str, scenery: tuple[str | None, ...]) -> None:
    request = parse(prompt)
    assert (request.place, request.weather, request.time, request.season) == scenery


def test_sizes_and_moods() -> None:
    mouse, elephant = parse("a tiny happy mouse and a huge sleeping elephant").items
    assert mouse.size < 1 < elephant.size
    assert mouse.traits == ("happy",)
    assert elephant.traits == ("sleeping",)
    assert parse("a cat sleeping on a sofa").items[0].traits == ("sleeping",)


def test_words_it_cannot_draw_are_reported_as_written() -> None:
    assert parse("a Blurble fox with verdant Ностальгия").missing == ("Blurble", "verdant", "Ностальгия")
    assert parse("налево").items == ()
    assert parse("blurble").nothing


def test_empty_prompts_are_refused() -> None:
    for prompt in ("", "   ", "\n\t\x00\x07"):
        with pytest.raises(EngineError) as caught:
            parse(prompt)
        assert caught.value.code == "scene.empty_prompt"


def test_control_characters_are_spaces() -> None:
    assert clean("a\x00red\x1b fox\n") == "a red fox"
    assert told(parse("a\x07 fox\x00in snow")) == [("fox", 1, None)]


@pytest.mark.slow
def test_a_very_long_prompt_is_bounded() -> None:
    request = parse("a fox and a cat near " * 500)
    assert 0 < len(request.items) <= 10
    assert parse("9" * 10_000 + " cats").items[0].count <= 40


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(st.text(min_size=1, max_size=120))
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        request = parse(text)
    except EngineError:
        return
    assert all(item.count >= 1 for item in request.items)
    assert all(0 <= relation.anchor < len(request.items) for relation in request.relations)


@pytest.mark.parametrize(
    ("prompt", "colour", "traits"),
    [
        ("a house made of gold", "golden", ()),
        ("дом из камня", "grey", ()),
        ("замок из льда", None, ("cold",)),
        ("a bottle made of glass", None, ("glass",)),
    ],
)
def test_what_it_is_made_of(prompt: str, colour: str | None, traits: tuple[str, ...]) -> None:
    (item,) = parse(prompt).items
    assert (item.colour, item.traits) == (colour, traits)


@pytest.mark.parametrize("verb", ["runs", "swims", "flies", "jumps", "sleeps", "dances", "sings", "laughs", "cries"])
def test_english_verbs_describe_as_participles_do(verb: str) -> None:
    (item,) = parse(f"the dog {verb}").items
    assert len(item.traits) == 1
