"""Numbers against what grammar books say."""

import pytest

from daemon.spoken import english_numbers, russian_numbers
from daemon.spoken.russian_numbers import cardinal, decimal, joined, noun, ordinal


@pytest.mark.parametrize(
    ("number", "case", "gender", "said"),
    [
        (1, "accs", "femn", "одну"),
        (2, "nomn", "femn", "две"),
        (2, "gent", "femn", "двух"),
        (2, "ablt", "masc", "двумя"),
        (21, "loct", "masc", "двадцати одном"),
        (40, "ablt", "masc", "сорока"),
        (100, "datv", "masc", "ста"),
        (200, "ablt", "masc", "двумястами"),
        (345, "gent", "masc", "трёхсот сорока пяти"),
        (1000, "accs", "masc", "тысячу"),
        (2001, "datv", "neut", "двум тысячам одному"),
        (1_000_000, "gent", "masc", "одного миллиона"),
        (-3, "nomn", "masc", "минус три"),
    ],
)
def test_russian_cardinals(number, case, gender, said):
    assert cardinal(number, case, gender) == said


@pytest.mark.parametrize(
    ("number", "case", "gender", "said"),
    [
        (1, "nomn", "femn", "первая"),
        (3, "gent", "masc", "третьего"),
        (40, "loct", "masc", "сороковом"),
        (100, "nomn", "masc", "сотый"),
        (1900, "loct", "masc", "тысяча девятисотом"),
        (2000, "nomn", "masc", "двухтысячный"),
        (2026, "gent", "masc", "две тысячи двадцать шестого"),
        (90, "gent", "plur", "девяностых"),
        (5, "accs", "femn", "пятую"),
        (25000, "nomn", "masc", "двадцатипятитысячный"),
    ],
)
def test_russian_ordinals(number, case, gender, said):
    assert ordinal(number, case, gender) == said


def test_russian_nouns_follow_their_number():
    assert [noun("минута", number) for number in (1, 2, 5, 11, 21)] == ["минута", "минуты", "минут", "минут", "минута"]
    assert noun("час", 5, "datv") == "часам"
    assert noun("мегабайт", 5) == "мегабайт"


def test_russian_fractions_and_compounds():
    assert decimal("1", "21") == "одна целая двадцать одна сотая"
    assert [joined(number) for number in (1, 5, 21, 40, 90, 100)] == [
        "одно",
        "пяти",
        "двадцатиодно",
        "сорока",
        "девяносто",
        "сто",
    ]


@pytest.mark.slow
@pytest.mark.parametrize("case", ["nomn", "gent", "datv", "ablt", "loct"])
def test_every_russian_number_has_its_own_words(case):
    numbers = [*range(1200), 10_000, 21_000, 345_678, 10**6, 10**9, 10**12]
    for words in (cardinal, ordinal):
        assert len({words(number, case) for number in numbers}) == len(numbers)


def test_english_numbers():
    assert english_numbers.cardinal(1_001_001) == "one million one thousand one"
    assert english_numbers.cardinal(-5) == "minus five"
    assert [english_numbers.year(year) for year in (1066, 1900, 1905, 1984, 2000, 2009, 2010, 2100)] == [
        "one thousand sixty-six",
        "nineteen hundred",
        "nineteen oh five",
        "nineteen eighty-four",
        "two thousand",
        "two thousand nine",
        "twenty ten",
        "two thousand one hundred",
    ]
    assert [english_numbers.ordinal(number) for number in (1, 12, 100, 101, 123)] == [
        "first",
        "twelfth",
        "one hundredth",
        "one hundred first",
        "one hundred twenty-third",
    ]
    assert english_numbers.cardinal(10**40) == english_numbers.digits("1" + "0" * 40)
    assert russian_numbers.cardinal(10**40).startswith("один ноль ноль")
