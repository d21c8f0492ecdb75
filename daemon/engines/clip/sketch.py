"""Clips composed from the words of the request: the sketch engine's scene, moving."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from daemon.engines import base
from daemon.engines.base import Made, Step
from daemon.engines.picture import sketch as still
from daemon.scene import filming
from daemon.scene.filming import Frame


class Settings(base.Options):
    """Settings of the sketch engine for clips."""

    side: int = Field(768, ge=128, le=2048, multiple_of=2, description="Width and height of the clip, in pixels.")
    seconds: float = Field(4.0, ge=0.5, le=60, description="How long the clip is.")
    fps: int = Field(24, ge=5, le=60, description="Frames a second.")


class Engine:
    """Films a scene of what the prompt names, as H.264 in MP4."""

    Options: ClassVar[type[base.Options]] = Settings
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
        side, seconds, fps = self._options.side, self._options.seconds, self._options.fps
        meta = still.meta_of(request, scene, side) | {"fps": fps, "seconds": round(seconds * fps) / fps}
        frames = filming.film(scene, side, seconds, fps)
        encode(_counted(frames, round(seconds * fps), step), path, side, fps, meta)
        step(1.0)
        return Made("video/mp4", meta)


def _counted(frames: Iterator[Frame], count: int, step: Step) -> Iterator[Frame]:
    for number, frame in enumerate(frames):
        if number % 3 == 0:
            step(0.1 + 0.88 * number / count)
        yield frame


def encode(frames: Iterator[Frame], path: Path, side: int, fps: int, meta: dict[str, Any]) -> None:
    """Write frames as a clip that plays everywhere; on any error leave nothing behind.

    A frame is finished and encoded while the next one is drawn.
    """
    import av

    try:
        with av.open(str(path), "w", format="mp4", options={"movflags": "+faststart"}) as container:
            container.metadata["title"] = meta["prompt"][:1000]
            container.metadata["comment"] = f"Kombain sketch, seed {meta['seed']}"
            stream = container.add_stream("libx264", rate=Fraction(fps))
            stream.width = stream.height = side
            stream.pix_fmt = "yuv420p"
            stream.options = {"preset": "superfast", "crf": "20", "profile": "high"}
            frame_of: Any = av.VideoFrame.from_image
            with ThreadPoolExecutor(1, "encoder") as encoder:
                ready: Future[Any] = encoder.submit(list)
                for frame in frames:
                    done, ready = ready, encoder.submit(lambda one: stream.encode(frame_of(one())), frame)
                    container.mux(done.result())
                container.mux(ready.result())
            container.mux(stream.encode())
    except BaseException:
        path.unlink(missing_ok=True)
        raise
