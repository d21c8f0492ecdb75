"""A clip engine for tests: a flat square whose colour changes, at once."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from daemon import film
from daemon.engines.base import Made, Step
from daemon.engines.picture import fake as still
from daemon.errors import EngineError


class Settings(film.FilmOptions):
    """What the fake is like."""

    side: int = Field(64, ge=16, le=2048, multiple_of=2, description="Width and height, in pixels.")
    seconds: float = Field(0.5, ge=0.2, le=60, description="How long the clip is.")
    fps: int = Field(12, ge=5, le=60, description="Frames a second.")
    absent: bool = Field(default=False, description="Pretend that it can't run here.")


class Engine:
    """Makes what the sketch engine makes, without a font or a scene."""

    Options: ClassVar[type[film.FilmOptions]] = Settings
    requires: ClassVar[tuple[str, ...]] = ("python:av",)
    memory_mb: ClassVar[int] = 60
    suffix: ClassVar[str] = ".mp4"
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
        return 0.2

    def make(self, request: dict[str, Any], path: Path, step: Step) -> Made:
        """Film a square. Raises EngineError `scene.empty_prompt`."""
        side, fps = self._options.side, self._options.fps
        count = round(self._options.seconds * fps)
        meta = still.told(request, side)
        meta = film.write(_frames(meta["seed"], side, count, step), path, fps, meta, crf=self._options.crf)
        return Made(film.MIMES[path.suffix], meta)


def _frames(seed: int, side: int, count: int, step: Step) -> Iterator[film.Frame]:
    from PIL import Image

    for number in range(count):
        step(number / count)
        yield partial(Image.new, "RGB", (side, side), still.colour(seed, 4 * number))
