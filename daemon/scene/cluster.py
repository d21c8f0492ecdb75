"""Things that belong together: a root, and around it what stands on, in, under, beside it. Pure, in local units."""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from daemon.scene.model import Item, Link, Placed, Relation, Request


class Extent(Protocol):
    """The inked part of a glyph, as shares of its box."""

    @property
    def width(self) -> float:
        """Share of the box's width."""

    @property
    def height(self) -> float:
        """Share of the box's height."""


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
                box=one.box * scale,
                z=one.z + y / 100,
                grounded=one.grounded and grounded,
                group=group + one.group,
            )
            for one in self.placed
        ]


def binds(request: Request, relation: Relation) -> bool:
    """Tell whether a relation ties two things together: not a bird "and" a house, which live on different levels."""
    if relation.kind not in {Link.AND, Link.WITH, Link.BESIDE}:
        return True
    subject, anchor = request.items[relation.subject], request.items[relation.anchor]
    if relation.kind is Link.WITH and (subject.thing.wear or "hold" in subject.thing.flags):
        return True
    return airborne(subject) == airborne(anchor) and not airborne(subject)


def airborne(item: Item) -> bool:
    """Tell whether a thing is up in the air."""
    if "flying" in item.traits:
        return True
    return item.thing.home == "sky" and item.thing.motion != "hop"


def box_of(item: Item) -> float:
    """Return the side of the item's glyph in canvas units, by its size in the world, compressed."""
    return float(120 * 1.235 ** (item.thing.size - 1) * item.size)


def build(root: int, request: Request, place: str, rng: random.Random, measure: Measure) -> Cluster:
    """Return the item `root` with everything that is placed by it."""
    builder = _Builder(request, place, rng, measure)
    builder.add(root, 0.0, 0.0, box_of(request.items[root]), z=0.0)
    return builder.cluster(request.items[root])


