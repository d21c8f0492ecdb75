"""From a written word to forms that the tables may know: small rules for English, pymorphy3 for Russian."""

import re
from dataclasses import dataclass, replace
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
    """A written word, its possible base forms (likeliest first), and its number."""

    text: str
    forms: tuple[str, ...]
    plural: bool
    """Several, by the likeliest reading."""
    perhaps: bool = False
    """«Рыбки»: several fish, or of one fish; what stands before it decides."""
    agrees: bool = False
    """An adjective or verb in the plural: the noun beside it is in the plural too."""
    opens: bool = True
    """It stands first, or behind a comma."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a Russian word, with the marks of OpenCorpora; "" where a word has no such thing."""

    form: str
    """Its base form, with е for ё."""
    part: str
    """NOUN, ADJF, PRTF (a participle) ..."""
    case: str
    """nomn, gent, datv, accs, ablt, loct"""
    number: str
    """sing, plur; "" for those that have but one: «ворота»"""
    gender: str
    """masc, femn, neut"""
    alive: bool


CASES = {"gen2": "gent", "gen1": "gent", "acc2": "accs", "loc1": "loct", "loc2": "loct", "voct": "nomn"}


def tokens(text: str, limit: int) -> list[Token]:
    """Cut `text` into its first `limit` words."""
    found: list[Token] = []
    end = 0
    for match in WORD.finditer(text):
        if len(found) == limit:
            break
        between, end = text[end : match.start()], match.end()
        found.append(replace(_token(match.group()), opens=not found or not between.isspace()))
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
    nouns = [parse.tag for parse in parses if "NOUN" in parse.tag]
    return Token(
        text,
        tuple(forms),
        plural=bool(nouns) and nouns[0].number == "plur",
        perhaps=any(tag.number == "plur" and tag.case == "nomn" for tag in nouns),
        agrees="NOUN" not in parses[0].tag and parses[0].tag.number == "plur",
    )


@cache
def readings(word: str) -> tuple[Reading, ...]:
    """Return all that a Russian word may be, likeliest first."""
    return tuple(
        Reading(
            form=parse.normal_form.replace("ё", "е"),
            part=str(parse.tag.POS or ""),
            case=CASES.get(str(parse.tag.case), str(parse.tag.case or "")),
            number="" if "Pltm" in parse.tag else str(parse.tag.number or ""),
            gender=str(parse.tag.gender or ""),
            alive="anim" in parse.tag,
        )
        for parse in _morph().parse(word.lower())
    )


@cache
def _morph() -> Any:
    import pymorphy3

    return pymorphy3.MorphAnalyzer(lang="ru")
