"""From a prompt, English or Russian, to what is to be drawn. Pure."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from daemon.errors import EngineError
from daemon.scene.lemma import Token, tokens
from daemon.scene.lexicon import Meaning, index, longest, things
from daemon.scene.model import TAILING, Item, Link, Relation, Request, Thing

WORDS = 300
"""Longer prompts are read up to here."""
THINGS = 10
"""More different things than these are reported as missing."""
COPIES = 40
HOW_MANY = {"few": 3, "many": 9}
AND_WORDS = {"и", "да", "или"}
DEEDS = {Link.CHASE, Link.FACE, Link.EAT}
NEAREST = {Link.IN, Link.ON, Link.UNDER}
"""Where these point to is where the nearest thing is: "a cat looking at a fish in a bowl"."""
BANKS = {"sea": "beach", "lake": "shore"}
"""What is by the water stands on land."""
DRINKS = {"milk", "tumbler", "coffee", "tea", "soda"}
SEASONS = {"autumn", "winter", "spring", "summer"}


def clean(prompt: str) -> str:
    """Return `prompt` on one line, without control characters. Raises EngineError `scene.empty_prompt`."""
    text = unicodedata.normalize("NFC", prompt)
    text = "".join(" " if unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} else char for char in text)
    text = re.sub(r"\s+", " ", text).strip()
    if not text:
        raise EngineError("scene.empty_prompt")
    return text


def parse(prompt: str) -> Request:
    """Understand a prompt. Raises EngineError `scene.empty_prompt`."""
    reader = _Reader()
    words = _meanings(tokens(clean(prompt), WORDS))
    meaning = None
    for place, word in enumerate(words):
        following = words[place + 1] if place + 1 < len(words) else None
        meaning = _choose(word, following, meaning)
        reader.read(word, meaning)
    return reader.request()


@dataclass(frozen=True, slots=True)
class _Word:
    """A phrase of the prompt and all it may mean; nothing when we don't know it."""

    text: str
    meanings: tuple[Meaning, ...]
    plural: bool
    opens: bool = False
    """It stands first, or behind a comma."""


def _meanings(found: Sequence[Token]) -> list[_Word]:
    words: list[_Word] = []
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


def _longest(rest: Sequence[Token]) -> tuple[_Word, int]:
    """Return the longest known phrase at the beginning of `rest` (or one unknown word), and its length."""
    for length in range(min(longest(), len(rest)), 0, -1):
        part = rest[:length]
        for phrase in _variants(part):
            if phrase in index():
                text = " ".join(token.text for token in part)
                plural = any(
                    token.plural and token.text.lower() != form for token, form in zip(part, phrase, strict=True)
                )
                return _Word(text, index()[phrase], plural), length
    first = rest[0]
    if first.text.isdecimal():
        return _Word(first.text, (Meaning("number", first.text[:6]),), plural=False), 1
    return _Word(first.text, (), plural=False), 1


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


def _choose(word: _Word, following: _Word | None, before: Meaning | None) -> Meaning | None:
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


