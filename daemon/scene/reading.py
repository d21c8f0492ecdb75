"""The meanings of a prompt read from left to right, into things and how they stand to each other. Pure."""

from dataclasses import dataclass, field, replace

from daemon.scene.lexicon import Meaning, things
from daemon.scene.model import TAILING, Item, Link, Relation, Request, Thing
from daemon.scene.wording import Wording

THINGS = 10
"""More different things than these are reported as missing."""
COPIES = 40
HOW_MANY = {"few": 3, "many": 9}
DEEDS = {Link.CHASE, Link.FACE, Link.EAT}
NEAREST = {Link.IN, Link.ON, Link.UNDER}
"""Where these point to is where the nearest thing is: "a cat looking at a fish in a bowl"."""
BANKS = {"sea": "beach", "lake": "shore"}
"""What is by the water stands on land."""
DRINKS = {"milk", "tumbler", "coffee", "teacup", "soda"}
POURED = {"honey", "jam", "wine", "beer", "soup", "porridge", "water"}
"""What is shown in a vessel of its own."""
SEASONS = {"autumn", "winter", "spring", "summer"}


@dataclass(slots=True)
class Reader:
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
    fresh: bool = False
    """A clause has begun, and nothing was named in it."""
    openers: set[int] = field(default_factory=set)
    """Items with which a clause begins."""
    opened: bool = False
    """The pending relation began a clause."""

    def read(self, word: Wording, meaning: Meaning | None) -> None:
        """Take the next word, and what it means."""
        self.fresh = self.fresh or word.opens
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

    def _thing(self, word: Wording, meaning: Meaning) -> None:
        if self.items and self.pending is None and self.look is None and self.items[-1].thing == meaning.value:
            return  # "a cup of coffee" is one thing
        if self._refers(meaning.value, word) or self._belongs(meaning.value):
            return
        if len(self.items) == THINGS:
            self.missing.append(word.text)
            return
        item = replace(self.look, thing=meaning.value) if self.look else Item(meaning.value, count=0)
        several = 5 if item.thing.size <= 2 or item.thing.mix else 3
        count = item.count or (several if word.plural or item.thing.mix else 1)
        self.items.append(replace(item, count=min(count, COPIES), vague=not item.count and count > 1))
        self.look = None
        if self.fresh:
            self.openers.add(len(self.items) - 1)
        self.fresh = False
        self._link(len(self.items) - 1)

    def _refers(self, thing: Thing, word: Wording) -> bool:
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

    def _belongs(self, thing: Thing) -> bool:
        """Take the red roof of "a house with a red roof" for the house's colour, and tell whether it is that."""
        if not (self.items and self.pending is Link.WITH and "part" in thing.flags and self.items[-1].thing.size >= 8):
            return False
        house, look = self.items[-1], self.look
        self.items[-1] = replace(house, colour=house.colour or (look.colour if look else None))
        self.pending = self.look = None
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
        elif kind is None and (self._serves(new) or self._poured(new)):
            self.items[new - 1] = self.items.pop()
        elif kind is None and new not in self.openers and self._fills(new):
            self.links[new] = (Link.IN, new - 1)
        elif kind is None or kind in TAILING:
            actor = self._actor(new - 1, new)
            fishes = self.items[new].thing.home == "under" != self.items[actor].thing.home
            deed = Link.FACE if kind is Link.CHASE and fishes else kind or Link.AND  # who fishes does not run
            self.links[new] = (deed, actor)
            if deed is Link.CHASE:
                self._hurry(actor, new)
        elif self.waiting is None or self.waiting[1] != new - 1:
            self.links[self._subject(kind, new)] = (kind, new)

    def _subject(self, kind: Link, new: int) -> int:
        """Return what stands so to the thing `new`: the one before, or all that were named with it."""
        last = new - 1
        by = self.links.get(last, (None,))[0]
        if by is Link.AND and last in self.openers:
            return last  # a clause of its own
        if by is Link.EAT or self.items[new].thing.motion == "sail":
            return last if kind is Link.IN and by is Link.EAT else self._root(last)
        return last if by in DEEDS and kind in NEAREST else self._root(last)

    def _serves(self, new: int) -> bool:
        """Tell whether this is what one drinks from: "milk from a bowl" is shown as a bowl."""
        meal = self.items[new - 1].thing
        drunk = self.links.get(new - 1, (None,))[0] is Link.EAT and meal.scene == "kitchen"
        return drunk and "hollow" in self.items[new].thing.flags and meal.name in DRINKS

    def _actor(self, item: int, new: int) -> int:
        """Return who has what follows: in "a cat in a hat with a violin" not the hat; the rider, not the horse."""
        by = next(((subject, kind) for subject, (kind, anchor) in self.links.items() if anchor == item), None)
        whole = self.links.get(item)
        if whole == (Link.IN, item - 1) and self._fills(item):
            return whole[1]  # "a basket of apples and a cat"
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

    def _fills(self, new: int) -> bool:
        """Tell whether the thing before is filled with this one: «корзина яблок», "a basket of apples"."""
        vessel = self.items[new - 1].thing
        return "hollow" in vessel.flags and vessel.size <= 4 and self.items[new].thing.size <= 3

    def _poured(self, new: int) -> bool:
        """Tell whether this stands for its vessel as well: "a jar of honey", «чашка чая»."""
        return self._fills(new) and new not in self.openers and self.items[new].thing.name in DRINKS | POURED

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
