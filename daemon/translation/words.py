"""The tables of Russian words and phrases with their English: those of `daemon/scene`, and `words.yaml` beside this.

What a phrase means is looked up here, longest phrase first; how phrases make a sentence is `clause`'s. Pure.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from daemon.scene import lexicon
from daemon.scene.lemma import Reading, Token, readings, tokens
from daemon.translation.writing import CYRILLIC
from intents.tables import read

OWN = ("noun", "adjective", "verb", "past", "preposition", "degree", "conjunction", "phrase")
KINDS = {"thing": "noun", "place": "noun", "weather": "noun", "time": "noun", "number": "number"}
KINDS |= {"colour": "adjective", "size": "adjective", "trait": "adjective"}
SPEAKING = {"few": "several", "many": "many"}
ADJECTIVES = re.compile(r"(?:ый|ий|ой|ая|яя|ое|ее|ые|ие|ого|его|ому|ему|ую|юю|ым|им|ом|ем|ых|их|ыми|ими|ою|ею)$")
DROP = "drop"
MATTER = "из"
"""«Из дерева» is "made of wood": a preposition and its noun, whatever the scene makes of it."""

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Word:
    """A word or phrase: what kind of word it is in English (one of OWN, "number" or DROP), and which."""

    kind: str
    text: str
    russian: str = ""
    """Its base form."""
    readings: tuple[Reading, ...] = ()
    """All that it may be where it stands, likeliest first."""

    @property
    def participle(self) -> bool:
        """Tell whether it is a verb that describes a noun: «спящий»."""
        return self.kind in {"verb", "past"} and any(one.part in {"PRTF", "ADJF"} for one in self.readings)


def words(text: str, most: int) -> list[Word] | None:
    """Return the words of `text` (the first `most`) but those to be dropped; None where one is in no table."""
    rest = tokens(text, most)
    found: list[Word] = []
    while rest:
        word, length = _first(rest, found[-1].kind if found else "")
        if word is None:
            return None
        if word.kind != DROP:
            found.append(word)
        rest = rest[length:]
    return found


def listed(name: str) -> frozenset[str]:
    """Return the English words of a list of `words.yaml`."""
    return _listed(name)


@cache
def _listed(name: str) -> frozenset[str]:
    return frozenset(word.strip() for word in own()[name].split(","))


@cache
def own() -> dict[str, Any]:
    """Return our table, as it is written."""
    return read(__package__, "words")


def _first(rest: Sequence[Token], before: str) -> tuple[Word | None, int]:
    """Return the longest known phrase at the beginning, and how many words it has; `before` it is such a word."""
    for length in range(min(_longest(), len(rest)), 0, -1):
        part = rest[:length]
        written = tuple(token.text.lower().replace("ё", "е") for token in part)
        known = [phrase for phrase in dict.fromkeys([written, *_variants(part)]) if phrase in table()]
        for phrase in sorted(known, key=lambda phrase: length > 1 and phrase not in _ours()):
            kind, text = table()[phrase]
            if kind == "phrase" and length == 1 and _is_noun(phrase[0], before):
                continue
            return Word(kind, text, " ".join(phrase), _readings(part, phrase, kind)), length
    first = rest[0]
    if first.text.isdecimal():
        return Word("number", first.text[:6]), 1
    return (None if CYRILLIC.search(first.text) else Word("adjective", first.text)), 1


def _is_noun(word: str, before: str) -> bool:
    """Tell whether «дома», «вечером» is a noun here and not "at home": behind an adjective, or as a noun's genitive."""
    cases = {one.case for one in readings(word) if one.part == "NOUN" and (one.form,) in table()}
    return bool(cases) and (before in {"preposition", "adjective"} or (before == "noun" and "gent" in cases))


def _readings(part: Sequence[Token], phrase: Phrase, kind: str) -> tuple[Reading, ...]:
    """Return how the head of a phrase may be read: the first noun of a noun, else its first word."""
    found = [readings(token.text) if CYRILLIC.search(token.text) else () for token in part]
    if kind == "noun":
        nouns = [[one for one in head if one.part == "NOUN"] for head in found]
        head, form = next(((head, form) for head, form in zip(nouns, phrase, strict=True) if head), ([], ""))
        same = (
            {form} if len(part) > 1 else {one.form for one in head if table().get((one.form,)) == table().get((form,))}
        )
        return tuple([one for one in head if one.form in same] or head)
    return tuple([one for one in found[0] if one.form == phrase[0]] or found[0])


def _variants(part: Sequence[Token]) -> list[Phrase]:
    variants: list[Phrase] = [()]
    for token in part:
        variants = [(*variant, form) for variant in variants for form in token.forms]
        variants = [variant for variant in variants if variant in _starts()]
    return variants


@cache
def table() -> dict[Phrase, tuple[str, str]]:
    """Return kind and English of every Russian phrase: ours first, then those of the scene's tables."""
    found = dict(_ours())
    names, apart = lexicon.english(), set(_split(own()["apart"]))
    for phrase, meanings in lexicon.index().items():
        meaning = meanings[0]
        if phrase in apart or not CYRILLIC.search(phrase[0]) or meaning.kind not in KINDS or phrase[0] == MATTER:
            continue
        text = meaning.value.name if meaning.kind == "thing" else names[meaning.kind, meaning.value]
        kind = KINDS[meaning.kind]
        if kind == "noun" and meaning.kind != "thing" and len(phrase) == 1 and ADJECTIVES.search(phrase[0]):
            kind = "adjective"
        found.setdefault(phrase, (kind, SPEAKING.get(str(meaning.value), text)))
    return found


@cache
def _ours() -> dict[Phrase, tuple[str, str]]:
    found: dict[Phrase, tuple[str, str]] = dict.fromkeys(_split(own()[DROP]), (DROP, ""))
    for kind in OWN:
        for english, row in own()[kind].items():
            for russian in _split(row):
                found.setdefault(russian, (kind, english))
    return found


@cache
def _starts() -> frozenset[Phrase]:
    return frozenset(phrase[:end] for phrase in table() for end in range(1, len(phrase) + 1))


@cache
def _longest() -> int:
    return max(len(phrase) for phrase in table())


def _split(row: str) -> list[Phrase]:
    return [tuple(phrase.replace("ё", "е").split()) for phrase in row.split(",") if phrase.strip()]
