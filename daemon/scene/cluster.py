"""Things that belong together: a root, and around it what stands on, in, under, beside it. Pure, in local units."""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from daemon.scene.lexicon import by_glyph
from daemon.scene.model import TAILING, Carrier, Item, Link, Placed, Relation, Request
from daemon.scene.setting import painted


class Extent(Protocol):
    """The inked part of a glyph, as shares of its box."""

    @property
    def width(self) -> float:
        """Share of the box's width."""

    @property
    def height(self) -> float:
        """Share of the box's height."""

    @property
    def seat(self) -> float:
        """Where the ink begins in its middle, as a share of the ink's height."""

    @property
    def brow(self) -> float:
        """The same a quarter from its left, where an animal has its head."""


LOOSE = {"space", "underwater", "sky"}
"""Places without a ground to stand on."""
SPECK = 14.0
"""Nothing is drawn smaller: it could not be seen."""
GRAZING = {"walk", "hop"}
"""How those move who look here and there when they are several."""
Measure = Callable[[str], Extent]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Placed copies around (0, 0), the middle of the root's feet."""

    root: Item
    placed: tuple[Placed, ...]
    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        """Return the width of all of it."""
        return self.right - self.left

    @property
    def height(self) -> float:
        """Return the height of all of it."""
        return self.bottom - self.top

    def at(self, x: float, y: float, scale: float, *, group: int, grounded: bool = True) -> list[Placed]:
        """Return the copies with the root's feet at (x, y) of the canvas, `scale` times as large."""
        return [
            replace(
                one,
                x=x + one.x * scale,
                y=y + one.y * scale,
                box=max(one.box * scale, SPECK),
                z=one.z + y / 100,
                grounded=one.grounded and grounded,
                group=group + one.group,
                carrier=one.carrier and _scaled(one.carrier, scale, group),
            )
            for one in self.placed
        ]


def _scaled(carrier: Carrier, scale: float, group: int) -> Carrier:
    return replace(
        carrier,
        dx=carrier.dx * scale,
        dy=carrier.dy * scale,
        box=carrier.box * scale,
        group=group + carrier.group,
    )


def _one_of(item: Item, number: int) -> Item:
    """Return the copy of an item with this number: people are men, women and children in turn."""
    mix = item.thing.mix
    return replace(item, thing=by_glyph()[mix[number % len(mix)]]) if mix else item


def binds(request: Request, relation: Relation, place: str) -> bool:
    """Tell whether a relation ties two things together: not a bird "and" a house, which live on different levels."""
    subject, anchor = request.items[relation.subject], request.items[relation.anchor]
    if painted(request, place, relation.anchor) or painted(request, place, relation.subject):
        return False
    if "vast" in subject.thing.flags | anchor.thing.flags and relation.kind in TAILING | {Link.OVER, Link.UNDER}:
        return False
    boards = relation.kind is Link.WITH and "hollow" in anchor.thing.flags
    if relation.kind not in TAILING or "rise" in subject.thing.flags or boards:
        return True
    if relation.kind is Link.EAT and subject.thing.size <= 4:
        return True
    if relation.kind in {Link.CHASE, Link.FACE, Link.EAT}:
        return afloat(subject, place) == afloat(anchor, place) or (airborne(subject) and subject.thing.size < 5)
    if relation.kind is Link.WITH and (subject.thing.wear or "hold" in subject.thing.flags):
        return True
    if place in {"sea", "lake"} and (subject.thing.home == "water") != (anchor.thing.home == "water"):
        return False
    level = afloat(subject, place)
    return level == afloat(anchor, place) and not (level and place not in LOOSE)


def afloat(item: Item, place: str) -> bool:
    """Tell whether a thing is off the ground here: in the air, or swimming above the sea floor."""
    if place == "underwater":
        return item.thing.home != "ground"
    return airborne(item)


def airborne(item: Item) -> bool:
    """Tell whether a thing is up in the air."""
    if "flying" in item.traits:
        return True
    return item.thing.home == "sky" and item.thing.motion != "hop"


def box_of(item: Item) -> float:
    """Return the side of the item's glyph in canvas units, by its size in the world, compressed."""
    return float(120 * 1.235 ** (item.thing.size - 1) * item.size)


