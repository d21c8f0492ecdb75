"""What lies around a thing on the canvas because of the light: its shadow, its image in water, its shine."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from daemon.scene.light import Lamp
from daemon.scene.model import Light

Rgb = tuple[int, int, int]
SHADE: dict[str, Rgb] = {"snow": (58, 88, 140), "moon": (20, 20, 30)}
"""The colour of shadows where it is not nearly black."""
WARM: Rgb = (255, 196, 110)
COOL: Rgb = (150, 170, 230)


@dataclass(frozen=True, slots=True)
class Stain:
    """A tone laid on through a mask; its place is relative to the feet of what it belongs to, in pixels."""

    mask: Any
    tone: Rgb
    dx: float
    dy: float

    def put(self, canvas: Any, x: float, y: float, force: float = 1.0) -> None:
        """Lay it on an RGB canvas, for feet at (x, y), at a share of its force."""
        at = math.floor(x + self.dx), math.floor(y + self.dy)
        mask = self.mask if force == 1 else self.mask.point(lambda value: int(value * force))
        canvas.paste(self.tone, (*at, at[0] + mask.width, at[1] + mask.height), mask)


def contact(width: int, tone: Rgb, strength: float) -> Stain:
    """Return the soft dark spot right under a thing `width` pixels wide."""
    from PIL import Image

    wide, tall = max(8, round(width * 1.06)), max(4, round(width * 0.15))
    x = np.linspace(-1, 1, wide, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, tall, dtype=np.float32)[:, None]
    fall = np.clip(1 - np.sqrt(x * x + y * y), 0, 1) ** 0.8
    mask = Image.fromarray((fall * strength * 255).astype(np.uint8))
    return Stain(mask, tone, -wide / 2, -tall * 0.58)


def cast(image: Any, light: Light, lean: float, tone: Rgb) -> Stain:
    """Return the shadow that an upright picture throws towards us: its outline, laid down and sheared by `lean`."""
    from PIL import Image, ImageFilter

    fine = 3  # a blurred outline needs no more pixels
    wide, tall = max(2, image.width // fine), max(2, round(image.height * light.reach / fine))
    outline = (
        image.getchannel("A").resize((wide, tall), Image.Resampling.BOX).transpose(Image.Transpose.FLIP_TOP_BOTTOM)
    )
    shift = lean * tall
    pad = 4
    size = wide + math.ceil(abs(shift)) + 2 * pad, tall + 2 * pad
    left = pad + max(0.0, -shift)
    matrix = (1, -shift / tall, -left + shift * pad / tall, 0, 1, -pad)
    laid = outline.transform(size, Image.Transform.AFFINE, matrix, Image.Resampling.BILINEAR)
    laid = laid.filter(ImageFilter.GaussianBlur(1.6))
    fade = np.linspace(0.5, 0.16, size[1], dtype=np.float32)[:, None] * light.force
    mask = Image.fromarray((np.asarray(laid).astype(np.float32) * fade).astype(np.uint8))
    mask = mask.resize((size[0] * fine, size[1] * fine), Image.Resampling.BILINEAR)
    return Stain(mask, tone, -(left + wide / 2) * fine, -(pad + 0.02 * tall) * fine)


def mirrored(image: Any, unit: float) -> Any:
    """Return a picture as still water shows it: upside down, shorter, fading, broken by ripples (RGBA)."""
    from PIL import Image

    size = image.width, max(2, round(image.height * 0.62))
    pixels = np.asarray(image.resize(size, Image.Resampling.BILINEAR)).astype(np.float32)[::-1].copy()
    rows = np.arange(size[1])
    shifts = np.rint((1 + 4 * rows / size[1]) * np.sin(rows / (5.5 * unit + 0.5)) * unit).astype(int)
    columns = (np.arange(size[0])[None, :] - shifts[:, None]).clip(0, size[0] - 1)
    pixels = pixels[rows[:, None], columns]
    pixels[..., 3] *= np.linspace(0.5, 0.04, size[1], dtype=np.float32)[:, None]
    return Image.fromarray(pixels.astype(np.uint8))


def halo(height: int, unit: float, force: float, tone: Rgb = WARM) -> Stain:
    """Return the shine around a lamp, a fire or the moon, whose picture is `height` pixels high."""
    from PIL import Image

    radius = round(0.85 * height + 60 * unit)
    axis = np.linspace(-1, 1, 2 * radius, dtype=np.float32)
    fall = np.clip(1 - np.sqrt(axis[:, None] ** 2 + axis[None, :] ** 2), 0, 1) ** 2.2
    mask = Image.fromarray((fall * 150 * force).astype(np.uint8))
    return Stain(mask, tone, -radius, -radius - 0.55 * height)


class Pools:
    """The light that lamps throw on what is around them, as a gain for every pixel."""

    def __init__(self, lamps: Sequence[Lamp], side: int, margin: int) -> None:
        unit = side / 1024
        rows = np.arange(side, dtype=np.float32)[:, None]
        columns = np.arange(-margin, side + margin, dtype=np.float32)[None, :]
        self._margin = margin
        self._fall: NDArray[np.float32] = np.zeros((side, side + 2 * margin), np.float32)
        for lamp in lamps:
            across, down = (
                (columns - lamp.x * unit) / (lamp.radius * unit),
                (rows - lamp.y * unit) / (lamp.radius * unit),
            )
            fall = np.clip(1 - np.sqrt(across * across + down * down * 0.8), 0, 1)
            self._fall = np.maximum(self._fall, fall * fall * (3 - 2 * fall) * lamp.force)

    def layer(self, image: Any, top: int, share: float) -> Any:
        """Return a sheet of the backdrop in a share of this light; its left edge is the margin's."""
        return self._lit(image, 0, top, np.array([2.0, 1.1, -0.1], np.float32) * share) if share else image

    def sprite(self, image: Any, left: int, top: int) -> Any:
        """Return a thing's picture in this light; (left, top) is where it stands on the canvas."""
        return self._lit(image, left + self._margin, top, np.array([0.62, 0.36, -0.08], np.float32))

    def _lit(self, image: Any, left: int, top: int, gain: NDArray[np.float32]) -> Any:
        from PIL import Image

        x0, y0 = max(0, left), max(0, top)
        x1, y1 = min(self._fall.shape[1], left + image.width), min(self._fall.shape[0], top + image.height)
        if x0 >= x1 or y0 >= y1:
            return image
        fall = self._fall[y0:y1, x0:x1]
        rows, columns = np.flatnonzero(fall.any(1)), np.flatnonzero(fall.any(0))
        if not rows.size:
            return image
        y0, y1, x0, x1 = y0 + rows[0], y0 + rows[-1] + 1, x0 + columns[0], x0 + columns[-1] + 1
        box = int(x0 - left), int(y0 - top), int(x1 - left), int(y1 - top)
        piece = np.asarray(image.crop(box)).astype(np.float32)
        piece[..., :3] *= 1 + self._fall[y0:y1, x0:x1, None] * gain
        lit = image.copy()
        lit.paste(Image.fromarray(np.clip(piece, 0, 255).astype(np.uint8)), box[:2])
        return lit
