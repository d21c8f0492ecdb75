"""Clips composed from the words of the request: the sketch engine's scene, moving."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from daemon import film
from daemon.engines.base import Made, Step
from daemon.engines.picture import sketch as still
from daemon.scene import filming


class Settings(film.FilmOptions):
    """Settings of the sketch engine for clips."""

    side: int = Field(768, ge=128, le=2048, multiple_of=2, description="Width and height of the clip, in pixels.")
    seconds: float = Field(4.0, ge=0.5, le=60, description="How long the clip is.")
    fps: int = Field(24, ge=5, le=60, description="Frames a second.")


class Engine:
    """Films a scene of what the prompt names."""

    Options: ClassVar[type[film.FilmOptions]] = Settings
    requires: ClassVar[tuple[str, ...]] = ("font:Noto Color Emoji", "python:PIL", "python:av")
    memory_mb: ClassVar[int] = 350
    suffix: ClassVar[str] = ".mp4"
    sketch: ClassVar[bool] = True
    needs_image: bool = False
    reads: tuple[str, ...] = ("en", "ru")

    def __init__(self, options: Settings, *, models: Path) -> None:
        self._options = options
        self._still = still.Engine(still.Settings(), models=models)

    @classmethod
    def missing(cls, options: Any, *, models: Path) -> str | None:
        """Return "engine.no_emoji_font" when there is nothing to draw with."""
        return still.Engine.missing(options, models=models)

    def load(self) -> None:
        """Read the tables, open the font and the encoder. Raises EngineError `engine.no_emoji_font`."""
        import av  # noqa: F401 - the first import is the slow one

        self._still.load()

    def estimate(self, request: dict[str, Any]) -> float:  # noqa: ARG002 - the protocol gives it
        """Return the seconds it takes on two plain cores."""
        pixels = (self._options.side / 768) ** 2
        return round(0.5 + 0.026 * pixels * self._options.seconds * self._options.fps, 2)

    def make(self, request: dict[str, Any], path: Path, step: Step) -> Made:
        """Film `prompt`. Raises EngineError `scene.empty_prompt`, `engine.no_emoji_font`; Cancelled from `step`."""
        step(0.0)
        scene = still.scene_of(request)
        step(0.05)
        side, seconds, fps, crf = (getattr(self._options, name) for name in ("side", "seconds", "fps", "crf"))
        count = round(seconds * fps)
        frames = _counted(filming.film(scene, side, seconds, fps), count, step)
        meta = film.write(frames, path, fps, still.meta_of(request, scene, side), crf=crf, poster=count // 2)
        step(1.0)
        return Made(film.MIMES[path.suffix], meta)


def _counted(frames: Iterator[film.Frame], count: int, step: Step) -> Iterator[film.Frame]:
    for number, frame in enumerate(frames):
        if number % 3 == 0:
            step(0.1 + 0.88 * number / count)
        yield frame
