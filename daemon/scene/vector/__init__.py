"""Drawings of our own for what no emoji stands for: one function each, in units of a square of 100 by 100."""

from collections.abc import Callable
from typing import Any

from daemon.scene.vector import (
    animals,
    appliances,
    bodies,
    buildings,
    figures,
    household,
    kitchenware,
    nature,
    transport,
    yard,
)
from daemon.scene.vector.pen import Pen

DRAWINGS: dict[str, Callable[[Pen], None]] = {
    name: draw
    for module in (animals, appliances, buildings, figures, household, kitchenware, nature, transport, yard)
    for name, draw in vars(module).items()
    if callable(draw) and getattr(draw, "__module__", "") == module.__name__ and not name.startswith("_")
} | bodies.DRAWINGS


def draw(name: str, emoji: Callable[[str], Any]) -> Any:
    """Return the drawing `name` as an RGBA image of 512 by 512; `emoji` gives the picture of an emoji, to build on."""
    pen = Pen(emoji)
    DRAWINGS[name](pen)
    return pen.finish()
