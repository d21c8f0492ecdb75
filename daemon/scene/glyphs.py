"""The picture of a thing: an emoji of the font drawn large and crisp, or a drawing of ours; recoloured as asked."""

import os
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from daemon.errors import EngineError
from daemon.scene import tint, vector
from daemon.scene.model import Item

STRIKE = 109
"""The one size in which the font holds its pictures: 136 by 128 pixels."""
FILE = "NotoColorEmoji.ttf"
FOLDERS = (
    Path("/usr/share/fonts"),
    Path("/usr/local/share/fonts"),
    *(Path(os.path.expanduser(f"~/{name}")) for name in (".local/share/fonts", ".fonts")),  # noqa: PTH111
)
"""`os.path.expanduser`, not `Path.home`: a service's own user may have no home."""
USUAL = Path("/usr/share/fonts/truetype/noto") / FILE
"""Where Debian and Ubuntu put it; elsewhere it is looked for."""


@dataclass(frozen=True, slots=True)
class Shape:
    """The inked part of a glyph, as shares of its box."""

    width: float
    height: float
    seat: float = 0.0
    """Where the ink begins in its middle, as a share of the ink's height: an animal's back, a car's roof."""
    brow: float = 0.0
    """The same a quarter from its left: the head of an animal that looks to the left."""


def find_font() -> Path | None:
    """Return the colour emoji font's file, or None when there is none."""
    if USUAL.is_file():
        return USUAL
    return next((path for folder in FOLDERS for path in sorted(folder.rglob(FILE))), None)


@cache
def font() -> Any:
    """Return the font, opened. Raises EngineError `engine.no_emoji_font`."""
    from PIL import ImageFont

    path = find_font()
    if path is None:
        raise EngineError("engine.no_emoji_font")
    try:
        return ImageFont.truetype(str(path), STRIKE)
    except OSError as error:
        raise EngineError("engine.no_emoji_font") from error


@lru_cache(maxsize=256)
def strike(emoji: str) -> Any:
    """Return an emoji as the font holds it, RGBA, on a square of 136 pixels.

    Where Pillow can't shape sequences (libfribidi is absent), the first character stands for all of it.
    """
    from PIL import Image, ImageDraw

    face = font()
    if face.getlength(emoji) > 150:
        emoji = emoji[0]
    image = Image.new("RGBA", (136, 136))
    ImageDraw.Draw(image).text((0, 4), emoji, font=face, embedded_color=True, anchor="lt")
    # drawn on nothing, its half-transparent pixels come out darkened by their own alpha
    return Image.frombytes("RGBa", image.size, image.tobytes()).convert("RGBA")


@lru_cache(maxsize=32)
def _large(emoji: str) -> Any:
    return tint.enlarge(strike(emoji), 512)


@lru_cache(maxsize=64)
def master(glyph: str) -> Any:
    """Return the picture of a glyph, RGBA, 512 by 512, its edges sharp."""
    if glyph.isascii():
        return vector.draw(glyph, _large)
    return _large(glyph)


@lru_cache(maxsize=256)
def _ink(glyph: str) -> tuple[int, int, int, int]:
    """Return the box of what is inked in the master."""
    return _inked(glyph).getbbox() or (0, 0, 512, 512)


def _inked(glyph: str) -> Any:
    """Return a mask of 512 by 512: thresholded, so that faint shadows do not count."""
    from PIL import Image

    alpha = (
        master(glyph).getchannel("A")
        if glyph.isascii()
        else strike(glyph).getchannel("A").resize((512, 512), Image.Resampling.BILINEAR)
    )
    return alpha.point(lambda value: 255 if value > 60 else 0)


@lru_cache(maxsize=256)
def shape(glyph: str) -> Shape:
    """Return how much of its box the glyph fills, and where one could sit on it."""
    left, top, right, bottom = _ink(glyph)
    mask = _inked(glyph).crop((left, top, right, bottom))
    seat, brow = (_skyline(mask, first) for first in (8, 3))
    return Shape((right - left) / 512, (bottom - top) / 512, seat, brow)


def _skyline(mask: Any, first: int) -> float:
    """Return where the ink begins, as a share of the height, in the middle of five columns of twenty."""
    columns = [int(mask.width * column / 20) for column in range(first, first + 5)]
    tops = sorted((mask.crop((x, 0, x + 2, mask.height)).getbbox() or (0, 0))[1] for x in columns)
    return float(tops[2] / mask.height)


def picture(item: Item, box: float) -> Any:
    """Return the inked part of the item's picture, recoloured, as RGBA; its whole box would be `box` pixels a side."""
    from PIL import Image

    image = _dressed(item.thing.glyph, item.colour, item.traits, item.thing.name)
    scale = box / 512
    size = max(2, round(image.width * scale)), max(2, round(image.height * scale))
    return image.resize(size, Image.Resampling.LANCZOS if scale > 1 else Image.Resampling.BICUBIC, reducing_gap=2.0)


@lru_cache(maxsize=48)
def _dressed(glyph: str, colour: str | None, traits: tuple[str, ...], name: str) -> Any:
    image = master(glyph).crop(_ink(glyph))
    if colour == "red" and name in tint.GINGER:
        colour = "ginger"
    if colour:
        image = tint.recolour(image, colour)
    for trait in traits:
        image = tint.mood(image, trait)
    return image
