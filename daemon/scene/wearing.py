"""What is held in hands and worn on heads, before eyes, round necks. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from daemon.scene.cluster import Builder, box_of
from daemon.scene.model import Item, Placed

HANDLESS = {"still", "drive", "sail", "sway", "spin", "twinkle"}
"""Ways to move of what is not alive."""
RISING = {"🎈", "🪁"}
"""What pulls upwards: a hand can hold a bunch of it."""


def holds(item: Item, anchors: Sequence[Placed]) -> bool:
    """Tell whether these take the item into their hands: one each or a bunch, and no castle does."""
    fits = item.vague or item.count in {1, len(anchors)} or item.thing.glyph in RISING
    holder = anchors[0].item.thing
    return "hold" in item.thing.flags and holder.size <= 7 and holder.motion not in HANDLESS and fits


def hold(builder: Builder, index: int, anchors: Sequence[Placed]) -> None:
    """Put what is held into each one's hand, on the side where it looks."""
    item = builder.request.items[index]
    each = -(-item.count // len(anchors)) if item.thing.glyph in RISING else 1
    for one in anchors:
        left, top, right, bottom = builder.outline(one)
        wide, tall = right - left, bottom - top
        rises = item.thing.glyph in {*RISING, "☂️"}
        shelters = item.thing.glyph == "☂️"
        box = (0.95 if shelters else 0.62 if rises else 0.46) * tall
        y = top + (0.6 if shelters else 0.3 if rises else 0.94) * tall
        way = one.gaze or 1
        x = (right if way > 0 else left) + way * 0.04 * wide
        for rank in range(each):
            fan = (rank + 1) // 2 * (-1) ** rank  # 0, -1, 1, -2: strings that meet in the hand
            placed = Placed(item, x + 0.34 * box * fan, y - 0.22 * box * (rank % 2), box, one.z + 0.5 + 0.01 * rank)
            builder.placed.append(replace(placed, angle=-8 * way - 14 * fan, grounded=False))
            builder.carry(len(builder.placed) - 1, one)


def wear(builder: Builder, index: int, anchors: Sequence[Placed]) -> None:
    """Put a copy on each one; a second hat goes on the one who wears the first."""
    item = builder.request.items[index]
    bodies = [one for one in anchors if not one.item.thing.wear]
    bodies = bodies or [one for one in builder.placed if not one.item.thing.wear][-1:] or list(anchors)
    pairs = item.vague or item.thing.wear in {"feet", "eyes"}
    for one in bodies:
        for rank in range(1 if pairs else max(1, item.count // len(bodies))):
            _dress(builder, item, one, rank)


def wear_reversed(builder: Builder, index: int, anchors: Sequence[Placed]) -> None:
    """«Кот в шляпе»: the anchor turns out to be the hat; put the cat where it stood, and the hat on it."""
    hat = anchors[0].item
    builder.placed = [one for one in builder.placed if one not in anchors]
    before = len(builder.placed)
    builder.add(index, 0.0, anchors[0].y, box_of(builder.request.items[index]), z=anchors[0].z)
    for one in builder.placed[before:]:
        if one.item is builder.request.items[index]:
            _dress(builder, hat, one)


def _dress(builder: Builder, item: Item, body: Placed, rank: int = 0) -> None:
    """Put a thing where it is worn; the second (`rank` 1) above the first."""
    left, top, right, bottom = builder.outline(body)
    wide, tall = right - left, bottom - top
    shape = builder.measure(item.thing.glyph)
    sideways = body.gaze != 0
    small_head = body.item.thing.glyph.isascii()
    x = (left + right) / 2 + 0.27 * wide * body.gaze
    span = 0.42 * wide if sideways else 0.56 * wide
    box = span / shape.width
    if item.thing.wear == "feet":
        box = 0.3 * wide / shape.width
        for side in (-1, 1):
            x = (left + right) / 2 + side * (0.17 if sideways else 0.12) * wide
            builder.placed.append(Placed(item, x, bottom + 0.02 * tall, box, body.z + 0.55, body.flip, grounded=False))
            builder.carry(len(builder.placed) - 1, body)
        return
    match item.thing.wear:
        case "eyes":
            y = top + (0.27 if sideways or small_head else 0.42) * tall + 0.5 * shape.height * box
        case "neck":
            y = top + (0.5 if sideways or small_head else 0.58) * tall + 0.6 * shape.height * box
        case _:
            brow = builder.measure(body.item.thing.glyph).brow if sideways else 0.0
            y = top + (brow + 0.1) * tall + 0.12 * shape.height * box
    y -= rank * (0.2 if item.thing.wear == "neck" else 0.56) * shape.height * box
    builder.placed.append(Placed(item, x, y, box, body.z + 0.55 + 0.01 * rank, grounded=False))
    builder.carry(len(builder.placed) - 1, body)
