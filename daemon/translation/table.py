"""Russian prompts into English by our tables: those of `daemon/scene`, and `words.yaml` beside this file. Pure.

Word by word in the order of the Russian ones, which is mostly that of English; articles and plurals are added. One word
that no table knows, and there is no translation: half a one would be drawn with confidence.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from daemon.scene import lexicon
from daemon.scene.lemma import Token, tokens
from daemon.translation.english import plural, with_article
from daemon.translation.writing import CYRILLIC
from intents.tables import read

WORDS = 60
"""Longer prompts are not for word by word."""
OWN = ("noun", "adjective", "verb", "preposition", "phrase")
KINDS = {"thing": "noun", "place": "noun", "weather": "noun", "time": "noun", "relation": "preposition"}
KINDS |= {"colour": "adjective", "size": "adjective", "trait": "adjective", "number": "number"}
SPEAKING = {"few": "several", "many": "many"}
LINKS = {"and", "or"}
ADJECTIVES = re.compile(r"(?:ый|ий|ой|ая|яя|ое|ее|ые|ие|ого|его|ому|ему|ую|юю|ым|им|ом|ем|ых|их|ыми|ими|ою|ею)$")


@dataclass(frozen=True, slots=True)
class Word:
    """A word or phrase in English: its kind is one of OWN, "number", "drop" or "," ."""

    kind: str
    text: str
    plural: bool = False
    genitive: bool = False
    """It may belong to the noun before it: «чашка кофе»."""


def translate(prompt: str) -> str | None:
    """Return `prompt` in English, None where a word of it is in no table."""
    found: list[Word] = []
    for number, part in enumerate(re.split(r"[,;.:!?—–()«»\"]+", prompt)):
        known = _words(part)
        if known is None:
            return None
        found += [Word(",", ","), *known] if number and known and found else known
    text = " ".join(_written(found)).replace(" ,", ",")
    if not text or len(found) > WORDS:
        return None
    for plain, idiom in _idioms():
        text = re.sub(rf"\b{plain}\b", idiom, text)
    return text


def _words(text: str) -> list[Word] | None:
    rest = tokens(text, WORDS + 1)
    found: list[Word] = []
    while rest:
        word, length = _first(rest)
        if word is None:
            return None
        if word.kind != "drop":
            found.append(word)
        rest = rest[length:]
    return found


def _first(rest: Sequence[Token]) -> tuple[Word | None, int]:
    """Return the longest known phrase at the beginning, and how many words it has."""
    for length in range(min(_longest(), len(rest)), 0, -1):
        part = rest[:length]
        written = tuple(token.text.lower().replace("ё", "е") for token in part)
        for phrase in [written, *_variants(part)]:
            if (known := _table().get(phrase)) is not None:
                kind, text = known
                many = any(
                    token.plural and token.text.lower() != form for token, form in zip(part, phrase, strict=True)
                )
                return Word(kind, text, plural=kind == "noun" and many, genitive=kind == "noun"), length
    first = rest[0]
    if first.text.isdecimal():
        return Word("number", first.text[:6]), 1
    return (Word("adjective", first.text) if not CYRILLIC.search(first.text) else None), 1


def _variants(part: Sequence[Token]) -> list[tuple[str, ...]]:
    variants: list[tuple[str, ...]] = [()]
    for token in part:
        variants = [(*variant, form) for variant in variants for form in token.forms]
        variants = [variant for variant in variants if variant in _starts()]
    return variants


def _written(words: Sequence[Word]) -> Iterator[str]:
    """Yield the pieces of the English text."""
    before: list[str] = []
    count = ""
    last: Word | None = None
    for place, word in enumerate(words):
        match word.kind:
            case "number":
                count = word.text
            case "adjective" if _noun_follows(words[place + 1 :]):
                before.append(word.text)
            case "noun":
                if last is not None and last.kind == "noun":
                    yield "of"
                yield _noun(word, count, " ".join(before))
                before, count = [], ""
            case _:
                yield word.text
        last = word if word.kind not in {"adjective", "number"} else last
    yield from filter(None, [count, *before])


def _noun_follows(rest: Sequence[Word]) -> bool:
    """Say whether the next word that is neither adjective nor number is a noun."""
    return next((word.kind == "noun" for word in rest if word.kind not in {"adjective", "number"}), False)


def _noun(word: Word, count: str, before: str) -> str:
    several = count not in {"", "one", "1"} or (word.plural and not count)
    if several or count:
        noun = plural(word.text) if several and word.text not in _list("mass") else word.text
        return " ".join(filter(None, [count, before, noun]))
    return with_article(word.text, before, _list("the"), _list("mass") | _list("bare"))


@cache
def _table() -> dict[tuple[str, ...], tuple[str, str]]:
    """Return kind and English of every Russian phrase: ours first, then those of the scene's tables."""
    found: dict[tuple[str, ...], tuple[str, str]] = {}
    own = _own()
    for russian in _split(own["drop"]):
        found[russian] = ("drop", "")
    for kind in OWN:
        for english, row in own[kind].items():
            for russian in _split(row):
                found.setdefault(russian, (kind, english))
    names = lexicon.english()
    for phrase, meanings in lexicon.index().items():
        meaning = meanings[0]
        if not CYRILLIC.search(phrase[0]) or meaning.kind not in KINDS:
            continue
        text = meaning.value.name if meaning.kind == "thing" else names[meaning.kind, meaning.value]
        kind = KINDS[meaning.kind]
        if kind == "noun" and meaning.kind != "thing" and len(phrase) == 1 and ADJECTIVES.search(phrase[0]):
            kind = "adjective"
        found.setdefault(phrase, (kind, SPEAKING.get(str(meaning.value), text)))
    return found


@cache
def _starts() -> frozenset[tuple[str, ...]]:
    return frozenset(phrase[:end] for phrase in _table() for end in range(1, len(phrase) + 1))


@cache
def _longest() -> int:
    return max(len(phrase) for phrase in _table())


@cache
def _idioms() -> tuple[tuple[str, str], ...]:
    pairs = [(plain.strip(), idiom) for idiom, row in _own()["idiom"].items() for plain in row.split(",")]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))


@cache
def _list(name: str) -> frozenset[str]:
    return frozenset(word.strip() for word in _own()[name].split(","))


@cache
def _own() -> dict[str, Any]:
    return read(__package__, "words")


def _split(row: str) -> list[tuple[str, ...]]:
    return [tuple(phrase.replace("ё", "е").split()) for phrase in row.split(",") if phrase.strip()]
