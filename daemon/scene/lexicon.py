"""The two tables, `things.yaml` and `words.yaml`, and the index from words (lemmas) to what they mean."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any, cast, get_args

from daemon.scene.model import Home, Thing
from intents.tables import read

Phrase = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a word or phrase stands for: its kind (thing, colour, number, relation ...) and the value."""

    kind: str
    value: Any


@cache
def things() -> tuple[Thing, ...]:
    """Return everything that can be drawn."""
    rows = _read("things")
    return tuple(_thing(glyph, row, scene) for scene, section in rows.items() for glyph, row in section.items())


@cache
def by_glyph() -> dict[str, Thing]:
    """Return the things by their glyphs."""
    return {thing.glyph: thing for thing in things()}


@cache
def index() -> dict[Phrase, tuple[Meaning, ...]]:
    """Return the meanings of every word and phrase of both languages; several where context has to decide."""
    found: dict[Phrase, list[Meaning]] = {}
    for phrase, meaning in _meanings():
        known = found.setdefault(phrase, [])
        if all(other.kind != meaning.kind for other in known):
            known.append(meaning)
    return {phrase: tuple(meanings) for phrase, meanings in found.items()}


@cache
def english() -> dict[tuple[str, str], str]:
    """Return the first English word of every meaning that is no thing, by its kind and value."""
    rows = _read("words").items()
    return {
        (kind, str(value)): row.split("|")[0].split(",")[0].strip()
        for kind, part in rows
        for value, row in part.items()
    }


@cache
def longest() -> int:
    """Return the number of words in the longest phrase."""
    return max(len(phrase) for phrase in index())


def _meanings() -> Iterator[tuple[Phrase, Meaning]]:
    for kind, section in _read("words").items():
        for value, row in section.items():
            yield from ((phrase, Meaning(kind, str(value))) for phrase in _phrases(row))
    rows = _read("things")
    lines = [row for section in rows.values() for row in section.values()]
    for thing, row in zip(things(), lines, strict=True):
        words, russian, _ = row.split("|")
        yield from ((phrase, Meaning("thing", thing)) for phrase in _phrases(f"{words}|{russian}"))


def _phrases(row: str) -> list[Phrase]:
    words = row.lower().replace("ё", "е").replace("|", ",").split(",")
    return [tuple(word.split()) for word in words if word.strip()]


def _thing(glyph: str, row: str, scene: str) -> Thing:
    words, _, rest = row.split("|")
    size, home, motion, *flags = rest.split()
    values = dict(flag.split("=") for flag in flags if "=" in flag)
    if home not in get_args(Home):
        message = f"things.yaml: {glyph} lives in {home}, which is no home"
        raise ValueError(message)
    return Thing(
        glyph=glyph,
        name=words.split(",")[0].strip(),
        scene=scene,
        size=float(size),
        home=cast("Home", home),
        motion=motion,
        flags=frozenset(flag.split("=")[0] for flag in flags),
        seat=float(values["seat"]) if "seat" in values else None,
        rim=float(values.get("rim", 0.5)),
        wear=values.get("wear", "head" if "wear" in flags else ""),
        mix=tuple(values["mix"].split("+")) if "mix" in values else (),
    )


@cache
def _read(name: str) -> dict[str, dict[Any, str]]:
    return read(__package__, name)
