"""What is said around a wake phrase and instead of it: words, sentences and shuffled syllables of any language.

Words come from what is here anyway: Kombain's own sentences, Babel's names of countries, languages and currencies in
every language, pymorphy3's dictionary for Russian, Python's manual for English. Each word and sentence belongs to one
of three parts (training, validation, test), so a test never hears a text that was trained on.
"""

import hashlib
import random
import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any, Literal

from daemon import messages
from daemon.wakewords.misses import syllables

Part = Literal["training", "validation", "test"]
PARTS: tuple[Part, ...] = ("training", "validation", "test")
SHARES = (6, 8, 10)
"""Of ten texts six are for training, two for validation, two for the test."""
WORDS = re.compile(r"[^\W\d_]{2,}(?:[-'’][^\W\d_]+)*")
SPEAKABLE = re.compile(r"[^\W\d_]+(?:[ ,'’—-]+[^\W\d_]+)*[ ,—-]*")
PROSE = re.compile(r"[A-Z][a-z]+(?:[ ,]+[a-z]{1,14}){4,14}\.")


def part_of(text: str) -> Part:
    """Return the part that a text belongs to, always the same."""
    tenth = hashlib.sha256(text.casefold().encode()).digest()[0] % 10
    return next(part for part, share in zip(PARTS, SHARES, strict=True) if tenth < share)


@cache
def vocabulary(language: str, part: Part) -> tuple[str, ...]:
    """Return the words of a language that belong to `part`."""
    return tuple(word for word in sorted(set(_words(language))) if part_of(word) == part)


@cache
def _prose(language: str, part: Part) -> tuple[str, ...]:
    return tuple(text for text in dict.fromkeys(_sentences(language)) if part_of(text) == part)


def lines(language: str, part: Part, seed: int) -> Iterator[str]:
    """Yield, without end, something to say."""
    source = random.Random(f"{language} {part} {seed}")
    words, prose = vocabulary(language, part), _prose(language, part)
    sounds = sorted({sound for word in words[:3000] for sound in syllables(word.lower())})
    while True:
        match source.choices(("words", "prose", "syllables"), (5, 4 if prose else 0, 2))[0]:
            case "words":
                said = source.choices(words, k=source.randint(2, 9))
            case "syllables":
                said = ["".join(source.choices(sounds, k=source.randint(2, 4))) for _ in range(source.randint(2, 6))]
            case _:
                said = [source.choice(prose)]
        yield source.choice((" ", " ", ", ")).join(said) + source.choice((".", ".", "?", ""))


def commands(language: str, part: Part) -> tuple[str, ...]:
    """Return what may be said right after a wake phrase: short sentences, or pairs of words."""
    short = [text for text in _prose(language, part) if text.count(" ") in range(1, 6)]
    words = vocabulary(language, part)
    pairs = [f"{one} {other}" for one, other in islice(zip(words, words[7:], strict=False), 0, None, 11)]
    return tuple(short[:300] + pairs[:300])


def _sentences(language: str) -> Iterator[str]:
    if language in messages.LANGUAGES:
        for text in messages.every(language):
            yield from (one.strip() for one in re.split(r"[.:;!?“”«»()\n]+", text) if _said(one.strip(), language))
    if language == "en":
        from pydoc_data.topics import topics

        for page in topics.values():
            yield from (" ".join(one.split()) for one in PROSE.findall(" ".join(page.split())))


def _said(text: str, language: str) -> bool:
    """Say whether somebody may say such a text: no commands, options and file names of the messages."""
    foreign = language == "ru" and re.search("[A-Za-z]", text)
    return " " in text and not foreign and bool(SPEAKABLE.fullmatch(text))


def _words(language: str) -> Iterator[str]:
    for text in (*_names(language), *_sentences(language)):
        yield from WORDS.findall(text)
    if language == "ru":
        yield from _russian()


def _names(language: str) -> Iterator[str]:
    from babel import Locale, UnknownLocaleError

    try:
        locale = Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        locale = Locale("en")  # the words are English then, the voice is not
    for names in (locale.territories, locale.languages, locale.currencies, locale.scripts):
        yield from names.values()
    for names in (locale.days, locale.months):
        yield from names["stand-alone"]["wide"].values()


def _russian() -> Iterator[str]:
    source = random.Random(7)
    starts = {"".join(source.choices("абвгдезийклмнопрстуфхцчшэюя", k=3)) for _ in range(3000)}
    for start in sorted(starts):
        yield from beginning("ru", start, step=41, most=4)


def beginning(language: str, start: str, *, step: int = 23, most: int = 400) -> list[str]:
    """Return dictionary words that begin with `start`; none in a language without a dictionary here."""
    return list(islice(_dictionary().iterkeys(start), 0, step * most, step)) if language == "ru" and start else []


@cache
def _dictionary() -> Any:
    from pymorphy3 import MorphAnalyzer

    return MorphAnalyzer().dictionary.words
