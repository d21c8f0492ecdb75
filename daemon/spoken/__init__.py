"""Written text made speakable: pure functions from text to text, in English and Russian.

`speakable` leaves words and punctuation only, `sentences` cuts them into what is spoken in one go; `clock` and `date`
write a moment the way people do.
"""

import re
import unicodedata

from daemon.spoken import english, russian
from daemon.spoken.markup import plain
from daemon.spoken.moments import clock, date
from daemon.spoken.split import sentences as _sentences

SIGNS = {
    "en": {"&": " and ", "@": " at ", "+": " plus ", "=": " equals ", "%": " percent ", "№": " number "},
    "ru": {"&": " и ", "@": " собака ", "+": " плюс ", "=": " равно ", "%": " процент ", "№": " номер "},
}
DOT = {"en": " dot ", "ru": " точка "}
ELLIPSIS = re.compile(r"(?:…|\.{2,})(?=\w)")
"""One that nothing divides from the word after it, and that would be taken for a decimal point."""
INITIALS = re.compile(r"\b(?:[^\W\d_]\.){2,}")
NAME_DOT = re.compile(r"(?<=\w)\.(?=[^\W\d_])")
PUNCTUATION = frozenset(".,!?;:…-–—'’\"«»“”()")
SPACE_BEFORE = re.compile(r"\s+(?=[.,!?;:…)»”](?!\w))")
CLASH = re.compile(r"[.,;:](?:\s*[.,;:])*\s*([.,;:])")
WEAKER = re.compile(r"([!?…])(?:\s*[.,;:])+")
ENDED = re.compile(r"[.!?…][\"»”’')]*$")
LONGEST = 4000
"""Characters of the result: about five minutes."""


def speakable(text: str, language: str) -> str:
    """Return `text` as it is read aloud: numbers, dates and units in words, no markdown, emoji or digits left.

    Any text goes, also of a language that is neither "en" nor "ru" (taken for English). The result may be empty.
    """
    language = "ru" if language == "ru" else "en"
    said = (russian if language == "ru" else english).words(plain(ELLIPSIS.sub("... ", text)))
    return _clean(said, language)


def sentences(text: str, language: str) -> list[str]:  # noqa: ARG001 - the rules of both languages live together
    """Return the sentences of `text`; one too long for a breath is cut at its clauses."""
    return _sentences(text)


def _clean(text: str, language: str) -> str:
    text = INITIALS.sub(lambda found: found[0].replace(".", " "), text)
    text = NAME_DOT.sub(lambda found: _name_dot(found, language), text)
    for sign, word in SIGNS[language].items():
        text = text.replace(sign, word)
    text = "".join(char if _spoken(char) else " " for char in text)
    text = SPACE_BEFORE.sub("", " ".join(text.split()))
    text = WEAKER.sub(r"\1", CLASH.sub(r"\1", text.replace("...", "…"))).strip(" ,;:-–—").lstrip(" .,;:!?…-–—")
    if not any(char.isalpha() for char in text):
        return ""
    if len(text) > LONGEST:
        text = text[:LONGEST].rpartition(" ")[0] or text[:LONGEST]
    return text if ENDED.search(text) else text + "."


def _name_dot(found: re.Match[str], language: str) -> str:
    """Say a dot between letters: a file's or a site's name, or a forgotten space before a new sentence."""
    before, after = found.string[found.start() - 1], found.string[found.end()]
    return ". " if after.isupper() and before.islower() else DOT[language]


def _spoken(char: str) -> bool:
    return char in PUNCTUATION or unicodedata.category(char)[0] in "LMZ"


__all__ = ["clock", "date", "sentences", "speakable"]
