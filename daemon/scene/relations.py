"""What each preposition means on the canvas: where a thing goes when it is on, in, under or beside another. Pure."""

import random
from collections.abc import Sequence
from dataclasses import replace

from daemon.scene import verbs, wearing
from daemon.scene.cluster import Builder, Cluster, Measure, box_of
from daemon.scene.model import Item, Link, Placed, Relation, Request

RIDDEN = {"walk", "hop", "bounce", "drive", "fly", "swim"}
"""How that moves on which one rides, instead of standing on it."""
SADDLED = 5
"""Smaller ones, as sledges, are sat on; larger ones hide their riders' legs."""


def build(root: int, request: Request, place: str, rng: random.Random, measure: Measure) -> Cluster:
    """Return the item `root` with everything that is placed by it."""
    builder = Builder(request, place, rng, measure, relate)
    builder.add(root, 0.0, 0.0, box_of(request.items[root]), z=0.0)
    return builder.cluster(request.items[root])


def relate(builder: Builder, relation: Relation, anchors: Sequence[Placed]) -> None:
    """Place the relation's subject, and all that hangs on it, at the copies of its anchor."""
    subject = builder.request.items[relation.subject]
    anchor = anchors[0].item
    kind = relation.kind
    if "rise" in subject.thing.flags and kind is not Link.BEFORE:
        _rise(builder, relation.subject, anchors)
    elif kind in {Link.WITH, Link.IN, Link.AND} and subject.thing.wear:
        wearing.wear(builder, relation.subject, anchors)
        builder.around_it(relation.subject, anchors)
    elif kind in {Link.IN, Link.UNDER} and anchor.thing.wear:
        wearing.wear_reversed(builder, relation.subject, anchors)
    elif "hollow" in anchor.thing.flags and _within(kind, subject, anchor):
        _inside(builder, relation.subject, anchors)
    elif (kind is Link.WITH or (kind is Link.AND and subject.vague)) and wearing.holds(subject, anchors):
        wearing.hold(builder, relation.subject, anchors)
        builder.around_it(relation.subject, anchors)
    elif "crown" in anchor.thing.flags and (kind in {Link.ON, Link.IN} or _bears(kind, subject)):
        _perch(builder, relation.subject, anchors)
    else:
        _around(builder, kind, relation, anchors)


def _bears(kind: Link, subject: Item) -> bool:
    """Tell whether a tree has the thing among its leaves: apples, birds; not a house, not gifts."""
    grows = subject.thing.scene == "kitchen" or subject.thing.home == "sky" or "glow" in subject.thing.flags
    return kind is Link.WITH and subject.thing.size <= 3 and (grows or "hollow" in subject.thing.flags)


def _within(kind: Link, subject: Item, anchor: Item) -> bool:
    """Tell whether something is inside what is hollow: in it, on a window's sill, flowers with which a vase is."""
    if kind is Link.IN or (kind is Link.ON and "sill" in anchor.thing.flags):
        return True
    filled = anchor.thing.size <= 4 and not anchor.thing.wear and subject.thing.size <= anchor.thing.size
    return (kind is Link.WITH and filled) or _boards(kind, subject, anchor)


def _boards(kind: Link, subject: Item, anchor: Item) -> bool:
    """Tell whether someone comes aboard: "a boat with a fisherman" has him in it, not beside it on the water."""
    return (
        kind is Link.WITH
        and anchor.thing.motion == "sail"
        and subject.thing.motion in RIDDEN
        and subject.thing.size < 6
    )


def _around(builder: Builder, kind: Link, relation: Relation, anchors: Sequence[Placed]) -> None:
    if kind is Link.IN and anchors[0].item.thing.scene == "room" and anchors[0].item.thing.seat is not None:
        kind = Link.ON  # "in an armchair"
    afloat = builder.request.items[relation.subject].thing.home != "ground"
    if kind is Link.WITH and anchors[0].item.thing.name == "pond" and afloat:
        kind = Link.ON  # its lilies, its ducks
    match kind:
        case Link.ON:
            _on(builder, relation.subject, anchors)
        case Link.OVER:
            _over(builder, relation.subject, anchors)
        case Link.UNDER:
            _under(builder, relation.subject, anchors)
        case Link.BEHIND:
            _behind(builder, relation.subject, anchors)
        case Link.BEFORE | Link.IN:
            _before(builder, relation.subject, anchors)
        case Link.BETWEEN:
            _between(builder, relation.subject, anchors)
        case Link.CHASE:
            verbs.chase(builder, relation.subject, anchors)
        case Link.FACE:
            verbs.face(builder, relation.subject, anchors)
        case Link.EAT:
            verbs.eat(builder, relation.subject, anchors)
        case _:
            _beside(builder, relation.subject, anchors)


