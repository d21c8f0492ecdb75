"""The painted backgrounds: every place as layers from far to near, in the light of a time of day and a weather."""

from collections.abc import Callable

from daemon.scene.backdrop import cosmos, indoors, land, town, water
from daemon.scene.backdrop.easel import Easel, Layer
from daemon.scene.backdrop.sky import sky

PLACES: dict[str, Callable[[Easel], list[Layer]]] = {
    "meadow": land.meadow,
    "park": land.meadow,
    "garden": land.garden,
    "field": land.field,
    "farm": town.farm,
    "village": town.village,
    "forest": land.forest,
    "jungle": land.jungle,
    "mountains": land.mountains,
    "waterfall": land.waterfall,
    "river": land.river,
    "snow": land.snow,
    "desert": land.desert,
    "savanna": land.savanna,
    "beach": water.beach,
    "sea": water.sea,
    "lake": water.lake,
    "shore": water.shore,
    "underwater": water.underwater,
    "city": town.city,
    "street": town.street,
    "sky": land.above,
    "space": cosmos.space,
    "moon": cosmos.moon,
    "room": indoors.room,
    "bedroom": indoors.bedroom,
    "kitchen": indoors.kitchen,
    "classroom": indoors.classroom,
    "stage": indoors.stage,
}
SKYLESS = {"space", "moon", "underwater", "room", "bedroom", "kitchen", "classroom", "stage"}


def paint(place: str, easel: Easel) -> list[Layer]:
    """Paint a place; the first layer is opaque and covers the canvas."""
    layers = PLACES[place](easel)
    return layers if place in SKYLESS else sky(easel) + layers
