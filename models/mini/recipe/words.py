"""The vocabulary of the corpus: the sketch table's words, and the commonest words of each language by part of speech.

How common a word is comes from `wordfreq`; what part of speech, from WordNet (Debian's wordnet-base) and pymorphy3.
"""

import zlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

WORDNET = Path("/usr/share/wordnet")
HELD_OUT = 25
"""One noun or adjective of so many is never in training: `evaluate.py` asks for those."""
CASES = ("nomn", "gent", "datv", "accs", "ablt", "loct")


@dataclass(frozen=True)
class Noun:
    """A noun in the forms that our sentences need: `forms[case][plural]`; English has only the nominative."""

    forms: dict[str, tuple[str, str]]
    gender: str = "neut"
    alive: bool = False


@dataclass(frozen=True)
class Words:
    """What the sentences of one language are made of."""

    things: list[Noun]
    """Of the sketch table."""
    nouns: list[Noun]
    adjectives: list[str]
    """Of the sketch table, and common ones; Russian in the masculine nominative."""
    verbs: list[str]
    """English base forms; Russian in the first person, the third, or the infinitive, as they come."""
    names: list[str]
    places: list[str]
    common: list[str]
    """The commonest words in any form, for sequences without sense."""


def held_out(word: str) -> bool:
    """Say whether a word is kept for the judging."""
    return zlib.crc32(word.encode()) % HELD_OUT == 0


@cache
def sketch(language: str) -> tuple[list[str], list[str]]:
    """Return the names of things and the words of quality that the sketch table knows."""
    from ruamel.yaml import YAML

    column = ("en", "ru").index(language)
    scene = Path(__file__).resolve().parents[3] / "daemon/scene"
    load = YAML(typ="safe", pure=True).load
    things = [
        name.strip()
        for section in load((scene / "things.yaml").read_text("utf-8")).values()
        for line in section.values()
        for name in line.split("|")[column].split(",")
        if name.strip()
    ]
    qualities = load((scene / "words.yaml").read_text("utf-8"))
    words = [
        word.strip()
        for name in ("colour", "size", "trait")
        for line in qualities[name].values()
        for word in line.split("|")[column].split(",")
        if word.strip()
    ]
    return things, words


def english() -> Words:
    """Return the English words."""
    from wordfreq import top_n_list

    ranked = [word for word in top_n_list("en", 30000) if word.isascii() and word.isalpha() and len(word) > 2]
    nouns, adjectives, verbs = (_wordnet(part) for part in ("noun", "adj", "verb"))
    things, qualities = sketch("en")
    known = {word for phrase in (*things, *qualities) for word in phrase.split()}
    seen = [word for word in ranked if word in known or not held_out(word)]
    plain = [word for word in seen if word not in known]
    return Words(
        things=[Noun({"nomn": (word, plural(word))}) for word in things],
        nouns=[Noun({"nomn": (word, plural(word))}) for word in plain if word in nouns and word not in verbs - nouns][
            :4000
        ],
        adjectives=qualities + [word for word in plain if word in adjectives and word not in nouns][:1200],
        verbs=[word for word in plain if word in verbs and word not in adjectives][:1200],
        names=[name.lower() for name in _names("en")],
        places=_places("en"),
        common=seen[:9000],
    )


def russian() -> Words:
    """Return the Russian words, ё where it is spoken."""
    from wordfreq import top_n_list

    things, qualities = sketch("ru")
    known = {word for phrase in (*things, *qualities) for word in phrase.split()}
    nouns: dict[str, Noun] = {}
    adjectives: dict[str, None] = {}
    verbs: dict[str, None] = {}
    names: dict[str, None] = {}
    common = []
    for word in top_n_list("ru", 40000):
        if not set(word) <= set("абвгдеёжзийклмнопрстуфхцчшщъыьэюя") or len(word) < 2:
            continue
        parse = morph().parse(word)[0]
        lemma = parse.normal_form
        if held_out(lemma) and lemma not in known:
            continue
        common.append(parse.word)
        if not parse.is_known or parse.score < 0.4:
            continue
        if "Name" in parse.tag and "nomn" in parse.tag:
            names[parse.word] = None
        elif parse.tag.POS == "NOUN" and not {"Surn", "Patr", "Geox", "Orgn", "Abbr"} & set(
            map(str, parse.tag.grammemes)
        ):
            if lemma not in nouns and (made := noun(lemma)):
                nouns[lemma] = made
        elif parse.tag.POS == "ADJF" and "Apro" not in parse.tag:
            adjectives[lemma] = None
        elif parse.tag.POS in {"VERB", "INFN"}:
            verbs[parse.word] = None
    return Words(
        things=[made for phrase in things if (made := noun(phrase))],
        nouns=[made for lemma, made in nouns.items() if lemma not in known][:4000],
        adjectives=[word for word in qualities if word.endswith(("ый", "ий", "ой"))] + list(adjectives)[:1200],
        verbs=list(verbs)[:2500],
        names=list(names)[:300],
        places=_places("ru"),
        common=common[:15000],
    )


