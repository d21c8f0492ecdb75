"""The manner of a finished picture, when one was asked for: watercolour, pencil, pixels, an old photo."""

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

CELLS = 128
"""Pixel art is so many pixels wide and high."""


def styled(image: Any, style: str) -> Any:
    """Return an RGB picture in this manner; "" changes nothing."""
    match style:
        case "grey":
            return image.convert("L").convert("RGB")
        case "sepia":
            return _sepia(image)
        case "pencil":
            return _pencil(image)
        case "watercolour":
            return _watercolour(image)
        case "pixels":
            return _pixels(image)
        case _:
            return image


def _sepia(image: Any) -> Any:
    from PIL import ImageOps

    return ImageOps.colorize(image.convert("L"), (38, 24, 14), (255, 240, 212), (170, 132, 92))


def _pencil(image: Any) -> Any:
    """Draw the edges dark on white, with a little of the shading: a grey picture divided by its own blur."""
    from PIL import Image, ImageFilter

    grey = image.convert("L")
    soft = grey.filter(ImageFilter.GaussianBlur(image.width / 150))
    light, around = np.asarray(grey).astype(np.float32), np.asarray(soft).astype(np.float32)
    lines = np.clip(light / (around + 1) * 262, 0, 255) ** 2 / 255
    shading = 150 + light * 0.42
    return Image.fromarray(np.clip(np.minimum(lines, 255) * shading / 255, 0, 255).astype(np.uint8)).convert("RGB")


def _watercolour(image: Any) -> Any:
    """Run the colours together in patches, pale, and darker where a patch ends, as pigment dries."""
    from PIL import Image, ImageChops, ImageFilter

    side = image.width * 3 // 8
    small = np.asarray(image.resize((side, side), Image.Resampling.BOX))
    flat = Image.fromarray(np.ascontiguousarray(_median(_median(small, 0), 1)))
    ends = ImageChops.difference(flat, flat.filter(ImageFilter.GaussianBlur(side / 200)))
    dried = ImageChops.subtract(flat, ends, scale=1.0).resize(image.size, Image.Resampling.BICUBIC)
    return Image.composite(Image.new("RGB", image.size, (255, 253, 248)), dried, _wash(image.size))


def _median(pixels: NDArray[np.uint8], axis: int) -> NDArray[np.uint8]:
    """Return the median of every five pixels in a row (axis 1) or column (0): a twentieth of a square median's time."""
    edge = [(2, 2) if number == axis else (0, 0) for number in range(3)]
    wide = np.moveaxis(np.pad(pixels, edge, mode="edge"), axis, 0)
    a, b, c, d, e = (wide[at : at + pixels.shape[axis]] for at in range(5))
    f = np.maximum(np.minimum(a, b), np.minimum(c, d))
    g = np.minimum(np.maximum(a, b), np.maximum(c, d))
    return np.moveaxis(np.maximum(np.minimum(f, g), np.minimum(np.maximum(f, g), e)), 0, axis)


@lru_cache(maxsize=2)
def _wash(size: tuple[int, int]) -> Any:
    """Return how much paper shines through the colour, unevenly (L)."""
    from PIL import Image

    random = np.random.default_rng(5)
    coarse, fine = (random.random((n, n), dtype=np.float32) for n in (11, 60))
    sheets = [np.asarray(Image.fromarray(one).resize(size, Image.Resampling.BICUBIC)) for one in (coarse, fine)]
    return Image.fromarray(np.clip(20 + 60 * sheets[0] + 26 * sheets[1], 0, 255).astype(np.uint8))


def _pixels(image: Any) -> Any:
    from PIL import Image

    small = image.resize((CELLS, CELLS), Image.Resampling.BOX).quantize(48, Image.Quantize.MEDIANCUT)
    return small.convert("RGB").resize(image.size, Image.Resampling.NEAREST)
