"""A picture engine for tests: a flat square in a colour that the seed chooses, at once."""

import random
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from daemon.engines import base
from daemon.engines.base import Made, Step
from daemon.errors import EngineError


class Settings(base.Options):
    """What the fake is like."""

    side: int = Field(64, ge=16, le=4096, multiple_of=2, description="Width and height, in pixels.")
    steps: int = Field(8, ge=5, description="How often it reports progress.")
    absent: bool = Field(default=False, description="Pretend that it can't run here.")


class Engine:
    """Makes what the sketch engine makes, without a font or a scene."""

    Options: ClassVar[type[base.Options]] = Settings
    requires: ClassVar[tuple[str, ...]] = ()
    memory_mb: ClassVar[int] = 20
    suffix: ClassVar[str] = ".png"
    sketch: ClassVar[bool] = False
    needs_image: bool = False
    reads: tuple[str, ...] = ()

    def __init__(self, options: Settings, *, models: Path) -> None:  # noqa: ARG002 - the protocol gives it
        self._options = options

    @classmethod
    def missing(cls, options: Any, *, models: Path) -> str | None:  # noqa: ARG003 - the protocol gives it
        """Return "engine.no_emoji_font" when it is told to be absent."""
        return "engine.no_emoji_font" if options.absent else None

    def load(self) -> None:
        """Do nothing, or fail when it is told to be absent."""
        if self._options.absent:
            raise EngineError("engine.no_emoji_font")

    def estimate(self, request: dict[str, Any]) -> float:  # noqa: ARG002 - the protocol gives it
        """Return next to nothing."""
        return 0.1

    def make(self, request: dict[str, Any], path: Path, step: Step) -> Made:
        """Fill a square. Raises EngineError `scene.empty_prompt`."""
        from PIL import Image
        from PIL.PngImagePlugin import PngInfo

        meta = told(request, self._options.side)
        for number in range(self._options.steps):
            step(number / self._options.steps)
        info = PngInfo()
        info.add_itxt("Description", meta["prompt"])
        info.add_text("Seed", str(meta["seed"]))
        Image.new("RGB", (self._options.side, self._options.side), colour(meta["seed"])).save(path, "PNG", pnginfo=info)
        return Made("image/png", meta)


def told(request: dict[str, Any], side: int) -> dict[str, Any]:
    """Return the meta of a fake; raises EngineError `scene.empty_prompt`."""
    prompt = " ".join("".join(sign if sign.isprintable() else " " for sign in str(request["prompt"])).split())
    if not prompt:
        raise EngineError("scene.empty_prompt")
    seed = request.get("seed")
    return {
        "prompt": prompt,
        "language": request.get("language"),
        "seed": random.randrange(2**31) if seed is None else int(seed),
        "engine": "fake",
        "width": side,
        "height": side,
        "missing": [],
        "things": [],
    }


def colour(seed: int, moment: int = 0) -> tuple[int, int, int]:
    """Return the colour that belongs to a seed, at a moment of a clip."""
    mixed = random.Random(seed)
    red, green, blue = (mixed.randrange(256) for _ in range(3))
    return (red + moment) % 256, green, blue
