from hypothesis import given
from hypothesis import strategies as st

from daemon.wakewords.misses import distance, misses, near, syllables
from intents.normalize import normalize

WORDS = ["комбат", "комбинат", "камбала", "комиссия", "бой", "дизайн", "трамвай", "кому", "окно", "эхо"]


def test_words_fall_into_syllables() -> None:
    assert syllables("комбайн") == ["ко", "мбайн"]
    assert syllables("hey") == ["he", "y"] or syllables("hey") == ["hey"]
    assert syllables("стр") == ["стр"]


@given(st.text("абвг", max_size=6), st.text("абвг", max_size=6))
def test_distance_is_one(one: str, other: str) -> None:
    assert distance(one, other) == distance(other, one)
    assert (distance(one, other) == 0) == (one == other)
    assert abs(len(one) - len(other)) <= distance(one, other) <= max(len(one), len(other))


def test_what_holds_the_phrase_is_near_and_a_mumbled_one_too() -> None:
    for text in ("Эй, комбайн!", "ну эй комбайн иди", "эй камбайн", "эйкомбайн"):
        assert near(["эй, комбайн"], text), text
    for text in ("эй", "эй, комбат", "комиссия", ""):
        assert not near(["эй, комбайн"], text), text


def test_near_misses_are_near_but_never_the_phrase() -> None:
    phrases = ["эй, комбайн", "комбайн"]
    found = misses(phrases, WORDS, count=200)
    assert len(found) > 100
    assert not [text for text in found if near(phrases, text)]
    assert all(text == normalize(text) for text in found)
    assert {"эй комбат", "комиссия", "эй"} <= set(found)


def test_the_same_seed_gives_the_same_misses() -> None:
    assert misses(["hey kombain"], ["combat"], count=50, seed=3) == misses(
        ["hey kombain"], ["combat"], count=50, seed=3
    )
    assert misses(["hey kombain"], ["combat"], count=50, seed=3) != misses(
        ["hey kombain"], ["combat"], count=50, seed=4
    )