def _on(builder: Builder, index: int, anchors: Sequence[Placed]) -> None:
    """Stand, sit or ride on top; a rider's legs are behind what carries them."""
    left, top, right, bottom = builder.span(anchors)
    thing = anchors[0].item.thing
    wide, tall = right - left, bottom - top
    item = builder.request.items[index]
    least = 0.34 * max(wide, tall)
    box = max(min(builder.fit(index, wide * 1.3, max(tall * 1.25, wide * 0.8)), box_of(item)), least)
    seat = builder.measure(thing.glyph).seat if thing.seat is None else thing.seat
    moves = (thing.motion in RIDDEN and thing.size >= SADDLED) or "flying" in item.traits
    rides = moves and 4 <= item.thing.size <= thing.size + 1
    sunk = 0.27 * builder.measure(item.thing.glyph).height if rides else 0.03
    before = len(builder.placed)
    z = anchors[0].z + (-0.2 if rides else 0.5)
    builder.add(index, (left + right) / 2, top + seat * tall + sunk * box, box, z=z, grounded=False)
    builder.squeeze(before, left, right)
    builder.carry(before, anchors[0])


def _perch(builder: Builder, index: int, anchors: Sequence[Placed]) -> None:
    """Sit among the leaves, each copy at a place of its own."""
    item = builder.request.items[index]
    left, top, right, bottom = builder.span(anchors)
    wide, tall = right - left, bottom - top
    box = min(builder.fit(index, wide * 0.9, tall * 0.36), max(box_of(item), 0.2 * tall))
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
        builder.add(index, x, y, box, z=anchors[0].z + 0.4, grounded=False)
        return
    for i in range(item.count):
        dx, dy = spots[i % len(spots)]
        jitter = builder.rng.uniform(-0.03, 0.03) + 0.05 * (i // len(spots))
        x = (left + right) / 2 + (dx + jitter) * wide
        one = Placed(item, x, top + (dy + jitter) * tall, box, anchors[0].z + 0.4, grounded=False, group=i)
        builder.placed.append(one)
    builder.around_it(index, builder.placed[-item.count :])


def _inside(builder: Builder, index: int, anchors: Sequence[Placed]) -> None:
    """Look out over the rim: the anchor's near side is drawn once more, before what is inside."""
    left, top, right, bottom = builder.span(anchors)
    wide, tall = right - left, bottom - top
    rim = anchors[0].item.thing.rim
    item = builder.request.items[index]
    shape = builder.shape(item)
    deep = rim > 0.6  # a sailing boat's hull, a jar, a window: little of what is inside is hidden
    tight = rim < 0.1  # a vase's neck: what is in it spreads above
    box = max(
        builder.fit(index, wide * 0.74, tall * (0.46 if deep else 0.95)), (0.6 if tight else 0.4) * min(wide, tall)
    )
    hidden = 0.16 if deep else 0.42 if not tight else 0.3
    feet = min(top + rim * tall + hidden * shape.height * box, bottom)
    z = anchors[0].z
    before = len(builder.placed)
    builder.add(index, (left + right) / 2, feet, box, z=z + 0.3, grounded=False)
    margin = (-0.2 if tight else 0.12) * wide
    builder.squeeze(before, left + margin, right - margin, shrink=0.5)
    for at, one in enumerate(builder.placed[before:], before):  # each looks out as far, small ones too
        tall_one = builder.measure(one.item.thing.glyph).height * one.box
        sunk = top + rim * tall + hidden * tall_one + 0.5 * (one.y - feet)
        builder.placed[at] = replace(one, y=min(sunk, bottom))
    builder.placed += [replace(one, z=z + 0.6, front=1 - rim, grounded=False) for one in anchors]
    builder.carry(before, anchors[0])


def _rise(builder: Builder, index: int, anchors: Sequence[Placed]) -> None:
    """Go up from a chimney: left of the middle, behind the roof, in every picture of a house that we have."""
    smoke = builder.request.items[index]
    before = len(builder.placed)
    for i in range(max(smoke.count, min(len(anchors), 6))):
        one = anchors[i % len(anchors)]
        left, top, right, bottom = builder.outline(one)
        box = 0.6 * (bottom - top)
        x, y = left + (0.21 + 0.2 * (i // len(anchors))) * (right - left), top + 0.14 * (bottom - top)
        builder.placed.append(Placed(smoke, x, y, box, one.z - 0.1, grounded=False, group=one.group))
    builder.around_it(index, builder.placed[before:])


def _over(builder: Builder, index: int, anchors: Sequence[Placed]) -> None:
    left, top, right, bottom = builder.span(anchors)
    big = max(right - left, bottom - top)
    box = min(max(box_of(builder.request.items[index]), 0.36 * big), 0.86 * big if big > 300 else 2 * big)
    side = builder.rng.choice((-1, 1))
    x = (left + right) / 2 + side * (0.36 if anchors[0].item.thing.size >= 8 else 0.1) * (right - left)
    castle = anchors[0].item.thing.size >= 8 and len(anchors) == 1 and builder.request.items[index].count == 1
    sunk = 0.26 * (bottom - top) if castle else -0.06 * box
    builder.add(index, x, top + sunk, box, z=anchors[0].z + 0.7, grounded=False)


def _under(builder: Builder, index: int, anchors: Sequence[Placed]) -> None:
    left, top, right, bottom = builder.span(anchors)
    wide, tall = right - left, bottom - top
    thing = anchors[0].item.thing
    z = anchors[0].z
    if "crown" in thing.flags:
        box = min(max(builder.fit(index, wide * 0.8, tall * 0.56), 0.24 * tall), 0.6 * tall)
        side = builder.rng.choice((-1, 1))
        builder.add(index, (left + right) / 2 + side * 0.24 * wide, bottom + 0.04 * tall, box, z=z + 1)
    elif "arch" in thing.flags:
        box = builder.fit(index, wide * 0.5, tall * 0.62)
        builder.add(index, (left + right) / 2, bottom - 0.01 * tall, box, z=z + 0.2)
    elif thing.glyph == "☂️":
        box = max(builder.fit(index, wide * 0.8, tall * 0.8), 0.5 * tall)
        builder.add(index, (left + right) / 2, bottom + 0.3 * tall, box, z=z - 0.4)
    elif thing.home in {"sky", "space"}:
        box = max(min(box_of(builder.request.items[index]), 0.8 * wide), 0.42 * wide)
        shape = builder.shape(builder.request.items[index])
        drop = shape.height * box * 1.08 if thing.name != "rainbow" else 0.05 * tall
        builder.add(index, (left + right) / 2, bottom + drop, box, z=z + 0.6)
    elif box_of(builder.request.items[index]) < 0.8 * tall:  # at the foot of a lamp, of a tower
        side = builder.rng.choice((-1, 1))
        box = builder.beside(index, anchors[0])
        half = 0.5 * builder.shape(builder.request.items[index]).width * box
        builder.add(index, (left + right) / 2 + side * (0.2 * wide + half), bottom + 0.02 * tall, box, z=z + 1)
    else:
        box = max(builder.fit(index, wide * 0.7, tall * 0.5), 0.32 * tall)
        shape = builder.measure(builder.request.items[index].thing.glyph)
        builder.add(index, (left + right) / 2, bottom + 0.86 * shape.height * box, box, z=z - 0.3)


def _behind(builder: Builder, index: int, anchors: Sequence[Placed]) -> None:
    left, top, right, bottom = builder.span(anchors)
    wide, tall = right - left, bottom - top
    item = builder.request.items[index]
    box = max(box_of(item), 0.5 * tall)
    shape = builder.measure(item.thing.glyph)
    side = builder.rng.choice((-1, 1))
    hidden = 0.5 * wide if shape.height * box < 1.25 * tall else 0.16 * wide
    builder.add(index, (left + right) / 2 + side * hidden, bottom - 0.1 * tall, box, z=anchors[0].z - 1)


def _before(builder: Builder, index: int, anchors: Sequence[Placed]) -> None:
    left, _, right, bottom = builder.span(anchors)
    wide, tall = right - left, bottom - builder.span(anchors)[1]
    item = builder.request.items[index]
    larger = item.thing.size > anchors[0].item.thing.size
    most = 3 * max(wide, tall)  # nothing dwarfs what it belongs to out of sight
    box = (
        min(box_of(item), most) if larger else max(builder.fit(index, wide * 0.62, tall * 0.55), 0.3 * max(wide, tall))
    )
    x = (left + right) / 2 + builder.rng.uniform(-0.16, 0.16) * wide
    builder.add(index, x, bottom + 0.1 * box, box, z=anchors[0].z + 1)


def _between(builder: Builder, index: int, anchors: Sequence[Placed]) -> None:
    """Stand in the gap: between the copies of the anchor, or between it and what comes with "and"."""
    left, top, right, bottom = builder.span(anchors)
    box = max(min(box_of(builder.request.items[index]), bottom - top), 0.35 * (bottom - top))
    if len(anchors) == 1:
        _beside(builder, index, anchors)
        return
    shape = builder.shape(builder.request.items[index])
    middle = (left + right) / 2
    gap = shape.width * box * 0.5
    for at, one in enumerate(builder.placed):
        if one in anchors:
            builder.placed[at] = replace(one, x=one.x + (gap if one.x > middle else -gap))
    builder.add(index, middle, bottom + 0.02 * box, box, z=anchors[0].z + 0.5)


def _beside(builder: Builder, index: int, anchors: Sequence[Placed]) -> None:
    item = builder.request.items[index]
    level = [one for one in builder.placed if one.grounded == anchors[0].grounded]
    left, _, right, _ = builder.span(level)
    tall = builder.span(anchors)[3] - builder.span(anchors)[1]
    shape = builder.shape(item)
    box = max(builder.beside(index, anchors[0]), 0.2 * tall)
    wide = shape.width * box * (min(item.count, 4) ** 0.8)
    middle = (builder.span(anchors)[0] + builder.span(anchors)[2]) / 2
    right_side = right - middle <= middle - left + 1
    x = right + wide * 0.54 if right_side else left - wide * 0.54
    feet = builder.span(anchors)[3] + builder.rng.uniform(-0.01, 0.05) * tall
    builder.add(index, x, feet, box, z=anchors[0].z + 0.1, grounded=anchors[0].grounded)
