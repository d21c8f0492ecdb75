"""A scene made ready to be seen: its background layers, its sprites and what lies over all of it, at any size."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np

from daemon.scene import backdrop
from daemon.scene.backdrop.easel import Easel, Layer
from daemon.scene.light import lamps
from daemon.scene.model import Scene
from daemon.scene.setting import INDOORS
from daemon.scene.shade import Pools
from daemon.scene.sprites import Sprite, sprites
from daemon.scene.weather import Fall, dimmed, veil


@dataclass(frozen=True, slots=True)
class Stage:
    """Everything that a picture or a frame is put together from."""

    scene: Scene
    side: int
    margin: int
    behind: list[Layer]
    sprites: list[Sprite]
    before: list[Layer]
    fall: Fall | None
    veil: Any | None
    paper: Any
    """Multiplied over the finished picture: paper and darker corners."""


def build(scene: Scene, side: int, margin: int = 0, seconds: float = 0) -> Stage:
    """Paint the layers and draw the sprites of `scene` for a canvas of `side` pixels, or a clip of so many seconds."""
    easel = Easel(side, margin, scene.seed, scene.time, scene.season, scene.weather, scene.light)
    layers = backdrop.paint(scene.place, easel)
    shining = lamps(scene.placed, scene.time)
    if shining:
        pools = Pools(shining, side, margin)
        layers = [replace(layer, image=pools.layer(layer.image, layer.top, _near(layer, scene))) for layer in layers]
    if scene.weather == "fog" and scene.place not in INDOORS:
        layers = [replace(layer, image=dimmed(layer.image, layer.depth, scene.time)) for layer in layers]
    indoors = scene.place in INDOORS
    return Stage(
        scene=scene,
        side=side,
        margin=margin,
        behind=[layer for layer in layers if not layer.front],
        sprites=sprites(scene, easel),
        before=[layer for layer in layers if layer.front],
        fall=None if indoors else Fall.of(scene.weather, scene.season, scene.seed, side, seconds),
        veil=None if indoors else veil(scene.weather, scene.time, side, scene.seed),
        paper=_paper(side),
    )


def _near(layer: Layer, scene: Scene) -> float:
    """Return how much of a lamp's light reaches a layer: all of it in a room, none the sky."""
    return 1.0 if scene.place in INDOORS else min(1.0, max(0.0, (layer.depth - 0.2) / 0.5))


@lru_cache(maxsize=2)
def _paper(side: int) -> Any:
    from PIL import Image

    random = np.random.default_rng(1)
    fine = random.random((side, side), dtype=np.float32)
    coarse = Image.fromarray(random.random((side // 3, side // 3), dtype=np.float32))
    fibre = np.asarray(coarse.resize((side, side), Image.Resampling.BICUBIC))
    axis = np.linspace(-1, 1, side, dtype=np.float32)
    distance = axis[:, None] ** 2 + axis[None, :] ** 2
    corners = 1 - 0.16 * np.clip((distance - 0.75) / 1.25, 0, 1) ** 1.4
    grey = np.clip((0.986 - 0.014 * fine - 0.022 * fibre + 0.018) * corners * 255, 0, 255).astype(np.uint8)
    return Image.fromarray(np.repeat(grey[..., None], 3, axis=2))