@dataclass(slots=True)
class Builder:
    """Puts copies into a cluster, one item after another; `relate` says where a related item goes."""

    request: Request
    place: str
    rng: random.Random
    measure: Measure
    relate: "Callable[[Builder, Relation, Sequence[Placed]], None]"
    placed: list[Placed] = field(default_factory=list)

    def cluster(self, root: Item) -> Cluster:
        """Return what was put together."""
        boxes = [self.outline(one) for one in self.placed]
        return Cluster(
            root,
            tuple(self.placed),
            min(box[0] for box in boxes),
            min(box[1] for box in boxes),
            max(box[2] for box in boxes),
            max(box[3] for box in boxes),
        )

    def shape(self, item: Item) -> Extent:
        """Return the extent of an item's picture; of a mixed crowd, that of its first."""
        return self.measure(_one_of(item, 0).thing.glyph)

    def beside(self, index: int, anchor: Placed) -> float:
        """Return the box that an item has next to the anchor: both as large as in nature, or alike too small."""
        return box_of(self.request.items[index]) * min(1.0, anchor.box / box_of(anchor.item))

    def outline(self, one: Placed) -> Box:
        """Return the box (left, top, right, bottom) of one copy."""
        shape = self.measure(one.item.thing.glyph)
        width, height = shape.width * one.box, shape.height * one.box
        return one.x - width / 2, one.y - height, one.x + width / 2, one.y

    def add(self, index: int, x: float, y: float, box: float, *, z: float, grounded: bool = True) -> None:
        """Add an item's copies with their feet around (x, y), then everything placed by it."""
        item = self.request.items[index]
        copies = self._copies(item, x, y, box, z, grounded=grounded)
        self.placed += copies
        self.around_it(index, copies)

    def around_it(self, index: int, copies: Sequence[Placed]) -> None:
        """Place everything that stands in a relation to the item, around these copies."""
        for relation in self.request.relations:
            if relation.anchor == index and self._bound(relation):
                self.relate(self, relation, copies)

    def _bound(self, relation: Relation) -> bool:
        return binds(self.request, relation, self.place)

    def _copies(self, item: Item, x: float, y: float, box: float, z: float, *, grounded: bool) -> list[Placed]:
        shape = self.shape(item)
        box = box / item.count**0.22
        if item.count == 1:
            return [Placed(_one_of(item, 0), x, y, box, z, grounded=grounded)]
        loose = item.thing.home in {"under", "space"} or airborne(item)
        row_of = 3 if grounded or loose else 6  # on a table they stand side by side
        spread = 1.45 if loose and item.count > 3 else 1.12
        columns = item.count if item.count <= row_of else max(2, math.ceil(math.sqrt(item.count * 1.9)))
        wide, tall = (
            shape.width * box * (spread if loose else 0.98),
            shape.height * box * (0.94 * spread if loose else 0.34),
        )
        rows = math.ceil(item.count / columns)
        grazes = item.count > 2 and item.thing.motion in GRAZING and "running" not in item.traits
        found = []
        for i in range(item.count):
            row, column = divmod(i, columns)
            here = min(columns, item.count - row * columns)
            dx = (column - (here - 1) / 2) * wide + self.rng.uniform(-0.09, 0.09) * wide
            dx += wide * 0.24 * (-1) ** row if here == columns and rows > 1 else 0
            dy = -row * tall + self.rng.uniform(-0.3, 0.3) * (tall if loose else tall * 0.35)
            far = 1 - 0.06 * row * (0 if loose else 1)
            found.append(
                Placed(
                    _one_of(item, i),
                    x + dx,
                    y + dy,
                    box * far * self.rng.uniform(0.93, 1.05),
                    z - 0.05 * row,
                    flip=grazes and self.rng.random() < 0.35,
                    grounded=grounded,
                    group=i,
                )
            )
        return found

    def carry(self, first: int, by: Placed) -> None:
        """Let what was placed since `first` move with a thing (unless something of it is carried already)."""
        for at, one in enumerate(self.placed[first:], first):
            if one.carrier is None:
                load = Carrier(by.item, one.x - by.x, one.y - by.y, by.box, by.flip, by.group)
                self.placed[at] = replace(one, carrier=load)

    def turn(self, copies: Sequence[Placed], gaze: int) -> None:
        """Make those of these copies that look to a side look this way: -1 to the left, 1 to the right."""
        for at, one in enumerate(self.placed):
            if one.gaze == -gaze and any(one is other for other in copies):
                self.placed[at] = replace(one, flip=not one.flip)

    def span(self, anchors: Sequence[Placed]) -> Box:
        """Return the box of several copies together."""
        boxes = [self.outline(one) for one in anchors]
        return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)

    def fit(self, index: int, wide: float, tall: float) -> float:
        """Return the box at which all its copies stay within `wide` and `tall`, never larger than life."""
        item = self.request.items[index]
        shape = self.shape(item)
        across = min(item.count, 4)
        return min(box_of(item), wide / shape.width / float(across**0.78), tall / shape.height)

    def squeeze(self, first: int, left: float, right: float, shrink: float = 1.0) -> None:
        """Draw what was placed since `first` together, so that it all finds room between two sides.

        With less than 1 of `shrink` it becomes less small and overlaps the more.
        """
        added = self.placed[first:]
        if len(added) < 2:
            return
        span = self.span(added)
        share = min(1.0, (right - left) / (span[2] - span[0]))
        middle, feet = (span[0] + span[2]) / 2, added[0].y
        for at, one in enumerate(added, first):
            x, y = (left + right) / 2 + (one.x - middle) * share, feet + (one.y - feet) * share
            self.placed[at] = replace(one, x=x, y=y, box=one.box * share**shrink)
