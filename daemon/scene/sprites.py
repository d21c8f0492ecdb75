"""What stands in the scene, as pictures ready to be put on the canvas: lit, turned, with marks of mood and shadows."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from daemon.scene import glyphs
from daemon.scene.backdrop.easel import Easel
from daemon.scene.model import Placed

MARKS = {
    "happy": ("💛", "✨"), "love": ("❤️", "💕"), "sad": ("💧", "💧"), "angry": ("💢", "💢"), "sleeping": ("💤", ""),
    "dancing": ("🎵", "🎶"), "singing": ("🎵", "🎶"), "magic": ("✨", "✨"), "new": ("✨", ""), "running": ("💨", ""),
    "cold": ("❄️", "❄️"), "burning": ("🔥", "🔥"),
}  # fmt: skip
"""What is drawn beside a thing in this mood: right above it, and left of it."""


@dataclass(frozen=True, slots=True)
class Sprite:
    """A picture and where it stands, in pixels of a canvas without margins."""

    placed: Placed
    image: Any
    x: float
    """The middle of its feet."""
    y: float
    shadow: Any | None = None
    """A soft dark ellipse, L mode, to be put under its feet."""


def sprites(placed: tuple[Placed, ...], easel: Easel, *, shadows: bool) -> list[Sprite]:
    """Draw every placed thing, from far to near."""
    return [_sprite(one, easel, shadows=shadows) for one in placed]


def _sprite(one: Placed, easel: Easel, *, shadows: bool) -> Sprite:
    from PIL import Image, ImageOps

    image = glyphs.picture(one.item, one.box * easel.unit)
    width = image.width
    if one.flip:
        image = ImageOps.mirror(image)
    angle = one.angle + (180 if "upside" in one.item.traits else 0)
    if angle:
        image = image.rotate(angle, Image.Resampling.BICUBIC, expand=True)
    if one.front:
        cut = round(image.height * (1 - one.front))
        image = image.crop((0, cut, image.width, image.height))
    image = _lit(image, easel, glowing="glow" in one.item.thing.flags)
    image = _marked(image, one)
    dark = shadows and one.grounded and "flat" not in one.item.thing.flags
    return Sprite(one, image, one.x * easel.unit, one.y * easel.unit, _shadow(width, easel) if dark else None)


def _lit(image: Any, easel: Easel, *, glowing: bool) -> Any:
    """Put a thing into the light of the hour, though less than the land behind, so that it stays the subject."""
    from PIL import Image, ImageChops

    if glowing:
        return image
    tint = [round(255 * (0.4 + 0.6 * share)) for share in easel.ambient()]
    if min(tint) > 250:
        return image
    flat = Image.new("RGBA", image.size, (*tint, 255))
    return ImageChops.multiply(image, flat)


def _marked(image: Any, one: Placed) -> Any:
    """Add the marks of moods around a picture, keeping the middle of its feet where it was."""
    from PIL import Image, ImageOps

    dust = one.grounded  # nobody raises it in the air
    marks = [MARKS[trait] for trait in one.item.traits if trait in MARKS and (dust or trait != "running")][:2]
    if not marks or image.height < 40:
        return image
    side = max(16, round(0.24 * max(image.width, image.height)))
    canvas = Image.new("RGBA", (image.width + 2 * side, image.height + side))
    canvas.alpha_composite(image, (side, side))
    mirrored = one.gaze > 0  # dust is behind who runs, on whichever side that is
    for rank, (right, left) in enumerate(marks):
        far, near = side + image.width - side // 3, round(side * 0.35)
        where = [(right, far, round(side * (0.2 + 0.9 * rank)), 1.0)]
        where.append((left, near, round(side * (0.9 + 0.9 * rank)), 0.75))
        for mark, x, y, size in where:
            if mark:
                pixels = round(side * size)
                glyph = glyphs.master(mark).resize((pixels, pixels), Image.Resampling.LANCZOS)
                at = min(x, canvas.width - pixels)
                if mirrored:
                    glyph, at = ImageOps.mirror(glyph), canvas.width - pixels - at
                canvas.alpha_composite(glyph, (at, y))
    return canvas


def _shadow(width: int, easel: Easel) -> Any:
    from PIL import Image

    wide, tall = max(8, round(width * 1.12)), max(4, round(width * 0.2))
    x = np.linspace(-1, 1, wide, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, tall, dtype=np.float32)[:, None]
    fall = np.clip(1 - np.sqrt(x * x + y * y), 0, 1) ** 0.8
    strength = 150 if easel.time in {"day", "dawn"} else 120
    return Image.fromarray((fall * strength).astype(np.uint8))


SHADE = {"snow": (58, 88, 140), "moon": (20, 20, 30)}


def put(canvas: Any, sprite: Sprite, place: str, dx: float = 0, dy: float = 0) -> None:
    """Put a sprite, and its shadow first, on an RGB canvas."""
    if sprite.shadow is not None:
        shade = sprite.shadow
        at = math.floor(sprite.x + dx - shade.width / 2), math.floor(sprite.y - shade.height * 0.55)
        canvas.paste(SHADE.get(place, (22, 26, 34)), (*at, at[0] + shade.width, at[1] + shade.height), shade)
    image = sprite.image
    at = round(sprite.x + dx - image.width / 2), round(sprite.y + dy - image.height)
    canvas.paste(image, at, image)
