"""What falls, blows and hangs in the air before everything: positions are a function of time, so that it can move."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

COUNTS = {"snowfall": 190, "rain": 240, "storm": 330, "wind": 27}
LINKS = 3
"""So many flakes of a clip fall in each other's track."""


@dataclass(frozen=True, slots=True)
class Fall:
    """Flakes, drops or leaves: where each began, how large and how fast (canvas units, units a second)."""

    kind: str
    seeds: NDArray[np.float64]
    unit: float
    side: int
    seconds: float = 0
    """After so many it is again as it was; 0: it does not move."""

    @classmethod
    def of(cls, weather: str, season: str, seed: int, side: int, seconds: float = 0) -> "Fall | None":
        """Return what falls in this weather, if anything."""
        kind = weather if weather in COUNTS else ""
        if kind == "wind" and season == "winter":
            kind = "snowfall"
        if not kind:
            return None
        random = np.random.default_rng(seed + 7)
        seeds = random.random((COUNTS[kind], 4))
        if seconds:  # each is followed on its way by LINKS - 1 like it, so that one can take the place of the next
            seeds = np.repeat(seeds[: len(seeds) // LINKS], LINKS, axis=0)
            seeds[:, 0 if kind == "wind" else 1] += np.tile(np.arange(LINKS) / LINKS, len(seeds) // LINKS)
        return cls(kind, seeds, side / 1024, side, seconds)

    def _gone(self, speed: float, t: float) -> float:
        """Return how much of its way, a share, what goes about `speed` of it in a second has gone at `t`."""
        if not self.seconds:
            return 0.0
        return max(1, round(speed * self.seconds * LINKS)) / LINKS * t / self.seconds

    def _turns(self, rate: float, t: float) -> float:
        """Return how often what happens about `rate` times a second has happened by `t`."""
        return max(1, round(rate * self.seconds)) * t / self.seconds if self.seconds else 0.0

    def draw(self, canvas: Any, t: float) -> None:
        """Draw the fall as it is at `t` seconds, in place, on an RGB canvas."""
        from PIL import ImageDraw

        draw = ImageDraw.Draw(canvas, "RGBA")
        if self.kind in {"rain", "storm"}:
            self._splashes(draw, t)
        for x, y, size, phase in self.seeds:
            match self.kind:
                case "snowfall":
                    self._flake(draw, x, y, size, phase, t)
                case "wind":
                    self._leaf(draw, x, y, size, phase, t)
                case _:
                    self._drop(draw, x, y, size, t)

    def _flake(self, draw: Any, x: float, y: float, size: float, phase: float, t: float) -> None:
        r = (1.6 + 6.0 * size**3) * self.unit
        px = ((x + 0.02 * math.sin(2 * math.pi * (self._turns(0.3, t) + phase))) * 1.06 % 1.06) * self.side
        py = ((y + self._gone(0.05 + 0.09 * size, t)) % 1 * 1.04 - 0.02) * self.side
        draw.ellipse([px - r, py - r, px + r, py + r], fill=(255, 255, 255, int(150 + 90 * size)))

    def _drop(self, draw: Any, x: float, y: float, size: float, t: float) -> None:
        slant = 0.26 if self.kind == "storm" else 0.1
        y = (y + self._gone(1.0 + 0.5 * size, t)) % 1 * 1.1 - 0.05
        px, py = ((x - slant * y) % 1.05) * self.side, y * self.side
        long = (20 + 30 * size) * self.unit
        light = int(70 + 90 * size)
        draw.line(
            [px, py, px - slant * long, py + long], fill=(214, 230, 246, light), width=max(1, round(2.2 * self.unit))
        )

    def _splashes(self, draw: Any, t: float) -> None:
        """Draw rings where drops meet the ground, each at a new place every time it begins."""
        turns = round(self._turns(1.7, self.seconds))
        for x, y, size, phase in self.seeds[::5]:
            turn, age = divmod(self._turns(1.7, t) + phase, 1)
            turn = turn % turns if turns else turn
            px, py = ((x + 0.37 * turn) % 1) * self.side, (0.72 + 0.27 * ((y + 0.61 * turn) % 1)) * self.side
            r = (4 + 16 * size) * age * self.unit * (0.6 + py / self.side)
            ring = [px - r, py - 0.32 * r, px + r, py + 0.32 * r]
            draw.ellipse(ring, outline=(220, 234, 248, int(150 * (1 - age))), width=max(1, round(1.6 * self.unit)))

    def _leaf(self, draw: Any, x: float, y: float, size: float, phase: float, t: float) -> None:
        px = ((x + self._gone(0.12 + 0.1 * size, t)) % 1 * 1.1 - 0.05) * self.side
        py = (0.15 + 0.8 * y + 0.05 * math.sin(2 * math.pi * (self._turns(0.5, t) + phase))) * self.side
        r = (5 + 7 * size) * self.unit
        turn = math.sin(2 * math.pi * (self._turns(0.7, t) + phase))
        tone = ((214, 140, 46, 230), (196, 92, 40, 230), (126, 166, 64, 230))[int(phase * 3)]
        draw.polygon(
            [(px - r, py), (px, py - r * 0.5 * turn), (px + r, py + r * 0.3), (px, py + r * 0.6 * turn)], fill=tone
        )


MIST = {"day": (226, 231, 235), "dawn": (232, 222, 218), "sunset": (222, 190, 178), "night": (88, 100, 138)}


def dimmed(image: Any, depth: float, time: str) -> Any:
    """Return a sheet of the backdrop as fog shows it: the farther (depth 0), the paler."""
    from PIL import Image

    share = 0.15 + 0.72 * (1 - min(1.0, depth)) ** 1.2
    flat = Image.new(image.mode, image.size, MIST[time] if image.mode == "RGB" else (*MIST[time], 255))
    mixed = Image.blend(image, flat, share)
    if image.mode == "RGBA":
        mixed.putalpha(image.getchannel("A"))
    return mixed


def veil(weather: str, time: str, side: int, seed: int) -> Any | None:
    """Return the mist that drifts before the things, RGBA, or None."""
    from PIL import Image

    if weather != "fog":
        return None
    random = np.random.default_rng(seed + 11)
    small = Image.fromarray(random.random((9, 4), dtype=np.float32))
    noise = np.asarray(small.resize((side, side), Image.Resampling.BICUBIC))
    rows = np.linspace(0, 1, side, dtype=np.float32)[:, None]
    band = np.exp(-(((rows - 0.88) / 0.2) ** 2)) + 0.3 * np.exp(-(((rows - 0.5) / 0.3) ** 2))
    alpha = np.clip((0.25 + 0.75 * noise) * band * 190, 0, 190)
    image = np.empty((side, side, 4), np.uint8)
    image[..., :3] = MIST[time]
    image[..., 3] = alpha
    return Image.fromarray(image)


def bolt(canvas: Any, seed: int) -> None:
    """Draw a flash of lightning in the sky, in place, on an RGB canvas."""
    from PIL import ImageDraw

    side = canvas.width
    random = np.random.default_rng(seed + 13)
    x, y = float(random.uniform(0.15, 0.85)) * side, 0.0
    points = [(x, y)]
    while y < 0.5 * side:
        x += float(random.uniform(-0.05, 0.05)) * side
        y += float(random.uniform(0.03, 0.08)) * side
        points.append((x, y))
    draw = ImageDraw.Draw(canvas, "RGBA")
    for width, light in ((0.018, 40), (0.009, 90), (0.004, 255)):
        draw.line(points, fill=(240, 244, 255, light), width=max(1, round(width * side)), joint="curve")
