"""A scene as one picture."""

from collections.abc import Callable
from typing import Any

from daemon.scene.model import SIDE, Scene
from daemon.scene.sprites import put, reflect
from daemon.scene.stage import Stage, build
from daemon.scene.style import styled
from daemon.scene.weather import bolt

Progress = Callable[[float], None]


def draw(scene: Scene, progress: Progress, side: int = SIDE) -> Any:
    """Return the picture of `scene`, RGB, `side` pixels square; `progress` is told 0.2 to 0.9 on the way."""
    progress(0.2)
    stage = build(scene, side)
    progress(0.6)
    canvas = stage.behind[0].image.convert("RGB")
    for layer in stage.behind[1:]:
        canvas.paste(layer.image, (0, layer.top), layer.image if layer.image.mode == "RGBA" else None)
    progress(0.75)
    if scene.weather == "storm":
        bolt(canvas, scene.seed)
    for sprite in stage.sprites:
        put(canvas, sprite)
    for number, layer in enumerate(stage.before):
        canvas.paste(layer.image, (0, layer.top), layer.image)
        if number == 0:  # the water before what swims
            for sprite in stage.sprites:
                if sprite.mirror is not None and sprite.near:
                    reflect(canvas, sprite)
    progress(0.85)
    finish(canvas, stage, 0.0)
    return styled(_paper(canvas, stage), scene.style)


def finish(canvas: Any, stage: Stage, t: float) -> None:
    """Put the air before everything, in place: mist, rain, snow."""
    if stage.veil is not None:
        canvas.paste(stage.veil, (0, 0), stage.veil)
    if stage.fall is not None:
        stage.fall.draw(canvas, t)


def _paper(canvas: Any, stage: Stage) -> Any:
    from PIL import ImageChops

    return ImageChops.multiply(canvas, stage.paper)
