"""The words and phrases of a prompt with all that each may mean, and which of it is meant. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from daemon.scene.lemma import Token, tokens
from daemon.scene.lexicon import Meaning, index, longest

WORDS = 300
"""Longer prompts are read up to here."""
AND_WORDS = {"и", "да", "или"}


@dataclass(frozen=True, slots=True)
class Wording:
    """A phrase of the prompt and all it may mean; nothing when we don't know it."""

    text: str
    meanings: tuple[Meaning, ...]
    plural: bool
    opens: bool = False
    """It stands first, or behind a comma."""


def wordings(found: Sequence[Token]) -> list[Wording]:
    """Return the phrases of a prompt, the longest known ones; each unknown word by itself."""
    words: list[Wording] = []
    at = 0
    while at < len(found):
        word, length = _longest(found[at:])
        if not word.meanings and "-" in word.text:  # «кот-космонавт»
            found = [*found[:at], *tokens(word.text.replace("-", " "), WORDS), *found[at + 1 :]]
            word, length = _longest(found[at:])
        first, before = found[at], found[at - 1] if at else None
        if first.perhaps and (first.opens or before is None or before.agrees or before.text.lower() in AND_WORDS):
            word = replace(word, plural=True)
        words.append(replace(word, opens=first.opens))
        at += length
    return words


def _longest(rest: Sequence[Token]) -> tuple[Wording, int]:
    """Return the longest known phrase at the beginning of `rest` (or one unknown word), and its length."""
    for length in range(min(longest(), len(rest)), 0, -1):
        part = rest[:length]
        for phrase in _variants(part):
            if phrase in index():
                text = " ".join(token.text for token in part)
                plural = any(
                    token.plural and token.text.lower() != form for token, form in zip(part, phrase, strict=True)
                )
                return Wording(text, index()[phrase], plural), length
    first = rest[0]
    if first.text.isdecimal():
        return Wording(first.text, (Meaning("number", first.text[:6]),), plural=False), 1
    return Wording(first.text, (), plural=False), 1


def _variants(part: Sequence[Token]) -> list[tuple[str, ...]]:
    variants: list[tuple[str, ...]] = [()]
    for token in part:
        variants = [(*variant, form) for variant in variants for form in token.forms]
        starts = _starts()
        variants = [variant for variant in variants if variant in starts]
    return variants


@cache
def _starts() -> frozenset[tuple[str, ...]]:
    """Return every beginning of every phrase: it keeps the search for phrases short."""
    return frozenset(phrase[:end] for phrase in index() for end in range(1, len(phrase) + 1))


def choose(word: Wording, following: Wording | None, before: Meaning | None) -> Meaning | None:
    """Choose among meanings: before a noun or another adjective "orange" is a colour, else a fruit.

    Behind a noun "building" is a deed, else a house.
    """
    if len(word.meanings) < 2:
        return word.meanings[0] if word.meanings else None
    by_kind = {meaning.kind: meaning for meaning in word.meanings}
    if before and before.kind == "thing" and following and by_kind.keys() >= {"thing", "relation"}:
        return by_kind["relation"]
    described = following is not None and any(
        meaning.kind in {"thing", "size", "colour", "place"} for meaning in following.meanings
    )
    if "thing" in by_kind and (not described or not by_kind.keys() & {"colour", "trait", "size"}):
        return by_kind["thing"]
    return next(meaning for meaning in word.meanings if meaning.kind != "thing")
