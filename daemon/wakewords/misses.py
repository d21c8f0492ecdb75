"""What sounds nearly like a wake phrase and must not wake: its pieces, and other words that begin or end like its own.

«комбат», «комиссия», «эй, кому» for «эй, комбайн»: made from the phrase by changing syllables, and from a list of words
by taking those with the same beginning or end. Pure; the same `seed` gives the same phrases.
"""

import random
import re
from collections.abc import Iterable, Sequence

from intents.normalize import normalize

VOWELS = "аеёиоуыэюяіїєaeiouyäöüåáéíóúàèìòùâêîôûãõœæø"
NEAREST = 2
"""A phrase of fewer changed letters is the wake phrase itself, a little mumbled: «камбайн»."""
SHARED = 3
"""Letters that a word must share with one of the phrase's, at its beginning or end."""


def syllables(word: str) -> list[str]:
    """Cut a word behind each vowel; what is left of its end belongs to the last syllable."""
    parts = re.findall(rf"[^{VOWELS}]*[{VOWELS}]|[^{VOWELS}]+$", word)
    if len(parts) > 1 and not re.search(f"[{VOWELS}]", parts[-1]):
        parts[-2:] = [parts[-2] + parts[-1]]
    return parts or [word]


def distance(one: Sequence[str], other: Sequence[str]) -> int:
    """Return how many letters, or words, must be changed, added or left out to make one of the other."""
    row = list(range(len(other) + 1))
    for at, sign in enumerate(one, 1):
        before, row[0] = row[0], at
        for place, wanted in enumerate(other, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (sign != wanted))
    return row[-1]


def near(phrases: Sequence[str], text: str) -> bool:
    """Say whether the text holds one of the phrases, or something that a listener would take for it."""
    said = normalize(text).split()
    for phrase in map(normalize, phrases):
        count = len(phrase.split())
        whole = "".join(phrase.split())
        if whole in "".join(said):
            return True
        runs = (said[at : at + size] for size in {count, count + 1} for at in range(len(said) - size + 1))
        if any(distance("".join(run), whole) < NEAREST for run in runs):
            return True
    return False


def misses(phrases: Sequence[str], vocabulary: Iterable[str], *, count: int, seed: int = 0) -> list[str]:
    """Return up to `count` phrases that nearly are one of `phrases`, in an order that mixes all kinds."""
    source = random.Random(seed)
    words = sorted({word for word in map(normalize, vocabulary) if word.isalpha()})
    kinds = [_pieces(phrases), _neighbours(phrases, words, source), _edited(phrases, source, 4 * count)]
    found: dict[str, None] = {}
    while any(kinds) and len(found) < count:
        for kind in kinds:
            if kind and not near(phrases, candidate := kind.pop(0)):
                found[normalize(candidate)] = None
    return list(found)[:count]


def _pieces(phrases: Sequence[str]) -> list[str]:
    """Return the phrase without a word or a syllable, and its words turned round."""
    found = []
    for phrase in phrases:
        words = normalize(phrase).split()
        found += [" ".join(words[:at] + words[at + 1 :]) for at in range(len(words))] + [" ".join(reversed(words))]
        for at, word in enumerate(words):
            parts = syllables(word)
            shorter = ["".join(parts[:cut] + parts[cut + 1 :]) for cut in range(len(parts))]
            shorter += ["".join(parts[:cut]) for cut in range(1, len(parts))]
            found += [" ".join([*words[:at], part, *words[at + 1 :]]) for part in shorter if part]
    return [one for one in dict.fromkeys(found) if one]


def _neighbours(phrases: Sequence[str], words: Sequence[str], source: random.Random) -> list[str]:
    """Return the phrase with a word of it changed for one that begins or ends like it."""
    found = []
    for phrase in phrases:
        said = normalize(phrase).split()
        for at, word in enumerate(said):
            size = min(SHARED, max(len(word) - 1, 1))
            alike = [other for other in words if other.startswith(word[:size]) or other.endswith(word[-size:])]
            for other in source.sample(alike, min(len(alike), 300)):
                found += [" ".join([*said[:at], other, *said[at + 1 :]]), other]
    source.shuffle(found)
    return found


def _edited(phrases: Sequence[str], source: random.Random, count: int) -> list[str]:
    """Return the phrase with two letters or a syllable of its longer words changed."""
    pool = sorted({part for phrase in phrases for word in normalize(phrase).split() for part in syllables(word)})
    letters = sorted({sign for phrase in phrases for sign in normalize(phrase) if sign.isalpha()})
    vowels = [sign for sign in VOWELS if (sign < "\u0250") == (letters[0] < "\u0250")][:8]
    hard = list("бвгдзклмнпрстфхшч" if letters[0] >= "\u0250" else "bdfghklmnprstvwz")
    found = []
    for _ in range(count):
        words = normalize(source.choice(phrases)).split()
        at = source.choices(range(len(words)), [len(word) for word in words])[0]
        parts = syllables(words[at])
        place = source.randrange(len(parts))
        fresh = source.choice(hard) + source.choice(vowels) + source.choice(["", "", source.choice(hard)])
        parts[place] = source.choice([fresh, fresh, source.choice(pool)])
        words[at] = "".join(parts)
        found.append(" ".join(words))
    return found
