"""A scene as a clip: layers and sprites are made once, every frame is put together from them."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from daemon.scene.backdrop.easel import Layer
from daemon.scene.drawing import finish
from daemon.scene.model import Scene
from daemon.scene.moving import Pose, pose
from daemon.scene.sprites import Sprite, reflect
from daemon.scene.stage import Stage, build
from daemon.scene.style import styled
from daemon.scene.weather import bolt

PAN = 26.0
"""Units that the nearest layer moves to each side while the camera goes by."""
PUSH = 0.055
"""How much nearer the camera comes, as a share of the picture."""
PHASES = 4
"""A layer is kept at this many parts of a pixel, so that slow motion is smooth."""


Frame = Callable[[], Any]
"""Gives the finished frame: an RGB image. The last strokes are left to whoever calls it, in any thread."""


def film(scene: Scene, side: int, seconds: float, fps: int) -> Iterator[Frame]:
    """Yield `seconds * fps` frames, `side` pixels square; the first one follows well on the last."""
    margin = math.ceil((PAN * 1.2 + 4) * side / 1024) + 2
    stage = build(scene, side, margin, seconds)
    behind = [_Strip(layer, stage) for layer in uncovered(stage.behind, side)]
    before = [_Strip(layer, stage) for layer in stage.before]
    for number in range(round(seconds * fps)):
        t = number / fps
        pan = math.sin(2 * math.pi * t / seconds) * PAN * stage.side / 1024
        canvas = _shot(stage, behind, before, t, seconds, pan)
        yield partial(_developed, canvas, stage, t, seconds)


def _shot(stage: Stage, behind: list["_Strip"], before: list["_Strip"], t: float, seconds: float, pan: float) -> Any:
    from PIL import Image

    canvas = Image.new("RGB", (stage.side, stage.side))
    for strip in behind:
        strip.put(canvas, pan, t / seconds)
    if stage.scene.weather == "storm" and 0.4 < (t % 2.1) < 0.57:
        bolt(canvas, stage.scene.seed + int(t))
    for sprite in stage.sprites:
        _place(canvas, sprite, pose(stage.scene, sprite.placed, t, seconds), stage, pan)
    for number, strip in enumerate(before):
        strip.put(canvas, pan, t / seconds)
        if number == 0:
            for sprite in stage.sprites:
                if sprite.mirror is not None and sprite.near:
                    reflect(canvas, sprite, pose(stage.scene, sprite.placed, t, seconds).dx * stage.side / 1024 - pan)
    return canvas


def _developed(canvas: Any, stage: Stage, t: float, seconds: float) -> Any:
    """Bring the camera nearer, then put the air and the paper before everything."""
    from PIL import Image, ImageChops

    cut = PUSH * stage.side * 0.5 * (1 - math.cos(2 * math.pi * t / seconds)) / 2
    focus = stage.side * 0.55
    box = (cut, cut * 2 * focus / stage.side, stage.side - cut, stage.side - 2 * cut * (1 - focus / stage.side))
    canvas = canvas.resize((stage.side, stage.side), Image.Resampling.BILINEAR, box=box)
    finish(canvas, stage, t)
    return styled(ImageChops.multiply(canvas, stage.paper), stage.scene.style)


def uncovered(layers: Sequence[Layer], side: int) -> list[Layer]:
    """Return the layers without the rows that nearer ones hide: layers move to the sides only, so they stay hidden."""
    found: list[Layer] = []
    end = side
    for layer in reversed(layers):
        height = min(layer.image.height, end - layer.top)
        if height <= 0:
            continue
        image = layer.image.crop((0, 0, layer.image.width, height))
        found.append(replace(layer, image=image))
        if layer.top + height == end:
            end = layer.top + _opaque_from(image)
    return found[::-1]


def _opaque_from(image: Any) -> int:
    """Return the row from which on nothing can be seen through a picture."""
    if image.mode != "RGBA":
        return 0
    seen_through = np.flatnonzero(np.asarray(image.getchannel("A")).min(axis=1) < 255)
    return int(seen_through[-1]) + 1 if seen_through.size else 0


class _Strip:
    """A layer ready to be put at any place, between pixels too."""

    def __init__(self, layer: Layer, stage: Stage) -> None:
        self._layer = layer
        self._margin = stage.margin
        self._side = stage.side
        moves = layer.depth > 0 or layer.drift
        phases = [_shifted(layer.image, phase / PHASES) for phase in range(PHASES)] if moves else [layer.image]
        solid = _opaque_from(layer.image)
        size = layer.image.width, layer.image.height
        self._edge = [image.crop((0, 0, size[0], solid)) for image in phases] if solid else []
        self._solid = [image.crop((0, solid, *size)).convert("RGB") for image in phases] if solid < size[1] else []

    def put(self, canvas: Any, pan: float, share: float) -> None:
        drift = self._layer.drift * math.sin(2 * math.pi * share) * self._side / 1024
        shift = min(max(-pan * self._layer.depth + drift, -self._margin + 1), self._margin - 1)
        left = self._margin - shift
        whole = math.floor(left)
        top = self._layer.top
        for phases in (self._edge, self._solid):
            if phases:
                image = phases[int((left - whole) * len(phases))]
                piece = image.crop((whole, 0, whole + self._side, image.height))
                canvas.paste(piece, (0, top), piece if piece.mode == "RGBA" else None)
                top += image.height


def _shifted(image: Any, share: float) -> Any:
    from PIL import Image

    if not share:
        return image
    return image.transform(image.size, Image.Transform.AFFINE, (1, 0, share, 0, 1, 0), Image.Resampling.BILINEAR)


def _place(canvas: Any, sprite: Sprite, where: Pose, stage: Stage, pan: float) -> None:
    """Put a sprite in its pose, its shadow below it."""
    unit = stage.side / 1024
    x, y = sprite.x - pan + where.dx * unit, sprite.y
    for stain in sprite.stains:
        stain.put(canvas, x, y, where.shine)
    if sprite.mirror is not None and not sprite.near:
        reflect(canvas, sprite, x - sprite.x)
    image, left, top = _posed(sprite.image, where, x, y + where.dy * unit)
    canvas.paste(image, (left, top), image)


def _posed(image: Any, where: Pose, x: float, y: float) -> tuple[Any, int, int]:
    """Return the sprite turned and stretched, at a part of a pixel, and the whole pixel where it begins.

    (x, y) is the middle of its feet, about which it turns and stretches.
    """
    from PIL import Image

    angle = math.radians(where.angle)
    pad = 2 + math.ceil(image.height * (abs(math.sin(angle)) + abs(where.stretch - 1)) * 0.6)
    width, height = image.width + 2 * pad, image.height + 2 * pad
    left, top = math.floor(x - width / 2), math.floor(y - height + pad)
    cx, cy = x - left, y - top
    facing = math.copysign(max(0.08, abs(where.facing)), where.facing)
    sx, sy = where.stretch / facing, 1 / where.stretch
    cos, sin = math.cos(angle), math.sin(angle)
    a, b, d, e = cos * sx, -sin * sx, sin * sy, cos * sy
    matrix = (a, b, image.width / 2 - a * cx - b * cy, d, e, image.height - d * cx - e * cy)
    posed = image.transform((width, height), Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
    if where.light < 1:
        posed.putalpha(posed.getchannel("A").point(lambda value: int(value * where.light)))
    return posed, left, top