@dataclass(slots=True)
class _Reader:
    """Reads the meanings from left to right and remembers what is still open."""

    items: list[Item] = field(default_factory=list)
    links: dict[int, tuple[Link, int]] = field(default_factory=dict)
    """From a subject to its anchor."""
    scenery: dict[str, str] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    look: Item | None = None
    """Adjectives whose noun has not come yet (its thing is only a stand-in)."""
    pending: Link | None = None
    waiting: tuple[Link, int] | None = None
    """«Под деревом спит лиса»: the relation came first, its subject is still to come."""
    opened: bool = False
    """The pending relation began a clause."""

    def read(self, word: _Word, meaning: Meaning | None) -> None:
        if meaning is None:
            self.missing.append(word.text)
            return
        match meaning.kind:
            case "thing":
                self._thing(word, meaning)
            case "number" | "colour" | "size" | "trait":
                self._describe(meaning)
            case "relation":
                self._settle()
                self.pending, self.opened = Link(meaning.value), word.opens
            case "pronoun":
                self._pronoun(meaning.value)
            case "style":
                self.pending = None
                self.scenery["style"] = meaning.value
            case "place" | "weather" | "time":
                self._scenery(meaning)
            case _:
                pass

    def request(self) -> Request:
        """Return what was understood."""
        self._settle()
        return Request(
            items=tuple(self.items),
            relations=tuple(Relation(subject, kind, anchor) for subject, (kind, anchor) in sorted(self.links.items())),
            place=self.scenery.get("place"),
            weather=self.scenery.get("weather"),
            time=self.scenery.get("time"),
            season=self.scenery.get("season"),
            style=self.scenery.get("style"),
            missing=tuple(dict.fromkeys(self.missing)),
        )

    def _thing(self, word: _Word, meaning: Meaning) -> None:
        if self.items and self.pending is None and self.look is None and self.items[-1].thing == meaning.value:
            return  # "a cup of coffee" is one thing
        if self._refers(meaning.value, word):
            return
        if len(self.items) == THINGS:
            self.missing.append(word.text)
            return
        item = replace(self.look, thing=meaning.value) if self.look else Item(meaning.value, count=0)
        several = 5 if item.thing.size <= 2 or item.thing.mix else 3
        count = item.count or (several if word.plural or item.thing.mix else 1)
        self.items.append(replace(item, count=min(count, COPIES), vague=not item.count and count > 1))
        self.look = None
        self._link(len(self.items) - 1)

    def _refers(self, thing: Thing, word: _Word) -> bool:
        """Take «на столе» for the table that was named before, and tell whether it is that one."""
        same = next((at for at, item in enumerate(self.items) if item.thing == thing), None)
        kind, last = self.pending, len(self.items) - 1
        if same is None or self.look or word.plural or kind is None or kind in TAILING - {Link.BESIDE}:
            return False
        self.pending = None
        if self.opened:
            self.waiting = (kind, same)
        elif last != same and last not in self._chain(same):
            self.links[last] = (kind, same)
        return True

    def _chain(self, item: int) -> list[int]:
        """Return all by which an item is placed, itself first."""
        found = [item]
        while found[-1] in self.links:
            found.append(self.links[found[-1]][1])
        return found

    def _link(self, new: int) -> None:
        kind, self.pending = self.pending, None
        if new == 0:
            self.waiting = (kind, new) if kind and kind not in TAILING else None
            return
        if self.waiting and kind is None:
            self.links[new], self.waiting = self.waiting, None
        elif kind is None and self._serves(new):
            self.items[new - 1] = self.items.pop()
        elif kind is None or kind in TAILING:
            actor = self._actor(new - 1, new)
            if kind is Link.CHASE and self.items[new].thing.home == "under" != self.items[actor].thing.home:
                kind = Link.FACE  # who fishes does not run
            self.links[new] = (kind or Link.AND, actor)
            if kind is Link.CHASE:
                self._hurry(actor, new)
        elif self.waiting is None or self.waiting[1] != new - 1:
            deed = self.links.get(new - 1, (None,))[0]
            nearest = kind is Link.IN if deed is Link.EAT else deed in DEEDS and kind in NEAREST
            subject = new - 1 if nearest else self._root(new - 1)
            self.links[subject] = (kind, new)

    def _serves(self, new: int) -> bool:
        """Tell whether this is what one drinks from: "milk from a bowl" is shown as a bowl."""
        meal = self.items[new - 1].thing
        drunk = self.links.get(new - 1, (None,))[0] is Link.EAT and meal.scene == "kitchen"
        return drunk and "hollow" in self.items[new].thing.flags and meal.name in DRINKS

    def _actor(self, item: int, new: int) -> int:
        """Return who has what follows: in "a cat in a hat with a violin" not the hat; the rider, not the horse."""
        by = next(((subject, kind) for subject, (kind, anchor) in self.links.items() if anchor == item), None)
        if self.items[item].thing.wear:
            return by[0] if by else self.links.get(item, (None, item))[1]
        if by and by[1] is Link.ON and self.items[item].thing.gaze and "hold" in self.items[new].thing.flags:
            return by[0]
        return item

    def _hurry(self, *hunted: int) -> None:
        for at in hunted:
            item = self.items[at]
            if "running" not in item.traits:
                self.items[at] = replace(item, traits=(*item.traits, "running"))

    def _root(self, item: int) -> int:
        return self._chain(item)[-1]

    def _describe(self, meaning: Meaning) -> None:
        look = self.look or Item(things()[0], count=0)
        match meaning.kind:
            case "number":
                count = HOW_MANY.get(meaning.value) or int(meaning.value)
                look = replace(look, count=max(1, count))
            case "colour":
                look = replace(look, colour=meaning.value)
            case "size":
                look = replace(look, size=look.size * float(meaning.value))
            case _:
                look = replace(look, traits=(*look.traits, meaning.value))
        self.look = look

    def _settle(self) -> None:
        """Close a noun phrase: what was said after its noun ("a cat sleeping") belongs to that noun."""
        look, self.look = self.look, None
        if look is None or not self.items:
            return
        last = self.items[-1]
        self.items[-1] = replace(
            last,
            colour=last.colour or look.colour,
            size=last.size * look.size,
            traits=(*last.traits, *look.traits),
        )

    def _pronoun(self, which: str) -> None:
        last = len(self.items) - 1
        if self.pending is None or last < 0:
            return
        if which == "which":
            self.waiting = (self.pending, last)
        elif last in self.links and self.links[last][0] in TAILING:
            self.links[last] = (self.pending, self.links[last][1])
        self.pending = None

    def _scenery(self, meaning: Meaning) -> None:
        kind, value = meaning.kind, meaning.value
        if kind == "place" and value == "sea" and self.pending is Link.UNDER:
            value = "underwater"
        if kind == "place" and self.pending is Link.BESIDE:
            value = BANKS.get(value, value)
        if kind == "place" and self.scenery.get("place") == "beach" and value in {"lake", "river"}:
            value = BANKS.get(value, value)  # "on the shore of a lake"
        if kind == "place" and self.pending is Link.OVER and self.items:
            last = self.items[-1]
            if last.thing.home == "sky" or "flies" in last.thing.flags:
                self.items[-1] = replace(last, traits=(*last.traits, "flying"))
        if kind == "place" and self.look and self.look.colour == "white":
            self.scenery.setdefault("season", "winter")  # a snowy village
        if kind == "place" and "snow" in {value, self.scenery.get("place")} and "place" in self.scenery:
            self.scenery.setdefault("season", "winter")  # a street in the snow
        if value in SEASONS:
            kind = "season"
        if not (kind == "place" and value in {"sea", "sky", "snow"} and kind in self.scenery):
            self.scenery[kind] = value
        described, self.pending = self.pending is not None, None
        if self.look and (
            kind == "place" or not self.items or described
        ):  # "in a dark room": the room's, not the cat's
            if "dark" in self.look.traits:
                self.scenery.setdefault("time", "night")
            self.look = None
        self._settle()
