"""Text as matching sees it: words without case, ё, stress and punctuation, each tied to its place in the original."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

from intents.tables import table

_MARK = r"[\u0300-\u036f]"
_LETTER = rf"[^\W_]{_MARK}*"
_APOSTROPHES = "'’ʼ`´"
_EMOJI = (
    r"[\u2190-\u2bff\U0001f000-\U0001faff][\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]*"
    r"(?:\u200d[\u2190-\u2bff\U0001f000-\U0001faff][\ufe0e\ufe0f\U0001f3fb-\U0001f3ff]*)*"
)
_WORD = re.compile(rf"{_LETTER}(?:[{_APOSTROPHES}]?{_LETTER})*|{_EMOJI}|[%$€£¥+=°№&@#]")
_IGNORED = dict.fromkeys(map(ord, _APOSTROPHES + "\u0301\u0308"))  # the stress, and the dots that make е a ё
_CLOSERS = {")": "(", "]": "[", "}": "{", "»": "«", "”": "“", "“": "„", "’": "‘", '"': '"'}
_OPENERS = {"(": ")", "[": "]", "{": "}", "«": "»", "“": "”", "„": "“", "‘": "’", '"': '"'}
_CLOSING = re.compile(r"[.,!?…;:]*([)\]}»”“’\"])")


@dataclass(frozen=True, slots=True)
class Word:
    """A normalised word and its place in the original text: `original[start:end]`."""

    text: str
    start: int
    end: int


def words(text: str) -> tuple[Word, ...]:
    """Split `text` into normalised words; emoji and signs such as % count as words, other punctuation is dropped."""
    return tuple(Word(_normal(found[0]), found.start(), found.end()) for found in _WORD.finditer(text))


def normalize(text: str) -> str:
    """Return the normalised words joined by single spaces; normalising twice changes nothing."""
    return " ".join(word.text for word in words(text))


def _normal(word: str) -> str:
    bare = unicodedata.normalize("NFD", word.lower()).translate(_IGNORED)
    return unicodedata.normalize("NFC", bare)


def cut(text: str, run: Sequence[Word]) -> str:
    """Return the original text of a run of words, with a bracket or quote whose partner is inside, "" for no words."""
    if not run:
        return ""
    start, end = run[0].start, run[-1].end
    while (closing := _CLOSING.match(text, end)) and _unpaired(text[start:end], _CLOSERS[closing[1]], closing[1]):
        end = closing.end()
    while start and (closer := _OPENERS.get(text[start - 1])) and _unpaired(text[start:end], closer, text[start - 1]):
        start -= 1
    return text[start:end]


def _unpaired(inside: str, mark: str, partner: str) -> bool:
    if mark == partner:
        return inside.count(mark) % 2 == 1
    return inside.count(mark) > inside.count(partner)


def strip_wake(text: str, word: str, spellings: Sequence[str] | None = None) -> str:
    """Return `text` without a leading wake phrase `word` ("hey_jarvis"), spoken once or more, in any of its spellings.

    `spellings` are normalised phrases beside those of `wake.yaml`; without them the word itself is one, too.
    A phrase later in the text stays. What is left begins with a word, or is "".
    """
    phrases = _known_phrases(word) if spellings is None else _given_phrases(word, tuple(spellings))
    found = words(text)
    said = [item.text for item in found]
    begin = 0
    while begin < len(said):
        candidates = phrases.get(said[begin], [])
        length = max((len(phrase) for phrase in candidates if said[begin : begin + len(phrase)] == phrase), default=0)
        if not length:
            break
        begin += length
    if begin == 0:
        return text
    return text[found[begin].start :] if begin < len(found) else ""


@cache  # asked for with every partial transcript
def _known_phrases(word: str) -> dict[str, list[list[str]]]:
    return _by_first_word(wake_spellings(word))


@lru_cache(maxsize=16)
def _given_phrases(word: str, spellings: tuple[str, ...]) -> dict[str, list[list[str]]]:
    return _by_first_word([*spellings, *(wake_spellings(word) if word in table("wake") else ())])


def _by_first_word(spellings: Sequence[str]) -> dict[str, list[list[str]]]:
    phrases: dict[str, list[list[str]]] = {}
    for phrase in filter(None, (spelling.split() for spelling in spellings)):
        phrases.setdefault(phrase[0], []).append(phrase)
    return phrases


def wake_spellings(word: str) -> list[str]:
    """Return the ways in which speech to text may write a wake word: greetings and names combined, and names alone."""
    known = table("wake").get(word)
    if known is None:
        return [normalize(word)]
    names, heard = known["names"], [*known["names"], *known["misheard"]]
    return [*(f"{greeting} {name}" for greeting in known["greetings"] for name in heard), *names, *known["remains"]]
