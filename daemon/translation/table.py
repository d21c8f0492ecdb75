"""Russian prompts into English by our tables, for the forms that prompts have. Pure.

One word that no table knows, and there is no translation: half a one would be drawn with confidence.
"""

import re
from functools import cache

from daemon.translation.clause import english
from daemon.translation.group import describes
from daemon.translation.words import Word, own, words

WORDS = 60
"""Longer prompts are not for rules."""
WHO = re.compile(r"(?:^|(?<=\w))\s*(?=котор(?:ый|ая|ое|ые)\b)", re.IGNORECASE)
WHOM = re.compile(r"\bкотор(?!ый\b|ая\b|ое\b|ые\b)", re.IGNORECASE)
"""«На котором», «которого»: such relative clauses are in no rule."""
WHICH = Word("which", "")
DESCRIBING = {"adjective", "degree"}


def translate(prompt: str) -> str | None:
    """Return `prompt` in English, None where a word of it is in no table or its form in no rule."""
    clauses: list[list[Word]] = []
    if WHOM.search(prompt):
        return None
    for part in re.split(r"[,;.:!?—–()«»\"]+", WHO.sub(", ", prompt)):
        known = words(part, WORDS + 1)
        if known is None:
            return None
        if clauses and all(word.kind in DESCRIBING for word in clauses[-1]):
            clauses[-1] += known
        elif clauses and _describes(part, known):
            clauses[-1] += [WHICH, *known]
        elif known:
            clauses.append(known)
    if not clauses or sum(map(len, clauses)) > WORDS:
        return None
    found = [english(clause) for clause in clauses]
    if None in found or not any(found):
        return None
    text = ", ".join(filter(None, found))
    for plain, idiom in _idioms():
        text = re.sub(rf"\b{plain}\b", idiom, text)
    return text


def _describes(part: str, known: list[Word]) -> bool:
    """Tell whether what follows a comma belongs to the noun before it: «лиса, спящая ...», «лиса, которая ...»."""
    if WHO.search(part):
        return True
    return bool(known) and known[0].participle and not describes(known, 0)


@cache
def _idioms() -> tuple[tuple[str, str], ...]:
    pairs = [(plain.strip(), idiom) for idiom, row in own()["idiom"].items() for plain in row.split(",")]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))
