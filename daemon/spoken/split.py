"""Text in sentences, and sentences too long for one breath in clauses: each is spoken while the next is prepared."""

import re

LONGEST = 200
SHORTEST = 40
"""Characters: a clause shorter than this is not worth a piece of its own."""

END = re.compile(r"(?:[.!?…]+[\"»”’')\]]*(?=\s|$))|\n+")
CLAUSE = re.compile(r"(?:[,;:]|\s[—–-])(?=\s)")
BEFORE_NAMES = frozenset(
    [
        "dr",
        "mr",
        "mrs",
        "ms",
        "prof",
        "st",
        "no",
        "vs",
        "approx",
        "fig",
        "e.g",
        "i.e",
        "т",
        "е",
        "к",
        "н",
        "ул",
        "стр",
        "см",
        "им",
        "гл",
        "рис",
        "тел",
        "напр",
        "тыс",
    ]
)
AT_ENDS_TOO = frozenset(
    ["etc", "jr", "sr", "inc", "a.m", "p.m", "г", "гг", "д", "п", "др", "пр", "руб", "коп", "млн", "млрд", "кг", "км"]
)


def sentences(text: str) -> list[str]:
    """Return the sentences of `text`, none empty, none much longer than LONGEST where it has a place to pause."""
    found = []
    start = 0
    for end in END.finditer(text):
        if not _inside(text, start, end):
            found.append(text[start : end.end()])
            start = end.end()
    found.append(text[start:])
    pieces = [piece for sentence in found for piece in _clauses(" ".join(sentence.split()))]
    return [piece for piece in pieces if any(char.isalnum() for char in piece)]


def _inside(text: str, start: int, end: re.Match[str]) -> bool:
    """Say whether this dot belongs to an abbreviation or an initial within the sentence."""
    if end[0] != ".":
        return False
    word = text[start : end.start()].rpartition(" ")[2].lstrip('(«"“').rstrip(".")
    following = text[end.end() :].lstrip()[:1]
    if word.lower() in BEFORE_NAMES or (len(word) == 1 and word.isupper() and word != "I"):
        return bool(following)
    return word.lower() in AT_ENDS_TOO and following.islower()


def _clauses(sentence: str) -> list[str]:
    pieces = []
    while len(sentence) > LONGEST:
        cut = _cut(sentence)
        pieces.append(sentence[:cut].strip())
        sentence = sentence[cut:].strip()
    return [*pieces, sentence]


def _cut(sentence: str) -> int:
    """Return where to cut: after the last clause that fits, else at the last space, else in the middle of a word."""
    pauses = [pause.end() for pause in CLAUSE.finditer(sentence, SHORTEST, LONGEST)]
    return pauses[-1] if pauses else sentence.rfind(" ", SHORTEST, LONGEST) % (LONGEST + 1)
