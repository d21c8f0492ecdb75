"""Russian prompts by the tables: inflected words, counts, places; and what is in no table is not guessed."""

import pytest

from daemon.translation.english import article, plural
from daemon.translation.table import translate


@pytest.mark.parametrize(
    ("russian", "english"),
    [
        ("лиса", "a fox"),
        ("рыжую лису в снегу", "a red fox in the snow"),
        ("Рыжая лиса в глубоком снегу.", "a red fox in deep snow"),
        ("много лис в лесу", "many foxes in the forest"),
        ("двух лисиц у реки", "two foxes by the river"),
        ("три синих птицы на дереве", "three blue birds on a tree"),
        ("5 котов", "5 cats"),
        ("два медвежонка играют с мячом", "two bear cubs playing with a ball"),
        ("чёрный кот спит под столом ночью", "a black cat sleeping under a table at night"),
        ("красивая девушка с красным зонтом под дождём", "a beautiful young woman with a red umbrella in the rain"),
        ("пушистый рыжий кот в очках читает книгу", "a fluffy ginger cat in glasses reading a book"),
        ("замок на горе на закате", "a castle on a mountain at sunset"),
        ("лиса, медведь и волк", "a fox, a bear and a wolf"),
        ("чашка кофе", "a cup of coffee"),
        ("собака гонится за кошкой", "a dog chasing a cat"),
        ("космонавта на луне", "an astronaut on the moon"),
        ("пять яблок на тарелке", "five apples on a plate"),
        ("зимний лес", "a winter forest"),
        ("нарисуй, пожалуйста, дракона над замком", "a dragon above a castle"),
        ("картинка с котом", "with a cat"),
    ],
)
def test_what_the_tables_know_is_translated(russian, english):
    assert translate(russian) == english


@pytest.mark.parametrize(
    "russian",
    ["кракозябра в лесу", "кот не на столе", "избушка на курьих ножках", "лиса фырчит", "", " .,! ", "пожалуйста"],
)
def test_one_unknown_word_and_there_is_none(russian):
    assert translate(russian) is None


def test_a_long_text_is_not_for_word_by_word():
    assert translate("лиса и " * 200 + "кот") is None


def test_no_russian_is_left():
    for russian in ("рыжую лису в снегу", "ёлка с подарками", "кот Мурзик"):
        english = translate(russian)
        assert english is None or not any("а" <= sign <= "я" for sign in english.lower())


@pytest.mark.parametrize(
    ("one", "many"),
    [
        ("fox", "foxes"), ("cherry", "cherries"), ("boy", "boys"), ("wolf", "wolves"), ("snowman", "snowmen"),
        ("sheep", "sheep"), ("goldfish", "goldfish"), ("cup of tea", "cups of tea"), ("fire engine", "fire engines"),
        ("mouse", "mice"), ("old woman", "old women"), ("witch", "witches"),
    ],
)  # fmt: skip
def test_plurals(one, many):
    assert plural(one) == many


def test_articles():
    assert [article(word) for word in ("owl", "unicorn", "hourglass", "red owl", "apple")] == [
        "an",
        "a",
        "an",
        "a",
        "an",
    ]
