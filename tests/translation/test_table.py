"""Russian prompts by the tables: inflected words, counts, places; and what is in no table is not guessed."""

import re
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from daemon.translation import words
from daemon.translation.english import article, plural
from daemon.translation.table import translate

PROMPTS = yaml.safe_load(Path(__file__).with_name("prompts.yaml").read_text("utf-8"))
SAID = sorted({word for prompt in PROMPTS for word in re.findall(r"[\w-]+|,", prompt)})


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
        ("картинка с котом", "a cat"),
    ],
)
def test_what_the_tables_know_is_translated(russian, english):
    assert translate(russian) == english


def test_a_hundred_requests_as_people_say_them():
    found = {russian: translate(russian) for russian in PROMPTS}
    assert len(found) == 100
    assert sum(english is not None for english in found.values()) >= 99
    assert {russian: found[russian] for russian, english in PROMPTS.items() if english} == {
        russian: english for russian, english in PROMPTS.items() if english
    }


@pytest.mark.parametrize(
    ("russian", "english"),
    [
        ("рыжую лису, спящую под деревом", "a red fox sleeping under a tree"),
        ("кот который ест рыбу и пьёт молоко", "a cat eating a fish and drinking milk"),
        ("спящего на диване кота", "a cat sleeping on a sofa"),
        ("покрытые снегом горы на рассвете", "mountains covered with snow at dawn"),
        ("рыбу ловит рыбак", "a fisherman catching a fish"),
        ("на лугу пасутся две коровы и телёнок", "two cows and a calf grazing in the meadow"),
        ("тёмной ночью в лесу горел костёр", "a campfire burning in the forest on a dark night"),
        ("кролик в шляпе фокусника", "a rabbit in a conjurer's hat"),
        ("бабушкин дом", "grandmother's house"),
        ("кота и дерево на холме", "a cat and a tree on a hill"),
    ],
)
def test_cases_say_who_does_what_and_whose_it_is(russian, english):
    assert translate(russian) == english


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(SAID), min_size=1, max_size=10))
def test_any_order_of_known_words_is_translated_or_refused(said):
    english = translate(" ".join(said))
    assert english is None or not re.search("[а-яё]", english, re.IGNORECASE)


def test_the_docs_tell_how_many_words_are_known():
    told = (Path(__file__).parents[2] / "docs/translation.md").read_text("utf-8")
    known = len(words.table())
    assert f"{known // 100 * 100:,} Russian words and phrases" in told


@pytest.mark.parametrize(
    "russian",
    [
        "стол, на котором стоит лампа",
        "кот, которого гладит девочка",
        "кракозябра в лесу",
        "кот не на столе",
        "избушка на козьих ножках",
        "лиса фырчит",
        "",
        " .,! ",
        "пожалуйста",
    ],
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
