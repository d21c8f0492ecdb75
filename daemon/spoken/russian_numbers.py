"""Numbers as Russian words in every case and gender: a table of nominatives, inflected by pymorphy3."""

import re
from functools import cache
from typing import Any

ONES = ("ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять", "десять", "одиннадцать",
        "двенадцать", "тринадцать", "четырнадцать", "пятнадцать", "шестнадцать", "семнадцать", "восемнадцать",
        "девятнадцать")  # fmt: skip
TENS = ("", "", "двадцать", "тридцать", "сорок", "пятьдесят", "шестьдесят", "семьдесят", "восемьдесят", "девяносто")
HUNDREDS = ("", "сто", "двести", "триста", "четыреста", "пятьсот", "шестьсот", "семьсот", "восемьсот", "девятьсот")
SCALES = ("", "тысяча", "миллион", "миллиард", "триллион")
RUSSIAN = re.compile(r"[а-яёА-ЯЁ-]+")
LARGEST = 10 ** (3 * len(SCALES))

NTH_ONES = ("нулевой", "первый", "второй", "третий", "четвёртый", "пятый", "шестой", "седьмой", "восьмой", "девятый",
            "десятый", "одиннадцатый", "двенадцатый", "тринадцатый", "четырнадцатый", "пятнадцатый", "шестнадцатый",
            "семнадцатый", "восемнадцатый", "девятнадцатый")  # fmt: skip
NTH_TENS = ("", "", "двадцатый", "тридцатый", "сороковой", "пятидесятый", "шестидесятый", "семидесятый",
            "восьмидесятый", "девяностый")  # fmt: skip
NTH_HUNDREDS = ("", "сотый", "двухсотый", "трёхсотый", "четырёхсотый", "пятисотый", "шестисотый", "семисотый",
                "восьмисотый", "девятисотый")  # fmt: skip
NTH_SCALES = ("", "тысячный", "миллионный", "миллиардный", "триллионный")
MOST_DIGITS = 40
"""Of a number that is said digit by digit nobody remembers more."""
PARTS = ("", "десятая", "сотая", "тысячная")
COUNTED_BARE = frozenset({"байт", "килобайт", "мегабайт", "гигабайт", "терабайт", "мегабит"})
"""Nouns that people count without an ending: "пять мегабайт"."""

CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")
DIRECT = ("nomn", "accs")
ONE = {
    "masc": ("один", "одного", "одному", "один", "одним", "одном"),
    "femn": ("одна", "одной", "одной", "одну", "одной", "одной"),
    "neut": ("одно", "одного", "одному", "одно", "одним", "одном"),
}


def cardinal(number: int, case: str = "nomn", gender: str = "masc", *, animate: bool = False) -> str:
    """Return "двадцать одну" for (21, "accs", "femn"): cases and genders are OpenCorpora's."""
    if number < 0:
        return "минус " + cardinal(-number, case, gender, animate=animate)
    if number >= LARGEST:
        return digits(str(number))
    if number == 0:
        return _form("ноль", case)
    words: list[str] = []
    for power in reversed(range(len(SCALES))):
        group = number // 1000**power % 1000
        if power and group:
            if group > 1 or words:
                words += _group(group, case, "femn" if power == 1 else "masc", animate=False)
            elif power > 1:
                words.append(_one("masc", case, animate=False))
            words.append(noun(SCALES[power], group, case))
        elif group:
            words += _group(group, case, gender, animate=animate)
    return " ".join(words)


