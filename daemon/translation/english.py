"""How English nouns are written: plurals and articles. Pure, and only as good as our tables' words need it."""

from collections.abc import Collection

from daemon.scene.lemma import IRREGULAR

PLURALS = {singular: plural for plural, singular in IRREGULAR.items() if plural not in {"people", "pianos"}}
SAME = {"sheep", "fish", "deer", "salmon", "trout", "carp", "bison", "moose", "aircraft"}
YOO = ("uni", "eu", "ute", "use", "ufo", "one")
"""Beginnings of words that are written with a vowel and said without."""


def plural(noun: str) -> str:
    """Return the plural of a noun, which may be of several words: its last word's, or that before "of"."""
    head, of, rest = noun.partition(" of ")
    before, _, last = head.rpartition(" ")
    return f"{before} {_plural(last)}".strip() + of + rest


def _plural(word: str) -> str:
    if word in SAME or word.endswith("fish"):
        return word
    for singular, many in PLURALS.items():
        if word == singular or (word.endswith(singular) and singular in {"man", "woman", "wolf"}):
            return word.removesuffix(singular) + many
    if word.endswith("y") and word[-2:-1] not in set("aeiou"):
        return f"{word[:-1]}ies"
    if word.endswith(("s", "x", "z", "ch", "sh")):
        return f"{word}es"
    return f"{word}s"


def article(following: str) -> str:
    """Return "a" or "an", as the word that follows wants it."""
    word = following.lower()
    return "an" if word.startswith(("a", "e", "i", "o", "u", "hour")) and not word.startswith(YOO) else "a"


def with_article(noun: str, before: str, the: Collection[str], bare: Collection[str]) -> str:
    """Return `noun` in the singular with what stands before it ("red"), and its article, if it has one.

    Those of `the` have that one while nothing stands before them, those that are `bare` have none: the forest, a winter
    forest; the snow, deep snow.
    """
    group = f"{before} {noun}".strip()
    if noun in the and not before:
        return f"the {group}"
    return group if noun in bare else f"{article(group)} {group}"
