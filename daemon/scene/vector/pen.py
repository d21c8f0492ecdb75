"""A pen that draws flat, softly lit shapes, supersampled."""

import math
from collections.abc import Callable, Sequence
from typing import Any

from daemon.scene.tint import recolour

Point = tuple[float, float]
SCALE = 10.24
"""Pixels a unit while drawing; the result is half as large, with smooth edges."""


class Pen:
    """Draws in units: x to the right, y down, both 0 to 100."""

    def __init__(self, emoji: Callable[[str], Any]) -> None:
        from PIL import Image, ImageDraw

        self._image = Image.new("RGBA", (1024, 1024))
        self._draw = ImageDraw.Draw(self._image)
        self._emoji = emoji

    def poly(self, colour: str, *points: Point) -> None:
        """Fill a polygon."""
        self._draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=colour)

    def rect(self, colour: str, x0: float, y0: float, x1: float, y1: float, round_: float = 0) -> None:
        """Fill a rectangle, its corners rounded."""
        self._draw.rounded_rectangle([v * SCALE for v in (x0, y0, x1, y1)], round_ * SCALE, fill=colour)

    def oval(self, colour: str, x: float, y: float, rx: float, ry: float | None = None) -> None:
        """Fill an ellipse around (x, y)."""
        ry = rx if ry is None else ry
        self._draw.ellipse([v * SCALE for v in (x - rx, y - ry, x + rx, y + ry)], fill=colour)

    def pie(self, colour: str, x: float, y: float, rx: float, ry: float, start: float, end: float) -> None:
        """Fill a slice of an ellipse, degrees clockwise from three o'clock."""
        self._draw.pieslice([v * SCALE for v in (x - rx, y - ry, x + rx, y + ry)], start, end, fill=colour)

    def line(self, colour: str, width: float, *points: Point) -> None:
        """Draw a line with round joints."""
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        self._draw.line(scaled, fill=colour, width=max(1, round(width * SCALE)), joint="curve")
        for x, y in (points[0], points[-1]):
            self.oval(colour, x, y, width / 2)

    def curve(self, colour: str, *points: Point) -> None:
        """Fill a smooth closed shape through `points` (Catmull-Rom)."""
        self.poly(colour, *smooth(points))

    def hole(self, *points: Point) -> None:
        """Cut a polygon out."""
        self._draw.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=(0, 0, 0, 0))

    def mark(self, colour: str, width: float, *points: Point) -> None:
        """Draw a line on what has been drawn already, and nowhere beside it: stripes, seams."""
        from PIL import Image, ImageChops, ImageDraw

        mask = Image.new("L", self._image.size)
        line = [(x * SCALE, y * SCALE) for x, y in points]
        ImageDraw.Draw(mask).line(line, fill=255, width=round(width * SCALE), joint="curve")
        inked = self._image.getchannel("A").point(lambda value: 255 if value > 200 else 0)
        self._image.paste(colour, (0, 0), ImageChops.multiply(mask, inked))

    def stamp(
        self, emoji: str, x: float, y: float, size: float, angle: float = 0, *, colour: str = "", turned: bool = False
    ) -> None:
        """Put an emoji, `size` units high and wide, around (x, y): in a colour of `tint`, turned to the other side."""
        from PIL import Image, ImageOps

        side = round(size * SCALE)
        glyph = self._emoji(emoji).resize((side, side), Image.Resampling.LANCZOS)
        glyph = recolour(glyph, colour) if colour else glyph
        glyph = ImageOps.mirror(glyph) if turned else glyph
        glyph = glyph.rotate(angle, Image.Resampling.BICUBIC, expand=True)
        self._image.alpha_composite(glyph, (round(x * SCALE - glyph.width / 2), round(y * SCALE - glyph.height / 2)))

    def draw_within(self, draw: Callable[["Pen"], None], x: float, size: float, y: float = 98) -> None:
        """Put a whole drawing, `size` times as large, with the middle of its feet at (x, y)."""
        from PIL import Image

        other = Pen(self._emoji)
        draw(other)
        side = round(1024 * size)
        part = other._image.resize((side, side), Image.Resampling.LANCZOS)
        self._image.alpha_composite(part, (round(x * SCALE - side / 2), round(y * SCALE - 0.98 * side)))

    def finish(self) -> Any:
        """Return the drawing, 512 by 512, with light from the upper left."""
        import numpy as np
        from PIL import Image

        small = np.asarray(self._image.reduce(2)).astype(np.float32)
        slope = np.linspace(1.1, 0.9, 512, dtype=np.float32)
        light = (slope[:, None] + slope[None, :]) / 2
        small[..., :3] = np.clip(small[..., :3] * light[..., None], 0, 255)
        return Image.fromarray(small.astype(np.uint8))


def smooth(points: Sequence[Point], steps: int = 10) -> list[Point]:
    """Return a closed curve through `points`."""
    found: list[Point] = []
    n = len(points)
    for i in range(n):
        p0, p1, p2, p3 = (points[(i + k - 1) % n] for k in range(4))
        for step in range(steps):
            t = step / steps
            found.append((_spline(p0[0], p1[0], p2[0], p3[0], t), _spline(p0[1], p1[1], p2[1], p3[1], t)))
    return found


def ring(x: float, y: float, r: float, n: int, start: float = 0) -> list[Point]:
    """Return `n` points on a circle."""
    angles = [math.radians(start + 360 * i / n) for i in range(n)]
    return [(x + r * math.cos(a), y + r * math.sin(a)) for a in angles]


def _spline(a: float, b: float, c: float, d: float, t: float) -> float:
    return 0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3)
