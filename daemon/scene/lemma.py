"""From a written word to forms that the tables may know: small rules for English, pymorphy3 for Russian."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

IRREGULAR = {
    "men": "man", "women": "woman", "children": "child", "mice": "mouse", "geese": "goose", "feet": "foot",
    "teeth": "tooth", "wolves": "wolf", "leaves": "leaf", "oxen": "ox", "elves": "elf",
    "knives": "knife", "loaves": "loaf", "wives": "wife", "dice": "dice", "policemen": "policeman",
    "firemen": "fireman", "snowmen": "snowman", "cacti": "cactus", "octopi": "octopus", "fairies": "fairy",
    "shelves": "shelf", "scarves": "scarf", "halves": "half", "dwarves": "dwarf", "pianos": "piano",
}  # fmt: skip
SINGULAR = {"glass", "bus", "grass", "princess", "cactus", "octopus", "walrus", "circus", "dress", "gas", "cross"}
WORD = re.compile(r"[^\W_]+(?:[-'’][^\W_]+)*")
CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Token:
    """A written word, its possible base forms (likeliest first), and whether it may be a plural."""

    text: str
    forms: tuple[str, ...]
    plural: bool


def tokens(text: str, limit: int) -> list[Token]:
    """Cut `text` into its first `limit` words."""
    found: list[Token] = []
    for match in WORD.finditer(text):
        if len(found) == limit:
            break
        found.append(_token(match.group()))
    return found


@cache
def _token(text: str) -> Token:
    word = text.lower().replace("’", "'").replace("ё", "е")
    if CYRILLIC.search(word):
        return _russian(text, word)
    return _english(text, word)


def _english(text: str, word: str) -> Token:
    bare = word.removesuffix("'s").removesuffix("'")
    if bare in IRREGULAR:
        return Token(text, (bare, IRREGULAR[bare]), plural=True)
    forms = [bare]
    if bare.endswith("ies") and len(bare) > 4:
        forms.append(bare[:-3] + "y")
    if bare.endswith(("ses", "xes", "zes", "ches", "shes", "oes")):
        forms.append(bare[:-2])
    if bare.endswith("s") and not bare.endswith("ss") and bare not in SINGULAR and len(bare) > 2:
        forms.append(bare[:-1])
    return Token(text, tuple(forms), plural=len(forms) > 1)


def _russian(text: str, word: str) -> Token:
    parses = _morph().parse(word)
    forms = dict.fromkeys((word, *(parse.normal_form.replace("ё", "е") for parse in parses)))
    numbers = [parse.tag.number for parse in parses if "NOUN" in parse.tag]
    return Token(text, tuple(forms), plural=bool(numbers) and numbers[0] == "plur")


@cache
def _morph() -> Any:
    import pymorphy3

    return pymorphy3.MorphAnalyzer(lang="ru")
