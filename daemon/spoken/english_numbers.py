"""Numbers as English words, by the spell-out rules of Unicode CLDR."""

from functools import cache
from typing import Any

GROUPS = ("", " thousand", " million", " billion", " trillion")
LARGEST = 10 ** (3 * len(GROUPS))
MOST_DIGITS = 40
"""Of a number that is said digit by digit nobody remembers more."""
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


def cardinal(number: int) -> str:
    """Return "one hundred five"; a number too large to be said is said digit by digit."""
    if number < 0:
        return "minus " + cardinal(-number)
    if number >= LARGEST:
        return digits(str(number))
    if number == 0:
        return "zero"
    words = []
    for power, name in reversed(list(enumerate(GROUPS))):
        if group := number // 1000**power % 1000:
            words.append(_spell("spellout-numbering", group) + name)
    return " ".join(words)


def ordinal(number: int) -> str:
    """Return "twenty-third"."""
    head, tail = divmod(number, 100)
    if head and tail:
        return f"{cardinal(head * 100)} {_spell('spellout-ordinal', tail)}"
    if head == 0:
        return _spell("spellout-ordinal", tail)
    return cardinal(number) + "th"


def year(number: int) -> str:
    """Return "nineteen eighty-four", "two thousand five", "twenty twenty-six"."""
    century, rest = divmod(number, 100)
    if not 1100 <= number < 2100 or number // 10 == 200:
        return cardinal(number)
    if rest == 0:
        return cardinal(number) if century % 10 == 0 else f"{cardinal(century)} hundred"
    return f"{cardinal(century)} {'oh ' if rest < 10 else ''}{cardinal(rest)}"


def digits(text: str) -> str:
    """Return each digit of `text` as a word."""
    return " ".join(DIGITS[int(char)] for char in text[:MOST_DIGITS] if char.isdecimal())


def decimal(text: str) -> str:
    """Return the words of "1,234", "3.14" or "007"."""
    whole, point, fraction = text.replace(",", "").replace(" ", "").partition(".")
    if not point:
        leading_zero = len(whole) > 1 and whole[0] == "0"
        return digits(whole) if leading_zero or len(whole) > 15 else cardinal(int(whole))
    return f"{cardinal(int(whole or 0)) if len(whole) <= 15 else digits(whole)} point {digits(fraction)}"


@cache
def _engine() -> Any:
    from unicode_rbnf import RbnfEngine

    return RbnfEngine.for_language("en")


def _spell(rules: str, number: int) -> str:
    return str(_engine().format_number(number, ruleset_names=[rules]).text)
