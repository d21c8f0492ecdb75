"""What verbs mean on the canvas: who runs from whom, who looks at whom, who eats what. Pure."""

from collections.abc import Sequence

from daemon.scene.cluster import Builder, airborne
from daemon.scene.model import Placed


def chase(builder: Builder, index: int, anchors: Sequence[Placed]) -> None:
    """Put what flees before its hunters; all run the same way."""
    prey = builder.request.items[index]
    way = anchors[0].item.thing.gaze or prey.thing.gaze or -1
    builder.turn(anchors, way)
    _at_side(builder, index, anchors, way, gap=0.35, gaze=way)


def face(builder: Builder, index: int, anchors: Sequence[Placed]) -> None:
    """Put what is looked at before the eyes of those who look; the two turn to each other."""
    way = anchors[0].gaze or builder.rng.choice((-1, 1))
    builder.turn(anchors, way)
    _at_side(builder, index, anchors, way, gap=0.16, gaze=-way)


def eat(builder: Builder, index: int, anchors: Sequence[Placed]) -> None:
    """Put a meal at the mouth of who eats it: small, on the ground, before its paws when it looks at us."""
    meal = builder.request.items[index]
    if meal.thing.size > 4:
        face(builder, index, anchors)
        return
    left, top, right, bottom = builder.span(anchors)
    tall = bottom - top
    box = min(max(builder.beside(index, anchors[0]), 0.3 * tall), 0.44 * tall)
    way = anchors[0].gaze
    half = builder.measure(meal.thing.glyph).width * box / 2
    edge = {-1: left + 0.2 * half, 1: right - 0.2 * half, 0: (left + right) / 2}[way]
    flies = airborne(anchors[0].item)
    feet = top + 0.62 * tall if flies else bottom + 0.04 * tall
    builder.add(index, edge + way * 0.4 * half, feet, box, z=anchors[0].z + 0.6, grounded=not flies)


def _at_side(builder: Builder, index: int, anchors: Sequence[Placed], way: int, *, gap: float, gaze: int) -> None:
    """Put an item at one side (-1 left, 1 right) of the anchors, above the ground if it flies."""
    item = builder.request.items[index]
    left, top, right, bottom = builder.span(anchors)
    tall = bottom - top
    shape = builder.shape(item)
    box = max(builder.beside(index, anchors[0]), 0.2 * tall)
    wide = shape.width * box * (min(item.count, 4) ** 0.8)
    edge = left if way < 0 else right
    grounded = anchors[0].grounded and not airborne(item)
    feet = bottom if grounded or airborne(anchors[0].item) else top + 0.5 * tall
    before = len(builder.placed)
    builder.add(
        index,
        edge + way * (wide * 0.54 + gap * min(wide, right - left)),
        feet,
        box,
        z=anchors[0].z + 0.1,
        grounded=grounded,
    )
    builder.turn(builder.placed[before : before + item.count], gaze)
