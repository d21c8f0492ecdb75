"""What a background is painted with: a canvas of any size in units of 1024, the light of the hour, soft shapes."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from daemon.scene.light import NOON
from daemon.scene.model import SIDE, Light

Array = NDArray[np.float32]
Point = tuple[float, float]
Rgb = tuple[int, int, int]

AMBIENT: dict[str, tuple[float, float, float]] = {
    "day": (1.0, 1.0, 1.0),
    "sunset": (1.0, 0.8, 0.74),
    "dawn": (1.0, 0.93, 0.9),
    "night": (0.36, 0.44, 0.7),
}


@dataclass(frozen=True, slots=True)
class Layer:
    """One sheet of the background, as wide as the canvas and its margins."""

    image: Any
    """Pillow, RGB (opaque) or RGBA."""
    top: int
    """The row of the canvas, in pixels, where it begins."""
    depth: float
    """0 infinitely far (it never moves) ... 1 at the distance of the things."""
    front: bool = False
    """It lies before the things."""
    drift: float = 0.0
    """Its own motion to the right, in units a second."""


@dataclass(slots=True)
class Easel:
    """A canvas of `side` pixels with `margin` pixels more at each side for a moving camera."""

    side: int
    margin: int
    seed: int
    time: str = "day"
    season: str = "summer"
    weather: str = ""
    light: Light = NOON
    rng: np.random.Generator = field(init=False)
    unit: float = field(init=False)
    width: int = field(init=False)
    _grain: Array | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng(self.seed)
        self.unit = self.side / SIDE
        self.width = self.side + 2 * self.margin

    @property
    def left(self) -> float:
        """The leftmost unit: negative when there is a margin."""
        return -self.margin / self.unit

    @property
    def right(self) -> float:
        """The rightmost unit."""
        return SIDE + self.margin / self.unit

    def ambient(self) -> tuple[float, float, float]:
        """Return the light, as a factor for red, green and blue."""
        red, green, blue = AMBIENT[self.time]
        dim = {"storm": 0.66, "rain": 0.8, "fog": 0.92, "cloudy": 0.88}.get(self.weather, 1.0)
        return red * dim, green * dim, blue * (dim + (1 - dim) * 0.25)

    def colour(self, tone: str) -> Rgb:
        """Return a colour ("#rrggbb") as it looks in this light."""
        red, green, blue = (int(tone[i : i + 2], 16) for i in (1, 3, 5))
        r, g, b = self.ambient()
        return int(red * r), int(green * g), int(blue * b)

    def leafy(self, summer: str, *, autumn: str = "#c98a2e", winter: str = "#e4edf5", spring: str = "") -> str:
        """Return the tone of what is green in summer, in this season."""
        return {"autumn": autumn, "winter": winter, "spring": spring or summer}.get(self.season, summer)

    def grain(self) -> Array:
        """Return fine, uneven brushwork for the whole canvas, around 1."""
        if self._grain is None:
            fine = self.noise(self.side, 9)
            wide = self.noise(self.side, 90)
            self._grain = (1 + 0.05 * (fine - 0.5) + 0.07 * (wide - 0.5)).astype(np.float32)
        return self._grain

    def noise(self, height: int, cell: float, stretch: float = 1.0) -> Array:
        """Return smooth noise, 0 to 1, `height` pixels high; `cell` units across a bump, `stretch` times as wide."""
        from PIL import Image

        rows = max(2, int(height / self.unit / cell) + 2)
        columns = max(2, int(self.width / self.unit / cell / stretch) + 2)
        small = Image.fromarray(self.rng.random((rows, columns), dtype=np.float32))
        return np.asarray(small.resize((self.width, height), Image.Resampling.BICUBIC))

    def ridge(self, y: float, amplitude: float, bumps: float = 3, roughness: float = 0.5) -> Array:
        """Return the outline of hills: for each column the unit row, around `y`."""
        x = np.linspace(0, 1, self.width, dtype=np.float32)
        heights = np.zeros_like(x)
        strength, waves = 1.0, bumps
        for _ in range(6):
            phase = float(self.rng.uniform(0, 2 * math.pi))
            heights += strength * np.sin(2 * math.pi * waves * x + phase).astype(np.float32)
            strength *= roughness
            waves *= 2.03
        return y + amplitude * heights / 1.8

    def hill(
        self, ridge: Array, top: str, bottom: str, depth: float, *, end: float = SIDE, front: bool = False
    ) -> Layer:
        """Fill everything below a ridge with a gradient and brushwork."""
        from PIL import Image

        first = max(0, int(ridge.min() * self.unit) - 2)
        last = min(self.side, math.ceil(end * self.unit))
        rows = np.arange(first, last, dtype=np.float32)[:, None]
        below = rows - (ridge * self.unit)[None, :]
        alpha = np.clip(below + 0.5, 0, 1)
        t = np.clip(below / max(1.0, last - float(ridge.mean()) * self.unit), 0, 1)
        a, b = np.array(self.colour(top), np.float32), np.array(self.colour(bottom), np.float32)
        grain = self.grain()[first:last]
        image = np.empty((last - first, self.width, 4), np.uint8)
        for c in range(3):
            image[..., c] = np.clip((a[c] + (b[c] - a[c]) * t) * grain, 0, 255)
        image[..., 3] = alpha * 255
        return Layer(Image.fromarray(image), first, depth, front)

    def sheet(self, y0: float, y1: float) -> "Sheet":
        """Take a sheet to draw shapes on, between two rows."""
        return Sheet(self, y0, y1)

    def gradient(self, stops: Sequence[tuple[float, Rgb]]) -> Any:
        """Return an opaque image of the whole canvas, shaded from top to bottom; stops are (share, colour)."""
        from PIL import Image

        t = np.linspace(0, 1, self.side, dtype=np.float32)
        places = [stop[0] for stop in stops]
        column = np.stack([np.interp(t, places, [stop[1][c] for stop in stops]) for c in range(3)], -1)
        noise = (self.rng.random((self.side, self.width, 1), dtype=np.float32) - 0.5) * 1.6
        return Image.fromarray(np.clip(column[:, None, :] + noise, 0, 255).astype(np.uint8))

    def glow(self, image: Any, x: float, y: float, radius: float, colour: Rgb, strength: float) -> None:
        """Lighten an opaque image around a point, in place."""
        from PIL import Image

        size = max(2, round(2 * radius * self.unit))
        axis = np.linspace(-1, 1, size, dtype=np.float32)
        fall = np.clip(1 - np.sqrt(axis[:, None] ** 2 + axis[None, :] ** 2), 0, 1) ** 2
        mask = Image.fromarray((fall * 255 * strength).astype(np.uint8))
        at = round((x - radius) * self.unit) + self.margin, round((y - radius) * self.unit)
        image.paste(Image.new("RGB", (size, size), colour), at, mask)


class Sheet:
    """A transparent strip to draw shapes on, supersampled; x and y in units of the canvas."""

    def __init__(self, easel: Easel, y0: float, y1: float) -> None:
        from PIL import Image, ImageDraw

        self.easel = easel
        self.top = max(0, math.floor(y0 * easel.unit))
        height = max(1, min(easel.side, math.ceil(y1 * easel.unit)) - self.top)
        self.image = Image.new("RGBA", (easel.width * 2, height * 2))
        self.draw = ImageDraw.Draw(self.image)

    def _at(self, x: float, y: float) -> Point:
        unit, margin = self.easel.unit, self.easel.margin
        return (x * unit + margin) * 2, (y * unit - self.top) * 2

    def poly(self, colour: Any, *points: Point) -> None:
        """Fill a polygon."""
        self.draw.polygon([self._at(x, y) for x, y in points], fill=colour)

    def rect(self, colour: Any, x0: float, y0: float, x1: float, y1: float) -> None:
        """Fill a rectangle."""
        (a, b), (c, d) = self._at(x0, y0), self._at(x1, y1)
        self.draw.rectangle([a, b, max(a, c - 1), max(b, d - 1)], fill=colour)

    def oval(self, colour: Any, x: float, y: float, rx: float, ry: float) -> None:
        """Fill an ellipse around (x, y)."""
        (a, b), (c, d) = self._at(x - rx, y - ry), self._at(x + rx, y + ry)
        self.draw.ellipse([a, b, c, d], fill=colour)

    def line(self, colour: Any, width: float, *points: Point) -> None:
        """Draw a line."""
        pixels = max(1, round(width * self.easel.unit * 2))
        self.draw.line([self._at(x, y) for x, y in points], fill=colour, width=pixels, joint="curve")

    def layer(self, depth: float, *, front: bool = False, blur: float = 0, drift: float = 0) -> Layer:
        """Finish the drawing; `blur` in units."""
        from PIL import ImageFilter

        image = self.image.reduce(2)
        if blur:
            image = image.convert("RGBa").filter(ImageFilter.GaussianBlur(blur * self.easel.unit)).convert("RGBA")
        return Layer(image, self.top, depth, front, drift)