def ordinal(number: int, case: str = "nomn", gender: str = "masc") -> str:
    """Return "две тысячи двадцать шестого" for (2026, "gent"); `gender` may be "plur"."""
    if number >= LARGEST:
        return digits(str(number))
    power = 0
    while number and number % 1000 ** (power + 1) == 0:
        power += 1
    low = number // 1000**power % 1000
    if power:
        head, last = number - low * 1000**power, _prefix(low) + NTH_SCALES[power]
    elif low % 100 and (low % 100 < 20 or low % 10):
        small = low % 100 if low % 100 < 20 else low % 10
        head, last = number - small, NTH_ONES[small]
    elif low % 100:
        head, last = number - low % 100, NTH_TENS[low % 100 // 10]
    else:
        head, last = number - low, NTH_HUNDREDS[low // 100] if low else NTH_ONES[0]
    before = cardinal(head) + " " if head else ""
    return before + _adjective(last, case, gender)


def noun(word: str, number: int, case: str = "nomn") -> str:
    """Return `word` as it stands after `number`: ("минута", 5) gives "минут", ("минута", 5, "datv") "минутам"."""
    return inflected(word, *agreement(number, case))


def agreement(number: int, case: str, *, animate: bool = False) -> tuple[str, str]:
    """Return the case and grammatical number of the noun that is counted by `number` in `case`."""
    tail = number % 100
    if tail % 10 == 1 and tail != 11:
        return case, "sing"
    few = 2 <= tail % 10 <= 4 and not 12 <= tail <= 14
    if case == "accs" and animate and few:
        return "gent", "plur"
    if case in DIRECT:
        return "gent", "sing" if few else "plur"
    return case, "plur"


@cache
def inflected(word: str, case: str, number: str) -> str:
    """Return a noun in a case and number; a word that has no such form as it is."""
    if word in COUNTED_BARE and (case, number) == ("gent", "plur"):
        return word
    for parse in parses(word):
        if {"NOUN", "nomn", "sing"} in parse.tag or {"NOUN", "Fixd"} in parse.tag:
            form = parse.inflect({case, number})
            return str(form.word) if form else word
    return word


def digits(text: str) -> str:
    """Return each digit of `text` as a word."""
    return " ".join(ONES[int(char)] for char in text[:MOST_DIGITS] if char.isdecimal())


def decimal(whole: str, part: str) -> str:
    """Return "две целых пять десятых" for ("2", "5")."""
    if len(part) >= len(PARTS) or len(whole) > 12:
        return f"{digits(whole)} точка {digits(part)}"
    head, tail = int(whole or 0), int(part)
    said = f"{cardinal(head, gender='femn')} {_part('целая', head)}"
    return f"{said} {cardinal(tail, gender='femn')} {_part(PARTS[len(part)], tail)}"


def joined(number: int) -> str:
    """Return "двадцатипяти" for the first half of "25-этажный"."""
    if number in (90, 100, 1000):
        return {90: "девяносто", 100: "сто", 1000: "тысяче"}[number]
    if number == 1:
        return "одно"
    words = cardinal(number, "gent").split()
    if words[-1] == "одного":
        words[-1] = "одно"
    return "".join({"ста": "сто", "девяноста": "девяносто"}.get(word, word) for word in words)


@cache
def morphology() -> Any:
    """Return the dictionary of word forms (30 MB), loaded when the first Russian number is said."""
    import pymorphy3

    return pymorphy3.MorphAnalyzer(lang="ru")


@cache
def parses(word: str) -> tuple[Any, ...]:
    """Return what `word` may be, likeliest first."""
    if not RUSSIAN.fullmatch(word):  # pymorphy3 fails on letters that Unicode gives no name
        return ()
    return tuple(morphology().parse(word))


def _prefix(count: int) -> str:
    return "" if count == 1 else joined(count)


def _part(word: str, count: int) -> str:
    one = count % 10 == 1 and count % 100 != 11
    return word if one else _adjective(word.replace("ая", "ый"), "gent", "plur")


def _group(group: int, case: str, gender: str, *, animate: bool) -> list[str]:
    words = [_form(HUNDREDS[group // 100], case)] if group >= 100 else []
    low = group % 100
    if low >= 20:
        words.append(_form(TENS[low // 10], case))
        low %= 10
    if low == 1:
        words.append(_one(gender, case, animate=animate))
    elif low == 2 and gender == "femn" and case in DIRECT and not (animate and case == "accs"):
        words.append("две")
    elif low:
        words.append(_form(ONES[low], "gent" if animate and case == "accs" and low < 5 else case))
    return words


def _one(gender: str, case: str, *, animate: bool) -> str:
    if case == "accs" and animate and gender == "masc":
        case = "gent"
    return ONE.get(gender, ONE["masc"])[CASES.index(case)]


@cache
def _form(word: str, case: str) -> str:
    if case in DIRECT:
        return word
    if word == "сто":
        return "ста"
    parse = next((one for one in parses(word) if "NUMR" in one.tag), parses(word)[0])
    form = parse.inflect({case})
    return str(form.word) if form else word


@cache
def _adjective(word: str, case: str, gender: str) -> str:
    parse = next((one for one in parses(word) if {"ADJF", "masc", "nomn"} in one.tag), None)
    if parse is None:
        parse = next(one for one in parses(word) if "ADJF" in one.tag)
    shape = {"plur"} if gender == "plur" else {"sing", gender}
    still = {"inan"} if case == "accs" and gender in ("masc", "plur") else set()
    form = parse.inflect({case, *shape, *still}) or parse.inflect({case, *shape})
    return str(form.word) if form else word
