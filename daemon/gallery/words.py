"""Finding a prompt by its words, in any form: the words are kept as they stand, the forms come with a query."""

from functools import cache
from typing import Any

from daemon.scene import lemma

MOST_WORDS, MOST_FORMS = 10, 40
"""Of a query, and of one of its words: what is beyond is not looked for."""


def kept(prompt: str) -> str:
    """Return the words of a prompt as they are searched: small letters, е for ё, a space before and after each."""
    return " " + "".join(f"{_plain(word)} " for word in lemma.WORD.findall(prompt))


def needles(query: str) -> tuple[tuple[str, ...], ...]:
    """Return, for each word of a query, what `kept` holds where it is found: one of these texts.

    A word is found by its beginning and in all forms of its inflection: лису finds лиса, лисой; лис finds лисёнок.
    Loads a dictionary for Russian: not for the event loop.
    """
    return tuple(_needles(word) for word in lemma.WORD.findall(query)[:MOST_WORDS])


def _needles(word: str) -> tuple[str, ...]:
    plain = _plain(word)
    forms = _russian(plain) if lemma.CYRILLIC.search(plain) else list(lemma.tokens(plain, 1)[0].forms)
    return (f" {plain}", *(f" {form} " for form in dict.fromkeys(forms[:MOST_FORMS])))


def _russian(word: str) -> list[str]:
    forms = [form for parse in _morph().parse(word)[:3] for form in parse.lexeme]
    return [_plain(form.word) for form in forms if not form.tag.POS or form.tag.POS not in {"PRTF", "PRTS", "GRND"}]


def _plain(word: str) -> str:
    return word.lower().replace("ё", "е").replace("’", "'")


@cache
def _morph() -> Any:
    import pymorphy3

    return pymorphy3.MorphAnalyzer(lang="ru")