@cache
def morph() -> "object":
    """Return pymorphy3's analyser."""
    from pymorphy3 import MorphAnalyzer

    return MorphAnalyzer(lang="ru")


@cache
def noun(phrase: str) -> Noun | None:
    """Return the forms of a Russian noun, with the adjectives in front of it; None when it has none."""
    *before, last = phrase.split()
    parse = next((one for one in morph().parse(last) if one.tag.POS == "NOUN" and "nomn" in one.tag), None)
    if parse is None:
        return None
    gender, alive = str(parse.tag.gender or "neut"), parse.tag.animacy == "anim"
    forms = {}
    for case in CASES:
        one, many = (parse.inflect({case, number}) for number in ("sing", "plur"))
        single, several = (one or parse).word, (many or one or parse).word
        lead = [
            (adjective(word, gender, case, alive=alive), adjective(word, None, case, alive=alive)) for word in before
        ]
        forms[case] = (
            " ".join([*(pair[0] for pair in lead), single]),
            " ".join([*(pair[1] for pair in lead), several]),
        )
    return Noun(forms, gender, alive)


@cache
def adjective(word: str, gender: str | None, case: str, *, alive: bool) -> str:
    """Return a Russian adjective in the form that fits; gender None is the plural."""
    parse = next((one for one in morph().parse(word) if one.tag.POS in {"ADJF", "PRTF"}), None)
    if parse is None:
        return word
    wanted = {case, gender or "plur"}
    if case == "accs" and gender in {None, "masc"}:
        wanted.add("anim" if alive else "inan")
    found = parse.inflect(wanted)
    return found.word if found else word


def plural(word: str) -> str:
    """Return the plural of an English noun, well enough for speech."""
    irregular = {
        "man": "men",
        "woman": "women",
        "child": "children",
        "mouse": "mice",
        "goose": "geese",
        "sheep": "sheep",
        "foot": "feet",
        "tooth": "teeth",
        "fish": "fish",
        "wolf": "wolves",
        "leaf": "leaves",
        "knife": "knives",
    }
    *before, last = word.split()
    if last in irregular:
        last = irregular[last]
    elif last.endswith(("s", "x", "ch", "sh", "z")):
        last += "es"
    elif last.endswith("y") and last[-2:-1] not in set("aeiou"):
        last = last[:-1] + "ies"
    else:
        last += "s"
    return " ".join([*before, last])


def _wordnet(part: str) -> set[str]:
    lines = (WORDNET / f"index.{part}").read_text("ascii").splitlines()
    return {line.split(" ", maxsplit=1)[0] for line in lines if line[:1] != " "}


def _names(language: str) -> list[str]:
    return (Path(__file__).parent / f"names_{language}.txt").read_text("utf-8").split()


def _places(language: str) -> list[str]:
    """Return the countries, and the cities that time zones are named after."""
    from babel import Locale

    locale = Locale.parse(language)
    cities = [zone["city"] for zone in locale.time_zones.values() if "city" in zone]
    names = [name for code, name in locale.territories.items() if len(code) == 2] + cities
    plain = [name.lower().replace("-", " ") for name in names]
    letters = set("abcdefghijklmnopqrstuvwxyz ") if language == "en" else set("абвгдеёжзийклмнопрстуфхцчшщъыьэюя ")
    return sorted({name for name in plain if set(name) <= letters and len(name) > 2 and name.count(" ") < 3})


WORDS = {"en": english, "ru": russian}
