"""Where the light of a scene comes from and what shadows it throws. Pure."""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from daemon.scene.model import Light, Placed
from daemon.scene.setting import INDOORS

LOW = {
    "sea": 540.0, "beach": 520.0, "lake": 405.0, "shore": 405.0, "mountains": 250.0, "forest": 230.0, "jungle": 210.0,
    "city": 330.0, "street": 290.0, "desert": 470.0, "savanna": 505.0, "snow": 425.0, "waterfall": 165.0, "sky": 640.0,
}  # fmt: skip
"""The height of the sun's middle when it rises or sets: just above what stands at the horizon."""
LEVEL = 450.0
"""The same, where only low hills are in its way."""
SUNLESS = {"space", "moon", "underwater"} | INDOORS
VEILED = {"rain": 0.25, "storm": 0.2, "snowfall": 0.4, "fog": 0.2, "cloudy": 0.4}
"""How much of the sun's force comes through."""
SUNS = {"sun", "moon", "crescent moon", "sun with face"}
DARK = {"night": 1.0, "sunset": 0.45, "dawn": 0.2}
"""How much lamps and fires light up their surroundings at this hour."""


NOON = Light(800.0, 130.0, 0.2, 1.0, disc=True)


@dataclass(frozen=True, slots=True)
class Lamp:
    """A thing that lights up what is around it."""

    x: float
    y: float
    radius: float
    force: float


def light_of(place: str, time: str, weather: str, placed: Sequence[Placed], seed: int) -> Light:
    """Return the light of a scene."""
    rng = random.Random(seed + 17)
    force = VEILED.get(weather, 1.0) * (0.6 if time == "night" else 1.0)
    reach = {"night": 0.34, "sunset": 0.62, "dawn": 0.55}.get(time, 0.2)
    if place in SUNLESS:
        return Light(270.0 if place != "bedroom" else 725.0, 300.0, 0.16, 0.4, disc=False)
    for one in placed:
        if one.item.thing.name in SUNS:
            return Light(one.x, one.y - one.box / 2, reach, force, disc=False)
    x = 512 + rng.choice((-1, 1)) * rng.uniform(250, 370)
    if place == "waterfall":
        x = rng.uniform(470, 560)
    low = LOW.get(place, LEVEL)
    y = rng.uniform(110, 165) if time in {"day", "night"} else low
    return Light(x, y, reach, force, disc=True)


def lamps(placed: Sequence[Placed], time: str) -> tuple[Lamp, ...]:
    """Return what shines by itself among the placed things, the largest few, when it is dark enough to matter."""
    dark = DARK.get(time, 0.0)
    shining = [
        one for one in placed if "glow" in one.item.thing.flags and one.item.thing.home != "sky" and not one.front
    ]
    shining.sort(key=lambda one: -one.box)
    return tuple(
        Lamp(one.x, one.y - 0.62 * one.box, max(260.0, 1.7 * one.box + 160), dark)
        for one in shining[:6]
        if dark and one.item.thing.name not in {"crown", "diamond"}
    )
