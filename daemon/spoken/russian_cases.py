"""In which case a Russian number stands: the preposition before it and the noun it counts decide."""

import re
from dataclasses import dataclass
from typing import Any

from daemon.spoken.russian_numbers import CASES, agreement, parses

PREPOSITIONS = {
    **dict.fromkeys(
        ("от", "до", "около", "без", "из", "для", "после", "кроме", "свыше", "среди", "против", "вместо", "порядка",
         "более", "менее", "больше", "меньше", "старше", "младше", "выше", "ниже", "дольше", "быстрее", "не"), ("gent",)
    ),
    "не": (),
    "к": ("datv",), "ко": ("datv",), "по": ("accs", "datv"), "благодаря": ("datv",),
    "над": ("ablt",), "перед": ("ablt",), "под": ("accs", "ablt"), "между": ("ablt", "gent"),
    "с": ("ablt", "gent", "accs"), "со": ("ablt", "gent", "accs"), "у": ("gent",),
    "о": ("loct", "accs"), "об": ("loct", "accs"), "при": ("loct",),
    "в": ("accs", "loct"), "во": ("accs", "loct"), "на": ("accs", "loct"), "за": ("accs", "ablt"),
    "через": ("accs",), "сквозь": ("accs",), "про": ("accs",), "спустя": ("accs",),
}  # fmt: skip
WITHOUT_NOUN = {"с": "gent", "со": "gent"}
LAST_WORD = re.compile(r"([^\W\d_]+)[ «\"(]*$")
NEXT_WORDS = re.compile(r" ([^\W\d_]+)(?: ([^\W\d_]+))?(?: ([^\W\d_]+))?")


@dataclass(frozen=True, slots=True)
class Place:
    """How a number stands in its sentence; `nth` when it must be an ordinal: "на 5 этаже"."""

    case: str = "nomn"
    gender: str = "masc"
    animate: bool = False
    nth: bool = False
    counts: bool = False
    """True when it counts the noun after it."""


def preposition(before: str) -> tuple[str, ...]:
    """Return the cases that the word at the end of `before` asks for, the likeliest first; () if it is none."""
    return PREPOSITIONS.get(_word_before(before), ())


def governed(before: str) -> str:
    """Return the case of a number with no noun after it (or one that we inflect ourselves)."""
    cases = preposition(before)
    return WITHOUT_NOUN.get(_word_before(before), cases[0] if cases else "nomn")


def place(number: int, before: str, after: str) -> Place:
    """Return how `number` stands between `before` and `after`."""
    wanted = preposition(before)
    order = (*wanted, *(case for case in ("nomn", "accs", "ablt", "datv", "loct", "gent") if case not in wanted))
    nouns = _nouns(after)
    for case in order if nouns else ():
        for tag in nouns:
            animate = "anim" in tag
            if (tag.case, tag.number) == agreement(number, case, animate=animate):
                return Place(case, _gender(tag), animate, counts=True)
    for case in wanted or ("nomn",):
        for tag in nouns:
            if (tag.case, tag.number) == (case, "sing") and case != "gent" and number % 10 != 1:
                return Place(case, _gender(tag), "anim" in tag, nth=True)
    return Place(governed(before))


def _word_before(before: str) -> str:
    found = LAST_WORD.search(before[-40:])
    return found[1].lower() if found else ""


def _gender(tag: Any) -> str:
    return str(tag.gender) if tag.gender else "masc"


def _nouns(after: str) -> list[Any]:
    """Return what the first noun after the number may be, adjectives before it skipped."""
    found = NEXT_WORDS.match(after[:80])
    for word in found.groups() if found else ():
        if word is None or word.lower() in PREPOSITIONS:
            break
        tags = [parse.tag for parse in parses(word.lower())]
        if nouns := [tag for tag in tags if "NOUN" in tag and tag.case in CASES]:
            return nouns
        if not any("ADJF" in tag or "PRTF" in tag for tag in tags):
            break
    return []