@dataclass(slots=True)
class _Builder:
    request: Request
    place: str
    rng: random.Random
    measure: Measure
    placed: list[Placed] = field(default_factory=list)

    def cluster(self, root: Item) -> Cluster:
        boxes = [self.outline(one) for one in self.placed]
        return Cluster(
            root,
            tuple(self.placed),
            min(box[0] for box in boxes),
            min(box[1] for box in boxes),
            max(box[2] for box in boxes),
            max(box[3] for box in boxes),
        )

    def outline(self, one: Placed) -> Box:
        shape = self.measure(one.item.thing.glyph)
        width, height = shape.width * one.box, shape.height * one.box
        return one.x - width / 2, one.y - height, one.x + width / 2, one.y

    def add(self, index: int, x: float, y: float, box: float, *, z: float, grounded: bool = True) -> None:
        """Add an item's copies with their feet around (x, y), then everything placed by it."""
        item = self.request.items[index]
        copies = self._copies(item, x, y, box, z, grounded=grounded)
        self.placed += copies
        self._around_it(index, copies)

    def _around_it(self, index: int, copies: Sequence[Placed]) -> None:
        """Place everything that stands in a relation to the item, around these copies."""
        for relation in self.request.relations:
            if relation.anchor == index and self._bound(relation):
                self._relate(relation, copies)

    def _bound(self, relation: Relation) -> bool:
        return binds(self.request, relation)

    def _copies(self, item: Item, x: float, y: float, box: float, z: float, *, grounded: bool) -> list[Placed]:
        shape = self.measure(item.thing.glyph)
        box = box / item.count**0.22
        if item.count == 1:
            return [Placed(item, x, y, box, z, grounded=grounded)]
        loose = item.thing.home in {"sky", "under", "space"} or "flying" in item.traits or not grounded
        columns = min(item.count, max(2, math.ceil(math.sqrt(item.count * 1.9)))) if item.count > 3 else item.count
        wide, tall = shape.width * box * (1.12 if loose else 0.98), shape.height * box * (1.05 if loose else 0.34)
        rows = math.ceil(item.count / columns)
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
                    item,
                    x + dx,
                    y + dy,
                    box * far * self.rng.uniform(0.93, 1.05),
                    z - 0.05 * row,
                    grounded=grounded,
                    group=i,
                )
            )
        return found

    def _relate(self, relation: Relation, anchors: Sequence[Placed]) -> None:
        subject = self.request.items[relation.subject]
        anchor = anchors[0].item
        kind = relation.kind
        if kind in {Link.WITH, Link.IN, Link.AND} and subject.thing.wear:
            self._wear(relation.subject, anchors)
            self._around_it(relation.subject, anchors)
        elif kind is Link.IN and anchor.thing.wear:
            self._wear_reversed(relation.subject, anchors)
        elif kind is Link.WITH and "hold" in subject.thing.flags and anchor.thing.size <= 7:
            self._hold(relation.subject, anchors)
            self._around_it(relation.subject, anchors)
        elif kind in {Link.ON, Link.IN} and "crown" in anchor.thing.flags:
            self._perch(relation.subject, anchors)
        elif kind is Link.IN and "hollow" in anchor.thing.flags:
            self._inside(relation.subject, anchors)
        else:
            self._around(kind, relation, anchors)

    def _around(self, kind: Link, relation: Relation, anchors: Sequence[Placed]) -> None:
        match kind:
            case Link.ON:
                self._on(relation.subject, anchors)
            case Link.OVER:
                self._over(relation.subject, anchors)
            case Link.UNDER:
                self._under(relation.subject, anchors)
            case Link.BEHIND:
                self._behind(relation.subject, anchors)
            case Link.BEFORE | Link.IN:
                self._before(relation.subject, anchors)
            case Link.BETWEEN:
                self._between(relation.subject, anchors)
            case _:
                self._beside(relation.subject, anchors)

    def _span(self, anchors: Sequence[Placed]) -> Box:
        boxes = [self.outline(one) for one in anchors]
        return min(b[0] for b in boxes), min(b[1] for b in boxes), max(b[2] for b in boxes), max(b[3] for b in boxes)

    def _fit(self, index: int, wide: float, tall: float) -> float:
        """Return the box at which all its copies stay within `wide` and `tall`, never larger than life."""
        item = self.request.items[index]
        shape = self.measure(item.thing.glyph)
        across = min(item.count, 4)
        return min(box_of(item), wide / shape.width / float(across**0.78), tall / shape.height)

    def _on(self, index: int, anchors: Sequence[Placed]) -> None:
        left, top, right, bottom = self._span(anchors)
        thing = anchors[0].item.thing
        wide, tall = right - left, bottom - top
        item = self.request.items[index]
        least = 0.34 * max(wide, tall)
        box = max(min(self._fit(index, wide * 1.3, max(tall * 1.25, wide * 0.8)), box_of(item)), least)
        y = top + thing.seat * tall + 0.03 * box
        before = len(self.placed)
        self.add(index, (left + right) / 2, y, box, z=anchors[0].z + 0.5, grounded=False)
        self._squeeze(before, left, right)

    def _squeeze(self, first: int, left: float, right: float) -> None:
        """Draw what was placed since `first` together, so that it all finds room between two sides."""
        added = self.placed[first:]
        if len(added) < 2:
            return
        span = self._span(added)
        share = min(1.0, (right - left) / (span[2] - span[0]))
        middle, feet = (span[0] + span[2]) / 2, added[0].y
        for at, one in enumerate(added, first):
            x, y = (left + right) / 2 + (one.x - middle) * share, feet + (one.y - feet) * share
            self.placed[at] = replace(one, x=x, y=y, box=one.box * share)

    def _perch(self, index: int, anchors: Sequence[Placed]) -> None:
        """Sit among the leaves, each copy at a place of its own."""
        item = self.request.items[index]
        left, top, right, bottom = self._span(anchors)
        wide, tall = right - left, bottom - top
        box = min(self._fit(index, wide * 0.9, tall * 0.36), max(box_of(item), 0.2 * tall))
        box = max(box, 0.2 * tall) / item.count**0.1
        spots = [
            (0.0, 0.3),
            (-0.3, 0.5),
            (0.3, 0.46),
            (-0.12, 0.62),
            (0.2, 0.22),
            (-0.26, 0.28),
            (0.36, 0.64),
            (0.06, 0.46),
        ]
        if item.count == 1:
            x, y = left + 0.55 * wide, top + 0.46 * tall
            self.add(index, x, y, box, z=anchors[0].z + 0.4, grounded=False)
            return
        for i in range(item.count):
            dx, dy = spots[i % len(spots)]
            jitter = self.rng.uniform(-0.03, 0.03) + 0.05 * (i // len(spots))
            x = (left + right) / 2 + (dx + jitter) * wide
            one = Placed(item, x, top + (dy + jitter) * tall, box, anchors[0].z + 0.4, grounded=False, group=i)
            self.placed.append(one)
        self._around_it(index, self.placed[-item.count :])

    def _inside(self, index: int, anchors: Sequence[Placed]) -> None:
        left, top, right, bottom = self._span(anchors)
        wide, tall = right - left, bottom - top
        box = max(self._fit(index, wide * 0.72, tall * 0.95), 0.45 * min(wide, tall))
        shape = self.measure(self.request.items[index].thing.glyph)
        z = anchors[0].z
        feet = max(top + 0.72 * tall, top + 0.38 * shape.height * box)
        self.add(index, (left + right) / 2, min(feet, bottom), box, z=z + 0.3, grounded=False)
        self.placed += [replace(one, z=z + 0.6, front=0.45, grounded=False) for one in anchors]

    def _over(self, index: int, anchors: Sequence[Placed]) -> None:
        left, top, right, bottom = self._span(anchors)
        big = max(right - left, bottom - top)
        box = min(max(box_of(self.request.items[index]), 0.36 * big), 0.86 * big if big > 300 else 2 * big)
        side = self.rng.choice((-1, 1))
        x = (left + right) / 2 + side * (0.36 if anchors[0].item.thing.size >= 8 else 0.1) * (right - left)
        sunk = 0.26 * (bottom - top) if anchors[0].item.thing.size >= 8 and len(anchors) == 1 else -0.06 * box
        self.add(index, x, top + sunk, box, z=anchors[0].z + 0.7, grounded=False)

    def _under(self, index: int, anchors: Sequence[Placed]) -> None:
        left, top, right, bottom = self._span(anchors)
        wide, tall = right - left, bottom - top
        thing = anchors[0].item.thing
        z = anchors[0].z
        if "crown" in thing.flags:
            box = min(max(self._fit(index, wide * 0.8, tall * 0.56), 0.24 * tall), 0.6 * tall)
            side = self.rng.choice((-1, 1))
            self.add(index, (left + right) / 2 + side * 0.24 * wide, bottom + 0.04 * tall, box, z=z + 1)
        elif "arch" in thing.flags:
            box = self._fit(index, wide * 0.5, tall * 0.62)
            self.add(index, (left + right) / 2, bottom - 0.01 * tall, box, z=z + 0.2)
        elif thing.glyph == "☂️":
            box = max(self._fit(index, wide * 0.8, tall * 0.8), 0.5 * tall)
            self.add(index, (left + right) / 2, bottom + 0.3 * tall, box, z=z - 0.4)
        elif thing.home in {"sky", "space"}:
            box = max(min(box_of(self.request.items[index]), 0.8 * wide), 0.42 * wide)
            shape = self.measure(self.request.items[index].thing.glyph)
            drop = shape.height * box * 1.08 if thing.name != "rainbow" else 0.05 * tall
            self.add(index, (left + right) / 2, bottom + drop, box, z=z + 0.6)
        else:
            box = max(self._fit(index, wide * 0.7, tall * 0.5), 0.32 * tall)
            shape = self.measure(self.request.items[index].thing.glyph)
            self.add(index, (left + right) / 2, bottom + 0.86 * shape.height * box, box, z=z - 0.3)

    def _behind(self, index: int, anchors: Sequence[Placed]) -> None:
        left, top, right, bottom = self._span(anchors)
        wide, tall = right - left, bottom - top
        item = self.request.items[index]
        box = max(box_of(item), 0.5 * tall)
        shape = self.measure(item.thing.glyph)
        side = self.rng.choice((-1, 1))
        hidden = 0.5 * wide if shape.height * box < 1.25 * tall else 0.16 * wide
        self.add(index, (left + right) / 2 + side * hidden, bottom - 0.1 * tall, box, z=anchors[0].z - 1)

    def _before(self, index: int, anchors: Sequence[Placed]) -> None:
        left, _, right, bottom = self._span(anchors)
        wide, tall = right - left, bottom - self._span(anchors)[1]
        box = max(self._fit(index, wide * 0.62, tall * 0.55), 0.3 * max(wide, tall))
        x = (left + right) / 2 + self.rng.uniform(-0.16, 0.16) * wide
        self.add(index, x, bottom + 0.1 * box, box, z=anchors[0].z + 1)

    def _between(self, index: int, anchors: Sequence[Placed]) -> None:
        """Stand in the gap: between the copies of the anchor, or between it and what comes with "and"."""
        left, top, right, bottom = self._span(anchors)
        box = max(min(box_of(self.request.items[index]), bottom - top), 0.35 * (bottom - top))
        if len(anchors) == 1:
            self._beside(index, anchors)
            return
        shape = self.measure(self.request.items[index].thing.glyph)
        middle = (left + right) / 2
        gap = shape.width * box * 0.5
        for at, one in enumerate(self.placed):
            if one in anchors:
                self.placed[at] = replace(one, x=one.x + (gap if one.x > middle else -gap))
        self.add(index, middle, bottom + 0.02 * box, box, z=anchors[0].z + 0.5)

    def _beside(self, index: int, anchors: Sequence[Placed]) -> None:
        item = self.request.items[index]
        level = [one for one in self.placed if one.grounded == anchors[0].grounded]
        left, _, right, _ = self._span(level)
        tall = self._span(anchors)[3] - self._span(anchors)[1]
        shape = self.measure(item.thing.glyph)
        box = max(box_of(item), 0.27 * tall)
        wide = shape.width * box * (min(item.count, 4) ** 0.8)
        middle = (self._span(anchors)[0] + self._span(anchors)[2]) / 2
        right_side = right - middle <= middle - left + 1
        x = right + wide * 0.54 if right_side else left - wide * 0.54
        feet = self._span(anchors)[3] + self.rng.uniform(-0.01, 0.05) * tall
        lifted = anchors[0].grounded or not self._hangs(anchors[0])
        self.add(index, x, feet, box, z=anchors[0].z + 0.1, grounded=lifted)

    def _hangs(self, one: Placed) -> bool:
        return one.item.thing.home in {"sky", "space", "under"}

    def _hold(self, index: int, anchors: Sequence[Placed]) -> None:
        item = self.request.items[index]
        for one in anchors[:6]:
            left, top, right, bottom = self.outline(one)
            wide, tall = right - left, bottom - top
            rises = item.thing.glyph in {"🎈", "☂️", "🪁"}
            box = 0.62 * tall if rises else 0.46 * tall
            y = top + (0.3 if rises else 0.94) * tall
            self.placed.append(
                Placed(item, right + 0.04 * wide, y, box, one.z + 0.5, angle=-8, grounded=False, group=one.group)
            )

    def _wear(self, index: int, anchors: Sequence[Placed]) -> None:
        item = self.request.items[index]
        bodies = [one for one in anchors if not one.item.thing.wear]
        for one in bodies or [one for one in self.placed if not one.item.thing.wear][-1:]:
            self._dress(item, one)

    def _wear_reversed(self, index: int, anchors: Sequence[Placed]) -> None:
        """«Кот в шляпе»: the anchor turns out to be the hat; put the cat where it stood, and the hat on it."""
        hat = anchors[0].item
        self.placed = [one for one in self.placed if one not in anchors]
        before = len(self.placed)
        self.add(index, 0.0, anchors[0].y, box_of(self.request.items[index]), z=anchors[0].z)
        for one in self.placed[before:]:
            if one.item is self.request.items[index]:
                self._dress(hat, one)

    def _dress(self, item: Item, body: Placed) -> None:
        left, top, right, bottom = self.outline(body)
        wide, tall = right - left, bottom - top
        shape = self.measure(item.thing.glyph)
        sideways = "front" not in body.item.thing.flags
        small_head = body.item.thing.glyph.isascii()
        x = (left + right) / 2 - (0.27 * wide if sideways else 0)
        span = 0.42 * wide if sideways else 0.56 * wide
        box = span / shape.width
        match item.thing.wear:
            case "eyes":
                y = top + (0.27 if sideways or small_head else 0.42) * tall + 0.5 * shape.height * box
            case "neck":
                y = top + (0.5 if sideways or small_head else 0.72) * tall + 0.6 * shape.height * box
            case _:
                y = top + 0.1 * tall + 0.12 * shape.height * box
        self.placed.append(Placed(item, x, y, box, body.z + 0.55, grounded=False, group=body.group))
